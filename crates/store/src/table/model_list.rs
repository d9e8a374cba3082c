//! `model_list`: what a source last said it offers.

use fluxchat_model::{Model, SourceId, Timestamp};
use rusqlite::params;

use crate::table::{change, from_json, one, refused, to_json};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// What a source last said it offers, and when. `None` if it never did.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn model_list(
        &self,
        source: SourceId,
    ) -> Result<Option<(Vec<Model>, Timestamp)>, StoreError> {
        one(
            self.conn,
            "SELECT models, listed_at FROM model_list WHERE source_id = ?1",
            [source.0],
            |row| {
                let models = from_json(&row.get::<_, String>(0)?, "model list")?;
                Ok((models, Timestamp(row.get(1)?)))
            },
        )
    }
}

impl WriteTx<'_> {
    /// Remembers what a source just said it offers, in place of what it said before.
    ///
    /// # Errors
    /// `conflict` if there is no such source.
    pub fn model_list_keep(
        &self,
        source: SourceId,
        models: &[Model],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO model_list (source_id, listed_at, models) VALUES (?1, ?2, ?3)
             ON CONFLICT (source_id) DO UPDATE SET
               listed_at = excluded.listed_at, models = excluded.models",
            params![source.0, at.0, to_json(&models, "model list")?],
        )
        .map_err(refused("source"))?;
        Ok(())
    }
}
