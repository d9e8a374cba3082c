use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

use fluxchat_core::{Answerer, App, Ask, Error, Event, ShownFile};
use fluxchat_model::{Message, MessageId, MessageStatus, SourceId};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Done, NOTHING_KEPT, attach, tools};
use crate::args::ToolArgs;
use crate::output::{Failure, Out, document, exit_code, plain};

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
            Some(Event::StreamEnded { answer: id, .. }) => {
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
    let mut told = Vec::with_capacity(ids.len());
    for id in ids {
        answers.push(app.message_by_id(id).await?);
        told.push(app.files_told(id).await?);
    }
    let conversation = asked.sent.conversation_id;
    if temporary {
        app.end_temporary(conversation).await?;
        for error in answers.iter_mut().filter_map(|it| it.error.as_mut()) {
            NOTHING_KEPT.clone_into(&mut error.kept);
        }
    }
    // What went wrong with one is what the command ends with.
    let worst = answers.iter().find(|it| it.error.is_some());
    if out.is_json() {
        let rows: Vec<_> = answers
            .iter()
            .zip(&told)
            .map(|(answer, told)| row(answer, told, temporary))
            .collect();
        out.document(&json!({
            "conversation_id": (!temporary).then_some(conversation),
            "answers": rows,
            "error": worst.and_then(|it| it.error.as_ref()).map(document),
        }));
    } else {
        for (answer, told) in answers.iter().zip(&told) {
            out.text(&format!(
                "{}\n\n{}\n\n",
                heading(answer),
                plain(&answer.text())
            ));
            attach::notes(told, answer, out);
            for notice in tools::notices(answer) {
                out.note(&tools::in_words(notice));
            }
        }
        match temporary {
            false => out.note(&format!("conversation {conversation}")),
            true => out.note(NOTHING_KEPT),
        }
    }
    for answer in &answers {
        if let Some(error) = &answer.error {
            out.note(&format!("{}:", heading(answer)));
            out.explain(error);
        }
    }
    let interrupted = || {
        answers
            .iter()
            .any(|it| it.status == MessageStatus::Interrupted)
    };
    Ok(match worst.and_then(|it| it.error.as_ref()) {
        Some(error) => ExitCode::from(exit_code(&error.code)),
        None if interrupted() => ExitCode::from(1),
        None => ExitCode::SUCCESS,
    })
}

/// Who answered.
fn heading(answer: &Message) -> String {
    let model = answer.model.as_deref().unwrap_or_default();
    let source = answer.source_name.as_deref().unwrap_or_default();
    match model {
        "" => plain(source),
        model => format!("{} ({})", plain(model), plain(source)),
    }
}

fn row(answer: &Message, told: &[ShownFile], temporary: bool) -> serde_json::Value {
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
        "files": attach::told(told),
        "citations": attach::citations(answer),
    })
}

/// `SOURCE`, `SOURCE:MODEL`, or `:MODEL` of the source that answers first. A name may contain a
/// colon, and so may a model: the first name that there is counts.
async fn answerer(app: &App, first: Option<SourceId>, named: &str) -> Result<Answerer, Failure> {
    if let Some(source) = source(app, named).await? {
        return Ok(Answerer {
            source: Some(source),
            model: None,
        });
    }
    for (at, _) in named.match_indices(':') {
        let (name, model) = (&named[..at], &named[at + 1..]);
        let source = match name {
            "" => first,
            name => match source(app, name).await? {
                Some(source) => Some(source),
                None => continue,
            },
        };
        if model.is_empty() {
            break;
        }
        return Ok(Answerer {
            source,
            model: Some(model.to_owned()),
        });
    }
    if named.is_empty() || named.ends_with(':') {
        return Err(Failure::usage(
            "Write who answers beside it as SOURCE, SOURCE:MODEL or :MODEL",
        ));
    }
    Err(Error::NotFound("source").into())
}

async fn source(app: &App, name: &str) -> Result<Option<SourceId>, Failure> {
    match app.source_named(name).await {
        Ok(source) => Ok(Some(source.id)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
