//! What a link may lead to, and how its target is shown.

use unicode_script::{Script, UnicodeScript as _};
use unicode_security::{GeneralSecurityProfile as _, skeleton};
use url::{Host, Url};

use crate::block::LinkKind;
use crate::scrub::scrub_short;

/// Longest target that is a link, in bytes; browsers and mail programs cut earlier.
const MAX_URL: usize = 4_096;
/// Longest `display`, in characters.
const MAX_DISPLAY: usize = 300;

/// Where a link or image leads. Stays in the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// The address to open, normalised.
    pub url: String,
    /// As in [`Inline::Link`](crate::Inline::Link).
    pub host: String,
    /// As in [`Inline::Link`](crate::Inline::Link).
    pub display: String,
    /// Never [`LinkKind::Blocked`].
    pub kind: LinkKind,
}

/// Judges a link destination from Markdown. `None` when it is not to be a link.
pub(crate) fn resolve(destination: &str) -> Option<LinkTarget> {
    let destination = destination.trim_matches([' ', '\t', '\n', '\r']);
    // The URL parser would drop tabs and line ends inside a scheme; nobody honest writes them.
    if destination.len() > MAX_URL
        || destination
            .chars()
            .any(|c| c.is_control() || c == '\\' || crate::scrub::is_hidden(c))
    {
        return None;
    }
    let (scheme, rest) = destination.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => web(destination, rest, LinkKind::Https),
        "http" => web(destination, rest, LinkKind::Http),
        "mailto" => mail(destination),
        "help" => help(rest),
        _ => None,
    }
}

fn web(destination: &str, rest: &str, kind: LinkKind) -> Option<LinkTarget> {
    if !rest.starts_with("//") || rest.starts_with("///") {
        return None;
    }
    let url = Url::parse(destination).ok()?;
    let scheme = if kind == LinkKind::Https {
        "https"
    } else {
        "http"
    };
    // A name before an @ exists to be mistaken for the host.
    if url.scheme() != scheme || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut host = match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            if name.is_empty() {
                return None;
            }
            display_host(name)
        }
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => format!("[{address}]"),
    };
    if let Some(port) = url.port() {
        host.push(':');
        host.push_str(&port.to_string());
    }
    let mut display = format!("{scheme}://{host}{}", url.path());
    if let Some(query) = url.query() {
        display.push('?');
        display.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        display.push('#');
        display.push_str(fragment);
    }
    Some(LinkTarget {
        display: scrub_short(&display, MAX_DISPLAY),
        url: url.into(),
        host,
        kind,
    })
}

/// Keeps the address and the fields a person sees before sending. Others can attach
/// files or add hidden recipients.
fn mail(destination: &str) -> Option<LinkTarget> {
    let parsed = Url::parse(destination).ok()?;
    let address = parsed.path();
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_+,!#$&'*/=^`{|}~".contains(c);
    if parsed.scheme() != "mailto" || !address.contains('@') || !address.chars().all(plain) {
        return None;
    }
    let mut url = Url::parse(&format!("mailto:{address}")).ok()?;
    let kept: Vec<(String, String)> = parsed
        .query_pairs()
        .filter(|(key, _)| matches!(key.to_ascii_lowercase().as_str(), "subject" | "body" | "cc"))
        .filter(|(_, value)| {
            !value
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\r')
        })
        .map(|(key, value)| (key.to_ascii_lowercase(), value.into_owned()))
        .collect();
    if !kept.is_empty() {
        // Mail programs want %20; `+` would be shown as it is.
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&kept)
            .finish()
            .replace('+', "%20");
        url.set_query(Some(&query));
    }
    Some(LinkTarget {
        host: scrub_short(address, MAX_DISPLAY),
        display: scrub_short(url.as_str(), MAX_DISPLAY),
        url: url.into(),
        kind: LinkKind::Mailto,
    })
}

fn help(topic: &str) -> Option<LinkTarget> {
    let topic = topic.trim_start_matches('/');
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '#' | '.');
    if topic.is_empty() || topic.len() > 200 || topic.contains("..") || !topic.chars().all(valid) {
        return None;
    }
    Some(LinkTarget {
        url: format!("help:{topic}"),
        host: topic.to_owned(),
        display: format!("help:{topic}"),
        kind: LinkKind::Help,
    })
}

