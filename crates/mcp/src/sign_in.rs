//! Signing in to a server of tools by OAuth 2.1, as its protocol asks for: who guards it is read
//! from what it says itself, and every request goes through the one door. Nothing here opens a
//! page or listens for one; and nothing is sent to a place that was not named before.

mod ask;
mod challenge;
mod guard;
mod permit;

use fluxchat_egress::{Ctx, Door};
use fluxchat_model::Origin;

use crate::McpError;

pub use challenge::Challenge;
pub use guard::{Gates, Guard};
pub use permit::{Begun, Known, Permit};

/// Why nobody could be signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// It answers without one.
    #[error("The server of tools wants no sign-in.")]
    NotWanted,
    /// It does not say where.
    #[error("The server of tools does not say where to sign in.")]
    Unknown,
    /// What it says leads to a place that is not its own, or not encrypted.
    #[error("What the server of tools says about its sign-in leads to a place that is refused.")]
    Elsewhere,
    /// The place calls itself by another name.
    #[error("The place to sign in calls itself by another name than the server of tools does.")]
    Issuer,
    /// It does not protect the sign-in.
    #[error("The place to sign in does not protect it as it must (PKCE with S256).")]
    Unprotected,
    /// It takes no app it does not know.
    #[error("The place to sign in does not take apps it does not know. It wants a client id.")]
    ClientWanted,
    /// The person, or the place, said no.
    #[error("The sign-in was denied.")]
    Denied,
    /// The place did not accept what was sent.
    #[error("The place to sign in refused.")]
    Refused,
    /// A permit ended and cannot be renewed.
    #[error("The sign-in has ended.")]
    Over,
}

impl SignInError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotWanted => "sign_in_not_wanted",
            Self::Unknown => "sign_in_unknown",
            Self::Elsewhere => "sign_in_elsewhere",
            Self::Issuer => "sign_in_issuer",
            Self::Unprotected => "sign_in_unprotected",
            Self::ClientWanted => "sign_in_client_wanted",
            Self::Denied => "sign_in_denied",
            Self::Refused => "sign_in_refused",
            Self::Over => "sign_in_over",
        }
    }
}

impl From<SignInError> for McpError {
    fn from(error: SignInError) -> Self {
        Self::SignIn(error)
    }
}

/// The way to a server and to who guards it.
#[derive(Clone)]
pub struct Guarded {
    /// The way there.
    pub door: Door,
    /// On whose behalf it is asked.
    pub ctx: Ctx,
    /// Where the server is.
    pub origin: Origin,
    /// And at which path.
    pub path: String,
    /// Whether that path is a secret between the server and the person: nobody else hears of it.
    pub is_hidden: bool,
}

impl Guarded {
    /// What the server is called where one signs in, and in the address of that page.
    fn named(&self, resource: String) -> String {
        if self.is_hidden {
            written(&self.origin)
        } else {
            resource
        }
    }
}

/// Without a port that goes without saying.
fn written(origin: &Origin) -> String {
    format!("{}://{}", origin.scheme(), origin.authority())
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}
