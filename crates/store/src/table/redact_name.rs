//! `redact_name`: names a person wants replaced before anything leaves. Content.

use crate::table::{all, change, scalar};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// The names, in the order they were added.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn redact_names(&self) -> Result<Vec<String>, StoreError> {
        all(
            self.conn,
            "SELECT name FROM redact_name ORDER BY seq",
            [],
            |row| Ok(row.get(0)?),
        )
    }
}

impl WriteTx<'_> {
    /// Adds a name; one that is there stays once.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn redact_name_add(&self, name: &str) -> Result<(), StoreError> {
        // Few, and not indexed.
        let known: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM redact_name WHERE name = ?1",
            [name],
        )?;
        if known.is_none() {
            change(
                self.conn,
                "INSERT INTO redact_name (name) VALUES (?1)",
                [name],
            )?;
        }
        Ok(())
    }

    /// Removes a name. Returns whether it was there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn redact_name_remove(&self, name: &str) -> Result<bool, StoreError> {
        Ok(change(self.conn, "DELETE FROM redact_name WHERE name = ?1", [name])? > 0)
    }
}
