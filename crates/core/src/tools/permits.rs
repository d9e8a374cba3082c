//! Permits of servers of tools: kept with the keys, renewed where their time is over, and given
//! back where they go. What goes is deleted here first; nothing waits for a network to be deleted.

use fluxchat_egress::{Credential, EgressError};
use fluxchat_mcp::{Guarded, McpError, Permit, SignInError};
use fluxchat_model::{ConversationId, Origin, SignedIn, Timestamp, ToolServer, ToolServerId};

use super::kept::Kept;
use super::servers::{refused, write_signed_in};
use super::sign_in::at;
use crate::app::Open;
use crate::{App, Error, Event};

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

/// A permit that is kept nowhere any more, and the way to who gave it.
pub(crate) struct Returning {
    guarded: Guarded,
    permit: Permit,
}

impl Returning {
    /// Tells who gave it.
    pub(super) async fn told(self) -> SignedOut {
        match self.guarded.revoke(&self.permit).await {
            Ok(true) => SignedOut::Revoked,
            Ok(false) => SignedOut::NoPlace,
            Err(error) => {
                tracing::warn!(name: "tools.not_revoked", code = error.code());
                SignedOut::Failed
            }
        }
    }

    /// The same, while nobody waits for it but the end of the app, for a moment.
    pub(crate) fn tell_later(self, open: &Open) {
        open.tasks.spawn(async move {
            self.told().await;
        });
    }
}

impl App {
    /// Gives a permit back and deletes it. Deleted it is whatever who gave it says.
    ///
    /// # Errors
    /// When it cannot be deleted here.
    pub async fn sign_out(&self, id: ToolServerId) -> Result<Option<SignedOut>, Error> {
        let server = self.tool_server(id).await?;
        let open = self.open()?;
        open.tools.signing.forget(id);
        open.tools.signing.wants_no_more(id);
        let returning = self.take_permit(&server).await?;
        self.set_signed_in(id, None).await?;
        self.tell(Event::ToolsChanged);
        Ok(match returning {
            Some(returning) => Some(returning.told().await),
            None => None,
        })
    }

    /// Deletes the permit of a server from where it is kept.
    pub(super) async fn take_permit(
        &self,
        server: &ToolServer,
    ) -> Result<Option<Returning>, Error> {
        let server = server.clone();
        self.off_thread(move |app| {
            let Ok((origin, path, _)) = at(&server.transport) else {
                return Ok(None);
            };
            let before = app.change_kept(server.id, origin, |kept| {
                let before = kept.clone();
                kept.permit = None;
                Ok(before)
            })?;
            app.returning(origin, path, before)
        })
        .await
    }

    /// The permit of a server, and the way to who gave it. It is still kept.
    pub(super) fn permit_of(&self, server: &ToolServer) -> Result<Option<Returning>, Error> {
        let Ok((origin, path, _)) = at(&server.transport) else {
            return Ok(None);
        };
        let kept = self.kept_secret(server.id, origin)?;
        self.returning(origin, path, kept)
    }

    fn returning(
        &self,
        origin: &Origin,
        path: &str,
        kept: Kept,
    ) -> Result<Option<Returning>, Error> {
        let guarded = self.way_to_guard(origin, path, &kept, None)?;
        let Some(permit) = kept.permit else {
            return Ok(None);
        };
        Ok(Some(Returning { guarded, permit }))
    }

    /// Holds the permits of all servers, for who gave them when all is gone.
    pub(crate) async fn hold_permits(&self) -> Result<(), Error> {
        self.off_thread(|app| {
            let open = app.open()?;
            let servers = open.store.read(|tx| tx.tool_servers())?;
            let held = servers.iter();
            // What cannot be read is deleted all the same.
            let held = held.filter_map(|server| app.permit_of(server).ok().flatten());
            open.tools.hold(held.collect());
            Ok(())
        })
        .await
    }

