use std::process::ExitCode;

use fluxchat_core::{App, NewRule, Pause};
use fluxchat_model::{ConversationId, RetentionKind, RetentionRule, RetentionTarget};
use serde_json::{Value, json};

use super::history::parse;
use super::{Done, word};
use crate::args::{KindArg, Restrict, Retention, RuleArgs};
use crate::output::{Failure, Out, plain};

pub async fn run(app: &App, retention: Retention, out: &Out) -> Done {
    match retention {
        Retention::List => list(app, out).await?,
        Retention::Set(args) => {
            let rule = app.set_retention(new_rule(app, args).await?).await?;
            out.answer(&document(&rule, None), line);
        }
        Retention::Remove { id } => {
            app.remove_retention(parse(&id)?).await?;
            out.answer(&json!({ "removed": id }), |_| {
                "The rule was removed.\n".to_owned()
            });
        }
        Retention::Preview(args) => preview(app, args, out).await?,
        Retention::Run { confirm_clock } => {
            if confirm_clock {
                app.confirm_clock().await?;
            }
            let swept = app.sweep_retention().await?;
            app.flush_outbox().await?;
            let document = json!({
                "conversations": swept.conversations,
                "drafts": swept.drafts,
                "searches": swept.searches,
                "media": swept.media,
                "paused": swept.paused.map(paused),
            });
            out.answer(&document, |_| match swept.paused {
                Some(pause) => said(pause),
                None => format!(
                    "{} conversations, {} files, {} drafts and {} searches were deleted for good.\n",
                    swept.conversations, swept.media, swept.drafts, swept.searches
                ),
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn restrict(app: &App, what: Restrict, on: bool, out: &Out) -> Done {
    let words = if on {
        "frozen: readable and exportable, never sent"
    } else {
        "no longer frozen"
    };
    match what.id {
        Some(id) => {
            let id: ConversationId = parse(&id)?;
            let changed = app.restrict(id, on).await?;
            out.answer(
                &json!({ "conversation_id": id, "restricted": changed.restricted }),
                |_| format!("It is {words}.\n"),
            );
        }
        None => {
            app.restrict_everything(on).await?;
            out.answer(&json!({ "everything": on }), |_| {
                format!("Everything is {words}.\n")
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, out: &Out) -> Result<(), Failure> {
    let state = app.retention().await?;
    let rules: Vec<Value> = state
        .rules
        .iter()
        .map(|(rule, name)| document(rule, name.as_deref()))
        .collect();
    let runs: Vec<Value> = state
        .runs
        .iter()
        .map(|run| {
            json!({
                "seq": run.seq,
                "at": run.at,
                "conversations": run.conversations,
                "drafts": run.drafts,
                "searches": run.searches,
                "media": run.media,
                "receipts": run.receipts,
            })
        })
        .collect();
    let all = json!({ "rules": rules, "paused": state.paused.map(paused), "runs": runs });
    out.answer(&all, |all| {
        let mut text: String = all["rules"]
            .as_array()
            .into_iter()
            .flatten()
            .map(line)
            .collect();
        text.push_str(&state.paused.map(said).unwrap_or_default());
        text
    });
    Ok(())
}

async fn preview(app: &App, args: RuleArgs, out: &Out) -> Result<(), Failure> {
    let rule = new_rule(app, args).await?;
    let media = rule.target == RetentionTarget::Kind(RetentionKind::Media);
    let found = app.preview_retention(rule).await?;
    let first: Vec<Value> = found
        .first
        .iter()
        .map(|(id, title)| json!({ "id": id, "title": title }))
        .collect();
    let first_files: Vec<Value> = found
        .first_files
        .iter()
        .map(|file| json!({ "id": file.id, "name": file.name, "bytes": file.bytes, "since": file.since }))
        .collect();
    let exempt: Vec<Value> = found
        .exempt
        .iter()
        .map(|item| json!({ "id": item.id, "title": item.title, "why": item.why }))
        .collect();
    let document = json!({
        "conversations": found.conversations,
        "messages": found.messages,
        "bytes": found.bytes,
        "at_least": found.at_least,
        "drafts": found.drafts,
        "searches": found.searches,
        "files": found.files,
        "first_files": first_files,
        "first": first,
        "exempt": exempt,
        "exempt_total": found.exempt_total,
        "frozen": found.frozen,
    });
    out.answer(&document, |_| {
        let mut text = if media {
            format!(
                "Today it would delete {} files ({} bytes); the messages they are in stay.\n",
                found.files, found.bytes
            )
        } else {
            format!(
                "Today it would delete {} conversations ({} messages, {} bytes), {} drafts, {} searches.\n",
                found.conversations, found.messages, found.bytes, found.drafts, found.searches
            )
        };
        for file in &found.first_files {
            text.push_str(&format!("{}  {}\n", file.id, plain(&file.name)));
        }
        for (id, title) in &found.first {
            text.push_str(&format!("{id}  {}\n", plain(title)));
        }
        for item in &found.exempt {
            let why = word(&item.why);
            let stays = if media { "keeps its old files" } else { "stays" };
            text.push_str(&format!("{}  {} {stays}: {why}\n", item.id, plain(&item.title)));
        }
        text
    });
    Ok(())
}

async fn new_rule(app: &App, args: RuleArgs) -> Result<NewRule, Failure> {
    let about = &args.target;
    let target = if let Some(id) = &about.conversation {
        RetentionTarget::Conversation(parse(id)?)
    } else if let Some(tag) = &about.tag {
        RetentionTarget::Tag(app.tag_named(tag).await?.id)
    } else if let Some(folder) = &about.folder {
        RetentionTarget::Folder(app.folder_named(folder).await?.id)
    } else if let Some(source) = &about.source {
        RetentionTarget::Source(app.source_named(source).await?.id)
    } else {
        RetentionTarget::Kind(match about.kind {
            Some(KindArg::Drafts) => RetentionKind::Drafts,
            Some(KindArg::Searches) => RetentionKind::Searches,
            Some(KindArg::Media) => RetentionKind::Media,
            _ => RetentionKind::Conversations,
        })
    };
    Ok(NewRule {
        target,
        idle_days: args.after,
        archived_days: args.archived,
    })
}

fn document(rule: &RetentionRule, name: Option<&str>) -> Value {
    json!({
        "id": rule.id,
        "target": rule.target,
        "name": name,
        "idle_days": rule.idle_days,
        "archived_days": rule.archived_days,
        "created_at": rule.created_at,
    })
}

fn line(rule: &Value) -> String {
    let level = rule["target"]["level"].as_str().unwrap_or_default();
    let target = rule["target"]["target"].as_str().unwrap_or_default();
    let name = rule["name"].as_str().unwrap_or(target);
    let since = if target == "media" {
        "it came"
    } else {
        "the last activity"
    };
    let days = |key: &str, words: &str| {
        rule[key].as_u64().map(|days| {
            format!(
                " {days} day{} after {words}",
                if days == 1 { "" } else { "s" }
            )
        })
    };
    let mut when: String = [days("idle_days", since), days("archived_days", "archiving")]
        .into_iter()
        .flatten()
        .collect();
    when = if when.is_empty() {
        "keep".to_owned()
    } else {
        format!("delete{when}")
    };
    let id = rule["id"].as_str().unwrap_or_default();
    format!("{id}  {level} {}: {when}\n", plain(name))
}

fn paused(pause: Pause) -> Value {
    match pause {
        Pause::Frozen => json!({ "why": "frozen" }),
        Pause::Clock {
            trusted_at,
            clock_at,
            left_ms,
        } => json!({
            "why": "clock", "trusted_at": trusted_at, "clock_at": clock_at, "left_ms": left_ms,
        }),
    }
}

fn said(pause: Pause) -> String {
    match pause {
        Pause::Frozen => "Nothing is deleted by rule while everything is frozen.\n".to_owned(),
        Pause::Clock { .. } => "Nothing is deleted by rule, because the clock jumped ahead. \
             If it is right, run `fluxchat-cli privacy retention run --confirm-clock`.\n"
            .to_owned(),
    }
}
