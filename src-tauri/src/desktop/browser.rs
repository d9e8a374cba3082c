//! Hands a link to the system's browser or mail program.

use std::io;

/// Opens an address that the core has already found fit to be opened.
///
/// The address is passed as one argument to the system's opener, never through a shell, and
/// only `https:` and `mailto:` pass, whatever the caller believes.
///
/// # Errors
/// `InvalidInput` for any other scheme or for control characters; otherwise what the system says.
pub fn open(address: &str) -> io::Result<()> {
    if !may_open(address) {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    open::that_detached(address)
}

/// Opens the page of a sign-in. One on this computer needs no encryption: nothing leaves it.
///
/// # Errors
/// As [`open`].
pub fn open_sign_in(address: &str) -> io::Result<()> {
    if !may_sign_in(address) {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    open::that_detached(address)
}

fn may_sign_in(address: &str) -> bool {
    is_plain(address) && (address.starts_with("https://") || is_here(address))
}

/// Unencrypted, and on this computer whatever follows the host.
fn is_here(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| {
        authority.strip_prefix(host).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|it| it.parse::<u16>().is_ok())
        })
    })
}

fn may_open(address: &str) -> bool {
    is_plain(address) && (address.starts_with("https://") || address.starts_with("mailto:"))
}

fn is_plain(address: &str) -> bool {
    !address.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::{may_open, may_sign_in};

    #[test]
    fn a_sign_in_is_opened_encrypted_or_on_this_computer() {
        let good = [
            "https://login.example/authorize?state=a",
            "http://127.0.0.1:8080/authorize?state=a",
            "http://localhost/authorize",
            "http://[::1]:1?a",
        ];
        for good in good {
            assert!(may_sign_in(good), "{good} is a page to sign in on");
        }
        let bad = [
            "http://login.example/authorize",
            "http://127.0.0.1.example/",
            "http://127.0.0.1@example.org/",
            "http://127.0.0.1:80@example.org/",
            "http://localhost.example/",
            "http://127.0.0.1\\@example.org/",
            "mailto:a@example.org",
            "file:///etc/passwd",
            "https://login.example/ --flag",
        ];
        for bad in bad {
            assert!(!may_sign_in(bad), "{bad:?} is none");
        }
    }

    #[test]
    fn only_the_web_and_mail_are_opened() {
        for good in ["https://example.org/a?b#c", "mailto:a@example.org"] {
            assert!(may_open(good), "{good} is a page or a mail address");
        }
        let bad = [
            "http://example.org",
            "HTTPS://example.org",
            "file:///etc/passwd",
            "smb://host/share",
            "javascript:alert(1)",
            "fluxchat://settings",
            "https://example.org/\n--flag",
            "https://example.org/ --flag",
            "--help",
            "",
        ];
        for address in bad {
            assert!(
                !may_open(address),
                "{address:?} must not reach the system's opener"
            );
        }
    }
}
