//! What an export reads: everything that is visible, table by table along its key. What waits for
//! its deletion is in none of it.

use fluxchat_model::{AssetId, ConversationId, DraftKey, Message, MessageId, TagId, Timestamp};
use rusqlite::params;
use uuid::Uuid;

use super::sandbox_record::SandboxRecord;
use crate::table::{all, one, scalar, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

const PARTIAL: &str = "export_partial";

/// A conversation in the order of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationPlace {
    /// The cursor of the next page.
    pub seq: i64,
    /// Which.
    pub id: ConversationId,
    /// The first message of the branch that is shown.
    pub root_id: Option<MessageId>,
}

/// A message in the order of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePlace {
    /// The cursor of the next page.
    pub seq: i64,
    /// Which.
    pub id: MessageId,
    /// Its place below the first message.
    pub depth: u32,
    /// What is shown below it.
    pub shown_child_id: Option<MessageId>,
}

/// A draft with its composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Whose composer.
    pub key: DraftKey,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The words.
    pub text: String,
}

/// A folder or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How far deletion is: another value means that something was deleted, or brought back, since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureMark(Vec<i64>, Vec<Uuid>);

pub(crate) const CONVERSATIONS: &str = "SELECT seq, id, root_id FROM conversation
     WHERE seq > ?1 AND erasure_id IS NULL ORDER BY seq LIMIT ?2";
pub(crate) const MESSAGES: &str = "SELECT m.seq, m.id, m.depth, m.selected_child_id
     FROM message m CROSS JOIN conversation c ON c.id = m.conversation_id
     WHERE m.seq > ?1 AND m.erasure_id IS NULL AND c.erasure_id IS NULL ORDER BY m.seq LIMIT ?2";
pub(crate) const MESSAGES_OF: &str = "SELECT id FROM message
     WHERE conversation_id = ?1 AND erasure_id IS NULL ORDER BY depth, seq";
/// A file is visible with a message that has it, or, where no message has it, in its composer.
pub(crate) const ASSETS: &str = "SELECT a.id FROM asset a WHERE a.id > ?1 AND (
       EXISTS (SELECT 1 FROM message_asset l JOIN message m ON m.id = l.message_id
               JOIN conversation c ON c.id = m.conversation_id
               WHERE l.asset_id = a.id AND m.erasure_id IS NULL AND c.erasure_id IS NULL)
       OR (NOT EXISTS (SELECT 1 FROM message_asset l WHERE l.asset_id = a.id)
           AND (a.conversation_id IS NULL
                OR EXISTS (SELECT 1 FROM conversation c
                           WHERE c.id = a.conversation_id AND c.erasure_id IS NULL))))
     ORDER BY a.id LIMIT ?2";
pub(crate) const SANDBOX: &str = "SELECT seq, collection, key, owner, body, at FROM sandbox_record
     WHERE seq > ?1 AND (owner IS NULL OR owner NOT IN (
       SELECT alias FROM conversation WHERE erasure_id IS NOT NULL AND alias IS NOT NULL))
     ORDER BY seq LIMIT ?2";

