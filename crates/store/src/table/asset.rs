//! `asset`: encrypted files. Their keys are nowhere else.

use fluxchat_model::{AssetId, ConversationId, MessageId, Secret, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, one, refused, scalar, signed, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

/// One encrypted file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its id, also its file's name.
    pub id: AssetId,
    /// Its own random key.
    pub key: Secret<[u8; 32]>,
    /// A keyed hash of its content.
    pub content_hash: [u8; 32],
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes, before encryption.
    pub bytes: u64,
    /// The conversation whose composer it was added in; `None` for one that did not exist yet.
    pub conversation_id: Option<ConversationId>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Its name as the person knew it.
    pub name: String,
}

const COLUMNS: &str =
    "SELECT id, key, content_hash, media_type, bytes, conversation_id, created_at, name FROM asset";

fn read(row: &Row<'_>) -> Result<Asset, StoreError> {
    Ok(Asset {
        id: AssetId(row.get(0)?),
        key: Secret::new(row.get(1)?),
        content_hash: row.get(2)?,
        media_type: row.get(3)?,
        bytes: unsigned(row.get(4)?, "asset")?,
        conversation_id: row.get::<_, Option<_>>(5)?.map(ConversationId),
        created_at: Timestamp(row.get(6)?),
        name: row.get(7)?,
    })
}

impl ReadTx<'_> {
    /// A file's row.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn asset(&self, id: AssetId) -> Result<Option<Asset>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }

    /// The ids of all files, in order; what must be in the folder and nothing else.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn asset_ids(&self) -> Result<Vec<AssetId>, StoreError> {
        all(self.conn, "SELECT id FROM asset ORDER BY id", [], |row| {
            Ok(AssetId(row.get(0)?))
        })
    }
}

impl WriteTx<'_> {
    /// Adds a file's row, after its file was written.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn asset_insert(&self, asset: &Asset) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO asset (id, key, content_hash, media_type, bytes, conversation_id, created_at, name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                asset.id.0,
                asset.key.expose(),
                asset.content_hash,
                asset.media_type,
                signed(asset.bytes),
                asset.conversation_id.map(|id| id.0),
                asset.created_at.0,
                asset.name,
            ],
        )
        .map_err(refused("asset"))?;
        Ok(())
    }

    /// Removes a file that no message has, such as one taken out of a composer again. Returns
    /// whether it was removed; its file can then be unlinked.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn asset_remove_unused(&self, id: AssetId) -> Result<bool, StoreError> {
        if self.asset_is_used(id)? {
            return Ok(false);
        }
        self.attachment_chunks_remove(id)?;
        Ok(change(
            self.conn,
            "DELETE FROM asset WHERE id = ?1
               AND NOT EXISTS (SELECT 1 FROM message_asset WHERE asset_id = ?1)",
            [id.0],
        )? > 0)
    }

    fn asset_is_used(&self, id: AssetId) -> Result<bool, StoreError> {
        let used: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM message_asset WHERE asset_id = ?1 LIMIT 1",
            [id.0],
        )?;
        Ok(used.is_some())
    }

    pub(crate) fn asset_link(&self, message: MessageId, asset: AssetId) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT OR IGNORE INTO message_asset (message_id, asset_id) VALUES (?1, ?2)",
            [message.0, asset.0],
        )?;
        Ok(())
    }
}
