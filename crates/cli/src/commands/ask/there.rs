//! What is there already, once more: a question in other words, another answer, the rest of one.

use std::process::ExitCode;

use fluxchat_core::{App, Asking, Error, Event, PathAnchor};
use fluxchat_model::{ConversationId, MessageId, Role};
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::history::parse;
use super::{Done, finish, preview};
use crate::args;
use crate::output::{Failure, Out, plain};

/// So far back the last question or answer of a conversation is looked for.
const LAST: u32 = 8;

pub(super) fn is_meant(ask: &args::Ask) -> bool {
    ask.edit.is_some() || ask.again.is_some() || ask.go_on.is_some()
}

pub(super) async fn run(
    app: &App,
    ask: args::Ask,
    mut events: UnboundedReceiver<Event>,
    out: &Out,
) -> Done {
    let sent = if let Some(id) = &ask.go_on {
        let answer = named(app, id, &[Role::Assistant]).await?;
        let so_far = app.message_by_id(answer).await?.text();
        let sent = app.resume(answer).await?;
        // Whoever writes the answer to a file wants all of it.
        if !out.is_json() {
            out.text(&plain(&so_far));
        }
        sent
    } else {
        let asking = asking(app, &ask).await?;
        if ask.preview {
            preview(&app.preview(asking).await?, out);
            return Ok(ExitCode::SUCCESS);
        }
        match asking {
            Asking::New(ask) => app.ask(*ask).await?,
            Asking::Differently(id, text, without) => app.edit(id, &text, &without).await?,
            Asking::Again(id, source, model) => app.regenerate(id, source, model).await?,
        }
    };
    finish(app, sent, &ask, &mut events, out).await
}

/// What is asked anew of what is there.
async fn asking(app: &App, ask: &args::Ask) -> Result<Asking, Failure> {
    if let Some(id) = &ask.edit {
        let question = named(app, id, &[Role::User]).await?;
        let text = ask.text.clone().unwrap_or_default();
        return Ok(Asking::Differently(question, text, Vec::new()));
    }
    let id = ask.again.as_deref().unwrap_or_default();
    // A question that was never answered is one to answer again.
    let answer = named(app, id, &[Role::Assistant, Role::User]).await?;
    let source = match &ask.source {
        Some(name) => Some(app.source_named(name).await?.id),
        None => None,
    };
    Ok(Asking::Again(answer, source, ask.model.clone()))
}

/// A message by its id, or the last one of these roles on the shown branch of a conversation.
async fn named(app: &App, id: &str, roles: &[Role]) -> Result<MessageId, Failure> {
    let message: MessageId = parse(id)?;
    match app.message_by_id(message).await {
        Ok(found) => return Ok(found.id),
        Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let conversation: ConversationId = parse(id)?;
    let page = match app.message_page(conversation, PathAnchor::End, LAST).await {
        Err(Error::NotFound(_)) => return Err(Error::NotFound("message").into()),
        page => page?,
    };
    let mut newest = page.messages.iter().rev().map(|shown| &shown.message);
    newest
        .find(|message| roles.contains(&message.role))
        .map(|message| message.id)
        .ok_or_else(|| Error::NotFound("message").into())
}
