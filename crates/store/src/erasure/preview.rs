//! What a deletion would remove, counted along indexes and without reading any text: the length of
//! a column stands in the head of its row.

use std::collections::HashMap;

use fluxchat_model::{
    ConversationId, ErasurePreview, ErasureScope, MediaKind, MessageId, TimeRange, Timestamp,
};
use rusqlite::{Params, Row, params};
use uuid::Uuid;

use super::{SUBTREE, scope};
use crate::table::{all, one, scalar, unsigned};
use crate::{ReadTx, StoreError};

/// What one row of its kind counts, the same as in the schema's totals.
const MESSAGE: &str = "octet_length(m.text) + octet_length(m.parts) + 200";
/// Which conversations a range touches, and with how many messages.
pub(crate) const IN_RANGE: &str = "SELECT conversation_id, count(*) FROM message
     WHERE created_at >= ?1 AND created_at < ?2 GROUP BY conversation_id";
/// More copies of one conversation are not counted.
const FORKS_COUNTED: u32 = 1_000;
const TITLE: &str = "octet_length(c.title) + 160";

#[derive(Default)]
struct Sum {
    count: u64,
    bytes: u64,
    oldest: Option<i64>,
    newest: Option<i64>,
}

impl Sum {
    /// Reads `count, bytes, oldest, newest`.
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            count: unsigned(row.get(0)?, "preview")?,
            bytes: unsigned(row.get::<_, Option<i64>>(1)?.unwrap_or(0), "preview")?,
            oldest: row.get(2)?,
            newest: row.get(3)?,
        })
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn spread(preview: &mut ErasurePreview, sum: &Sum) {
    preview.bytes += sum.bytes;
    let oldest = sum.oldest.map(Timestamp);
    let newest = sum.newest.map(Timestamp);
    preview.oldest = [preview.oldest, oldest].into_iter().flatten().min();
    preview.newest = preview.newest.max(newest);
}

