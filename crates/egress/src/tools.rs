//! What is said to a server of tools over HTTP: messages of the Model Context Protocol, at the very
//! address a person typed.

use fluxchat_model::{Dialect, Origin, Secret};
use http::{HeaderName, HeaderValue, Method};

use crate::origin::{Typed, typed};
use crate::{BaseUrlError, EgressError, Target, Warning};

const LONGEST_HEADER: usize = 4 << 10;

/// What is done at that address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// A message goes there.
    Message,
    /// An answer that broke off is gone on with.
    Resume,
    /// The session ends.
    End,
    /// Where one signs in to it is read.
    Metadata,
    /// This app is made known where one signs in.
    Register,
    /// A permit is asked for, or a new one in the place of an old one.
    Token,
    /// A permit is given back.
    Revoke,
}

impl Exchange {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Message => "tools.message",
            Self::Resume => "tools.resume",
            Self::End => "tools.end",
            Self::Metadata => "tools.sign_in.find",
            Self::Register => "tools.sign_in.register",
            Self::Token => "tools.sign_in.token",
            Self::Revoke => "tools.sign_in.revoke",
        }
    }

    pub(crate) fn method(self) -> Method {
        match self {
            Self::Message | Self::Register | Self::Token | Self::Revoke => Method::POST,
            Self::Resume | Self::Metadata => Method::GET,
            Self::End => Method::DELETE,
        }
    }
}

/// The headers that the protocol has of its own; no others go with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeHeaders(Vec<(HeaderName, HeaderValue)>);

impl ExchangeHeaders {
    /// With one more.
    ///
    /// # Errors
    /// When it is none of the protocol, or too long.
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Result<Self, EgressError> {
        let is_its = name.as_str().starts_with("mcp-") || name.as_str() == "last-event-id";
        if !is_its || value.len() > LONGEST_HEADER {
            return Err(EgressError::InvalidParameter);
        }
        self.0.push((name, value));
        Ok(self)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.0.iter()
    }
}

/// The header that a server wants its key in. `None` for those that say something else.
#[must_use]
pub fn key_header(name: &str) -> Option<HeaderName> {
    const TAKEN: &[&str] = &[
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "last-event-id",
        "origin",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-fluxchat-training-allowed",
        "x-request-id",
    ];
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    let text = name.as_str();
    let is_taken = TAKEN.contains(&text) || text.starts_with("mcp-") || text.starts_with("proxy-");
    (!is_taken && text.len() <= 64).then_some(name)
}

/// The address of a server of tools.
#[derive(Clone, Debug)]
pub struct ToolUrl {
    /// Scheme, host and port.
    pub origin: Origin,
    /// As it was typed: with or without a `/` at its end are two addresses.
    pub path: String,
    /// What stood after the `?`. Some servers have their key there, so it is one.
    pub query: Option<Secret<String>>,
    /// What the person should know.
    pub warning: Option<Warning>,
}

/// Reads the address of a server of tools as a person types it, by the rules of
/// [`crate::parse_base_url`].
///
/// # Errors
/// When it cannot be used; each error says what to change.
pub fn parse_tool_url(text: &str) -> Result<ToolUrl, BaseUrlError> {
    let (text, query) = match text.split_once('?') {
        Some((_, query)) if query.contains('#') => return Err(BaseUrlError::Fragment),
        Some((text, query)) => (text, Some(query.trim()).filter(|it| !it.is_empty())),
        None => (text, None),
    };
    if query.is_some_and(|it| it.contains(|c: char| c.is_whitespace() || c.is_control())) {
        return Err(BaseUrlError::NotAnAddress);
    }
    let Typed {
        url,
        origin,
        warning,
    } = typed(text)?;
    Ok(ToolUrl {
        origin,
        path: url.path().to_owned(),
        query: query.map(|query| Secret::new(query.to_owned())),
        warning,
    })
}

impl Target {
    /// The address of a server of tools; it may be loopback or private.
    #[must_use]
    pub fn tools(origin: Origin, path: &str) -> Self {
        // It keeps the rules of every source that is not the Fluxchat service.
        Self::remote(origin, path, Dialect::Openai)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Endpoint};

    #[test]
    fn the_address_is_the_one_that_was_typed() {
        for (text, want) in [
            ("https://x.example/mcp", "https://x.example/mcp"),
            ("https://x.example/mcp/", "https://x.example/mcp/"),
            ("https://x.example", "https://x.example/"),
            ("https://x.example/models", "https://x.example/models"),
            ("https://x.example/a%2Fb/./c", "https://x.example/a%2Fb/c"),
            ("127.0.0.1:3001/mcp", "http://127.0.0.1:3001/mcp"),
        ] {
            let found = parse_tool_url(text).unwrap();
            let call = Call::Tools {
                what: Exchange::Message,
                headers: ExchangeHeaders::default(),
            };
            let endpoint = Endpoint::new(call, Target::tools(found.origin, &found.path));
            assert_eq!(endpoint.uri().unwrap().to_string(), want);
        }
        for (text, code) in [
            ("http://x.example/mcp", "insecure_origin"),
            ("http://169.254.169.254/mcp", "url_unusable_host"),
            ("https://x.example/mcp?key=1#a", "url_fragment"),
            ("https://x.example/mcp?key=1 2", "url_invalid"),
            ("https://me:pw@x.example/mcp", "url_userinfo"),
            ("file:///etc/passwd", "url_scheme"),
        ] {
            assert_eq!(parse_tool_url(text).unwrap_err().code(), code, "{text}");
        }
    }

    #[test]
    fn what_follows_the_question_mark_is_a_secret() {
        let found = parse_tool_url("https://x.example/mcp?key=a%20b").unwrap();
        assert_eq!(found.path, "/mcp");
        assert_eq!(found.query.as_ref().unwrap().expose(), "key=a%20b");
        assert!(!format!("{found:?}").contains("a%20b"));
        let without = parse_tool_url("https://x.example/mcp?").unwrap();
        assert!(without.query.is_none());
    }

    #[test]
    fn only_headers_of_the_protocol_go_along() {
        let with = |name: &'static str, value: &str| {
            ExchangeHeaders::default().with(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        assert!(with("mcp-session-id", "a").is_ok() && with("last-event-id", "a").is_ok());
        assert!(with("authorization", "a").is_err());
        assert!(with("mcp-session-id", &"x".repeat(LONGEST_HEADER + 1)).is_err());
        assert!(key_header("X-Api-Key").is_some() && key_header("authorization").is_some());
        for bad in ["Host", "mcp-session-id", "a b", "", "Proxy-Authorization"] {
            assert_eq!(key_header(bad), None, "{bad}");
        }
    }
}
