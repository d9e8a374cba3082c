//! Files that go with a question. They come from the page in pieces: it names no path.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use fluxchat_core::{App, FileSent};
use fluxchat_model::{AssetId, Attachment, ConversationId, DraftKey};

use crate::ApiError;
use crate::dto::Done;
use crate::dto::attachment::{
    AttachmentBeginReq, AttachmentFile, AttachmentList, AttachmentListReq, AttachmentPage,
    AttachmentPlan, AttachmentPutReq, AttachmentRemoveReq, AttachmentReq, AttachmentSaved,
    AttachmentTakeReq, AttachmentText, AttachmentTextReq, AttachmentTold, AttachmentUpload,
    AttachmentUploadReq, AttachmentsTold, DroppedFile,
};
use crate::dto::chat::MessageReq;

type Answer<T> = Result<T, ApiError>;

/// The longest piece, as Base64.
const LONGEST_PIECE: usize = 700 << 10;

pub(super) fn key(conversation: Option<ConversationId>) -> DraftKey {
    conversation.map_or(DraftKey::NewConversation, DraftKey::Conversation)
}

/// The files beside an unsent text.
///
/// # Errors
/// When there is no source.
pub async fn attachment_list(app: &App, req: AttachmentListReq) -> Answer<AttachmentList> {
    let plans = app
        .attachment_plans(key(req.conversation_id), req.source_id, req.model)
        .await?;
    Ok(AttachmentList {
        files: plans.into_iter().map(plan).collect(),
    })
}

/// Begins to take a file.
///
/// # Errors
/// When it is too large.
pub async fn attachment_begin(app: &App, req: AttachmentBeginReq) -> Answer<AttachmentUpload> {
    let size = usize::try_from(req.size).unwrap_or(usize::MAX);
    let upload = app.begin_upload(key(req.conversation_id), req.name, size)?;
    Ok(AttachmentUpload { upload })
}

/// Takes a piece.
///
/// # Errors
/// When it is more than was announced.
pub async fn attachment_put(app: &App, req: AttachmentPutReq) -> Answer<Done> {
    let unreadable = || ApiError::invalid("invalid_piece", "A piece of the file cannot be read.");
    if req.data.len() > LONGEST_PIECE {
        return Err(unreadable());
    }
    let piece = base64::engine::general_purpose::STANDARD
        .decode(req.data)
        .map_err(|_| unreadable())?;
    app.add_to_upload(req.upload, &piece)?;
    Ok(Done {})
}

/// Reads and attaches what has come.
///
/// # Errors
/// When it cannot be attached; the sentence says why.
pub async fn attachment_finish(app: &App, req: AttachmentUploadReq) -> Answer<AttachmentFile> {
    Ok(file(app.finish_upload(req.upload).await?))
}

/// Forgets a file that is being handed over.
///
/// # Errors
/// When the archive is not open.
pub async fn attachment_cancel(app: &App, req: AttachmentUploadReq) -> Answer<Done> {
    app.drop_upload(req.upload)?;
    Ok(Done {})
}

/// Attaches a file that was dropped on the window.
///
/// # Errors
/// When it cannot be attached; the sentence says why.
pub async fn attachment_take(app: &App, req: AttachmentTakeReq) -> Answer<AttachmentFile> {
    let taken = app.take_dropped(key(req.conversation_id), req.number);
    Ok(file(taken.await?))
}

/// Takes a file away from an unsent text.
///
/// # Errors
/// When it is beside none.
pub async fn attachment_remove(app: &App, req: AttachmentRemoveReq) -> Answer<Done> {
    app.detach(key(req.conversation_id), req.asset_id).await?;
    Ok(Done {})
}

/// Some of the text of a file.
///
/// # Errors
/// When it does not exist.
pub async fn attachment_text(app: &App, req: AttachmentTextReq) -> Answer<AttachmentText> {
    let attachment = app.attachment(req.asset_id).await?;
    let from = match (req.from, req.page) {
        (None, Some(page)) => app.attachment_page(req.asset_id, page).await?,
        (from, _) => from.unwrap_or(0),
    };
    let chunks = app.attachment_text(req.asset_id, from).await?;
    let next = chunks.last().map(|chunk| chunk.seq + 1);
    let mut pages: Vec<AttachmentPage> = Vec::new();
    for chunk in chunks {
        match pages.last_mut() {
            Some(page) if page.number == chunk.page => page.text.push_str(&chunk.body),
            _ => pages.push(AttachmentPage {
                number: chunk.page,
                text: chunk.body,
            }),
        }
    }
    Ok(AttachmentText {
        file: file(attachment),
        pages,
        next,
    })
}

/// What an answer's source was given of files.
///
/// # Errors
/// When the archive is not open.
pub async fn attachment_told(app: &App, req: MessageReq) -> Answer<AttachmentsTold> {
    let files = app.files_told(req.message_id).await?;
    let files = files.into_iter().map(|it| AttachmentTold {
        asset_id: it.told.asset_id,
        page_count: it.attachment.as_ref().map_or(0, |it| it.facts.page_count),
        name: it.attachment.map(|it| it.name),
        way: it.told.way,
        pages: it.told.pages,
    });
    Ok(AttachmentsTold {
        files: files.collect(),
    })
}

/// The name under which a copy is offered.
///
/// # Errors
/// When there is no such file.
pub async fn name_of(app: &App, id: AssetId) -> Answer<String> {
    Ok(app.attachment_copy_name(id).await?)
}

/// Writes a copy. It appears complete or not at all.
///
/// # Errors
/// When there is no such file, or the place cannot be written.
pub async fn attachment_save(
    app: &App,
    req: AttachmentReq,
    path: &Path,
) -> Answer<AttachmentSaved> {
    let bytes = app.asset_range(req.asset_id, 0, u64::MAX).await?.bytes;
    let write = async |mut file: std::fs::File| Ok(file.write_all(&bytes)?);
    super::desktop::whole_or_nothing(path, write).await?;
    Ok(AttachmentSaved { saved: true })
}

pub(crate) fn dropped(files: &[fluxchat_core::DroppedFile]) -> Vec<DroppedFile> {
    let files = files.iter().map(|it| DroppedFile {
        number: it.number,
        name: it.name.clone(),
        size: it.bytes,
    });
    files.collect()
}

pub(super) fn file(it: Attachment) -> AttachmentFile {
    AttachmentFile {
        asset_id: it.asset_id,
        name: it.name,
        media_type: it.media_type,
        bytes: it.bytes,
        kind: it.facts.kind,
        page_count: it.facts.page_count,
        text_bytes: it.facts.text_bytes,
        is_partial: it.facts.is_partial || it.facts.problem.is_some(),
        had_details: it.facts.had_details,
        was_scaled: it.facts.was_scaled,
        width: it.facts.width,
        height: it.facts.height,
        from: it.facts.from,
    }
}

pub(super) fn plan(it: FileSent) -> AttachmentPlan {
    AttachmentPlan {
        file: file(it.attachment),
        way: it.way,
        pages: it.pages,
        unredacted: it.unredacted,
        is_new: it.is_new,
        no_room: it.no_room,
    }
}
