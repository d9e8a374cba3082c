//! A program that runs, with no more of ours than it needs.

use std::collections::VecDeque;
use std::io::Read as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use crate::McpError;
use crate::program::{Program, inherited};

/// The end of what a program writes beside its answers.
const SAID: usize = 8 << 10;
/// For what is still in the pipe of a program that ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A program that runs.
pub(crate) struct Process {
    child: Mutex<Option<Child>>,
    said: Arc<Mutex<VecDeque<u8>>>,
    /// Ends when nothing can be written beside its answers any more.
    silence: Mutex<mpsc::Receiver<()>>,
}

impl Process {
    pub(crate) fn start(program: &Program) -> Result<(Self, ChildStdin, ChildStdout), McpError> {
        let mut command = Command::new(&program.program);
        command
            .args(&program.arguments)
            .env_clear()
            .envs(inherited())
            .envs(&program.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0).current_dir("/");
        }
        let mut child = command.spawn().map_err(|_| McpError::NotStarted)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let (heard, silence) = mpsc::channel();
        let process = Self {
            child: Mutex::new(Some(child)),
            said: Arc::clone(&said),
            silence: Mutex::new(silence),
        };
        let (Some(stdin), Some(stdout), Some(mut stderr)) = pipes else {
            process.kill();
            return Err(McpError::NotStarted);
        };
        let listen = move || {
            let _heard: mpsc::Sender<()> = heard;
            let mut piece = [0; 1024];
            while let Ok(read @ 1..) = stderr.read(&mut piece) {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend(&piece[..read]);
                let over = said.len().saturating_sub(SAID);
                said.drain(..over);
            }
        };
        if thread("tool-said", listen).is_err() {
            process.kill();
            return Err(McpError::NotStarted);
        }
        Ok((process, stdin, stdout))
    }

    /// The end of what it wrote beside its answers.
    pub(crate) fn said(&self) -> String {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(said.make_contiguous()).into_owned()
    }

    /// Ends it, and tells what it wrote beside its answers to the last word. Whoever holds the
    /// pipe open elsewhere is not waited for.
    pub(crate) fn last_words(&self) -> String {
        self.kill();
        let silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = silence.recv_timeout(LAST_WORDS);
        drop(silence);
        self.said()
    }

    /// Ends it and everything it started. It is waited for here alone, so that its number means
    /// nobody else until then.
    pub(crate) fn kill(&self) {
        let child = self
            .child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(mut child) = child else { return };
        #[cfg(unix)]
        if let Some(group) = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn thread(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> Result<(), std::io::Error> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(|_| ())
}