/// The form of a host (given in punycode) that a person may judge by eye: its own letters
/// only when no label mixes scripts or reads like an ASCII name.
fn display_host(ascii: &str) -> String {
    if !ascii.contains("xn--") {
        return ascii.to_owned();
    }
    let (unicode, valid) = idna::domain_to_unicode(ascii);
    if valid.is_ok() && unicode.split('.').all(label_is_plain) {
        unicode
    } else {
        ascii.to_owned()
    }
}

fn label_is_plain(label: &str) -> bool {
    if label.is_ascii() {
        return true;
    }
    let allowed = |c: char| c == '-' || c.is_ascii_digit() || c.identifier_allowed();
    label.chars().all(allowed) && is_single_script(label) && !skeleton(label).all(|c| c.is_ascii())
}

fn is_single_script(label: &str) -> bool {
    let mut scripts: Vec<Script> = Vec::new();
    for script in label.chars().map(|c| c.script()) {
        if !matches!(script, Script::Common | Script::Inherited) && !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    const TOGETHER: [&[Script]; 3] = [
        &[Script::Han, Script::Hiragana, Script::Katakana],
        &[Script::Han, Script::Hangul],
        &[Script::Han, Script::Bopomofo],
    ];
    scripts.len() <= 1
        || TOGETHER
            .iter()
            .any(|set| scripts.iter().all(|script| set.contains(script)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_schemes_are_links() {
        let blocked = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox(1)",
            "file:///etc/passwd",
            "smb://host/share",
            "ftp://host/x",
            "fluxchat://settings",
            "fluxblob:abc",
            "tauri://localhost",
            "ms-msdt:/id",
            "//evil.example/x",
            "/etc/passwd",
            "relative.html",
            "#anchor",
            "",
            "https:",
            "https://",
            "https:evil.example",
            "https:///evil.example",
            "https:/\\evil.example",
            "https://good.example\\@evil.example",
            "https://good.example@evil.example/",
            "https://good.example:443@evil.example/",
            "https://exa\u{202e}mple.com",
            "https://exa\u{200b}mple.com",
            "mailto:",
            "mailto:nobody",
            "mailto:a@b.c%0abcc:x@y.z",
            "help:",
            "help:../../x",
            "help:<script>",
            "view-source:https://a.example",
            "blob:https://a.example/1",
        ];
        for destination in blocked {
            assert_eq!(resolve(destination), None, "{destination:?}");
        }
    }

    #[test]
    fn hosts_are_shown_so_that_they_cannot_be_mistaken() {
        let table = [
            (
                "https://example.com/a?b#c",
                "example.com",
                "https://example.com/a?b#c",
            ),
            ("HTTPS://EXAMPLE.com", "example.com", "https://example.com/"),
            (
                "http://localhost:8080/x",
                "localhost:8080",
                "http://localhost:8080/x",
            ),
            ("http://[::1]/", "[::1]", "http://[::1]/"),
            ("http://0x7f.1/", "127.0.0.1", "http://127.0.0.1/"),
            ("https://münchen.de/", "münchen.de", "https://münchen.de/"),
            ("https://例え.jp/", "例え.jp", "https://例え.jp/"),
            ("https://почта.рф/", "почта.рф", "https://почта.рф/"),
            // Cyrillic letters that read "apple" and "paypal".
            (
                "https://аррӏе.com/",
                "xn--80ak6aa92e.com",
                "https://xn--80ak6aa92e.com/",
            ),
            (
                "https://pаypal.com/",
                "xn--pypal-4ve.com",
                "https://xn--pypal-4ve.com/",
            ),
            (
                "https://example.com./",
                "example.com",
                "https://example.com/",
            ),
        ];
        for (destination, host, display) in table {
            let target = resolve(destination).unwrap();
            assert_eq!(target.host, host, "{destination}");
            assert_eq!(target.display, display, "{destination}");
        }
    }

    #[test]
    fn mail_keeps_what_is_seen_before_sending() {
        let target =
            resolve("mailto:a@b.example?subject=Hi%20you&attach=/etc/passwd&bcc=x@y.z").unwrap();
        assert_eq!(target.url, "mailto:a@b.example?subject=Hi%20you");
        assert_eq!(target.host, "a@b.example");
        assert_eq!(
            resolve("help:privacy/ledger").unwrap().host,
            "privacy/ledger"
        );
    }
}
