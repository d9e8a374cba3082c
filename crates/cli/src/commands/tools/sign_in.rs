//! Signing in to a server of tools, and out.

use std::io::IsTerminal as _;

use fluxchat_core::{App, Error, SignedOut};
use fluxchat_model::Secret;
use serde_json::json;

use super::{is_yes, typed};
use crate::output::{Failure, Out, plain};

/// What became of a permit.
pub(super) fn given_back(told: SignedOut) -> &'static str {
    match told {
        SignedOut::Revoked => "Signed out: the permit was taken back and is deleted.",
        SignedOut::NoPlace => {
            "Signed out: the permit is deleted here. Who gave it has no way to take it back."
        }
        SignedOut::Failed => {
            "Signed out: the permit is deleted here. Who gave it could not be told, so it may be good until its time is over."
        }
    }
}

/// What the place to sign in knows this app by.
pub(super) type Client = (String, Option<Secret<String>>);

pub(super) async fn login(
    app: &App,
    name: &str,
    no_browser: bool,
    client: Option<Client>,
    out: &Out,
) -> Result<(), Failure> {
    let server = app.tool_server_named(name).await?;
    let mut named = app.sign_in_find(server.id, client).await?;
    let page = loop {
        if !named.unanswered.is_empty() {
            let silent = plain(&named.unanswered.join(", "));
            out.note(&format!("{silent} did not answer."));
        }
        out.note(&format!(
            "You sign in at {}.",
            plain(&named.hosts.join(", "))
        ));
        if !named.scopes.is_empty() {
            let scopes = plain(&named.scopes.join(", "));
            out.note(&format!("It is asked to allow: {scopes}."));
        }
        if std::io::stdin().is_terminal() {
            out.note("Go on? [y]es, anything else ends it");
            if !is_yes(&typed().await?) {
                app.sign_in_cancel(server.id)?;
                return Err(Failure::not_confirmed(
                    "The sign-in was not begun.",
                    "Run it again, if you want to sign in.",
                ));
            }
        }
        match app.sign_in_open(server.id).await? {
            Some(page) => break page,
            None => {
                let servers = app.tools().await?.servers;
                let found = servers.into_iter().find(|it| it.id == server.id);
                named = found
                    .and_then(|it| it.sign_in)
                    .ok_or(Error::NotFound("sign-in"))?;
            }
        }
    };
    out.note(&format!("Open this address:\n{}", plain(&page.address)));
    if !no_browser && open::that_detached(&page.address).is_err() {
        out.note("No browser could be opened.");
    }
    page.finished().await?;
    out.answer(&json!({ "id": server.id, "signed_in": true }), |_| {
        format!("Signed in to {}.\n", plain(&server.name))
    });
    Ok(())
}
