//! `retention_*`: rules, the trusted time, and what was deleted by rule.

use fluxchat_model::{
    ConversationId, ErasureId, FolderId, Receipt, RetentionKind, RetentionRule, RetentionRuleId,
    RetentionSubject, RetentionTarget, SourceId, TagId, Timestamp, TrustedTime,
};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::{all, change, from_json, from_word, one, refused, scalar, to_json, to_word};
use crate::{ReadTx, StoreError, WriteTx};

/// The scope in receipts of what was deleted by rule.
pub const SCOPE: &str = "retention";

/// One pass over what was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRun {
    /// Counts up.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// How many conversations it deleted.
    pub conversations: u32,
    /// How many drafts.
    pub drafts: u32,
    /// How many searches.
    pub searches: u32,
    /// How many files.
    pub media: u32,
    /// The proofs; the last ones may be waiting still.
    pub receipts: Vec<Receipt>,
}

/// How much a conversation holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Messages.
    pub messages: u32,
    /// Bytes of words and files.
    pub bytes: u64,
}

pub(crate) const DUE: &str = "SELECT id FROM conversation
  WHERE retention_look <= ?1 AND erasure_id IS NULL ORDER BY retention_look, id LIMIT ?2";
pub(crate) const DRAFTS_DUE: &str =
    "SELECT count(*) FROM draft d WHERE d.updated_at <= ?1 AND NOT EXISTS
  (SELECT 1 FROM conversation c WHERE c.id = d.conversation_id
   AND (c.pinned OR c.restricted OR c.erasure_id IS NOT NULL))";
const DRAFTS_PURGE: &str = "DELETE FROM draft WHERE updated_at <= ?1 AND NOT EXISTS
  (SELECT 1 FROM conversation c WHERE c.id = draft.conversation_id
   AND (c.pinned OR c.restricted OR c.erasure_id IS NOT NULL))";
pub(crate) const SEARCHES_DUE: &str = "SELECT count(*) FROM recent_search WHERE at <= ?1";

fn columns(
    target: RetentionTarget,
) -> Result<(&'static str, Option<Uuid>, Option<String>), StoreError> {
    Ok(match target {
        RetentionTarget::Conversation(id) => ("conversation", Some(id.0), None),
        RetentionTarget::Tag(id) => ("tag", Some(id.0), None),
        RetentionTarget::Folder(id) => ("folder", Some(id.0), None),
        RetentionTarget::Source(id) => ("source", Some(id.0), None),
        RetentionTarget::Kind(kind) => ("kind", None, Some(to_word(&kind, "retention")?)),
    })
}

fn read(row: &Row<'_>) -> Result<RetentionRule, StoreError> {
    let target: Option<Uuid> = row.get(2)?;
    let kind: Option<String> = row.get(3)?;
    let target = match (row.get::<_, String>(1)?.as_str(), target, kind) {
        ("conversation", Some(id), _) => RetentionTarget::Conversation(ConversationId(id)),
        ("tag", Some(id), _) => RetentionTarget::Tag(TagId(id)),
        ("folder", Some(id), _) => RetentionTarget::Folder(FolderId(id)),
        ("source", Some(id), _) => RetentionTarget::Source(SourceId(id)),
        (_, _, Some(kind)) => RetentionTarget::Kind(from_word(&kind, "retention")?),
        _ => return Err(StoreError::Unreadable("retention")),
    };
    Ok(RetentionRule {
        id: RetentionRuleId(row.get(0)?),
        target,
        idle_days: row.get(4)?,
        archived_days: row.get(5)?,
        created_at: Timestamp(row.get(6)?),
    })
}

