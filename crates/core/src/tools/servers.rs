//! Servers of tools: added by a person alone, started when a conversation that has them switched on
//! is answered, ended with the archive.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxchat_mcp::{Client, McpError, Program};
use fluxchat_model::{
    Origin, Secret, SourceId, ToolDefinition, ToolServer, ToolServerId, ToolTransport,
};

use super::{Ran, ToolInfo};
use crate::filing::{checked, taken};
use crate::{App, Error, Event};

const MOST: usize = 50;
const MOST_VALUES: usize = 64;
const LONGEST: usize = 16 << 10;
/// Of the texts of a program.
const MOST_ARGUMENTS: usize = 100;

/// A server as it is typed.
#[derive(Clone, Debug, Default)]
pub struct NewToolServer {
    /// What it is called.
    pub name: String,
    /// The program: a path, or a name that is looked for now.
    pub program: String,
    /// What it is started with; nothing of it is read by a shell.
    pub arguments: Vec<String>,
    /// Its whole environment. `None` for a value keeps what it had.
    pub environment: Vec<(String, Option<Secret<String>>)>,
    /// Whether it may be used.
    pub enabled: bool,
}

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
    /// Whether it runs now.
    pub is_running: bool,
    /// What it offered when it was last asked.
    pub tools: Vec<ToolInfo>,
    /// The end of what it wrote beside its answers.
    pub said: String,
}

/// The servers that run.
#[derive(Default)]
pub(crate) struct Running {
    clients: Mutex<HashMap<ToolServerId, Arc<Client>>>,
    /// What those that ended said last.
    said: Mutex<HashMap<ToolServerId, String>>,
    /// Held while one is started, so that none is started twice.
    starting: tokio::sync::Mutex<()>,
}

impl Running {
    fn clients(&self) -> MutexGuard<'_, HashMap<ToolServerId, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: ToolServerId) -> Option<Arc<Client>> {
        self.clients()
            .get(&id)
            .filter(|client| client.is_alive())
            .cloned()
    }

    pub(super) fn is_running(&self, id: ToolServerId) -> bool {
        self.get(id).is_some()
    }

    pub(super) fn said(&self, id: ToolServerId) -> String {
        let client = self.clients().get(&id).map(|client| client.said());
        let before = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        super::words::shown(
            &client
                .or_else(|| before.get(&id).cloned())
                .unwrap_or_default(),
        )
    }

    fn stop(&self, id: ToolServerId) {
        let gone = self.clients().remove(&id);
        if let Some(client) = gone {
            client.stop();
        }
    }

    /// Ends every program that was started.
    pub(crate) fn stop_all(&self) {
        for (_, client) in self.clients().drain() {
            client.stop();
        }
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop_all();
    }
}

pub(super) fn key(id: ToolServerId, tool: &str) -> String {
    format!("{id}/{tool}")
}

/// A name under which the vault keeps the environment of a program: no host has it.
fn place() -> Result<Origin, Error> {
    Origin::new("https", "program.invalid", 443)
        .map_err(|_| Error::invalid("invalid_parameter", "This program cannot be used."))
}

fn owner(id: ToolServerId) -> SourceId {
    SourceId(id.0)
}

fn refused(error: &McpError) -> Error {
    Error::invalid(error.code(), error.to_string())
}

impl App {
    /// Adds a server. Nothing is started.
    ///
    /// # Errors
    /// `supervised`, `invalid_name`, `name_taken`, `program_missing`, `invalid_parameter`.
    pub async fn add_tool_server(&self, new: NewToolServer) -> Result<ToolServer, Error> {
        self.tools_allowed().await?;
        let id = self.fresh(ToolServerId::new)?;
        let server = ToolServer {
            id,
            name: checked(&new.name)?,
            transport: transport(&new)?,
            enabled: new.enabled,
            tools: Vec::new(),
            created_at: self.now(),
        };
        self.free_name(&server).await?;
        self.keep_environment(id, &new, true).await?;
        let row = server.clone();
        self.write(move |tx| tx.tool_server_insert(&row)).await?;
        self.tell(Event::ToolsChanged);
        Ok(server)
    }

