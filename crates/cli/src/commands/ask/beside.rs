use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

use fluxchat_core::{Answerer, App, Ask, Event};
use fluxchat_model::{Message, MessageId, MessageStatus, SourceId};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Done, NOTHING_KEPT, ended, tools};
use crate::args::ToolArgs;
use crate::output::{Failure, Out, document, plain};

/// Asks several at once and prints their answers one below the other.
pub(super) async fn run(
    app: &App,
    ask: Ask,
    named: &[String],
    temporary: bool,
    allowed: &ToolArgs,
    mut events: UnboundedReceiver<Event>,
    out: &Out,
) -> Done {
    let mut others = Vec::with_capacity(named.len());
    for name in named {
        others.push(answerer(app, ask.source, name).await?);
    }
    let asked = app.ask_side_by_side(ask, others).await?;
    let ids: Vec<MessageId> = std::iter::once(asked.sent.answer_id)
        .chain(asked.beside)
        .collect();
    let mut arriving: HashSet<MessageId> = ids.iter().copied().collect();
    let mut decided: HashMap<MessageId, Vec<u32>> = HashMap::new();
    while !arriving.is_empty() {
        match events.recv().await {
            Some(Event::StreamEnded(id)) => {
                arriving.remove(&id);
            }
            Some(Event::ToolCallsChanged(id)) if arriving.contains(&id) => {
                let decided = decided.entry(id).or_default();
                tools::decide(app, id, allowed, decided, out).await?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        answers.push(app.message_by_id(id).await?);
    }
    let conversation = asked.sent.conversation_id;
    if temporary {
        app.end_temporary(conversation).await?;
        for error in answers.iter_mut().filter_map(|it| it.error.as_mut()) {
            NOTHING_KEPT.clone_into(&mut error.kept);
        }
    }
    if out.is_json() {
        let rows: Vec<_> = answers.iter().map(|it| row(it, temporary)).collect();
        out.document(&json!({
            "conversation_id": (!temporary).then_some(conversation),
            "answers": rows,
        }));
    } else {
        for answer in &answers {
            let model = answer.model.as_deref().unwrap_or_default();
            let source = answer.source_name.as_deref().unwrap_or_default();
            out.text(&format!(
                "{} ({})\n\n{}\n\n",
                plain(model),
                plain(source),
                plain(&answer.text())
            ));
        }
        match temporary {
            false => out.note(&format!("conversation {conversation}")),
            true => out.note(NOTHING_KEPT),
        }
    }
    // What went wrong with one is what the command ends with.
    let worst = answers
        .iter()
        .find(|it| it.error.is_some() || it.status != MessageStatus::Complete)
        .or(answers.first());
    Ok(worst.map_or(ExitCode::SUCCESS, |it| {
        ended(it.status, it.error.as_ref(), out)
    }))
}

fn row(answer: &Message, temporary: bool) -> serde_json::Value {
    json!({
        "message_id": (!temporary).then_some(answer.id),
        "source": answer.source_name,
        "model": answer.model,
        "status": answer.status,
        "text": answer.text(),
        "reasoning": answer.reasoning(),
        "tool_calls": tools::calls(answer),
        "notices": tools::notices(answer),
        "usage": answer.usage,
        "error": answer.error.as_ref().map(document),
    })
}

/// `SOURCE`, `SOURCE:MODEL`, or `:MODEL` of the source that answers first. A name may contain a
/// colon, and so may a model.
async fn answerer(app: &App, first: Option<SourceId>, named: &str) -> Result<Answerer, Failure> {
    if let Ok(source) = app.source_named(named).await {
        return Ok(Answerer {
            source: Some(source.id),
            model: None,
        });
    }
    let Some((source, model)) = named.split_once(':') else {
        return Err(fluxchat_core::Error::NotFound("source").into());
    };
    let source = match source {
        "" => first,
        name => Some(app.source_named(name).await?.id),
    };
    Ok(Answerer {
        source,
        model: Some(model.to_owned()).filter(|it| !it.is_empty()),
    })
}
