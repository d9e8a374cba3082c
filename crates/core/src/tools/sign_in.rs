//! Signing in to servers of tools: found out from the server, named to the person, and only then
//! opened by them. A browser shows the page; what it brings back comes to this computer alone.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use fluxchat_egress::{Ctx, Loopback, Target};
use fluxchat_mcp::{Client, Gates, Guard, Guarded, Known, McpError, Remote, SignInError};
use fluxchat_model::{
    ConversationId, Origin, Purpose, Secret, SignedIn, Timestamp, ToolServer, ToolServerId,
    ToolTransport, VisibleError,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::kept::Kept;
use super::servers::refused;
use crate::{App, Error, Event};

/// For a person in a browser.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How far a sign-in came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStage {
    /// Who would hear of it is named; nobody else was asked.
    Named,
    /// A person is in the browser.
    Waiting,
    /// It came to nothing.
    Failed,
}

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct SignInInfo {
    /// How far it came.
    pub stage: SignInStage,
    /// Who hears of it.
    pub hosts: Vec<String>,
    /// Why it came to nothing.
    pub problem: Option<VisibleError>,
}

/// What became of a permit that was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedOut {
    /// Who gave it took it back.
    Revoked,
    /// Who gave it has no place for that. Here it is deleted.
    NoPlace,
    /// It could not be told. Here it is deleted.
    Failed,
}

/// The page of a sign-in, and its end.
pub struct SignInPage {
    /// For a browser.
    pub address: String,
    end: oneshot::Receiver<Result<(), Error>>,
}

impl SignInPage {
    /// Waits for the person.
    ///
    /// # Errors
    /// When it came to nothing.
    pub async fn finished(self) -> Result<(), Error> {
        match self.end.await {
            Ok(end) => end,
            Err(_) => Err(fluxchat_egress::EgressError::Cancelled.into()),
        }
    }
}

/// The sign-ins that were begun.
#[derive(Default)]
pub(crate) struct Signing {
    begun: Mutex<HashMap<ToolServerId, Begun>>,
    /// Held while a permit is renewed, so that none is renewed twice.
    renewing: tokio::sync::Mutex<()>,
}

struct Begun {
    guarded: Guarded,
    guard: Guard,
    gates: Option<Gates>,
    known: Option<Known>,
    info: SignInInfo,
    stop: CancellationToken,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Signing {
    fn begun(&self) -> std::sync::MutexGuard<'_, HashMap<ToolServerId, Begun>> {
        self.begun
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn info(&self, id: ToolServerId) -> Option<SignInInfo> {
        self.begun().get(&id).map(|begun| begun.info.clone())
    }

    pub(super) fn forget(&self, id: ToolServerId) {
        self.begun().remove(&id);
    }

    pub(super) fn forget_all(&self) {
        self.begun().clear();
    }
}

impl App {
    /// Asks a server who guards it. Nobody else is asked, and nothing is opened.
    ///
    /// # Errors
    /// `supervised`; `sign_in_*` when it does not say, or leads astray; as the server fails.
    pub async fn sign_in_find(
        &self,
        id: ToolServerId,
        client: Option<(String, Option<Secret<String>>)>,
    ) -> Result<SignInInfo, Error> {
        self.tools_allowed().await?;
        let open = self.open()?;
        let server = self.tool_server(id).await?;
        open.tools.signing.forget(id);
        let (origin, path, header) = at(&server.transport)?;
        let guarded = self.way_to_guard(origin, path, None)?;
        let kept = self.kept_of(id, origin).await?;
        // Whoever is asked who guards it sees no permit.
        let asks = Kept {
            permit: None,
            ..kept
        };
        let challenge = Client::challenge(Remote {
            door: guarded.door.clone(),
            target: Target::tools(origin.clone(), path),
            credential: asks.credential(origin, header),
            ctx: guarded.ctx.clone(),
        });
        let challenge = challenge.await.map_err(refused)?;
        let guard = guarded.guard(&challenge).await.map_err(refused)?;
        let info = SignInInfo {
            stage: SignInStage::Named,
            hosts: vec![guard.host()],
            problem: None,
        };
        let known = client.map(|(id, secret)| Known { id, secret });
        open.tools.signing.begun().insert(
            id,
            Begun {
                guarded,
                guard,
                gates: None,
                known,
                info: info.clone(),
                stop: CancellationToken::new(),
            },
        );
        self.tell(Event::ToolsChanged);
        Ok(info)
    }

