//! `message_size` and `message_pin`: how long a branch is, and what of it is always sent.

use fluxchat_model::{ConversationId, MessageId};
use rusqlite::params;

use crate::table::{all, change, one, refused, signed, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

/// About how many tokens a message is. Both sums include it and all messages above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Its own; 0 if it is not sent.
    pub tokens: u64,
    /// All up to it.
    pub upto_tokens: u64,
    /// How many messages up to it are sent.
    pub upto_messages: u64,
}

/// The lowest message of a branch whose size is known, and what is below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Below {
    /// The size of the lowest known one; nothing if none is.
    pub known: Size,
    /// The ids of those below it in reading order.
    pub unknown: Vec<MessageId>,
}

/// A step up a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeStep {
    /// The message above.
    pub parent: Option<MessageId>,
    /// How long this one is.
    pub tokens: u64,
    /// Whether the person said it.
    pub is_mine: bool,
}

pub(crate) const STEP: &str = "SELECT m.parent_id, coalesce(s.tokens, 0), m.role = 'user'
     FROM message m LEFT JOIN message_size s ON s.message_id = m.id WHERE m.id = ?1";
pub(crate) const SIZE: &str =
    "SELECT tokens, upto_tokens, upto_messages FROM message_size WHERE message_id = ?1";
pub(crate) const PARENT: &str = "SELECT parent_id FROM message WHERE id = ?1";
pub(crate) const PINS: &str = "SELECT message_id FROM message_pin WHERE conversation_id = ?1";

impl ReadTx<'_> {
    /// The size of a message, if it was counted.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn message_size(&self, id: MessageId) -> Result<Option<Size>, StoreError> {
        one(self.conn, SIZE, [id.0], |row| {
            Ok(Size {
                tokens: unsigned(row.get(0)?, "size")?,
                upto_tokens: unsigned(row.get(1)?, "size")?,
                upto_messages: unsigned(row.get(2)?, "size")?,
            })
        })
    }

    /// What of a branch is not counted yet, from its end upwards.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn not_counted(&self, head: MessageId) -> Result<Below, StoreError> {
        let mut below = Below::default();
        let mut next = Some(head);
        while let Some(id) = next {
            if let Some(size) = self.message_size(id)? {
                below.known = size;
                break;
            }
            below.unknown.push(id);
            next = one(self.conn, PARENT, [id.0], |row| {
                Ok(row.get::<_, Option<_>>(0)?.map(MessageId))
            })?
            .flatten();
        }
        below.unknown.reverse();
        Ok(below)
    }

    /// The message above one, how long that one is, and whether the person said it. One that was
    /// not counted is nothing.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn size_step(&self, id: MessageId) -> Result<Option<SizeStep>, StoreError> {
        one(self.conn, STEP, [id.0], |row| {
            Ok(SizeStep {
                parent: row.get::<_, Option<_>>(0)?.map(MessageId),
                tokens: unsigned(row.get(1)?, "size")?,
                is_mine: row.get(2)?,
            })
        })
    }

    /// The messages of a conversation that are always sent.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn message_pins(&self, id: ConversationId) -> Result<Vec<MessageId>, StoreError> {
        all(self.conn, PINS, [id.0], |row| Ok(MessageId(row.get(0)?)))
    }
}

impl WriteTx<'_> {
    /// Remembers how long a message is.
    ///
    /// # Errors
    /// `conflict` if it does not exist.
    pub fn message_size_set(&self, id: MessageId, size: Size) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT OR REPLACE INTO message_size (message_id, tokens, upto_tokens, upto_messages)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                id.0,
                signed(size.tokens),
                signed(size.upto_tokens),
                signed(size.upto_messages)
            ],
        )
        .map_err(refused("message"))?;
        Ok(())
    }

    /// Has a message always sent, or no longer.
    ///
    /// # Errors
    /// `not_found`.
    pub fn message_pin_set(&self, id: MessageId, on: bool) -> Result<(), StoreError> {
        let conversation = self
            .message(id)?
            .ok_or(StoreError::NotFound("message"))?
            .conversation_id;
        if on {
            change(
                self.conn,
                "INSERT OR IGNORE INTO message_pin (message_id, conversation_id) VALUES (?1, ?2)",
                params![id.0, conversation.0],
            )?;
        } else {
            change(
                self.conn,
                "DELETE FROM message_pin WHERE message_id = ?1",
                [id.0],
            )?;
        }
        Ok(())
    }
}
