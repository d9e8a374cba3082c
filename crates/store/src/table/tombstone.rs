//! `tombstone`: deletions remembered without content.

use fluxchat_model::{Timestamp, Tombstone, TombstoneId};
use rusqlite::params;

use crate::table::{all, change};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// All tombstones.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        all(
            self.conn,
            "SELECT id, kind, at FROM tombstone ORDER BY id",
            [],
            |row| {
                Ok(Tombstone {
                    id: TombstoneId(row.get(0)?),
                    kind: row.get(1)?,
                    at: Timestamp(row.get(2)?),
                })
            },
        )
    }
}

impl WriteTx<'_> {
    pub(crate) fn tombstone_insert(&self, tombstone: &Tombstone) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO tombstone (id, kind, at) VALUES (?1, ?2, ?3)",
            params![tombstone.id.0, tombstone.kind, tombstone.at.0],
        )?;
        Ok(())
    }
}
