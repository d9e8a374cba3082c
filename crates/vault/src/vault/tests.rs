use std::fs;
use std::sync::Arc;

use fluxchat_model::{Origin, Secret, SessionState, SourceId, StorageMode, Timestamp};
use tempfile::TempDir;

use super::{ARCHIVE_FILE, Probe, Vault, key_id};
use crate::keychain::Keychain as _;
use crate::{KdfCost, KeychainError, MemoryKeychain, Patience, VaultError};

const NOW: Timestamp = Timestamp(1_795_000_000_000);

struct Profile {
    dir: TempDir,
    keychain: Arc<MemoryKeychain>,
}

impl Profile {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            keychain: Arc::new(MemoryKeychain::new()),
        }
    }

    /// As another start of the program sees it.
    fn vault(&self) -> Vault {
        Vault::new(self.dir.path(), self.keychain.clone()).with_kdf_cost(KdfCost::cheapest())
    }

    fn state(&self) -> SessionState {
        self.vault().probe(Patience::Probe).unwrap().session_state()
    }

    fn with_key() -> Self {
        let profile = Self::new();
        profile.vault().create_in_keychain(NOW).unwrap();
        profile.write(ARCHIVE_FILE, "pages");
        profile
    }

    fn with_passphrase() -> Self {
        let profile = Self::new();
        profile
            .vault()
            .create_with_passphrase(&secret("open sesame"), NOW)
            .unwrap();
        profile.write(ARCHIVE_FILE, "pages");
        profile
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.dir.path().join(name), content).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.dir.path().join(name)).unwrap();
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn bytes(&self) -> Vec<u8> {
        self.files()
            .iter()
            .flat_map(|name| fs::read(self.dir.path().join(name)).unwrap())
            .collect()
    }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn source(n: u8) -> SourceId {
    SourceId::new(NOW, [n; 10])
}

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn opened(vault: Vault) -> Vault {
    assert!(matches!(
        vault.probe(Patience::Probe).unwrap(),
        Probe::Key(..)
    ));
    vault
}

