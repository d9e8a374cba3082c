//! The key in a real keychain: every state has its name, and none of them makes a new key.

use std::path::Path;
use std::process::Stdio;

use fluxchat_testkit::session::{DesktopSession, Keyring};
use serde_json::Value;

use crate::cli::text;
use crate::support::{PASSPHRASE, Ran, cli_path};

/// A home folder that outlives its sessions, as a computer's does.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("fluxchat-home-")
            .tempdir()
            .unwrap();
        Self { folder }
    }

    fn profile(&self) -> std::path::PathBuf {
        self.folder.path().join("profile")
    }

    fn log_in(&self, keyring: Keyring) -> DesktopSession {
        DesktopSession::start_in(self.folder.path(), keyring, false)
    }

    fn run(&self, session: &DesktopSession, args: &[&str]) -> Ran {
        let mut command = session.command(cli_path());
        command
            .arg("--profile")
            .arg(self.profile())
            .arg("--json")
            .args(args)
            .stdin(Stdio::null());
        command.output().expect("the CLI starts").into()
    }

    fn set_up(&self) -> (DesktopSession, String) {
        let session = self.log_in(Keyring::Unlocked);
        let done = self
            .run(&session, &["setup", "--adult", "--accept-policy"])
            .ok()
            .json();
        assert_eq!(done["storage"], "keychain");
        let asked = self.run(&session, &["ask", "remember me"]).ok().json();
        (session, text(&asked["conversation_id"]).to_owned())
    }

    /// What a refused start must leave as it was.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(self.profile())
            .map(|entries| {
                entries
                    .map(|entry| entry.unwrap())
                    .filter(|entry| entry.file_type().unwrap().is_file())
                    .map(|entry| {
                        (
                            entry.file_name().into_string().unwrap(),
                            std::fs::read(entry.path()).unwrap(),
                        )
                    })
                    .collect()
            })
            .unwrap_or_default();
        files.sort();
        files
    }

    fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|file| file.0).collect()
    }

    /// Reading, writing and setting up anew fail alike, and change nothing.
    fn refuses(&self, session: &DesktopSession, code: &str) {
        let before = self.files();
        for args in [
            &["ask", "hello"][..],
            &["history", "list"],
            &["doctor"],
            &["setup", "--adult", "--accept-policy"],
        ] {
            self.run(session, args).failed(3, code);
        }
        assert_eq!(
            self.files(),
            before,
            "{code}: no file was touched, none appeared"
        );
    }

    /// The keyring on disk.
    fn keyrings(&self) -> std::path::PathBuf {
        self.folder.path().join(".local/share/keyrings")
    }
}

/// How many items of ours the keychain holds, and with which names.
fn items(session: &DesktopSession) -> Vec<String> {
    let output = session
        .command("gdbus")
        .args(["call", "--session", "--dest", "org.freedesktop.secrets"])
        .args(["--object-path", "/org/freedesktop/secrets"])
        .args([
            "--method",
            "org.freedesktop.Secret.Service.SearchItems",
            "{'service': 'fluxchat'}",
        ])
        .output()
        .unwrap_or_else(|error| {
            panic!("gdbus: {error}; install it with: apt-get install libglib2.0-bin")
        });
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found: Vec<String> = found
        .split('\'')
        .filter(|part| part.starts_with("/org/"))
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}

#[test]
fn a_key_in_the_keychain_opens_the_archive_after_every_login() {
    let home = Home::new();
    let (session, conversation) = home.set_up();
    let keys = items(&session);
    assert_eq!(
        keys.len(),
        2,
        "the first run made the root and, sealed under it, the key of the pages: {keys:?}"
    );
    let mut names = home.names();
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    assert_eq!(
        names,
        [
            "archive.db",
            "archive.db.ballast",
            "keyinfo.json",
            "keyitems.json",
            "keyslots.json",
            "lock"
        ],
        "no other file holds anything"
    );
    drop(session);

    let session = home.log_in(Keyring::Unlocked);
    let shown = home
        .run(&session, &["history", "show", &conversation])
        .ok()
        .json();
    assert_eq!(shown["messages"][0]["text"], "remember me");
    assert_eq!(
        home.run(&session, &["doctor"]).ok().json()["storage"],
        "keychain"
    );
    assert_eq!(items(&session), keys, "and nobody made another one");
}

