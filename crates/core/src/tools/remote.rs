//! Servers of tools at an address: each answer has a session of its own with them, which ends with
//! it. All that is said there goes through the one door.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Ctx, HostClass, Target, host_class, key_header, parse_tool_url};
use fluxchat_mcp::{CallResult, Client, McpError, Remote};
use fluxchat_model::{
    ConversationId, Purpose, Secret, ToolDefinition, ToolServer, ToolServerId, ToolTransport,
};
use tokio::sync::Mutex;

use super::kept::Kept;
use super::typed::NewToolServer;
use super::{Asked, OfferedTool};
use crate::temporary::Home;
use crate::{App, Error};

const MOST_HEADERS: usize = 16;
/// Of a server whose calls may take less: it may have to be woken first.
const LEAST_SILENCE: Duration = Duration::from_secs(120);

/// The sessions of one answer.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<ToolServerId, (ToolTransport, Arc<Client>)>>);

impl Sessions {
    /// Tells every server that its session is over.
    pub(crate) async fn end(&self) {
        let all = std::mem::take(&mut *self.0.lock().await);
        let ends = all.values().map(|(_, client)| client.end());
        futures_util::future::join_all(ends).await;
    }
}

/// Whether what goes there stays on this computer, as far as an address says. What a program does
/// is its own.
pub(super) fn is_here(transport: &ToolTransport) -> bool {
    match transport {
        ToolTransport::Stdio { .. } => true,
        ToolTransport::Http { origin, .. } => host_class(origin.host()) == HostClass::Loopback,
    }
}

/// An address as it was typed.
pub(super) fn transport(
    new: &NewToolServer,
    before: Option<&ToolTransport>,
) -> Result<ToolTransport, Error> {
    let found = parse_tool_url(&new.url)
        .map_err(|error| Error::invalid(error.code(), error.to_string()))?;
    let header = match new.key_header.trim() {
        "" => None,
        name => Some(key_header(name).ok_or_else(header_taken)?),
    };
    let had_key = match before {
        // A key is for one origin.
        Some(ToolTransport::Http {
            origin, has_key, ..
        }) => *has_key && *origin == found.origin,
        _ => false,
    };
    // What is kept for one origin is given to no other.
    let is_there =
        matches!(before, Some(ToolTransport::Http { origin, .. }) if *origin == found.origin);
    let mut headers = Vec::new();
    let typed = new.headers.iter();
    for (name, _) in typed.filter(|(_, value)| is_there || value.is_some()) {
        let name = key_header(name).map(|name| name.to_string());
        let name = name.filter(|name| {
            let is_taken = header.as_ref().is_some_and(|it| it.as_str() == name);
            !is_taken && !headers.contains(name) && name != "authorization"
        });
        headers.push(name.ok_or_else(header_taken)?);
    }
    if headers.len() > MOST_HEADERS {
        return Err(header_taken());
    }
    let hides_path = if is_hidden(&found.path) {
        // Nobody knows what it stands for but who kept it.
        match before {
            Some(ToolTransport::Http {
                origin, hides_path, ..
            }) if *origin == found.origin && *hides_path => true,
            _ => {
                let error = fluxchat_egress::BaseUrlError::NotAnAddress;
                return Err(Error::invalid(error.code(), error.to_string()));
            }
        }
    } else {
        new.hide_path
    };
    let (had_query, signed_in) = match before {
        Some(ToolTransport::Http {
            origin,
            path,
            hides_path,
            has_query,
            signed_in,
            ..
        }) if *origin == found.origin && leads_to(&found.path, path, *hides_path) => {
            (*has_query, signed_in.clone())
        }
        _ => (false, None),
    };
    let query = query_of(new);
    Ok(ToolTransport::Http {
        has_key: match &new.key {
            Some(key) => !key.expose().trim().is_empty(),
            None => had_key,
        },
        has_query: query.is_some() || had_query && keeps_query(new),
        signed_in: signed_in.filter(|_| query.is_none()),
        headers,
        origin: found.origin,
        path: if hides_path {
            "/".to_owned()
        } else {
            found.path
        },
        hides_path,
        header: header.map(|name| name.to_string()),
    })
}

