//! The reading process.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use fluxchat_model::{DiagramRefusal, DiagramTheme, Scene};

use crate::answer::{Picture, Probe, Text};
use crate::{Kind, LARGEST_FILE, ReadError, confine, diagram, read};

/// The only argument of a process that reads.
pub const HIDDEN: &str = "--read-a-file-apart";

/// In front of the answer. A library may print something of its own before.
pub(crate) const MARK: &[u8] = b"\n\0fluxchat-read\0\n";

/// What is wanted; one line before the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Job {
    Text(Kind),
    Picture,
    /// The picture of a diagram.
    Diagram {
        theme: DiagramTheme,
        now_ms: i64,
    },
    Probe,
}

/// One line; for a picture its bytes follow.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    Text(Text),
    Picture(Picture),
    Diagram(Scene),
    Refused(DiagramRefusal),
    Probe(Probe),
    Error(ReadError),
}

/// Reads and ends, if this process was started for it; `None` in any other process. The first
/// thing a program does.
#[must_use]
pub fn worker_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let asked = arguments.next().is_some_and(|it| it == HIDDEN) && arguments.next().is_none();
    asked.then(|| match work() {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    })
}

fn work() -> Option<()> {
    let told = match confine::confine() {
        Ok(()) => job()?,
        Err(error) => Told::Error(error),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(MARK).ok()?;
    serde_json::to_writer(&mut out, &told).ok()?;
    out.write_all(b"\n").ok()?;
    if let Told::Picture(picture) = &told {
        out.write_all(&picture.bytes).ok()?;
    }
    out.flush().ok()
}

fn job() -> Option<Told> {
    let mut input = Vec::new();
    let mut stdin = std::io::stdin().lock();
    stdin
        .by_ref()
        .take(LARGEST_FILE as u64 + 1_024)
        .read_to_end(&mut input)
        .ok()?;
    let line = input.iter().position(|byte| *byte == b'\n')?;
    let job: Job = serde_json::from_slice(&input[..line]).ok()?;
    let bytes = &input[line + 1..];
    Some(match job {
        Job::Text(kind) => read::text(kind, bytes).map_or_else(Told::Error, Told::Text),
        Job::Picture => read::picture(bytes).map_or_else(Told::Error, Told::Picture),
        Job::Diagram { theme, now_ms } => {
            diagram::draw(theme, now_ms, bytes).map_or_else(Told::Refused, Told::Diagram)
        }
        Job::Probe => Told::Probe(confine::probe()),
    })
}