    /// Changes a server. If it runs, it is ended.
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
        let transport = transport(&new)?;
        let server = ToolServer {
            name: checked(&new.name)?,
            // Another program is another server: what the old one offered says nothing.
            tools: if transport == before.transport {
                before.tools
            } else {
                Vec::new()
            },
            transport,
            enabled: new.enabled,
            ..before
        };
        self.free_name(&server).await?;
        self.keep_environment(id, &new, false).await?;
        let row = server.clone();
        self.write(move |tx| tx.tool_server_update(&row)).await?;
        self.open()?.tools.stop(id);
        self.tell(Event::ToolsChanged);
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
        let server = ToolServer {
            enabled: on,
            ..self.tool_server(id).await?
        };
        self.write(move |tx| tx.tool_server_update(&server)).await?;
        if !on {
            self.open()?.tools.stop(id);
        }
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Removes a server, what was decided about its tools, and its environment.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_tool_server(&self, id: ToolServerId) -> Result<(), Error> {
        let open = self.open()?;
        open.tools.stop(id);
        self.off_thread(move |app| {
            app.vault().credential_delete(owner(id))?;
            open.store.write(|tx| tx.tool_server_remove(id))?;
            Ok(open.store.scrub()?)
        })
        .await?;
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Ends every program and removes the values of their environments. Their rows go with the
    /// deletion that asks for this.
    pub(crate) async fn forget_tool_servers(&self) -> Result<(), Error> {
        let open = self.open()?;
        open.tools.stop_all();
        let servers = self.read(|tx| tx.tool_servers()).await?;
        self.off_thread(move |app| {
            for server in servers {
                app.vault().credential_delete(owner(server.id))?;
            }
            Ok(())
        })
        .await
    }

    /// Starts a server anew and asks what it offers.
    ///
    /// # Errors
    /// `supervised`; when it cannot be started or does not answer.
    pub async fn test_tool_server(&self, id: ToolServerId) -> Result<Vec<ToolDefinition>, Error> {
        self.tools_allowed().await?;
        let server = self.tool_server(id).await?;
        self.open()?.tools.stop(id);
        let tools = self.server_offers(&server).await;
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
            .ok_or(Error::NotFound("tool"))
    }

    async fn tool_server(&self, id: ToolServerId) -> Result<ToolServer, Error> {
        self.read(move |tx| tx.tool_server(id))
            .await?
            .ok_or(Error::NotFound("tool"))
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

    /// The environment, where the keys are.
    async fn keep_environment(
        &self,
        id: ToolServerId,
        new: &NewToolServer,
        is_new: bool,
    ) -> Result<(), Error> {
        let given = new.environment.clone();
        self.off_thread(move |app| {
            let before = if is_new {
                BTreeMap::new()
            } else {
                app.environment(id)?
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

    fn environment(&self, id: ToolServerId) -> Result<BTreeMap<String, String>, Error> {
        let kept = self.vault().credential(owner(id), &place()?)?;
        Ok(kept
            .and_then(|text| serde_json::from_str(text.expose()).ok())
            .unwrap_or_default())
    }

    /// What a server offers now. It is started if it does not run.
    pub(super) async fn server_offers(
        &self,
        server: &ToolServer,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.client(server).await?;
        let tools = match client.list().await {
            Ok(tools) => tools,
            Err(error) => {
                self.give_up(server.id, &client)?;
                return Err(refused(&error));
            }
        };
        if tools != server.tools {
            let (id, row) = (server.id, tools.clone());
            self.write(move |tx| tx.tool_server_offers(id, &row))
                .await?;
            self.tell(Event::ToolsChanged);
        }
        Ok(tools)
    }

    pub(super) async fn call_server(&self, id: ToolServerId, tool: &str, arguments: &str) -> Ran {
        let called = async {
            let server = self.tool_server(id).await?;
            if !server.enabled {
                return Err(Error::NotFound("tool"));
            }
            let client = self.client(&server).await?;
            let result = client.call(tool, arguments).await;
            if !client.is_alive() {
                self.give_up(id, &client)?;
            }
            result.map_err(|error| refused(&error))
        };
        match called.await {
            Ok(result) => Ran {
                text: result.text,
                is_error: result.is_error,
            },
            Err(error) => Ran::failed(error.to_string()),
        }
    }

    fn give_up(&self, id: ToolServerId, client: &Client) -> Result<(), Error> {
        let open = self.open()?;
        open.tools
            .said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, client.said());
        open.tools.stop(id);
        Ok(())
    }

    async fn client(&self, server: &ToolServer) -> Result<Arc<Client>, Error> {
        let open = self.open()?;
        let _starting = open.tools.starting.lock().await;
        if let Some(client) = open.tools.get(server.id) {
            return Ok(client);
        }
        // Not after the archive was closed, for nobody would end it.
        if open.stop.is_cancelled() {
            return Err(fluxchat_egress::EgressError::Cancelled.into());
        }
        let ToolTransport::Stdio {
            program, arguments, ..
        } = &server.transport;
        let id = server.id;
        let environment = self.off_thread(move |app| app.environment(id)).await?;
        let program = Program {
            program: program.into(),
            arguments: arguments.clone(),
            environment,
        };
        let client = match Client::start(program).await {
            Ok(client) => Arc::new(client),
            Err((error, said)) => {
                open.tools
                    .said
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(id, said);
                return Err(refused(&error));
            }
        };
        open.tools.clients().insert(id, Arc::clone(&client));
        if open.stop.is_cancelled() {
            open.tools.stop(id);
        }
        Ok(client)
    }
}

fn transport(new: &NewToolServer) -> Result<ToolTransport, Error> {
    let invalid = || {
        Error::invalid(
            "invalid_parameter",
            "The program, its arguments or its environment cannot be used like this.",
        )
    };
    let texts = || {
        let names = new.environment.iter().map(|(name, _)| name);
        new.arguments.iter().chain(names)
    };
    let is_name = |name: &String| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let holds = new.arguments.len() <= MOST_ARGUMENTS
        && new.environment.len() <= MOST_VALUES
        && new.environment.iter().all(|(name, _)| is_name(name))
        && texts().all(|text| text.len() <= LONGEST && !text.contains('\0'));
    if !holds {
        return Err(invalid());
    }
    let program = fluxchat_mcp::find_program(new.program.trim()).ok_or_else(|| {
        Error::invalid(
            "program_missing",
            "There is no such program on this computer.",
        )
    })?;
    Ok(ToolTransport::Stdio {
        program: program
            .into_os_string()
            .into_string()
            .map_err(|_| invalid())?,
        arguments: new.arguments.clone(),
        environment: new
            .environment
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
    })
}
