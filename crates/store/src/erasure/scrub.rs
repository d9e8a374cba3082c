//! After the purge: the write-ahead log, the free pages, and the receipt.

use std::time::Duration;

use fluxchat_model::{ErasureId, ErasureStage, Receipt, Timestamp};
use rusqlite::Connection;

use crate::table::{change, from_json, one, retention, scalar};
use crate::tx::ReadTx;
use crate::{Mode, Store, StoreError, search, store};

/// Readers of this process get this long to end by themselves before they are interrupted.
pub(crate) const GRACE: Duration = Duration::from_millis(150);
pub(crate) const LIMIT: Duration = Duration::from_secs(5);
/// How long to wait between tries while another process reads.
const BACK_OFF_MS: [u64; 7] = [0, 50, 100, 200, 400, 800, 1_600];

/// What the log answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScrubReport {
    /// The row of the last `wal_checkpoint(TRUNCATE)`; the first number is 0.
    pub checkpoint: [i32; 3],
    /// Bytes left in the log.
    pub wal_bytes: u64,
    /// Free pages given back to the file system.
    pub pages_freed: u32,
}

/// What the caller knows and the receipt states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedBy {
    /// Encrypted files that were unlinked.
    pub files_removed: u32,
    /// Which key of the archive is in force.
    pub key_epoch: u32,
    /// The version of the app.
    pub app_version: String,
    /// Now.
    pub at: Timestamp,
}

/// One try. Column 0 of the answer says whether a reader was in the way; no error does.
pub(crate) fn checkpoint(conn: &Connection) -> Result<[i32; 3], StoreError> {
    Ok(
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?])
        })?,
    )
}

/// One try that takes a reader for an error.
pub(crate) fn empty_log(conn: &Connection) -> Result<[i32; 3], StoreError> {
    conn.busy_timeout(Duration::ZERO)?;
    let answer = checkpoint(conn);
    conn.busy_timeout(Duration::from_millis(5_000))?;
    match answer? {
        row if row[0] == 0 => Ok(row),
        _ => Err(StoreError::Busy),
    }
}

/// Pages given back per hold of the writer: some 20 ms of it.
const PAGES: u32 = 500;

/// How long others may write between two holds.
const BETWEEN: Duration = Duration::from_millis(2);

/// Gives some pages back. Each step of the pragma moves pages; it must be stepped to its end.
fn give_back_some(conn: &Connection) -> Result<u32, StoreError> {
    let before = free_pages(conn)?;
    let mut statement = conn.prepare("PRAGMA incremental_vacuum(500)")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    drop(statement);
    Ok(before.saturating_sub(free_pages(conn)?))
}

fn free_pages(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?)
}

/// Gives all pages back.
fn give_back_pages(conn: &Connection) -> Result<u32, StoreError> {
    let before = free_pages(conn)?;
    let mut statement = conn.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    drop(statement);
    Ok(before.saturating_sub(free_pages(conn)?))
}

impl Store {
    /// Empties the write-ahead log and gives free pages back. Reads of this process wait for it,
    /// and are interrupted if they take long.
    ///
    /// # Errors
    /// `busy` if another process goes on reading: nothing is lost, try again later.
    pub fn scrub(&self) -> Result<ScrubReport, StoreError> {
        let before = self.with_writer(|conn| free_pages(conn))?;
        // After a large deletion there may be a gigabyte of them; others write in between.
        while self.with_writer(|conn| Ok(free_pages(conn)? > PAGES && give_back_some(conn)? > 0))? {
            // A lock that is taken again at once is not given to who waits for it.
            std::thread::sleep(BETWEEN);
        }
        self.persistently(|conn| {
            empty_log(conn)?;
            give_back_pages(conn)?;
            let pages_freed = before.saturating_sub(free_pages(conn)?);
            let checkpoint = empty_log(conn)?;
            conn.execute_batch("PRAGMA shrink_memory")?;
            Ok(ScrubReport {
                checkpoint,
                wal_bytes: self.wal_bytes(),
                pages_freed,
            })
        })
    }

    /// The scrub of a deletion whose rows are gone.
    ///
    /// # Errors
    /// `busy` as for [`Store::scrub`]: the deletion stays unfinished and is taken up later, at the
    /// next start at the latest. `not_found` if it was not purged.
    pub fn erasure_scrub(&self, id: ErasureId) -> Result<ScrubReport, StoreError> {
        self.must_be_erasing(id)?;
        let report = self.scrub()?;
        self.readers().shrink();
        Ok(report)
    }

