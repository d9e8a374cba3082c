//! A session with keychain and display, in which windows are opened on measured archives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use fluxchat_testkit::session::{DesktopSession, Keyring};
use fluxchat_testkit::webdriver::Window;
use fluxchat_vault::{Keychain as _, OsKeychain};

use crate::Outcome;
use crate::world::{World, keys_of};

/// A program that was built for measuring, by the name of the variable that says where.
pub fn program(variable: &str) -> Outcome<PathBuf> {
    let told = std::env::var_os(variable);
    told.map(PathBuf::from)
        .ok_or_else(|| format!("{variable} is not set: run `cargo xtask bench`").into())
}

/// The session.
pub struct Desk {
    session: DesktopSession,
}

impl Desk {
    pub fn open() -> Self {
        Self {
            session: DesktopSession::start(Keyring::Unlocked, true),
        }
    }

    /// Gives the session's keychain the keys of a profile, so that a window can open it.
    pub fn trust(&self, world: &World) -> Outcome {
        let status = self
            .session
            .command(std::env::current_exe()?)
            .arg("--plant")
            .arg(&world.profile)
            .status()?;
        match status.success() {
            true => Ok(()),
            false => Err("the keychain did not take the keys".into()),
        }
    }

    /// Starts a program as a person would.
    pub fn start(&self, program: &Path, arguments: &[&str]) -> Outcome<Child> {
        Ok(self
            .session
            .command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?)
    }

    /// Opens a window that can be driven.
    pub async fn drive(&self, app: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Window {
        let data = self.session.home().join("web-view");
        let _ = fs::remove_dir_all(&data);
        let data = data.display().to_string();
        let mut env = env.to_vec();
        env.push(("FLUXCHAT_AUTOMATION_DATA", data.as_str()));
        Window::open(&self.session, app, arguments, &env).await
    }

    /// A place for a file.
    pub fn place(&self, name: &str) -> PathBuf {
        self.session.home().join(name)
    }
}

/// What `--plant` does inside the session.
pub fn plant(profile: &Path) -> Outcome {
    let keychain = OsKeychain::new();
    for (item, value) in keys_of(profile)? {
        keychain
            .set(&item, &fluxchat_model::Secret::new(value))
            .map_err(|_| "the keychain cannot be written")?;
    }
    Ok(())
}
