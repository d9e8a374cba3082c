//! The tree of a conversation: its map, copies of a path, finding in it, and what it took.

use fluxchat_core::{App, Error, MapRun};
use fluxchat_model::ConversationTotals;

use super::chat::row;
use crate::ApiError;
use crate::dto::branches::*;
use crate::dto::chat::{ConversationReq, ConversationRow, MessageReq};

type Answer<T> = Result<T, ApiError>;

/// A page of the map of a conversation.
///
/// # Errors
/// When conversation or message do not exist.
pub async fn message_map(app: &App, req: MessageMapReq) -> Answer<MessageMap> {
    let page = app
        .message_map(req.conversation_id, req.below, req.skip)
        .await?;
    Ok(MessageMap {
        rows: page.runs.into_iter().map(line).collect(),
        has_more: page.has_more,
    })
}

/// Copies what was said up to a message into a new conversation.
///
/// # Errors
/// `temporary`; when the message does not exist.
pub async fn conversation_fork(app: &App, req: MessageReq) -> Answer<ConversationRow> {
    Ok(row(app, app.fork(req.message_id).await?))
}

/// Where a conversation was copied from.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_origin(app: &App, req: ConversationReq) -> Answer<ConversationOrigin> {
    let origin = app.fork_origin(req.id).await?;
    let title = match origin.and_then(|origin| origin.conversation_id) {
        Some(from) => match app.conversation(from).await {
            Ok(original) => original.title,
            Err(Error::NotFound(_)) => String::new(),
            Err(error) => return Err(error.into()),
        },
        None => String::new(),
    };
    Ok(ConversationOrigin { origin, title })
}

/// Finds in a stretch of one conversation.
///
/// # Errors
/// When it does not exist, or the cursor is none of ours.
pub async fn conversation_find(app: &App, req: ConversationFindReq) -> Answer<ConversationFound> {
    let before = req.cursor.map(|cursor| cursor.parse()).transpose();
    let before =
        before.map_err(|_| ApiError::invalid("invalid_cursor", "This is no page of the list."))?;
    let page = app.find_in(req.conversation_id, req.text, before).await?;
    Ok(ConversationFound {
        message_ids: page.hits.into_iter().map(|hit| hit.message_id).collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

/// What the answers of a conversation took.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_totals(app: &App, req: ConversationReq) -> Answer<ConversationTotals> {
    Ok(app.conversation_totals(req.id).await?)
}

fn line(run: MapRun) -> MapRow {
    MapRow {
        first_id: run.first,
        last_id: run.last,
        role: run.role,
        text: run.text,
        model: run.model,
        at: run.at,
        messages: run.messages,
        branches: run.branches,
        more: run.more,
        chosen: run.chosen,
    }
}