impl ReadTx<'_> {
    /// All rules, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn retention_rules(&self) -> Result<Vec<RetentionRule>, StoreError> {
        all(
            self.conn,
            "SELECT id, level, target, kind, idle_days, archived_days, created_at
             FROM retention_rule ORDER BY created_at, id",
            [],
            read,
        )
    }

    /// The time as far as it can be trusted; `None` in an archive that has seen none.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn trusted_time(&self) -> Result<Option<TrustedTime>, StoreError> {
        one(
            self.conn,
            "SELECT trusted_at, doubted_at, ran_ms FROM retention_clock",
            [],
            |row| {
                Ok(TrustedTime {
                    trusted_at: Timestamp(row.get(0)?),
                    doubted_at: row.get::<_, Option<_>>(1)?.map(Timestamp),
                    ran_ms: row.get(2)?,
                })
            },
        )
    }

    /// Conversations whose rules have to be looked at now.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn retention_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ConversationId>, StoreError> {
        all(self.conn, DUE, params![now.0, limit], |row| {
            Ok(ConversationId(row.get(0)?))
        })
    }

    /// What rules look at in a conversation. One that is archived since nobody knows when was
    /// archived `now`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn retention_subject(
        &self,
        id: ConversationId,
        now: Timestamp,
    ) -> Result<Option<RetentionSubject>, StoreError> {
        let Some(found) = self.conversation(id)? else {
            return Ok(None);
        };
        let times = one(
            self.conn,
            "SELECT active_at, archived_at FROM conversation WHERE id = ?1",
            [id.0],
            |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)),
        )?;
        let (active_at, archived_at) = times.ok_or(StoreError::NotFound("conversation"))?;
        Ok(Some(RetentionSubject {
            id,
            folder: found.folder_id,
            source: found.source_id,
            tags: self.tags_of(id)?,
            active_at: Timestamp(active_at),
            archived_at: found.archived.then(|| archived_at.map_or(now, Timestamp)),
            pinned: found.pinned,
            restricted: found.restricted,
        }))
    }

    /// What a target covers of what was not used since `idle`, or archived since before `archived`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn retention_candidates(
        &self,
        target: RetentionTarget,
        idle: Option<Timestamp>,
        archived: Option<Timestamp>,
    ) -> Result<Vec<ConversationId>, StoreError> {
        const OLD: &str = "c.erasure_id IS NULL AND
          (c.active_at <= ?2 OR (c.archived AND ifnull(c.archived_at, ?3 + 1) <= ?3))";
        let (covered, id) = match target {
            RetentionTarget::Conversation(id) => ("conversation c WHERE c.id = ?1", Some(id.0)),
            RetentionTarget::Folder(id) => ("conversation c WHERE c.folder_id = ?1", Some(id.0)),
            RetentionTarget::Source(id) => ("conversation c WHERE c.source_id = ?1", Some(id.0)),
            RetentionTarget::Tag(id) => (
                "conversation_tag t CROSS JOIN conversation c ON c.id = t.conversation_id WHERE t.tag_id = ?1",
                Some(id.0),
            ),
            RetentionTarget::Kind(RetentionKind::Conversations) => {
                ("conversation c WHERE ?1 IS NULL", None)
            }
            RetentionTarget::Kind(_) => return Ok(Vec::new()),
        };
        all(
            self.conn,
            // sql: both parts are words of this function; values are bound.
            &format!("SELECT c.id FROM {covered} AND {OLD} ORDER BY c.active_at, c.id"),
            params![id, idle.map(|at| at.0), archived.map(|at| at.0)],
            |row| Ok(ConversationId(row.get(0)?)),
        )
    }

    /// How much a conversation holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_weight(&self, id: ConversationId) -> Result<Weight, StoreError> {
        let words = one(
            self.conn,
            "SELECT count(*), ifnull(sum(octet_length(text) + octet_length(parts) + 200), 0)
             FROM message WHERE conversation_id = ?1",
            [id.0],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)),
        )?;
        let files: Option<i64> = scalar(
            self.conn,
            "SELECT ifnull(sum(bytes), 0) FROM asset WHERE conversation_id = ?1",
            [id.0],
        )?;
        let (messages, words) = words.unwrap_or_default();
        let bytes = words.saturating_add(files.unwrap_or(0));
        Ok(Weight {
            messages,
            bytes: u64::try_from(bytes).unwrap_or(0),
        })
    }

    /// How many drafts were last changed then or before, those of pinned and frozen conversations
    /// left out.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn drafts_older(&self, at: Timestamp) -> Result<u32, StoreError> {
        Ok(scalar(self.conn, DRAFTS_DUE, [at.0])?.unwrap_or(0))
    }

    /// How many searches were last used then or before.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn searches_older(&self, at: Timestamp) -> Result<u32, StoreError> {
        Ok(scalar(self.conn, SEARCHES_DUE, [at.0])?.unwrap_or(0))
    }

    /// The last passes, newest first, each with at most `receipts` of its proofs.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn retention_runs(
        &self,
        limit: u32,
        receipts: u32,
    ) -> Result<Vec<RetentionRun>, StoreError> {
        let mut runs = all(
            self.conn,
            "SELECT seq, at, conversations, drafts, searches, media FROM retention_run ORDER BY seq DESC LIMIT ?1",
            [limit],
            |row| {
                Ok(RetentionRun {
                    seq: row.get(0)?,
                    at: Timestamp(row.get(1)?),
                    conversations: row.get(2)?,
                    drafts: row.get(3)?,
                    searches: row.get(4)?,
                    media: row.get(5)?,
                    receipts: Vec::new(),
                })
            },
        )?;
        for run in &mut runs {
            run.receipts = all(
                self.conn,
                "SELECT r.body FROM retention_erasure e CROSS JOIN receipt r ON r.erasure_id = e.erasure_id
                 WHERE e.run = ?1 LIMIT ?2",
                params![run.seq, receipts],
                |row| from_json(&row.get::<_, String>(0)?, "receipt"),
            )?;
        }
        Ok(runs)
    }

    /// Whether a deletion was made by rule.
    pub(crate) fn erasure_is_by_rule(&self, id: ErasureId) -> Result<bool, StoreError> {
        let found: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM retention_erasure WHERE erasure_id = ?1",
            [id.0],
        )?;
        Ok(found.is_some())
    }
}

