//! The tree of a conversation as a map: runs of messages without a fork, one line each. A line is
//! read by stepping down its run, and all lines of a page together step a bounded number of times.

use fluxchat_model::{ConversationId, MessageId, Role, Timestamp};
use rusqlite::params;

use super::message_path::{CHILD_RANK, CHILDREN_AFTER, ROOTS_AFTER};
use crate::table::message::role;
use crate::table::{all, one};
use crate::{ReadTx, StoreError};

/// A run of messages without a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRun {
    /// Its first message.
    pub first: MessageId,
    /// Its last message: where branches leave, or an end.
    pub last: MessageId,
    /// Who says the first.
    pub role: Role,
    /// How the first begins.
    pub text: String,
    /// Which model answered: the first answer of the run.
    pub model: Option<String>,
    /// When the first was begun.
    pub at: Timestamp,
    /// How many messages it has.
    pub messages: u32,
    /// How many branches leave at its end; 0 where it ends.
    pub branches: u32,
    /// Whether it goes on beyond what was looked at.
    pub more: bool,
    /// Whether it is the one that is shown of those beside it.
    pub chosen: bool,
}

/// A page of runs that stand beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapPage {
    /// Oldest first.
    pub runs: Vec<MapRun>,
    /// Whether there are more beside them.
    pub has_more: bool,
}

impl MapPage {
    /// The run that is shown, if it is among these.
    #[must_use]
    pub fn shown(&self) -> Option<&MapRun> {
        self.runs.iter().find(|run| run.chosen)
    }
}

/// The runs below one message, or those a conversation begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapLevel {
    /// The message above them; `None` for those a conversation begins with.
    pub below: Option<MessageId>,
    /// The runs from the first on, and at least to the one that is shown.
    pub page: MapPage,
}

/// How many steps down all runs of a page take together.
const STEPS: u32 = 10_000;
const LETTERS: u32 = 200;

/// Down a run while there is exactly one visible child.
pub(crate) const RUN: &str = "WITH RECURSIVE run (id, n) AS (
    SELECT ?1, 1
    UNION ALL
    SELECT (SELECT id FROM message WHERE parent_id = run.id AND erasure_id IS NULL), n + 1 FROM run
    WHERE n < ?2 AND 1 = (SELECT count(*) FROM
      (SELECT 1 FROM message WHERE parent_id = run.id AND erasure_id IS NULL LIMIT 2)))
  SELECT id, n FROM run ORDER BY n DESC LIMIT 1";
pub(crate) const LABEL: &str =
    "SELECT role, model, created_at, substr(text, 1, ?2), conversation_id
  FROM message WHERE id = ?1 AND erasure_id IS NULL";

impl ReadTx<'_> {
    /// The runs below a message, or those a conversation begins with, at most `limit` from the one
    /// that begins with `after` on.
    ///
    /// # Errors
    /// `not_found` if conversation or message do not exist there.
    pub fn message_map(
        &self,
        conversation: ConversationId,
        below: Option<MessageId>,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<MapPage, StoreError> {
        self.map_page(conversation, below, after, limit, &mut { STEPS })
    }

    /// Everything that stands beside what is shown, from the first message down: at most `page`
    /// runs of a level beyond the shown one, and at most `limit` in all, so that what is far down
    /// may be missing.
    ///
    /// # Errors
    /// `not_found` if the conversation does not exist.
    pub fn message_map_shown(
        &self,
        conversation: ConversationId,
        page: u32,
        limit: u32,
    ) -> Result<Vec<MapLevel>, StoreError> {
        let mut levels: Vec<MapLevel> = Vec::new();
        let (mut below, mut steps, mut left) = (None, STEPS, limit);
        while left > 0 {
            let mut level = MapPage::default();
            loop {
                let after = level.runs.last().map(|run| run.first);
                let more = self.map_page(conversation, below, after, page.min(left), &mut steps)?;
                left = left.saturating_sub(u32::try_from(more.runs.len()).unwrap_or(left));
                level.has_more = more.has_more;
                level.runs.extend(more.runs);
                if !level.has_more || left == 0 || level.shown().is_some() {
                    break;
                }
            }
            let next = level
                .shown()
                .filter(|run| run.branches > 0 || run.more)
                .map(|run| run.last);
            levels.push(MapLevel { below, page: level });
            match next {
                Some(last) => below = Some(last),
                None => break,
            }
        }
        Ok(levels)
    }

    fn map_page(
        &self,
        conversation: ConversationId,
        below: Option<MessageId>,
        after: Option<MessageId>,
        limit: u32,
        steps: &mut u32,
    ) -> Result<MapPage, StoreError> {
        let (root, _) = self
            .ends(conversation)?
            .ok_or(StoreError::NotFound("conversation"))?;
        let here = |id: MessageId| {
            self.place(id)?
                .filter(|place| place.conversation == conversation && !place.hidden)
                .ok_or(StoreError::NotFound("message"))
        };
        let (sql, above, chosen) = match below {
            Some(id) => (CHILDREN_AFTER, id.0, here(id)?.selected_child),
            None => (ROOTS_AFTER, conversation.0, root),
        };
        // One that was hidden meanwhile still says where it stood.
        let seq = match after {
            Some(id) => {
                let place = self.place(id)?.ok_or(StoreError::NotFound("message"))?;
                place.seq
            }
            None => -1,
        };
        let one_more = i64::from(limit) + 1;
        let beside = all(self.conn, sql, params![above, seq, one_more], |row| {
            Ok(MessageId(row.get(0)?))
        })?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut page = MapPage {
            has_more: beside.len() > limit,
            ..MapPage::default()
        };
        for id in beside.into_iter().take(limit) {
            let run = self.map_run(id, (*steps).max(2), chosen == Some(id))?;
            *steps = steps.saturating_sub(run.messages);
            page.runs.push(run);
        }
        Ok(page)
    }

    fn map_run(&self, first: MessageId, steps: u32, chosen: bool) -> Result<MapRun, StoreError> {
        let (last, messages) = one(self.conn, RUN, params![first.0, steps], |row| {
            Ok((MessageId(row.get(0)?), row.get(1)?))
        })?
        .ok_or(StoreError::NotFound("message"))?;
        let label = |id: MessageId| {
            one(self.conn, LABEL, params![id.0, LETTERS], |row| {
                Ok((
                    role(&row.get::<_, String>(0)?)?,
                    row.get::<_, Option<String>>(1)?,
                    Timestamp(row.get(2)?),
                    row.get::<_, String>(3)?,
                ))
            })
        };
        let (role, mut model, at, text) = label(first)?.ok_or(StoreError::NotFound("message"))?;
        let branches = one(self.conn, CHILD_RANK, params![last.0, 0], |row| {
            Ok(row.get(0)?)
        })?
        .unwrap_or(0_u32);
        if model.is_none() && messages > 1 {
            // The first is a question; what answered it stands right below.
            if let Some(answer) = self.children(first)?.first() {
                model = label(*answer)?.and_then(|(_, model, _, _)| model);
            }
        }
        Ok(MapRun {
            first,
            last,
            role,
            text,
            model,
            at,
            messages,
            // One child is no fork: the run was longer than what was looked at.
            branches: if branches == 1 { 0 } else { branches },
            more: branches == 1,
            chosen,
        })
    }
}