#[test]
fn a_locked_keychain_locks_the_archive() {
    let home = Home::new();
    let (session, _) = home.set_up();
    drop(session);
    let session = home.log_in(Keyring::Locked);
    home.refuses(&session, "locked");
    drop(session);
    let session = home.log_in(Keyring::Unlocked);
    assert_eq!(
        home.run(&session, &["history", "list"])
            .ok()
            .json()
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_locked_keychain_at_the_first_run_gets_no_key() {
    let home = Home::new();
    // A keyring that exists and is locked: the daemon has to make one first.
    let session = home.log_in(Keyring::Unlocked);
    drop(session);
    let session = home.log_in(Keyring::Locked);
    let ran = home.run(&session, &["setup", "--adult", "--accept-policy"]);
    ran.failed(3, "locked");
    assert!(
        !home.profile().join("archive.db").exists(),
        "and there is no archive"
    );
    assert!(!home.profile().join("keyslots.json").exists());
}

#[test]
fn without_a_keychain_no_key_is_made_anywhere() {
    for keyring in [Keyring::NoProvider, Keyring::NoBus] {
        let home = Home::new();
        let session = home.log_in(keyring);
        for args in [
            &["doctor"][..],
            &["ask", "hello"],
            &["setup", "--adult", "--accept-policy"],
        ] {
            home.run(&session, args).failed(3, "no_provider");
        }
        let names = home.names();
        assert!(
            names.iter().all(|name| name == "lock"),
            "{keyring:?}: nothing was written: {names:?}"
        );
    }
}

#[test]
fn a_keychain_that_went_away_is_asked_for() {
    let home = Home::new();
    let (session, _) = home.set_up();
    drop(session);
    for keyring in [Keyring::NoProvider, Keyring::NoBus] {
        let session = home.log_in(keyring);
        home.refuses(&session, "no_provider");
    }
    let session = home.log_in(Keyring::Unlocked);
    home.run(&session, &["history", "list"]).ok();
}

#[test]
fn a_deleted_or_cut_keyring_is_a_lost_key() {
    for cut in [false, true] {
        let home = Home::new();
        let (session, _) = home.set_up();
        drop(session);
        for entry in std::fs::read_dir(home.keyrings()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "keyring") {
                if cut {
                    std::fs::write(&path, b"GnomeKeyring\n").unwrap()
                } else {
                    std::fs::remove_file(&path).unwrap()
                }
            }
        }
        let session = home.log_in(Keyring::Unlocked);
        let keys = items(&session);
        home.refuses(&session, "key_lost");
        assert_eq!(items(&session), keys, "no new key was made");
    }
}

#[test]
fn a_deleted_item_is_a_lost_key() {
    let home = Home::new();
    let (session, _) = home.set_up();
    let keys = items(&session);
    let deleted = session
        .command("gdbus")
        .args([
            "call",
            "--session",
            "--dest",
            "org.freedesktop.secrets",
            "--object-path",
            &keys[0],
        ])
        .args(["--method", "org.freedesktop.Secret.Item.Delete"])
        .output()
        .unwrap();
    assert!(
        deleted.status.success(),
        "{}",
        String::from_utf8_lossy(&deleted.stderr)
    );
    home.refuses(&session, "key_lost");
    assert_eq!(items(&session), keys[1..], "no new key was made");
}

#[test]
fn a_key_of_another_archive_is_told_apart() {
    let home = Home::new();
    let (session, _) = home.set_up();
    let other = home.folder.path().join("other");
    let ran = session
        .command(cli_path())
        .arg("--profile")
        .arg(&other)
        .args(["setup", "--adult", "--accept-policy"])
        .output()
        .unwrap();
    assert!(ran.status.success());
    assert_eq!(items(&session).len(), 4, "each archive has keys of its own");
    // The place of our key now holds that of the other archive.
    std::fs::copy(
        other.join("keyslots.json"),
        home.profile().join("keyslots.json"),
    )
    .unwrap();
    home.refuses(&session, "wrong_key");
    assert_eq!(items(&session).len(), 4);
}

#[test]
fn a_key_in_another_kind_of_keychain_is_not_looked_for_here() {
    let home = Home::new();
    let (session, _) = home.set_up();
    let file = home.profile().join("keyinfo.json");
    let mut info: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(info["backend"], "secret-service");
    info["backend"] = "apple-keychain".into();
    std::fs::write(&file, info.to_string()).unwrap();
    home.refuses(&session, "backend_changed");
    assert_eq!(items(&session).len(), 2, "no other key was made");
}

#[test]
fn a_passphrase_needs_no_keychain() {
    let home = Home::new();
    let session = home.log_in(Keyring::NoBus);
    let with = |passphrase: &str, args: &[&str]| -> Ran {
        use std::io::Write as _;
        let mut command = session.command(cli_path());
        command
            .arg("--profile")
            .arg(home.profile())
            .args(["--json", "--passphrase-fd", "0"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(passphrase.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    };
    with("short", &["setup", "--adult", "--accept-policy"]).failed(2, "passphrase_short");
    let done = with(PASSPHRASE, &["setup", "--adult", "--accept-policy"])
        .ok()
        .json();
    assert_eq!(done["storage"], "passphrase");
    with(PASSPHRASE, &["ask", "hello"]).ok();
    with(&format!("{PASSPHRASE}\n"), &["history", "list"]).ok();
    with("another passphrase", &["history", "list"]).failed(3, "wrong_passphrase");
    with(
        "another passphrase",
        &["setup", "--adult", "--accept-policy"],
    )
    .failed(3, "wrong_passphrase");
    home.refuses(&session, "locked");
    // The same profile where a keychain is: still its passphrase, and no key in the keychain.
    drop(session);
    let session = home.log_in(Keyring::Unlocked);
    home.refuses(&session, "locked");
    assert!(items(&session).is_empty());
    assert!(
        !contains(&home.profile(), PASSPHRASE.as_bytes()),
        "the passphrase is in no file"
    );
}

fn contains(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        path.is_file()
            && std::fs::read(path)
                .unwrap()
                .windows(needle.len())
                .any(|part| part == needle)
    })
}

#[test]
fn a_keychain_that_dies_meanwhile_takes_nothing_with_it() {
    use fluxchat_testkit::recorder::{Answer, Recorder};
    let runtime = crate::support::runtime();
    let server = runtime.block_on(Recorder::start(Answer::Hang(vec![
        "going ".into(),
        "on".into(),
    ])));
    let home = Home::new();
    let (mut session, _) = home.set_up();
    home.run(
        &session,
        &["source", "add", "rec", "--url", &server.base_url()],
    )
    .ok();
    let mut command = session.command(cli_path());
    command
        .arg("--profile")
        .arg(home.profile())
        .args(["ask", "wait", "--source", "rec"]);
    let mut asking = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = asking.stdout.take().unwrap();
    let mut first = [0; 5];
    std::io::Read::read_exact(&mut stdout, &mut first).unwrap();
    session.kill_keyring();
    crate::cli::interrupt(&asking);
    assert_eq!(
        asking.wait().unwrap().code(),
        Some(1),
        "the open archive went on working"
    );
    let ran = home.run(&session, &["history", "list"]);
    let code = ran.json()["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        ["no_provider", "locked"].contains(&code.as_str()),
        "{}",
        ran.stdout
    );
    ran.failed(3, &code);
    drop(session);
    let session = home.log_in(Keyring::Unlocked);
    let list = home.run(&session, &["history", "list"]).ok().json();
    assert_eq!(
        list.as_array().map(Vec::len),
        Some(2),
        "both conversations are there"
    );
}
