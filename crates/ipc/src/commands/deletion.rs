//! Deletions of every scope, and the key.

use fluxchat_core::{App, Confirmation, Erasure};
use fluxchat_model::{ErasureScope, Receipt};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::deletion::{
    DeletionBeginReq, DeletionBegun, DeletionList, DeletionPreview, DeletionPreviewReq,
    DeletionRow, DeletionScope, KeyInfo,
};

type Answer<T> = Result<T, ApiError>;

/// What a deletion would remove and leave.
///
/// # Errors
/// When what it names is not there.
pub async fn deletion_preview(app: &App, req: DeletionPreviewReq) -> Answer<DeletionPreview> {
    let found = app.preview_deletion(scope(req.scope)).await?;
    Ok(DeletionPreview {
        empty: found.preview.is_empty(),
        preview: found.preview,
        token: found.token,
        needs_word: found.needs_word,
        stays: found.stays.into_iter().map(Into::into).collect(),
    })
}

/// Begins a deletion that was looked at.
///
/// # Errors
/// `not_confirmed`, `preview_changed`.
pub async fn deletion_begin(app: &App, req: DeletionBeginReq) -> Answer<DeletionBegun> {
    let confirmation = Confirmation {
        token: req.token,
        word: req.word,
    };
    let erasure_id = app.begin_deletion(scope(req.scope), confirmation).await?;
    Ok(DeletionBegun { erasure_id })
}

/// Deletions that have no receipt yet.
///
/// # Errors
/// When the archive is not open.
pub async fn deletion_list(app: &App, _: Empty) -> Answer<DeletionList> {
    let rows = app.deletions_under_way().await?;
    Ok(DeletionList {
        rows: rows.into_iter().map(row).collect(),
    })
}

/// The key of the archive and its changes.
///
/// # Errors
/// When the archive is not open.
pub async fn key_get(app: &App, _: Empty) -> Answer<KeyInfo> {
    let state = app.key_state().await?;
    Ok(KeyInfo {
        epoch: state.epoch,
        changed_at: state.changed_at,
        due_at: state.due_at,
        running: state.running,
        can_change: state.can_change,
    })
}

/// Changes the key now.
///
/// # Errors
/// `no_room_for_key`, `busy`.
pub async fn key_rotate(app: &App, _: Empty) -> Answer<Receipt> {
    Ok(app.rotate_key().await?)
}

fn row(erasure: Erasure) -> DeletionRow {
    DeletionRow {
        erasure_id: erasure.id,
        scope: erasure.word,
        stage: erasure.stage,
        requested_at: erasure.requested_at,
        removed: erasure.removed,
        expected: erasure.expected,
    }
}

fn scope(scope: DeletionScope) -> ErasureScope {
    match scope {
        DeletionScope::Message { id } => ErasureScope::Message(id),
        DeletionScope::Conversation { id } => ErasureScope::Conversation(id),
        DeletionScope::Folder { id } => ErasureScope::Folder(id),
        DeletionScope::Tag { id } => ErasureScope::Tag(id),
        DeletionScope::Range { range } => ErasureScope::Range(range),
        DeletionScope::Source { id } => ErasureScope::Source(id),
        DeletionScope::Media { media } => ErasureScope::Media(media),
        DeletionScope::Searches => ErasureScope::Searches,
        DeletionScope::Drafts => ErasureScope::Drafts,
        DeletionScope::Everything => ErasureScope::Everything,
    }
}
