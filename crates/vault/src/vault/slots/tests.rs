use std::sync::Arc;

use fluxchat_model::{Origin, SessionState, SourceId, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::file::fuse;
use crate::{KdfCost, MemoryKeychain, Probe, Vault, VaultError};

const NOW: Timestamp = Timestamp(1_795_000_000_000);

struct Profile {
    dir: TempDir,
    keychain: Arc<MemoryKeychain>,
    key: ArchiveKey,
}

impl Profile {
    /// With its key in the keychain, and a credential.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let vault = Vault::new(dir.path(), keychain.clone()).with_kdf_cost(KdfCost::cheapest());
        let key = vault.create_in_keychain(NOW).unwrap();
        std::fs::write(dir.path().join("archive.db"), "pages").unwrap();
        vault
            .credential_set(source(), &origin(), &secret("sk-1"))
            .unwrap();
        Self { dir, keychain, key }
    }

    /// As another start of the program sees it.
    fn vault(&self) -> Vault {
        Vault::new(self.dir.path(), self.keychain.clone()).with_kdf_cost(KdfCost::cheapest())
    }

    fn state(&self) -> SessionState {
        self.vault().probe(Patience::Probe).unwrap().session_state()
    }

    fn key_in_keychain(&self) -> bool {
        self.keychain
            .items()
            .contains(&key_item(&crate::key_id(&self.key)))
    }

    /// Opens it, by the keychain or by one of these.
    fn opens(&self, passphrases: &[&str]) -> Option<Vault> {
        let vault = self.vault();
        match vault.probe(Patience::Probe).unwrap() {
            Probe::Key(key, _) => (key.expose() == self.key.expose()).then_some(vault),
            Probe::PassphraseNeeded => {
                let right = |it: &&&str| vault.unlock_with_passphrase(&secret(it)).is_ok();
                passphrases.iter().find(right).is_some().then_some(vault)
            }
            _ => None,
        }
    }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn source() -> SourceId {
    SourceId::new(NOW, [1; 10])
}

fn origin() -> Origin {
    "https://api.example.com:443".parse().unwrap()
}

fn credential(vault: &Vault) -> Option<String> {
    let found = vault.credential(source(), &origin()).unwrap();
    found.map(|secret| secret.expose().clone())
}

#[test]
fn a_passphrase_takes_the_key_out_of_the_keychain_and_gives_it_back() {
    for keep in [true, false] {
        let profile = Profile::new();
        profile
            .vault()
            .passphrase_set(&secret("one"), keep)
            .unwrap();
        assert_eq!(profile.state(), SessionState::Locked);
        assert!(!profile.key_in_keychain(), "no usable key stays there");
        assert_eq!(profile.keychain.items().is_empty(), !keep);
        assert!(matches!(
            profile.vault().unlock_with_passphrase(&secret("two")),
            Err(VaultError::WrongPassphrase)
        ));
        let vault = profile.opens(&["one"]).unwrap();
        assert_eq!(credential(&vault).as_deref(), Some("sk-1"));
        let status = vault.lock_status().unwrap();
        assert!(status.passphrase && !status.recovery && !status.key_left_in_keychain);
        assert_eq!(status.keychain, keep);
        assert!(matches!(
            vault.passphrase_set(&secret("two"), keep),
            Err(VaultError::Exists)
        ));

        assert!(
            vault
                .passphrase_change(&secret("two"), &secret("two"))
                .is_err()
        );
        vault
            .passphrase_change(&secret("one"), &secret("two"))
            .unwrap();
        assert!(
            profile.opens(&["one"]).is_none(),
            "the old one is worthless"
        );
        assert!(profile.opens(&["two"]).is_some());

        assert!(vault.passphrase_remove(&secret("one")).is_err());
        vault.passphrase_remove(&secret("two")).unwrap();
        assert_eq!(profile.state(), SessionState::Ready);
        let vault = profile.opens(&[]).unwrap();
        assert_eq!(credential(&vault).as_deref(), Some("sk-1"));
        assert!(!profile.dir.path().join(SEALED).exists());
    }
}

#[test]
fn a_recovery_code_opens_once_and_is_replaced() {
    let profile = Profile::new();
    profile
        .vault()
        .passphrase_set(&secret("one"), true)
        .unwrap();
    let vault = profile.opens(&["one"]).unwrap();
    assert!(vault.recovery_create(None).is_err());
    assert!(vault.recovery_create(Some(&secret("no"))).is_err());
    let code = vault.recovery_create(Some(&secret("one"))).unwrap();
    let typed = secret(&code.expose().to_lowercase().replace('-', " "));

    let vault = profile.vault();
    assert!(matches!(
        vault.recover(&typed, None),
        Err(VaultError::EmptyPassphrase)
    ));
    assert!(matches!(
        vault.recover(&secret("0000-0000"), Some(&secret("two"))),
        Err(VaultError::WrongPassphrase)
    ));
    let recovered = vault.recover(&typed, Some(&secret("two"))).unwrap();
    assert_eq!(recovered.key.expose(), profile.key.expose());
    assert_ne!(recovered.code.expose(), code.expose());
    assert_eq!(credential(&vault).as_deref(), Some("sk-1"));
    assert!(
        profile.opens(&["one"]).is_none(),
        "what was forgotten is worthless"
    );
    assert!(profile.opens(&["two"]).is_some());
    assert!(
        vault.recover(&code, Some(&secret("three"))).is_err(),
        "once"
    );
    vault
        .recover(&recovered.code, Some(&secret("three")))
        .unwrap();
}

#[test]
fn a_recovery_code_brings_back_what_the_keychain_lost() {
    let profile = Profile::new();
    let code = profile.opens(&[]).unwrap().recovery_create(None).unwrap();
    profile.keychain.lose_everything();
    assert_eq!(profile.state(), SessionState::KeyLost);
    let recovered = profile.vault().recover(&code, None).unwrap();
    assert_eq!(recovered.storage, StorageMode::Keychain);
    assert_eq!(profile.state(), SessionState::Ready);

    profile.keychain.lose_everything();
    let code = recovered.code;
    profile
        .vault()
        .recover(&code, Some(&secret("one")))
        .unwrap();
    assert!(profile.opens(&["one"]).is_some());
}

#[test]
fn a_key_that_could_not_be_removed_goes_later() {
    let profile = Profile::new();
    profile
        .keychain
        .fail_writes_with(Some(KeychainError::Locked));
    profile
        .vault()
        .passphrase_set(&secret("one"), true)
        .unwrap();
    assert!(profile.vault().lock_status().unwrap().key_left_in_keychain);
    assert_eq!(
        profile.state(),
        SessionState::Locked,
        "it is not used all the same"
    );
    profile.keychain.fail_writes_with(None);
    profile.opens(&["one"]).unwrap();
    assert!(!profile.key_in_keychain());
    assert!(!profile.vault().lock_status().unwrap().key_left_in_keychain);
}

/// A change, and what opens the archive before and after it.
type Change = (
    &'static str,
    fn(&Profile),
    fn(&Vault) -> Result<(), VaultError>,
);

const CHANGES: [Change; 7] = [
    (
        "set",
        |_| (),
        |vault| vault.passphrase_set(&secret("new"), true),
    ),
    (
        "set, without keychain",
        |_| (),
        |vault| vault.passphrase_set(&secret("new"), false),
    ),
    ("change", with_keychain, |vault| {
        vault.passphrase_change(&secret("old"), &secret("new"))
    }),
    ("remove", with_keychain, |vault| {
        vault.passphrase_remove(&secret("old"))
    }),
    ("remove, back to the keychain", without_keychain, |vault| {
        vault.passphrase_remove(&secret("old"))
    }),
    ("recovery code", with_keychain, |vault| {
        vault.recovery_create(Some(&secret("old"))).map(drop)
    }),
    (
        "recovery code, keychain alone",
        |_| (),
        |vault| vault.recovery_create(None).map(drop),
    ),
];

fn with_keychain(profile: &Profile) {
    profile
        .vault()
        .passphrase_set(&secret("old"), true)
        .unwrap();
}

fn without_keychain(profile: &Profile) {
    profile
        .vault()
        .passphrase_set(&secret("old"), false)
        .unwrap();
}

#[test]
fn a_change_cut_off_anywhere_leaves_a_way_in() {
    for (name, prepare, change) in CHANGES {
        let mut steps = 0;
        loop {
            let profile = Profile::new();
            prepare(&profile);
            let vault = profile.opens(&["old"]).unwrap();
            fuse::set(Some(steps));
            let done = change(&vault);
            let blown = fuse::is_blown();
            fuse::set(None);
            assert!(blown || done.is_ok(), "{name} at {steps}: {done:?}");

            let opened = profile.opens(&["old", "new"]);
            let vault = opened.unwrap_or_else(|| panic!("{name}: locked out after {steps} steps"));
            assert_eq!(
                credential(&vault).as_deref(),
                Some("sk-1"),
                "{name} at {steps}"
            );
            // Opening has swept: nothing is in two places.
            let status = vault.lock_status().unwrap();
            assert!(
                !(status.passphrase && profile.key_in_keychain()),
                "{name} at {steps}: a key stays behind"
            );
            if !blown {
                break;
            }
            steps += 1;
        }
        assert!(steps >= 1, "{name} has steps to be cut off between");
    }
}
