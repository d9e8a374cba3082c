use std::process::ExitCode;

use fluxchat_core::{App, Ask, Event, Preview};
use fluxchat_model::{Instructions, MessageStatus, VisibleError};
use serde_json::json;

use super::Done;
use super::preset::settled;
use super::tools;
use crate::args::{self, ParameterArgs};
use crate::output::{Failure, Out, document, exit_code, plain};

const NOTHING_KEPT: &str = "Nothing of it was kept on this computer.";

pub async fn run(app: &App, ask: args::Ask, out: &Out) -> Done {
    let mut events = app.events().subscribe();
    let preset = match &ask.preset {
        Some(name) => Some(app.preset_named(name).await?),
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
    let chosen = tools::chosen(app, &ask.tools).await?;
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
        system: ask.system.unwrap_or(before.system),
        parameters: settled(before.parameters, ask.parameters),
        preset: before.preset,
    };
    instructions.parameters.tools.extend(chosen);
    let asked = Ask {
        conversation,
        text: ask.text,
        source,
        model,
        instructions: given.then_some(instructions),
    };
    if ask.preview {
        preview(&app.preview(asked).await?, out);
        return Ok(ExitCode::SUCCESS);
    }
    let sent = app.ask(asked).await?;
    let mut decided = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            Event::Stream(item) if item.message_id == sent.answer_id && !out.is_json() => {
                out.text(&plain(&item.text));
            }
            Event::ToolCallsChanged(id) if id == sent.answer_id => {
                tools::decide(app, id, &ask.tools, &mut decided, out).await?;
            }
            Event::StreamEnded(id) if id == sent.answer_id => break,
            _ => {}
        }
    }
    let mut answer = app.message_by_id(sent.answer_id).await?;
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
        }));
    } else {
        out.text("\n");
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
        "categories": wire.categories,
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
        for it in &found.replaced {
            text.push_str(&format!(
                "{} leaves instead of {}\n",
                it.placeholder,
                plain(&it.original)
            ));
        }
        if let Some(refusal) = wire.refusal {
            text.push_str(&format!("It would not be sent: {refusal}\n"));
        }
        text
    });
    out.note("Nothing was sent.");
}
