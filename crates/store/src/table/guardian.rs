//! `guardian`: one row, or none where nobody supervises.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::table::{change, from_json, scalar, to_json};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// What is known of the guardian.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn guardian<T: DeserializeOwned>(&self) -> Result<Option<T>, StoreError> {
        scalar::<String, _>(self.conn, "SELECT record FROM guardian WHERE one = 1", [])?
            .map(|text| from_json(&text, "guardian"))
            .transpose()
    }
}

impl WriteTx<'_> {
    /// Keeps what is known of the guardian; `None` forgets it.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn guardian_set<T: Serialize>(&self, record: Option<&T>) -> Result<(), StoreError> {
        match record {
            Some(record) => change(
                self.conn,
                "INSERT INTO guardian (one, record) VALUES (1, ?1)
                 ON CONFLICT (one) DO UPDATE SET record = excluded.record",
                [to_json(record, "guardian")?],
            )?,
            None => change(self.conn, "DELETE FROM guardian", [])?,
        };
        Ok(())
    }
}
