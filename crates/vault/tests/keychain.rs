//! The real keychain: gnome-keyring on a private D-Bus, every row of the table of states.
//!
//! A scenario is a list of steps. Each step is this test binary again, as a child inside a fresh
//! `dbus-run-session` with a home folder of its own, so nothing touches the keychain of whoever
//! runs the tests. What a later step finds is what an earlier one left on disk.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fluxchat_model::{Origin, Secret, SourceId, StorageMode, Timestamp};
use fluxchat_vault::{
    Keychain, KeychainError, OsKeychain, Patience, Probe, Timeouts, Vault, VaultError,
};

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const STEP: &str = "FLUXCHAT_KEYCHAIN_STEP";
const PASSWORD: &str = "foobar";

/// A bus that starts no service on its own.
const BARE_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"#;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bus {
    None,
    Bare,
    Standard,
}

struct Scenario {
    home: tempfile::TempDir,
}

impl Scenario {
    fn new() -> Self {
        for tool in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .any(|dir| dir.join(tool).is_file());
            assert!(
                found,
                "{tool} is missing; install it with: apt-get install -y dbus gnome-keyring \
                 (Fedora: dnf install dbus-daemon gnome-keyring)"
            );
        }
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("bare.conf"), BARE_BUS).unwrap();
        Self { home }
    }

    fn step(&self, name: &str, bus: Bus) -> &Self {
        let home = self.home.path();
        let runtime = home.join("run");
        let _ = fs::remove_dir_all(&runtime);
        fs::DirBuilder::new().mode(0o700).create(&runtime).unwrap();
        let this = std::env::current_exe().unwrap();
        let mut command = match bus {
            Bus::None => Command::new(&this),
            Bus::Bare | Bus::Standard => {
                let mut command = Command::new("dbus-run-session");
                if bus == Bus::Bare {
                    command.arg(format!(
                        "--config-file={}",
                        home.join("bare.conf").display()
                    ));
                }
                command.arg("--").arg(&this);
                command
            }
        };
        let output = command
            .args(["--exact", "step", "--nocapture", "--test-threads=1"])
            .env(STEP, name)
            .env("HOME", home)
            .env(
                "XDG_RUNTIME_DIR",
                if bus == Bus::None {
                    Path::new("/nonexistent")
                } else {
                    &runtime
                },
            )
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && stdout.contains(&format!("done: {name}")),
            "step {name}: {}\n{stdout}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        self
    }

    fn keyring_file(&self) -> PathBuf {
        self.home.path().join(".local/share/keyrings/login.keyring")
    }
}

#[test]
fn without_a_bus_there_is_no_provider() {
    Scenario::new().step("nothing reachable", Bus::None);
}

#[test]
fn a_bus_without_a_keychain_is_no_provider() {
    Scenario::new().step("nothing reachable", Bus::Bare);
}

#[test]
fn unlocked_without_item_is_a_first_run_and_the_key_survives_a_restart() {
    Scenario::new()
        .step("create", Bus::Standard)
        .step("key is there", Bus::Standard);
}

#[test]
fn a_locked_keychain_with_the_item_is_locked() {
    for bus in [Bus::Standard, Bus::Bare] {
        Scenario::new()
            .step("create", Bus::Standard)
            .step("locked with item", bus);
    }
}

#[test]
fn a_locked_keychain_without_the_item_has_lost_the_key() {
    let scenario = Scenario::new();
    scenario.step("unlock only", Bus::Standard);
    assert!(scenario.keyring_file().is_file());
    scenario.step("locked without item", Bus::Standard);
}

#[test]
fn a_deleted_or_truncated_keyring_is_a_lost_key_and_never_a_first_run() {
    let deleted = Scenario::new();
    deleted.step("create", Bus::Standard);
    fs::remove_file(deleted.keyring_file()).unwrap();
    deleted.step("key lost", Bus::Standard);
    deleted.step("start fresh", Bus::Standard);
    let truncated = Scenario::new();
    truncated.step("create", Bus::Standard);
    let file = fs::OpenOptions::new()
        .write(true)
        .open(truncated.keyring_file())
        .unwrap();
    file.set_len(20).unwrap();
    truncated.step("key lost", Bus::Standard);
}

