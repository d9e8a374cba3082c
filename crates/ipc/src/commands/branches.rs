//! The tree of a conversation: its map, copies of a path, finding in it, and what it took.

use fluxchat_core::{Answerer, App, Error, MapPage, MapRun};
use fluxchat_model::ConversationTotals;

use super::chat::{asked, row, sent};
use super::message::message_row;
use crate::ApiError;
use crate::dto::Done;
use crate::dto::branches::*;
use crate::dto::chat::{ConversationReq, ConversationRow, MessageReq};

type Answer<T> = Result<T, ApiError>;

/// A page of the map of a conversation.
///
/// # Errors
/// When conversation or message do not exist.
pub async fn message_map(app: &App, req: MessageMapReq) -> Answer<MessageMap> {
    let id = req.conversation_id;
    let below = |page: MapPage| MapBelow {
        rows: page.runs.into_iter().map(line).collect(),
        has_more: page.has_more,
    };
    let (first, shown) = match (req.below, req.after) {
        (None, None) => {
            let mut levels = app.message_map_shown(id).await?.into_iter();
            let first = levels.next().map(|level| level.page).unwrap_or_default();
            (first, levels.map(|level| below(level.page)).collect())
        }
        (above, after) => (app.message_map(id, above, after).await?, Vec::new()),
    };
    let MapBelow { rows, has_more } = below(first);
    Ok(MessageMap {
        rows,
        has_more,
        shown,
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

/// Asks one question of several at once.
///
/// # Errors
/// As `message_send`, and `too_many_answers`.
pub async fn message_send_beside(app: &App, req: MessageSendBesideReq) -> Answer<MessagesSent> {
    let others = req.others.into_iter().map(|other| Answerer {
        source: Some(other.source_id),
        model: other.model,
    });
    let asked = app
        .ask_side_by_side(asked(req.question), others.collect())
        .await?;
    Ok(MessagesSent {
        sent: sent(app, asked.sent).await,
        beside: asked.beside,
    })
}

/// An answer and those beside it.
///
/// # Errors
/// When it does not exist or is no answer.
pub async fn messages_beside(app: &App, req: MessageReq) -> Answer<MessagesBeside> {
    let shown = app.answers_beside(req.message_id).await?;
    Ok(MessagesBeside {
        rows: shown.into_iter().map(message_row).collect(),
    })
}

/// Goes on with one of several answers.
///
/// # Errors
/// When it does not exist or is no answer.
pub async fn message_go_on_with(app: &App, req: MessageReq) -> Answer<Done> {
    app.go_on_with(req.message_id).await?;
    Ok(Done {})
}

/// What differs between two messages.
///
/// # Errors
/// When one does not exist or is still arriving.
pub async fn message_diff(app: &App, req: MessageDiffReq) -> Answer<MessageDiff> {
    Ok(MessageDiff {
        parts: app.difference(req.from_id, req.to_id).await?,
    })
}
