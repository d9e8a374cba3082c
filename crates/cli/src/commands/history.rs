use std::path::PathBuf;
use std::process::ExitCode;

use fluxchat_core::App;
use fluxchat_core::{ConversationShelf, PathAnchor};
use fluxchat_model::{Conversation, ConversationId, ErasureId, InvalidId, Role};
use serde_json::{Value, json};

use super::{Done, branches, filing, word};
use crate::args::{History, Toggle};
use crate::output::{Failure, Out, document, plain};

const PAGE: u32 = 100;

pub async fn run(app: &App, history: History, out: &Out) -> Done {
    match history {
        History::List { limit, archived } => list(app, limit, archived, out).await,
        History::Show { id } => show(app, parse(&id)?, out).await,
        History::Markdown {
            id,
            workings,
            out: to,
        } => markdown(app, parse(&id)?, workings, to, out).await,
        History::Search { query, limit } => search(app, query, limit, out).await,
        History::Delete { now, id } => delete(app, now, &id, out).await,
        History::Folder(folder) => filing::folder(app, folder, out).await,
        History::Tag(tag) => filing::tag(app, tag, out).await,
        History::Fork { message } => branches::fork(app, &message, out).await,
        History::Map { id } => branches::map(app, &id, out).await,
        History::Choose { message } => branches::choose(app, &message, out).await,
        History::Find { id, words } => branches::find(app, &id, words, out).await,
        History::Stats { id } => branches::stats(app, &id, out).await,
        History::Mark { id, only_here } => mark(app, parse(&id)?, only_here, out).await,
        History::Undo { id } => undo(app, &id, out).await,
    }
}

pub(super) fn parse<T: std::str::FromStr<Err = InvalidId>>(id: &str) -> Result<T, Failure> {
    id.parse()
        .map_err(|error: InvalidId| Failure::usage(&error.to_string()))
}

async fn list(app: &App, limit: u32, archived: bool, out: &Out) -> Done {
    let mut rows = Vec::new();
    if archived {
        rows.extend(
            app.conversations(ConversationShelf::Archived, None, limit)
                .await?,
        );
    } else {
        rows.extend(
            app.conversations(ConversationShelf::Pinned, None, limit)
                .await?,
        );
        rows.extend(
            app.conversations(ConversationShelf::Recent, None, limit)
                .await?,
        );
        rows.truncate(limit as usize);
    }
    let rows: Vec<Value> = rows.iter().map(conversation).collect();
    out.answer(&rows, |rows| rows.iter().map(line).collect());
    Ok(ExitCode::SUCCESS)
}

/// A conversation in one line.
pub(super) fn line(row: &Value) -> String {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    format!("{}  {}\n", text("id"), plain(text("title")))
}

pub(super) fn conversation(conversation: &Conversation) -> Value {
    json!({
        "id": conversation.id,
        "title": conversation.title,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "model": conversation.model,
        "folder_id": conversation.folder_id,
        "restricted": conversation.restricted,
        "local_only": conversation.local_only,
        "training_allowed": conversation.training_allowed,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
    })
}

async fn show(app: &App, id: ConversationId, out: &Out) -> Done {
    let head = app.conversation(id).await?;
    let mut anchor = PathAnchor::Start;
    let mut messages = Vec::new();
    loop {
        let page = app.message_page(id, anchor, PAGE).await?;
        messages.extend(page.messages.into_iter().map(|shown| shown.message));
        match messages.last() {
            Some(last) if page.has_after => anchor = PathAnchor::After(last.id),
            _ => break,
        }
    }
    if out.is_json() {
        let rows: Vec<Value> = messages
            .iter()
            .map(|message| {
                json!({
                    "id": message.id,
                    "parent_id": message.parent_id,
                    "role": message.role,
                    "status": message.status,
                    "model": message.model,
                    "source": message.source_name,
                    "text": message.text(),
                    "reasoning": message.reasoning(),
                    "tool_calls": super::tools::calls(message),
                    "notices": super::tools::notices(message),
                    "usage": message.usage,
                    "error": message.error.as_ref().map(document),
                    "at": message.created_at,
                })
            })
            .collect();
        let mut document = conversation(&head);
        let instructions = app.instructions(id).await?;
        document["instructions"] = super::preset::as_written(&instructions);
        document["origin"] = json!(app.fork_origin(id).await?);
        document["messages"] = Value::Array(rows);
        out.document(&document);
    } else {
        let mut text = format!("# {}\n", plain(&head.title));
        for message in &messages {
            let who = match message.role {
                Role::User => "You".to_owned(),
                _ => message.model.clone().unwrap_or_else(|| word(&message.role)),
            };
            text.push_str(&format!(
                "\n## {}\n\n{}\n",
                plain(&who),
                plain(&message.text())
            ));
        }
        out.text(&text);
    }
    Ok(ExitCode::SUCCESS)
}

