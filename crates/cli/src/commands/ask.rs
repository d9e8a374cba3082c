mod beside;
mod there;

use std::process::ExitCode;

use fluxchat_core::{App, Ask, Event, Preview, Sent};
use fluxchat_model::{DraftKey, Instructions, MessageId, MessageStatus, VisibleError};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use super::preset::settled;
use super::{Done, attach, offers, spend, tools};
use crate::args::{self, ParameterArgs};
use crate::output::{Failure, Out, document, exit_code, plain};

const NOTHING_KEPT: &str = "Nothing of it was kept on this computer.";

pub async fn run(app: &App, ask: args::Ask, out: &Out) -> Done {
    let mut events = app.events().subscribe();
    if there::is_meant(&ask) {
        return there::run(app, ask, events, out).await;
    }
    let preset = match &ask.preset {
        Some(name) => Some(app.preset_named(name).await?),
        None if ask.conversation.is_none() && !ask.no_preset => app.default_preset().await?,
        None => None,
    };
    let preset_model = preset.as_ref().and_then(|it| it.model.clone());
    let preset_source = preset.as_ref().and_then(|it| it.source_id);
    let source = match &ask.source {
        Some(name) => Some(app.source_named(name).await?.id),
        None => preset_source,
    };
    let model = ask
        .model
        .clone()
        .or_else(|| preset_model.filter(|_| source == preset_source));
    let conversation = match &ask.conversation {
        Some(id) => Some(
            id.parse()
                .map_err(|error: fluxchat_model::InvalidId| Failure::usage(&error.to_string()))?,
        ),
        None => None,
    };
    let conversation = if ask.temporary {
        let begun = app.begin_temporary(source, model.clone()).await?;
        Some(begun.id)
    } else {
        conversation
    };
    let chosen = tools::chosen(app, &ask.tools.tools).await?;
    let given = preset.is_some()
        || ask.system.is_some()
        || ask.parameters != ParameterArgs::default()
        || !chosen.is_empty();
    let before = match (preset, conversation) {
        (Some(preset), _) => preset.into(),
        (None, Some(id)) => app.instructions(id).await?,
        (None, None) => Instructions::default(),
    };
    let mut instructions = Instructions {
        system: ask.system.clone().unwrap_or(before.system),
        parameters: settled(before.parameters, ask.parameters.clone()),
        preset: before.preset,
    };
    instructions.parameters.tools.extend(chosen);
    let key = conversation.map_or(DraftKey::NewConversation, DraftKey::Conversation);
    let mut attached = attach::files(app, key, &ask.attach, out).await?;
    let text = match offers::bring(app, key, &ask, &mut attached, out).await {
        Ok(text) => text,
        Err(failure) => {
            attach::take_back(app, key, &attached).await;
            return Err(failure);
        }
    };
    let asked = Ask {
        conversation,
        text,
        source,
        model,
        instructions: given.then_some(instructions),
        attachments: attached.clone(),
    };
    if ask.preview {
        let found = app.preview(asked).await;
        attach::take_back(app, key, &attached).await;
        preview(&found?, out);
        if ask.prompt.is_some() || !ask.resources.is_empty() {
            out.note("Servers of tools were asked for their prompts and resources.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !ask.beside.is_empty() {
        let asked = beside::run(
            app,
            asked,
            &ask.beside,
            ask.temporary,
            &ask.tools,
            events,
            out,
        )
        .await;
        if asked.is_err() {
            attach::take_back(app, key, &attached).await;
        }
        return asked;
    }
    let sent = match app.ask(asked).await {
        Ok(sent) => sent,
        Err(error) => {
            attach::take_back(app, key, &attached).await;
            return Err(error.into());
        }
    };
    finish(app, sent, &ask, &mut events, out).await
}

/// Follows an answer to its end, and says how it ended and where it is.
async fn finish(
    app: &App,
    sent: Sent,
    ask: &args::Ask,
    events: &mut UnboundedReceiver<Event>,
    out: &Out,
) -> Done {
    arrives(app, events, sent.answer_id, &ask.tools, out).await?;
    let mut answer = app.message_by_id(sent.answer_id).await?;
    let by_budget =
        answer.error.as_ref().map(|error| error.code.as_str()) == Some("budget_reached");
    if ask.over_budget && by_budget {
        match app.send_over_budget(answer.id).await {
            Ok(_) => {
                arrives(app, events, answer.id, &ask.tools, out).await?;
                answer = app.message_by_id(answer.id).await?;
            }
            // The question is kept, and where it is has to be told.
            Err(refused) => {
                let refused = refused.visible();
                if let Some(error) = &mut answer.error {
                    *error = VisibleError {
                        kept: std::mem::take(&mut error.kept),
                        ..refused
                    };
                }
            }
        }
    }
    let told = app.files_told(sent.answer_id).await?;
    if ask.temporary {
        app.end_temporary(sent.conversation_id).await?;
        if let Some(error) = &mut answer.error {
            NOTHING_KEPT.clone_into(&mut error.kept);
        }
    }
    // An id of what is gone helps nobody.
    let kept = (!ask.temporary).then_some((sent.conversation_id, sent.answer_id));
    if out.is_json() {
        out.document(&json!({
            "conversation_id": kept.map(|(conversation, _)| conversation),
            "message_id": kept.map(|(_, message)| message),
            "status": answer.status,
            "text": answer.text(),
            "reasoning": answer.reasoning(),
            "tool_calls": tools::calls(&answer),
            "notices": tools::notices(&answer),
            "usage": answer.usage,
            "error": answer.error.as_ref().map(document),
            "files": attach::told(&told),
            "citations": attach::citations(&answer),
        }));
    } else {
        out.text("\n");
        attach::notes(&told, &answer, out);
        for returned in tools::returned(&answer) {
            out.note(&returned);
        }
        for notice in tools::notices(&answer) {
            out.note(&tools::in_words(notice));
        }
        match kept {
            Some((conversation, _)) => out.note(&format!("conversation {conversation}")),
            None => out.note(NOTHING_KEPT),
        }
    }
    Ok(ended(answer.status, answer.error.as_ref(), out))
}

/// Prints an answer as it arrives, to its end.
async fn arrives(
    app: &App,
    events: &mut UnboundedReceiver<Event>,
    id: MessageId,
    allowed: &args::ToolArgs,
    out: &Out,
) -> Result<(), Failure> {
    let mut decided = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            Event::Stream(item) if item.message_id == id && !out.is_json() => {
                out.text(&plain(&item.text));
            }
            Event::ToolCallsChanged(changed) if changed == id => {
                tools::decide(app, id, allowed, &mut decided, out).await?;
            }
            Event::StreamEnded { answer: ended, .. } if ended == id => break,
            _ => {}
        }
    }
    Ok(())
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

/// What would leave, byte by byte.
fn preview(found: &Preview, out: &Out) {
    let wire = &found.wire;
    let body = String::from_utf8_lossy(&wire.body);
    let headers: Vec<_> = wire
        .headers
        .iter()
        .map(|header| {
            json!({
                "name": header.name,
                "value": header.value,
                "credential": header.value.is_none(),
            })
        })
        .collect();
    let messages: Vec<_> = found
        .messages
        .iter()
        .map(|message| {
            json!({
                "role": message.role,
                "text": message.text,
                "why": if message.is_question { "question" } else { "context" },
            })
        })
        .collect();
    let document = json!({
        "sent": false,
        "source": found.source,
        "model": found.model,
        "method": wire.method,
        "url": wire.url,
        "host": wire.host,
        "headers": headers,
        "body": body,
        "body_bytes": wire.body.len(),
        "messages": messages,
        "estimate": spend::estimate(&found.estimate),
        "categories": wire.categories,
        "files": attach::sent(&found.files),
        "replaced": found.replaced,
        "redact": found.redact,
        "training_allowed": found.training_allowed,
        "opt_outs": found.opt_outs,
        "refusal": wire.refusal.map(fluxchat_core::Refusal::code),
    });
    out.answer(&document, |_| {
        let mut text = format!("{} {}\n", wire.method, plain(&wire.url));
        for header in &wire.headers {
            let value = header.value.as_deref();
            let value = value.unwrap_or("(from the keychain, not shown)");
            text.push_str(&format!("{}: {}\n", header.name, plain(value)));
        }
        text.push_str(&format!(
            "\n{}\n\n",
            plain(&fluxchat_core::pretty(&wire.body))
        ));
        text.push_str(&attach::lines(&found.files));
        for it in &found.replaced {
            text.push_str(&format!(
                "{} leaves instead of {}\n",
                it.placeholder,
                plain(&it.original)
            ));
        }
        text.push_str(&spend::estimated(&found.estimate));
        if let Some(refusal) = wire.refusal {
            text.push_str(&format!("It would not be sent: {refusal}\n"));
        }
        text
    });
    out.note("Nothing was sent.");
}
