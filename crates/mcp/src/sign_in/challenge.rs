//! What a server says when it does not let somebody in, or lets them do less than they ask for.

const MOST_SCOPES: usize = 64;
const LONGEST_SCOPE: usize = 256;

/// What a server says when it refuses somebody who is not signed in, or not for enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    pub(super) metadata: Option<String>,
    pub(super) scopes: Vec<String>,
    error: Option<String>,
}

impl Challenge {
    /// Reads the header `WWW-Authenticate`.
    pub(crate) fn read(header: &str) -> Self {
        let scope = parameter(header, "scope").unwrap_or_default();
        Self {
            metadata: parameter(header, "resource_metadata"),
            scopes: plain(scope.split_ascii_whitespace()),
            error: parameter(header, "error"),
        }
    }

    /// What it wants to be allowed, as far as it says.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether it refused because that was not allowed (RFC 6750, 3.1).
    pub(crate) fn wants_more(&self) -> bool {
        self.error.as_deref() == Some("insufficient_scope")
    }
}

/// Those that are written as a scope may be (RFC 6749, 3.3): nothing in them hides anything.
pub(super) fn plain<'a>(scopes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_one = |scope: &&str| {
        let is_written = |c: u8| c.is_ascii_graphic() && c != b'"' && c != b'\\';
        !scope.is_empty() && scope.len() <= LONGEST_SCOPE && scope.bytes().all(is_written)
    };
    let mut found: Vec<String> = Vec::new();
    for scope in scopes.filter(is_one) {
        if found.len() < MOST_SCOPES && found.iter().all(|it| it != scope) {
            found.push(scope.to_owned());
        }
    }
    found
}

/// The value of a parameter of a challenge (RFC 9110, 11.2).
fn parameter(header: &str, name: &str) -> Option<String> {
    let lower = header.to_ascii_lowercase();
    let at = lower.match_indices(name).find_map(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let rest = header[at + name.len()..].trim_start();
        let is_whole = before.is_none_or(|c| c == ',' || c.is_whitespace());
        rest.strip_prefix('=').filter(|_| is_whole)
    })?;
    let value = at.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([',', ' ']).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read() {
        let read = Challenge::read(
            r#"Bearer error="invalid_token", resource_metadata="https://x.example/a", scope="a b""#,
        );
        assert_eq!(read.metadata.as_deref(), Some("https://x.example/a"));
        assert_eq!(read.scopes, ["a", "b"]);
        assert!(!read.wants_more());
        let bare = Challenge::read("Bearer resource_metadata=https://x.example/a,scope=a");
        assert_eq!(bare.metadata.as_deref(), Some("https://x.example/a"));
        assert_eq!(bare.scopes, ["a"]);
        for other in ["", "Bearer", "Bearer x_scope=\"a\"", "Basic realm=\"x\""] {
            assert_eq!(Challenge::read(other), Challenge::default(), "{other}");
        }
    }

    #[test]
    fn what_more_is_wanted_is_named_and_hides_nothing() {
        let more = |header: &str| {
            let read = Challenge::read(header);
            assert!(read.wants_more(), "{header}");
            read.scopes
        };
        let said = r#"Bearer error="insufficient_scope", scope="files:write a a", error_description="more""#;
        assert_eq!(more(said), ["files:write", "a"]);
        let hidden = "Bearer error=\"insufficient_scope\", scope=\"ok fi\u{202e}les \u{7}\"";
        assert_eq!(more(hidden), ["ok"]);
        assert_eq!(more("Bearer error=\"insufficient_scope\""), [""; 0]);
        let long = "x".repeat(LONGEST_SCOPE + 1);
        let many: Vec<String> = (0..200).map(|it| format!("s{it}")).collect();
        let said = format!(
            "Bearer error=insufficient_scope, scope=\"{long} {}\"",
            many.join(" ")
        );
        assert_eq!(more(&said), many[..MOST_SCOPES]);
    }
}
