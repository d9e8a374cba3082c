//! `statement_flag`: what a person says is wrong in an answer about somebody. Content: it goes with
//! its message.

use fluxchat_model::{ConversationId, MessageId, StatementFlag, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, one};
use crate::{ReadTx, StoreError, WriteTx};

// Hidden messages wait for their deletion and are shown nowhere.
macro_rules! columns {
    () => {
        "SELECT f.seq, f.message_id, f.conversation_id, f.at, f.note FROM statement_flag f
         JOIN message m ON m.id = f.message_id JOIN conversation c ON c.id = f.conversation_id"
    };
}

pub(crate) const PAGE: &str = concat!(
    columns!(),
    " WHERE f.seq > ?1 AND m.erasure_id IS NULL AND c.erasure_id IS NULL ORDER BY f.seq LIMIT ?2"
);
pub(crate) const OF_CONVERSATION: &str = concat!(
    columns!(),
    " WHERE f.conversation_id = ?1 AND f.seq > ?2 AND m.erasure_id IS NULL AND c.erasure_id IS NULL
      ORDER BY f.seq LIMIT ?3"
);

pub(crate) const OF_MESSAGE: &str = concat!(
    columns!(),
    " WHERE f.message_id = ?1 AND m.erasure_id IS NULL AND c.erasure_id IS NULL"
);

fn read(row: &Row<'_>) -> Result<StatementFlag, StoreError> {
    Ok(StatementFlag {
        seq: row.get(0)?,
        message_id: MessageId(row.get(1)?),
        conversation_id: ConversationId(row.get(2)?),
        at: Timestamp(row.get(3)?),
        note: row.get(4)?,
    })
}

impl ReadTx<'_> {
    /// What was said about a message.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn statement_flag(&self, message: MessageId) -> Result<Option<StatementFlag>, StoreError> {
        one(self.conn, OF_MESSAGE, [message.0], read)
    }

    /// A page of what was flagged, oldest first: everywhere, or in one conversation. `after` is
    /// the place of the last one of the page before, 0 for the first page.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn statement_flags(
        &self,
        of: Option<ConversationId>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StatementFlag>, StoreError> {
        match of {
            None => all(self.conn, PAGE, params![after, limit], read),
            Some(id) => all(
                self.conn,
                OF_CONVERSATION,
                params![id.0, after, limit],
                read,
            ),
        }
    }
}

impl WriteTx<'_> {
    /// Writes a note about a message, in the place of one that is there.
    ///
    /// # Errors
    /// `not_found` if there is no such message.
    pub fn statement_flag_set(
        &self,
        message: MessageId,
        note: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let conversation = self
            .conversation_of_message(message)?
            .ok_or(StoreError::NotFound("message"))?;
        change(
            self.conn,
            "INSERT INTO statement_flag (message_id, conversation_id, at, note) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (message_id) DO UPDATE SET at = excluded.at, note = excluded.note",
            params![message.0, conversation.0, at.0, note],
        )?;
        Ok(())
    }

    /// Takes a note away. Returns whether there was one.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn statement_flag_remove(&self, message: MessageId) -> Result<bool, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM statement_flag WHERE message_id = ?1",
            [message.0],
        )? > 0)
    }
}