#[test]
fn another_backend_is_told_apart() {
    Scenario::new()
        .step("create", Bus::Standard)
        .step("backend changed", Bus::Standard);
}

#[test]
fn another_archives_key_is_a_wrong_key() {
    Scenario::new()
        .step("create", Bus::Standard)
        .step("wrong key", Bus::Standard);
}

#[test]
fn a_keychain_that_dies_and_returns_is_found_again() {
    Scenario::new().step("killed and restarted", Bus::Bare);
    Scenario::new().step("killed and activated again", Bus::Standard);
}

#[test]
fn a_keychain_that_hangs_does_not_hang_the_app() {
    // A call that was given up tries again once its daemon is gone. A bus that starts services would
    // start another, which outlives the bus and holds what this test reads from.
    Scenario::new().step("hangs", Bus::Bare);
}

#[test]
fn secrets_are_bound_listed_and_forgotten() {
    Scenario::new()
        .step("create", Bus::Standard)
        .step("secrets", Bus::Standard)
        .step("forget everything", Bus::Standard)
        .step("everything is forgotten", Bus::Standard);
}

/// Not a test of its own: what the children run.
#[test]
fn step() {
    let Ok(name) = std::env::var(STEP) else {
        return;
    };
    match name.as_str() {
        "nothing reachable" => nothing_reachable(),
        "create" => create(),
        "unlock only" => drop(Daemon::unlocked()),
        "key is there" => key_is_there(),
        "locked with item" => locked_with_item(),
        "locked without item" => locked_without_item(),
        "key lost" => key_lost(),
        "start fresh" => start_fresh(),
        "backend changed" => backend_changed(),
        "wrong key" => wrong_key(),
        "killed and restarted" => killed_and_restarted(),
        "killed and activated again" => killed_and_activated_again(),
        "hangs" => hangs(),
        "secrets" => secrets(),
        "forget everything" => forget_everything(),
        "everything is forgotten" => everything_is_forgotten(),
        other => panic!("no step is called {other}"),
    }
    println!("done: {name}");
}

/// The keyring daemon of this session; killed when dropped.
struct Daemon;

