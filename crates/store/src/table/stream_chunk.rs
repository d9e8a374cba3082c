//! `stream_chunk`: what has arrived of an answer that still streams. Rows are only appended, so a
//! crash loses what was not yet written and nothing else; the search index is touched once, when
//! the chunks are folded into their message.

use fluxchat_model::{MessageId, MessageStatus, Part};
use rusqlite::params;

use crate::table::{all, change, from_json, scalar, to_json};
use crate::{ReadTx, StoreError, WriteTx};

/// What a chunk continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkKind {
    /// The answer.
    Text,
    /// The thinking before it.
    Reasoning,
    /// A whole part as JSON. A tool call takes the place of the one with its number.
    Part,
}

impl ChunkKind {
    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Reasoning => "reasoning",
            Self::Part => "part",
        }
    }
}

impl ReadTx<'_> {
    /// Continues parts with the chunks of a message, in the order they came.
    pub(crate) fn append_chunks(
        &self,
        message: MessageId,
        parts: &mut Vec<Part>,
    ) -> Result<(), StoreError> {
        let chunks = all(
            self.conn,
            "SELECT kind, body FROM stream_chunk WHERE message_id = ?1 ORDER BY seq",
            [message.0],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        for (kind, body) in chunks {
            // Citations and notices stand at the end of what was interrupted; the words go on.
            let last = parts
                .iter_mut()
                .rfind(|part| !matches!(part, Part::Citation { .. } | Part::Notice { .. }));
            match (kind.as_str(), last) {
                ("text", Some(Part::Text { text })) => text.push_str(&body),
                ("reasoning", Some(Part::Reasoning { text })) => text.push_str(&body),
                ("part", _) => put(parts, from_json(&body, "message")?),
                ("reasoning", _) => parts.push(Part::Reasoning { text: body }),
                _ => parts.push(Part::Text { text: body }),
            }
        }
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Appends what arrived since the last call.
    ///
    /// # Errors
    /// `not_found` if the message does not stream (any more) or waits for its deletion.
    pub fn message_append(
        &self,
        message: MessageId,
        kind: ChunkKind,
        body: &str,
    ) -> Result<(), StoreError> {
        let status: Option<String> = scalar(
            self.conn,
            "SELECT status FROM message WHERE id = ?1 AND erasure_id IS NULL",
            [message.0],
        )?;
        if status.as_deref() != Some(super::message::status_word(MessageStatus::Streaming)) {
            return Err(StoreError::NotFound("streaming message"));
        }
        if body.is_empty() {
            return Ok(());
        }
        change(
            self.conn,
            "INSERT INTO stream_chunk (message_id, kind, body) VALUES (?1, ?2, ?3)",
            params![message.0, kind.word(), body],
        )?;
        Ok(())
    }

    /// Appends a part, or puts a tool call in the place of what it was before.
    ///
    /// # Errors
    /// As [`WriteTx::message_append`].
    pub fn message_append_part(&self, message: MessageId, part: &Part) -> Result<(), StoreError> {
        self.message_append(message, ChunkKind::Part, &to_json(part, "message")?)?;
        // At once: a deletion while it streams finds the file.
        self.link_attachments(message, std::slice::from_ref(part))
    }

    pub(crate) fn drop_chunks(&self, message: MessageId) -> Result<(), StoreError> {
        change(
            self.conn,
            "DELETE FROM stream_chunk WHERE message_id = ?1",
            [message.0],
        )?;
        Ok(())
    }
}

fn put(parts: &mut Vec<Part>, part: Part) {
    let same = |known: &Part| match (known, &part) {
        (Part::ToolCall(known), Part::ToolCall(new)) => known.number == new.number,
        _ => false,
    };
    match parts.iter_mut().find(|known| same(known)) {
        Some(known) => *known = part,
        None => parts.push(part),
    }
}
