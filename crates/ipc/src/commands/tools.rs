//! Tools: those in the app, servers of them, and calls in answers.

use fluxchat_core::{App, NewToolServer, ToolInfo, shown_json};
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
                running: server.is_running,
                tools: server.tools.into_iter().map(row).collect(),
                said: server.said,
            })
            .collect(),
    })
}

/// Adds a server of tools, or changes one.
///
/// # Errors
/// `supervised`, `invalid_name`, `name_taken`, `program_missing`, `invalid_parameter`.
pub async fn tool_server_save(app: &App, req: ToolServerSaveReq) -> Answer<ToolList> {
    let values = req.environment.into_iter();
    let new = NewToolServer {
        name: req.name,
        url: req.url,
        key_header: req.key_header,
        key: req.key.map(Secret::new),
        program: req.program,
        arguments: req.arguments,
        environment: values
            .map(|value| (value.name, value.value.map(Secret::new)))
            .collect(),
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
    app.remove_tool_server(req.id).await?;
    tool_list(app, Empty {}).await
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
    Ok(ToolCalls {
        rows: calls(&message),
    })
}

/// The calls of a message as they are shown.
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
                rows.push(call_row(call, is_over, after));
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
