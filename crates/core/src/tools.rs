//! Tools a model may ask for: those in the app, and those of servers a person added. Off until
//! switched on for a conversation; each call is shown first unless somebody said otherwise; in
//! supervised profiles there are none.

mod files;
mod kept;
mod local;
mod offered;
mod offers;
mod permits;
mod policy;
mod remote;
mod returned;
mod run;
mod running;
mod servers;
mod sign_in;
mod turns;
mod typed;
mod words;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use fluxchat_model::{
    AnswerNotice, AssetId, ConversationId, MessageId, Parameters, Part, Source, ToolCallPart,
    ToolPolicy,
};
use fluxchat_store::{ReadTx, StoreError};

pub(crate) use files::pages_read;
pub use local::{LOCAL_TOOLS, LocalTool};
pub use offered::ToolAbout;
pub(crate) use offered::{Offered, OfferedTool};
pub use offers::{
    Brought, LeftOutFile, OfferAsking, OfferField, OfferValues, Offers, PromptInfo, ResourceInfo,
};
pub use permits::SignedOut;
pub(crate) use remote::Sessions;
pub use remote::address as tool_address;
pub(crate) use returned::is_told_as_words;
pub(crate) use run::{Came, Ran};
pub(crate) use running::Running;
pub use servers::ToolServerInfo;
pub use sign_in::{SignInInfo, SignInPage, SignInStage};
pub use typed::NewToolServer;
pub(crate) use words::shown;
pub use words::shown_json;

use crate::temporary::Home;
use crate::{App, Error, session};
use offered::is_plain;
use policy::definition_of;

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

pub(crate) fn is_supervised(tx: &ReadTx<'_>) -> Result<bool, StoreError> {
    Ok(session::setup_record(tx)?.is_some_and(|setup| setup.supervised))
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

fn local_definition(tool: LocalTool) -> fluxchat_model::ToolDefinition {
    fluxchat_mcp::definition(
        tool.name().to_owned(),
        tool.description().to_owned(),
        tool.schema(),
    )
}