#[test]
fn the_state_follows_archive_sidecars_and_keychain() {
    type Case = (&'static str, fn() -> Profile, SessionState);
    let cases: [Case; 17] = [
        ("nothing", Profile::new, SessionState::FirstRun),
        (
            "a stray media folder",
            || {
                let profile = Profile::new();
                fs::create_dir(profile.dir.path().join("media")).unwrap();
                profile
            },
            SessionState::FirstRun,
        ),
        ("all there", Profile::with_key, SessionState::Ready),
        (
            "key made, archive not yet",
            || {
                let profile = Profile::with_key();
                profile.remove(ARCHIVE_FILE);
                profile
            },
            SessionState::Ready,
        ),
        (
            "keyinfo lost",
            || {
                let profile = Profile::with_key();
                profile.remove("keyinfo.json");
                profile
            },
            SessionState::Ready,
        ),
        (
            "keyslots lost",
            || {
                let profile = Profile::with_key();
                profile.remove("keyslots.json");
                profile
            },
            SessionState::Ready,
        ),
        (
            "keyinfo damaged",
            || {
                let profile = Profile::with_key();
                profile.write("keyinfo.json", "{");
                profile
            },
            SessionState::Ready,
        ),
        (
            "both sidecars lost",
            || {
                let profile = Profile::with_key();
                profile.remove("keyinfo.json");
                profile.remove("keyslots.json");
                profile
            },
            SessionState::KeyLost,
        ),
        (
            "archive without anything",
            || {
                let profile = Profile::new();
                profile.write(ARCHIVE_FILE, "");
                profile
            },
            SessionState::KeyLost,
        ),
        (
            "keychain emptied",
            || {
                let profile = Profile::with_key();
                profile.keychain.lose_everything();
                profile
            },
            SessionState::KeyLost,
        ),
        (
            "keychain emptied, archive gone too",
            || {
                let profile = Profile::with_key();
                profile.keychain.lose_everything();
                profile.remove(ARCHIVE_FILE);
                profile
            },
            SessionState::KeyLost,
        ),
        (
            "keychain locked",
            || {
                let profile = Profile::with_key();
                profile.keychain.fail_with(Some(KeychainError::Locked));
                profile
            },
            SessionState::Locked,
        ),
        (
            "keychain does not answer",
            || {
                let profile = Profile::with_key();
                profile.keychain.fail_with(Some(KeychainError::Timeout));
                profile
            },
            SessionState::Locked,
        ),
        (
            "keychain gone",
            || {
                let profile = Profile::with_key();
                profile.keychain.fail_with(Some(KeychainError::NoProvider));
                profile
            },
            SessionState::NoProvider,
        ),
        (
            "key of another archive",
            || {
                let profile = Profile::with_key();
                let item = profile.keychain.items().remove(0);
                profile.keychain.plant(&item, &"ab".repeat(32));
                profile
            },
            SessionState::WrongKey,
        ),
        (
            "no key at all in its place",
            || {
                let profile = Profile::with_key();
                let item = profile.keychain.items().remove(0);
                profile.keychain.plant(&item, "hello");
                profile
            },
            SessionState::WrongKey,
        ),
        ("passphrase", Profile::with_passphrase, SessionState::Locked),
    ];
    for (name, make, expected) in cases {
        let profile = make();
        let before = profile.files();
        assert_eq!(profile.state(), expected, "{name}");
        assert_eq!(profile.files(), before, "{name}: looking changes nothing");
        if expected != SessionState::FirstRun {
            let vault = profile.vault();
            assert!(
                matches!(vault.create_in_keychain(NOW), Err(VaultError::NotFirstRun)),
                "{name}"
            );
            assert!(
                matches!(
                    vault.create_with_passphrase(&secret("x"), NOW),
                    Err(VaultError::NotFirstRun)
                ),
                "{name}"
            );
            assert_eq!(profile.files(), before, "{name}: a refusal changes nothing");
        }
    }
}

#[test]
fn another_backend_is_told_apart_and_other_failures_are_errors() {
    let mut profile = Profile::with_key();
    profile.keychain = Arc::new(MemoryKeychain::of_backend("another-keychain"));
    let probe = profile.vault().probe(Patience::Probe).unwrap();
    assert!(
        matches!(&probe, Probe::BackendChanged { was, now }
            if was == "memory-keychain" && now == "another-keychain"),
        "{probe:?}"
    );
    for error in [KeychainError::Ambiguous, KeychainError::Other("x")] {
        let profile = Profile::with_key();
        profile.keychain.fail_with(Some(error));
        let told = profile.vault().probe(Patience::Probe).unwrap_err();
        assert!(matches!(told, VaultError::Keychain(e) if e == error));
    }
}

#[test]
fn the_key_comes_back_and_is_in_no_file() {
    let profile = Profile::new();
    let key = profile.vault().create_in_keychain(NOW).unwrap();
    let Probe::Key(again, mode) = profile.vault().probe(Patience::Probe).unwrap() else {
        panic!("the key is there");
    };
    assert_eq!(mode, StorageMode::Keychain);
    assert_eq!(again.expose(), key.expose());
    let bytes = profile.bytes();
    let hex = hex::encode(key.expose());
    assert!(!bytes.windows(32).any(|part| part == key.expose()));
    assert!(!bytes.windows(64).any(|part| part == hex.as_bytes()));
    let info: serde_json::Value =
        serde_json::from_slice(&fs::read(profile.dir.path().join("keyinfo.json")).unwrap())
            .unwrap();
    assert_eq!(
        info,
        serde_json::json!({"v": 1, "key_id": key_id(&key), "backend": "memory-keychain",
            "epoch": 1, "own_since": 0, "created_at": NOW.0})
    );
}

#[test]
fn a_key_id_is_the_documented_hash() {
    // (printf fluxchat-kid; head -c32 /dev/zero) | sha256sum | cut -c1-16
    assert_eq!(key_id(&Secret::new([0u8; 32])), "4a4c340f929f1b2e");
}

#[test]
fn a_refusing_keychain_leaves_a_first_run() {
    for error in [KeychainError::Locked, KeychainError::NoProvider] {
        let profile = Profile::new();
        profile.keychain.fail_writes_with(Some(error));
        let told = profile.vault().create_in_keychain(NOW).unwrap_err();
        assert!(matches!(told, VaultError::Keychain(e) if e == error));
        assert_eq!(profile.state(), SessionState::FirstRun);
        assert!(profile.files().is_empty());
        profile
            .vault()
            .create_with_passphrase(&secret("instead"), NOW)
            .unwrap();
    }
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("new/profile");
    let vault = Vault::new(&dir, Arc::new(MemoryKeychain::new()));
    vault.create_in_keychain(NOW).unwrap();
    vault
        .credential_set(source(1), &origin("https://a.example:443"), &secret("k"))
        .unwrap();
    assert_eq!(
        fs::metadata(&dir).unwrap().permissions().mode() & 0o777,
        0o700
    );
    for entry in fs::read_dir(&dir).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            entry.file_name()
        );
    }
}

