//! How the window was built, what it is given, and what the process has open.

use std::path::Path;

use fluxchat_markup as markup;
use fluxchat_model::{Law, Verdict};

use super::{Notes, verdict};

/// How the window was built, as the shell tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowFacts {
    /// Its content security policy, as directives joined by `;`.
    pub csp: String,
    /// Calls pass an isolation frame.
    pub isolated: bool,
    /// It keeps nothing of a session.
    pub incognito: bool,
    /// Its developer tools can be opened.
    pub devtools: bool,
    /// Built-in objects cannot be changed by a script, and Tauri's are not global.
    pub frozen: bool,
}

impl WindowFacts {
    /// Whether the policy lets the page reach anything but the core, or run anything but itself.
    fn is_closed(&self) -> bool {
        let mut closed = false;
        for directive in self.csp.split(';') {
            let mut words = directive.split_whitespace();
            let name = words.next().unwrap_or_default();
            if name == "default-src" {
                closed = words.clone().eq(["'none'"]);
            }
            let harmless = |word: &str| {
                matches!(word, "'none'" | "'self'")
                    || word.starts_with("'sha256-")
                    || word.starts_with("'nonce-")
                    || word.starts_with("ipc:")
                    || word.starts_with("fluxblob:")
                    || matches!(word, "http://ipc.localhost" | "http://fluxblob.localhost")
                    || (name == "media-src" && word == "blob:")
            };
            if !words.all(harmless) {
                return false;
            }
        }
        closed
    }
}

/// Answers that try to become more than text.
const HOSTILE: [&str; 10] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "![a](file:///etc/passwd)",
    "<svg onload=alert(1)>",
    "<iframe src=https://example.com></iframe>",
    "[a](vbscript:x) [b](JaVaScRiPt:x)",
    "<https://user:secret@example.com>",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
];

pub(super) fn check(window: Option<&WindowFacts>, notes: &mut Notes<'_>) {
    let law = Law::CoreDecides;
    notes.holds(
        law,
        "core.no_markup",
        HOSTILE.iter().all(|text| stays_text(text)),
        "Answers that try to be markup, scripts or dangerous links stay text.",
    );
    let fact = |holds: fn(&WindowFacts) -> bool| {
        window.map_or(Verdict::NotHere, |facts| verdict(holds(facts)))
    };
    for (law, id, found, says) in [
        (
            Law::OneDoor,
            "window.closed",
            fact(WindowFacts::is_closed),
            "The page may reach the core and nothing else, and run no script but its own.",
        ),
        (
            law,
            "window.isolated",
            fact(|it| it.isolated && it.frozen),
            "Its calls pass a frame that knows every command and its shape.",
        ),
        (
            law,
            "window.no_tools",
            fact(|it| !it.devtools),
            "It has no developer tools.",
        ),
        (
            Law::OneVault,
            "window.incognito",
            fact(|it| it.incognito),
            "It keeps nothing of a session.",
        ),
    ] {
        notes.add(law, id, found, says, None);
    }
}

/// Nothing in the tree is a link that the person could not see through, and no node holds markup.
fn stays_text(text: &str) -> bool {
    let tree = serde_json::to_value(markup::parse(text).blocks).unwrap_or_default();
    let safe_link = |id| {
        markup::link_target(text, id).is_none_or(|target| {
            ["https:", "http:", "mailto:", "help:"]
                .iter()
                .any(|scheme| target.url.starts_with(scheme))
                && !target.url.contains('@')
        })
    };
    !has_key(&tree, "html") && (0..8).all(safe_link)
}

fn has_key(value: &serde_json::Value, key: &str) -> bool {
    match value {
        serde_json::Value::Object(map) => {
            map.contains_key(key) || map.values().any(|it| has_key(it, key))
        }
        serde_json::Value::Array(list) => list.iter().any(|it| has_key(it, key)),
        serde_json::Value::String(text) => text == key,
        _ => false,
    }
}

/// Whether nobody but its owner may enter a folder; `None` where the system has no such modes.
#[cfg(unix)]
pub(super) fn is_private(folder: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(folder).ok()?.permissions().mode();
    Some(mode.trailing_zeros() >= 6)
}

#[cfg(not(unix))]
pub(super) fn is_private(_: &Path) -> Option<bool> {
    None
}

/// How many connections to other computers this process has open; `None` where the system does
/// not tell.
#[cfg(target_os = "linux")]
pub(super) fn internet_sockets() -> Option<usize> {
    let mut remote = std::collections::BTreeSet::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let Ok(text) = std::fs::read_to_string(format!("/proc/self/net/{table}")) else {
            continue;
        };
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if let (Some(peer), Some(inode)) = (fields.get(2), fields.get(9))
                && !is_here(peer)
            {
                remote.insert(format!("socket:[{inode}]"));
            }
        }
    }
    let open = std::fs::read_dir("/proc/self/fd").ok()?;
    let ours = open.flatten().filter(|entry| {
        std::fs::read_link(entry.path())
            .is_ok_and(|link| link.to_str().is_some_and(|link| remote.contains(link)))
    });
    Some(ours.count())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn internet_sockets() -> Option<usize> {
    None
}

/// Whether an address of `/proc/net` is this computer or none at all.
#[cfg(target_os = "linux")]
fn is_here(peer: &str) -> bool {
    let address = peer.split(':').next().unwrap_or_default();
    match address.len() {
        8 => address.ends_with("7F") || address == "00000000",
        _ => {
            address.bytes().all(|digit| digit == b'0')
                || address == "00000000000000000000000001000000"
                || (address.starts_with("0000000000000000FFFF0000") && address.ends_with("7F"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(csp: &str) -> WindowFacts {
        WindowFacts {
            csp: csp.to_owned(),
            isolated: true,
            incognito: true,
            devtools: false,
            frozen: true,
        }
    }

    #[test]
    fn an_open_policy_is_seen() {
        assert!(
            facts("default-src 'none'; script-src 'self'; connect-src ipc: http://ipc.localhost")
                .is_closed()
        );
        for open in [
            "",
            "script-src 'self'",
            "default-src 'self' https:",
            "default-src 'none'; connect-src https://example.com",
            "default-src 'none'; script-src 'self' 'unsafe-inline'",
            "default-src 'none'; script-src blob:",
            "default-src 'none'; img-src *",
        ] {
            assert!(!facts(open).is_closed(), "{open}");
        }
    }

    #[test]
    fn hostile_answers_stay_text_and_the_look_can_fail() {
        for text in HOSTILE {
            assert!(stays_text(text), "{text}");
        }
        assert!(has_key(&serde_json::json!([{ "type": "html" }]), "html"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn addresses_of_this_computer_are_told_from_others() {
        assert!(is_here("0100007F:1F90"));
        assert!(is_here("00000000000000000000000001000000:0050"));
        assert!(is_here("0000000000000000FFFF00000100007F:0050"));
        assert!(!is_here("08080808:0035"));
        assert!(!is_here("B80D0120000000000000000001000000:0050"));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_enter_is_seen() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        for (mode, private) in [
            (0o700, true),
            (0o710, false),
            (0o701, false),
            (0o755, false),
        ] {
            std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_private(dir.path()), Some(private), "{mode:o}");
        }
    }
}
