//! What of the chosen tools is offered to a source, and under which names.

use std::collections::HashSet;

use fluxchat_model::{AnswerNotice, Source, ToolPolicy, ToolServerId};
use fluxchat_providers::Tool;

use super::policy::definition_of;
use super::{
    Asked, LOCAL_TOOLS, is_supervised, local, local_definition, remote, servers, typed, words,
};
use crate::{App, Error};

/// The most of a request: what the largest services take.
const MOST_OFFERED: usize = 128;
const LONGEST_WIRE_NAME: usize = 64;

/// A tool as it is offered to a model.
pub(crate) struct OfferedTool {
    pub(crate) wire: Tool,
    /// What decisions are kept by.
    pub(crate) key: String,
    /// As its server calls it.
    pub(crate) name: String,
    pub(crate) server: Option<(ToolServerId, String)>,
    /// The host it is at, where it is none on this computer.
    pub(crate) host: Option<String>,
    /// The program it runs in.
    pub(super) program: Option<String>,
    pub(super) definition: [u8; 32],
}

/// What a person should know of a tool before a call of it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolAbout {
    /// What its server says it does: words of somebody else. `None` for tools in the app.
    pub description: Option<String>,
    /// The program of a person it runs in, with what that is started with.
    pub program: Option<String>,
}

impl OfferedTool {
    pub(crate) fn about(&self) -> ToolAbout {
        let says = self.server.as_ref().map(|_| self.wire.description.as_str());
        ToolAbout {
            description: says.filter(|it| !it.trim().is_empty()).map(words::short),
            program: self.program.as_deref().map(words::short),
        }
    }
}

/// The tools of a request.
#[derive(Default)]
pub(crate) struct Offered {
    tools: Vec<OfferedTool>,
    /// Servers without whose tools it has to do, and why.
    pub(crate) missing: Vec<AnswerNotice>,
}

impl Offered {
    pub(crate) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    pub(crate) fn wire(&self) -> Vec<Tool> {
        self.tools.iter().map(|tool| tool.wire.clone()).collect()
    }

    pub(crate) fn by_wire_name(&self, name: &str) -> Option<&OfferedTool> {
        self.tools.iter().find(|tool| tool.wire.name == name)
    }
}

/// The server of a tool that is offered.
#[derive(Clone)]
struct Whose {
    id: ToolServerId,
    name: String,
    host: Option<String>,
    program: Option<String>,
}

/// What a model may be told as a name, and a person can read as it is.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':'))
}

fn on_the_wire(server: Option<&str>, name: &str, taken: &HashSet<String>) -> String {
    let plain = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                c if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') => c,
                _ => '_',
            })
            .collect()
    };
    let name = match server {
        Some(server) => format!("{}__{}", plain(server), plain(name)),
        None => plain(name),
    };
    let whole: String = name.chars().take(LONGEST_WIRE_NAME).collect();
    let mut free = whole.clone();
    let mut number = 1;
    while taken.contains(&free) {
        number += 1;
        let end = format!("_{number}");
        free = whole
            .chars()
            .take(LONGEST_WIRE_NAME - end.len())
            .collect::<String>()
            + &end;
    }
    free
}

impl App {
    /// What of the chosen tools is offered to a source. With somebody who asks, servers are asked
    /// what they offer now; without, what they last said counts and nothing is started.
    pub(crate) async fn offer(
        &self,
        source: &Source,
        chosen: &[String],
        stays_here: bool,
        asked: Option<&Asked>,
    ) -> Result<Offered, Error> {
        let mut offered = Offered::default();
        // The guide is no model.
        if chosen.is_empty() || source.is_in_process() || self.read(is_supervised).await? {
            return Ok(offered);
        }
        let mut found = Vec::new();
        for tool in LOCAL_TOOLS
            .iter()
            .filter(|it| chosen.iter().any(|name| name == it.name()))
        {
            found.push((None, local_definition(*tool)));
        }
        for server in self.read(|tx| tx.tool_servers()).await? {
            if !server.enabled || !chosen.contains(&server.id.to_string()) {
                continue;
            }
            let name = server.name.clone();
            if stays_here && !remote::is_here(&server.transport) {
                offered.missing.push(AnswerNotice::ToolsElsewhere { name });
                continue;
            }
            let tools = match asked {
                Some(asked) => match self.offered_by(&server, asked).await {
                    Ok(tools) => tools,
                    Err(error) => {
                        tracing::warn!(name: "tools.server_missing", code = error.code());
                        let more = self.open()?.tools.signing.wanted_more(server.id);
                        offered.missing.push(without(name, &error, more));
                        continue;
                    }
                },
                None => server.tools.clone(),
            };
            let who = Whose {
                id: server.id,
                name,
                host: server.transport.host(),
                program: typed::command(&server.transport),
            };
            let usable = tools.into_iter().filter(|tool| is_plain(&tool.name));
            found.extend(usable.map(|tool| (Some(who.clone()), tool)));
        }
        let mut taken = HashSet::new();
        for (server, tool) in found {
            let key = match &server {
                Some(whose) => servers::key(whose.id, &tool.name),
                None => local::key(&tool.name),
            };
            let asked = key.clone();
            let policy = self.read(move |tx| tx.tool_policy(&asked)).await?;
            if policy.is_some_and(|(policy, _)| policy == ToolPolicy::Never) {
                continue;
            }
            if offered.tools.len() == MOST_OFFERED {
                break;
            }
            let server_name = server.as_ref().map(|whose| whose.name.as_str());
            let wire_name = on_the_wire(server_name, &tool.name, &taken);
            taken.insert(wire_name.clone());
            offered.tools.push(OfferedTool {
                definition: definition_of(&tool.name, &tool.description, &tool.schema),
                wire: Tool {
                    name: wire_name,
                    description: tool.description,
                    schema: serde_json::from_str(&tool.schema).unwrap_or_default(),
                },
                key,
                name: tool.name,
                host: server.as_ref().and_then(|whose| whose.host.clone()),
                program: server.as_ref().and_then(|whose| whose.program.clone()),
                server: server.map(|whose| (whose.id, whose.name)),
            });
        }
        Ok(offered)
    }
}

/// Why an answer has to do without the tools of a server.
fn without(name: String, error: &Error, more: Option<Vec<String>>) -> AnswerNotice {
    match error.code() {
        "offline" => AnswerNotice::ToolsOffline { name },
        "sign_in_over" => AnswerNotice::ToolsSignIn { name },
        "tool_key_wanted" | "tool_key_refused" => AnswerNotice::ToolsKey { name },
        "tool_more_wanted" => AnswerNotice::ToolsMore {
            name,
            scopes: more.unwrap_or_default(),
        },
        _ => AnswerNotice::ToolsMissing { name },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_short_plain_and_each_its_own() {
        let mut taken = HashSet::new();
        let long = "x".repeat(100);
        for (server, name) in [
            (None, "calculator"),
            (Some("My files"), "read.file"),
            (Some("My_files"), "read/file"),
            (Some("a"), long.as_str()),
            (Some("a"), long.as_str()),
        ] {
            let wire = on_the_wire(server, name, &taken);
            assert!(wire.len() <= 64 && taken.insert(wire.clone()), "{wire}");
        }
        assert!(taken.contains("calculator") && taken.contains("My_files__read_file_2"));
    }

    #[test]
    fn a_name_that_hides_what_it_is_cannot_be_used() {
        for good in ["read_file", "fs/read", "a.b-c:d"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            "calcu\u{200b}lator",
            "саlculator",
            "a\u{202e}b",
            "a b",
            "a\n",
        ] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }
}
