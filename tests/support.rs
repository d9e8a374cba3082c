//! What the promises share: the built programs, and the command line in a profile of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fluxchat_testkit::session::{DesktopSession, Keyring};
use serde_json::Value;

/// The passphrase of every test profile that has one.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// The CLI under test.
pub fn cli_path() -> PathBuf {
    program("FLUXCHAT_CLI", "fluxchat-cli")
}

/// The product as it is shipped: without WebDriver.
pub fn product_path() -> PathBuf {
    program("FLUXCHAT_APP_PRODUCT", "fluxchat-product")
}

/// The app built to be driven by WebDriver.
pub fn automation_path() -> PathBuf {
    program("FLUXCHAT_APP_AUTOMATION", "fluxchat-automation")
}

/// Handed over by `cargo xtask test`; otherwise beside the test binary's own folder.
fn program(variable: &str, name: &str) -> PathBuf {
    let path = std::env::var_os(variable).map_or_else(
        || {
            let own = std::env::current_exe().expect("the test binary has a path");
            own.parent().and_then(Path::parent).expect("target/debug/deps").join(name)
        },
        PathBuf::from,
    );
    assert!(path.exists(), "{name} is not built; run the tests with: cargo xtask test");
    path
}

/// Whether the loops run at full length.
pub fn long() -> bool {
    std::env::var_os("FLUXCHAT_LONG").is_some()
}

/// A profile and how to reach it from the command line.
pub struct Profile {
    pub dir: PathBuf,
    /// `None`: under [`PASSPHRASE`].
    session: Option<DesktopSession>,
    _owned: Option<tempfile::TempDir>,
}

/// What a command printed and how it ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("not one JSON document ({error}):\n{}\n{}", self.stdout, self.stderr)
        })
    }

    /// Asserts that it ended well.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "the command ends well:\n{}\n{}", self.stdout, self.stderr);
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Profile {
    /// A fresh folder, its key under a passphrase: needs no keychain.
    pub fn with_passphrase() -> Self {
        let owned = tempfile::Builder::new().prefix("fluxchat-profile-").tempdir().unwrap();
        Self { dir: owned.path().join("profile"), session: None, _owned: Some(owned) }
    }

    /// A fresh folder in a session with a real keychain.
    pub fn with_keychain(display: bool) -> Self {
        let session = DesktopSession::start(Keyring::Unlocked, display);
        Self { dir: session.home().join("profile"), session: Some(session), _owned: None }
    }

    /// The desktop session, where there is one.
    pub fn session(&self) -> &DesktopSession {
        self.session.as_ref().expect("a profile with a keychain has a session")
    }

    /// A prepared command; arguments after the global ones.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_of(&cli_path(), args)
    }

    /// The same for another build of the CLI.
    pub fn command_of(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = match &self.session {
            Some(session) => session.command(program),
            None => {
                let mut command = Command::new(program);
                command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", "/nonexistent");
                command
            }
        };
        command.arg("--profile").arg(&self.dir);
        if self.session.is_none() {
            command.args(["--passphrase-fd", "0"]);
        }
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        let mut child = self.command(args).spawn().expect("the CLI starts");
        if let Some(mut stdin) = child.stdin.take()
            && self.session.is_none()
        {
            // A command that ends before it reads closes the pipe; that is its right.
            let _ = stdin.write_all(PASSPHRASE.as_bytes());
        }
        child.wait_with_output().expect("the CLI ends").into()
    }

    /// Runs a command with `--json` and returns its document.
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[&["--json"], args].concat()).ok().json()
    }

    /// Completes the first run.
    pub fn set_up(self) -> Self {
        self.json(&["setup", "--adult", "--accept-policy"]);
        self
    }

    /// The raw key of the archive, as only a test may have it.
    pub fn archive_key(&self) -> [u8; 32] {
        use fluxchat_model::Secret;
        use fluxchat_vault::{MemoryKeychain, Vault};
        assert!(self.session.is_none(), "keys in a keychain are read inside its session");
        let vault = Vault::new(&self.dir, std::sync::Arc::new(MemoryKeychain::default()));
        let key = vault.unlock_with_passphrase(&Secret::new(PASSPHRASE.to_owned())).unwrap();
        *key.expose()
    }
}
