//! `conversation`: what the list shows and how each is continued.

use fluxchat_model::{Conversation, ConversationId, FolderId, MessageId, SourceId, Timestamp};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::table::{all, change, must_exist, one, refused, scalar};
use crate::{ReadTx, StoreError, WriteTx};

/// Which list a conversation stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationShelf {
    /// Pinned and not archived.
    Pinned,
    /// Neither pinned nor archived.
    Recent,
    /// Archived, pinned or not.
    Archived,
}

/// Where a page of the list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationCursor {
    /// Of its last conversation.
    pub updated_at: Timestamp,
    /// Of its last conversation.
    pub id: ConversationId,
}

impl ConversationCursor {
    /// The cursor after a conversation.
    #[must_use]
    pub fn after(conversation: &Conversation) -> Self {
        Self {
            updated_at: conversation.updated_at,
            id: conversation.id,
        }
    }
}

/// What to change of a conversation; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationPatch {
    /// The title.
    pub title: Option<String>,
    /// Pinned or not.
    pub pinned: Option<bool>,
    /// Archived or not. An archived conversation is not pinned.
    pub archived: Option<bool>,
    /// The source of the next answer; `Some(None)` for none.
    pub source_id: Option<Option<SourceId>>,
    /// The model of the next answer; `Some(None)` for none.
    pub model: Option<Option<String>>,
    /// The folder; `Some(None)` for none.
    pub folder_id: Option<Option<FolderId>>,
    /// Frozen or not.
    pub restricted: Option<bool>,
    /// Kept to sources on this computer or not.
    pub local_only: Option<bool>,
    /// Covered by the consent to training or not.
    pub training_allowed: Option<bool>,
}

macro_rules! columns {
    () => {
        "SELECT id, title, source_id, model, pinned, archived, head_id, created_at, updated_at,
           folder_id, restricted, local_only, training_allowed FROM conversation"
    };
}
pub(crate) use columns;

pub(crate) const BY_ID: &str = concat!(columns!(), " WHERE id = ?1 AND erasure_id IS NULL");
pub(crate) const RESTRICTED: &str = concat!(
    columns!(),
    " WHERE restricted = 1 AND erasure_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT ?1"
);
/// The newest of a shelf that is not frozen.
pub(crate) const LATEST: &str = concat!(
    columns!(),
    " WHERE erasure_id IS NULL AND archived = 0 AND pinned = ?1 AND restricted = 0
      ORDER BY updated_at DESC, id DESC LIMIT 1"
);
pub(crate) const PAGE: &str = concat!(
    columns!(),
    " WHERE erasure_id IS NULL AND archived = ?1 AND pinned = ?2 AND (updated_at, id) < (?3, ?4)
      ORDER BY updated_at DESC, id DESC LIMIT ?5"
);

pub(crate) fn read(row: &Row<'_>) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        title: row.get(1)?,
        source_id: row.get::<_, Option<_>>(2)?.map(SourceId),
        model: row.get(3)?,
        pinned: row.get(4)?,
        archived: row.get(5)?,
        head_id: row.get::<_, Option<_>>(6)?.map(MessageId),
        created_at: Timestamp(row.get(7)?),
        updated_at: Timestamp(row.get(8)?),
        folder_id: row.get::<_, Option<_>>(9)?.map(FolderId),
        restricted: row.get(10)?,
        local_only: row.get(11)?,
        training_allowed: row.get(12)?,
    })
}

/// The next free place for a row of this time; see the note on `seq` in the schema.
pub(crate) fn free_seq(
    conn: &Connection,
    within: &str,
    last: &str,
    at: Timestamp,
    odd: bool,
) -> Result<i64, StoreError> {
    const SPAN: i64 = 32;
    let seconds = at.0.div_euclid(Timestamp::SECOND).clamp(0, 1 << 40);
    let base = seconds * SPAN + i64::from(odd);
    let taken: Option<i64> = scalar::<Option<i64>, _>(conn, within, [base, base + SPAN])?.flatten();
    match taken {
        None => Ok(base),
        Some(seq) if seq + 2 < base + SPAN => Ok(seq + 2),
        Some(full) => {
            let last: Option<i64> = scalar::<Option<i64>, _>(conn, last, [])?.flatten();
            Ok(last.unwrap_or(full) + 2)
        }
    }
}

