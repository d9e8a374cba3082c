//! A crash leaves where it was, and nothing of what was said.
//!
//! A panic cannot be trusted with the archive: it may hold its locks. So it writes a line of its
//! own beside it, made of names and numbers alone, which the next start takes into the archive.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use fluxchat_model::{DiagnosticEvent, DiagnosticKind, DiagnosticPayload};

/// The file in a profile.
pub const CRASH_FILE: &str = "crash";
/// As many crashes as are told at once.
const MOST: usize = 10;
const LARGEST: u64 = 8 << 10;
const LONGEST_PLACE: usize = 120;

/// Records every panic of this process from now on, then does what was done before.
pub fn record_panics(profile: &Path) {
    let file = profile.join(CRASH_FILE);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        record(&file, &place_of(info));
        before(info);
    }));
}

/// `crates/core/src/app.rs:120` for our own sources, `elsewhere` for those of others, whose paths
/// may lead through somebody's home.
fn place_of(info: &PanicHookInfo<'_>) -> String {
    let Some(location) = info.location() else {
        return "elsewhere".to_owned();
    };
    own_place(location.file(), location.line())
}

fn own_place(file: &str, line: u32) -> String {
    let file = file.replace('\\', "/");
    let ours = ["crates/", "src-tauri/"]
        .iter()
        .any(|folder| file.starts_with(folder));
    if ours && is_place(&file) {
        format!("{file}:{line}")
    } else {
        "elsewhere".to_owned()
    }
}

fn is_place(text: &str) -> bool {
    text.len() <= LONGEST_PLACE
        && !text.contains("..")
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "./_-:".contains(c))
}

/// Nothing here may panic again, and nothing may stop what is ending.
fn record(file: &PathBuf, place: &str) {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Ok(mut file) = options.open(file)
        && file.metadata().is_ok_and(|meta| meta.len() < LARGEST)
    {
        let _ = writeln!(file, "{place}");
    }
}

/// What crashed since the last start, if anything did. The file is checked as if it were foreign.
pub(crate) fn left_in(profile: &Path, version: &str) -> Option<DiagnosticPayload> {
    let file = std::fs::File::open(profile.join(CRASH_FILE)).ok()?;
    let mut text = String::new();
    // What is not text was not written by this.
    let _ = file.take(LARGEST).read_to_string(&mut text);
    let mut events: Vec<DiagnosticEvent> = Vec::new();
    for place in text
        .lines()
        .filter(|line| is_place(line) && !line.is_empty())
    {
        let known = events
            .iter()
            .position(|event| event.place.as_deref() == Some(place));
        if let Some(known) = known {
            events[known].count += 1;
        } else if events.len() < MOST {
            events.push(DiagnosticEvent {
                name: "panic".to_owned(),
                count: 1,
                place: Some(place.to_owned()),
            });
        }
    }
    (!events.is_empty()).then(|| DiagnosticPayload {
        schema: DiagnosticPayload::SCHEMA.to_owned(),
        kind: DiagnosticKind::Crash,
        app_version: version.to_owned(),
        os: os_family().to_owned(),
        events,
    })
}

pub(crate) fn os_family() -> &'static str {
    match std::env::consts::OS {
        os @ ("linux" | "macos" | "windows") => os,
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_of_ours_or_none() {
        assert_eq!(
            own_place("crates/core/src/app.rs", 7),
            "crates/core/src/app.rs:7"
        );
        assert_eq!(
            own_place("crates\\core\\src\\app.rs", 7),
            "crates/core/src/app.rs:7"
        );
        assert_eq!(own_place("/home/jane/.cargo/x.rs", 7), "elsewhere");
        assert_eq!(own_place("crates/../../home/jane.rs", 7), "elsewhere");
    }

    #[test]
    fn what_is_left_is_read_as_if_it_were_foreign() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(CRASH_FILE);
        assert_eq!(left_in(dir.path(), "1"), None);
        std::fs::write(&file, "Some words of a person\n").unwrap();
        assert_eq!(left_in(dir.path(), "1"), None);
        for _ in 0..2 {
            record(&file, "crates/core/src/app.rs:7");
        }
        let payload = left_in(dir.path(), "1").unwrap();
        assert_eq!(payload.events.len(), 1);
        assert_eq!(payload.events[0].count, 2);
        for _ in 0..10_000 {
            record(&file, "crates/core/src/app.rs:8");
        }
        assert!(
            std::fs::metadata(&file).unwrap().len() < LARGEST + 100,
            "it does not grow"
        );
    }
}
