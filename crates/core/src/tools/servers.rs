//! Servers of tools: added by a person alone. Programs are started when a conversation that has them
//! switched on is answered, and ended with the archive.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use fluxchat_mcp::{CallResult, Client, McpError};
use fluxchat_model::{
    Origin, Secret, SignedIn, SourceId, ToolDefinition, ToolServer, ToolServerId, ToolTransport,
};
use fluxchat_store::{StoreError, WriteTx};

use super::typed::{NewToolServer, command, timeout, transport};
use super::{Asked, OfferedTool, ToolInfo, remote};
use crate::app::Open;
use crate::filing::{checked, taken};
use crate::{App, Error, Event};

const MOST: usize = 50;

/// A server as it stands.
#[derive(Clone, Debug)]
pub struct ToolServerInfo {
    /// Its id.
    pub id: ToolServerId,
    /// What the person calls it.
    pub name: String,
    /// How it is reached.
    pub transport: ToolTransport,
    /// Whether it may be used.
    pub enabled: bool,
    /// How long a call of its tools may take, in seconds.
    pub timeout_s: u32,
    /// Whether it runs now.
    pub is_running: bool,
    /// What it offered when it was last asked.
    pub tools: Vec<ToolInfo>,
    /// The end of what it wrote beside its answers.
    pub said: String,
    /// A sign-in that was begun.
    pub sign_in: Option<super::SignInInfo>,
    /// Whether it answered nobody who is not signed in.
    pub wants_sign_in: bool,
    /// What it wants to be allowed beside what was; no names where it does not say.
    pub wants_more: Option<Vec<String>>,
}

pub(super) fn key(id: ToolServerId, tool: &str) -> String {
    format!("{id}/{tool}")
}

/// A name under which the vault keeps the environment of a program: no host has it.
fn place() -> Result<Origin, Error> {
    Origin::new("https", "program.invalid", 443)
        .map_err(|_| Error::invalid("invalid_parameter", "This program cannot be used."))
}

pub(super) fn owner(id: ToolServerId) -> SourceId {
    SourceId(id.0)
}

pub(super) fn refused(error: McpError) -> Error {
    match error {
        McpError::Remote(error) => error.into(),
        other => Error::invalid(other.code(), other.to_string()),
    }
}

/// Keeps whether somebody is signed in, where the server is still there.
pub(super) fn write_signed_in(
    tx: &WriteTx<'_>,
    id: ToolServerId,
    now: Option<SignedIn>,
) -> Result<(), StoreError> {
    let Some(mut server) = tx.tool_server(id)? else {
        return Ok(());
    };
    if let ToolTransport::Http { signed_in, .. } = &mut server.transport {
        *signed_in = now;
    }
    tx.tool_server_update(&server)
}

/// Whether a program would be started as it was: what is at work may go on.
fn stays(new: &NewToolServer, transport: &ToolTransport, before: &ToolServer) -> bool {
    let keeps = new.environment.iter().all(|(_, value)| value.is_none());
    new.enabled && keeps && *transport == before.transport
}

impl App {
    /// The same of a server; what more it wants to be allowed is kept in mind for the person.
    pub(super) fn refused_by(&self, id: ToolServerId, error: McpError) -> Error {
        if let McpError::MoreWanted(challenge) = &error
            && let Ok(open) = self.open()
        {
            open.tools.signing.wants_more(id, (**challenge).clone());
            self.tell(Event::ToolsChanged);
        }
        refused(error)
    }

    /// Adds a server. Nothing is started.
    ///
    /// # Errors
    /// `supervised`, `invalid_name`, `name_taken`, `program_missing`, `program_not_executable`,
    /// `program_relative`, `tool_timeout`, `invalid_parameter`.
    pub async fn add_tool_server(&self, new: NewToolServer) -> Result<ToolServer, Error> {
        self.tools_allowed().await?;
        let id = self.fresh(ToolServerId::new)?;
        let server = ToolServer {
            id,
            name: checked(&new.name)?,
            transport: transport(&new, None)?,
            enabled: new.enabled,
            tools: Vec::new(),
            created_at: self.now(),
            timeout_s: timeout(&new, ToolServer::USUAL_TIMEOUT_S)?,
        };
        self.free_name(&server).await?;
        self.keep_secrets(&server, &new, None).await?;
        let row = server.clone();
        self.write(move |tx| tx.tool_server_insert(&row)).await?;
        self.tell(Event::ToolsChanged);
        Ok(server)
    }