impl ReadTx<'_> {
    /// A conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        one(self.conn, BY_ID, [id.0], read)
    }

    /// A page of a list, newest first, after a cursor.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversations_page(
        &self,
        shelf: ConversationShelf,
        after: Option<ConversationCursor>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        // Archiving takes the pin away, so every shelf is one range of the index.
        let (archived, pinned) = match shelf {
            ConversationShelf::Pinned => (false, true),
            ConversationShelf::Recent => (false, false),
            ConversationShelf::Archived => (true, false),
        };
        let (at, id) = after.map_or((i64::MAX, Uuid::max()), |it| (it.updated_at.0, it.id.0));
        all(
            self.conn,
            PAGE,
            params![archived, pinned, at, id, limit],
            read,
        )
    }

    /// The conversations that are frozen, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversations_restricted(&self, limit: u32) -> Result<Vec<Conversation>, StoreError> {
        all(self.conn, RESTRICTED, [limit], read)
    }

    /// The conversation that last gained a message, archived and frozen ones left out.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_latest(&self) -> Result<Option<Conversation>, StoreError> {
        let recent = one(self.conn, LATEST, [false], read)?;
        let pinned = one(self.conn, LATEST, [true], read)?;
        Ok(recent
            .into_iter()
            .chain(pinned)
            .max_by_key(|conversation| (conversation.updated_at, conversation.id)))
    }

    /// The name by which the sandbox knows a conversation: the `owner` of its records.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_alias(&self, id: ConversationId) -> Result<Option<String>, StoreError> {
        Ok(scalar::<Option<String>, _>(
            self.conn,
            "SELECT alias FROM conversation WHERE id = ?1",
            [id.0],
        )?
        .flatten())
    }
}

impl WriteTx<'_> {
    /// Adds a conversation without messages. Its `head_id` is ignored.
    ///
    /// # Errors
    /// `conflict` if its id is taken or its source does not exist.
    pub fn conversation_insert(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let seq = free_seq(
            self.conn,
            "SELECT max(seq) FROM conversation WHERE seq >= ?1 AND seq < ?2",
            "SELECT max(seq) FROM conversation",
            conversation.created_at,
            true,
        )?;
        change(
            self.conn,
            "INSERT INTO conversation (seq, id, source_id, model, pinned, archived, created_at, updated_at, title,
               folder_id, restricted, local_only, training_allowed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                seq,
                conversation.id.0,
                conversation.source_id.map(|id| id.0),
                conversation.model,
                conversation.pinned && !conversation.archived,
                conversation.archived,
                conversation.created_at.0,
                conversation.updated_at.0,
                conversation.title,
                conversation.folder_id.map(|id| id.0),
                conversation.restricted,
                conversation.local_only,
                conversation.training_allowed,
            ],
        )
        .map_err(refused("conversation"))?;
        Ok(())
    }

    /// Changes some fields of a conversation. Its place in the list stays.
    ///
    /// # Errors
    /// `not_found`; `conflict` if the source or the folder does not exist.
    pub fn conversation_update(
        &self,
        id: ConversationId,
        patch: &ConversationPatch,
    ) -> Result<(), StoreError> {
        let mut now = self
            .conversation(id)?
            .ok_or(StoreError::NotFound("conversation"))?;
        if let Some(title) = &patch.title {
            now.title.clone_from(title);
        }
        if let Some(archived) = patch.archived {
            now.archived = archived;
        }
        if let Some(pinned) = patch.pinned {
            now.pinned = pinned;
        }
        if let Some(source_id) = patch.source_id {
            now.source_id = source_id;
        }
        if let Some(model) = &patch.model {
            now.model.clone_from(model);
        }
        now.folder_id = patch.folder_id.unwrap_or(now.folder_id);
        now.restricted = patch.restricted.unwrap_or(now.restricted);
        now.local_only = patch.local_only.unwrap_or(now.local_only);
        now.training_allowed = patch.training_allowed.unwrap_or(now.training_allowed);
        let changed = change(
            self.conn,
            "UPDATE conversation SET source_id = ?2, model = ?3, pinned = ?4, archived = ?5,
               folder_id = ?6, restricted = ?7, local_only = ?8, training_allowed = ?9 WHERE id = ?1",
            params![
                id.0,
                now.source_id.map(|source| source.0),
                now.model,
                now.pinned && !now.archived,
                now.archived,
                now.folder_id.map(|folder| folder.0),
                now.restricted,
                now.local_only,
                now.training_allowed,
            ],
        )
        .map_err(refused("conversation"))?;
        // Alone, so that a pin does not touch the search index.
        if patch.title.is_some() {
            change(
                self.conn,
                "UPDATE conversation SET title = ?2 WHERE id = ?1",
                params![id.0, now.title],
            )?;
            change(
                self.conn,
                "DELETE FROM title_told WHERE conversation_id = ?1",
                [id.0],
            )?;
        }
        must_exist(changed, "conversation")
    }

    /// Sets the name by which the sandbox knows a conversation.
    ///
    /// # Errors
    /// `not_found`.
    pub fn conversation_alias_set(
        &self,
        id: ConversationId,
        alias: &str,
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE conversation SET alias = ?2 WHERE id = ?1 AND erasure_id IS NULL",
            params![id.0, alias],
        )?;
        must_exist(changed, "conversation")
    }
}
