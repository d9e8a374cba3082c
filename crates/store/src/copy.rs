//! The copy of an archive that is set aside before a migration, under a key of its own, so that
//! destroying that key destroys the copy wherever it has been backed up to.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use fluxchat_model::Timestamp;

use crate::{MigrationCopy, ReadTx, StoreError, WriteTx, connection, migrate, search};

/// The copy as the archive remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyRecord {
    /// When it was made.
    pub made_at: Timestamp,
    /// The schema of the archive it holds.
    pub schema: u32,
}

const META_KEY: &str = "migration_copy";

/// Copies page by page, then opens the copy with its own key and checks all of it.
pub(crate) fn make(
    source: &Connection,
    target: &MigrationCopy,
    schema: u32,
) -> Result<(), StoreError> {
    remove_copy(&target.path)?;
    let made = write(source, target).and_then(|()| verify(target, schema));
    if let Err(error) = made {
        let _ = remove_copy(&target.path);
        return Err(match error {
            StoreError::Full | StoreError::ReadOnly | StoreError::CannotOpen => error,
            _ => StoreError::CopyFailed,
        });
    }
    Ok(())
}

fn write(source: &Connection, target: &MigrationCopy) -> Result<(), StoreError> {
    connection::create_private(&target.path)?;
    let mut copy = open(target, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    {
        let backup = Backup::new(source, &mut copy)?;
        let mut waits = 0;
        loop {
            match backup.step(1_024)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ if waits < 100 => {
                    waits += 1;
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                _ => return Err(StoreError::Busy),
            }
        }
    }
    copy.close().map_err(|(_, error)| StoreError::from(error))?;
    std::fs::File::open(&target.path)?.sync_all()?;
    connection::assert_encrypted(&target.path)
}

fn verify(target: &MigrationCopy, schema: u32) -> Result<(), StoreError> {
    let copy = open(target, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    search::register(&copy)?;
    let answer: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let damaged_pages = copy
        .prepare("PRAGMA cipher_integrity_check")?
        .query([])?
        .next()?
        .is_some();
    if answer == "ok" && !damaged_pages && migrate::schema_version(&copy)? == schema {
        Ok(())
    } else {
        Err(StoreError::CopyFailed)
    }
}

fn open(target: &MigrationCopy, flags: OpenFlags) -> Result<Connection, StoreError> {
    let copy = Connection::open_with_flags(&target.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    copy.pragma_update(None, "cipher_log_level", "NONE")?;
    connection::key(&copy, &target.key)?;
    Ok(copy)
}

/// Removes the file of a copy with what SQLite may have left beside it. Returns whether it was
/// there. Its key is destroyed by the caller, first.
///
/// # Errors
/// When a file is there and cannot be removed.
pub fn remove_copy(path: &Path) -> Result<bool, StoreError> {
    let mut there = false;
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Ok(()) => there |= suffix.is_empty(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(there)
}

impl ReadTx<'_> {
    /// The copy that still exists, as far as the archive knows.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn migration_copy(&self) -> Result<Option<CopyRecord>, StoreError> {
        let Some(value) = self.meta(META_KEY)? else {
            return Ok(None);
        };
        let (made_at, schema) = value
            .split_once(' ')
            .and_then(|(at, schema)| Some((at.parse().ok()?, schema.parse().ok()?)))
            .ok_or(StoreError::Unreadable("copy record"))?;
        Ok(Some(CopyRecord {
            made_at: Timestamp(made_at),
            schema,
        }))
    }
}

impl WriteTx<'_> {
    /// Remembers that a copy was made. The caller does so after a migration that reports one.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn migration_copy_made(&self, record: CopyRecord) -> Result<(), StoreError> {
        self.meta_set(META_KEY, &format!("{} {}", record.made_at.0, record.schema))
    }

    /// Forgets the copy, after its key and its file are gone.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn migration_copy_gone(&self) -> Result<(), StoreError> {
        self.meta_remove(META_KEY)
    }
}
