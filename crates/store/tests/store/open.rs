use fluxchat_model::ArchiveKey;
use fluxchat_store::{ConversationShelf, Integrity, OpenOptions, Store, StoreError, check_file};

use crate::support::{Archive, KEY, key};

#[test]
fn a_new_file_is_encrypted_and_private() {
    let archive = Archive::new();
    archive.conversation("kept");
    archive.store.scrub().unwrap();
    let bytes = std::fs::read(archive.path()).unwrap();
    assert!(bytes.len() >= 4_096, "the pages are in the file");
    assert_ne!(&bytes[..15], b"SQLite format 3", "the file has no magic");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for entry in std::fs::read_dir(archive.dir.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?} is its owner's alone", entry.file_name());
        }
    }
}

#[test]
fn only_the_first_run_creates() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("archive.db");
    let missing = Store::open(OpenOptions::existing(&path, key())).unwrap_err();
    assert_eq!(missing, StoreError::CannotOpen);
    assert!(!path.exists(), "a failed opening leaves no file");
    let nowhere = dir.path().join("no/such/folder/archive.db");
    let error = Store::open(OpenOptions::create(nowhere, key())).unwrap_err();
    assert_eq!(error.code(), "cannot_open");
}

#[test]
fn a_wrong_key_and_a_foreign_file_are_told_apart_from_damage() {
    let archive = Archive::new();
    archive.conversation("kept");
    archive.store.close();
    let other = OpenOptions::existing(archive.path(), ArchiveKey::new([1; 32]));
    assert_eq!(Store::open(other).unwrap_err(), StoreError::NotADatabase);

    let junk = archive.dir.path().join("junk.db");
    std::fs::write(&junk, vec![7_u8; 20_000]).unwrap();
    let error = Store::open(OpenOptions::existing(&junk, key())).unwrap_err();
    assert_eq!(error, StoreError::NotADatabase);
    assert_eq!(
        std::fs::read(&junk).unwrap(),
        vec![7_u8; 20_000],
        "a foreign file is not touched"
    );
    assert!(
        Store::open(OpenOptions::existing(archive.path(), key())).is_ok(),
        "the archive is as it was"
    );
}

#[test]
fn a_damaged_page_is_named() {
    let archive = Archive::new();
    let conversation = archive.conversation("kept");
    for n in 0..200 {
        archive.say(
            conversation,
            None,
            &format!("message {n} {}", "x".repeat(300)),
        );
    }
    assert_eq!(archive.store.check_full().unwrap(), Integrity::Whole);
    assert_eq!(archive.store.check_quick().unwrap(), Integrity::Whole);
    archive.store.close();
    assert_eq!(
        check_file(&archive.path(), &key()).unwrap(),
        Integrity::Whole
    );
    let mut bytes = std::fs::read(archive.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(archive.path(), &bytes).unwrap();
    assert_eq!(
        check_file(&archive.path(), &key()).unwrap(),
        Integrity::DamagedPages
    );
    let store = Store::open(OpenOptions::existing(archive.path(), key())).unwrap();
    assert_eq!(store.check_full().unwrap(), Integrity::DamagedPages);
}

#[test]
fn a_reader_stands_beside_the_window_and_cannot_write() {
    let archive = Archive::new();
    archive.conversation("one");
    let beside = Store::open(OpenOptions::read_only(archive.path(), key())).unwrap();
    let titles = |store: &Store| {
        store
            .read(|tx| tx.conversations_page(ConversationShelf::Recent, None, 10))
            .unwrap()
            .len()
    };
    assert_eq!(titles(&beside), 1);
    archive.conversation("two");
    assert_eq!(titles(&beside), 2, "it sees what the window writes");
    let error = beside.write(|tx| tx.setting_set("a", &1)).unwrap_err();
    assert_eq!(error, StoreError::ReadOnly);
}

#[test]
fn a_reader_opens_an_archive_that_was_closed() {
    let archive = Archive::new();
    archive.conversation("one");
    archive.store.close();
    assert!(!archive.wal().exists(), "closing cleans up the log");
    let alone = Store::open(OpenOptions::read_only(archive.path(), key())).unwrap();
    let found = alone
        .read(|tx| tx.conversations_page(ConversationShelf::Recent, None, 10))
        .unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn in_memory_everything_works_and_nothing_is_written() {
    let store = Store::open(OpenOptions::memory()).unwrap();
    assert_eq!(store.path(), None);
    store.write(|tx| tx.setting_set("theme", &"dark")).unwrap();
    let theme: Option<String> = store.read(|tx| tx.setting("theme")).unwrap();
    assert_eq!(theme.as_deref(), Some("dark"));
    assert_eq!(store.scrub().unwrap().wal_bytes, 0);
    assert_eq!(store.check_full().unwrap(), Integrity::Whole);
    store.idle();
}

#[test]
fn a_failed_change_leaves_nothing() {
    let archive = Archive::new();
    let outcome: Result<(), _> = archive.store.write(|tx| {
        tx.setting_set("theme", &"dark")?;
        Err(StoreError::NotFound("reason to go on"))
    });
    assert!(outcome.is_err());
    let theme = archive.store.read(|tx| tx.setting_json("theme")).unwrap();
    assert_eq!(theme, None, "all or nothing");
    archive.store.idle();
    let left = std::fs::metadata(archive.wal()).map_or(0, |meta| meta.len());
    assert_eq!(left, 0, "a rolled-back change does not stay in the log");
}

#[test]
fn a_closed_archive_says_so() {
    let archive = Archive::new();
    archive.store.close();
    let read = archive.store.read(|tx| tx.settings()).unwrap_err();
    assert_eq!(read, StoreError::Closed);
    let write = archive
        .store
        .write(|tx| tx.setting_set("a", &1))
        .unwrap_err();
    assert_eq!(write, StoreError::Closed);
}

#[test]
fn no_error_and_no_debug_form_shows_the_key() {
    let options = OpenOptions::existing("archive.db", key());
    let shown = format!("{options:?} {:?}", Archive::new().store);
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(
        !shown.contains(&digits) && !shown.contains("90, 90"),
        "{shown}"
    );
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_an_error_people_can_act_on() {
    use std::os::unix::fs::PermissionsExt;
    let archive = Archive::new();
    archive.store.close();
    std::fs::set_permissions(archive.path(), std::fs::Permissions::from_mode(0o400)).unwrap();
    match Store::open(OpenOptions::existing(archive.path(), key())) {
        // Root may write anyway.
        Ok(store) => drop(store),
        Err(error) => assert!(
            matches!(error.code(), "read_only" | "cannot_open"),
            "{error}"
        ),
    }
}
