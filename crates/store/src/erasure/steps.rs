//! Large deletions in steps: some rows per transaction, so that nobody who writes meanwhile waits
//! for long, and a crash loses nothing but the last step.
//!
//! 1. `purging`: rows go, deepest messages first, so that no step leaves one without its parent.
//!    Where there are many, the index does not clean itself row by row.
//! 2. `cleaning`: then its segments are merged into one, piece by piece, which leaves the entries
//!    of deleted rows behind; the pages they were on are zeroed.
//!
//! [`Store::erasure_purge`] closes: tombstone, searches, `erasing`.

use fluxchat_model::{
    AssetId, ConversationId, ErasureId, ErasureScope, ErasureStage, MessageId, TimeRange,
};
use rusqlite::params;

use super::media::FILES;
use super::purge::Rows;
use super::{Erasure, scope};
use crate::table::{all, change, scalar, to_json};
use crate::{Store, StoreError, WriteTx, search};

/// Up to so many messages a conversation goes in one transaction: in steps, pages of the index that
/// they share are written once for each.
const AT_ONCE: u32 = 16;
/// Messages per step where the index cleans itself, and where it does not.
const CAREFUL: usize = 16;
const BULK: usize = 400;
/// Pages of the index written per step.
const MERGE: i64 = 300;

/// The conversation of the first message that is left of a range.
pub(crate) const NEXT_IN_RANGE: &str = "SELECT conversation_id FROM message
     WHERE created_at >= ?1 AND created_at < ?2 ORDER BY created_at LIMIT 1";

/// What a step left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Nothing: [`Store::erasure_purge`] comes next.
    pub done: bool,
    /// How far it is.
    pub stage: ErasureStage,
    /// Rows removed so far.
    pub removed: u32,
    /// Of how many.
    pub expected: u32,
}

impl Store {
    /// One step of a deletion that is done in steps: of every large scope, and of a conversation of
    /// more than a few messages once its time to undo is over. Nothing to do for others. `titles_of` is as
    /// for [`WriteTx::erasure_retitle`].
    ///
    /// # Errors
    /// `not_found` if there is no such deletion; `full` if there is no room even without the
    /// ballast.
    pub fn erasure_step(
        &self,
        id: ErasureId,
        titles_of: impl Fn(&str) -> [String; 2],
    ) -> Result<Step, StoreError> {
        let for_good = self.options().deletes_for_good();
        self.purging(|tx| tx.erasure_step(id, for_good, &titles_of))
    }
}

/// One transaction of a deletion.
pub(super) struct Batch<'a> {
    id: ErasureId,
    pub(super) rows: &'a mut Rows,
    pub(super) files: Vec<AssetId>,
    /// Messages that may still go in it.
    left: usize,
    verified: bool,
    titles_of: &'a dyn Fn(&str) -> [String; 2],
}

