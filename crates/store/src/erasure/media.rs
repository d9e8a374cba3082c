//! Files: those of a kind in steps, and those that a rule takes, some at a time. The messages they
//! were in keep their words.

use std::collections::BTreeMap;

use fluxchat_model::{AssetId, ErasureId, MediaKind, Timestamp};
use rusqlite::params;

use super::purge::Rows;
use super::scope;
use super::steps::Batch;
use crate::table::{all, change, message_parts, refused, to_json};
use crate::{StoreError, WriteTx};

/// Files per transaction.
pub(super) const FILES: usize = 64;

impl WriteTx<'_> {
    pub(super) fn step_media(
        &self,
        batch: &mut Batch<'_>,
        kind: MediaKind,
    ) -> Result<bool, StoreError> {
        let files = all(
            self.conn,
            &format!(
                "SELECT id FROM asset WHERE {} = ?1 LIMIT ?2",
                scope::MEDIA_KIND
            ),
            params![kind.word(), FILES as i64],
            |row| Ok(AssetId(row.get(0)?)),
        )?;
        let emptied = files.len() < FILES;
        for file in files {
            self.purge_asset(file, batch.rows)?;
            batch.files.push(file);
        }
        Ok(emptied)
    }

    /// Removes files that a rule takes, with their keys, as a deletion whose rows are gone and
    /// whose proof is to follow. The caller has looked at the rules in this transaction.
    ///
    /// # Errors
    /// `conflict` if the id is taken.
    pub fn retention_purge_media(
        &self,
        run: i64,
        erasure: ErasureId,
        files: &[AssetId],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut rows = BTreeMap::new();
        for file in files {
            self.purge_asset(*file, &mut rows)?;
        }
        change(
            self.conn,
            "INSERT INTO erasure (id, scope, state, requested_at, purge_after, rows_by_table, search_verified)
             VALUES (?1, 'media', 'erasing', ?2, ?2, ?3, 1)",
            params![erasure.0, at.0, to_json(&rows, "erasure")?],
        )
        .map_err(refused("erasure"))?;
        self.note_files(erasure, files)?;
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        self.retention_took_media(run, erasure, count)
    }

    /// A file's row and key, and its place in messages.
    fn purge_asset(&self, file: AssetId, rows: &mut Rows) -> Result<(), StoreError> {
        self.take_out(file, rows)?;
        let pieces = self.attachment_chunks_remove(file)?;
        if pieces > 0 {
            *rows.entry("attachment_chunk".to_owned()).or_default() +=
                u32::try_from(pieces).unwrap_or(u32::MAX);
        }
        self.counted(rows, "asset", "DELETE FROM asset WHERE id = ?1", [file.0])
    }

    /// Takes a file out of the messages it is in. Their words stay as they are.
    fn take_out(&self, file: AssetId, rows: &mut Rows) -> Result<(), StoreError> {
        let messages = all(
            self.conn,
            "SELECT m.seq, m.parts, m.text FROM message_asset l JOIN message m ON m.id = l.message_id
             WHERE l.asset_id = ?1",
            [file.0],
            |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                ))
            },
        )?;
        for (seq, parts, text) in messages {
            let mut kept = message_parts::decode(&parts, text)?;
            kept.retain(|part| !message_parts::is_file(part, file));
            let (parts, text) = message_parts::encode(&kept)?;
            self.counted(
                rows,
                "message.parts",
                "UPDATE message SET parts = ?2, text = ?3 WHERE seq = ?1",
                params![seq, parts, text],
            )?;
        }
        self.counted(
            rows,
            "message_asset",
            "DELETE FROM message_asset WHERE asset_id = ?1",
            [file.0],
        )
    }
}
