//! Logs hold event names, numbers and ids. Never content.
//!
//! The formatter is an allow-list: it prints the static name of an event and those of its
//! fields that are numbers, booleans or short identifiers under a known key. Messages are
//! never printed, because they can be formatted from anything; of other crates' events only
//! level and target are.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Fields whose text may be printed, if it looks like an identifier.
const IDENTIFIERS: &[&str] = &[
    "code",
    "state",
    "purpose",
    "endpoint",
    "outcome",
    "table",
    "step",
    "id",
    "request_id",
    "kind",
];
const LONGEST_IDENTIFIER: usize = 64;
/// The file is set aside once at this size, so that two such files are the most there is.
const LARGEST_FILE: u64 = 1 << 20;

/// Where log lines go.
pub enum LogTarget {
    /// Standard error.
    Stderr,
    /// A file in this folder, created readable by its owner only.
    Folder(PathBuf),
}

/// Starts logging for this process. A second call changes nothing.
pub fn init(level: Level, target: LogTarget) {
    let subscriber = tracing_subscriber::registry().with(AllowList {
        level,
        sink: Mutex::new(Sink::new(target)),
    });
    let _ = tracing::subscriber::set_global_default(subscriber);
}

struct AllowList {
    level: Level,
    sink: Mutex<Sink>,
}

enum Sink {
    Stderr,
    File {
        path: PathBuf,
        file: Option<std::fs::File>,
    },
}

impl Sink {
    fn new(target: LogTarget) -> Self {
        match target {
            LogTarget::Stderr => Self::Stderr,
            LogTarget::Folder(folder) => {
                let path = folder.join("fluxchat.log");
                Self::File {
                    file: open(&path).ok(),
                    path,
                }
            }
        }
    }

    fn line(&mut self, line: &str) {
        match self {
            // A log that cannot be written must not stop the app: every error here is dropped.
            Self::Stderr => {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
            Self::File { path, file } => {
                let Some(open_file) = file else { return };
                let _ = writeln!(open_file, "{line}");
                if open_file
                    .metadata()
                    .is_ok_and(|meta| meta.len() > LARGEST_FILE)
                {
                    let _ = std::fs::rename(&*path, path.with_extension("log.1"));
                    *file = open(path).ok();
                }
            }
        }
    }
}

fn open(path: &Path) -> std::io::Result<std::fs::File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl<S: Subscriber> Layer<S> for AllowList {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.level() <= &self.level
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = format!("{} {}", metadata.level(), metadata.target());
        if metadata.target().starts_with("fluxchat") {
            let _ = write!(line, " {}", metadata.name());
            event.record(&mut Fields(&mut line));
        }
        if let Ok(mut sink) = self.sink.lock() {
            sink.line(&line);
        }
    }
}

struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn identifier(&mut self, field: &Field, value: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
        if IDENTIFIERS.contains(&field.name())
            && value.len() <= LONGEST_IDENTIFIER
            && value.chars().all(plain)
        {
            let _ = write!(self.0, " {}={value}", field.name());
        }
    }
}

impl Visit for Fields<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.identifier(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Ids reach us through `%id`, which is a Debug of their Display.
        if IDENTIFIERS.contains(&field.name()) {
            self.identifier(field, &format!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_names_numbers_and_ids_reaches_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let sink = Mutex::new(Sink::new(LogTarget::Folder(folder.path().into())));
        let subscriber = tracing_subscriber::registry().with(AllowList {
            level: Level::TRACE,
            sink,
        });
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(name: "archive.opened", rows = 3, code = "ok", "canarymessage");
            tracing::info!(name: "leak", title = "canarytitle", code = "canary with spaces");
            tracing::info!(target: "hyper", body = "canarybody", n = 7, "canaryforeign");
        });
        let text = std::fs::read_to_string(folder.path().join("fluxchat.log")).unwrap();
        assert!(
            text.contains("archive.opened rows=3 code=ok"),
            "what is allowed is there: {text}"
        );
        assert!(!text.contains("canary"), "nothing else is: {text}");
        assert!(
            text.contains("hyper"),
            "other crates show as level and target: {text}"
        );
    }
}
