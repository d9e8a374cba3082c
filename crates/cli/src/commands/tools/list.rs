//! Which tools there are.

use fluxchat_core::{App, ToolInfo, ToolServerInfo, tool_address};
use fluxchat_model::ToolTransport;
use serde_json::{Value, json};

use super::super::word;
use crate::output::{Failure, Out, plain};

/// Of a description in a list.
const LONGEST_LINE: usize = 80;

pub(super) async fn list(app: &App, out: &Out) -> Result<(), Failure> {
    let found = app.tools().await?;
    let document = json!({
        "supervised": found.supervised,
        "local": found.local.iter().map(tool_row).collect::<Vec<_>>(),
        "servers": found.servers.iter().map(server_row).collect::<Vec<_>>(),
    });
    out.answer(&document, |_| {
        let mut text = String::new();
        for tool in &found.local {
            text.push_str(&tool_line("", tool));
        }
        for server in &found.servers {
            let state = if server.enabled { "on" } else { "off" };
            text.push_str(&format!(
                "\n{} ({state}): {}\n",
                plain(&server.name),
                plain(&place(&server.transport))
            ));
            let prefix = format!("{}/", plain(&server.name));
            for tool in &server.tools {
                text.push_str(&tool_line(&prefix, tool));
            }
        }
        text
    });
    if found.supervised {
        out.note("A guardian supervises this profile: there are no tools.");
    }
    Ok(())
}

fn place(transport: &ToolTransport) -> String {
    match transport {
        ToolTransport::Stdio {
            program, arguments, ..
        } => format!("{program} {}", arguments.join(" ")),
        ToolTransport::Http {
            has_key, signed_in, ..
        } => {
            let key = match signed_in {
                Some(by) => format!(", signed in at {}", by.host),
                None if *has_key => ", with a key".to_owned(),
                None => String::new(),
            };
            tool_address(transport).unwrap_or_default() + &key
        }
    }
}

fn tool_line(prefix: &str, tool: &ToolInfo) -> String {
    let name = format!("{prefix}{}", plain(&tool.name));
    let changed = if tool.changed { " (changed)" } else { "" };
    format!(
        "{name:<32} {:<7}{changed} {}\n",
        word(&tool.policy),
        first_line(&tool.description)
    )
}

pub(in crate::commands) fn first_line(text: &str) -> String {
    let line = plain(text.lines().next().unwrap_or_default());
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    line.chars().take(LONGEST_LINE).chain(['…']).collect()
}

fn tool_row(tool: &ToolInfo) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "policy": tool.policy,
        "changed": tool.changed,
        "unusable": tool.unusable,
    })
}

fn server_row(server: &ToolServerInfo) -> Value {
    json!({
        "id": server.id,
        "name": server.name,
        "transport": server.transport,
        "host": server.transport.host(),
        "enabled": server.enabled,
        "timeout": server.timeout_s,
        "wants_sign_in": server.wants_sign_in,
        "wants_more": server.wants_more,
        "tools": server.tools.iter().map(tool_row).collect::<Vec<_>>(),
    })
}