    /// Changes a server. If it runs, it is ended, unless it would be started as it was.
    ///
    /// # Errors
    /// The same; when it does not exist.
    pub async fn change_tool_server(
        &self,
        id: ToolServerId,
        new: NewToolServer,
    ) -> Result<ToolServer, Error> {
        self.tools_allowed().await?;
        let before = self.tool_server(id).await?;
        let transport = transport(&new, Some(&before.transport))?;
        // Another place is another server: what the old one offered, and what was decided about it,
        // says nothing.
        let is_same = match &transport {
            ToolTransport::Stdio { .. } => command(&transport) == command(&before.transport),
            ToolTransport::Http { .. } => remote::is_where_it_was(&new, &before.transport),
        };
        let stays = stays(&new, &transport, &before);
        let hides_now = transport.hides_path() && !before.transport.hides_path();
        let server = ToolServer {
            name: checked(&new.name)?,
            tools: if is_same {
                before.tools.clone()
            } else {
                Vec::new()
            },
            transport,
            enabled: new.enabled,
            timeout_s: timeout(&new, before.timeout_s)?,
            ..before.clone()
        };
        self.free_name(&server).await?;
        let open = self.open()?;
        let _quiet = match stays {
            true => None,
            false => Some(open.tools.quiet(id).await),
        };
        open.tools.signing.forget(id);
        let mut returning = None;
        if !is_same {
            open.tools.signing.wants_no_more(id);
            returning = self.take_permit(&before).await?;
        }
        self.keep_secrets(&server, &new, Some(&before.transport))
            .await?;
        let row = server.clone();
        self.write(move |tx| {
            if !is_same {
                tx.tool_decisions_forget(id)?;
            }
            tx.tool_server_update(&row)
        })
        .await?;
        if hides_now {
            // It stood in the archive until now.
            self.off_thread(|app| Ok(app.open()?.store.scrub()?))
                .await?;
        }
        self.tell(Event::ToolsChanged);
        if let Some(returning) = returning {
            returning.tell_later(&open);
        }
        Ok(server)
    }

    /// Switches a server on or off. If it runs, it is ended.
    ///
    /// # Errors
    /// `supervised`; when it does not exist.
    pub async fn enable_tool_server(&self, id: ToolServerId, on: bool) -> Result<(), Error> {
        if on {
            self.tools_allowed().await?;
        }
        let open = self.open()?;
        let _quiet = match on {
            true => None,
            false => Some(open.tools.quiet(id).await),
        };
        self.write(move |tx| {
            let server = tx.tool_server(id)?;
            let server = server.ok_or(StoreError::NotFound("server of tools"))?;
            tx.tool_server_update(&ToolServer {
                enabled: on,
                ..server
            })
        })
        .await?;
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Removes a server, what was decided about its tools, and all that only it may know. Says
    /// what became of its permit, where it had one.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_tool_server(
        &self,
        id: ToolServerId,
    ) -> Result<Option<super::SignedOut>, Error> {
        let open = self.open()?;
        let _quiet = open.tools.quiet(id).await;
        open.tools.forget(id);
        let returning = match self.tool_server(id).await {
            Ok(server) => self.take_permit(&server).await?,
            Err(_) => None,
        };
        self.off_thread(move |app| {
            let open = app.open()?;
            app.delete_kept(id, || {
                Ok(open.store.write(|tx| tx.tool_server_remove(id))?)
            })?;
            Ok(open.store.scrub()?)
        })
        .await?;
        // Who was asking it meanwhile may have said something of it.
        open.tools.forget(id);
        self.tell(Event::ToolsChanged);
        // It is gone by now.
        Ok(match returning {
            Some(returning) => Some(returning.told().await),
            None => None,
        })
    }

    /// Keeps whether somebody is signed in.
    pub(super) async fn set_signed_in(
        &self,
        id: ToolServerId,
        now: Option<SignedIn>,
    ) -> Result<(), Error> {
        let is_in = now.is_some();
        self.write(move |tx| write_signed_in(tx, id, now)).await?;
        if is_in {
            self.open()?.tools.is_signed_in(id);
        }
        Ok(())
    }

    /// Ends every program and deletes all that only servers may know. Their rows are gone by now.
    pub(crate) fn forget_tool_servers(&self, open: &Open) -> Result<(), Error> {
        open.tools.stop_all();
        let sources = open.store.read(|tx| tx.sources())?;
        let sources: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
        Ok(self.vault().credentials_keep(&sources)?)
    }

    /// Starts a server anew and asks what it offers.
    ///
    /// # Errors
    /// `supervised`; when it cannot be started or does not answer.
    pub async fn test_tool_server(&self, id: ToolServerId) -> Result<Vec<ToolDefinition>, Error> {
        self.tools_allowed().await?;
        let server = self.tool_server(id).await?;
        self.open()?.tools.stop(id);
        let tools = match &server.transport {
            ToolTransport::Stdio { .. } => self.server_offers(&server).await,
            ToolTransport::Http { .. } => self.offers_apart(&server).await,
        };
        let open = self.open()?;
        open.tools.heard(id, &tools);
        if !server.enabled {
            open.tools.stop(id);
        }
        self.tell(Event::ToolsChanged);
        tools
    }

