use std::process::ExitCode;

use fluxchat_core::{App, Ask, Event};
use fluxchat_model::{MessageStatus, VisibleError};
use serde_json::json;

use super::Done;
use crate::args;
use crate::output::{Failure, Out, document, exit_code, plain};

pub async fn run(app: &App, ask: args::Ask, out: &Out) -> Done {
    let mut events = app.events().subscribe();
    let source = match &ask.source {
        Some(name) => Some(app.source_named(name).await?.id),
        None => None,
    };
    let conversation = match &ask.conversation {
        Some(id) => Some(
            id.parse()
                .map_err(|error: fluxchat_model::InvalidId| Failure::usage(&error.to_string()))?,
        ),
        None => None,
    };
    let sent = app
        .ask(Ask {
            conversation,
            text: ask.text,
            source,
            model: ask.model,
        })
        .await?;
    while let Some(event) = events.recv().await {
        match event {
            Event::Stream(item) if item.message_id == sent.answer_id && !out.is_json() => {
                out.text(&plain(&item.text));
            }
            Event::StreamEnded(id) if id == sent.answer_id => break,
            _ => {}
        }
    }
    let answer = app.message_by_id(sent.answer_id).await?;
    if out.is_json() {
        out.document(&json!({
            "conversation_id": sent.conversation_id,
            "message_id": sent.answer_id,
            "status": answer.status,
            "text": answer.text(),
            "reasoning": answer.reasoning(),
            "usage": answer.usage,
            "error": answer.error.as_ref().map(document),
        }));
    } else {
        out.text("\n");
        out.note(&format!("conversation {}", sent.conversation_id));
    }
    Ok(ended(answer.status, answer.error.as_ref(), out))
}

fn ended(status: MessageStatus, error: Option<&VisibleError>, out: &Out) -> ExitCode {
    match error {
        Some(error) => {
            out.explain(error);
            ExitCode::from(exit_code(&error.code))
        }
        None if status == MessageStatus::Interrupted => ExitCode::from(1),
        None => ExitCode::SUCCESS,
    }
}
