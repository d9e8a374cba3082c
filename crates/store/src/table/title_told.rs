//! `title_told`: what a title was made of that a model gave.

use fluxchat_model::{ConversationId, MessageId};
use rusqlite::params;

use crate::table::{change, refused, scalar};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// Whether a model gave the title of a conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn title_is_told(&self, id: ConversationId) -> Result<bool, StoreError> {
        let found: Option<bool> = scalar(
            self.conn,
            "SELECT 1 FROM title_told WHERE conversation_id = ?1",
            [id.0],
        )?;
        Ok(found.is_some())
    }
}

impl WriteTx<'_> {
    /// Remembers that a model made the title of a conversation from a question and its answer. It
    /// is forgotten when the title is changed.
    ///
    /// # Errors
    /// `conflict` if there is no such conversation.
    pub fn title_told_set(
        &self,
        id: ConversationId,
        question: MessageId,
        answer: MessageId,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT OR REPLACE INTO title_told (conversation_id, question_id, answer_id)
             VALUES (?1, ?2, ?3)",
            params![id.0, question.0, answer.0],
        )
        .map_err(refused("conversation"))?;
        Ok(())
    }
}
