//! The purge: one transaction over every table that may hold content.

use std::collections::BTreeMap;

use fluxchat_model::{
    AssetId, ConversationId, ErasureId, ErasureScope, ErasureStage, MessageId, Timestamp,
    Tombstone, TombstoneId,
};
use rusqlite::params;
use uuid::Uuid;

use super::{Purged, SUBTREE, scope};
use crate::table::{all, change, from_json, scalar, to_json};
use crate::{ReadTx, Store, StoreError, WriteTx, ballast, search, store, tokenizer};

/// From how many rows on the index is cleaned as a whole. Cleaning one row out of it costs as much
/// as a pass over about two hundred rows does (measured: 8 ms against 0.04 ms a row).
const BULK_ROWS: u64 = 16;
const BULK_SHARE: u64 = 200;

const SAMPLES: usize = 8;
const SAMPLE_CHARS: usize = 60;
/// Words of each text.
const SAMPLE_TERMS: usize = 3;

/// An entry of the index that must not be found after the purge.
pub(super) struct Sample {
    seq: i64,
    expression: String,
}

pub(super) type Rows = BTreeMap<String, u32>;

impl Store {
    /// Removes the rows of a deletion: its content, what belongs to it in other tables, and the
    /// keys of its files. Repeating it names the files again.
    ///
    /// A large scope is brought to its end before, by [`Store::erasure_step`]. A damaged search
    /// index is rebuilt and the purge tried again; on a full disk the ballast is given up for it.
    ///
    /// # Errors
    /// `not_found` if there is no such deletion; `full` if there is no room even so.
    pub fn erasure_purge(
        &self,
        id: ErasureId,
        tombstone: TombstoneId,
        at: Timestamp,
    ) -> Result<Purged, StoreError> {
        let for_good = self.options().deletes_for_good();
        self.purging(|tx| tx.purge(id, tombstone, at, for_good))
    }

    /// Runs a transaction of a deletion, once more on a rebuilt index, and once more without the
    /// ballast.
    pub(super) fn purging<T>(
        &self,
        work: impl Fn(&WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let attempt = |rebuild: bool| {
            self.with_writer(|conn| {
                store::write_on(conn, |tx| {
                    if rebuild {
                        tx.search_rebuild()?;
                    }
                    work(tx)
                })
            })
        };
        let mut rebuild = false;
        let mut freed = false;
        loop {
            match attempt(rebuild) {
                Err(StoreError::SearchCorrupt) if !rebuild => {
                    tracing::warn!(name: "search.rebuilt_for_deletion", "");
                    rebuild = true;
                }
                Err(StoreError::Full) if !freed && self.path().is_some_and(ballast::release) => {
                    freed = true;
                }
                other => return other,
            }
        }
    }
}

impl WriteTx<'_> {
    fn purge(
        &self,
        id: ErasureId,
        tombstone: TombstoneId,
        at: Timestamp,
        for_good: bool,
    ) -> Result<Purged, StoreError> {
        let job = self.erasure(id)?.ok_or(StoreError::NotFound("erasure"))?;
        if job.stage == ErasureStage::Erasing {
            return self.purged(id);
        }
        let scope = job.scope.ok_or(StoreError::Unreadable("erasure"))?;
        let mut rows = self.rows_of(id)?;
        let samples = self.samples(scope)?;
        let files = match scope {
            _ if self.is_emptied(id)? => Vec::new(),
            ErasureScope::Conversation(_) if job.stage == ErasureStage::Purging => {
                return Err(StoreError::Conflict("erasure"));
            }
            ErasureScope::Conversation(conversation) => {
                self.purge_conversation(conversation, &mut rows, for_good)?
            }
            ErasureScope::Message(message) => {
                let doomed = self.doomed(&format!("{SUBTREE} SELECT id FROM below"), message.0)?;
                self.cleaning_index(doomed.len() as u64, for_good, || {
                    self.purge_messages(&doomed, &mut rows)
                })?
            }
            // Removed in steps, which were not all made.
            _ => return Err(StoreError::Conflict("erasure")),
        };
        if for_good {
            search::configure(self.conn, true)?;
        }
        // A search may quote what is deleted, and nobody can tell which one does.
        self.counted(&mut rows, "recent_search", "DELETE FROM recent_search", [])?;

        let search_verified = samples
            .iter()
            .map(|sample| self.finds(sample))
            .collect::<Result<Vec<_>, _>>()?
            .iter()
            .all(|found| !found);
        self.note_files(id, &files)?;
        self.tombstone_insert(&Tombstone {
            id: tombstone,
            kind: scope.word().to_owned(),
            at,
        })?;
        change(
            self.conn,
            "UPDATE erasure SET state = 'erasing', scope_id = NULL, scope_from = NULL, scope_to = NULL,
               rows_by_table = ?2,
               search_verified = ?3 AND (search_verified OR NOT emptied)
             WHERE id = ?1",
            params![id.0, to_json(&rows, "erasure")?, search_verified],
        )?;
        self.purged(id)
    }