    /// The server of this name or id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn tool_server_named(&self, name: &str) -> Result<ToolServer, Error> {
        let wanted = name.trim().to_lowercase();
        let servers = self.read(|tx| tx.tool_servers()).await?;
        servers
            .into_iter()
            .find(|it| it.name.to_lowercase() == wanted || it.id.to_string() == wanted)
            .ok_or(Error::NotFound("server of tools"))
    }

    pub(super) async fn tool_server(&self, id: ToolServerId) -> Result<ToolServer, Error> {
        self.read(move |tx| tx.tool_server(id))
            .await?
            .ok_or(Error::NotFound("server of tools"))
    }

    async fn free_name(&self, server: &ToolServer) -> Result<(), Error> {
        let servers = self.read(|tx| tx.tool_servers()).await?;
        let wanted = server.name.to_lowercase();
        let others = servers.iter().filter(|it| it.id != server.id);
        let is_taken = others.clone().any(|it| it.name.to_lowercase() == wanted)
            || super::LocalTool::named(&wanted).is_some();
        if is_taken || others.count() >= MOST {
            return Err(taken());
        }
        Ok(())
    }

    /// What only the server may know, where the keys are.
    async fn keep_secrets(
        &self,
        server: &ToolServer,
        new: &NewToolServer,
        before: Option<&ToolTransport>,
    ) -> Result<(), Error> {
        let id = server.id;
        let was_program = matches!(before, Some(ToolTransport::Stdio { .. }));
        if let ToolTransport::Http { .. } = &server.transport {
            return self.keep_remote(server, new, was_program).await;
        }
        let was_remote = matches!(before, Some(ToolTransport::Http { .. }));
        let given = new.environment.clone();
        self.off_thread(move |app| {
            if was_remote {
                app.vault().credential_delete(owner(id))?;
            }
            let before = if was_program {
                app.environment(id)?
            } else {
                BTreeMap::new()
            };
            let mut values = BTreeMap::new();
            for (name, value) in given {
                let value = match value {
                    Some(value) => value.expose().clone(),
                    None => before.get(&name).cloned().unwrap_or_default(),
                };
                values.insert(name, value);
            }
            if values.is_empty() {
                if !before.is_empty() {
                    app.vault().credential_delete(owner(id))?;
                }
                return Ok(());
            }
            let text = serde_json::to_string(&values).map_err(|_| Error::NotFound("tool"))?;
            Ok(app
                .vault()
                .credential_set(owner(id), &place()?, &Secret::new(text))?)
        })
        .await
    }

    pub(super) fn environment(&self, id: ToolServerId) -> Result<BTreeMap<String, String>, Error> {
        let kept = self.vault().credential(owner(id), &place()?)?;
        Ok(kept
            .and_then(|text| serde_json::from_str(text.expose()).ok())
            .unwrap_or_default())
    }

    /// What a server offers now.
    pub(super) async fn offered_by(
        &self,
        server: &ToolServer,
        asked: &Asked,
    ) -> Result<Vec<ToolDefinition>, Error> {
        match &server.transport {
            ToolTransport::Stdio { .. } => self.server_offers(server).await,
            ToolTransport::Http { .. } => {
                let offers = self.remote_offers(server, asked).await;
                self.open()?.tools.heard(server.id, &offers);
                offers
            }
        }
    }

    pub(super) async fn keep_offers(
        &self,
        server: &ToolServer,
        tools: &[ToolDefinition],
    ) -> Result<(), Error> {
        if tools != server.tools {
            let (id, row) = (server.id, tools.to_vec());
            self.write(move |tx| tx.tool_server_offers(id, &row))
                .await?;
            self.tell(Event::ToolsChanged);
        }
        Ok(())
    }

    pub(super) async fn call_server(
        &self,
        id: ToolServerId,
        tool: &OfferedTool,
        arguments: &str,
        asked: &Asked,
        used: &OnceLock<Arc<Client>>,
    ) -> Result<CallResult, Error> {
        let called = async {
            let server = self.tool_server(id).await?;
            // What was shown is what is done.
            let is_elsewhere =
                server.transport.host() != tool.host || command(&server.transport) != tool.program;
            if !server.enabled || is_elsewhere {
                return Err(Error::NotFound("tool"));
            }
            if matches!(server.transport, ToolTransport::Http { .. }) {
                return self.call_remote(&server, tool, arguments, asked).await;
            }
            let client = self.client(&server).await?;
            let _ = used.set(Arc::clone(&client));
            let result = client.call(&tool.name, arguments).await;
            if !client.is_alive() {
                self.give_up(id, &client)?;
            }
            result.map_err(refused)
        };
        let called = called.await;
        if let Err(error) = &called {
            self.note_more(tool, error, asked);
        }
        called
    }

    /// What a server wants beside what it was allowed is told the person, not the model alone.
    fn note_more(&self, tool: &OfferedTool, error: &Error, asked: &Asked) {
        if error.code() == "tool_more_wanted"
            && let (Some((id, name)), Ok(open)) = (&tool.server, self.open())
            && let Some(scopes) = open.tools.signing.wanted_more(*id)
            && let Ok(mut notices) = asked.notices.lock()
        {
            let name = name.clone();
            notices.push(fluxchat_model::AnswerNotice::ToolsMore { name, scopes });
        }
    }
}
