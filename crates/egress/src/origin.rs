//! What a person may type as the address of a server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fluxchat_model::Origin;
use url::{Host, Url};

/// Where a host is, as far as its name or number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostClass {
    /// This computer.
    Loopback,
    /// A private network: RFC 1918, shared address space (RFC 6598), unique local (RFC 4193).
    Private,
    /// A name that means something only in this network: `nas`, `nas.local`, `box.home.arpa`.
    LocalName,
    /// Everything else.
    Public,
    /// Link-local, unspecified, multicast, broadcast: nothing to talk to. Link-local is where
    /// cloud machines keep their metadata service.
    Unusable,
}

/// The class of an address.
pub(crate) fn address_class(address: IpAddr) -> HostClass {
    match address {
        IpAddr::V4(v4) => v4_class(v4),
        IpAddr::V6(v6) => v6_class(v6),
    }
}

fn v4_class(v4: Ipv4Addr) -> HostClass {
    let [a, b, ..] = v4.octets();
    if v4.is_loopback() {
        HostClass::Loopback
    } else if v4.is_private() || (a == 100 && (64..128).contains(&b)) {
        HostClass::Private
    } else if v4.is_link_local() || a == 0 || v4.is_multicast() || v4.is_broadcast() {
        HostClass::Unusable
    } else {
        HostClass::Public
    }
}

fn v6_class(v6: Ipv6Addr) -> HostClass {
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4_class(v4);
    }
    if v6.is_loopback() {
        HostClass::Loopback
    } else if v6.is_unique_local() {
        HostClass::Private
    } else if v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast() {
        HostClass::Unusable
    } else {
        HostClass::Public
    }
}

/// The class of a host as it stands in an [`Origin`] (IPv6 in brackets).
#[must_use]
pub fn host_class(host: &str) -> HostClass {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address_class(address);
    }
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    let local = [".local", ".lan", ".internal", ".home", ".home.arpa"];
    if name == "localhost" || name.ends_with(".localhost") {
        HostClass::Loopback
    } else if !name.contains('.') || local.iter().any(|suffix| name.ends_with(suffix)) {
        HostClass::LocalName
    } else {
        HostClass::Public
    }
}

/// Something to tell the person, though the address can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Unencrypted, to another machine.
    #[error(
        "The connection is not encrypted: everybody in this network can read what you send, the key included."
    )]
    Unencrypted,
    /// A whole call was pasted; its end was cut off.
    #[error("The end of the address was cut off: the base address ends before /chat/completions.")]
    CallRemoved,
    /// There is no path.
    #[error("Most servers want /v1 at the end of the address. Add it if no models are found.")]
    NoPath,
}

impl Warning {
    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unencrypted => "unencrypted",
            Self::CallRemoved => "call_removed",
            Self::NoPath => "no_path",
        }
    }
}

/// An address that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Scheme, host and port.
    pub origin: Origin,
    /// What every call starts with, such as `/v1`; never ends in `/`, may be empty.
    pub base_path: String,
    /// What the person should know; the gravest where there are several.
    pub warning: Option<Warning>,
}

/// Why an address cannot be used, in a sentence a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Nothing was typed.
    #[error("Enter the address of the server, for example https://api.example.com/v1.")]
    Empty,
    /// Not an address.
    #[error(
        "This is not an address. It should look like https://api.example.com/v1 or http://localhost:11434/v1."
    )]
    NotAnAddress,
    /// Another scheme.
    #[error("Only addresses that begin with https:// or http:// can be used.")]
    Scheme,
    /// A name or password inside.
    #[error("Remove the name and password from the address; enter the key in its own field.")]
    UserInfo,
    /// `?…`
    #[error(
        "Remove everything from the question mark on; keys and settings do not belong in the address."
    )]
    Query,
    /// `#…`
    #[error("Remove everything from the # on.")]
    Fragment,
    /// Unencrypted to a public host.
    #[error(
        "{host} is not in your own network, so the connection must be encrypted. Use https:// instead of http://."
    )]
    Unencrypted {
        /// The host.
        host: String,
    },
    /// Link-local, unspecified, multicast.
    #[error("{host} is not an address to connect to. For this computer use 127.0.0.1.")]
    Unusable {
        /// The host.
        host: String,
    },
}