impl WriteTx<'_> {
    /// Sets the rule of a target; one that was there is replaced.
    ///
    /// # Errors
    /// `conflict` if a number of days is out of range.
    pub fn retention_rule_put(&self, rule: &RetentionRule) -> Result<(), StoreError> {
        let (level, target, kind) = columns(rule.target)?;
        change(
            self.conn,
            "DELETE FROM retention_rule WHERE level = ?1 AND target IS ?2 AND kind IS ?3",
            params![level, target, kind],
        )?;
        change(
            self.conn,
            "INSERT INTO retention_rule (id, level, target, kind, idle_days, archived_days, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![rule.id.0, level, target, kind, rule.idle_days, rule.archived_days, rule.created_at.0],
        )
        .map_err(refused("retention rule"))?;
        self.retention_look_again(rule.target)
    }

    /// Removes a rule.
    ///
    /// # Errors
    /// `not_found`.
    pub fn retention_rule_remove(&self, id: RetentionRuleId) -> Result<(), StoreError> {
        let rules = self.retention_rules()?;
        let rule = rules
            .iter()
            .find(|rule| rule.id == id)
            .ok_or(StoreError::NotFound("rule"))?;
        change(
            self.conn,
            "DELETE FROM retention_rule WHERE id = ?1",
            [id.0],
        )?;
        self.retention_look_again(rule.target)
    }

    fn retention_look_again(&self, target: RetentionTarget) -> Result<(), StoreError> {
        let (sql, id) = match target {
            RetentionTarget::Conversation(id) => (
                "UPDATE conversation SET retention_look = 0 WHERE id = ?1",
                Some(id.0),
            ),
            RetentionTarget::Folder(id) => (
                "UPDATE conversation SET retention_look = 0 WHERE folder_id = ?1",
                Some(id.0),
            ),
            RetentionTarget::Source(id) => (
                "UPDATE conversation SET retention_look = 0 WHERE source_id = ?1",
                Some(id.0),
            ),
            RetentionTarget::Tag(id) => (
                "UPDATE conversation SET retention_look = 0
                 WHERE id IN (SELECT conversation_id FROM conversation_tag WHERE tag_id = ?1)",
                Some(id.0),
            ),
            RetentionTarget::Kind(RetentionKind::Conversations) => (
                "UPDATE conversation SET retention_look = 0 WHERE ?1 IS NULL",
                None,
            ),
            RetentionTarget::Kind(_) => return Ok(()),
        };
        change(self.conn, sql, params![id])?;
        Ok(())
    }

    /// Says when the rules of a conversation are looked at next.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn retention_look_at(
        &self,
        id: ConversationId,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "UPDATE conversation SET retention_look = ?2 WHERE id = ?1",
            params![id.0, at.map(|at| at.0)],
        )?;
        Ok(())
    }

    /// Remembers when a conversation was archived, unless that is known.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn conversation_archived_at(
        &self,
        id: ConversationId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "UPDATE conversation SET archived_at = max(?2, ifnull((SELECT trusted_at FROM retention_clock), 0))
             WHERE id = ?1 AND archived AND archived_at IS NULL",
            params![id.0, at.0],
        )?;
        Ok(())
    }

    /// Keeps the trusted time.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn trusted_time_set(&self, time: TrustedTime) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO retention_clock (one, trusted_at, doubted_at, ran_ms) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT (one) DO UPDATE SET
               trusted_at = excluded.trusted_at, doubted_at = excluded.doubted_at, ran_ms = excluded.ran_ms",
            params![time.trusted_at.0, time.doubted_at.map(|at| at.0), time.ran_ms],
        )?;
        Ok(())
    }

    /// Begins a pass.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn retention_run_begin(&self, at: Timestamp) -> Result<i64, StoreError> {
        change(
            self.conn,
            "INSERT INTO retention_run (at, conversations, drafts, searches) VALUES (?1, 0, 0, 0)",
            [at.0],
        )?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Says that a deletion, asked for in this transaction, is one of a conversation by rule.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn retention_took_conversation(
        &self,
        run: i64,
        erasure: ErasureId,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO retention_erasure (erasure_id, run) VALUES (?1, ?2)",
            params![erasure.0, run],
        )?;
        change(
            self.conn,
            "UPDATE retention_run SET conversations = conversations + 1 WHERE seq = ?1",
            [run],
        )?;
        Ok(())
    }

    /// Removes drafts or searches of then or before, as a deletion whose rows are gone and whose
    /// proof is to follow. Returns how many.
    ///
    /// # Errors
    /// `not_found` for other kinds.
    pub fn retention_purge(
        &self,
        run: i64,
        erasure: ErasureId,
        kind: RetentionKind,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let (table, sql, count) = match kind {
            RetentionKind::Drafts => (
                "draft",
                DRAFTS_PURGE,
                "UPDATE retention_run SET drafts = drafts + ?2 WHERE seq = ?1",
            ),
            RetentionKind::Searches => (
                "recent_search",
                "DELETE FROM recent_search WHERE at <= ?1",
                "UPDATE retention_run SET searches = searches + ?2 WHERE seq = ?1",
            ),
            RetentionKind::Conversations | RetentionKind::Media => {
                return Err(StoreError::NotFound("kind"));
            }
        };
        let removed = u32::try_from(change(self.conn, sql, [until.0])?).unwrap_or(u32::MAX);
        let rows = std::collections::BTreeMap::from([(table, removed)]);
        change(
            self.conn,
            "INSERT INTO erasure (id, scope, scope_id, state, requested_at, purge_after, rows_by_table, search_verified)
             VALUES (?1, 'conversation', NULL, 'erasing', ?2, ?2, ?3, 1)",
            params![erasure.0, at.0, to_json(&rows, "erasure")?],
        )
        .map_err(refused("erasure"))?;
        change(
            self.conn,
            "INSERT INTO retention_erasure (erasure_id, run) VALUES (?1, ?2)",
            params![erasure.0, run],
        )?;
        change(self.conn, count, params![run, removed])?;
        Ok(removed)
    }
}
