//! `draft`: unsent texts, one per composer.

use fluxchat_model::{DraftKey, Timestamp};
use rusqlite::params;
use uuid::Uuid;

use crate::table::{change, refused, scalar};
use crate::{ReadTx, StoreError, WriteTx};

fn column(key: DraftKey) -> Option<Uuid> {
    match key {
        DraftKey::NewConversation => None,
        DraftKey::Conversation(id) => Some(id.0),
    }
}

impl ReadTx<'_> {
    /// The unsent text of a composer.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn draft(&self, key: DraftKey) -> Result<Option<String>, StoreError> {
        scalar(
            self.conn,
            "SELECT body FROM draft WHERE conversation_id IS ?1",
            [column(key)],
        )
    }
}

impl WriteTx<'_> {
    /// Keeps the unsent text of a composer; an empty one is removed.
    ///
    /// # Errors
    /// `conflict` if there is no such conversation.
    pub fn draft_set(&self, key: DraftKey, body: &str, at: Timestamp) -> Result<(), StoreError> {
        if body.is_empty() {
            return self.draft_remove(key).map(|_| ());
        }
        let updated = change(
            self.conn,
            "UPDATE draft SET body = ?2, updated_at = ?3 WHERE conversation_id IS ?1",
            params![column(key), body, at.0],
        )?;
        if updated == 0 {
            change(
                self.conn,
                "INSERT INTO draft (conversation_id, updated_at, body) VALUES (?1, ?3, ?2)",
                params![column(key), body, at.0],
            )
            .map_err(refused("draft"))?;
        }
        Ok(())
    }

    /// Removes the unsent text of a composer. Returns whether there was one.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn draft_remove(&self, key: DraftKey) -> Result<bool, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM draft WHERE conversation_id IS ?1",
            [column(key)],
        )? > 0)
    }
}
