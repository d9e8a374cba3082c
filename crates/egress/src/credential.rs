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
    /// A header that a server of tools has of its own for it.
    named: Option<HeaderName>,
    secret: Secret<String>,
}

impl Credential {
    /// Binds a key to an origin.
    #[must_use]
    pub fn new(origin: Origin, kind: HeaderKind, secret: Secret<String>) -> Self {
        Self {
            origin,
            kind,
            named: None,
            secret,
        }
    }

    /// In a header of this name, as it is; see [`crate::key_header`].
    #[must_use]
    pub fn in_header(mut self, name: HeaderName) -> Self {
        self.named = Some(name);
        self
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
        let (name, text) = match (&self.named, self.kind) {
            (Some(name), _) => (name.clone(), Secret::new(secret.to_owned())),
            (None, HeaderKind::Bearer) => (
                header::AUTHORIZATION,
                Secret::new(format!("Bearer {secret}")),
            ),
            (None, HeaderKind::XApiKey) => (
                HeaderName::from_static("x-api-key"),
                Secret::new(secret.to_owned()),
            ),
            (None, HeaderKind::ApiKey) => (
                HeaderName::from_static("api-key"),
                Secret::new(secret.to_owned()),
            ),
            (None, HeaderKind::XGoogApiKey) => (
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