    /// Proves a deletion and writes its receipt. What was hidden is then forgotten altogether.
    ///
    /// # Errors
    /// `busy` if the log cannot be emptied now; `not_found` if it was not purged.
    pub fn erasure_finish(&self, id: ErasureId, by: &FinishedBy) -> Result<Receipt, StoreError> {
        self.must_be_erasing(id)?;
        let receipt = self.persistently(|conn| {
            let checkpoint = if self.options().deletes_for_good() {
                empty_log(conn)?
            } else {
                [1, 0, 0]
            };
            let receipt = self.receipt_for(conn, id, by, checkpoint)?;
            store::write_on(conn, |tx| {
                change(tx.conn, "DELETE FROM erasure WHERE id = ?1", [id.0])?;
                tx.receipt_append(receipt)
            })
        })?;
        // The receipt itself is in the log now. It holds no content; emptying is for tidiness.
        let _ = self.undisturbed(|conn| empty_log(conn));
        Ok(receipt)
    }

    fn receipt_for(
        &self,
        conn: &Connection,
        id: ErasureId,
        by: &FinishedBy,
        checkpoint: [i32; 3],
    ) -> Result<Receipt, StoreError> {
        let statistics: Option<i64> = scalar(
            conn,
            "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4'",
            [],
        )?;
        if statistics.is_some() {
            // It holds samples of rows; no build of ours makes it.
            return Err(StoreError::Conflict("statistics table"));
        }
        let (scope, rows, search_verified, requested_at) = one(
            conn,
            "SELECT scope, rows_by_table, search_verified, requested_at FROM erasure WHERE id = ?1",
            [id.0],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, bool>(2)?,
                    Timestamp(row.get(3)?),
                ))
            },
        )?
        .ok_or(StoreError::NotFound("erasure"))?;
        let by_rule = ReadTx::new(conn).erasure_is_by_rule(id)?;
        let scope = if by_rule {
            retention::SCOPE.to_owned()
        } else {
            scope
        };
        let secure_delete: i64 = conn.query_row("PRAGMA secure_delete", [], |row| row.get(0))?;
        Ok(Receipt {
            erasure_id: id,
            scope,
            rows_by_table: from_json(&rows, "erasure")?,
            files: by.files_removed,
            wal_bytes: u32::try_from(self.wal_bytes()).unwrap_or(u32::MAX),
            checkpoint,
            secure_delete: secure_delete == 1,
            fts_secure_delete: search::is_secure(conn)?,
            search_verified,
            key_epoch: by.key_epoch,
            app_version: by.app_version.clone(),
            requested_at,
            at: by.at,
            crypto_erased_at: None,
            prev_hash: String::new(),
            hash: String::new(),
        })
    }

    /// Tries again while another process reads. Between tries, reads and writes go on.
    pub(crate) fn persistently<T>(
        &self,
        mut f: impl FnMut(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for wait in BACK_OFF_MS {
            std::thread::sleep(Duration::from_millis(wait));
            match self.undisturbed(&mut f) {
                Err(StoreError::Busy) => {}
                other => return other,
            }
        }
        Err(StoreError::Busy)
    }

    /// Runs with the writer while no reader of this process is inside a transaction.
    pub(crate) fn undisturbed<T>(
        &self,
        f: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_writer(|conn| {
            let _pause = match self.mode() {
                Mode::ReadWrite => {
                    Some(self.readers().pause(GRACE, LIMIT).ok_or(StoreError::Busy)?)
                }
                _ => None,
            };
            f(conn)
        })
    }

    fn must_be_erasing(&self, id: ErasureId) -> Result<(), StoreError> {
        // On the writer: an interrupted or paused reader must not decide this.
        self.with_writer(|conn| {
            let job = store::read_on(conn, |tx| tx.erasure(id))?;
            match job {
                Some(job) if job.stage == ErasureStage::Erasing => Ok(()),
                _ => Err(StoreError::NotFound("erasure")),
            }
        })
    }

    pub(crate) fn wal_bytes(&self) -> u64 {
        self.wal_path()
            .and_then(|path| std::fs::metadata(path).ok())
            .map_or(0, |meta| meta.len())
    }
}
