//! Before you send: what would leave, and what is replaced in it.

use fluxchat_core::{App, Ask, Asking};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::preview::{
    MessagePreview, MessagePreviewReq, PreviewHeaderRow, PreviewMessageRow, RedactNameReq,
    RedactNames, ReplacedRow,
};

type Answer<T> = Result<T, ApiError>;

/// What a message would send.
///
/// # Errors
/// When there is nothing to ask or nowhere to ask it.
pub async fn message_preview(app: &App, req: MessagePreviewReq) -> Answer<MessagePreview> {
    let asking = match (req.edits, req.again) {
        (Some(question), _) => Asking::Differently(question, req.text, req.without),
        (_, Some(message)) => Asking::Again(message, req.source_id, req.model),
        _ => Asking::New(Box::new(Ask {
            conversation: req.conversation_id,
            text: req.text,
            source: req.source_id,
            model: req.model,
            instructions: req.instructions,
            attachments: req.attachments,
        })),
    };
    let found = app.preview(asking).await?;
    let refusal = found.refused().map(ApiError::from);
    let wire = found.wire;
    Ok(MessagePreview {
        method: wire.method,
        address: wire.url,
        host: wire.host,
        source: found.source,
        model: found.model,
        headers: wire
            .headers
            .into_iter()
            .map(|header| PreviewHeaderRow {
                name: header.name,
                value: header.value,
            })
            .collect(),
        body_bytes: u32::try_from(wire.body.len()).unwrap_or(u32::MAX),
        body: fluxchat_core::pretty(&wire.body),
        messages: found
            .messages
            .into_iter()
            .map(|message| PreviewMessageRow {
                role: message.role,
                text: message.text,
                is_question: message.is_question,
            })
            .collect(),
        estimate: super::spend::estimate(found.estimate),
        categories: wire.categories,
        replaced: found
            .replaced
            .into_iter()
            .map(|it| ReplacedRow {
                kind: it.kind,
                placeholder: it.placeholder,
                original: it.original,
            })
            .collect(),
        redact: found.redact,
        training_allowed: found.training_allowed,
        opt_outs: found
            .opt_outs
            .into_iter()
            .map(super::ledger::opt_out)
            .collect(),
        files: found
            .files
            .into_iter()
            .map(super::attachment::plan)
            .collect(),
        refusal,
    })
}

/// The names that are replaced.
///
/// # Errors
/// When the archive is not open.
pub async fn redact_names(app: &App, _: Empty) -> Answer<RedactNames> {
    Ok(RedactNames {
        names: app.redact_names().await?,
    })
}

/// Adds a name.
///
/// # Errors
/// When it is empty or too long, or there are too many.
pub async fn redact_name_add(app: &App, req: RedactNameReq) -> Answer<RedactNames> {
    app.redact_name_add(&req.name).await?;
    redact_names(app, Empty {}).await
}

/// Takes a name off the list.
///
/// # Errors
/// When the archive cannot be written.
pub async fn redact_name_remove(app: &App, req: RedactNameReq) -> Answer<RedactNames> {
    app.redact_name_remove(&req.name).await?;
    redact_names(app, Empty {}).await
}
