//! Tools a model may ask for: those in the app, and those of servers a person added. Off until
//! switched on for a conversation; each call is shown first unless somebody said otherwise; in
//! supervised profiles there are none.

mod files;
mod kept;
mod local;
mod offers;
mod permits;
mod remote;
mod returned;
mod run;
mod servers;
mod sign_in;
mod typed;
mod words;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use fluxchat_model::{
    AnswerNotice, AssetId, ConversationId, MessageId, Parameters, Part, Source, ToolCallPart,
    ToolDecision, ToolPolicy, ToolServer, ToolServerId,
};
use fluxchat_providers::Tool;
use fluxchat_store::{ReadTx, StoreError};
use sha2::{Digest as _, Sha256};

pub(crate) use files::pages_read;
pub use local::{LOCAL_TOOLS, LocalTool};
pub use offers::{
    Brought, LeftOutFile, OfferAsking, OfferField, OfferValues, Offers, PromptInfo, ResourceInfo,
};
pub use permits::SignedOut;
pub(crate) use remote::Sessions;
pub use remote::address as tool_address;
pub(crate) use returned::is_told_as_words;
pub(crate) use run::{Came, Ran};
pub(crate) use servers::Running;
pub use servers::ToolServerInfo;
pub use sign_in::{SignInInfo, SignInPage, SignInStage};
pub use typed::NewToolServer;
pub(crate) use words::shown;
pub use words::shown_json;

use crate::temporary::Home;
use crate::{App, Error, Event, session};

/// The most of a request: what the largest services take.
const MOST_OFFERED: usize = 128;
const LONGEST_WIRE_NAME: usize = 64;

/// Who asks for a tool: what it may see depends on that.
pub(crate) struct Asked {
    pub(crate) source: Source,
    pub(crate) model: String,
    pub(crate) conversation: ConversationId,
    /// The question that is answered.
    pub(crate) question: Option<MessageId>,
    pub(crate) home: Home,
    pub(crate) sessions: Sessions,
    /// The pages of files that were read for the answer.
    pub(crate) pages: Mutex<Vec<(AssetId, String, Vec<u32>)>>,
    /// What the person should see beside the answer.
    pub(crate) notices: Mutex<Vec<AnswerNotice>>,
    /// How many files tools returned for it.
    pub(crate) returned: AtomicUsize,
}

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
    program: Option<String>,
    definition: [u8; 32],
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

/// Whether a call may run.
pub(crate) struct Permit {
    pub(crate) allowed: bool,
    /// Another definition of the tool was allowed before.
    pub(crate) changed: bool,
}

/// A tool as people decide about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolInfo {
    /// What decisions are kept by.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it says it does; of a server, words of somebody else.
    pub description: String,
    /// Its arguments, as JSON.
    pub schema: String,
    /// Whether it may run.
    pub policy: ToolPolicy,
    /// Whether it has another definition than when that was decided.
    pub changed: bool,
    /// Whether its name has characters that no model can be told, or that hide what it is called.
    pub unusable: bool,
}

/// All there is.
#[derive(Clone, Debug, Default)]
pub struct ToolsInfo {
    /// A guardian supervises this profile: there are no tools.
    pub supervised: bool,
    /// Those in the app.
    pub local: Vec<ToolInfo>,
    /// Servers a person added.
    pub servers: Vec<ToolServerInfo>,
}

/// The server of a tool that is offered.
#[derive(Clone)]
struct Whose {
    id: ToolServerId,
    name: String,
    host: Option<String>,
    program: Option<String>,
}

