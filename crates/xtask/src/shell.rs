//! Starting programs, and where things are.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Why a command of xtask ends: one sentence for a person.
#[derive(Debug)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("cargo answered something else than JSON: {error}"))
    }
}

/// What every step answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// The root of the repository. Cargo says at run time where the crate is: with a target folder
/// shared between two copies of the repository, what was true while compiling may be the other.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let told = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = told.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        here.ancestors().nth(2).map(PathBuf::from).unwrap_or(here)
    });
    &ROOT
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Where xtask keeps its own files.
pub fn workshop() -> PathBuf {
    target().join("xtask")
}

/// The file name of a program on this system.
pub fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// A command in the root of the repository.
pub fn command(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// npm in a folder of the repository.
pub fn npm(folder: &str) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(root().join(folder));
    npm
}

/// Runs it with its output shown.
pub fn run(command: &mut Command) -> Outcome {
    let line = line(command);
    println!("  $ {line}");
    let status = command
        .status()
        .map_err(|error| Failure(format!("`{line}`: {error}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure(format!("`{line}` failed ({status})"))),
    }
}

/// Runs it and gives back what it prints; its errors are shown.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let line = line(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure(format!("`{line}`: {error}")))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure(format!("`{line}` failed ({})", output.status))),
    }
}

/// Whether a program is there and says its version. A stub of rustup is there, but does not.
pub fn has(name: &str) -> bool {
    let mut probe = Command::new(name);
    probe
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

fn line(command: &Command) -> String {
    let name = Path::new(command.get_program())
        .file_stem()
        .unwrap_or_default();
    let words = std::iter::once(name).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