impl ReadTx<'_> {
    /// Counts what a deletion would remove now.
    ///
    /// # Errors
    /// `not_found` for a message or conversation that is not there; when the archive cannot be
    /// read.
    pub fn erasure_preview(&self, scope: ErasureScope) -> Result<ErasurePreview, StoreError> {
        let mut preview = ErasurePreview::default();
        let searches = self.sum(
            "SELECT count(*), sum(octet_length(query) + 100), min(at), max(at) FROM recent_search",
            [],
        )?;
        preview.searches = small(searches.count);
        preview.bytes += searches.bytes;
        match scope {
            ErasureScope::Everything => self.preview_everything(&mut preview)?,
            ErasureScope::Message(id) => self.preview_message(&mut preview, id)?,
            ErasureScope::Range(range) => self.preview_range(&mut preview, range)?,
            ErasureScope::Media(kind) => self.preview_media(&mut preview, kind)?,
            ErasureScope::Searches => spread(
                &mut preview,
                &Sum {
                    bytes: 0,
                    ..searches
                },
            ),
            ErasureScope::Drafts => self.preview_drafts(&mut preview, None)?,
            ErasureScope::Conversation(id) => {
                self.conversation(id)?
                    .ok_or(StoreError::NotFound("conversation"))?;
                self.preview_set(&mut preview, scope)?;
            }
            ErasureScope::Folder(id) => {
                self.preview_set(&mut preview, scope)?;
                preview.labels = u32::from(self.folder(id)?.is_some());
            }
            ErasureScope::Tag(id) => {
                self.preview_set(&mut preview, scope)?;
                preview.labels = u32::from(self.tag(id)?.is_some());
            }
            ErasureScope::Source(_) => self.preview_set(&mut preview, scope)?,
        }
        Ok(preview)
    }

    fn sum<P: Params>(&self, sql: &str, params: P) -> Result<Sum, StoreError> {
        Ok(one(self.conn, sql, params, Sum::read)?.unwrap_or_default())
    }

    fn number<P: Params>(&self, sql: &str, params: P) -> Result<u32, StoreError> {
        let count: Option<i64> = scalar(self.conn, sql, params)?;
        Ok(small(unsigned(count.unwrap_or(0), "preview")?))
    }

    /// Whole conversations: a set that `scope::conversations` names.
    fn preview_set(
        &self,
        preview: &mut ErasurePreview,
        scope: ErasureScope,
    ) -> Result<(), StoreError> {
        let (Some(set), id) = (scope::conversations(scope), scope::columns(scope).id) else {
            return Ok(());
        };
        let ids: Vec<Uuid> = all(
            self.conn,
            // sql: the set is one of the constants in `scope`; ids are bound.
            &format!("SELECT c.id FROM conversation c WHERE c.id IN ({set})"),
            [id],
            |row| Ok(row.get(0)?),
        )?;
        for id in ids {
            self.preview_conversation(preview, ConversationId(id))?;
        }
        Ok(())
    }

    fn preview_conversation(
        &self,
        preview: &mut ErasurePreview,
        id: ConversationId,
    ) -> Result<(), StoreError> {
        let title = self.sum(
            &format!(
                "SELECT 1, {TITLE}, c.created_at, c.created_at FROM conversation c WHERE c.id = ?1"
            ),
            [id.0],
        )?;
        preview.conversations += small(title.count);
        spread(preview, &title);
        let messages = self.sum(
            &format!(
                "SELECT count(*), sum({MESSAGE}), min(m.created_at), max(m.created_at)
                 FROM message m WHERE m.conversation_id = ?1"
            ),
            [id.0],
        )?;
        preview.messages += small(messages.count);
        spread(preview, &messages);
        let drafts = self.sum(
            "SELECT count(*), sum(octet_length(body) + 100), min(updated_at), max(updated_at)
             FROM draft WHERE conversation_id = ?1",
            [id.0],
        )?;
        preview.drafts += small(drafts.count);
        spread(preview, &drafts);
        // A file goes if no message of another conversation has it.
        let files = self.sum(
            "SELECT count(*), sum(a.bytes), min(a.created_at), max(a.created_at) FROM asset a WHERE a.id IN (
               SELECT id FROM asset WHERE conversation_id = ?1
               UNION SELECT l.asset_id FROM message m JOIN message_asset l ON l.message_id = m.id
                 WHERE m.conversation_id = ?1)
             AND NOT EXISTS (SELECT 1 FROM message_asset l JOIN message m ON m.id = l.message_id
               WHERE l.asset_id = a.id AND m.conversation_id <> ?1)",
            [id.0],
        )?;
        preview.files += small(files.count);
        spread(preview, &files);
        self.preview_care(preview, id)
    }

    fn preview_care(
        &self,
        preview: &mut ErasurePreview,
        id: ConversationId,
    ) -> Result<(), StoreError> {
        let care = one(
            self.conn,
            "SELECT pinned, restricted, alias IS NOT NULL FROM conversation WHERE id = ?1",
            [id.0],
            |row| {
                Ok((
                    row.get::<_, u32>(0)?,
                    row.get::<_, u32>(1)?,
                    row.get::<_, u32>(2)?,
                ))
            },
        )?;
        let (pinned, frozen, known) = care.unwrap_or_default();
        preview.pinned += pinned;
        preview.frozen += frozen;
        preview.known_to_service += known;
        preview.forks += self.forks_of(id, FORKS_COUNTED)?;
        preview.ledger_rows += self.number(
            "SELECT count(*) FROM egress_record WHERE conversation_id = ?1",
            [id.0],
        )?;
        Ok(())
    }

    fn preview_message(
        &self,
        preview: &mut ErasurePreview,
        id: MessageId,
    ) -> Result<(), StoreError> {
        let conversation = self
            .conversation_of_message(id)?
            .ok_or(StoreError::NotFound("message"))?;
        let below = all(
            self.conn,
            &format!("{SUBTREE} SELECT id FROM below"),
            [id.0],
            |row| Ok(MessageId(row.get(0)?)),
        )?;
        self.preview_messages(preview, &below)?;
        preview.partly = 1;
        self.preview_care(preview, conversation)?;
        // The conversation stays, and so do the names of its rows in the ledger.
        preview.ledger_rows = 0;
        Ok(())
    }

    /// These messages, and the files that only they have.
    fn preview_messages(
        &self,
        preview: &mut ErasurePreview,
        ids: &[MessageId],
    ) -> Result<(), StoreError> {
        let mut links: HashMap<Uuid, u32> = HashMap::new();
        for MessageId(id) in ids {
            let message = self.sum(
                &format!(
                    "SELECT 1, {MESSAGE}, m.created_at, m.created_at FROM message m WHERE m.id = ?1"
                ),
                [id],
            )?;
            preview.messages += small(message.count);
            spread(preview, &message);
            for file in all(
                self.conn,
                "SELECT asset_id FROM message_asset WHERE message_id = ?1",
                [id],
                |row| Ok(row.get::<_, Uuid>(0)?),
            )? {
                *links.entry(file).or_default() += 1;
            }
        }
        for (file, going) in links {
            let held = self.number(
                "SELECT count(*) FROM message_asset WHERE asset_id = ?1",
                [file],
            )?;
            if held == going {
                let file = self.sum(
                    "SELECT 1, bytes, created_at, created_at FROM asset WHERE id = ?1",
                    [file],
                )?;
                preview.files += small(file.count);
                spread(preview, &file);
            }
        }
        Ok(())
    }

    fn preview_range(
        &self,
        preview: &mut ErasurePreview,
        range: TimeRange,
    ) -> Result<(), StoreError> {
        let touched = all(self.conn, IN_RANGE, [range.from.0, range.to.0], |row| {
            Ok((ConversationId(row.get(0)?), row.get::<_, u32>(1)?))
        })?;
        for (id, inside) in touched {
            let all_of_it = self.number(
                "SELECT count(*) FROM message WHERE conversation_id = ?1",
                [id.0],
            )?;
            let doomed = if inside == all_of_it {
                Vec::new()
            } else {
                self.doomed_in(id, range)?
            };
            if doomed.is_empty() || small(doomed.len() as u64) == all_of_it {
                self.preview_conversation(preview, id)?;
            } else {
                self.preview_messages(preview, &doomed)?;
                preview.partly += 1;
                let rows = preview.ledger_rows;
                self.preview_care(preview, id)?;
                preview.ledger_rows = rows;
            }
        }
        for id in self.empty_conversations(range)? {
            self.preview_conversation(preview, id)?;
        }
        self.preview_drafts(preview, Some(range))
    }

    /// The messages of a conversation that were written in a range, and everything below them.
    pub(super) fn doomed_in(
        &self,
        id: ConversationId,
        range: TimeRange,
    ) -> Result<Vec<MessageId>, StoreError> {
        all(
            self.conn,
            "WITH RECURSIVE doomed (id) AS (
               SELECT id FROM message WHERE conversation_id = ?1 AND created_at >= ?2 AND created_at < ?3
               UNION
               SELECT m.id FROM doomed JOIN message m ON m.parent_id = doomed.id
             ) SELECT id FROM doomed",
            params![id.0, range.from.0, range.to.0],
            |row| Ok(MessageId(row.get(0)?)),
        )
    }

    /// Conversations that were begun in a range and have no message.
    pub(super) fn empty_conversations(
        &self,
        range: TimeRange,
    ) -> Result<Vec<ConversationId>, StoreError> {
        all(
            self.conn,
            "SELECT c.id FROM conversation c WHERE c.seq >= ?1 AND c.created_at >= ?2 AND c.created_at < ?3
               AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id)",
            params![scope::first_seq(range.from), range.from.0, range.to.0],
            |row| Ok(ConversationId(row.get(0)?)),
        )
    }

    /// Unsent texts and files: all, or those of a range that do not go with a conversation.
    fn preview_drafts(
        &self,
        preview: &mut ErasurePreview,
        range: Option<TimeRange>,
    ) -> Result<(), StoreError> {
        let drafts = self.loose(
            "SELECT conversation_id, octet_length(body) + 100, updated_at FROM draft
             WHERE updated_at >= ?1 AND updated_at < ?2",
            range,
        )?;
        preview.drafts += small(drafts.count);
        spread(preview, &drafts);
        let files = self.loose(
            "SELECT a.conversation_id, a.bytes, a.created_at FROM asset a
             WHERE a.created_at >= ?1 AND a.created_at < ?2
               AND NOT EXISTS (SELECT 1 FROM message_asset l WHERE l.asset_id = a.id)",
            range,
        )?;
        preview.files += small(files.count);
        spread(preview, &files);
        Ok(())
    }

    /// Rows of `conversation, bytes, time` that do not go with their conversation.
    fn loose(&self, sql: &str, range: Option<TimeRange>) -> Result<Sum, StoreError> {
        let (from, to) = range.map_or((i64::MIN, i64::MAX), |range| (range.from.0, range.to.0));
        let rows = all(self.conn, sql, [from, to], |row| {
            Ok((
                row.get::<_, Option<Uuid>>(0)?.map(ConversationId),
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })?;
        let mut sum = Sum::default();
        for (conversation, bytes, at) in rows {
            if self.goes_with(conversation, range)? {
                continue;
            }
            sum.count += 1;
            sum.bytes += unsigned(bytes, "preview")?;
            sum.oldest = Some(sum.oldest.map_or(at, |oldest| oldest.min(at)));
            sum.newest = sum.newest.max(Some(at));
        }
        Ok(sum)
    }

    /// Whether a conversation goes as a whole with a range, and what hangs on it with it.
    fn goes_with(
        &self,
        conversation: Option<ConversationId>,
        range: Option<TimeRange>,
    ) -> Result<bool, StoreError> {
        let (Some(id), Some(range)) = (conversation, range) else {
            return Ok(false);
        };
        let all_of_it = self.number(
            "SELECT count(*) FROM message WHERE conversation_id = ?1",
            [id.0],
        )?;
        if all_of_it == 0 {
            return Ok(self.empty_conversations(range)?.contains(&id));
        }
        Ok(small(self.doomed_in(id, range)?.len() as u64) == all_of_it)
    }

    fn preview_media(
        &self,
        preview: &mut ErasurePreview,
        kind: MediaKind,
    ) -> Result<(), StoreError> {
        let files = self.sum(
            &format!(
                "SELECT count(*), sum(bytes), min(created_at), max(created_at) FROM asset
                 WHERE {} = ?1",
                scope::MEDIA_KIND
            ),
            [kind.word()],
        )?;
        preview.files = small(files.count);
        spread(preview, &files);
        preview.partly = self.number(
            &format!(
                "SELECT count(DISTINCT m.conversation_id) FROM asset a
                 JOIN message_asset l ON l.asset_id = a.id JOIN message m ON m.id = l.message_id
                 WHERE {} = ?1",
                scope::MEDIA_KIND
            ),
            [kind.word()],
        )?;
        Ok(())
    }

    /// From the totals that triggers keep, and counts along indexes.
    fn preview_everything(&self, preview: &mut ErasurePreview) -> Result<(), StoreError> {
        for (kind, column) in [
            ("conversation", 0),
            ("message", 1),
            ("asset", 2),
            ("sandbox", 3),
        ] {
            let (count, bytes) = one(
                self.conn,
                "SELECT count, bytes FROM stored_total WHERE kind = ?1",
                [kind],
                |row| {
                    Ok((
                        unsigned(row.get(0)?, "total")?,
                        unsigned(row.get(1)?, "total")?,
                    ))
                },
            )?
            .unwrap_or_default();
            preview.bytes += bytes;
            match column {
                0 => preview.conversations = small(count),
                1 => preview.messages = small(count),
                2 => preview.files = small(count),
                _ => {}
            }
        }
        let drafts = self.sum(
            "SELECT count(*), sum(octet_length(body) + 100), min(updated_at), max(updated_at) FROM draft",
            [],
        )?;
        preview.drafts = small(drafts.count);
        spread(preview, &drafts);
        for sql in [
            "SELECT created_at FROM message ORDER BY seq LIMIT 1",
            "SELECT created_at FROM message ORDER BY seq DESC LIMIT 1",
            "SELECT created_at FROM conversation ORDER BY seq LIMIT 1",
            "SELECT created_at FROM conversation ORDER BY seq DESC LIMIT 1",
        ] {
            let at: Option<i64> = scalar(self.conn, sql, [])?;
            let sum = Sum {
                oldest: at,
                newest: at,
                ..Sum::default()
            };
            spread(preview, &sum);
        }
        preview.labels = self.number(
            "SELECT (SELECT count(*) FROM folder) + (SELECT count(*) FROM tag)",
            [],
        )?;
        for (count, sql) in [
            (
                &mut preview.pinned,
                "SELECT count(*) FROM conversation
                 WHERE archived = 0 AND pinned = 1 AND erasure_id IS NULL",
            ),
            (
                &mut preview.frozen,
                "SELECT count(*) FROM conversation WHERE restricted = 1 AND erasure_id IS NULL",
            ),
            (
                &mut preview.known_to_service,
                "SELECT count(alias) FROM conversation",
            ),
        ] {
            *count = self.number(sql, [])?;
        }
        preview.ledger_rows = self.number(
            "SELECT count(*) FROM egress_record WHERE conversation_id IS NOT NULL",
            [],
        )?;
        Ok(())
    }
}