    /// Goes on with a sign-in whose hosts were named: the page for the browser, or `None` when
    /// there are more hosts than were named; they are named now.
    ///
    /// # Errors
    /// `supervised`; `sign_in_*`; when none was begun.
    pub async fn sign_in_open(&self, id: ToolServerId) -> Result<Option<SignInPage>, Error> {
        self.tools_allowed().await?;
        let page = self.open_page(id).await;
        if let Err(error) = &page {
            self.sign_in_failed(id, error)?;
        }
        self.tell(Event::ToolsChanged);
        page
    }

    async fn open_page(&self, id: ToolServerId) -> Result<Option<SignInPage>, Error> {
        let open = self.open()?;
        let (guarded, guard, gates, known, named) = {
            let begun = open.tools.signing.begun();
            let it = begun.get(&id).ok_or(Error::NotFound("sign-in"))?;
            (
                it.guarded.clone(),
                it.guard.clone(),
                it.gates.clone(),
                it.known.clone(),
                it.info.hosts.clone(),
            )
        };
        let gates = match gates {
            Some(gates) => gates,
            None => guarded.gates(&guard).await.map_err(refused)?,
        };
        if gates.hosts().iter().any(|host| !named.contains(host)) {
            if let Some(it) = open.tools.signing.begun().get_mut(&id) {
                it.info.hosts = gates.hosts().to_vec();
                it.info.stage = SignInStage::Named;
                it.gates = Some(gates);
            }
            return Ok(None);
        }
        let loopback = Loopback::open().await?;
        let redirect = loopback.redirect();
        let known = match known {
            Some(known) => known,
            None => {
                let known = guarded.register(&gates, &redirect).await;
                known.map_err(refused)?
            }
        };
        let began = guarded
            .begin(&guard, &gates, known, redirect)
            .map_err(refused)?;
        let address = began.address.clone();
        let stop = open.stop.child_token();
        if let Some(it) = open.tools.signing.begun().get_mut(&id) {
            // One that was open before is not waited for any more.
            std::mem::replace(&mut it.stop, stop.clone()).cancel();
            it.info.stage = SignInStage::Waiting;
            it.info.problem = None;
        } else {
            return Err(Error::NotFound("sign-in"));
        }
        let (done, end) = oneshot::channel();
        let app = self.clone();
        open.tasks.spawn(async move {
            let finish = async {
                let wait = loopback.returned(began.state());
                let returned = tokio::time::timeout(PATIENCE, wait).await;
                let returned = returned.map_err(|_| refused(SignInError::Denied.into()))??;
                let now = app.now().0;
                let permit = guarded.finish(&guard, &gates, began, returned, now).await;
                let permit = permit.map_err(refused)?;
                app.tools_allowed().await?;
                let (origin, host) = (guarded.origin.clone(), permit.host());
                let until = permit.ends_at().map(Timestamp);
                // It may have been sent elsewhere meanwhile.
                let server = app.tool_server(id).await?;
                if at(&server.transport)?.0 != &origin {
                    return Err(Error::NotFound("tool"));
                }
                app.off_thread(move |app| {
                    let kept = app.kept_secret(id, &origin)?;
                    let permit = Some(permit);
                    app.keep_secret(id, &origin, Kept { permit, ..kept })
                })
                .await?;
                app.set_signed_in(id, Some(SignedIn { host, until })).await
            };
            let end = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                end = finish => end,
            };
            if let Ok(open) = app.open() {
                match &end {
                    Ok(()) => open.tools.signing.forget(id),
                    Err(error) => {
                        let _ = app.sign_in_failed(id, error);
                    }
                }
            }
            app.tell(Event::ToolsChanged);
            let _ = done.send(end);
        });
        Ok(Some(SignInPage { address, end }))
    }

    fn sign_in_failed(&self, id: ToolServerId, error: &Error) -> Result<(), Error> {
        if let Some(it) = self.open()?.tools.signing.begun().get_mut(&id) {
            it.info.stage = SignInStage::Failed;
            it.info.problem = Some(error.visible());
        }
        Ok(())
    }

    /// Waits for nobody any more.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn sign_in_cancel(&self, id: ToolServerId) -> Result<(), Error> {
        self.open()?.tools.signing.forget(id);
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Gives a permit back and deletes it. Deleted it is whatever who gave it says.
    ///
    /// # Errors
    /// When it cannot be deleted here.
    pub async fn sign_out(&self, id: ToolServerId) -> Result<Option<SignedOut>, Error> {
        let server = self.tool_server(id).await?;
        self.open()?.tools.signing.forget(id);
        let told = self.give_back(&server).await?;
        self.set_signed_in(id, None).await?;
        self.tell(Event::ToolsChanged);
        Ok(told)
    }

