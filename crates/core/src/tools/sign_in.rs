//! Signing in to servers of tools: found out from the server, named to the person, and only then
//! opened by them. A browser shows the page; what it brings back comes to this computer alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxchat_egress::{Ctx, Loopback, Target};
use fluxchat_mcp::{Challenge, Client, Gates, Guard, Guarded, Known, Remote, SignInError};
use fluxchat_model::{
    ConversationId, Origin, Purpose, Secret, ToolServerId, ToolTransport, VisibleError,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::kept::Kept;
use super::servers::refused;
use super::turns::Turns;
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
    /// What is asked for there, in the words of the server; empty for what its guard gives by
    /// itself.
    pub scopes: Vec<String>,
    /// Who was asked before and did not answer.
    pub unanswered: Vec<String>,
    /// Why it came to nothing.
    pub problem: Option<VisibleError>,
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
    /// What servers said that take their permit, but not for what was asked.
    more: Mutex<HashMap<ToolServerId, Challenge>>,
    /// Held while a permit is renewed, so that none is renewed twice.
    pub(super) renewing: Turns,
    /// Held while what is kept of a server is changed, which asks nobody.
    keeping: Mutex<()>,
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
    fn begun(&self) -> MutexGuard<'_, HashMap<ToolServerId, Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn info(&self, id: ToolServerId) -> Option<SignInInfo> {
        self.begun().get(&id).map(|begun| begun.info.clone())
    }

    pub(super) fn forget(&self, id: ToolServerId) {
        self.begun().remove(&id);
    }

    pub(super) fn keeping(&self) -> MutexGuard<'_, ()> {
        self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn more(&self) -> MutexGuard<'_, HashMap<ToolServerId, Challenge>> {
        self.more.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wants_more(&self, id: ToolServerId, challenge: Challenge) {
        self.more().insert(id, challenge);
    }

    /// What a server wants to be allowed beside what was; `None` where that is nothing, no names
    /// where it does not say.
    pub(super) fn wanted_more(&self, id: ToolServerId) -> Option<Vec<String>> {
        self.more().get(&id).map(|said| said.scopes().to_vec())
    }

    pub(super) fn wants_no_more(&self, id: ToolServerId) {
        self.more().remove(&id);
    }

    pub(super) fn forget_all(&self) {
        self.begun().clear();
        self.more().clear();
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
        let kept = self.kept_of(id, origin).await?;
        let guarded = self.way_to_guard(origin, path, &kept, None)?;
        // Whoever is asked who guards it sees no permit.
        let asks = Kept {
            permit: None,
            ..kept.clone()
        };
        let said = open.tools.signing.more().get(&id).cloned();
        let challenge = match said.clone() {
            // It said so when it refused.
            Some(said) => said,
            None => {
                let challenge = Client::challenge(Remote {
                    door: guarded.door.clone(),
                    target: Target::tools(origin.clone(), path),
                    credential: asks.credential(origin, header),
                    ctx: guarded.ctx.clone(),
                });
                challenge.await.map_err(refused)?
            }
        };
        let mut guard = guarded.guard(&challenge).await.map_err(refused)?;
        if let (Some(_), Some(permit)) = (said, &kept.permit) {
            // What it is for now, and what it should be for beside that.
            guard.ask_for(&[permit.scopes(), guard.scopes()].concat());
        }
        let info = SignInInfo {
            stage: SignInStage::Named,
            hosts: vec![guard.host()],
            scopes: guard.scopes().to_vec(),
            unanswered: Vec::new(),
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
        let (guard, gates) = match gates {
            Some(gates) => (guard, gates),
            None => match self.gates_of(id, &guarded, guard, &named).await? {
                Some(found) => found,
                None => return Ok(None),
            },
        };
        if gates.hosts().iter().any(|host| !named.contains(host)) {
            if let Some(it) = open.tools.signing.begun().get_mut(&id) {
                it.info.hosts = gates.hosts().to_vec();
                it.info.stage = SignInStage::Named;
                it.guard = guard;
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
                app.signed_in_with(id, guarded, permit).await
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

    /// Where one signs in. Who does not answer is followed by the next that the server names, in
    /// its order; `None` when that one has to be named to the person first.
    async fn gates_of(
        &self,
        id: ToolServerId,
        guarded: &Guarded,
        mut guard: Guard,
        named: &[String],
    ) -> Result<Option<(Guard, Gates)>, Error> {
        let mut unanswered = Vec::new();
        loop {
            let error = match guarded.gates(&guard).await {
                Ok(gates) => return Ok(Some((guard, gates))),
                Err(error) if error.is_silence() => error,
                Err(error) => return Err(refused(error)),
            };
            let host = guard.host();
            guard = guard.next().ok_or_else(|| refused(error))?;
            unanswered.push(host);
            if !named.contains(&guard.host()) {
                break;
            }
        }
        if let Some(it) = self.open()?.tools.signing.begun().get_mut(&id) {
            for host in unanswered {
                if !it.info.unanswered.contains(&host) {
                    it.info.unanswered.push(host);
                }
            }
            it.info.hosts = vec![guard.host()];
            it.info.stage = SignInStage::Named;
            it.info.problem = None;
            it.guard = guard;
        }
        Ok(None)
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

    pub(super) fn way_to_guard(
        &self,
        origin: &Origin,
        path: &str,
        kept: &Kept,
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
            path: kept.path.clone().unwrap_or_else(|| path.to_owned()),
            is_hidden: kept.path.is_some(),
        })
    }
}

pub(super) fn at(transport: &ToolTransport) -> Result<(&Origin, &str, Option<&str>), Error> {
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
