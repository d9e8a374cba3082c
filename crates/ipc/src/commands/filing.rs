//! Folders and tags.

use fluxchat_core::{App, Filed};

use super::chat::{cursor_from, cursor_of, row};
use super::page;
use crate::ApiError;
use crate::dto::chat::{ConversationPage, ConversationReq, ConversationRow};
use crate::dto::filing::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// All folders and tags.
///
/// # Errors
/// When the archive is not open.
pub async fn filing_get(app: &App, _: Empty) -> Answer<Filing> {
    let folders = app.folders().await?.into_iter().map(|total| FolderRow {
        id: total.folder.id,
        name: total.folder.name,
        conversations: total.conversations,
        created_at: total.folder.created_at,
    });
    let tags = app.tags().await?.into_iter().map(|total| TagRow {
        id: total.tag.id,
        name: total.tag.name,
        conversations: total.conversations,
        created_at: total.tag.created_at,
    });
    Ok(Filing {
        folders: folders.collect(),
        tags: tags.collect(),
    })
}

/// Makes a folder.
///
/// # Errors
/// `invalid_name`, `name_taken`.
pub async fn folder_add(app: &App, req: FilingAddReq) -> Answer<FolderRow> {
    let folder = app.add_folder(&req.name).await?;
    Ok(FolderRow {
        id: folder.id,
        name: folder.name,
        conversations: 0,
        created_at: folder.created_at,
    })
}

/// Renames a folder.
///
/// # Errors
/// When it does not exist; `invalid_name`, `name_taken`.
pub async fn folder_rename(app: &App, req: FolderRenameReq) -> Answer<Done> {
    app.rename_folder(req.id, &req.name).await?;
    Ok(Done {})
}

/// Removes a folder; what lay in it stays.
///
/// # Errors
/// When it does not exist.
pub async fn folder_remove(app: &App, req: FolderReq) -> Answer<Done> {
    app.remove_folder(req.id).await?;
    Ok(Done {})
}

/// Makes a tag.
///
/// # Errors
/// `invalid_name`, `name_taken`.
pub async fn tag_add(app: &App, req: FilingAddReq) -> Answer<TagRow> {
    let tag = app.add_tag(&req.name).await?;
    Ok(TagRow {
        id: tag.id,
        name: tag.name,
        conversations: 0,
        created_at: tag.created_at,
    })
}

/// Renames a tag.
///
/// # Errors
/// When it does not exist; `invalid_name`, `name_taken`.
pub async fn tag_rename(app: &App, req: TagRenameReq) -> Answer<Done> {
    app.rename_tag(req.id, &req.name).await?;
    Ok(Done {})
}

/// Removes a tag; what had it stays.
///
/// # Errors
/// When it does not exist.
pub async fn tag_remove(app: &App, req: TagReq) -> Answer<Done> {
    app.remove_tag(req.id).await?;
    Ok(Done {})
}

/// Puts a conversation into a folder, or out of any.
///
/// # Errors
/// When conversation or folder do not exist.
pub async fn conversation_move(app: &App, req: ConversationMoveReq) -> Answer<ConversationRow> {
    Ok(row(
        app,
        app.move_conversation(req.id, req.folder_id).await?,
    ))
}

/// The tags of a conversation.
///
/// # Errors
/// When it does not exist.
pub async fn conversation_tags(app: &App, req: ConversationReq) -> Answer<ConversationTags> {
    Ok(ConversationTags {
        tag_ids: app.tags_of(req.id).await?,
    })
}

/// Gives a conversation a tag, or takes it away.
///
/// # Errors
/// When conversation or tag do not exist.
pub async fn conversation_tag(app: &App, req: ConversationTagReq) -> Answer<ConversationTags> {
    Ok(ConversationTags {
        tag_ids: app.tag_conversation(req.id, req.tag_id, req.on).await?,
    })
}

/// A page of what lies in a folder or under a tag.
///
/// # Errors
/// When folder or tag do not exist, or the request names none or both.
pub async fn conversation_filed(app: &App, req: ConversationFiledReq) -> Answer<ConversationPage> {
    let filed = match (req.folder_id, req.tag_id) {
        (Some(folder), None) => Filed::Folder(folder),
        (None, Some(tag)) => Filed::Tag(tag),
        _ => {
            return Err(ApiError::invalid(
                "invalid_filter",
                "A folder or a tag has to be named, and not both.",
            ));
        }
    };
    let after = req.cursor.as_deref().map(cursor_from).transpose()?;
    let limit = page(req.limit);
    let rows = app.conversations_filed(filed, after, limit).await?;
    let next = (rows.len() == limit as usize)
        .then(|| rows.last().map(cursor_of))
        .flatten();
    Ok(ConversationPage {
        pinned: Vec::new(),
        rows: rows.into_iter().map(|it| row(app, it)).collect(),
        next,
    })
}
