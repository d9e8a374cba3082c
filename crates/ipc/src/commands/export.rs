//! Everything in one file to take along.

use std::path::Path;

use fluxchat_core::{App, ExportProgress, ExportRequest};
use fluxchat_model::Secret;

use crate::ApiError;
use crate::dto::export::{
    ConversationSaved, ConversationText, ConversationTextReq, ExportPreview, ExportResult,
    ExportStartReq, ExportState,
};
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// What an export holds, and the one that is running.
///
/// # Errors
/// When the archive is not open.
pub async fn export_preview(app: &App, _: Empty) -> Answer<ExportPreview> {
    let kinds = app.export_preview().await?;
    Ok(ExportPreview {
        bytes: kinds.iter().map(|total| total.bytes).sum(),
        kinds,
        running: app.export_progress().map(state),
    })
}

/// Ends the running export; nothing of it stays.
///
/// # Errors
/// Never.
pub async fn export_cancel(app: &App, _: Empty) -> Answer<Done> {
    app.export_cancel();
    Ok(Done {})
}

/// The branch of a conversation that is shown, as Markdown.
///
/// # Errors
/// When the conversation does not exist.
pub async fn conversation_text(app: &App, req: ConversationTextReq) -> Answer<ConversationText> {
    let text = app
        .conversation_text(req.id, req.with_workings, &req.language)
        .await?;
    Ok(ConversationText { text })
}

/// The name under which a conversation is offered to be saved.
///
/// # Errors
/// When it does not exist.
pub async fn name_of(app: &App, req: &ConversationTextReq) -> Answer<String> {
    Ok(app.conversation_file_name(req.id).await?)
}

/// Writes it. The dialog has asked before it named a file that is there.
///
/// # Errors
/// As for [`App::conversation_text_save`].
pub async fn conversation_save(
    app: &App,
    req: ConversationTextReq,
    path: &Path,
) -> Answer<ConversationSaved> {
    let (id, path) = (req.id, path.to_owned());
    app.conversation_text_save(id, req.with_workings, &req.language, path, true)
        .await?;
    Ok(ConversationSaved { saved: true })
}

/// Writes everything to a file. The dialog has asked before it named one that is there.
///
/// # Errors
/// As for [`App::export`].
pub async fn export_start(app: &App, req: ExportStartReq, path: &Path) -> Answer<ExportResult> {
    let done = app
        .export(ExportRequest {
            path: path.to_owned(),
            replace: true,
            passphrase: req.passphrase.map(Secret::new),
        })
        .await?;
    Ok(ExportResult {
        saved: true,
        name: done.name,
        bytes: done.bytes,
        entries: done.entries,
        encrypted: done.encrypted,
        problems: done.problems,
        restarts: done.restarts,
    })
}

/// The answer where no file was named.
#[must_use]
pub fn nothing_exported() -> ExportResult {
    ExportResult {
        saved: false,
        name: String::new(),
        bytes: 0,
        entries: 0,
        encrypted: false,
        problems: 0,
        restarts: 0,
    }
}

pub(crate) fn state(progress: ExportProgress) -> ExportState {
    ExportState {
        kind: progress.kind.to_owned(),
        items: progress.items,
        items_total: progress.items_total,
        bytes: progress.bytes,
        restarts: progress.restarts,
    }
}
