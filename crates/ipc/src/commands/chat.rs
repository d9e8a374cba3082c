//! Conversations and messages.

use fluxchat_core::{App, Ask, Erasing, Sent};
use fluxchat_core::{ConversationCursor, ConversationPatch, ConversationShelf, PathAnchor};
use fluxchat_markup as markup;
use fluxchat_model::{Conversation, ConversationId, DraftKey, Timestamp};

use super::message::message_row;
use super::page;
use crate::ApiError;
use crate::dto::Done;
use crate::dto::chat::{self as dto, *};

type Answer<T> = Result<T, ApiError>;

const PINNED: u32 = 200;
/// As many messages as a window shows first.
const FIRST_PAGE: u32 = 20;

/// A page of the history list.
///
/// # Errors
/// When the cursor is none of ours or the archive is not open.
pub async fn conversation_list(app: &App, req: ConversationListReq) -> Answer<ConversationPage> {
    let after = req.cursor.as_deref().map(cursor_from).transpose()?;
    let (shelf, with_pinned) = if req.archived {
        (ConversationShelf::Archived, false)
    } else {
        (ConversationShelf::Recent, after.is_none())
    };
    let limit = page(req.limit);
    let rows = app.conversations(shelf, after, limit).await?;
    let next = (rows.len() == limit as usize)
        .then(|| rows.last().map(cursor_of))
        .flatten();
    let pinned = if with_pinned {
        app.conversations(ConversationShelf::Pinned, None, PINNED)
            .await?
    } else {
        Vec::new()
    };
    Ok(ConversationPage {
        pinned: pinned.into_iter().map(|it| row(app, it)).collect(),
        rows: rows.into_iter().map(|it| row(app, it)).collect(),
        next,
    })
}

/// One line of the history list.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_get(app: &App, req: ConversationReq) -> Answer<ConversationRow> {
    Ok(row(app, app.conversation(req.id).await?))
}

/// Changes what is given.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_update(app: &App, req: ConversationUpdateReq) -> Answer<ConversationRow> {
    let patch = ConversationPatch {
        title: req.title.map(|title| markup::title_typed(&title)),
        pinned: req.pinned,
        archived: req.archived,
        source_id: req.source_id.map(Some),
        model: req.model.map(Some),
        restricted: req.restricted,
        local_only: req.local_only,
        training_allowed: req.training_allowed,
        ..ConversationPatch::default()
    };
    Ok(row(app, app.update_conversation(req.id, patch).await?))
}

/// Hides a conversation; it is deleted at the deadline.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_delete(app: &App, req: ConversationReq) -> Answer<dto::Erasing> {
    Ok(erasing(app.delete_conversation(req.id).await?))
}

/// A page of the shown branch.
///
/// # Errors
/// When conversation or message do not exist.
pub async fn message_page(app: &App, req: MessagePageReq) -> Answer<MessagePage> {
    let anchor = match req.anchor {
        PageAnchor::Tail => PathAnchor::End,
        PageAnchor::Around { message_id } => PathAnchor::Around(message_id),
        PageAnchor::Before { message_id } => PathAnchor::Before(message_id),
        PageAnchor::After { message_id } => PathAnchor::After(message_id),
    };
    let shown = app
        .message_page(req.conversation_id, anchor, page(req.limit).min(100))
        .await?;
    Ok(MessagePage {
        rows: shown.messages.into_iter().map(message_row).collect(),
        has_before: shown.has_before,
        has_after: shown.has_after,
        arriving: shown.arriving,
    })
}

/// Asks.
///
/// # Errors
/// When there is nothing to ask or nowhere to ask it.
pub async fn message_send(app: &App, req: MessageSendReq) -> Answer<MessageSent> {
    Ok(sent(app, app.ask(asked(req)).await?).await)
}

pub(super) fn asked(req: MessageSendReq) -> Ask {
    Ask {
        conversation: req.conversation_id,
        text: req.text,
        source: req.source_id,
        model: req.model,
        instructions: req.instructions,
        attachments: req.attachments,
    }
}

/// Asks the same differently.
///
/// # Errors
/// When it is no question.
pub async fn message_edit(app: &App, req: MessageEditReq) -> Answer<MessageSent> {
    Ok(sent(
        app,
        app.edit(req.message_id, &req.text, &req.without).await?,
    )
    .await)
}

/// Puts other words in the place of an answer.
///
/// # Errors
/// When it is no answer, still arriving, or frozen.
pub async fn message_rewrite(app: &App, req: MessageRewriteReq) -> Answer<MessageRewritten> {
    let message_id = app.rewrite(req.message_id, &req.text).await?;
    Ok(MessageRewritten { message_id })
}

