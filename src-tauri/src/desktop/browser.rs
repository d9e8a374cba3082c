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

fn may_open(address: &str) -> bool {
    let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    plain && (address.starts_with("https://") || address.starts_with("mailto:"))
}

#[cfg(test)]
mod tests {
    use super::may_open;

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