    /// The rows that a deletion removed so far.
    pub(super) fn rows_of(&self, id: ErasureId) -> Result<Rows, StoreError> {
        let rows: Option<String> = scalar(
            self.conn,
            "SELECT rows_by_table FROM erasure WHERE id = ?1",
            [id.0],
        )?;
        from_json(&rows.ok_or(StoreError::NotFound("erasure"))?, "erasure")
    }

    /// Remembers files to unlink.
    pub(super) fn note_files(&self, id: ErasureId, files: &[AssetId]) -> Result<(), StoreError> {
        for file in files {
            change(
                self.conn,
                "INSERT OR IGNORE INTO erasure_file (erasure_id, asset_id) VALUES (?1, ?2)",
                [id.0, file.0],
            )?;
        }
        Ok(())
    }

    fn purged(&self, id: ErasureId) -> Result<Purged, StoreError> {
        Ok(Purged {
            files: self.erasure_files(id)?,
            rows_by_table: self.rows_of(id)?,
        })
    }

    fn doomed(&self, sql: &str, id: Uuid) -> Result<Vec<MessageId>, StoreError> {
        all(self.conn, sql, [id], |row| Ok(MessageId(row.get(0)?)))
    }

    fn purge_conversation(
        &self,
        id: ConversationId,
        rows: &mut Rows,
        for_good: bool,
    ) -> Result<Vec<AssetId>, StoreError> {
        let doomed = self.doomed("SELECT id FROM message WHERE conversation_id = ?1", id.0)?;
        self.cleaning_index(doomed.len() as u64 + 1, for_good, || {
            let mut files = self.purge_messages(&doomed, rows)?;
            files.extend(self.purge_conversation_row(id, rows)?);
            Ok(files)
        })
    }

    /// A conversation whose messages are gone, with all that hangs on it in other tables.
    pub(super) fn purge_conversation_row(
        &self,
        id: ConversationId,
        rows: &mut Rows,
    ) -> Result<Vec<AssetId>, StoreError> {
        if let Some(alias) = self.conversation_alias(id)? {
            self.counted(
                rows,
                "sandbox_record",
                "DELETE FROM sandbox_record WHERE owner = ?1",
                [alias],
            )?;
        }
        self.counted(
            rows,
            "sandbox_record",
            "DELETE FROM sandbox_record WHERE owner = ?1",
            [id.to_string()],
        )?;
        self.counted(
            rows,
            "draft",
            "DELETE FROM draft WHERE conversation_id = ?1",
            [id.0],
        )?;
        self.counted(
            rows,
            "instructions",
            "DELETE FROM instructions WHERE conversation_id = ?1",
            [id.0],
        )?;
        self.counted(
            rows,
            "conversation",
            "DELETE FROM conversation WHERE id = ?1",
            [id.0],
        )?;
        let composed = all(
            self.conn,
            "SELECT id FROM asset WHERE conversation_id = ?1",
            [id.0],
            |row| Ok(AssetId(row.get(0)?)),
        )?;
        let files = self.purge_unused_assets(composed, rows)?;
        change(
            self.conn,
            "UPDATE asset SET conversation_id = NULL WHERE conversation_id = ?1",
            [id.0],
        )?;
        self.counted(
            rows,
            "egress_record.conversation_id",
            "UPDATE egress_record SET conversation_id = NULL WHERE conversation_id = ?1",
            [id.0],
        )?;
        self.counted(
            rows,
            "consent_event.conversation_id",
            "UPDATE consent_event SET conversation_id = NULL WHERE conversation_id = ?1",
            [id.0],
        )?;
        Ok(files)
    }

    pub(super) fn purge_messages(
        &self,
        doomed: &[MessageId],
        rows: &mut Rows,
    ) -> Result<Vec<AssetId>, StoreError> {
        // One statement for all: before each, the search index writes down what it has gathered.
        let ids: Vec<String> = doomed
            .iter()
            .map(|message| hex::encode(message.0.as_bytes()))
            .collect();
        let ids = to_json(&ids, "erasure")?;
        let assets = all(
            self.conn,
            "SELECT asset_id FROM message_asset
             WHERE message_id IN (SELECT unhex(value) FROM json_each(?1))",
            [&ids],
            |row| Ok(AssetId(row.get(0)?)),
        )?;
        for (table, sql) in [
            (
                "stream_chunk",
                "DELETE FROM stream_chunk
                 WHERE message_id IN (SELECT unhex(value) FROM json_each(?1))",
            ),
            (
                "statement_flag",
                "DELETE FROM statement_flag
                 WHERE message_id IN (SELECT unhex(value) FROM json_each(?1))",
            ),
            (
                "message",
                "DELETE FROM message WHERE id IN (SELECT unhex(value) FROM json_each(?1))",
            ),
        ] {
            self.counted(rows, table, sql, [&ids])?;
        }
        self.purge_unused_assets(assets, rows)
    }

