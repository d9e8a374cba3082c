//! `folder`: where conversations lie. A name is content.

use fluxchat_model::{Conversation, Folder, FolderId, Timestamp};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::conversation::{columns, read as read_conversation};
use crate::table::{all, change, must_exist, one, refused};
use crate::{ConversationCursor, ReadTx, StoreError, WriteTx};

/// A folder and how many conversations lie in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderTotal {
    /// The folder.
    pub folder: Folder,
    /// How many; counted up to the limit that was asked for.
    pub conversations: u32,
}

pub(crate) const PAGE: &str = concat!(
    columns!(),
    " WHERE folder_id = ?1 AND erasure_id IS NULL AND (updated_at, id) < (?2, ?3)
      ORDER BY updated_at DESC, id DESC LIMIT ?4"
);
pub(crate) const COUNT: &str = "SELECT count(*) FROM
  (SELECT 1 FROM conversation WHERE folder_id = ?1 AND erasure_id IS NULL LIMIT ?2)";

fn read(row: &Row<'_>) -> Result<Folder, StoreError> {
    Ok(Folder {
        id: FolderId(row.get(0)?),
        name: row.get(1)?,
        created_at: Timestamp(row.get(2)?),
    })
}

impl ReadTx<'_> {
    /// All folders, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        all(
            self.conn,
            "SELECT id, name, created_at FROM folder ORDER BY seq",
            [],
            read,
        )
    }

    /// All folders with what lies in them, counted up to `most` each.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn folder_totals(&self, most: u32) -> Result<Vec<FolderTotal>, StoreError> {
        let totals = self.folders()?.into_iter().map(|folder| {
            let count = one(self.conn, COUNT, params![folder.id.0, most], |row| {
                Ok(row.get(0)?)
            })?;
            Ok(FolderTotal {
                folder,
                conversations: count.unwrap_or(0),
            })
        });
        totals.collect()
    }

    /// A folder.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn folder(&self, id: FolderId) -> Result<Option<Folder>, StoreError> {
        one(
            self.conn,
            "SELECT id, name, created_at FROM folder WHERE id = ?1",
            [id.0],
            read,
        )
    }

    /// A page of what lies in a folder, archived or not, newest first, after a cursor.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversations_in_folder(
        &self,
        folder: FolderId,
        after: Option<ConversationCursor>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, Uuid::max()), |it| (it.updated_at.0, it.id.0));
        all(
            self.conn,
            PAGE,
            params![folder.0, at, id, limit],
            read_conversation,
        )
    }
}

impl WriteTx<'_> {
    /// Adds a folder.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn folder_insert(&self, folder: &Folder) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO folder (id, created_at, name) VALUES (?1, ?2, ?3)",
            params![folder.id.0, folder.created_at.0, folder.name],
        )
        .map_err(refused("folder"))?;
        Ok(())
    }

    /// Renames a folder.
    ///
    /// # Errors
    /// `not_found`.
    pub fn folder_rename(&self, id: FolderId, name: &str) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE folder SET name = ?2 WHERE id = ?1",
            params![id.0, name],
        )?;
        must_exist(changed, "folder")
    }

    /// Removes a folder. What lay in it lies in none. Follow it with [`crate::Store::scrub`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn folder_remove(&self, id: FolderId) -> Result<(), StoreError> {
        let changed = change(self.conn, "DELETE FROM folder WHERE id = ?1", [id.0])?;
        must_exist(changed, "folder")
    }
}
