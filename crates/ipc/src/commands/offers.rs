//! What servers of tools offer besides tools: prompts and resources. A person asks for them.

use fluxchat_core::{App, Brought, OfferAsking, OfferField, OfferValues};
use fluxchat_model::{ConversationId, OfferAskingId, ToolServerId};

use super::attachment::{file, key};
use crate::ApiError;
use crate::dto::Done;
use crate::dto::instructions::FieldValue;
use crate::dto::offers::*;

type Answer<T> = Result<T, ApiError>;

/// The prompts a server offers now.
///
/// # Errors
/// `supervised`, `offline`, `only_here`, `restricted`; when it does not answer.
pub async fn tool_prompts(app: &App, req: ToolOffersReq) -> Answer<ToolPrompts> {
    let asking = asking(req.server_id, req.conversation_id, req.asking_id);
    let listed = app.server_prompts(asking).await?;
    let rows = listed.rows.into_iter().map(|it| ToolPromptRow {
        name: it.name,
        label: it.label,
        description: it.description,
        fields: it.fields.into_iter().map(field).collect(),
    });
    Ok(ToolPrompts {
        rows: rows.collect(),
        has_more: listed.has_more,
    })
}

/// Fills in a prompt of a server. Its files are beside the unsent text then.
///
/// # Errors
/// The same; `tool_nothing`.
pub async fn tool_prompt_fill(app: &App, req: ToolPromptFillReq) -> Answer<ToolBrought> {
    let asking = asking(req.server_id, req.conversation_id, req.asking_id);
    let filled = app.fill_server_prompt(asking, &req.name, values(req.values));
    Ok(brought(filled.await?))
}

/// The resources a server offers now.
///
/// # Errors
/// As for prompts.
pub async fn tool_resources(app: &App, req: ToolOffersReq) -> Answer<ToolResources> {
    let asking = asking(req.server_id, req.conversation_id, req.asking_id);
    let listed = app.server_resources(asking).await?;
    let rows = listed.rows.into_iter().map(|it| ToolResourceRow {
        uri: it.uri,
        name: it.name,
        label: it.label,
        address: it.address,
        description: it.description,
        media_type: it.media_type,
        size: it.size,
        fields: it.fields.into_iter().map(field).collect(),
    });
    Ok(ToolResources {
        rows: rows.collect(),
        has_more: listed.has_more,
    })
}

/// Reads a resource of a server and puts it beside the unsent text.
///
/// # Errors
/// The same; when it cannot be attached.
pub async fn tool_resource_attach(app: &App, req: ToolResourceAttachReq) -> Answer<ToolBrought> {
    let asking = asking(req.server_id, req.conversation_id, req.asking_id);
    let (name, values) = (Some(req.name.as_str()), values(req.values));
    let read = app.attach_resource(asking, &req.uri, name, values);
    Ok(brought(read.await?))
}

/// Waits no more for what a server was asked for.
///
/// # Errors
/// When the archive is not open.
pub async fn tool_ask_cancel(app: &App, req: ToolAskCancelReq) -> Answer<Done> {
    app.stop_asking(req.asking_id)?;
    Ok(Done {})
}

fn asking(
    server: ToolServerId,
    conversation: Option<ConversationId>,
    id: Option<OfferAskingId>,
) -> OfferAsking {
    OfferAsking {
        server,
        key: key(conversation),
        id,
    }
}

fn field(it: OfferField) -> ToolOfferField {
    ToolOfferField {
        name: it.name,
        label: it.label,
        description: it.description,
        required: it.required,
    }
}

/// What was left empty is not given.
fn values(given: Vec<FieldValue>) -> OfferValues {
    let given = given.into_iter().filter(|it| !it.value.is_empty());
    given.map(|it| (it.name, it.value)).collect()
}

fn brought(it: Brought) -> ToolBrought {
    let left_out = it.left_out.into_iter().map(|it| ToolLeftOut {
        name: it.name,
        problem: it.problem,
    });
    ToolBrought {
        text: it.text,
        files: it.files.into_iter().map(file).collect(),
        left_out: left_out.collect(),
    }
}