/// Asks for another answer.
///
/// # Errors
/// When the message does not exist.
pub async fn message_regenerate(app: &App, req: MessageRegenerateReq) -> Answer<MessageSent> {
    let asked = app
        .regenerate(req.message_id, req.source_id, req.model)
        .await?;
    Ok(sent(app, asked).await)
}

/// Lets an unfinished answer go on.
///
/// # Errors
/// When it is complete.
pub async fn message_continue(app: &App, req: MessageReq) -> Answer<MessageSent> {
    Ok(sent(app, app.resume(req.message_id).await?).await)
}

/// Stops an answer.
///
/// # Errors
/// When the archive is not open.
pub async fn message_stop(app: &App, req: MessageReq) -> Answer<Done> {
    app.stop(req.message_id)?;
    Ok(Done {})
}

/// Shows the branch a message is on.
///
/// # Errors
/// When it does not exist.
pub async fn message_select_branch(app: &App, req: MessageReq) -> Answer<Done> {
    app.select_branch(req.message_id).await?;
    Ok(Done {})
}

/// Hides a message and what is below it; they are deleted at the deadline.
///
/// # Errors
/// When it does not exist.
pub async fn message_delete(app: &App, req: MessageReq) -> Answer<dto::Erasing> {
    Ok(erasing(app.delete_message(req.message_id).await?))
}

/// Takes a deletion back.
///
/// # Errors
/// `too_late`.
pub async fn erasure_undo(app: &App, req: ErasureUndoReq) -> Answer<Done> {
    app.undo_deletion(req.erasure_id).await?;
    Ok(Done {})
}

/// A draft.
///
/// # Errors
/// When the archive is not open.
pub async fn draft_get(app: &App, req: DraftGetReq) -> Answer<Draft> {
    Ok(Draft {
        text: app.draft(draft_key(req.conversation_id)).await?,
    })
}

/// Keeps a draft.
///
/// # Errors
/// When the archive is not open.
pub async fn draft_set(app: &App, req: DraftSetReq) -> Answer<Done> {
    app.set_draft(draft_key(req.conversation_id), req.text)
        .await?;
    Ok(Done {})
}

/// A page of the bundled help.
///
/// # Errors
/// When there is none.
pub async fn help_page(app: &App, req: HelpReq) -> Answer<HelpPage> {
    let (title, text) = app.help_page(&req.target, &req.language)?;
    Ok(HelpPage {
        title,
        blocks: markup::parse(&text).blocks,
    })
}

pub(super) fn row(app: &App, conversation: Conversation) -> ConversationRow {
    ConversationRow {
        streaming: app.is_generating(conversation.id),
        temporary: app.is_temporary(conversation.id),
        id: conversation.id,
        title: conversation.title,
        pinned: conversation.pinned,
        archived: conversation.archived,
        source_id: conversation.source_id,
        model: conversation.model,
        folder_id: conversation.folder_id,
        restricted: conversation.restricted,
        local_only: conversation.local_only,
        training_allowed: conversation.training_allowed,
        created_at: conversation.created_at,
        updated_at: conversation.updated_at,
    }
}

/// What was asked, with what a window shows of it. What is sent is sent: that it cannot be shown at
/// once is no error of sending it.
pub(super) async fn sent(app: &App, sent: Sent) -> MessageSent {
    let id = sent.conversation_id;
    let end = MessagePageReq {
        conversation_id: id,
        anchor: PageAnchor::Tail,
        limit: FIRST_PAGE,
    };
    MessageSent {
        conversation_id: id,
        question_id: sent.question_id,
        answer_id: sent.answer_id,
        conversation: conversation_get(app, ConversationReq { id }).await.ok(),
        page: message_page(app, end).await.ok(),
    }
}

fn erasing(erasing: Erasing) -> dto::Erasing {
    dto::Erasing {
        erasure_id: erasing.id,
        undo_until: erasing.undo_until,
        purge_after: erasing.purge_after,
        below: erasing.below,
    }
}

fn draft_key(id: Option<ConversationId>) -> DraftKey {
    id.map_or(DraftKey::NewConversation, DraftKey::Conversation)
}

pub(super) fn cursor_of(conversation: &Conversation) -> String {
    format!("{}.{}", conversation.updated_at.0, conversation.id)
}

pub(super) fn cursor_from(text: &str) -> Answer<ConversationCursor> {
    let parsed = text.split_once('.').and_then(|(at, id)| {
        Some(ConversationCursor {
            updated_at: Timestamp(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    });
    parsed.ok_or_else(|| ApiError::invalid("invalid_cursor", "This is no page of the list."))
}
