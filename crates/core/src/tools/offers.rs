//! What servers offer besides tools: prompts, whose words stand in the unsent text, and resources,
//! which stand beside it as files. Each is asked for by a person, and asking is allowing it: no
//! model can, and nobody is asked before. Nothing of what there is, is kept.

mod asking;
mod brought;
mod listed;

use std::sync::Arc;

use fluxchat_mcp::{Client, McpError, PromptMessage};
use fluxchat_model::{ConversationId, DraftKey, OfferAskingId, ToolServer, ToolTransport};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

pub use fluxchat_mcp::Offers;

pub use asking::OfferAsking;
pub use brought::{Brought, LeftOutFile};
pub use listed::{OfferField, PromptInfo, ResourceInfo};

use crate::{App, Error};
pub(super) use asking::Waiting;
use asking::{Waits, while_wanted};
use brought::{Place, nothing};
use listed::{completed, prompt_info, resource_info};

/// Of the values of a prompt together, or of an address that is completed: as long as a question may
/// be.
const LONGEST_VALUES: usize = 1 << 20;

/// Values a person typed, by the names of their fields.
pub type OfferValues = Vec<(String, String)>;

impl App {
    /// The prompts a server offers now.
    ///
    /// # Errors
    /// `supervised`, `offline`, `only_here`, `restricted`; when it does not answer.
    pub async fn server_prompts(&self, asking: OfferAsking) -> Result<Offers<PromptInfo>, Error> {
        let open = self.open()?;
        let waits = open.tools.waiting.begin(&asking, &open.stop);
        let (_, listed) = self
            .ask_server(&asking, &waits, |client| client.prompts().boxed())
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
        asking: OfferAsking,
    ) -> Result<Offers<ResourceInfo>, Error> {
        let open = self.open()?;
        let waits = open.tools.waiting.begin(&asking, &open.stop);
        let (_, listed) = self
            .ask_server(&asking, &waits, |client| client.resources().boxed())
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
        asking: OfferAsking,
        name: &str,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        let open = self.open()?;
        let waits = open.tools.waiting.begin(&asking, &open.stop);
        short_enough(values.iter().map(|(_, value)| value.len()).sum())?;
        let name = name.to_owned();
        let asked = self.ask_server(&asking, &waits, move |client| {
            async move { client.prompt(&name, &values).await }.boxed()
        });
        let (server, messages) = asked.await?;
        let place = Place {
            key: asking.key,
            server: &server,
            name: None,
        };
        let (brought, problem) = self.bring(&place, messages, &waits).await?;
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
        asking: OfferAsking,
        uri: &str,
        name: Option<&str>,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        let open = self.open()?;
        let waits = open.tools.waiting.begin(&asking, &open.stop);
        let uri = completed(uri, &values)?;
        let asked = self.ask_server(&asking, &waits, move |client| {
            async move { client.read(&uri).await }.boxed()
        });
        let (server, pieces) = asked.await?;
        let message = PromptMessage {
            is_answer: false,
            pieces,
        };
        let place = Place {
            key: asking.key,
            server: &server,
            name,
        };
        let (brought, problem) = self.bring(&place, vec![message], &waits).await?;
        if brought.files.is_empty() {
            return Err(problem.unwrap_or_else(nothing));
        }
        Ok(brought)
    }

    /// Waits no more for what a person asked a server for, also where that is still to begin. The
    /// files of what is still on its way stand beside no text then.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn stop_asking(&self, id: OfferAskingId) -> Result<(), Error> {
        self.open()?.tools.waiting.stop(id);
        Ok(())
    }

    /// Asks a server something while somebody waits for it: a program that runs, or a session of its
    /// own.
    async fn ask_server<T: Send>(
        &self,
        asking: &OfferAsking,
        waits: &Waits<'_>,
        ask: impl for<'c> FnOnce(&'c Client) -> BoxFuture<'c, Result<T, McpError>> + Send,
    ) -> Result<(ToolServer, T), Error> {
        let (server, conversation) = while_wanted(waits, self.who_is_asked(asking)).await??;
        let answer = self.answer_of(&server, conversation, waits, ask).await;
        if matches!(server.transport, ToolTransport::Http { .. }) {
            self.open()?.tools.heard(server.id, &answer);
        }
        Ok((server, answer?))
    }

    /// The server, where it may be asked now, and the conversation that the ledger names.
    async fn who_is_asked(
        &self,
        asking: &OfferAsking,
    ) -> Result<(ToolServer, Option<ConversationId>), Error> {
        self.tools_allowed().await?;
        let server = self.tool_server(asking.server).await?;
        if !server.enabled {
            return Err(Error::NotFound("server of tools that is switched on"));
        }
        let conversation = self.asks_from(&server, asking.key).await?;
        Ok((server, conversation))
    }

    async fn answer_of<T>(
        &self,
        server: &ToolServer,
        conversation: Option<ConversationId>,
        waits: &Waits<'_>,
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

fn short_enough(bytes: usize) -> Result<(), Error> {
    if bytes > LONGEST_VALUES {
        return Err(Error::invalid(
            "message_too_long",
            "The text is longer than one million characters.",
        ));
    }
    Ok(())
}
