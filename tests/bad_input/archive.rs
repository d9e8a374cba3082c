//! Damaged, foreign and future archives: said what they are, never changed, never removed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use fluxchat_model::ArchiveKey;
use fluxchat_store::{OpenOptions, Store};
use fluxchat_testkit::{canary, raw};
use sha2::{Digest as _, Sha256};

use crate::cli::text;
use crate::support::{Profile, copy_folder, long};

const PAGE: usize = 4096;

/// A profile with a few conversations, to be damaged again and again.
struct Sound {
    profile: Profile,
    copy: tempfile::TempDir,
    conversation: String,
}

impl Sound {
    fn new() -> Self {
        let profile = Profile::with_cheap_passphrase().set_up();
        let mut conversation = String::new();
        for _ in 0..3 {
            let question = format!("{} {}", canary(), "many words ".repeat(900));
            let asked = profile.json(&["ask", &question]);
            conversation = text(&asked["conversation_id"]).to_owned();
        }
        // Its log is folded in, so that every page counts.
        let path = profile.dir.join("archive.db");
        let store = Store::open(OpenOptions::existing(
            &path,
            ArchiveKey::new(profile.archive_key()),
        ))
        .unwrap();
        store.scrub().unwrap();
        store.close();
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&profile.dir, copy.path());
        Self {
            profile,
            copy,
            conversation,
        }
    }

    /// The profile as it was, with a change to its archive.
    fn damaged(&self, change: impl FnOnce(&Path)) -> Vec<u8> {
        std::fs::remove_dir_all(&self.profile.dir).unwrap();
        copy_folder(self.copy.path(), &self.profile.dir);
        let archive = self.profile.dir.join("archive.db");
        change(&archive);
        digest(&archive)
    }

    fn check(&self, what: &str, code: &str, before: &[u8]) {
        let archive = self.profile.dir.join("archive.db");
        for args in [
            &["history", "list"][..],
            &["ask", "hello"],
            &["doctor"],
            &["setup", "--adult", "--accept-policy"],
        ] {
            let ran = self.profile.run(&[&["--json"], args].concat());
            assert_eq!(
                ran.code, 6,
                "{what}: {args:?}: {}{}",
                ran.stdout, ran.stderr
            );
            ran.failed(6, code);
        }
        assert_eq!(digest(&archive), before, "{what}: the file is as it was");
    }
}

fn digest(file: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(file).unwrap()).to_vec()
}

fn flip(archive: &Path, at: usize) {
    let mut bytes = std::fs::read(archive).unwrap();
    bytes[at] ^= 0x40;
    std::fs::write(archive, bytes).unwrap();
}

#[test]
fn an_archive_that_cannot_be_opened_is_named_and_left_alone() {
    let sound = Sound::new();
    for byte in 0..16 {
        let before = sound.damaged(|archive| flip(archive, byte));
        // All commands for a few of them; each costs a process.
        if byte % 5 == 0 {
            sound.check(&format!("byte {byte} of the salt"), "corrupt", &before);
        } else {
            let ran = sound.profile.run(&["--json", "ask", "hello"]);
            ran.failed(6, "corrupt");
            assert_eq!(digest(&sound.profile.dir.join("archive.db")), before);
        }
    }
    let before = sound.damaged(|archive| flip(archive, 1000));
    sound.check("page 1", "corrupt", &before);
    let before = sound.damaged(|archive| std::fs::write(archive, b"").unwrap());
    sound.check("zero length", "corrupt", &before);
    let before = sound.damaged(|archive| {
        let bytes = std::fs::read(archive).unwrap();
        std::fs::write(archive, &bytes[..100]).unwrap();
    });
    sound.check("less than a page", "corrupt", &before);
    let before = sound.damaged(|archive| {
        let plain = [
            &b"SQLite format 3\0"[..],
            &[16, 0, 1, 1, 0, 64, 32, 32],
            &[0; 4072],
        ]
        .concat();
        std::fs::write(archive, plain).unwrap();
    });
    sound.check("a plain SQLite file", "corrupt", &before);
    let before = sound.damaged(|archive| {
        std::fs::remove_file(archive).unwrap();
        Store::open(OpenOptions::create(archive, ArchiveKey::new([7; 32])))
            .unwrap()
            .close();
    });
    sound.check("an archive with another key", "corrupt", &before);
    let key = sound.profile.archive_key();
    let before = sound.damaged(|archive| future(archive, &key));
    sound.check("an archive from the future", "too_new", &before);

    // And the sound one still opens.
    sound.damaged(|_| {});
    assert_eq!(
        crate::cli::shown(&sound.profile, &sound.conversation).len(),
        2
    );
}

fn future(archive: &Path, key: &[u8; 32]) {
    raw::run(
        archive,
        key,
        "PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE);",
    );
}