    /// Removes files that no message has any more; the same file may be in several branches.
    pub(super) fn purge_unused_assets(
        &self,
        candidates: Vec<AssetId>,
        rows: &mut Rows,
    ) -> Result<Vec<AssetId>, StoreError> {
        let mut gone = Vec::new();
        for id in candidates {
            if self.asset_remove_unused(id)? {
                *rows.entry("asset".to_owned()).or_default() += 1;
                gone.push(id);
            }
        }
        Ok(gone)
    }

    /// Runs deletions so that nothing of them stays in the index: each row cleaned by itself, or,
    /// for many, all of them by one pass.
    fn cleaning_index<T>(
        &self,
        rows: u64,
        for_good: bool,
        delete: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !for_good || !self.is_bulk(rows)? {
            return delete();
        }
        search::set_secure(self.conn, false)?;
        let value = delete()?;
        self.conn
            .execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
        search::set_secure(self.conn, true)?;
        Ok(value)
    }

    /// Whether so many rows are better cleaned out of the index by one pass.
    pub(super) fn is_bulk(&self, rows: u64) -> Result<bool, StoreError> {
        Ok(rows > BULK_ROWS.max(self.messages_stored()? / BULK_SHARE))
    }

    /// A few of the texts that are about to go, as searches that find them now.
    fn samples(&self, scope: ErasureScope) -> Result<Vec<Sample>, StoreError> {
        let sql = match scope {
            ErasureScope::Conversation(_) => {
                "SELECT seq, substr(title, 1, ?2) FROM conversation WHERE id = ?1 AND title <> ''
                 UNION ALL SELECT seq, substr(text, 1, ?2) FROM message WHERE conversation_id = ?1 AND text <> ''
                 LIMIT ?3"
                    .to_owned()
            }
            ErasureScope::Message(_) => format!(
                "{SUBTREE} SELECT m.seq, substr(m.text, 1, ?2) FROM below JOIN message m ON m.id = below.id
                 WHERE m.text <> '' LIMIT ?3"
            ),
            // Sampled in steps.
            _ => return Ok(Vec::new()),
        };
        let texts = all(
            self.conn,
            &sql,
            params![
                scope::columns(scope).id,
                SAMPLE_CHARS as i64,
                SAMPLES as i64
            ],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )?;
        self.as_samples(texts)
    }

    /// The text of one message that is about to go, as searches that find it now.
    pub(super) fn sample(&self, message: MessageId) -> Result<Vec<Sample>, StoreError> {
        let text = all(
            self.conn,
            "SELECT seq, substr(text, 1, ?2) FROM message WHERE id = ?1 AND text <> ''",
            params![message.0, SAMPLE_CHARS as i64],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )?;
        self.as_samples(text)
    }

    fn as_samples(&self, texts: Vec<(i64, String)>) -> Result<Vec<Sample>, StoreError> {
        let mut samples = Vec::new();
        for (seq, text) in texts {
            let mut terms = tokenizer::index_terms(&text);
            if text.chars().count() >= SAMPLE_CHARS {
                // The last word of a text that was cut may be cut, too.
                terms.pop();
            }
            terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
            terms.dedup();
            // Each by itself: all words of a text together are looked for from the oldest message on.
            for term in terms.into_iter().take(SAMPLE_TERMS) {
                let expression = format!("\"{term}\"");
                let sample = Sample { seq, expression };
                if self.finds(&sample)? {
                    samples.push(sample);
                }
            }
        }
        Ok(samples)
    }

    pub(super) fn finds(&self, sample: &Sample) -> Result<bool, StoreError> {
        let found: Option<i64> = scalar(
            self.conn,
            "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid = ?2",
            params![sample.expression, sample.seq],
        )?;
        Ok(found.is_some())
    }

    pub(super) fn counted<P: rusqlite::Params>(
        &self,
        rows: &mut Rows,
        table: &str,
        sql: &str,
        params: P,
    ) -> Result<(), StoreError> {
        let removed = change(self.conn, sql, params)?;
        if removed > 0 {
            *rows.entry(table.to_owned()).or_default() +=
                u32::try_from(removed).unwrap_or(u32::MAX);
        }
        Ok(())
    }
}

impl ReadTx<'_> {
    /// The files of a deletion that still have to be unlinked.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure_files(&self, id: ErasureId) -> Result<Vec<AssetId>, StoreError> {
        all(
            self.conn,
            "SELECT asset_id FROM erasure_file WHERE erasure_id = ?1",
            [id.0],
            |row| Ok(AssetId(row.get(0)?)),
        )
    }
}