impl ReadTx<'_> {
    /// How far deletion is. An export that ends under another mark than it began with has to
    /// begin again.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure_mark(&self) -> Result<ErasureMark, StoreError> {
        let mut numbers = Vec::new();
        for sql in [
            "SELECT coalesce(max(seq), 0) FROM receipt",
            // Forgetting what was searched for has no receipt.
            "SELECT coalesce(min(seq), 0) FROM recent_search",
        ] {
            numbers.push(scalar(self.conn, sql, [])?.unwrap_or(0));
        }
        let waiting = all(self.conn, "SELECT id FROM erasure ORDER BY id", [], |row| {
            Ok(row.get(0)?)
        })?;
        Ok(ErasureMark(numbers, waiting))
    }

    /// A page of all conversations after a place.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_conversations(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ConversationPlace>, StoreError> {
        all(self.conn, CONVERSATIONS, params![after, limit], |row| {
            Ok(ConversationPlace {
                seq: row.get(0)?,
                id: ConversationId(row.get(1)?),
                root_id: row.get::<_, Option<_>>(2)?.map(MessageId),
            })
        })
    }

    /// A page of all messages after a place.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_messages(&self, after: i64, limit: u32) -> Result<Vec<MessagePlace>, StoreError> {
        all(self.conn, MESSAGES, params![after, limit], |row| {
            Ok(MessagePlace {
                seq: row.get(0)?,
                id: MessageId(row.get(1)?),
                depth: row.get(2)?,
                shown_child_id: row.get::<_, Option<_>>(3)?.map(MessageId),
            })
        })
    }

    /// Every message of a conversation, parents before what answers them. For a conversation that
    /// fits into memory because it is in memory.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn messages_of(&self, id: ConversationId) -> Result<Vec<Message>, StoreError> {
        let ids = all(self.conn, MESSAGES_OF, [id.0], |row| {
            Ok(MessageId(row.get(0)?))
        })?;
        let mut messages = Vec::with_capacity(ids.len());
        for id in ids {
            messages.extend(self.message(id)?);
        }
        Ok(messages)
    }

    /// A page of all files after one.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_assets(
        &self,
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<AssetId>, StoreError> {
        let after = after.map_or(Uuid::nil(), |id| id.0);
        all(self.conn, ASSETS, params![after, limit], |row| {
            Ok(AssetId(row.get(0)?))
        })
    }

    /// A page of what the sandbox keeps after a place.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_sandbox(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, SandboxRecord)>, StoreError> {
        all(self.conn, SANDBOX, params![after, limit], |row| {
            Ok((
                row.get(0)?,
                SandboxRecord {
                    collection: row.get(1)?,
                    key: row.get(2)?,
                    owner: row.get(3)?,
                    body: row.get(4)?,
                    at: Timestamp(row.get(5)?),
                },
            ))
        })
    }

    /// All drafts; there is at most one per conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        all(
            self.conn,
            "SELECT d.conversation_id, d.updated_at, d.body
             FROM draft d LEFT JOIN conversation c ON c.id = d.conversation_id
             WHERE c.erasure_id IS NULL ORDER BY d.seq",
            [],
            |row| {
                let conversation = row.get::<_, Option<_>>(0)?.map(ConversationId);
                Ok(DraftRow {
                    key: conversation.map_or(DraftKey::NewConversation, DraftKey::Conversation),
                    updated_at: Timestamp(row.get(1)?),
                    text: row.get(2)?,
                })
            },
        )
    }

    /// All folders.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_folders(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.named("SELECT id, name, created_at FROM folder ORDER BY seq")
    }

    /// All tags.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_tags(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.named("SELECT id, name, created_at FROM tag ORDER BY seq")
    }

    /// The tags of a conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_tags_of(&self, id: ConversationId) -> Result<Vec<TagId>, StoreError> {
        all(
            self.conn,
            "SELECT tag_id FROM conversation_tag WHERE conversation_id = ?1 ORDER BY tag_id",
            [id.0],
            |row| Ok(TagId(row.get(0)?)),
        )
    }

    /// How many messages a conversation has in all its branches.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_message_count(&self, id: ConversationId) -> Result<u64, StoreError> {
        let count: Option<i64> = one(
            self.conn,
            "SELECT count(*) FROM message WHERE conversation_id = ?1 AND erasure_id IS NULL",
            [id.0],
            |row| Ok(row.get(0)?),
        )?;
        unsigned(count.unwrap_or(0), "count")
    }

    /// The file an export was being written to when its process ended.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn export_partial(&self) -> Result<Option<String>, StoreError> {
        self.meta(PARTIAL)
    }

    fn named(&self, sql: &'static str) -> Result<Vec<NamedRow>, StoreError> {
        all(self.conn, sql, [], |row| {
            Ok(NamedRow {
                id: row.get(0)?,
                name: row.get(1)?,
                created_at: Timestamp(row.get(2)?),
            })
        })
    }
}

impl WriteTx<'_> {
    /// Remembers the file an export is being written to, before it is created.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn export_partial_set(&self, path: &str) -> Result<(), StoreError> {
        self.meta_set(PARTIAL, path)
    }

    /// Forgets it, after it is complete or gone.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn export_partial_clear(&self) -> Result<(), StoreError> {
        self.meta_remove(PARTIAL)
    }
}