    pub(super) async fn give_back(&self, server: &ToolServer) -> Result<Option<SignedOut>, Error> {
        let Ok((origin, path, _)) = at(&server.transport) else {
            return Ok(None);
        };
        let (id, from) = (server.id, origin.clone());
        let permit = self.off_thread(move |app| {
            let mut kept = app.kept_secret(id, &from)?;
            let permit = kept.permit.take();
            if permit.is_some() {
                app.keep_secret(id, &from, kept)?;
            }
            Ok(permit)
        });
        let Some(permit) = permit.await? else {
            return Ok(None);
        };
        let guarded = self.way_to_guard(origin, path, None)?;
        Ok(Some(match guarded.revoke(&permit).await {
            Ok(true) => SignedOut::Revoked,
            Ok(false) => SignedOut::NoPlace,
            Err(error) => {
                tracing::warn!(name: "tools.not_revoked", code = error.code());
                SignedOut::Failed
            }
        }))
    }

    /// What goes along with a message, renewed where its time is over.
    pub(super) async fn shown_to(
        &self,
        server: &ToolServer,
        conversation: Option<ConversationId>,
    ) -> Result<Option<fluxchat_egress::Credential>, Error> {
        let (origin, _, header) = at(&server.transport)?;
        let mut kept = self.kept_of(server.id, origin).await?;
        let now = self.now().0;
        if kept.permit.as_ref().is_some_and(|it| it.is_over(now)) {
            kept = self.renewed(server, false, conversation).await?;
        }
        Ok(kept.credential(origin, header))
    }

    /// With a new permit. `refused`: the server does not take the one there is.
    pub(super) async fn renewed(
        &self,
        server: &ToolServer,
        refused_it: bool,
        conversation: Option<ConversationId>,
    ) -> Result<Kept, Error> {
        let open = self.open()?;
        let _one = open.tools.signing.renewing.lock().await;
        let (origin, path, _) = at(&server.transport)?;
        let (id, now) = (server.id, self.now().0);
        let kept = self.kept_of(id, origin).await?;
        let Some(permit) = &kept.permit else {
            return Err(refused(SignInError::Over.into()));
        };
        if !refused_it && !permit.is_over(now) {
            return Ok(kept);
        }
        let guarded = self.way_to_guard(origin, path, conversation)?;
        let permit = match guarded.renew(permit, now).await {
            Ok(permit) => Some(permit),
            Err(McpError::SignIn(SignInError::Over)) => None,
            Err(error) => return Err(refused(error)),
        };
        let signed_in = permit.as_ref().map(|permit| SignedIn {
            host: permit.host(),
            until: permit.ends_at().map(Timestamp),
        });
        let is_over = permit.is_none();
        let kept = Kept { permit, ..kept };
        let (row, to) = (kept.clone(), origin.clone());
        self.off_thread(move |app| app.keep_secret(id, &to, row))
            .await?;
        self.set_signed_in(id, signed_in).await?;
        self.tell(Event::ToolsChanged);
        if is_over {
            return Err(refused(SignInError::Over.into()));
        }
        Ok(kept)
    }

    async fn kept_of(&self, id: ToolServerId, origin: &Origin) -> Result<Kept, Error> {
        let origin = origin.clone();
        self.off_thread(move |app| app.kept_secret(id, &origin))
            .await
    }

    fn way_to_guard(
        &self,
        origin: &Origin,
        path: &str,
        conversation_id: Option<ConversationId>,
    ) -> Result<Guarded, Error> {
        Ok(Guarded {
            door: self.open()?.door.clone(),
            ctx: Ctx {
                policy_version: Some(self.policy_in_force().0),
                conversation_id,
                ..Ctx::new(Purpose::Tool, &[])
            },
            origin: origin.clone(),
            path: path.to_owned(),
        })
    }
}

fn at(transport: &ToolTransport) -> Result<(&Origin, &str, Option<&str>), Error> {
    match transport {
        ToolTransport::Http {
            origin,
            path,
            header,
            ..
        } => Ok((origin, path, header.as_deref())),
        ToolTransport::Stdio { .. } => Err(Error::NotFound("tool")),
    }
}
