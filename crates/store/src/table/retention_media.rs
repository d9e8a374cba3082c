//! Files and the rules: which are old enough, and where each of them is.

use fluxchat_model::{AssetId, ConversationId, ErasureId, Timestamp};
use rusqlite::params;

use crate::table::{all, change, scalar, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

/// A file that is old enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldFile {
    /// Which.
    pub id: AssetId,
    /// Since when it is here, by the time that can be trusted.
    pub since: Timestamp,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

pub(crate) const OLD: &str = "SELECT id, kept_since, name, bytes FROM asset
  WHERE kept_since <= ?1 AND (kept_since, id) > (?2, ?3) ORDER BY kept_since, id LIMIT ?4";

impl ReadTx<'_> {
    /// Files that came then or before, oldest first, after one of them.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn files_older(
        &self,
        at: Timestamp,
        after: Option<(Timestamp, AssetId)>,
        limit: u32,
    ) -> Result<Vec<OldFile>, StoreError> {
        let (since, id) = after.map_or((i64::MIN, None), |(since, id)| (since.0, Some(id.0)));
        all(
            self.conn,
            OLD,
            params![at.0, since, id.unwrap_or_default(), limit],
            |row| {
                Ok(OldFile {
                    id: AssetId(row.get(0)?),
                    since: Timestamp(row.get(1)?),
                    name: row.get(2)?,
                    bytes: unsigned(row.get(3)?, "asset")?,
                })
            },
        )
    }

    /// The conversations a file is in: those of its messages, and the one it was added in. `None`
    /// while one of them, or one of the messages, waits to be deleted and may come back.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn places_of_file(&self, id: AssetId) -> Result<Option<Vec<ConversationId>>, StoreError> {
        let found = all(
            self.conn,
            "SELECT m.conversation_id, m.erasure_id IS NOT NULL OR c.erasure_id IS NOT NULL
             FROM message_asset l JOIN message m ON m.id = l.message_id
               JOIN conversation c ON c.id = m.conversation_id
             WHERE l.asset_id = ?1
             UNION SELECT c.id, c.erasure_id IS NOT NULL
             FROM asset a JOIN conversation c ON c.id = a.conversation_id WHERE a.id = ?1",
            [id.0],
            |row| Ok((ConversationId(row.get(0)?), row.get::<_, bool>(1)?)),
        )?;
        if found.iter().any(|(_, waits)| *waits) {
            return Ok(None);
        }
        Ok(Some(found.into_iter().map(|(id, _)| id).collect()))
    }

    /// Whether a file is there and came then or before.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn file_is_older(&self, id: AssetId, at: Timestamp) -> Result<bool, StoreError> {
        let found: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM asset WHERE id = ?1 AND kept_since <= ?2",
            params![id.0, at.0],
        )?;
        Ok(found.is_some())
    }
}

impl WriteTx<'_> {
    /// Says that a deletion, made in this transaction, is one of files by rule.
    pub(crate) fn retention_took_media(
        &self,
        run: i64,
        erasure: ErasureId,
        count: u32,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO retention_erasure (erasure_id, run) VALUES (?1, ?2)",
            params![erasure.0, run],
        )?;
        change(
            self.conn,
            "UPDATE retention_run SET media = media + ?2 WHERE seq = ?1",
            params![run, count],
        )?;
        Ok(())
    }
}
