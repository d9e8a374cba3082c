//! Deletion, from asking to proof.
//!
//! 1. [`WriteTx::erasure_request`] hides at once; [`WriteTx::erasure_undo`] brings back a message
//!    or a conversation, and nothing else.
//! 2. [`Store::erasure_step`] removes rows of a large scope, some per transaction, so that others
//!    may write in between. [`Store::erasure_purge`] removes what there is left, and with the rows
//!    the keys of files.
//! 3. The caller unlinks the files that were named.
//! 4. [`Store::erasure_scrub`] empties the write-ahead log and gives free pages back.
//! 5. [`Store::erasure_finish`] proves it and writes the receipt.
//!
//! Every step may be repeated, and a crash between two of them is found at the next start by
//! [`ReadTx::erasures_due`] and [`ReadTx::erasures_unfinished`].

mod apart;
mod everything;
mod media;
mod preview;
mod purge;
mod scope;
mod scrub;
mod steps;

pub use scrub::{FinishedBy, ScrubReport};
pub(crate) use scrub::{GRACE, LIMIT, checkpoint, empty_log};
pub use steps::Step;
#[cfg(test)]
pub(crate) use {preview::IN_RANGE, scope::OF_SOURCE, steps::NEXT_IN_RANGE};

use std::collections::BTreeMap;

use fluxchat_model::{
    AssetId, ConversationId, ErasureId, ErasurePreview, ErasureScope, ErasureStage, MessageId,
    Timestamp,
};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::{all, change, from_json, must_exist, one, refused, scalar};
use crate::{ReadTx, Store, StoreError, WriteTx};

/// What is to be deleted, and when for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureRequest {
    /// A new id.
    pub id: ErasureId,
    /// What.
    pub scope: ErasureScope,
    /// Now.
    pub requested_at: Timestamp,
    /// Until when it can be undone.
    pub purge_after: Timestamp,
}

/// A deletion that has no receipt yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// What it deletes; `None` once the rows are gone, except for everything.
    pub scope: Option<ErasureScope>,
    /// The word of its scope.
    pub word: String,
    /// How far it came.
    pub stage: ErasureStage,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it may be purged.
    pub purge_after: Timestamp,
    /// How many rows it has to remove, and how many it has removed.
    pub expected: u32,
    /// See `expected`.
    pub removed: u32,
}

/// What a purge removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Encrypted files to unlink. Their keys are gone, so they can no longer be read.
    pub files: Vec<AssetId>,
    /// Rows removed per table.
    pub rows_by_table: BTreeMap<String, u32>,
}

const COLUMNS: &str =
    "SELECT id, state, requested_at, purge_after, expected, rows_by_table, scope, scope_id, scope_from, scope_to, scope_media
     FROM erasure";
/// How often a deletion is counted beside those who write.
const COUNTS: u32 = 3;
/// The tables whose rows a preview counts.
const CONTENT: [&str; 6] = ["conversation", "message", "draft", "asset", "folder", "tag"];

/// A message and everything below it, whatever is hidden.
const SUBTREE: &str = "WITH RECURSIVE below (id) AS (
       SELECT ?1
       UNION ALL
       SELECT m.id FROM below JOIN message m ON m.parent_id = below.id
     )";

fn read(row: &Row<'_>) -> Result<Erasure, StoreError> {
    let stage = match row.get::<_, String>(1)?.as_str() {
        "hidden" => ErasureStage::Hidden,
        "purging" => ErasureStage::Purging,
        "cleaning" => ErasureStage::Cleaning,
        _ => ErasureStage::Erasing,
    };
    let rows: BTreeMap<String, u32> = from_json(&row.get::<_, String>(5)?, "erasure")?;
    Ok(Erasure {
        id: ErasureId(row.get(0)?),
        scope: scope::read(row, 6)?,
        word: row.get(6)?,
        stage,
        requested_at: Timestamp(row.get(2)?),
        purge_after: Timestamp(row.get(3)?),
        expected: row.get(4)?,
        removed: removed(&rows),
    })
}

fn removed(rows: &BTreeMap<String, u32>) -> u32 {
    let content = CONTENT.iter().filter_map(|table| rows.get(*table));
    content.fold(0, |sum, rows| sum.saturating_add(*rows))
}