fn definition_of(name: &str, description: &str, schema: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in [name, description, schema] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

pub(crate) fn is_supervised(tx: &ReadTx<'_>) -> Result<bool, StoreError> {
    Ok(session::setup_record(tx)?.is_some_and(|setup| setup.supervised))
}

/// What a model may be told as a name, and a person can read as it is.
fn is_plain(name: &str) -> bool {
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
    /// Refuses tools where a guardian supervises.
    pub(crate) async fn tools_allowed(&self) -> Result<(), Error> {
        if self.read(is_supervised).await? {
            return Err(Error::Supervised);
        }
        Ok(())
    }

    /// Whether what was not on before may be switched on: tools, searching the web, and other
    /// fields, of which nobody knows what they switch on.
    pub(crate) async fn may_switch_on(
        &self,
        chosen: &Parameters,
        before: &Parameters,
    ) -> Result<(), Error> {
        let is_new = |tool: &String| !before.tools.contains(tool);
        let searches = chosen.web_search && !before.web_search;
        let adds = chosen.extra.is_some() && chosen.extra != before.extra;
        if !searches && !adds && !chosen.tools.iter().any(is_new) {
            return Ok(());
        }
        self.tools_allowed().await
    }

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

    /// Whether a call may run without being asked about.
    pub(crate) async fn permit(
        &self,
        home: &Home,
        conversation: ConversationId,
        tool: &OfferedTool,
    ) -> Result<Permit, Error> {
        let (key, now) = (tool.key.clone(), tool.definition);
        let here = self
            .read_at(home, move |tx| tx.conversation_tool(conversation, &key))
            .await?;
        let key = tool.key.clone();
        let everywhere = self.read(move |tx| tx.tool_policy(&key)).await?;
        let everywhere = everywhere
            .filter(|(policy, _)| *policy == ToolPolicy::Always)
            .map(|(_, definition)| definition);
        let allowed = here == Some(now) || everywhere == Some(now);
        Ok(Permit {
            allowed,
            changed: !allowed && (here.is_some() || everywhere.is_some()),
        })
    }

    pub(crate) async fn tool_is_allowed(
        &self,
        home: &Home,
        asked: &Asked,
        tool: &OfferedTool,
    ) -> Result<bool, Error> {
        Ok(self.permit(home, asked.conversation, tool).await?.allowed)
    }

    /// Lets a tool as it is now run in a conversation without being asked about again.
    pub(crate) async fn allow_tool(
        &self,
        home: &Home,
        asked: &Asked,
        tool: &OfferedTool,
    ) -> Result<(), Error> {
        let (conversation, key, definition) =
            (asked.conversation, tool.key.clone(), tool.definition);
        self.write_at(home, move |tx| {
            tx.conversation_tool_allow(conversation, &key, &definition)
        })
        .await
    }

    /// All tools there are, and what was decided about them.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn tools(&self) -> Result<ToolsInfo, Error> {
        let open = self.open()?;
        let (supervised, servers, policies) = self
            .read(move |tx| {
                let servers = tx.tool_servers()?;
                let local = LOCAL_TOOLS.iter().map(|tool| local::key(tool.name()));
                let remote = servers.iter().flat_map(|server| {
                    let tools = server.tools.iter();
                    tools.map(|tool| servers::key(server.id, &tool.name))
                });
                let mut policies = HashMap::new();
                for key in local.chain(remote) {
                    if let Some(policy) = tx.tool_policy(&key)? {
                        policies.insert(key, policy);
                    }
                }
                Ok((is_supervised(tx)?, servers, policies))
            })
            .await?;
        let info = |key: String, tool: &fluxchat_model::ToolDefinition| {
            let decided = policies.get(&key);
            let now = definition_of(&tool.name, &tool.description, &tool.schema);
            let changed = decided.is_some_and(|(_, then)| *then != now);
            ToolInfo {
                policy: match decided {
                    // Agreed to another one.
                    Some((ToolPolicy::Always, _)) if changed => ToolPolicy::Ask,
                    Some((policy, _)) => *policy,
                    None => ToolPolicy::Ask,
                },
                changed,
                unusable: !is_plain(&tool.name),
                key,
                name: words::shown(&tool.name),
                description: words::shown(&tool.description),
                schema: tool.schema.clone(),
            }
        };
        let local = LOCAL_TOOLS.iter().map(|tool| {
            let definition = local_definition(*tool);
            info(local::key(tool.name()), &definition)
        });
        Ok(ToolsInfo {
            supervised,
            local: local.collect(),
            servers: servers
                .into_iter()
                .map(|server| {
                    let tools = server.tools.iter();
                    ToolServerInfo {
                        tools: tools
                            .map(|tool| info(servers::key(server.id, &tool.name), tool))
                            .collect(),
                        said: open.tools.said(server.id),
                        is_running: open.tools.is_running(server.id),
                        sign_in: open.tools.signing.info(server.id),
                        wants_sign_in: open.tools.wants_sign_in(server.id),
                        wants_more: open.tools.signing.wanted_more(server.id),
                        id: server.id,
                        name: server.name,
                        transport: server.transport,
                        enabled: server.enabled,
                        timeout_s: server.timeout_s,
                    }
                })
                .collect(),
        })
    }

    /// What a name stands for in the settings of a conversation: a tool in the app, or a server.
    ///
    /// # Errors
    /// When there is none.
    pub async fn tool_named(&self, name: &str) -> Result<String, Error> {
        if let Some(local) = LocalTool::named(name) {
            return Ok(local.name().to_owned());
        }
        match self.tool_server_named(name).await {
            Ok(server) => Ok(server.id.to_string()),
            Err(Error::NotFound(_)) => Err(Error::NotFound("tool or server of tools")),
            Err(error) => Err(error),
        }
    }

    /// Decides about a tool as it is defined now.
    ///
    /// # Errors
    /// When there is no such tool; `supervised`.
    pub async fn set_tool_policy(&self, key: &str, policy: ToolPolicy) -> Result<(), Error> {
        if policy == ToolPolicy::Always {
            self.tools_allowed().await?;
        }
        let definition = match LOCAL_TOOLS
            .iter()
            .find(|tool| local::key(tool.name()) == key)
        {
            Some(tool) => local_definition(*tool),
            None => {
                let servers: Vec<ToolServer> = self.read(|tx| tx.tool_servers()).await?;
                servers
                    .into_iter()
                    .flat_map(|server| {
                        let id = server.id;
                        server.tools.into_iter().map(move |tool| (id, tool))
                    })
                    .find(|(id, tool)| servers::key(*id, &tool.name) == key)
                    .map(|(_, tool)| tool)
                    .ok_or(Error::NotFound("tool"))?
            }
        };
        let definition = definition_of(
            &definition.name,
            &definition.description,
            &definition.schema,
        );
        let key = key.to_owned();
        self.write(move |tx| tx.tool_policy_set(&key, policy, &definition))
            .await?;
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Says whether a call that waits may run.
    ///
    /// # Errors
    /// When nobody waits for it; `supervised`.
    pub async fn decide_tool(
        &self,
        message: MessageId,
        call: u32,
        decision: ToolDecision,
    ) -> Result<(), Error> {
        if decision != ToolDecision::Refuse {
            self.tools_allowed().await?;
        }
        let waits = self
            .open()?
            .generation(message)
            .is_some_and(|generation| generation.decide(call, decision));
        if waits {
            Ok(())
        } else {
            Err(Error::NotFound("tool call"))
        }
    }

    /// What to know of the tools of an answer whose calls wait, by the number of the call.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn tools_waiting(&self, message: MessageId) -> Result<HashMap<u32, ToolAbout>, Error> {
        let generation = self.open()?.generation(message);
        Ok(generation.map_or_else(HashMap::new, |it| it.about().clone()))
    }

    /// The calls of an answer, in order.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn tool_calls(&self, message: MessageId) -> Result<Vec<ToolCallPart>, Error> {
        let parts = self.message_by_id(message).await?.parts.into_iter();
        Ok(parts
            .filter_map(|part| match part {
                Part::ToolCall(call) => Some(call),
                _ => None,
            })
            .collect())
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

fn local_definition(tool: LocalTool) -> fluxchat_model::ToolDefinition {
    fluxchat_mcp::definition(
        tool.name().to_owned(),
        tool.description().to_owned(),
        tool.schema(),
    )
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

    #[test]
    fn every_part_of_a_definition_counts() {
        let one = definition_of("a", "b", "{}");
        assert_ne!(one, definition_of("a", "b", "{\"x\":1}"));
        assert_ne!(one, definition_of("a", "c", "{}"));
        assert_ne!(definition_of("ab", "c", ""), definition_of("a", "bc", ""));
    }
}
