//! What servers offer besides tools: prompts, whose words stand in the unsent text, and resources,
//! which stand beside it as files. Each is asked for by a person, and asking is allowing it: no
//! model can, and nobody is asked before. Nothing of what there is, is kept.

mod brought;
mod listed;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fluxchat_egress::{CancellationToken, EgressError};
use fluxchat_mcp::{Client, McpError, PromptMessage};
use fluxchat_model::{ConversationId, DraftKey, ToolServer, ToolServerId, ToolTransport};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

pub use fluxchat_mcp::Offers;

pub use brought::{Brought, LeftOutFile};
pub use listed::{OfferField, PromptInfo, ResourceInfo};

use crate::{App, Error};
use brought::nothing;
use listed::{completed, prompt_info, resource_info};

/// Of the values of a prompt or an address together: as long as a question may be.
const LONGEST_VALUES: usize = 1 << 20;

/// Values a person typed, by the names of their fields.
pub type OfferValues = Vec<(String, String)>;

/// The servers somebody waits for.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashMap<ToolServerId, CancellationToken>>);

impl Waiting {
    fn for_server(&self, id: ToolServerId, stop: &CancellationToken) -> CancellationToken {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .entry(id)
            .or_insert_with(|| stop.child_token())
            .clone()
    }

    fn end(&self, id: ToolServerId) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = waiting.remove(&id) {
            token.cancel();
        }
    }
}

impl App {
    /// The prompts a server offers now.
    ///
    /// # Errors
    /// `supervised`, `offline`, `only_here`, `restricted`; when it does not answer.
    pub async fn server_prompts(
        &self,
        id: ToolServerId,
        key: DraftKey,
    ) -> Result<Offers<PromptInfo>, Error> {
        let (_, listed) = self
            .ask_server(id, key, |client| client.prompts().boxed())
            .await?;
        Ok(Offers {
            rows: listed.rows.into_iter().map(prompt_info).collect(),
            has_more: listed.has_more,
        })
    }

    /// The resources a server offers now.
    ///
    /// # Errors
    /// The same.
    pub async fn server_resources(
        &self,
        id: ToolServerId,
        key: DraftKey,
    ) -> Result<Offers<ResourceInfo>, Error> {
        let (_, listed) = self
            .ask_server(id, key, |client| client.resources().boxed())
            .await?;
        Ok(Offers {
            rows: listed.rows.into_iter().filter_map(resource_info).collect(),
            has_more: listed.has_more,
        })
    }

    /// Fills in a prompt of a server. Its words are returned, and its files are put beside the
    /// unsent text.
    ///
    /// # Errors
    /// The same; `message_too_long`, `tool_nothing`.
    pub async fn fill_server_prompt(
        &self,
        id: ToolServerId,
        key: DraftKey,
        name: &str,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        short_enough(&values)?;
        let name = name.to_owned();
        let asked = self.ask_server(id, key, move |client| {
            async move { client.prompt(&name, &values).await }.boxed()
        });
        let (server, messages) = asked.await?;
        let (brought, problem) = self.bring(&server, key, None, messages).await;
        if brought.text.is_empty() && brought.files.is_empty() {
            return Err(problem.unwrap_or_else(nothing));
        }
        Ok(brought)
    }

    /// Reads a resource of a server, whose address is completed first where it has fields, and puts
    /// it beside the unsent text, called `name` where there is one.
    ///
    /// # Errors
    /// The same; as [`App::attach`].
    pub async fn attach_resource(
        &self,
        id: ToolServerId,
        key: DraftKey,
        uri: &str,
        name: Option<&str>,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        short_enough(&values)?;
        let uri = completed(uri, &values);
        let asked = self.ask_server(id, key, move |client| {
            async move { client.read(&uri).await }.boxed()
        });
        let (server, pieces) = asked.await?;
        let message = PromptMessage {
            is_answer: false,
            pieces,
        };
        let (brought, problem) = self.bring(&server, key, name, vec![message]).await;
        if brought.files.is_empty() {
            return Err(problem.unwrap_or_else(nothing));
        }
        Ok(brought)
    }

    /// Waits no more for what a person asked a server for.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn stop_asking(&self, id: ToolServerId) -> Result<(), Error> {
        self.open()?.tools.waiting.end(id);
        Ok(())
    }

    /// Asks a server something while somebody waits for it: a program that runs, or a session of its
    /// own.
    async fn ask_server<T: Send>(
        &self,
        id: ToolServerId,
        key: DraftKey,
        ask: impl for<'c> FnOnce(&'c Client) -> BoxFuture<'c, Result<T, McpError>> + Send,
    ) -> Result<(ToolServer, T), Error> {
        self.tools_allowed().await?;
        let server = self.tool_server(id).await?;
        if !server.enabled {
            return Err(Error::NotFound("server of tools that is switched on"));
        }
        let conversation = self.asks_from(&server, key).await?;
        let open = self.open()?;
        let waits = open.tools.waiting.for_server(id, &open.stop);
        let answer = self.answer_of(&server, conversation, &waits, ask).await;
        if matches!(server.transport, ToolTransport::Http { .. }) {
            open.tools.heard(id, &answer);
        }
        Ok((server, answer?))
    }

    async fn answer_of<T>(
        &self,
        server: &ToolServer,
        conversation: Option<ConversationId>,
        waits: &CancellationToken,
        ask: impl for<'c> FnOnce(&'c Client) -> BoxFuture<'c, Result<T, McpError>> + Send,
    ) -> Result<T, Error> {
        let is_program = matches!(server.transport, ToolTransport::Stdio { .. });
        let reached = async {
            if is_program {
                return self.client(server).await;
            }
            Ok(Arc::new(self.connect(server, conversation).await?))
        };
        let client = while_wanted(waits, reached).await??;
        let patience = self.tool_time(server.timeout_s);
        let answer = while_wanted(waits, tokio::time::timeout(patience, ask(&client))).await;
        let answer = answer.map(|it| it.unwrap_or(Err(McpError::NoAnswer)));
        if !is_program {
            // Told that it is over, too, where nobody waits any more.
            client.end().await;
        } else if !client.is_alive() || matches!(answer, Ok(Err(McpError::NoAnswer))) {
            self.give_up(server.id, &client)?;
        }
        answer?.map_err(|error| self.refused_by(server.id, error))
    }

    /// The conversation somebody asks from, for the ledger. What is frozen asks nobody, and what is
    /// kept to this computer nobody elsewhere.
    async fn asks_from(
        &self,
        server: &ToolServer,
        key: DraftKey,
    ) -> Result<Option<ConversationId>, Error> {
        let DraftKey::Conversation(id) = key else {
            self.read(|tx| crate::restriction::check(tx, None))
                .await??;
            return Ok(None);
        };
        let home = self.home_of_draft(key)?;
        self.may_ask(server, &home, id).await?;
        Ok((!home.is_temporary).then_some(id))
    }
}

async fn while_wanted<T>(
    waits: &CancellationToken,
    asked: impl Future<Output = T>,
) -> Result<T, Error> {
    tokio::select! {
        done = asked => Ok(done),
        () = waits.cancelled() => Err(EgressError::Cancelled.into()),
    }
}

fn short_enough(values: &OfferValues) -> Result<(), Error> {
    let length: usize = values.iter().map(|(_, value)| value.len()).sum();
    if length > LONGEST_VALUES {
        return Err(Error::invalid(
            "message_too_long",
            "The text is longer than one million characters.",
        ));
    }
    Ok(())
}
