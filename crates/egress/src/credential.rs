use fluxchat_model::{Origin, Secret};
use http::{HeaderName, HeaderValue, header};

use crate::EgressError;

/// How a server wants its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderKind {
    /// `Authorization: Bearer …`
    Bearer,
    /// `x-api-key: …`
    XApiKey,
    /// `api-key: …` (Azure)
    ApiKey,
    /// `x-goog-api-key: …`
    XGoogApiKey,
}

/// A key and the one origin it is for.
#[derive(Clone, Debug)]
pub struct Credential {
    origin: Origin,
    kind: HeaderKind,
    secret: Secret<String>,
}

impl Credential {
    /// Binds a key to an origin.
    #[must_use]
    pub fn new(origin: Origin, kind: HeaderKind, secret: Secret<String>) -> Self {
        Self {
            origin,
            kind,
            secret,
        }
    }

    /// The origin it is for.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Replaces every occurrence of the key in a text that somebody else wrote, such as an error
    /// that repeats it.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let secret = self.secret.expose().trim();
        if secret.is_empty() {
            text.to_owned()
        } else {
            text.replace(secret, "[key]")
        }
    }

    /// The header, marked sensitive so that no `Debug` shows it.
    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), EgressError> {
        let secret = self.secret.expose().trim();
        let (name, text) = match self.kind {
            HeaderKind::Bearer => (
                header::AUTHORIZATION,
                Secret::new(format!("Bearer {secret}")),
            ),
            HeaderKind::XApiKey => (
                HeaderName::from_static("x-api-key"),
                Secret::new(secret.to_owned()),
            ),
            HeaderKind::ApiKey => (
                HeaderName::from_static("api-key"),
                Secret::new(secret.to_owned()),
            ),
            HeaderKind::XGoogApiKey => (
                HeaderName::from_static("x-goog-api-key"),
                Secret::new(secret.to_owned()),
            ),
        };
        let mut value =
            HeaderValue::from_str(text.expose()).map_err(|_| EgressError::CredentialUnusable)?;
        value.set_sensitive(true);
        Ok((name, value))
    }
}
