//! Is the archive whole? Asked on connections of its own: after a damaged page SQLCipher answers
//! nonsense on the connection that met it.

use std::path::Path;

use fluxchat_model::ArchiveKey;
use rusqlite::Connection;

use crate::connection::{self, Kind};
use crate::{Mode, OpenOptions, Store, StoreError, log_head};

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Nothing wrong.
    Whole,
    /// Pages whose authentication fails: the file was changed from outside, or the disk is bad.
    DamagedPages,
    /// Rows and indexes do not agree.
    DamagedRows,
    /// The search index does not agree with the messages; it can be rebuilt.
    DamagedSearch,
}

impl Store {
    /// Looks at the structure. Costs a pass over the file without its text.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn check_quick(&self) -> Result<Integrity, StoreError> {
        self.check(|conn| rows_agree(conn, "PRAGMA quick_check(1)"))
    }

    /// Authenticates every page, then compares every row with every index, the search index
    /// included. Costs several passes over the file.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn check_full(&self) -> Result<Integrity, StoreError> {
        // Beside the process that owns it, pages of the file may be older than the log, and after a
        // change of the key under another one. Whatever SQLite reads is authenticated all the same.
        let settled = self.mode() != Mode::ReadOnly || self.wal_bytes() == 0;
        let pages = || match self.path() {
            Some(_) if settled => {
                pages_authenticate(&connection::open(&self.options(), Kind::Reader)?)
            }
            _ => Ok(true),
        };
        let rows = || self.check(|conn| rows_agree(conn, "PRAGMA integrity_check(1)"));
        let search = || match self.mode() {
            Mode::ReadOnly => Ok(Integrity::Whole),
            _ => self.search_agrees(),
        };
        // Each is a pass over the file of its own, on a connection of its own. The statement that
        // compares the index with every text writes nothing, but only the writer may make it.
        let (pages, rows, search) = std::thread::scope(|threads| {
            let pages = threads.spawn(pages);
            let search = threads.spawn(search);
            let rows = rows();
            (joined(pages), rows, joined(search))
        });
        if !pages? {
            tracing::warn!(
                name: "archive.pages_damaged",
                bytes = self.path().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |meta| meta.len()),
            );
            return Ok(Integrity::DamagedPages);
        }
        match rows? {
            Integrity::Whole => search,
            damaged => Ok(damaged),
        }
    }

    fn search_agrees(&self) -> Result<Integrity, StoreError> {
        let agrees = self.with_writer(|conn| {
            conn.execute(
                "INSERT INTO search (search, rank) VALUES ('integrity-check', ?1)",
                [!index_is_apart(conn)?],
            )?;
            Ok(())
        });
        match agrees {
            Ok(()) => Ok(Integrity::Whole),
            Err(StoreError::SearchCorrupt) => Ok(Integrity::DamagedSearch),
            Err(error) => Err(error),
        }
    }

    fn check(
        &self,
        look: impl FnOnce(&Connection) -> Result<Integrity, StoreError>,
    ) -> Result<Integrity, StoreError> {
        let answer = if self.mode() == Mode::Memory {
            self.read(|tx| look(tx.conn))
        } else {
            look(&connection::open(&self.options(), Kind::Reader)?)
        };
        match answer {
            Err(StoreError::Corrupt) => Ok(Integrity::DamagedPages),
            other => other,
        }
    }
}

/// Checks a file without opening it as a store: for `doctor` and for what cannot be opened.
///
/// # Errors
/// `not_a_database` for a foreign file or a wrong key, `cannot_open`.
pub fn check_file(path: &Path, key: &ArchiveKey) -> Result<Integrity, StoreError> {
    let options = OpenOptions::read_only(path, key.clone());
    let opened = log_head::check(path).and_then(|()| connection::open(&options, Kind::Reader));
    let conn = match opened {
        Err(StoreError::Corrupt) => return Ok(Integrity::DamagedPages),
        other => other?,
    };
    if !pages_authenticate(&conn)? {
        return Ok(Integrity::DamagedPages);
    }
    match rows_agree(&conn, "PRAGMA integrity_check(1)") {
        Err(StoreError::Corrupt) => Ok(Integrity::DamagedPages),
        other => other,
    }
}

/// `cipher_integrity_check` answers one row per page that fails and none if all is well.
fn pages_authenticate(conn: &Connection) -> Result<bool, StoreError> {
    let mut statement = conn.prepare("PRAGMA cipher_integrity_check")?;
    let mut rows = statement.query([])?;
    Ok(rows.next()?.is_none())
}

fn joined<T>(
    thread: std::thread::ScopedJoinHandle<'_, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Whether everything is being deleted: then its rows are in no index, and cannot be compared with
/// one.
fn index_is_apart(conn: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM erasure WHERE index_apart = 1)";
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}

fn rows_agree(conn: &Connection, pragma: &str) -> Result<Integrity, StoreError> {
    let answer: String = conn.query_row(pragma, [], |row| row.get(0))?;
    Ok(if answer == "ok" {
        Integrity::Whole
    } else if answer.contains("fts5") || answer.contains("FTS5") {
        Integrity::DamagedSearch
    } else {
        Integrity::DamagedRows
    })
}
