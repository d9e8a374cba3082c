//! A new key for the whole archive. Whoever has old pages and the new key has nothing: once the old
//! key is destroyed, so is everything that was ever deleted under it, wherever its pages may lie.
//!
//! The pages are written anew in one transaction of the write-ahead log, so a crash leaves either
//! the old key or the new one in force, never both and never none.

use fluxchat_model::{ArchiveKey, ErasureId, Receipt, Timestamp};
use serde::{Deserialize, Serialize};

use crate::connection::{self, Kind};
use crate::erasure::{GRACE, LIMIT, checkpoint, empty_log};
use crate::table::{from_json, one, scalar, to_json};
use crate::{FinishedBy, Mode, OpenOptions, ReadTx, Store, StoreError, WriteTx, search, store};

const META: &str = "key_rotation";

/// The last change of the key that has its receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationRecord {
    /// Which key is in force since.
    pub epoch: u32,
    /// When.
    pub at: Timestamp,
    /// The place of its receipt among all.
    pub seq: i64,
}

impl Store {
    /// Encrypts every page with another key. Reads and writes wait meanwhile. The log grows to the
    /// size of the archive, for which there has to be room.
    ///
    /// # Errors
    /// `busy` while another process reads; `full`; the old key is in force then.
    pub fn rekey(&self, key: &ArchiveKey) -> Result<(), StoreError> {
        if self.mode() != Mode::ReadWrite {
            return Err(StoreError::ReadOnly);
        }
        let mut writer = self.lock_writer();
        let pause = self.readers().pause(GRACE, LIMIT).ok_or(StoreError::Busy)?;
        let Some(conn) = writer.take() else {
            return Err(StoreError::Closed);
        };
        // Nothing of the old key may be left in the log when the new one begins to write.
        let done = empty_log(&conn).and_then(|_| connection::rekey(&conn, key));
        // Whatever came of it: only a connection that was opened knows one key and no other.
        drop(conn);
        pause.drop_all();
        let mut options = OpenOptions::clone(&self.options());
        options.create = false;
        options.migration_copy = None;
        if done.is_ok() {
            options.key = key.clone();
        }
        let conn = connection::open(&options, Kind::Writer)?;
        search::configure(&conn, options.deletes_for_good())?;
        let _ = checkpoint(&conn);
        self.set_options(options);
        *writer = Some(conn);
        drop(pause);
        done
    }

    /// Whether a key opens the archive's file as it is on the disk.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn is_opened_by(&self, key: &ArchiveKey) -> Result<bool, StoreError> {
        let Some(path) = self.path() else {
            return Ok(false);
        };
        match connection::open(&OpenOptions::read_only(path, key.clone()), Kind::Reader) {
            Ok(_) => Ok(true),
            Err(StoreError::NotADatabase | StoreError::Corrupt) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes the receipt of a change of the key, once per epoch: `by.key_epoch` is the new one.
    /// `old_key_fails` says that the old key opens nothing any more, `destroyed` that it is gone.
    ///
    /// # Errors
    /// `busy` if the log cannot be emptied now.
    pub fn rotation_receipt(
        &self,
        id: ErasureId,
        by: &FinishedBy,
        old_key_fails: bool,
        destroyed: bool,
    ) -> Result<Option<Receipt>, StoreError> {
        let receipt = self.persistently(|conn| {
            let known = store::read_on(conn, |tx| tx.rotation())?;
            if known.is_some_and(|record| record.epoch >= by.key_epoch) {
                return Ok(None);
            }
            let checkpoint = empty_log(conn)?;
            let secure_delete: i64 =
                conn.query_row("PRAGMA secure_delete", [], |row| row.get(0))?;
            let receipt = Receipt {
                erasure_id: id,
                scope: Receipt::ROTATION.to_owned(),
                rows_by_table: std::collections::BTreeMap::new(),
                files: 0,
                wal_bytes: u32::try_from(self.wal_bytes()).unwrap_or(u32::MAX),
                checkpoint,
                secure_delete: secure_delete == 1,
                fts_secure_delete: search::is_secure(conn)?,
                search_verified: old_key_fails,
                key_epoch: by.key_epoch,
                app_version: by.app_version.clone(),
                requested_at: by.at,
                at: by.at,
                crypto_erased_at: (old_key_fails && destroyed).then_some(by.at),
                prev_hash: String::new(),
                hash: String::new(),
            };
            store::write_on(conn, |tx| {
                let receipt = tx.receipt_append(receipt)?;
                let seq: Option<i64> = scalar(tx.conn, "SELECT max(seq) FROM receipt", [])?;
                let record = RotationRecord {
                    epoch: by.key_epoch,
                    at: by.at,
                    seq: seq.unwrap_or(0),
                };
                tx.rotation_set(&record)?;
                Ok(Some(receipt))
            })
        })?;
        let _ = self.undisturbed(|conn| empty_log(conn));
        Ok(receipt)
    }
}

impl ReadTx<'_> {
    /// The last change of the key.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn rotation(&self) -> Result<Option<RotationRecord>, StoreError> {
        self.meta(META)?
            .map(|text| from_json(&text, "rotation"))
            .transpose()
    }

    /// When the oldest deletion was proven whose pages a change of the key has not reached yet.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn deleted_since_rotation(&self) -> Result<Option<Timestamp>, StoreError> {
        let last = self.rotation()?.map_or(0, |record| record.seq);
        one(
            self.conn,
            "SELECT body FROM receipt WHERE seq > ?1 ORDER BY seq LIMIT 1",
            [last],
            |row| {
                let receipt: Receipt = from_json(&row.get::<_, String>(0)?, "receipt")?;
                Ok(receipt.at)
            },
        )
    }
}

impl WriteTx<'_> {
    fn rotation_set(&self, record: &RotationRecord) -> Result<(), StoreError> {
        self.meta_set(META, &to_json(record, "rotation")?)
    }
}