impl ReadTx<'_> {
    /// A deletion that has no receipt yet.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure(&self, id: ErasureId) -> Result<Option<Erasure>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }

    /// The conversation a message belongs to, even while the message is hidden.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_of_message(
        &self,
        id: MessageId,
    ) -> Result<Option<ConversationId>, StoreError> {
        let found: Option<uuid::Uuid> = scalar(
            self.conn,
            "SELECT conversation_id FROM message WHERE id = ?1",
            [id.0],
        )?;
        Ok(found.map(ConversationId))
    }

    /// How many messages a deletion of one hides: that one and those below it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure_hides(&self, id: ErasureId) -> Result<u32, StoreError> {
        let found = scalar(
            self.conn,
            "SELECT count(*) FROM message WHERE erasure_id = ?1",
            [id.0],
        )?;
        Ok(found.unwrap_or(0))
    }

    /// All deletions that have no receipt yet, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} ORDER BY requested_at, id"),
            [],
            read,
        )
    }

    /// Hidden deletions whose time to undo is over.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures_due(&self, now: Timestamp) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} WHERE state = 'hidden' AND purge_after <= ?1 ORDER BY purge_after"),
            [now.0],
            read,
        )
    }

    /// Deletions whose rows are gone and that were not finished.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures_unfinished(&self) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} WHERE state <> 'hidden' ORDER BY purge_after"),
            [],
            read,
        )
    }
}

impl Store {
    /// Hides what is to be deleted if somebody who is shown what that is still agrees. Returns
    /// whether that was so. It is counted beside those who write; only where they keep changing
    /// something do they wait for the count.
    ///
    /// # Errors
    /// As for [`WriteTx::erasure_request`].
    pub fn erasure_begin(
        &self,
        request: &ErasureRequest,
        agreed: impl Fn(&ErasurePreview) -> bool,
    ) -> Result<bool, StoreError> {
        for _ in 0..COUNTS {
            let changes = self.with_writer(|conn| Ok(conn.total_changes()))?;
            let preview = match self.read(|tx| tx.erasure_preview(request.scope)) {
                Ok(preview) if !agreed(&preview) => return Ok(false),
                // Another deletion ended it.
                Err(StoreError::Interrupted) => continue,
                other => other?,
            };
            let begun = self.write(|tx| {
                let still = tx.conn.total_changes() == changes;
                still
                    .then(|| tx.request(request, Some(&preview)))
                    .transpose()
            })?;
            if begun.is_some() {
                return Ok(true);
            }
        }
        self.write(|tx| {
            let preview = tx.erasure_preview(request.scope)?;
            let still = agreed(&preview);
            still
                .then(|| tx.request(request, Some(&preview)))
                .transpose()
        })
        .map(|begun| begun.is_some())
    }
}

