//! The process that has a file read: bounded in time, memory and what it believes.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use fluxchat_model::{DiagramRefusal, DiagramTheme, LONGEST_DIAGRAM, Scene};

use crate::answer::{Picture, Probe, Text};
use crate::worker::{HIDDEN, Job, MARK, Told};
use crate::{Kind, LARGEST_FILE, LONGEST_TEXT, ReadError};

/// How long a file may take.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a diagram may take: somebody looks at its place.
const DIAGRAM_PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer: a text with every character escaped, or a picture.
const LONGEST_ANSWER: usize = 6 * LONGEST_TEXT;

/// Starts reading processes.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    patience: Duration,
}

impl Reader {
    /// One that starts the running program.
    ///
    /// # Errors
    /// [`ReadError::NoReader`] if the system does not say which one that is.
    pub fn this_program() -> Result<Self, ReadError> {
        let program = std::env::current_exe().map_err(|_| ReadError::NoReader)?;
        Ok(Self::of(program))
    }

    /// One that starts another, which must call [`crate::worker_if_asked`].
    #[must_use]
    pub fn of(program: PathBuf) -> Self {
        Self {
            program,
            patience: PATIENCE,
        }
    }

    /// The same, ending a process earlier or later.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The words of a file. Blocks.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self, kind: Kind, bytes: Vec<u8>) -> Result<Text, ReadError> {
        match self.ask(Job::Text(kind), bytes)? {
            (Told::Text(text), _) => Ok(text),
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// A picture without what its file tells besides, and no larger than needed. Blocks.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn picture(&self, bytes: Vec<u8>) -> Result<Picture, ReadError> {
        match self.ask(Job::Picture, bytes)? {
            (Told::Picture(picture), bytes) => Ok(Picture { bytes, ..picture }),
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// The picture of a diagram, as it was written. Blocks.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub fn diagram(
        &self,
        theme: DiagramTheme,
        now_ms: i64,
        text: &str,
    ) -> Result<Scene, DiagramRefusal> {
        if text.len() > LONGEST_DIAGRAM {
            return Err(DiagramRefusal::TooLong);
        }
        let patience = self.patience.min(DIAGRAM_PATIENCE);
        let job = Job::Diagram { theme, now_ms };
        match self.ask_for(patience, job, text.as_bytes().to_vec()) {
            // What a process tells that read a text of strangers is looked at again.
            Ok((Told::Diagram(scene), _)) if scene.holds() => Ok(scene),
            Ok((Told::Diagram(_), _)) => Err(DiagramRefusal::TooLarge),
            Ok((Told::Refused(refusal), _)) => Err(refusal),
            Ok((other, _)) => Err(unread(unexpected(&other))),
            Err(error) => Err(unread(error)),
        }
    }

    /// What the reading process may do. Blocks.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn probe(&self) -> Result<Probe, ReadError> {
        match self.ask(Job::Probe, Vec::new())? {
            (Told::Probe(probe), _) => Ok(probe),
            (other, _) => Err(unexpected(&other)),
        }
    }

    fn ask(&self, job: Job, bytes: Vec<u8>) -> Result<(Told, Vec<u8>), ReadError> {
        self.ask_for(self.patience, job, bytes)
    }

    fn ask_for(
        &self,
        patience: Duration,
        job: Job,
        bytes: Vec<u8>,
    ) -> Result<(Told, Vec<u8>), ReadError> {
        if bytes.len() > LARGEST_FILE {
            return Err(ReadError::TooLarge);
        }
        let mut child = self.start()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            end(&mut child);
            return Err(ReadError::NoReader);
        };
        std::thread::spawn(move || {
            // It may have ended before it took everything; what it said decides.
            let line = serde_json::to_vec(&job).unwrap_or_default();
            let _ = input
                .write_all(&line)
                .and_then(|()| input.write_all(b"\n"))
                .and_then(|()| input.write_all(&bytes));
        });
        let (done, waiting) = mpsc::channel();
        std::thread::spawn(move || {
            let mut answer = Vec::new();
            let read = output
                .take(LONGEST_ANSWER as u64 + 1)
                .read_to_end(&mut answer);
            let _ = done.send(read.map(|_| answer));
        });
        let answer = waiting.recv_timeout(patience);
        end(&mut child);
        let answer = answer
            .map_err(|_| ReadError::Stopped)?
            .map_err(|_| ReadError::Stopped)?;
        if answer.len() > LONGEST_ANSWER {
            return Err(ReadError::TooLarge);
        }
        understood(&answer).ok_or(ReadError::Stopped)
    }

    fn start(&self) -> Result<Child, ReadError> {
        let mut command = Command::new(&self.program);
        command
            .arg(HIDDEN)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // Where libraries are, for bundles that bring theirs; and what Windows cannot do without.
        for name in ["LD_LIBRARY_PATH", "SystemRoot"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.spawn().map_err(|_| ReadError::NoReader)
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn understood(answer: &[u8]) -> Option<(Told, Vec<u8>)> {
    let at = answer
        .windows(MARK.len())
        .position(|window| window == MARK)?;
    let rest = &answer[at + MARK.len()..];
    let line = rest.iter().position(|byte| *byte == b'\n')?;
    let told = serde_json::from_slice(&rest[..line]).ok()?;
    Some((told, rest[line + 1..].to_vec()))
}

fn unexpected(told: &Told) -> ReadError {
    match told {
        Told::Error(error) => *error,
        _ => ReadError::Damaged,
    }
}

const fn unread(error: ReadError) -> DiagramRefusal {
    match error {
        ReadError::NoReader => DiagramRefusal::NoReader,
        ReadError::Stopped => DiagramRefusal::Stopped,
        ReadError::TooLarge => DiagramRefusal::TooLarge,
        ReadError::Damaged | ReadError::Protected => DiagramRefusal::NotUnderstood,
    }
}
