use std::process::ExitCode;

use fluxchat_core::{App, MapRun};
use fluxchat_model::{ConversationId, MessageId};
use serde_json::{Value, json};

use super::Done;
use super::history::{conversation, parse};
use crate::output::{Failure, Out, plain};

pub async fn fork(app: &App, message: &str, out: &Out) -> Done {
    let copied = app.fork(parse::<MessageId>(message)?).await?;
    let origin = app.fork_origin(copied.id).await?;
    let mut document = conversation(&copied);
    document["origin"] = json!(origin);
    out.answer(&document, |_| format!("{}\n", copied.id));
    out.note("It is a copy: deleting one of the two leaves the other.");
    Ok(ExitCode::SUCCESS)
}

pub async fn choose(app: &App, message: &str, out: &Out) -> Done {
    let id: MessageId = parse(message)?;
    app.select_branch(id).await?;
    let conversation = app.message_by_id(id).await?.conversation_id;
    let document = json!({ "conversation_id": conversation, "message_id": id });
    out.answer(&document, |_| {
        "The branch of this message is shown now.\n".to_owned()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn find(app: &App, id: &str, words: String, out: &Out) -> Done {
    let id: ConversationId = parse(id)?;
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = app.find_in(id, words.clone(), before).await?;
        found.extend(page.hits.into_iter().map(|hit| hit.message_id));
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    out.answer(&found, |found| {
        found.iter().map(|id| format!("{id}\n")).collect()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn stats(app: &App, id: &str, out: &Out) -> Done {
    let totals = app.conversation_totals(parse(id)?).await?;
    out.answer(&totals, |it| {
        let seconds = it.duration_ms / 1_000;
        format!(
            "questions      {}\nanswers        {}\ntokens read    {}\ntokens written {}\nseconds        {seconds}\n",
            it.questions, it.answers, it.input_tokens, it.output_tokens
        )
    });
    Ok(ExitCode::SUCCESS)
}

/// The whole tree, depth first.
pub async fn map(app: &App, id: &str, out: &Out) -> Done {
    let id: ConversationId = parse(id)?;
    app.conversation(id).await?;
    let mut open = runs(app, id, None, 0).await?;
    open.reverse();
    let mut rows: Vec<Value> = Vec::new();
    while let Some((run, depth)) = open.pop() {
        rows.push(line(&run, depth));
        if run.branches > 0 || run.more {
            let below = if run.branches > 0 { depth + 1 } else { depth };
            let mut more = runs(app, id, Some(run.last), below).await?;
            more.reverse();
            open.extend(more);
        }
    }
    out.answer(&rows, |rows| {
        let line = |row: &Value| {
            let indent =
                "  ".repeat(usize::try_from(row["depth"].as_u64().unwrap_or(0)).unwrap_or(0));
            let mark = if row["chosen"] == true { "*" } else { "-" };
            let text = plain(row["text"].as_str().unwrap_or_default());
            let first = row["first_id"].as_str().unwrap_or_default();
            format!("{indent}{mark} {text} ({}) {first}\n", row["messages"])
        };
        rows.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

async fn runs(
    app: &App,
    id: ConversationId,
    below: Option<MessageId>,
    depth: u32,
) -> Result<Vec<(MapRun, u32)>, Failure> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map(|(run, _): &(MapRun, u32)| run.first);
        let page = app.message_map(id, below, after).await?;
        all.extend(page.runs.into_iter().map(|run| (run, depth)));
        if !page.has_more {
            return Ok(all);
        }
    }
}

fn line(run: &MapRun, depth: u32) -> Value {
    json!({
        "depth": depth,
        "first_id": run.first,
        "last_id": run.last,
        "role": run.role,
        "text": run.text,
        "model": run.model,
        "at": run.at,
        "messages": run.messages,
        "branches": run.branches,
        "chosen": run.chosen,
    })
}
