//! Servers of tools at an address: each answer has a session of its own with them, which ends with
//! it. All that is said there goes through the one door.

use std::collections::HashMap;
use std::sync::Arc;

use fluxchat_egress::{
    Credential, Ctx, HeaderKind, HostClass, Target, host_class, key_header, parse_tool_url,
};
use fluxchat_mcp::{CallResult, Client, Remote};
use fluxchat_model::{
    ConversationId, Origin, Purpose, ToolDefinition, ToolServer, ToolServerId, ToolTransport,
};
use tokio::sync::Mutex;

use super::servers::{NewToolServer, owner, refused};
use super::{Asked, OfferedTool};
use crate::{App, Error};

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
        name => Some(key_header(name).ok_or_else(|| {
            Error::invalid(
                "key_header",
                "A key cannot be sent in a header of this name.",
            )
        })?),
    };
    let had_key = match before {
        // A key is for one origin.
        Some(ToolTransport::Http {
            origin, has_key, ..
        }) => *has_key && *origin == found.origin,
        _ => false,
    };
    Ok(ToolTransport::Http {
        has_key: match &new.key {
            Some(key) => !key.expose().trim().is_empty(),
            None => had_key,
        },
        origin: found.origin,
        path: found.path,
        header: header.map(|name| name.to_string()),
    })
}

impl App {
    /// What a server offers now, in the session of an answer.
    pub(super) async fn remote_offers(
        &self,
        server: &ToolServer,
        asked: &Asked,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.session(server, asked).await?;
        let tools = client.list().await.map_err(refused)?;
        self.keep_offers(server, &tools).await?;
        Ok(tools)
    }

    /// The same in a session of its own.
    pub(super) async fn offers_apart(
        &self,
        server: &ToolServer,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.connect(server, None).await?;
        let tools = client.list().await.map_err(refused);
        client.end().await;
        let tools = tools?;
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
        let id = asked.conversation;
        let whose = self
            .read_at(&asked.home, move |tx| tx.conversation(id))
            .await?
            .ok_or(Error::NotFound("conversation"))?;
        // It may have been kept to this computer or frozen since the tool was offered.
        if whose.local_only && !is_here(&server.transport) {
            return Err(Error::invalid(
                "only_here",
                "This conversation is kept to this computer, and the server of tools is not on it.",
            ));
        }
        self.read(move |tx| crate::restriction::check(tx, Some(&whose)))
            .await??;
        let client = self.session(server, asked).await?;
        client.call(&tool.name, arguments).await.map_err(refused)
    }

    async fn session(&self, server: &ToolServer, asked: &Asked) -> Result<Arc<Client>, Error> {
        let mut sessions = asked.sessions.0.lock().await;
        if let Some((transport, client)) = sessions.get(&server.id)
            && *transport == server.transport
            && client.is_alive()
        {
            return Ok(Arc::clone(client));
        }
        let in_ledger = (!asked.home.is_temporary).then_some(asked.conversation);
        let client = Arc::new(self.connect(server, in_ledger).await?);
        let session = (server.transport.clone(), Arc::clone(&client));
        if let Some((_, old)) = sessions.insert(server.id, session) {
            old.stop();
        }
        Ok(client)
    }

    async fn connect(
        &self,
        server: &ToolServer,
        conversation_id: Option<ConversationId>,
    ) -> Result<Client, Error> {
        let ToolTransport::Http {
            origin,
            path,
            header,
            has_key,
        } = &server.transport
        else {
            return Err(Error::NotFound("tool"));
        };
        let credential = if *has_key {
            let header = header.clone();
            self.tool_key(server.id, origin.clone(), header).await?
        } else {
            None
        };
        let remote = Remote {
            door: self.open()?.door.clone(),
            target: Target::tools(origin.clone(), path),
            credential,
            ctx: Ctx {
                policy_version: Some(self.policy_in_force().0),
                conversation_id,
                ..Ctx::new(Purpose::Tool, &[])
            },
        };
        Client::connect(remote).await.map_err(refused)
    }

    async fn tool_key(
        &self,
        id: ToolServerId,
        origin: Origin,
        header: Option<String>,
    ) -> Result<Option<Credential>, Error> {
        self.off_thread(move |app| {
            let Some(key) = app.vault().credential(owner(id), &origin)? else {
                return Ok(None);
            };
            let credential = Credential::new(origin, HeaderKind::Bearer, key);
            Ok(Some(match header.as_deref().and_then(key_header) {
                Some(name) => credential.in_header(name),
                None => credential,
            }))
        })
        .await
    }
}