    /// Keeps what somebody got who signed in. What they had before is given back.
    pub(super) async fn signed_in_with(
        &self,
        id: ToolServerId,
        guarded: Guarded,
        permit: Permit,
    ) -> Result<(), Error> {
        // It may have been sent elsewhere meanwhile.
        let server = self.tool_server(id).await?;
        let origin = guarded.origin.clone();
        if at(&server.transport)?.0 != &origin {
            return Err(Error::NotFound("tool"));
        }
        let signed_in = signed_in(&permit);
        let before = self.off_thread(move |app| {
            let store = &app.open()?.store;
            app.change_kept(id, &origin, |kept| {
                if store.read(|tx| tx.tool_server(id))?.is_none() {
                    return Err(Error::NotFound("server of tools"));
                }
                let before = kept.permit.take();
                // Where the app is known by the same name, the old one may be a part of the new one.
                let before = before.filter(|it| !it.is_of_same_client(&permit));
                kept.permit = Some(permit);
                Ok(before)
            })
        });
        let before = before.await?;
        self.set_signed_in(id, Some(signed_in)).await?;
        let open = self.open()?;
        open.tools.signing.wants_no_more(id);
        if let Some(permit) = before {
            Returning { guarded, permit }.tell_later(&open);
        }
        Ok(())
    }

    /// What goes along with a message, renewed where its time is over.
    pub(super) async fn shown_to(
        &self,
        server: &ToolServer,
        conversation: Option<ConversationId>,
    ) -> Result<Option<Credential>, Error> {
        let (origin, _, header) = at(&server.transport)?;
        let mut kept = self.kept_of(server.id, origin).await?;
        if server.transport.hides_path() && kept.path.is_none() {
            return Err(refused(McpError::KeyWanted));
        }
        let now = self.now().0;
        if kept.permit.as_ref().is_some_and(|it| it.is_over(now)) {
            kept = self.renewed(server, false, conversation).await?;
        }
        Ok(kept.credential(origin, header))
    }

    /// With a new permit. `refused_it`: the server does not take the one there is. This is gone on
    /// with where nobody waits for it any more: who gives the new one takes the old one for spent.
    pub(super) async fn renewed(
        &self,
        server: &ToolServer,
        refused_it: bool,
        conversation: Option<ConversationId>,
    ) -> Result<Kept, Error> {
        let (app, server) = (self.clone(), server.clone());
        let renewing = async move { app.renew(&server, refused_it, conversation).await };
        let renewing = self.open()?.tasks.spawn(renewing).await;
        renewing.unwrap_or_else(|_| Err(EgressError::Cancelled.into()))
    }

    async fn renew(
        &self,
        server: &ToolServer,
        refused_it: bool,
        conversation: Option<ConversationId>,
    ) -> Result<Kept, Error> {
        let open = self.open()?;
        let (id, now) = (server.id, self.now().0);
        let _turn = open.tools.signing.renewing.take(id).await;
        let (origin, path, _) = at(&server.transport)?;
        let kept = self.kept_of(id, origin).await?;
        let Some(permit) = &kept.permit else {
            return Err(refused(SignInError::Over.into()));
        };
        if !refused_it && !permit.is_over(now) {
            return Ok(kept);
        }
        let guarded = self.way_to_guard(origin, path, &kept, conversation)?;
        let permit = match guarded.renew(permit, now).await {
            Ok(permit) => Some(permit),
            Err(McpError::SignIn(SignInError::Over)) => None,
            Err(error) => return Err(refused(error)),
        };
        let (new, old, to) = (permit.clone(), kept.permit, origin.clone());
        let put = self.off_thread(move |app| {
            let store = &app.open()?.store;
            app.change_kept(id, &to, |kept| {
                // They signed out meanwhile, or in anew.
                if kept.permit != old {
                    return Ok(None);
                }
                let is_in = new.as_ref().map(signed_in);
                store.write(|tx| write_signed_in(tx, id, is_in))?;
                kept.permit = new;
                Ok(Some(kept.clone()))
            })
        });
        let put = put.await?;
        self.tell(Event::ToolsChanged);
        match (put, permit) {
            (Some(kept), Some(_)) => {
                open.tools.is_signed_in(id);
                Ok(kept)
            }
            (None, Some(permit)) => {
                Returning { guarded, permit }.tell_later(&open);
                Err(refused(SignInError::Over.into()))
            }
            (_, None) => Err(refused(SignInError::Over.into())),
        }
    }

    pub(super) async fn kept_of(&self, id: ToolServerId, origin: &Origin) -> Result<Kept, Error> {
        let origin = origin.clone();
        self.off_thread(move |app| app.kept_secret(id, &origin))
            .await
    }
}

fn signed_in(permit: &Permit) -> SignedIn {
    SignedIn {
        host: permit.host(),
        until: permit.ends_at().map(Timestamp),
    }
}
