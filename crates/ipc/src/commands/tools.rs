//! Tools: those in the app, servers of them, and calls in answers.

use fluxchat_core::{App, NewToolServer, SignInInfo, SignInStage, SignedOut, ToolInfo, shown_json};
use fluxchat_markup::StreamParser;
use fluxchat_model::{Message, MessageStatus, Part, Secret, ToolCallPart, ToolState};

use crate::ApiError;
use crate::dto::chat::MessageReq;
use crate::dto::tools::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// All tools there are.
///
/// # Errors
/// When the archive is not open.
pub async fn tool_list(app: &App, _: Empty) -> Answer<ToolList> {
    let found = app.tools().await?;
    Ok(ToolList {
        supervised: found.supervised,
        local: found.local.into_iter().map(row).collect(),
        servers: found
            .servers
            .into_iter()
            .map(|server| ToolServerRow {
                id: server.id,
                name: server.name,
                host: server.transport.host(),
                transport: server.transport,
                enabled: server.enabled,
                timeout_s: server.timeout_s,
                running: server.is_running,
                tools: server.tools.into_iter().map(row).collect(),
                said: server.said,
                sign_in: server.sign_in.map(sign_in),
                wants_sign_in: server.wants_sign_in,
                wants_more: server.wants_more,
            })
            .collect(),
        signed_out: None,
    })
}

fn sign_in(info: SignInInfo) -> ToolSignIn {
    ToolSignIn {
        stage: match info.stage {
            SignInStage::Named => ToolSignInStage::Named,
            SignInStage::Waiting => ToolSignInStage::Waiting,
            SignInStage::Failed => ToolSignInStage::Failed,
        },
        hosts: info.hosts,
        scopes: info.scopes,
        unanswered: info.unanswered,
        problem: info.problem,
    }
}

async fn list_and(app: &App, told: Option<SignedOut>) -> Answer<ToolList> {
    let signed_out = told.map(|told| match told {
        SignedOut::Revoked => ToolSignedOut::Revoked,
        SignedOut::NoPlace => ToolSignedOut::NoPlace,
        SignedOut::Failed => ToolSignedOut::Failed,
    });
    Ok(ToolList {
        signed_out,
        ..tool_list(app, Empty {}).await?
    })
}

/// Adds a server of tools, or changes one.
///
/// # Errors
/// `supervised`, `invalid_name`, `name_taken`, `program_missing`, `tool_timeout`, `invalid_parameter`.
pub async fn tool_server_save(app: &App, req: ToolServerSaveReq) -> Answer<ToolList> {
    let secrets = |values: Vec<ToolValue>| {
        let values = values.into_iter();
        values
            .map(|value| (value.name, value.value.map(Secret::new)))
            .collect()
    };
    let new = NewToolServer {
        name: req.name,
        url: req.url,
        hide_path: req.hide_path,
        key_header: req.key_header,
        key: req.key.map(Secret::new),
        program: req.program,
        arguments: req.arguments,
        headers: secrets(req.headers),
        environment: secrets(req.environment),
        timeout_s: req.timeout_s,
        enabled: req.enabled,
    };
    match req.id {
        Some(id) => app.change_tool_server(id, new).await?,
        None => app.add_tool_server(new).await?,
    };
    tool_list(app, Empty {}).await
}

/// Removes a server of tools.
///
/// # Errors
/// When it does not exist.
pub async fn tool_server_remove(app: &App, req: ToolServerReq) -> Answer<ToolList> {
    let told = app.remove_tool_server(req.id).await?;
    list_and(app, told).await
}

/// Asks a server who guards it.
///
/// # Errors
/// `supervised`; `sign_in_not_wanted`, `sign_in_unknown`, `sign_in_elsewhere`.
pub async fn tool_sign_in_find(app: &App, req: ToolSignInReq) -> Answer<ToolList> {
    let id = req.client_id.trim().to_owned();
    let secret = req.client_secret.filter(|it| !it.trim().is_empty());
    let client = (!id.is_empty()).then(|| (id, secret.map(Secret::new)));
    app.sign_in_find(req.id, client).await?;
    tool_list(app, Empty {}).await
}