fn header_taken() -> Error {
    Error::invalid(
        "key_header",
        "A key cannot be sent in a header of this name.",
    )
}

/// As an address is shown that goes on after its `?`: nobody sees how.
const HIDDEN: &str = "?…";

/// The address of a server as it is shown, and as it may be typed to stay the same; `None` for a
/// program. What is with the keys is left out.
#[must_use]
pub fn address(transport: &ToolTransport) -> Option<String> {
    let ToolTransport::Http {
        origin,
        path,
        hides_path,
        has_query,
        ..
    } = transport
    else {
        return None;
    };
    let path = if *hides_path { "/…" } else { path };
    let query = if *has_query { HIDDEN } else { "" };
    let (scheme, host) = (origin.scheme(), origin.authority());
    Some(format!("{scheme}://{host}{path}{query}"))
}

/// The same of a path.
fn is_hidden(path: &str) -> bool {
    path == "/%E2%80%A6"
}

/// Whether a path as it was typed is the one there was.
fn leads_to(typed: &str, path: &str, hides_path: bool) -> bool {
    if hides_path {
        is_hidden(typed)
    } else {
        typed == path
    }
}

/// Whether an address as it was typed is the one there was.
pub(super) fn is_where_it_was(new: &NewToolServer, before: &ToolTransport) -> bool {
    let (
        Ok(typed),
        ToolTransport::Http {
            origin,
            path,
            hides_path,
            ..
        },
    ) = (parse_tool_url(&new.url), before)
    else {
        return false;
    };
    typed.origin == *origin && leads_to(&typed.path, path, *hides_path) && query_of(new).is_none()
}

fn keeps_query(new: &NewToolServer) -> bool {
    new.url.trim().ends_with(HIDDEN)
}

/// What was typed after the `?`.
fn query_of(new: &NewToolServer) -> Option<Secret<String>> {
    let typed = parse_tool_url(new.url.trim()).ok()?.query;
    typed.filter(|_| !keeps_query(new))
}

impl App {
    /// What a server offers now, in the session of an answer.
    pub(super) async fn remote_offers(
        &self,
        server: &ToolServer,
        asked: &Asked,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.session(server, asked).await?;
        let tools = match client.list().await {
            Err(McpError::KeyRefused) if is_signed_in(&server.transport) => {
                client.stop();
                self.renewed(server, true, in_ledger(asked)).await?;
                self.session(server, asked).await?.list().await
            }
            tools => tools,
        };
        let tools = tools.map_err(|error| self.refused_by(server.id, error))?;
        self.keep_offers(server, &tools).await?;
        Ok(tools)
    }

    /// The same in a session of its own.
    pub(super) async fn offers_apart(
        &self,
        server: &ToolServer,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.connect(server, None).await?;
        let mut tools = client.list().await;
        client.end().await;
        if matches!(tools, Err(McpError::KeyRefused)) && is_signed_in(&server.transport) {
            self.renewed(server, true, None).await?;
            let client = self.connect(server, None).await?;
            tools = client.list().await;
            client.end().await;
        }
        let tools = tools.map_err(|error| self.refused_by(server.id, error))?;
        self.keep_offers(server, &tools).await?;
        Ok(tools)
    }

    pub(super) async fn call_remote(
        &self,
        server: &ToolServer,
        tool: &OfferedTool,
        arguments: &str,
        asked: &Asked,
    ) -> Result<CallResult, Error> {
        // It may have been kept to this computer or frozen since the tool was offered.
        self.may_ask(server, &asked.home, asked.conversation)
            .await?;
        let client = self.session(server, asked).await?;
        let called = client.call(&tool.name, arguments).await;
        called.map_err(|error| self.refused_by(server.id, error))
    }

    /// Refuses to ask a server anything from a conversation that is frozen, or kept to this computer
    /// where the server is not on it.
    pub(super) async fn may_ask(
        &self,
        server: &ToolServer,
        home: &Home,
        id: ConversationId,
    ) -> Result<(), Error> {
        let whose = self.conversation_at(home, id).await?;
        if whose.local_only && !is_here(&server.transport) {
            return Err(Error::invalid(
                "only_here",
                "This conversation is kept to this computer, and the server of tools is not on it.",
            ));
        }
        self.read(move |tx| crate::restriction::check(tx, Some(&whose)))
            .await?
    }