#[test]
fn only_the_passphrase_unlocks() {
    let profile = Profile::new();
    let key = profile
        .vault()
        .create_with_passphrase(&secret("open sesame"), NOW)
        .unwrap();
    assert!(profile.keychain.items().is_empty());
    let vault = profile.vault();
    assert!(matches!(
        vault.probe(Patience::Probe).unwrap(),
        Probe::PassphraseNeeded
    ));
    assert!(matches!(
        vault.unlock_with_passphrase(&secret("open says me")),
        Err(VaultError::WrongPassphrase)
    ));
    assert!(matches!(vault.copy_key("x"), Err(VaultError::Locked)));
    let again = vault
        .unlock_with_passphrase(&secret("open sesame"))
        .unwrap();
    assert_eq!(again.expose(), key.expose());
    assert!(!profile.bytes().windows(32).any(|part| part == key.expose()));
    assert!(matches!(
        Profile::with_key()
            .vault()
            .unlock_with_passphrase(&secret("x")),
        Err(VaultError::NoPassphrase)
    ));
    profile.write("keyslots.json", "[]");
    assert!(matches!(
        profile
            .vault()
            .unlock_with_passphrase(&secret("open sesame")),
        Err(VaultError::Damaged(_))
    ));
    assert_eq!(profile.state(), SessionState::KeyLost);
}

#[test]
fn starting_fresh_sets_aside_and_can_be_undone() {
    for make in [Profile::with_key, Profile::with_passphrase] {
        let profile = make();
        profile.write("archive.db-wal", "log");
        let items = profile.keychain.items();
        let before: Vec<_> = profile.files();
        profile.vault().start_fresh(NOW).unwrap();
        assert_eq!(profile.state(), SessionState::FirstRun);
        assert_eq!(profile.keychain.items(), items, "no key is deleted");
        assert_eq!(profile.files().len(), before.len(), "no file is deleted");
        assert!(
            profile
                .files()
                .contains(&format!("archive.lost-{}.db", NOW.0))
        );
        assert!(
            profile
                .files()
                .contains(&format!("archive.lost-{}.db-wal", NOW.0))
        );
        profile.vault().create_in_keychain(NOW).unwrap();
        profile.write(ARCHIVE_FILE, "second");
        profile.vault().start_fresh(NOW).unwrap();
        assert_eq!(
            fs::read(
                profile
                    .dir
                    .path()
                    .join(format!("archive.lost-{}.db", NOW.0))
            )
            .unwrap(),
            b"pages",
            "the first one was not overwritten"
        );
        for name in profile.files() {
            if let Some(rest) = name.strip_suffix(&format!(".lost-{}.json", NOW.0)) {
                fs::rename(
                    profile.dir.path().join(&name),
                    profile.dir.path().join(format!("{rest}.json")),
                )
                .unwrap();
            }
        }
        assert_ne!(profile.state(), SessionState::KeyLost, "undone by renaming");
    }
}

#[test]
fn an_interrupted_fresh_start_keeps_archive_and_log_together() {
    let profile = Profile::with_key();
    profile.write("archive.lost-5.db-wal", "log");
    profile.vault().start_fresh(NOW).unwrap();
    assert!(profile.files().contains(&"archive.lost-5.db".to_owned()));
    assert_eq!(profile.state(), SessionState::FirstRun);
}