impl Daemon {
    fn unlocked() -> Self {
        let mut child = Command::new("gnome-keyring-daemon")
            .args(["--components=secrets", "--daemonize", "--unlock"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(PASSWORD.as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
        Self::on_the_bus()
    }

    fn locked() -> Self {
        let status = Command::new("gnome-keyring-daemon")
            .args(["--components=secrets", "--start"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        Self::on_the_bus()
    }

    /// The daemon goes to the background before it takes its name. Each look starts a process, so
    /// this does not spin.
    fn on_the_bus() -> Self {
        let found = (0..1_000).any(|_| Self::pid().is_some());
        assert!(found, "gnome-keyring-daemon did not appear on the bus");
        Self
    }

    fn pid() -> Option<u32> {
        let output = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply=literal",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.GetConnectionUnixProcessID",
                "string:org.freedesktop.secrets",
            ])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split_whitespace().last()?.parse().ok()
    }

    fn signal(signal: &str) {
        if let Some(pid) = Self::pid() {
            let status = Command::new("kill")
                .args([signal, &pid.to_string()])
                .status()
                .unwrap();
            assert!(status.success());
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        Self::signal("-KILL");
    }
}

fn profile() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").unwrap()).join("profile")
}

fn keychain() -> Arc<OsKeychain> {
    Arc::new(OsKeychain::new())
}

fn vault() -> Vault {
    Vault::new(profile(), keychain())
}

fn probe(vault: &Vault) -> Probe {
    vault.probe(Patience::Probe).unwrap()
}

/// An archive whose key was once put into this kind of keychain.
fn plant_archive() {
    fs::create_dir_all(profile()).unwrap();
    fs::write(profile().join("archive.db"), "pages").unwrap();
    fs::write(
        profile().join("keyinfo.json"),
        r#"{"v":1,"key_id":"0011223344556677","backend":"secret-service","epoch":1,"created_at":0}"#,
    )
    .unwrap();
}

fn create_key(vault: &Vault) {
    assert!(matches!(probe(vault), Probe::FirstRun));
    let key = vault.create_in_keychain(NOW).unwrap();
    fs::write(profile().join("archive.db"), "pages").unwrap();
    assert!(matches!(
        probe(vault),
        Probe::Key(again, StorageMode::Keychain) if again.expose() == key.expose()
    ));
}

fn files() -> usize {
    fs::read_dir(profile()).map_or(0, Iterator::count)
}

fn nothing_reachable() {
    let vault = vault();
    assert!(matches!(probe(&vault), Probe::FirstRun));
    assert_eq!(
        vault.keychain_reachable(Patience::Probe),
        Err(KeychainError::NoProvider)
    );
    let error = vault.create_in_keychain(NOW).unwrap_err();
    assert!(matches!(
        error,
        VaultError::Keychain(KeychainError::NoProvider)
    ));
    assert_eq!(files(), 0, "nothing is left behind");
    plant_archive();
    assert!(matches!(probe(&vault), Probe::NoProvider));
}

fn create() {
    let _daemon = Daemon::unlocked();
    let vault = vault();
    vault.keychain_reachable(Patience::Probe).unwrap();
    create_key(&vault);
}

fn key_is_there() {
    let _daemon = Daemon::unlocked();
    let vault = vault();
    assert!(matches!(
        probe(&vault),
        Probe::Key(_, StorageMode::Keychain)
    ));
    assert!(matches!(
        vault.create_in_keychain(NOW),
        Err(VaultError::NotFirstRun)
    ));
}

fn locked_with_item() {
    let _daemon = Daemon::locked();
    let before = files();
    let vault = vault();
    assert!(matches!(probe(&vault), Probe::Locked));
    assert!(matches!(
        vault.create_in_keychain(NOW),
        Err(VaultError::NotFirstRun)
    ));
    assert_eq!(files(), before);
}

fn locked_without_item() {
    let _daemon = Daemon::locked();
    let vault = vault();
    assert!(matches!(probe(&vault), Probe::FirstRun));
    let error = vault.create_in_keychain(NOW).unwrap_err();
    assert!(
        matches!(error, VaultError::Keychain(KeychainError::Locked)),
        "{error:?}"
    );
    assert_eq!(files(), 0);
    plant_archive();
    assert!(matches!(probe(&vault), Probe::KeyLost));
}

fn key_lost() {
    let _daemon = Daemon::unlocked();
    let before = files();
    let vault = vault();
    let state = probe(&vault);
    assert!(matches!(state, Probe::KeyLost), "{state:?}");
    assert!(matches!(
        vault.create_in_keychain(NOW),
        Err(VaultError::NotFirstRun)
    ));
    assert_eq!(files(), before);
}

fn start_fresh() {
    let _daemon = Daemon::unlocked();
    let before = files();
    let vault = vault();
    vault.start_fresh(NOW).unwrap();
    assert_eq!(files(), before, "renamed, not deleted");
    create_key(&vault);
}

fn backend_changed() {
    let _daemon = Daemon::unlocked();
    let path = profile().join("keyinfo.json");
    let info = fs::read_to_string(&path).unwrap();
    fs::write(&path, info.replace("secret-service", "apple-keychain")).unwrap();
    assert!(matches!(
        probe(&vault()),
        Probe::BackendChanged { was, now } if was == "apple-keychain" && now == "secret-service"
    ));
}

fn wrong_key() {
    let _daemon = Daemon::unlocked();
    let slots = fs::read_to_string(profile().join("keyslots.json")).unwrap();
    let start = slots.find("archive-").unwrap();
    let item = slots[start..].split('"').next().unwrap();
    let keychain = keychain();
    assert!(keychain.get(item, Patience::Probe).unwrap().is_some());
    keychain.set(item, &Secret::new("ab".repeat(32))).unwrap();
    assert!(matches!(probe(&vault()), Probe::WrongKey));
    keychain.delete(item).unwrap();
    keychain.delete(item).unwrap();
    assert!(matches!(probe(&vault()), Probe::KeyLost));
}

fn killed_and_restarted() {
    let vault = vault();
    assert_eq!(
        vault.keychain_reachable(Patience::Probe),
        Err(KeychainError::NoProvider),
        "a failed first try must not be the last"
    );
    let daemon = Daemon::unlocked();
    create_key(&vault);
    drop(daemon);
    let state = probe(&vault);
    assert!(matches!(state, Probe::NoProvider), "{state:?}");
    let _daemon = Daemon::unlocked();
    let state = probe(&vault);
    assert!(matches!(state, Probe::Key(..)), "{state:?}");
}

fn killed_and_activated_again() {
    let vault = vault();
    let daemon = Daemon::unlocked();
    create_key(&vault);
    drop(daemon);
    // The bus starts a new daemon, which nobody unlocked.
    let state = probe(&vault);
    assert!(matches!(state, Probe::Locked), "{state:?}");
    Daemon::signal("-KILL");
}

fn hangs() {
    let _daemon = Daemon::unlocked();
    create_key(&vault());
    let short = Duration::from_millis(300);
    let keychain = OsKeychain::with_timeouts(Timeouts {
        probe: short,
        prompt: short,
    });
    let impatient = Vault::new(profile(), Arc::new(keychain));
    Daemon::signal("-STOP");
    let states: Vec<_> = [Patience::Probe, Patience::Prompt, Patience::Probe]
        .into_iter()
        .map(|patience| impatient.probe(patience))
        .collect();
    Daemon::signal("-CONT");
    for state in states {
        assert!(matches!(state, Ok(Probe::Locked)), "{state:?}");
    }
    let state = probe(&vault());
    assert!(matches!(state, Probe::Key(..)), "{state:?}");
}

fn source() -> SourceId {
    SourceId::new(NOW, [1; 10])
}

fn origin() -> Origin {
    "https://api.example:443".parse().unwrap()
}

fn secrets() {
    let _daemon = Daemon::unlocked();
    let vault = vault();
    assert!(matches!(probe(&vault), Probe::Key(..)));
    let secret = Secret::new("sk-ünïcode-123".to_owned());
    vault.credential_set(source(), &origin(), &secret).unwrap();
    vault.credential_set(source(), &origin(), &secret).unwrap();
    let back = vault.credential(source(), &origin()).unwrap().unwrap();
    assert_eq!(back.expose(), secret.expose());
    let elsewhere = "https://api.example:8443".parse().unwrap();
    assert!(vault.credential(source(), &elsewhere).unwrap().is_none());
    let key = vault.create_copy_key("m1").unwrap();
    assert_eq!(
        vault.copy_key("m1").unwrap().unwrap().expose(),
        key.expose()
    );
    vault.destroy_copy_key("m1").unwrap();
    assert!(vault.copy_key("m1").unwrap().is_none());
}

fn forget_everything() {
    let _daemon = Daemon::unlocked();
    let info = fs::read(profile().join("keyinfo.json")).unwrap();
    let slots = fs::read(profile().join("keyslots.json")).unwrap();
    vault().forget_everything().unwrap();
    assert_eq!(files(), 1, "only the archive file is left");
    fs::write(profile().join("keyinfo.json"), info).unwrap();
    fs::write(profile().join("keyslots.json"), slots).unwrap();
}

fn everything_is_forgotten() {
    let _daemon = Daemon::unlocked();
    let vault = vault();
    assert!(matches!(probe(&vault), Probe::KeyLost));
}
