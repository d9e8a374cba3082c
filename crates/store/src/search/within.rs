//! Finding in one conversation. Its messages are gone through newest first, a stretch at a time;
//! the index is asked about the stretch of time alone, so that a page costs what lies there,
//! whatever else the archive holds.

use std::collections::HashMap;

use fluxchat_model::{ConversationId, MessageId};
use rusqlite::params;

use super::SearchQuery;
use crate::table::all;
use crate::{ReadTx, StoreError};

/// A message in which something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindHit {
    /// The place of the hit; falls from page to page.
    pub cursor: i64,
    /// The message.
    pub message_id: MessageId,
}

/// A page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindPage {
    /// Newest first.
    pub hits: Vec<FindHit>,
    /// Where the next page begins; `None` at the end. A page may be empty and not the last.
    pub next: Option<i64>,
}

/// So many messages of the conversation make a stretch.
const STRETCH: u32 = 400;
/// So many hits of all conversations a stretch is looked through for.
const LOOKS: u32 = 4_000;

pub(crate) const MESSAGES: &str = "SELECT seq, id, erasure_id IS NULL FROM message
  WHERE conversation_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
pub(crate) const HITS: &str = "SELECT rowid FROM search
  WHERE search MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid DESC LIMIT ?4";

impl ReadTx<'_> {
    /// A stretch of a conversation and what of it matches; the last word may go on.
    ///
    /// # Errors
    /// `search_corrupt` if the index is damaged; when the archive cannot be read.
    pub fn find_in_conversation(
        &self,
        conversation: ConversationId,
        text: &str,
        before: Option<i64>,
    ) -> Result<FindPage, StoreError> {
        let query = SearchQuery {
            text: text.to_owned(),
            prefix_last: true,
            scope: super::SearchScope::All,
            filter: super::SearchFilter::default(),
            before,
            limit: LOOKS,
        };
        let before = before.unwrap_or(i64::MAX);
        let stretch = all(
            self.conn,
            MESSAGES,
            params![conversation.0, before, STRETCH],
            |row| {
                let id = MessageId(row.get(1)?);
                Ok((row.get::<_, i64>(0)?, (id, row.get::<_, bool>(2)?)))
            },
        )?;
        let (Some((newest, _)), Some((oldest, _))) = (stretch.first(), stretch.last()) else {
            return Ok(FindPage::default());
        };
        let (newest, oldest) = (*newest, *oldest);
        let Some(asked) = self.expression(&query, newest.saturating_add(1), oldest)? else {
            return Ok(FindPage::default());
        };
        let found = all(
            self.conn,
            HITS,
            params![asked.expression, asked.from, newest, LOOKS],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        let whole = stretch.len() < STRETCH as usize;
        let cut = found.len() == LOOKS as usize;
        let next = match found.last() {
            Some(last) if cut => Some(*last),
            _ if whole => None,
            _ => Some(oldest),
        };
        let messages: HashMap<i64, (MessageId, bool)> = stretch.into_iter().collect();
        let hits = found.into_iter().filter_map(|seq| {
            let (message_id, visible) = *messages.get(&seq)?;
            visible.then_some(FindHit {
                cursor: seq,
                message_id,
            })
        });
        Ok(FindPage {
            hits: hits.collect(),
            next,
        })
    }
}
