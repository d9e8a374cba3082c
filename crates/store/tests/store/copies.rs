//! The copy before a migration, and archives from other versions.

use fluxchat_model::ArchiveKey;
use fluxchat_store::{
    CopyRecord, LATEST_SCHEMA, MigrationCopy, OpenOptions, Store, StoreError, remove_copy,
};

use crate::support::{Archive, KEY, NOW, key};

fn set_version(archive: &Archive, version: u32) {
    let conn = rusqlite::Connection::open(archive.path()).unwrap();
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{digits}'"))
        .unwrap();
    conn.pragma_update(None, "user_version", version).unwrap();
}

#[test]
fn an_archive_of_the_future_is_not_touched() {
    let archive = Archive::new();
    archive.conversation("kept");
    archive.store.close();
    set_version(&archive, LATEST_SCHEMA + 1);
    let before = std::fs::read(archive.path()).unwrap();
    for options in [
        OpenOptions::existing(archive.path(), key()),
        OpenOptions::read_only(archive.path(), key()),
    ] {
        let error = Store::open(options).unwrap_err();
        let expected = StoreError::TooNew {
            found: LATEST_SCHEMA + 1,
            known: LATEST_SCHEMA,
        };
        assert_eq!(error, expected);
    }
    assert!(
        std::fs::read(archive.path()).unwrap() == before,
        "not a byte was changed"
    );
}

#[test]
fn a_new_archive_needs_no_copy_and_remembers_one_that_was_made() {
    let archive = Archive::new();
    let report = archive.store.migrated().unwrap();
    assert_eq!(
        (report.from, report.to, report.copied),
        (0, LATEST_SCHEMA, false)
    );
    let record = CopyRecord {
        made_at: NOW,
        schema: 1,
    };
    archive
        .store
        .write(|tx| tx.migration_copy_made(record))
        .unwrap();
    let kept = archive.store.read(|tx| tx.migration_copy()).unwrap();
    assert_eq!(kept, Some(record));
    archive.store.write(|tx| tx.migration_copy_gone()).unwrap();
    assert_eq!(archive.store.read(|tx| tx.migration_copy()).unwrap(), None);
}

#[test]
fn a_copy_is_removed_with_everything_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("copy.db");
    assert_eq!(remove_copy(&path), Ok(false));
    for suffix in ["", "-wal", "-shm"] {
        std::fs::write(format!("{}{suffix}", path.display()), b"x").unwrap();
    }
    assert_eq!(remove_copy(&path), Ok(true));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_place_for_a_copy_shows_no_key() {
    let copy = MigrationCopy {
        path: "copy.db".into(),
        key: ArchiveKey::new([0xab; 32]),
    };
    assert!(!format!("{copy:?}").contains("171"));
}