impl BaseUrlError {
    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "url_empty",
            Self::NotAnAddress => "url_invalid",
            Self::Scheme => "url_scheme",
            Self::UserInfo => "url_userinfo",
            Self::Query => "url_query",
            Self::Fragment => "url_fragment",
            Self::Unencrypted { .. } => "insecure_origin",
            Self::Unusable { .. } => "url_unusable_host",
        }
    }
}

/// An address that was typed, by the rules that hold for all.
pub(crate) struct Typed {
    pub(crate) url: Url,
    pub(crate) origin: Origin,
    pub(crate) warning: Option<Warning>,
}

/// Reads the address of a server as a person types it. Without a scheme it is `https`, on this
/// computer and in the own network `http`.
///
/// # Errors
/// When it cannot be used; each error says what to change.
pub fn parse_base_url(text: &str) -> Result<BaseUrl, BaseUrlError> {
    let Typed {
        url,
        origin,
        warning,
    } = typed(text)?;
    let calls = ["/chat/completions", "/completions", "/models"];
    let whole = url.path().trim_end_matches('/');
    let mut path = whole;
    // All of them: an address that is read again stays as it is.
    while let Some(cut) = calls.iter().find_map(|call| path.strip_suffix(call)) {
        path = cut.trim_end_matches('/');
    }
    let base_path = path.to_owned();
    let warning = if warning.is_some() {
        warning
    } else if path != whole {
        Some(Warning::CallRemoved)
    } else if base_path.is_empty() {
        Some(Warning::NoPath)
    } else {
        None
    };
    Ok(BaseUrl {
        origin,
        base_path,
        warning,
    })
}

pub(crate) fn typed(text: &str) -> Result<Typed, BaseUrlError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BaseUrlError::Empty);
    }
    // The URL standard drops tabs and line ends and turns `\` into `/`; a person who typed them meant something else.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(BaseUrlError::NotAnAddress);
    }
    let url = with_scheme(text)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BaseUrlError::Scheme);
    }
    if text
        .split("://")
        .last()
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .is_some_and(|authority| authority.contains('@'))
    {
        return Err(BaseUrlError::UserInfo);
    }
    if url.query().is_some() {
        return Err(BaseUrlError::Query);
    }
    if url.fragment().is_some() {
        return Err(BaseUrlError::Fragment);
    }
    let host = url.host_str().ok_or(BaseUrlError::NotAnAddress)?;
    let class = host_class(host);
    if class == HostClass::Unusable {
        return Err(BaseUrlError::Unusable {
            host: host.to_owned(),
        });
    }
    let plain = url.scheme() == "http";
    if plain && class == HostClass::Public {
        return Err(BaseUrlError::Unencrypted {
            host: host.to_owned(),
        });
    }
    let port = url
        .port_or_known_default()
        .ok_or(BaseUrlError::NotAnAddress)?;
    let origin = Origin::new(url.scheme(), host, port).map_err(|_| BaseUrlError::NotAnAddress)?;
    let warning = (plain && class != HostClass::Loopback).then_some(Warning::Unencrypted);
    Ok(Typed {
        url,
        origin,
        warning,
    })
}

