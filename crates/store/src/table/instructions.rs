//! `instructions`, `fork` and `conversation_total`: what is kept beside a conversation, one row each.

use fluxchat_model::{
    ConversationId, ConversationTotals, ForkOrigin, Instructions, MessageId, Timestamp,
};
use rusqlite::params;

use crate::table::{change, from_json, one, refused, scalar, to_json, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

pub(crate) const FORKS: &str = "SELECT count(*) FROM
  (SELECT 1 FROM fork f JOIN conversation c ON c.id = f.conversation_id
   WHERE f.from_id = ?1 AND c.erasure_id IS NULL LIMIT ?2)";

impl ReadTx<'_> {
    /// How a conversation is asked. Nothing special if nothing was said.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn instructions(&self, id: ConversationId) -> Result<Instructions, StoreError> {
        let found = one(
            self.conn,
            "SELECT preset, system, parameters FROM instructions WHERE conversation_id = ?1",
            [id.0],
            |row| {
                Ok(Instructions {
                    preset: row.get(0)?,
                    system: row.get(1)?,
                    parameters: from_json(&row.get::<_, String>(2)?, "parameters")?,
                })
            },
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Where a conversation was copied from, if it was.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn fork_origin(&self, id: ConversationId) -> Result<Option<ForkOrigin>, StoreError> {
        one(
            self.conn,
            "SELECT c.id, f.message_id, f.at FROM fork f
             LEFT JOIN conversation c ON c.id = f.from_id AND c.erasure_id IS NULL
             WHERE f.conversation_id = ?1",
            [id.0],
            |row| {
                Ok(ForkOrigin {
                    conversation_id: row.get::<_, Option<_>>(0)?.map(ConversationId),
                    message_id: MessageId(row.get(1)?),
                    at: Timestamp(row.get(2)?),
                })
            },
        )
    }

    /// How many copies were begun from a conversation; counted up to `most`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn forks_of(&self, id: ConversationId, most: u32) -> Result<u32, StoreError> {
        Ok(scalar(self.conn, FORKS, params![id.0, most])?.unwrap_or(0))
    }

    /// What the answers of a conversation took.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_totals(
        &self,
        id: ConversationId,
    ) -> Result<ConversationTotals, StoreError> {
        let found = one(
            self.conn,
            "SELECT questions, answers, counted, input_tokens, output_tokens, duration_ms
             FROM conversation_total WHERE conversation_id = ?1",
            [id.0],
            |row| {
                Ok(ConversationTotals {
                    questions: row.get(0)?,
                    answers: row.get(1)?,
                    counted: row.get(2)?,
                    input_tokens: unsigned(row.get(3)?, "totals")?,
                    output_tokens: unsigned(row.get(4)?, "totals")?,
                    duration_ms: unsigned(row.get(5)?, "totals")?,
                })
            },
        )?;
        Ok(found.unwrap_or_default())
    }
}

impl WriteTx<'_> {
    /// Says how a conversation is asked; nothing special removes what was said.
    ///
    /// # Errors
    /// `conflict` if there is no such conversation.
    pub fn instructions_set(
        &self,
        id: ConversationId,
        instructions: &Instructions,
    ) -> Result<(), StoreError> {
        if instructions.is_empty() {
            change(
                self.conn,
                "DELETE FROM instructions WHERE conversation_id = ?1",
                [id.0],
            )?;
            return Ok(());
        }
        change(
            self.conn,
            "INSERT INTO instructions (conversation_id, preset, parameters, system)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (conversation_id) DO UPDATE SET
               preset = excluded.preset, parameters = excluded.parameters, system = excluded.system",
            params![
                id.0,
                instructions.preset,
                to_json(&instructions.parameters, "parameters")?,
                instructions.system,
            ],
        )
        .map_err(refused("instructions"))?;
        Ok(())
    }

    /// Remembers where a conversation was copied from.
    ///
    /// # Errors
    /// `conflict` if one of them does not exist.
    pub fn fork_insert(
        &self,
        id: ConversationId,
        from: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO fork (conversation_id, from_id, message_id, at) VALUES (?1, ?2, ?3, ?4)",
            params![id.0, from.0, message.0, at.0],
        )
        .map_err(refused("fork"))?;
        Ok(())
    }
}
