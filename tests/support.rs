//! What the promises share: the built programs, and the command line in a profile of its own.

pub mod app;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

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
            own.parent()
                .and_then(Path::parent)
                .expect("target/debug/deps")
                .join(name)
        },
        PathBuf::from,
    );
    assert!(
        path.exists(),
        "{name} is not built; run the tests with: cargo xtask test"
    );
    path
}

/// Whether the loops run at full length.
pub fn long() -> bool {
    std::env::var_os("FLUXCHAT_LONG").is_some()
}

/// A profile and how to reach it from the command line.
pub struct Profile {
    pub dir: PathBuf,
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
            panic!(
                "not one JSON document ({error}):\n{}\n{}",
                self.stdout, self.stderr
            )
        })
    }

    /// Asserts that it ended well.
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "the command ends well:\n{}\n{}",
            self.stdout, self.stderr
        );
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
        let owned = tempfile::Builder::new()
            .prefix("fluxchat-profile-")
            .tempdir()
            .unwrap();
        Self {
            dir: owned.path().join("profile"),
            _owned: Some(owned),
        }
    }

    /// The same, under a key that is derived as cheaply as possible: for loops.
    pub fn with_cheap_passphrase() -> Self {
        use fluxchat_model::{Secret, Timestamp};
        use fluxchat_vault::{KdfCost, MemoryKeychain, Vault};
        let profile = Self::with_passphrase();
        std::fs::create_dir(&profile.dir).unwrap();
        Vault::new(&profile.dir, std::sync::Arc::new(MemoryKeychain::new()))
            .with_kdf_cost(KdfCost::cheapest())
            .create_with_passphrase(&Secret::new(PASSPHRASE.to_owned()), Timestamp(0))
            .unwrap();
        profile
    }

    /// Every folder that a program may write to by itself, by the variable that names it. All of
    /// them, and the profile, are below [`Profile::world`].
    fn folders(&self) -> [(&'static str, PathBuf); 5] {
        let below = |name: &str| self.world().join(name);
        [
            ("HOME", below("home")),
            ("XDG_DATA_HOME", below("home/.local/share")),
            ("XDG_CONFIG_HOME", below("home/.config")),
            ("XDG_CACHE_HOME", below("home/.cache")),
            ("TMPDIR", below("tmp")),
        ]
    }

    /// The folder around the profile: home and temporary folders of its processes as well.
    pub fn world(&self) -> &Path {
        self.dir
            .parent()
            .expect("a profile is inside a folder of its own")
    }

    /// A prepared command; arguments after the global ones.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_of(&cli_path(), args)
    }

    /// The same for another build of the CLI.
    pub fn command_of(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", "/nonexistent");
        for (name, folder) in self.folders() {
            std::fs::create_dir_all(&folder).unwrap();
            command.env(name, folder);
        }
        command
            .arg("--profile")
            .arg(&self.dir)
            .args(["--passphrase-fd", "0"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts a command that goes on by itself.
    pub fn spawn(&self, args: &[&str]) -> Child {
        self.start(&mut self.command(args))
    }

    /// Starts a prepared command and gives it the passphrase it waits for.
    pub fn start(&self, command: &mut Command) -> Child {
        let mut child = command.spawn().expect("the CLI starts");
        if let Some(mut stdin) = child.stdin.take() {
            // A command that ends before it reads closes the pipe; that is its right.
            let _ = stdin.write_all(PASSPHRASE.as_bytes());
        }
        child
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.spawn(args)
            .wait_with_output()
            .expect("the CLI ends")
            .into()
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
        let vault = Vault::new(&self.dir, std::sync::Arc::new(MemoryKeychain::default()));
        let key = vault
            .unlock_with_passphrase(&Secret::new(PASSPHRASE.to_owned()))
            .unwrap();
        *vault.archive_key(key).unwrap().expose()
    }
}

/// A command that is run by another one, such as `strace`.
pub fn around(mut outer: Command, inner: &Command) -> Command {
    outer.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    outer
}

/// A command that finds a file on its descriptor 3, as `3< file` in a shell: for `--key-fd 3`.
pub fn with_file_on_3(inner: &Command, file: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 3<\"$FILE_ON_3\""]);
    let mut command = around(shell, inner);
    command.env("FILE_ON_3", file);
    command
}

/// Runs an ignored test of this binary again in a network namespace of its own, where nothing but
/// loopback exists.
pub fn in_namespace(test: &str) {
    let own = std::env::current_exe().expect("the test binary has a path");
    let status = Command::new("unshare")
        .args([
            "-n",
            "--",
            "sh",
            "-c",
            "ip link set lo up && exec \"$0\" \"$@\"",
        ])
        .arg(own)
        .args([
            test,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .status()
        .unwrap_or_else(|error| {
            panic!("unshare: {error}; install it with: apt-get install util-linux iproute2")
        });
    assert!(status.success(), "{test} failed in its namespace");
}

impl Ran {
    /// Asserts that a command with `--json` failed as documented, and returns its error: one
    /// document, three sentences a person can act on, the same for people on standard error.
    pub fn failed(&self, exit: i32, code: &str) -> Value {
        let document = self.json();
        let error = document["error"].clone();
        assert_eq!(
            (self.code, error["code"].as_str()),
            (exit, Some(code)),
            "{document}\n{}",
            self.stderr
        );
        for field in ["message", "kept", "next"] {
            let sentence = error[field].as_str().unwrap_or_default();
            assert!(
                sentence.len() > 8 && sentence.ends_with(['.', '…', '!', '?']),
                "{field} is a sentence: {error}"
            );
            assert!(
                !sentence.contains("/tmp/") && !sentence.contains("/root/"),
                "no path is told: {error}"
            );
            assert!(
                self.stderr.contains(sentence),
                "people read it, too: {}",
                self.stderr
            );
        }
        error
    }
}

/// The same command, run by a shell script in which `"$0" "$@"` is that command: for descriptors
/// and mounts.
pub fn wrapped(command: &Command, shell: &[&str], script: &str) -> Command {
    let mut wrapper = Command::new(shell[0]);
    wrapper
        .args(&shell[1..])
        .args(["sh", "-c", script])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapper.env(name, value),
            None => wrapper.env_remove(name),
        };
    }
    wrapper
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    wrapper
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// A runtime for tests that talk to servers or drive the core.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
