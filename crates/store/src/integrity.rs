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
        if let Some(path) = self.path()
            && settled
            && !pages_authenticate(&connection::open(&self.options(), Kind::Reader)?)?
        {
            tracing::warn!(
                name: "archive.pages_damaged",
                bytes = std::fs::metadata(path).map_or(0, |meta| meta.len()),
            );
            return Ok(Integrity::DamagedPages);
        }
        let rows = self.check(|conn| rows_agree(conn, "PRAGMA integrity_check(1)"))?;
        if rows != Integrity::Whole || self.mode() == Mode::ReadOnly {
            return Ok(rows);
        }
        let search = self.with_writer(|conn| {
            conn.execute(
                "INSERT INTO search (search, rank) VALUES ('integrity-check', ?1)",
                [!index_is_apart(conn)?],
            )?;
            Ok(())
        });
        match search {
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

/// Whether everything is being deleted: then its rows are in no index, and cannot be compared with
/// one.
fn index_is_apart(conn: &Connection) -> Result<bool, StoreError> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM pragma_table_info('erasure') WHERE name = 'index_apart')";
    // An older archive, looked at before it is migrated.
    if !conn.query_row(sql, [], |row| row.get::<_, bool>(0))? {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM erasure WHERE index_apart = 1)";
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}

fn rows_agree(conn: &Connection, pragma: &str) -> Result<Integrity, StoreError> {
    let answer: String = conn.query_row(pragma, [], |row| row.get(0))?;
    let of_search = answer.contains("fts5") || answer.contains("FTS5");
    Ok(if answer == "ok" || (of_search && index_is_apart(conn)?) {
        Integrity::Whole
    } else if of_search {
        Integrity::DamagedSearch
    } else {
        Integrity::DamagedRows
    })
}
