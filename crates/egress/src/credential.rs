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
    /// Further headers of a server of tools.
    more: Vec<(HeaderName, Secret<String>)>,
    /// What stands after the `?` of its address.
    query: Option<Secret<String>>,
    /// The path of its address.
    path: Option<Secret<String>>,
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
            more: Vec::new(),
            query: None,
            path: None,
        }
    }

    /// In a header of this name, as it is; see [`crate::key_header`].
    #[must_use]
    pub fn in_header(mut self, name: HeaderName) -> Self {
        self.named = Some(name);
        self
    }

    /// With one more header, as it is; see [`crate::key_header`].
    #[must_use]
    pub fn and_header(mut self, name: HeaderName, value: Secret<String>) -> Self {
        self.more.push((name, value));
        self
    }

    /// With this after the `?` of the address.
    #[must_use]
    pub fn and_query(mut self, query: Secret<String>) -> Self {
        self.query = Some(query);
        self
    }

    /// At this path, in the place of the one of the target.
    #[must_use]
    pub fn and_path(mut self, path: Secret<String>) -> Self {
        self.path = Some(path);
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
        let more = self.more.iter().map(|(_, value)| value);
        let address = self.query.iter().chain(&self.path);
        let all = std::iter::once(&self.secret).chain(more).chain(address);
        all.fold(text.to_owned(), |text, secret| {
            match secret.expose().trim() {
                "" => text,
                secret => text.replace(secret, "[key]"),
            }
        })
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.query.as_ref().map(|query| query.expose().as_str())
    }

    pub(crate) fn path(&self) -> Option<&str> {
        self.path.as_ref().map(|path| path.expose().as_str())
    }

    /// Whether a part of it goes in the address.
    pub(crate) fn is_in_address(&self) -> bool {
        self.query.is_some() || self.path.is_some()
    }

    /// The headers, marked sensitive so that no `Debug` shows them. Without a key there is none
    /// for it.
    pub(crate) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, EgressError> {
        let more = self.more.iter();
        let mut headers = more
            .map(|(name, value)| Ok((name.clone(), sensitive(value.expose().trim())?)))
            .collect::<Result<Vec<_>, EgressError>>()?;
        if !self.secret.expose().trim().is_empty() || headers.is_empty() && !self.is_in_address() {
            headers.push(self.header()?);
        }
        Ok(headers)
    }

    fn header(&self) -> Result<(HeaderName, HeaderValue), EgressError> {
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
        Ok((name, sensitive(text.expose())?))
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, EgressError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| EgressError::CredentialUnusable)?;
    value.set_sensitive(true);
    Ok(value)
}