    async fn session(&self, server: &ToolServer, asked: &Asked) -> Result<Arc<Client>, Error> {
        let mut sessions = asked.sessions.0.lock().await;
        if let Some((transport, client)) = sessions.get(&server.id)
            && *transport == server.transport
            && client.is_alive()
        {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.connect(server, in_ledger(asked)).await?);
        let session = (server.transport.clone(), Arc::clone(&client));
        if let Some((_, old)) = sessions.insert(server.id, session) {
            old.stop();
        }
        Ok(client)
    }

    pub(super) async fn connect(
        &self,
        server: &ToolServer,
        conversation_id: Option<ConversationId>,
    ) -> Result<Client, Error> {
        let ToolTransport::Http {
            origin,
            path,
            header,
            ..
        } = &server.transport
        else {
            return Err(Error::NotFound("tool"));
        };
        let remote = |credential| -> Result<Remote, Error> {
            Ok(Remote {
                door: self.open()?.door.clone(),
                target: Target::tools(origin.clone(), path),
                credential,
                ctx: Ctx {
                    policy_version: Some(self.policy_in_force().0),
                    conversation_id,
                    // A tool may work without a word for as long as a call of it may take.
                    silence: Some(LEAST_SILENCE.max(self.tool_time(server.timeout_s))),
                    ..Ctx::new(Purpose::Tool, &[])
                },
            })
        };
        let refused = |error| self.refused_by(server.id, error);
        let credential = self.shown_to(server, conversation_id).await?;
        match Client::connect(remote(credential)?).await {
            // Taken back, or over before its time.
            Err(McpError::KeyRefused) if is_signed_in(&server.transport) => {
                let kept = self.renewed(server, true, conversation_id).await?;
                let credential = kept.credential(origin, header.as_deref());
                Client::connect(remote(credential)?).await.map_err(refused)
            }
            client => client.map_err(refused),
        }
    }

    /// Keeps what only the server may know.
    pub(super) async fn keep_remote(
        &self,
        server: &ToolServer,
        new: &NewToolServer,
        was_program: bool,
    ) -> Result<(), Error> {
        let ToolTransport::Http {
            origin,
            has_key,
            has_query,
            hides_path,
            headers,
            signed_in,
            ..
        } = server.transport.clone()
        else {
            return Ok(());
        };
        let id = server.id;
        let (key, query) = (new.key.clone(), query_of(new));
        let path = parse_tool_url(&new.url).ok().map(|it| it.path);
        let path = path.filter(|it| !is_hidden(it));
        let given = new.headers.clone();
        let change = move |kept: &mut Kept| {
            let before = if was_program {
                Kept::default()
            } else {
                kept.clone()
            };
            *kept = before.clone();
            kept.key = match key {
                Some(key) => Some(key.expose().trim().to_owned()),
                None => before.key,
            };
            kept.key = kept.key.take().filter(|_| has_key);
            kept.query = query.map(|it| it.expose().clone()).or(before.query);
            kept.query = kept.query.take().filter(|_| has_query);
            kept.path = path.or(before.path).filter(|_| hides_path);
            kept.permit = before.permit.filter(|_| signed_in.is_some());
            kept.headers.clear();
            for (name, value) in given {
                let name = name.trim().to_ascii_lowercase();
                if !headers.contains(&name) {
                    continue;
                }
                let value = match value {
                    Some(value) => value.expose().clone(),
                    None => before.headers.get(&name).cloned().unwrap_or_default(),
                };
                kept.headers.insert(name, value);
            }
            Ok(())
        };
        self.off_thread(move |app| app.change_kept(id, &origin, change))
            .await
    }
}

/// The conversation that a row of the ledger may name.
fn in_ledger(asked: &Asked) -> Option<ConversationId> {
    (!asked.home.is_temporary).then_some(asked.conversation)
}

fn is_signed_in(transport: &ToolTransport) -> bool {
    matches!(
        transport,
        ToolTransport::Http {
            signed_in: Some(_),
            ..
        }
    )
}