#[test]
fn credentials_go_to_their_origin_only_in_every_mode() {
    let keychain = Profile::with_key();
    let passphrase = Profile::with_passphrase();
    let with_passphrase = passphrase.vault();
    with_passphrase
        .unlock_with_passphrase(&secret("open sesame"))
        .unwrap();
    for vault in [
        opened(keychain.vault()),
        with_passphrase,
        opened(Vault::in_memory().unwrap()),
    ] {
        let home = origin("https://api.example:443");
        vault
            .credential_set(source(1), &home, &secret("sk-canary-1"))
            .unwrap();
        vault
            .credential_set(source(2), &home, &secret("sk-canary-2"))
            .unwrap();
        let get = |source, origin: &Origin| {
            vault
                .credential(source, origin)
                .unwrap()
                .map(|secret| secret.expose().clone())
        };
        assert_eq!(get(source(1), &home).as_deref(), Some("sk-canary-1"));
        for other in [
            "http://api.example:443",
            "https://api.example:8443",
            "https://api.example.evil:443",
        ] {
            assert_eq!(get(source(1), &origin(other)), None, "{other}");
        }
        let moved = origin("https://new.example:443");
        vault
            .credential_set(source(1), &moved, &secret("sk-canary-3"))
            .unwrap();
        assert_eq!(get(source(1), &home), None, "replaced, not added");
        assert_eq!(get(source(1), &moved).as_deref(), Some("sk-canary-3"));
        vault.credential_delete(source(1)).unwrap();
        vault.credential_delete(source(1)).unwrap();
        assert_eq!(get(source(1), &moved), None);
        assert_eq!(get(source(2), &home).as_deref(), Some("sk-canary-2"));
        let copy = vault.create_copy_key("before-7").unwrap();
        vault.credentials_keep(&[]).unwrap();
        assert_eq!(get(source(2), &home), None);
        assert_eq!(
            vault.copy_key("before-7").unwrap().unwrap().expose(),
            copy.expose(),
            "clearing credentials spares copies"
        );
    }
    for profile in [&keychain, &passphrase] {
        let bytes = profile.bytes();
        assert!(!bytes.windows(9).any(|part| part == b"sk-canary"));
        assert!(!bytes.windows(11).any(|part| part == b"api.example"));
    }
    assert_eq!(
        keychain.keychain.items().len(),
        2,
        "the archive key and the copy's"
    );
}

#[test]
fn copy_keys_live_until_destroyed() {
    let profile = Profile::with_passphrase();
    let vault = profile.vault();
    vault
        .unlock_with_passphrase(&secret("open sesame"))
        .unwrap();
    for vault in [vault, opened(Profile::with_key().vault())] {
        assert!(vault.copy_key("m1").unwrap().is_none());
        let one = vault.create_copy_key("m1").unwrap();
        let two = vault.create_copy_key("m2").unwrap();
        assert_ne!(one.expose(), two.expose());
        assert!(matches!(
            vault.create_copy_key("m1"),
            Err(VaultError::Exists)
        ));
        vault.destroy_copy_key("m1").unwrap();
        vault.destroy_copy_key("m1").unwrap();
        assert!(vault.copy_key("m1").unwrap().is_none());
        assert!(vault.copy_key("m2").unwrap().is_some());
        for name in ["", "../x", "a b", &"x".repeat(65)] {
            assert!(matches!(vault.copy_key(name), Err(VaultError::InvalidName)));
        }
    }
}

#[test]
fn a_locked_vault_reaches_nothing() {
    let profile = Profile::with_key();
    let vault = opened(profile.vault());
    let home = origin("https://api.example:443");
    vault
        .credential_set(source(1), &home, &secret("k"))
        .unwrap();
    vault.lock();
    assert!(matches!(
        vault.credential(source(1), &home),
        Err(VaultError::Locked)
    ));
    assert!(matches!(
        vault.credentials_keep(&[]),
        Err(VaultError::Locked)
    ));
    let vault = opened(vault);
    assert!(vault.credential(source(1), &home).unwrap().is_some());
}