impl WriteTx<'_> {
    fn erasure_step(
        &self,
        id: ErasureId,
        for_good: bool,
        titles_of: &dyn Fn(&str) -> [String; 2],
    ) -> Result<Step, StoreError> {
        let mut job = self.erasure(id)?.ok_or(StoreError::NotFound("erasure"))?;
        if let (ErasureStage::Hidden, Some(ErasureScope::Conversation(conversation))) =
            (job.stage, job.scope)
            && let Some(expected) = self.step_into(id, conversation)?
        {
            job.stage = ErasureStage::Purging;
            job.expected = expected;
        }
        let step = Step {
            done: true,
            stage: job.stage,
            removed: job.removed,
            expected: job.expected,
        };
        match (job.stage, job.scope) {
            (ErasureStage::Purging, Some(scope)) => {
                self.step_rows(&job, scope, for_good, titles_of)
            }
            (ErasureStage::Cleaning, _) => {
                let done = self.step_index(0)?;
                if done {
                    self.set_emptied(id)?;
                }
                Ok(Step { done, ..step })
            }
            _ => Ok(step),
        }
    }

    /// Begins the steps of a conversation, if it is worth them. Returns how many rows there are.
    fn step_into(
        &self,
        id: ErasureId,
        conversation: ConversationId,
    ) -> Result<Option<u32>, StoreError> {
        let messages: u32 = scalar(
            self.conn,
            "SELECT count(*) FROM message WHERE conversation_id = ?1",
            [conversation.0],
        )?
        .unwrap_or(0);
        if messages <= AT_ONCE {
            return Ok(None);
        }
        let expected = messages.saturating_add(1);
        change(
            self.conn,
            "UPDATE erasure SET state = 'purging', expected = ?2, in_bulk = ?3, search_verified = 1
             WHERE id = ?1",
            params![id.0, expected, self.is_bulk(u64::from(expected))?],
        )?;
        Ok(Some(expected))
    }

    fn step_rows(
        &self,
        job: &Erasure,
        scope: ErasureScope,
        for_good: bool,
        titles_of: &dyn Fn(&str) -> [String; 2],
    ) -> Result<Step, StoreError> {
        let in_bulk: bool = scalar(
            self.conn,
            "SELECT in_bulk FROM erasure WHERE id = ?1",
            [job.id.0],
        )?
        .unwrap_or(false);
        let in_bulk = in_bulk && for_good;
        if in_bulk {
            // Set again after a crash: opening puts it back.
            search::configure(self.conn, false)?;
        }
        let apart = self.is_apart(job.id.0)?;
        let mut rows = self.rows_of(job.id)?;
        let mut batch = Batch {
            id: job.id,
            rows: &mut rows,
            files: Vec::new(),
            left: if in_bulk || apart { BULK } else { CAREFUL },
            verified: true,
            titles_of,
        };
        let emptied = match scope {
            ErasureScope::Media(kind) => self.step_media(&mut batch, kind)?,
            ErasureScope::Drafts => self.step_drafts(&mut batch, None)?,
            ErasureScope::Searches => true,
            ErasureScope::Everything => {
                self.step_sandbox(&mut batch)?
                    && self.step_old_index()?
                    && self.step_conversations(&mut batch)?
                    && self.step_references(&mut batch)?
            }
            ErasureScope::Range(range) => {
                self.step_conversations(&mut batch)?
                    && self.step_range(&mut batch, range)?
                    && self.step_drafts(&mut batch, Some(range))?
            }
            _ => self.step_conversations(&mut batch)? && self.step_label(&mut batch, scope)?,
        };
        let (files, verified) = (std::mem::take(&mut batch.files), batch.verified);
        self.note_files(job.id, &files)?;
        change(
            self.conn,
            "UPDATE erasure SET rows_by_table = ?2, search_verified = search_verified AND ?3 WHERE id = ?1",
            params![job.id.0, to_json(&rows, "erasure")?, verified],
        )?;
        let mut stage = ErasureStage::Purging;
        let mut done = emptied;
        if emptied && in_bulk {
            stage = ErasureStage::Cleaning;
            change(
                self.conn,
                "UPDATE erasure SET state = 'cleaning' WHERE id = ?1",
                [job.id.0],
            )?;
            done = self.step_index(-MERGE)?;
        }
        if done {
            self.set_emptied(job.id)?;
        }
        Ok(Step {
            done,
            stage,
            removed: super::removed(&rows),
            expected: job.expected,
        })
    }

    /// Whether every step was made.
    pub(super) fn is_emptied(&self, id: ErasureId) -> Result<bool, StoreError> {
        let emptied: Option<bool> = scalar(
            self.conn,
            "SELECT emptied FROM erasure WHERE id = ?1",
            [id.0],
        )?;
        Ok(emptied == Some(true))
    }

    fn set_emptied(&self, id: ErasureId) -> Result<(), StoreError> {
        change(
            self.conn,
            "UPDATE erasure SET emptied = 1 WHERE id = ?1",
            [id.0],
        )?;
        Ok(())
    }

    /// Merges a piece of the index; a negative number begins. Returns whether it is in one piece.
    fn step_index(&self, begin: i64) -> Result<bool, StoreError> {
        let pages = if begin == 0 { MERGE } else { begin };
        let before = self.conn.total_changes();
        self.conn.execute(
            "INSERT INTO search (search, rank) VALUES ('merge', ?1)",
            [pages],
        )?;
        // The documented sign: the statement itself counts as one change.
        let whole = self.conn.total_changes() - before < 2;
        if whole {
            search::configure(self.conn, true)?;
        }
        Ok(whole)
    }

    /// Conversations that are hidden for this deletion as a whole.
    fn step_conversations(&self, batch: &mut Batch<'_>) -> Result<bool, StoreError> {
        while batch.left > 0 {
            let Some(id) = scalar(
                self.conn,
                "SELECT id FROM conversation WHERE erasure_id = ?1 LIMIT 1",
                [batch.id.0],
            )?
            .map(ConversationId) else {
                return Ok(true);
            };
            let doomed = all(
                self.conn,
                "SELECT id FROM message WHERE conversation_id = ?1 ORDER BY depth DESC LIMIT ?2",
                params![id.0, batch.left as i64],
                |row| Ok(MessageId(row.get(0)?)),
            )?;
            if doomed.is_empty() {
                batch.left -= 1;
                let files = self.purge_conversation_row(id, batch.rows)?;
                batch.files.extend(files);
            } else {
                self.step_messages(batch, &doomed)?;
            }
        }
        Ok(false)
    }

    fn step_messages(&self, batch: &mut Batch<'_>, doomed: &[MessageId]) -> Result<(), StoreError> {
        let samples = match doomed.first() {
            Some(first) => self.sample(*first)?,
            None => Vec::new(),
        };
        let files = self.purge_messages(doomed, batch.rows)?;
        batch.files.extend(files);
        batch.left = batch.left.saturating_sub(doomed.len());
        for sample in &samples {
            batch.verified &= !self.finds(sample)?;
        }
        Ok(())
    }

    /// Messages of a range, one conversation after the other: first all of them leave the branch
    /// that is shown, then they go.
    fn step_range(&self, batch: &mut Batch<'_>, range: TimeRange) -> Result<bool, StoreError> {
        while batch.left > 0 {
            let hidden = scalar(
                self.conn,
                "SELECT conversation_id FROM message WHERE erasure_id = ?1 LIMIT 1",
                [batch.id.0],
            )?;
            if let Some(conversation) = hidden.map(ConversationId) {
                let doomed = all(
                    self.conn,
                    "SELECT id FROM message WHERE conversation_id = ?1 AND erasure_id = ?2
                     ORDER BY depth DESC LIMIT ?3",
                    params![conversation.0, batch.id.0, batch.left as i64],
                    |row| Ok(MessageId(row.get(0)?)),
                )?;
                self.step_messages(batch, &doomed)?;
                continue;
            }
            let next = scalar(self.conn, NEXT_IN_RANGE, params![range.from.0, range.to.0])?
                .map(ConversationId);
            match next {
                Some(conversation) => {
                    self.leave_branch(batch, conversation, range)?;
                    if !self.step_conversations(batch)? {
                        return Ok(false);
                    }
                }
                None => {
                    for empty in self.empty_conversations(range)? {
                        let files = self.purge_conversation_row(empty, batch.rows)?;
                        batch.files.extend(files);
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Hides what a range has of a conversation: all of it, or some messages.
    fn leave_branch(
        &self,
        batch: &Batch<'_>,
        conversation: ConversationId,
        range: TimeRange,
    ) -> Result<(), StoreError> {
        let id = batch.id;
        let doomed = self.doomed_in(conversation, range)?;
        let total: Option<i64> = scalar(
            self.conn,
            "SELECT count(*) FROM message WHERE conversation_id = ?1",
            [conversation.0],
        )?;
        if total == i64::try_from(doomed.len()).ok() {
            change(
                self.conn,
                "UPDATE conversation SET erasure_id = ?2 WHERE id = ?1",
                [conversation.0, id.0],
            )?;
            return Ok(());
        }
        let mut roots = Vec::new();
        for message in &doomed {
            change(
                self.conn,
                "UPDATE message SET erasure_id = ?2 WHERE id = ?1",
                [message.0, id.0],
            )?;
        }
        for message in &doomed {
            let above: Option<bool> = scalar(
                self.conn,
                "SELECT p.erasure_id IS ?2 FROM message m JOIN message p ON p.id = m.parent_id
                 WHERE m.id = ?1",
                [message.0, id.0],
            )?;
            if above != Some(true) {
                roots.push(*message);
            }
        }
        for root in roots {
            self.path_leave(root)?;
            self.erasure_retitle(root, batch.titles_of)?;
        }
        Ok(())
    }

    /// Unsent texts and files.
    fn step_drafts(
        &self,
        batch: &mut Batch<'_>,
        range: Option<TimeRange>,
    ) -> Result<bool, StoreError> {
        let (from, to) = range.map_or((i64::MIN, i64::MAX), |range| (range.from.0, range.to.0));
        self.counted(
            batch.rows,
            "draft",
            "DELETE FROM draft WHERE updated_at >= ?1 AND updated_at < ?2",
            [from, to],
        )?;
        let unsent = all(
            self.conn,
            "SELECT a.id FROM asset a WHERE a.created_at >= ?1 AND a.created_at < ?2
               AND NOT EXISTS (SELECT 1 FROM message_asset l WHERE l.asset_id = a.id) LIMIT ?3",
            params![from, to, FILES as i64],
            |row| Ok(AssetId(row.get(0)?)),
        )?;
        let emptied = unsent.len() < FILES;
        let files = self.purge_unused_assets(unsent, batch.rows)?;
        batch.files.extend(files);
        Ok(emptied)
    }

    /// The folder or tag itself, last: its name is what a person typed.
    fn step_label(&self, batch: &mut Batch<'_>, scope: ErasureScope) -> Result<bool, StoreError> {
        let (table, sql) = match scope {
            ErasureScope::Folder(_) => ("folder", "DELETE FROM folder WHERE id = ?1"),
            ErasureScope::Tag(_) => ("tag", "DELETE FROM tag WHERE id = ?1"),
            _ => return Ok(true),
        };
        self.counted(batch.rows, table, sql, [scope::columns(scope).id])?;
        Ok(true)
    }
}