async fn markdown(
    app: &App,
    id: ConversationId,
    workings: bool,
    to: Option<PathBuf>,
    out: &Out,
) -> Done {
    let Some(mut path) = to else {
        let text = app.conversation_text(id, workings, "en").await?;
        let name = app.conversation_file_name(id).await?;
        let document = json!({ "name": name, "text": text });
        out.answer(&document, |_| plain(&text));
        return Ok(ExitCode::SUCCESS);
    };
    if path.is_dir() {
        path.push(app.conversation_file_name(id).await?);
    }
    let name = app
        .conversation_text_save(id, workings, "en", path, false)
        .await?;
    out.answer(&json!({ "name": name }), |_| {
        format!("The conversation is in {}.\n", plain(&name))
    });
    Ok(ExitCode::SUCCESS)
}

async fn search(app: &App, query: String, limit: u32, out: &Out) -> Done {
    let mut hits = app.search(query, None, limit).await?;
    // The index knows seconds; within one of them the times decide.
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
    let rows: Vec<Value> = hits
        .iter()
        .map(|hit| {
            let snippet: String = hit.snippet.iter().map(|(text, _)| text.as_str()).collect();
            json!({
                "conversation_id": hit.conversation_id,
                "message_id": hit.message_id,
                "title": hit.title,
                "snippet": snippet,
                "at": hit.at,
            })
        })
        .collect();
    out.answer(&rows, |rows| {
        let line = |row: &Value| {
            let text = |key: &str| plain(row[key].as_str().unwrap_or_default()).replace('\n', " ");
            format!(
                "{}  {}\n    {}\n",
                text("conversation_id"),
                text("title"),
                text("snippet")
            )
        };
        rows.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

async fn delete(app: &App, now: bool, ids: &[String], out: &Out) -> Done {
    // All of them are read before the first is touched.
    let mut ids = ids
        .iter()
        .map(|id| parse::<ConversationId>(id))
        .collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        app.conversation(*id).await?;
    }
    let mut rows = Vec::new();
    for id in ids {
        let erasing = app.delete_conversation(id).await?;
        let receipt = if now {
            Some(app.purge_now(erasing.id).await?)
        } else {
            None
        };
        rows.push(json!({
            "conversation_id": id,
            "erasure_id": erasing.id,
            "purge_after": erasing.purge_after,
            "receipt": receipt,
        }));
    }
    if now {
        // The service's part is asked for at once; what cannot be sent waits in the outbox.
        app.flush_outbox().await?;
    }
    out.answer(&rows, |rows| {
        let line = |row: &Value| {
            let id = row["conversation_id"].as_str().unwrap_or_default();
            match row["receipt"]["hash"].as_str() {
                Some(hash) => {
                    format!("{id}  deleted for good, proven on this computer (receipt {hash})\n")
                }
                None => format!("{id}  deleted; can be undone for 30 seconds\n"),
            }
        };
        rows.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

async fn mark(app: &App, id: ConversationId, only_here: Option<Toggle>, out: &Out) -> Done {
    let Some(only_here) = only_here else {
        return Err(Failure::usage("Say what to mark, such as --only-here on."));
    };
    let marked = app.keep_here(id, only_here == Toggle::On).await?;
    out.answer(&conversation(&marked), |row| {
        match row["local_only"].as_bool() {
            Some(true) => "Only sources on this computer may answer it.\n".to_owned(),
            _ => "Any source may answer it.\n".to_owned(),
        }
    });
    Ok(ExitCode::SUCCESS)
}

async fn undo(app: &App, id: &str, out: &Out) -> Done {
    if app.conversation(parse(id)?).await.is_ok() {
        return Err(Failure::usage(
            "This conversation is not deleted, so there is nothing to undo.",
        ));
    }
    let erasure = match app.deletion_of(parse(id)?).await {
        Ok(erasure) => erasure,
        Err(_) => parse::<ErasureId>(id)?,
    };
    app.undo_deletion(erasure).await?;
    out.answer(&json!({ "erasure_id": erasure, "undone": true }), |_| {
        "It is back.\n".to_owned()
    });
    Ok(ExitCode::SUCCESS)
}