impl WriteTx<'_> {
    /// Hides what is to be deleted, everywhere and at once. Whatever streams into it must have
    /// been stopped. What cannot be undone is on its way from here on.
    ///
    /// # Errors
    /// `not_found` if it does not exist or is hidden already; `conflict` if the id is taken.
    pub fn erasure_request(&self, request: &ErasureRequest) -> Result<(), StoreError> {
        self.request(request, None)
    }

    /// `counted`: what it will remove, where that was counted already and still holds.
    fn request(
        &self,
        request: &ErasureRequest,
        counted: Option<&ErasurePreview>,
    ) -> Result<(), StoreError> {
        let columns = scope::columns(request.scope);
        let small = request.scope.is_small();
        self.scope_must_exist(request.scope)?;
        change(
            self.conn,
            "INSERT INTO erasure (id, scope, scope_id, scope_from, scope_to, scope_media, state,
               requested_at, purge_after, rows_by_table, search_verified)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '{}', ?10)",
            params![
                request.id.0,
                columns.word,
                columns.id,
                columns.range.map(|range| range.from.0),
                columns.range.map(|range| range.to.0),
                columns.media,
                if small { "hidden" } else { "purging" },
                request.requested_at.0,
                request.purge_after.0,
                !small,
            ],
        )
        .map_err(refused("erasure"))?;
        match request.scope {
            ErasureScope::Everything => self.request_everything(request, counted),
            ErasureScope::Folder(_) | ErasureScope::Tag(_) | ErasureScope::Source(_) => {
                self.erasure_measure(request, counted)?;
                // Also what waits for a smaller deletion: that one finds it gone.
                let set = scope::conversations(request.scope).unwrap_or_default();
                change(
                    self.conn,
                    // sql: the set is one of the constants in `scope`; ids are bound.
                    &format!("UPDATE conversation SET erasure_id = ?2 WHERE id IN ({set})"),
                    params![columns.id, request.id.0],
                )?;
                Ok(())
            }
            ErasureScope::Range(_)
            | ErasureScope::Media(_)
            | ErasureScope::Searches
            | ErasureScope::Drafts => self.erasure_measure(request, counted),
            ErasureScope::Conversation(id) => {
                let hidden = change(
                    self.conn,
                    "UPDATE conversation SET erasure_id = ?2 WHERE id = ?1 AND erasure_id IS NULL",
                    [id.0, request.id.0],
                )?;
                must_exist(hidden, "conversation")
            }
            ErasureScope::Message(id) => {
                let place = self
                    .place(id)?
                    .filter(|place| !place.hidden)
                    .ok_or(StoreError::NotFound("message"))?;
                if self.conversation(place.conversation)?.is_none() {
                    return Err(StoreError::NotFound("conversation"));
                }
                change(
                    self.conn,
                    &format!(
                        "{SUBTREE} UPDATE message SET erasure_id = ?2
                         WHERE id IN (SELECT id FROM below) AND erasure_id IS NULL"
                    ),
                    [id.0, request.id.0],
                )?;
                self.path_leave(id)
            }
        }
    }

    /// Brings back what was hidden, if it is still there. Returns what came back; `None` if it is
    /// too late: the deadline has passed, or the purge has begun.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn erasure_undo(
        &self,
        id: ErasureId,
        now: Timestamp,
    ) -> Result<Option<ErasureScope>, StoreError> {
        let Some(job) = self.erasure(id)? else {
            return Ok(None);
        };
        let Some(scope) = job.scope else {
            return Ok(None);
        };
        if job.stage != ErasureStage::Hidden || job.purge_after <= now || !scope.is_small() {
            return Ok(None);
        }
        // A larger deletion may have taken it along meanwhile.
        let table = match scope {
            ErasureScope::Message(_) => "SELECT 1 FROM message WHERE erasure_id = ?1 LIMIT 1",
            _ => "SELECT 1 FROM conversation WHERE erasure_id = ?1 LIMIT 1",
        };
        if scalar::<i64, _>(self.conn, table, [id.0])?.is_none() {
            return Ok(None);
        }
        match scope {
            ErasureScope::Message(message) => self.unhide_message(id, message)?,
            _ => {
                change(
                    self.conn,
                    "UPDATE conversation SET erasure_id = NULL WHERE erasure_id = ?1",
                    [id.0],
                )?;
            }
        }
        change(self.conn, "DELETE FROM erasure WHERE id = ?1", [id.0])?;
        Ok(Some(scope))
    }

    /// Before a message is purged: a title that quotes it goes too, replaced by one made from the
    /// oldest other beginning, or by none. That is one made from the first question or called after
    /// its file, and one that a model gave to this question and answer. A title that a person gave
    /// is left. `titles_of` makes the title that would be given now, and those that may have been
    /// given before. Returns whether the title changed.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn erasure_retitle(
        &self,
        message: MessageId,
        titles_of: &dyn Fn(&str) -> [String; 2],
    ) -> Result<bool, StoreError> {
        let Some(conversation) = self.conversation_of_message(message)? else {
            return Ok(false);
        };
        let made_from: Option<String> = scalar(
            self.conn,
            "SELECT text FROM message WHERE id = ?1 AND parent_id IS NULL",
            [message.0],
        )?;
        let was_told = change(
            self.conn,
            "DELETE FROM title_told WHERE conversation_id = ?1 AND ?2 IN (question_id, answer_id)",
            params![conversation.0, message.0],
        )? > 0;
        if made_from.is_none() && !was_told {
            return Ok(false);
        }
        let other: Option<String> = scalar(
            self.conn,
            "SELECT text FROM message
             WHERE conversation_id = ?1 AND parent_id IS NULL AND erasure_id IS NULL AND id <> ?2
             ORDER BY seq LIMIT 1",
            [conversation.0, message.0],
        )?;
        let [title, _] = other.map(|text| titles_of(&text)).unwrap_or_default();
        if was_told {
            let changed = change(
                self.conn,
                "UPDATE conversation SET title = ?2 WHERE id = ?1",
                params![conversation.0, title],
            )?;
            return Ok(changed > 0);
        }
        let mut quotes = titles_of(&made_from.unwrap_or_default()).to_vec();
        let files: Vec<String> = all(
            self.conn,
            "SELECT a.name FROM message_asset l JOIN asset a ON a.id = l.asset_id
             WHERE l.message_id = ?1",
            [message.0],
            |row| Ok(row.get(0)?),
        )?;
        quotes.extend(files.iter().flat_map(|name| titles_of(name)));
        let mut changed = 0;
        for quoted in quotes.iter().filter(|quoted| !quoted.is_empty()) {
            changed += change(
                self.conn,
                "UPDATE conversation SET title = ?3 WHERE id = ?1 AND title = ?2",
                params![conversation.0, quoted, title],
            )?;
        }
        Ok(changed > 0)
    }

    /// Notes how much there is to do, and whether the index is cleaned as a whole. Of whole
    /// conversations that is counted in indexes alone, since everybody who writes waits for it.
    fn erasure_measure(
        &self,
        request: &ErasureRequest,
        counted: Option<&ErasurePreview>,
    ) -> Result<(), StoreError> {
        if let Some((in_index, others)) = self.size_of(request.scope)? {
            let labels = matches!(
                request.scope,
                ErasureScope::Folder(_) | ErasureScope::Tag(_)
            );
            let rows = in_index.saturating_add(others);
            return self.expect_rows(request.id, rows.saturating_add(u32::from(labels)), in_index);
        }
        let preview = match counted {
            Some(preview) => preview.clone(),
            None => self.erasure_preview(request.scope)?,
        };
        let rows = [
            preview.conversations,
            preview.messages,
            preview.drafts,
            preview.files,
            preview.labels,
        ];
        self.expect_rows(
            request.id,
            rows.into_iter().fold(0, u32::saturating_add),
            preview.messages.saturating_add(preview.conversations),
        )
    }

    fn expect_rows(&self, id: ErasureId, rows: u32, in_index: u32) -> Result<(), StoreError> {
        change(
            self.conn,
            "UPDATE erasure SET expected = ?2, in_bulk = ?3 WHERE id = ?1",
            params![id.0, rows, self.is_bulk(u64::from(in_index))?],
        )?;
        Ok(())
    }

    /// How many conversations and messages go with a folder, tag or source, and how many drafts and
    /// files were begun in them.
    fn size_of(&self, scope: ErasureScope) -> Result<Option<(u32, u32)>, StoreError> {
        let Some(set) = scope::conversations(scope) else {
            return Ok(None);
        };
        one(
            self.conn,
            // sql: the set is one of the constants in `scope`; ids are bound.
            &format!(
                "SELECT count(*) + sum(messages), sum(others) FROM (
                   SELECT (SELECT count(*) FROM message m WHERE m.conversation_id = c.id) AS messages,
                     (SELECT count(*) FROM draft d WHERE d.conversation_id = c.id)
                     + (SELECT count(*) FROM asset a WHERE a.conversation_id = c.id) AS others
                   FROM conversation c WHERE c.id IN ({set}))"
            ),
            params![scope::columns(scope).id],
            |row| {
                let number = |at| Ok::<_, StoreError>(row.get::<_, Option<u32>>(at)?.unwrap_or(0));
                Ok((number(0)?, number(1)?))
            },
        )
    }

    fn unhide_message(&self, id: ErasureId, message: MessageId) -> Result<(), StoreError> {
        // Below a message that was deleted later, it goes on waiting with that one.
        let above: Option<Uuid> = scalar::<Option<Uuid>, _>(
            self.conn,
            "SELECT p.erasure_id FROM message m JOIN message p ON p.id = m.parent_id WHERE m.id = ?1",
            [message.0],
        )?
        .flatten();
        change(
            self.conn,
            "UPDATE message SET erasure_id = ?2 WHERE erasure_id = ?1",
            params![id.0, above],
        )?;
        let visible = match self.place(message)? {
            Some(place) => self.conversation(place.conversation)?.is_some(),
            None => false,
        };
        if above.is_none() && visible {
            self.message_show(message)?;
        }
        Ok(())
    }
}
