//! A tool of the system that lets a person choose and writes a file: it writes into a folder that
//! is ours alone and removed with what is in it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use fluxchat_core::read_file;

use super::Trouble;

/// Asks, and waits for as long as a person needs.
pub(super) fn ask(tool: &Path, folder: &Path) -> Result<Option<Vec<u8>>, Trouble> {
    let folder = Private::new(folder).map_err(|_| Trouble::Failed)?;
    let file = folder.0.join("screen.png");
    let ended = Command::new(tool)
        .args(["-i", "-x", "-t", "png"])
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output();
    let ended = ended.map_err(|_| Trouble::None)?;
    match read_file(&file) {
        Ok(png) => Ok(Some(png)),
        // Escape leaves no file and says nothing; what is not allowed is said.
        Err(error) if error.kind() == io::ErrorKind::NotFound && ended.stderr.is_empty() => {
            Ok(None)
        }
        Err(_) => Err(Trouble::Failed),
    }
}

/// A folder for its owner alone, removed with what is in it.
struct Private(PathBuf);

impl Private {
    fn new(beside: &Path) -> io::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let name = format!(
            "fluxchat-screen-{}-{}",
            std::process::id(),
            now.map_or(0, |it| it.as_nanos())
        );
        let path = beside.join(name);
        // Fails where something of that name is.
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.0).is_err() {
            tracing::warn!(name: "screenshot.file_left", "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A program that does what is written, with the file it is given as its last argument.
    fn tool(folder: &Path, does: &str) -> PathBuf {
        let path = folder.join("tool");
        fs::write(&path, format!("#!/bin/sh\nfor out; do :; done\n{does}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    #[test]
    fn nothing_is_left_of_what_a_tool_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let ask_with = |does: &str| {
            let answer = ask(&tool(folder.path(), does), &inside);
            assert_eq!(fs::read_dir(&inside).unwrap().count(), 0, "{does}");
            answer
        };
        let png = ask_with("printf png > \"$out\"").unwrap();
        assert_eq!(png.as_deref(), Some(b"png".as_slice()));
        assert!(ask_with("exit 1").unwrap().is_none(), "Escape");
        let refused = ask_with("echo could not create image from display >&2");
        assert!(matches!(refused, Err(Trouble::Failed)));
        let missing = ask(&folder.path().join("none"), &inside);
        assert!(matches!(missing, Err(Trouble::None)));
    }
}