/// Damage that does not stand at the door: found by `doctor`, and met politely.
#[test]
fn a_damaged_page_is_found_and_the_rest_can_be_read() {
    let sound = Sound::new();
    let length = std::fs::metadata(sound.profile.dir.join("archive.db"))
        .unwrap()
        .len();
    let pages = usize::try_from(length).unwrap() / PAGE;
    let looked_at = if long() {
        (2..pages).collect()
    } else {
        vec![pages / 3, pages / 2, pages - 2]
    };
    for page in looked_at {
        let before = sound.damaged(|archive| flip(archive, page * PAGE + 700));
        let doctor = sound.profile.run(&["--json", "doctor"]);
        assert_eq!(doctor.code, 6, "page {page}: {}", doctor.stdout);
        assert_eq!(doctor.json()["integrity"], "damaged_pages", "page {page}");
        let archive = sound.profile.dir.join("archive.db");
        assert_eq!(
            digest(&archive),
            before,
            "page {page}: looking changes nothing"
        );
        // Whether these meet the page depends on the page; what they say does not.
        for args in [
            &["history", "show", &sound.conversation][..],
            &["history", "search", "words"],
            &["ask", "hello"],
        ] {
            let ran = sound.profile.run(&[&["--json"], args].concat());
            assert!(
                [0, 6].contains(&ran.code),
                "page {page}: {args:?}: {}",
                ran.stderr
            );
            if ran.code == 6 {
                let code = ran.json()["error"]["code"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                assert!(
                    ["corrupt", "search_corrupt"].contains(&code.as_str()),
                    "{code}"
                );
                ran.failed(6, &code);
            }
        }
        assert!(archive.exists());
    }
    let before = sound.damaged(|archive| {
        let bytes = std::fs::read(archive).unwrap();
        std::fs::write(archive, &bytes[..bytes.len() / 2 / PAGE * PAGE]).unwrap();
    });
    let doctor = sound.profile.run(&["--json", "doctor"]);
    assert_eq!(doctor.code, 6, "cut in half: {}", doctor.stdout);
    assert_eq!(digest(&sound.profile.dir.join("archive.db")), before);
}

/// The search index alone is damaged: messages are not affected, and it can be built again.
#[test]
fn a_damaged_search_index_costs_no_message() {
    let sound = Sound::new();
    let key = sound.profile.archive_key();
    sound.damaged(|archive| {
        raw::run(
            archive,
            &key,
            "UPDATE search_data SET block = zeroblob(40) WHERE id > 10;",
        );
    });
    let messages = crate::cli::shown(&sound.profile, &sound.conversation);
    assert_eq!(messages.len(), 2);
    let ran = sound.profile.run(&["--json", "history", "search", "words"]);
    assert!([0, 6].contains(&ran.code), "{}", ran.stderr);
    if ran.code == 6 {
        ran.failed(6, "search_corrupt");
    }
    let deleted = sound
        .profile
        .json(&["history", "delete", "--now", &sound.conversation]);
    assert_eq!(
        text(&deleted[0]["receipt"]["hash"]).len(),
        64,
        "deleting works all the same"
    );
}

/// A log whose head is damaged after a crash: SQLite would take it for empty and write over it.
#[test]
fn a_damaged_log_is_told_and_kept() {
    let sound = Sound::new();
    let key = sound.profile.archive_key();
    let mut before = Vec::new();
    sound.damaged(|archive| {
        let store = Store::open(OpenOptions::existing(archive, ArchiveKey::new(key))).unwrap();
        store.write(|tx| tx.setting_set("theme", &"dark")).unwrap();
        // As a crash leaves it: the log is there.
        let wal = archive.with_file_name("archive.db-wal");
        let mut log = std::fs::read(&wal).unwrap();
        store.close();
        log[9] ^= 1;
        std::fs::write(&wal, &log).unwrap();
        before = log;
    });
    for args in [&["--json", "doctor"][..], &["--json", "ask", "hello"]] {
        sound.profile.run(args).failed(6, "corrupt");
    }
    let wal = sound.profile.dir.join("archive.db-wal");
    assert_eq!(
        std::fs::read(&wal).unwrap(),
        before,
        "what was committed is still there for whoever can mend it"
    );

    // Control: with its bit back, the log is read and the archive is whole.
    before[9] ^= 1;
    std::fs::write(&wal, &before).unwrap();
    assert_eq!(sound.profile.run(&["--json", "doctor"]).code, 0);
}

#[test]
fn a_folder_that_everybody_may_write_to_is_refused() {
    let profile = Profile::with_cheap_passphrase().set_up();
    std::fs::set_permissions(&profile.dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    profile
        .run(&["--json", "ask", "hello"])
        .failed(1, "unwritable");
    std::fs::set_permissions(&profile.dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    profile.json(&["ask", "hello"]);
    let mode = |name: &str| {
        std::fs::metadata(profile.dir.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    for name in ["archive.db", "keyslots.json", "keyinfo.json", "lock"] {
        assert_eq!(mode(name), 0o600, "{name} is its owner's alone");
    }
}
