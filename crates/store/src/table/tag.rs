//! `tag` and `conversation_tag`: words on conversations. A name is content.

use fluxchat_model::{Conversation, ConversationId, Tag, TagId, Timestamp};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::conversation::read as read_conversation;
use crate::table::{all, change, must_exist, one, refused};
use crate::{ConversationCursor, ReadTx, StoreError, WriteTx};

/// A tag and how many conversations have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagTotal {
    /// The tag.
    pub tag: Tag,
    /// How many; counted up to the limit that was asked for.
    pub conversations: u32,
}

pub(crate) const PAGE: &str = "SELECT c.id, c.title, c.source_id, c.model, c.pinned, c.archived,
    c.head_id, c.created_at, c.updated_at, c.folder_id, c.restricted, c.local_only,
    c.training_allowed
  FROM conversation_tag t CROSS JOIN conversation c ON c.id = t.conversation_id
  WHERE t.tag_id = ?1 AND t.conversation_id < ?2 AND c.erasure_id IS NULL
  ORDER BY t.conversation_id DESC LIMIT ?3";
pub(crate) const COUNT: &str = "SELECT count(*) FROM
  (SELECT 1 FROM conversation_tag WHERE tag_id = ?1 LIMIT ?2)";
pub(crate) const OF_CONVERSATION: &str =
    "SELECT tag_id FROM conversation_tag WHERE conversation_id = ?1";

fn read(row: &Row<'_>) -> Result<Tag, StoreError> {
    Ok(Tag {
        id: TagId(row.get(0)?),
        name: row.get(1)?,
        created_at: Timestamp(row.get(2)?),
    })
}

impl ReadTx<'_> {
    /// All tags, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        all(
            self.conn,
            "SELECT id, name, created_at FROM tag ORDER BY seq",
            [],
            read,
        )
    }

    /// All tags with what has them, counted up to `most` each.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tag_totals(&self, most: u32) -> Result<Vec<TagTotal>, StoreError> {
        let totals = self.tags()?.into_iter().map(|tag| {
            let count = one(self.conn, COUNT, params![tag.id.0, most], |row| {
                Ok(row.get(0)?)
            })?;
            Ok(TagTotal {
                tag,
                conversations: count.unwrap_or(0),
            })
        });
        totals.collect()
    }

    /// A tag.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tag(&self, id: TagId) -> Result<Option<Tag>, StoreError> {
        one(
            self.conn,
            "SELECT id, name, created_at FROM tag WHERE id = ?1",
            [id.0],
            read,
        )
    }

    /// The tags of a conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tags_of(&self, conversation: ConversationId) -> Result<Vec<TagId>, StoreError> {
        all(self.conn, OF_CONVERSATION, [conversation.0], |row| {
            Ok(TagId(row.get(0)?))
        })
    }

    /// A page of what has a tag, archived or not, newest first, after a cursor.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversations_with_tag(
        &self,
        tag: TagId,
        after: Option<ConversationCursor>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let id = after.map_or(Uuid::max(), |it| it.id.0);
        all(
            self.conn,
            PAGE,
            params![tag.0, id, limit],
            read_conversation,
        )
    }
}

impl WriteTx<'_> {
    /// Adds a tag.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn tag_insert(&self, tag: &Tag) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO tag (id, created_at, name) VALUES (?1, ?2, ?3)",
            params![tag.id.0, tag.created_at.0, tag.name],
        )
        .map_err(refused("tag"))?;
        Ok(())
    }

    /// Renames a tag.
    ///
    /// # Errors
    /// `not_found`.
    pub fn tag_rename(&self, id: TagId, name: &str) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE tag SET name = ?2 WHERE id = ?1",
            params![id.0, name],
        )?;
        must_exist(changed, "tag")
    }

    /// Removes a tag, from its conversations too. Follow it with [`crate::Store::scrub`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn tag_remove(&self, id: TagId) -> Result<(), StoreError> {
        let changed = change(self.conn, "DELETE FROM tag WHERE id = ?1", [id.0])?;
        must_exist(changed, "tag")
    }

    /// Gives a conversation a tag, or takes it away.
    ///
    /// # Errors
    /// `conflict` if there is no such conversation or tag.
    pub fn conversation_tag_set(
        &self,
        conversation: ConversationId,
        tag: TagId,
        on: bool,
    ) -> Result<(), StoreError> {
        let sql = if on {
            "INSERT INTO conversation_tag (conversation_id, tag_id) VALUES (?1, ?2)
             ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM conversation_tag WHERE conversation_id = ?1 AND tag_id = ?2"
        };
        change(self.conn, sql, params![conversation.0, tag.0]).map_err(refused("tag"))?;
        Ok(())
    }
}
