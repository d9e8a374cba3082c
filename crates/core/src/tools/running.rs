//! Programs of servers: started when a conversation that has them switched on is answered, shared by
//! all conversations, and ended with the archive.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxchat_egress::{CancellationToken, EgressError};
use fluxchat_mcp::{Client, McpError, Program};
use fluxchat_model::{ToolDefinition, ToolServer, ToolServerId, ToolTransport};
use tokio::sync::OwnedMutexGuard;

use super::permits::Returning;
use super::servers::refused;
use super::turns::Turns;
use crate::app::Open;
use crate::{App, Error};

/// The programs that run.
#[derive(Default)]
pub(crate) struct Running {
    clients: Mutex<HashMap<ToolServerId, Arc<Client>>>,
    /// What those that ended said last.
    said: Mutex<HashMap<ToolServerId, String>>,
    /// Ends what is being started.
    stops: Mutex<HashMap<ToolServerId, CancellationToken>>,
    /// One is started once, and not while its server is changed.
    starting: Turns,
    pub(super) signing: super::sign_in::Signing,
    /// What a person waits for.
    pub(super) waiting: super::offers::Waiting,
    /// Permits of servers that are deleted with everything.
    held: Mutex<Vec<Returning>>,
    /// Those that answered nobody who is not signed in.
    wanting: Mutex<HashSet<ToolServerId>>,
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

    fn wanting(&self) -> MutexGuard<'_, HashSet<ToolServerId>> {
        self.wanting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wants_sign_in(&self, id: ToolServerId) -> bool {
        self.wanting().contains(&id)
    }

    /// Keeps in mind whether it answered.
    pub(super) fn heard<T>(&self, id: ToolServerId, answer: &Result<T, Error>) {
        match answer.as_ref().map_err(Error::code) {
            Err("tool_key_wanted" | "tool_key_refused" | "sign_in_over") => {
                self.wanting().insert(id)
            }
            Ok(_) => self.wanting().remove(&id),
            Err(_) => false,
        };
    }

    /// Permits for who gave them, once all is gone.
    pub(crate) fn hold(&self, permits: Vec<Returning>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = permits;
    }

    /// Tells who gave the permits that were held, while nobody waits for it.
    pub(crate) fn return_held(&self, open: &Open) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for permit in held.drain(..) {
            permit.tell_later(open);
        }
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

    fn stops(&self) -> MutexGuard<'_, HashMap<ToolServerId, CancellationToken>> {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what runs, and what is being started.
    pub(super) fn stop(&self, id: ToolServerId) {
        let stop = self.stops().remove(&id);
        if let Some(stop) = stop {
            stop.cancel();
        }
        let gone = self.clients().remove(&id);
        if let Some(client) = gone {
            client.stop();
        }
    }

    /// The same, and nothing is started until what is returned is dropped: who waits for that finds
    /// the server as it is then.
    pub(super) async fn quiet(&self, id: ToolServerId) -> OwnedMutexGuard<()> {
        // The turn is asked for first, so that nobody comes between.
        let (turn, ()) = tokio::join!(self.starting.take(id), async { self.stop(id) });
        turn
    }

    /// Puts what was started among what runs, unless it was ended meanwhile.
    fn begin(&self, id: ToolServerId, client: &Arc<Client>, stop: &CancellationToken) -> bool {
        let mut clients = self.clients();
        if !stop.is_cancelled() {
            clients.insert(id, Arc::clone(client));
        }
        !stop.is_cancelled()
    }

    fn keep_said(&self, id: ToolServerId, said: String) {
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id, said);
    }

    /// Knows nothing of a server any more.
    pub(super) fn forget(&self, id: ToolServerId) {
        self.stop(id);
        self.signing.forget(id);
        self.signing.wants_no_more(id);
        self.wanting().remove(&id);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.remove(&id);
    }

    pub(super) fn is_signed_in(&self, id: ToolServerId) {
        self.wanting().remove(&id);
    }

    /// Ends this program, and none that was started in its place.
    fn end(&self, id: ToolServerId, client: &Arc<Client>) {
        let mut clients = self.clients();
        if clients.get(&id).is_some_and(|it| Arc::ptr_eq(it, client)) {
            clients.remove(&id);
        }
        drop(clients);
        client.stop();
    }

    /// Ends every program that was started, and every sign-in that was begun.
    pub(crate) fn stop_all(&self) {
        self.signing.forget_all();
        for (_, stop) in self.stops().drain() {
            stop.cancel();
        }
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

impl App {
    /// What a program offers. It is started if it does not run.
    pub(super) async fn server_offers(
        &self,
        server: &ToolServer,
    ) -> Result<Vec<ToolDefinition>, Error> {
        let client = self.client(server).await?;
        let tools = match client.list().await {
            Ok(tools) => tools,
            Err(error) => {
                if !client.is_alive() || matches!(error, McpError::NoAnswer) {
                    self.give_up(server.id, &client)?;
                }
                return Err(refused(error));
            }
        };
        self.keep_offers(server, &tools).await?;
        Ok(tools)
    }

    /// A program that is over or did not answer in time goes on with nothing: it is ended, and
    /// started anew when it is asked again. While somebody else waits for it, it is left alone: it
    /// may read one question after another.
    pub(super) fn give_up(&self, id: ToolServerId, client: &Arc<Client>) -> Result<(), Error> {
        if client.is_alive() && client.is_at_work() {
            return Ok(());
        }
        let open = self.open()?;
        open.tools.keep_said(id, client.said());
        open.tools.end(id, client);
        Ok(())
    }

    /// The program of a server, started if it does not run.
    pub(super) async fn client(&self, server: &ToolServer) -> Result<Arc<Client>, Error> {
        let (id, open) = (server.id, self.open()?);
        if let Some(client) = open.tools.get(id) {
            return Ok(client);
        }
        let _turn = open.tools.starting.take(id).await;
        if let Some(client) = open.tools.get(id) {
            return Ok(client);
        }
        // Not after the archive was closed, for nobody would end it.
        let stop = open.stop.child_token();
        open.tools.stops().insert(id, stop.clone());
        // What was shown is what is started, and nothing that is switched off or gone.
        let now = self.tool_server(id).await?;
        if now.transport != server.transport || (server.enabled && !now.enabled) {
            return Err(Error::NotFound("tool"));
        }
        let ToolTransport::Stdio {
            program, arguments, ..
        } = now.transport
        else {
            return Err(Error::NotFound("tool"));
        };
        let environment = self.off_thread(move |app| app.environment(id)).await?;
        let program = Program {
            program: program.into(),
            arguments,
            environment,
        };
        let started = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(EgressError::Cancelled.into()),
            started = Client::start(program) => started,
        };
        let client = match started {
            Ok(client) => Arc::new(client),
            Err((error, said)) => {
                open.tools.keep_said(id, said);
                return Err(refused(error));
            }
        };
        if !open.tools.begin(id, &client, &stop) {
            client.stop();
            return Err(EgressError::Cancelled.into());
        }
        Ok(client)
    }
}