#[test]
fn a_damaged_sealed_file_is_told_and_not_overwritten() {
    let profile = Profile::with_passphrase();
    let vault = profile.vault();
    vault
        .unlock_with_passphrase(&secret("open sesame"))
        .unwrap();
    let home = origin("https://api.example:443");
    vault
        .credential_set(source(1), &home, &secret("k"))
        .unwrap();
    let path = profile.dir.path().join("credentials.sealed");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(
        vault.credential_set(source(2), &home, &secret("k")),
        Err(VaultError::Damaged(_))
    ));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn forgetting_everything_leaves_no_key_anywhere() {
    let profile = Profile::with_key();
    let home = origin("https://api.example:443");
    let vault = opened(profile.vault());
    vault
        .credential_set(source(1), &home, &secret("k"))
        .unwrap();
    vault.start_fresh(NOW).unwrap();
    profile.vault().create_in_keychain(NOW).unwrap();
    let vault = opened(profile.vault());
    vault
        .credential_set(source(2), &home, &secret("k"))
        .unwrap();
    vault.create_copy_key("m").unwrap();
    assert_eq!(profile.keychain.items().len(), 5);

    profile.keychain.fail_with(Some(KeychainError::NoProvider));
    let files = profile.files();
    assert!(vault.forget_everything().is_err());
    assert_eq!(profile.files(), files, "the names of the items are kept");
    profile.keychain.fail_with(None);

    vault.forget_everything().unwrap();
    assert!(profile.keychain.items().is_empty());
    assert_eq!(profile.files(), [format!("archive.lost-{}.db", NOW.0)]);
    assert!(matches!(
        vault.credential(source(2), &home),
        Err(VaultError::Locked)
    ));
    assert_eq!(profile.state(), SessionState::FirstRun);
    vault.forget_everything().unwrap();

    let profile = Profile::with_passphrase();
    profile.vault().forget_everything().unwrap();
    assert_eq!(profile.files(), [ARCHIVE_FILE]);
    assert_eq!(profile.state(), SessionState::KeyLost);
}

#[test]
fn a_session_in_memory_writes_nothing() {
    let vault = Vault::in_memory().unwrap();
    let Probe::Key(one, StorageMode::Memory) = vault.probe(Patience::Probe).unwrap() else {
        panic!("it has a key");
    };
    let Probe::Key(two, _) = Vault::in_memory().unwrap().probe(Patience::Probe).unwrap() else {
        panic!("it has a key");
    };
    assert_ne!(one.expose(), two.expose());
    assert!(matches!(
        vault.create_in_keychain(NOW),
        Err(VaultError::NotFirstRun)
    ));
    vault.forget_everything().unwrap();
    assert!(matches!(
        vault.probe(Patience::Probe).unwrap(),
        Probe::KeyLost
    ));
}

#[test]
fn secrets_are_not_printed() {
    let profile = Profile::with_key();
    let vault = opened(profile.vault());
    let probe = vault.probe(Patience::Probe).unwrap();
    let Probe::Key(key, _) = &probe else {
        panic!("it has a key");
    };
    assert!(!format!("{probe:?}").contains(&hex::encode(key.expose())));
}

/// With the root under a passphrase, nothing that stays in the keychain opens the archive.
#[test]
fn a_key_beside_the_root_is_sealed_in_the_keychain() {
    let profile = Profile::new();
    let vault = profile.vault();
    vault.create_in_keychain(NOW).unwrap();
    let key = vault.create_copy_key("epoch-1").unwrap();
    let mut seen = 0;
    for item in profile.keychain.items() {
        let text = profile
            .keychain
            .get(&item, Patience::Probe)
            .unwrap()
            .unwrap();
        seen += u32::from(item.starts_with("copy-"));
        assert!(
            !text.expose().contains(&hex::encode(key.expose())),
            "{item}"
        );
    }
    assert_eq!(seen, 1);
    assert_eq!(
        vault.copy_key("epoch-1").unwrap().unwrap().expose(),
        key.expose()
    );
}