fn with_scheme(text: &str) -> Result<Url, BaseUrlError> {
    if text.contains("://") {
        return Url::parse(text).map_err(|_| BaseUrlError::NotAnAddress);
    }
    // `javascript:…`, `mailto:…`: a colon followed by no port.
    if let Some((_, rest)) = text.split_once(':')
        && !text.starts_with('[')
        && !rest.starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(BaseUrlError::Scheme);
    }
    let https = Url::parse(&format!("https://{text}")).map_err(|_| BaseUrlError::NotAnAddress)?;
    let local = match https.host() {
        Some(Host::Domain(name)) => host_class(name) == HostClass::Loopback,
        Some(Host::Ipv4(v4)) => matches!(v4_class(v4), HostClass::Loopback | HostClass::Private),
        Some(Host::Ipv6(v6)) => matches!(v6_class(v6), HostClass::Loopback | HostClass::Private),
        None => false,
    };
    if local {
        return Url::parse(&format!("http://{text}")).map_err(|_| BaseUrlError::NotAnAddress);
    }
    Ok(https)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> (String, String, Option<Warning>) {
        let base = parse_base_url(text).unwrap();
        (base.origin.to_string(), base.base_path, base.warning)
    }

    #[test]
    fn what_people_type_is_understood() {
        let v1 = || "/v1".to_owned();
        for (text, origin, path, warning) in [
            (
                "https://api.openai.com/v1",
                "https://api.openai.com:443",
                v1(),
                None,
            ),
            (
                "  https://api.openai.com/v1/ ",
                "https://api.openai.com:443",
                v1(),
                None,
            ),
            (
                "api.openai.com/v1",
                "https://api.openai.com:443",
                v1(),
                None,
            ),
            (
                "HTTPS://API.OpenAI.com/v1//",
                "https://api.openai.com:443",
                v1(),
                None,
            ),
            ("localhost:11434/v1", "http://localhost:11434", v1(), None),
            ("127.0.0.1:8080/v1", "http://127.0.0.1:8080", v1(), None),
            ("[::1]:8080/v1", "http://[::1]:8080", v1(), None),
            ("http://[::1]:8080/v1", "http://[::1]:8080", v1(), None),
            (
                "192.168.1.9:1234/v1",
                "http://192.168.1.9:1234",
                v1(),
                Some(Warning::Unencrypted),
            ),
            (
                "http://nas.local/v1",
                "http://nas.local:80",
                v1(),
                Some(Warning::Unencrypted),
            ),
            (
                "https://api.deepseek.com",
                "https://api.deepseek.com:443",
                String::new(),
                Some(Warning::NoPath),
            ),
            (
                "https://x.example/v1/chat/completions",
                "https://x.example:443",
                v1(),
                Some(Warning::CallRemoved),
            ),
            (
                "https://openrouter.ai/api/v1",
                "https://openrouter.ai:443",
                "/api/v1".to_owned(),
                None,
            ),
        ] {
            assert_eq!(ok(text), (origin.to_owned(), path, warning), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        for (text, code) in [
            ("", "url_empty"),
            ("   ", "url_empty"),
            ("https://", "url_invalid"),
            ("https://a b/v1", "url_invalid"),
            ("https:\\\\evil.example", "url_invalid"),
            ("https://x.example:99999/v1", "url_invalid"),
            ("https://x.example:0/v1", "url_invalid"),
            ("ftp://x.example/v1", "url_scheme"),
            ("file:///etc/passwd", "url_scheme"),
            ("javascript:alert(1)", "url_scheme"),
            ("https://me:pw@x.example/v1", "url_userinfo"),
            ("https://api.openai.com@evil.example/v1", "url_userinfo"),
            ("https://@x.example/v1", "url_userinfo"),
            ("https://x.example/v1?key=abc", "url_query"),
            ("https://x.example/v1#frag", "url_fragment"),
            ("http://api.openai.com/v1", "insecure_origin"),
            ("http://8.8.8.8/v1", "insecure_origin"),
            ("http://169.254.169.254/latest", "url_unusable_host"),
            ("http://0.0.0.0:11434", "url_unusable_host"),
        ] {
            let err = parse_base_url(text).unwrap_err();
            assert_eq!(err.code(), code, "{text}: {err}");
            assert!(!err.to_string().contains("pw"), "no secret in {err}");
        }
    }

    #[test]
    fn numbers_in_disguise_are_seen_through() {
        // The URL standard reads these as 127.0.0.1 and 169.254.169.254.
        assert_eq!(ok("http://2130706433/v1").0, "http://127.0.0.1:80");
        assert_eq!(ok("http://0x7f.1/v1").0, "http://127.0.0.1:80");
        assert_eq!(host_class("[::ffff:127.0.0.1]"), HostClass::Loopback);
        assert_eq!(host_class("[::ffff:a9fe:a9fe]"), HostClass::Unusable);
        assert_eq!(host_class("[fd00::1]"), HostClass::Private);
        assert_eq!(host_class("100.100.1.1"), HostClass::Private);
        assert_eq!(host_class("localhost.evil.example"), HostClass::Public);
    }
}
