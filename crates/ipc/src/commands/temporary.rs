//! Temporary conversations. What is said in them goes through the commands of every conversation.

use fluxchat_core::App;

use super::chat::row;
use crate::ApiError;
use crate::dto::chat::{ConversationReq, ConversationRow};
use crate::dto::temporary::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// Begins one, or gives the one nothing was said in yet.
///
/// # Errors
/// `too_many_temporary`; when there is no source, or everything is frozen.
pub async fn temporary_begin(app: &App, req: TemporaryBeginReq) -> Answer<ConversationRow> {
    Ok(row(
        app,
        app.begin_temporary(req.source_id, req.model).await?,
    ))
}

/// Those there are.
///
/// # Errors
/// When the archive is not open.
pub async fn temporary_list(app: &App, _: Empty) -> Answer<TemporaryList> {
    let found = app.temporaries().await?;
    Ok(TemporaryList {
        rows: found.into_iter().map(|it| row(app, it)).collect(),
    })
}

/// Ends one: all of it is gone.
///
/// # Errors
/// When it does not exist.
pub async fn temporary_end(app: &App, req: ConversationReq) -> Answer<Done> {
    app.end_temporary(req.id).await?;
    Ok(Done {})
}

/// Moves one into the archive.
///
/// # Errors
/// When it does not exist, nothing was said in it, or it cannot be written.
pub async fn temporary_keep(app: &App, req: ConversationReq) -> Answer<ConversationRow> {
    Ok(row(app, app.keep_temporary(req.id).await?))
}
