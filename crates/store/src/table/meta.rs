//! `meta`: what the archive knows about itself.

use crate::table::{change, scalar};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    pub(crate) fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        scalar(self.conn, "SELECT value FROM meta WHERE key = ?1", [key])
    }
}

impl WriteTx<'_> {
    pub(crate) fn meta_set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )?;
        Ok(())
    }

    pub(crate) fn meta_remove(&self, key: &str) -> Result<(), StoreError> {
        change(self.conn, "DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }
}
