//! `training_echo`: what a Fluxchat service was told about training, and what it repeated.

use fluxchat_model::{MessageId, Timestamp, TrainingEcho};
use rusqlite::params;

use crate::table::{all, change};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// How often it was confirmed, left out, and answered differently.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn training_echo(&self) -> Result<TrainingEcho, StoreError> {
        let rows = all(
            self.conn,
            "SELECT verdict, count, last_at FROM training_echo_total",
            [],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, u32>(1)?,
                    row.get::<_, Option<i64>>(2)?.map(Timestamp),
                ))
            },
        )?;
        let mut echo = TrainingEcho::default();
        for (verdict, count, last_at) in rows {
            match verdict.as_str() {
                "confirmed" => echo.confirmed = count,
                "missing" => echo.missing = count,
                _ => echo.different = count,
            }
            if verdict != "confirmed" {
                echo.last_doubt_at = echo.last_doubt_at.max(last_at);
            }
        }
        Ok(echo)
    }
}

impl WriteTx<'_> {
    /// Keeps what came back with an answer; `None` if nothing did. The first word stays.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn training_echo_keep(
        &self,
        message: MessageId,
        asked: bool,
        echo: Option<bool>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO training_echo (message_id, asked, echo, at)
             SELECT id, ?2, ?3, ?4 FROM message WHERE id = ?1
             ON CONFLICT (message_id) DO NOTHING",
            params![message.0, asked, echo, at.0],
        )?;
        Ok(())
    }
}
