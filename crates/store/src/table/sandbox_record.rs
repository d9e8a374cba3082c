//! `sandbox_record`: what the sandbox keeps, as JSON by collection and key.

use fluxchat_model::Timestamp;
use rusqlite::{Row, params};

use crate::table::{all, change, one};
use crate::{ReadTx, StoreError, WriteTx};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxRecord {
    /// Its kind, in the words of the service.
    pub collection: String,
    /// Unique within its collection.
    pub key: String,
    /// Whom an erasure finds it by.
    pub owner: Option<String>,
    /// JSON.
    pub body: String,
    /// When it was stored.
    pub at: Timestamp,
}

/// Which records to list, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxPage {
    /// Only records of this owner.
    pub owner: Option<String>,
    /// Only records with a greater key; the cursor of the page before.
    pub after: Option<String>,
    /// At most this many.
    pub limit: u32,
}

const COLUMNS: &str = "SELECT collection, key, owner, body, at FROM sandbox_record";

fn read(row: &Row<'_>) -> Result<SandboxRecord, StoreError> {
    Ok(SandboxRecord {
        collection: row.get(0)?,
        key: row.get(1)?,
        owner: row.get(2)?,
        body: row.get(3)?,
        at: Timestamp(row.get(4)?),
    })
}

impl ReadTx<'_> {
    /// A record.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn sandbox_record(
        &self,
        collection: &str,
        key: &str,
    ) -> Result<Option<SandboxRecord>, StoreError> {
        one(
            self.conn,
            &format!("{COLUMNS} WHERE collection = ?1 AND key = ?2"),
            [collection, key],
            read,
        )
    }

    /// A page of a collection.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn sandbox_records(
        &self,
        collection: &str,
        page: &SandboxPage,
    ) -> Result<Vec<SandboxRecord>, StoreError> {
        let after = page.after.as_deref().unwrap_or("");
        match &page.owner {
            Some(owner) => all(
                self.conn,
                &format!(
                    "{COLUMNS} WHERE owner = ?1 AND collection = ?2 AND key > ?3 ORDER BY key LIMIT ?4"
                ),
                params![owner, collection, after, page.limit],
                read,
            ),
            None => all(
                self.conn,
                &format!("{COLUMNS} WHERE collection = ?1 AND key > ?2 ORDER BY key LIMIT ?3"),
                params![collection, after, page.limit],
                read,
            ),
        }
    }
}

impl WriteTx<'_> {
    /// Stores a record unless its key is taken. Returns the record that was there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_insert(
        &self,
        record: &SandboxRecord,
    ) -> Result<Option<SandboxRecord>, StoreError> {
        if let Some(there) = self.sandbox_record(&record.collection, &record.key)? {
            return Ok(Some(there));
        }
        self.sandbox_put(record)?;
        Ok(None)
    }

    /// Stores a record in the place of one with the same key.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_put(&self, record: &SandboxRecord) -> Result<(), StoreError> {
        self.sandbox_delete(&record.collection, &record.key)?;
        change(
            self.conn,
            "INSERT INTO sandbox_record (collection, key, owner, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                record.collection,
                record.key,
                record.owner,
                record.at.0,
                record.body
            ],
        )?;
        Ok(())
    }

    /// Removes a record. Returns whether it was there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_delete(&self, collection: &str, key: &str) -> Result<bool, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM sandbox_record WHERE collection = ?1 AND key = ?2",
            [collection, key],
        )? > 0)
    }

    /// Removes all records of an owner. Returns how many.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_delete_owned(&self, owner: &str) -> Result<u64, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM sandbox_record WHERE owner = ?1",
            [owner],
        )? as u64)
    }

    /// Removes all records. Returns how many.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_delete_all(&self) -> Result<u64, StoreError> {
        Ok(change(self.conn, "DELETE FROM sandbox_record", [])? as u64)
    }
}