/// Waits for nobody in a browser any more.
///
/// # Errors
/// When the archive is not open.
pub async fn tool_sign_in_cancel(app: &App, req: ToolServerReq) -> Answer<ToolList> {
    app.sign_in_cancel(req.id)?;
    tool_list(app, Empty {}).await
}

/// Gives a permit back and deletes it.
///
/// # Errors
/// When it does not exist, or cannot be deleted here.
pub async fn tool_sign_out(app: &App, req: ToolServerReq) -> Answer<ToolList> {
    let told = app.sign_out(req.id).await?;
    list_and(app, told).await
}

/// Switches a server of tools on or off.
///
/// # Errors
/// `supervised`; when it does not exist.
pub async fn tool_server_enable(app: &App, req: ToolServerEnableReq) -> Answer<ToolList> {
    app.enable_tool_server(req.id, req.on).await?;
    tool_list(app, Empty {}).await
}

/// Starts a server of tools and asks what it offers.
///
/// # Errors
/// `supervised`; when it does not answer.
pub async fn tool_server_test(app: &App, req: ToolServerReq) -> Answer<ToolList> {
    app.test_tool_server(req.id).await?;
    tool_list(app, Empty {}).await
}

/// Decides about a tool as it is now.
///
/// # Errors
/// `supervised`; when there is no such tool.
pub async fn tool_policy_set(app: &App, req: ToolPolicyReq) -> Answer<ToolList> {
    app.set_tool_policy(&req.key, req.policy).await?;
    tool_list(app, Empty {}).await
}

/// Says whether a call may run.
///
/// # Errors
/// `supervised`; when nobody waits for it.
pub async fn tool_decide(app: &App, req: ToolDecideReq) -> Answer<Done> {
    app.decide_tool(req.message_id, req.call, req.decision)
        .await?;
    Ok(Done {})
}

/// The calls of an answer.
///
/// # Errors
/// When it does not exist.
pub async fn tool_calls(app: &App, req: MessageReq) -> Answer<ToolCalls> {
    let message = app.message_by_id(req.message_id).await?;
    let mut about = app.tools_waiting(req.message_id)?;
    let mut rows = calls(&message);
    for row in rows.iter_mut().filter(|it| it.state == ToolState::Waiting) {
        if let Some(about) = about.remove(&row.number) {
            row.description = about.description;
            row.program = about.program;
        }
    }
    Ok(ToolCalls { rows })
}

/// The calls of a message as they are shown. What to know of tools whose calls wait is asked for
/// apart.
#[must_use]
pub fn calls(message: &Message) -> Vec<ToolCallRow> {
    let is_over = message.status != MessageStatus::Streaming;
    let mut rows = Vec::new();
    if !message
        .parts
        .iter()
        .any(|it| matches!(it, Part::ToolCall(_)))
    {
        return rows;
    }
    let mut before = StreamParser::new();
    for part in &message.parts {
        match part {
            // As `Message::text` joins them.
            Part::Text { text } => {
                if !before.source().is_empty() {
                    before.push("\n\n");
                }
                before.push(text);
            }
            Part::ToolCall(call) => {
                let after = u32::try_from(before.blocks().len()).unwrap_or(u32::MAX);
                let files = super::message::files_of(message, Some(call.number));
                rows.push(ToolCallRow {
                    files,
                    ..call_row(call, is_over, after)
                });
            }
            _ => {}
        }
    }
    rows
}

fn call_row(call: &ToolCallPart, is_over: bool, after: u32) -> ToolCallRow {
    ToolCallRow {
        host: call.host.clone(),
        after,
        number: call.number,
        tool: call.tool.clone(),
        server: call.server.clone(),
        arguments: shown_json(&call.arguments),
        // Nobody waits for it any more.
        state: if is_over && !call.state.is_over() {
            ToolState::Interrupted
        } else {
            call.state
        },
        changed: call.changed,
        result: call.result.clone(),
        files: Vec::new(),
        description: None,
        program: None,
    }
}

fn row(tool: ToolInfo) -> ToolRow {
    ToolRow {
        schema: shown_json(&tool.schema),
        key: tool.key,
        name: tool.name,
        description: tool.description,
        policy: tool.policy,
        changed: tool.changed,
        unusable: tool.unusable,
    }
}
