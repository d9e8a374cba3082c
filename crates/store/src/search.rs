//! Search over message texts and titles, newest first.
//!
//! The rowid of the index is a time (see the schema), so newest first is the order in which FTS5
//! walks anyway: a page costs its hits, however common the word is. Ranking all hits of a common
//! word by `bm25` costs half a second on a million messages, so it is not done.

pub(crate) mod beginning;
mod filter;
pub(crate) mod within;

use fluxchat_model::{ConversationId, MessageId, Role, Timestamp};
use rusqlite::{Connection, params};

use crate::table::message::role;
use crate::table::{one, scalar};
use crate::tx::ReadTx;
use crate::{Store, StoreError, WriteTx, tokenizer};

use beginning::SpelledOut;
#[cfg(test)]
pub(crate) use filter::FACTS;
pub use filter::SearchFilter;

/// Where to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchScope {
    /// Messages and titles.
    #[default]
    All,
    /// Titles alone.
    Titles,
}

/// What to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// As it was typed.
    pub text: String,
    /// Whether the last word may go on: true while somebody types.
    pub prefix_last: bool,
    /// Where.
    pub scope: SearchScope,
    /// What a hit must be besides. Without words, it alone decides.
    pub filter: SearchFilter,
    /// [`SearchHit::cursor`] of the last hit of the page before.
    pub before: Option<i64>,
    /// At most this many hits.
    pub limit: u32,
}

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// [`SearchQuery::before`] of the next page; `None` at the end. A page may be short, or empty,
    /// and not the last: what a filter leaves out was looked at, too.
    pub next: Option<i64>,
}

/// A message or a title that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The place of the hit in the order of all hits; falls from page to page.
    pub cursor: i64,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The message; `None` if it is the title that was found.
    pub message_id: Option<MessageId>,
    /// Who said it; `None` for a title.
    pub role: Option<Role>,
    /// The title of the conversation.
    pub title: String,
    /// Whether the conversation is archived.
    pub archived: bool,
    /// When the message was begun, or the conversation for a title.
    pub at: Timestamp,
    /// The words around the hit, in order; true marks what was found.
    pub snippet: Vec<(String, bool)>,
}

/// Two noncharacters: no text that people exchange contains them.
const MARK: char = '\u{FDD0}';
const UNMARK: char = '\u{FDD1}';
const SNIPPET_TOKENS: u32 = 24;
/// In so many messages a word that may go on is taken as it stands.
const VERY_MANY: i64 = 2_000;
/// How many candidates a page looks at for its filter.
const LOOKS: u32 = 1_000;
const SHOWN_WITHOUT_WORDS: u32 = 160;

pub(crate) const HITS: &str = "SELECT rowid, snippet(search, -1, ?3, ?4, '…', ?5) FROM search
     WHERE search MATCH ?1 AND rowid < ?2 AND rowid >= ?6 ORDER BY rowid DESC";
pub(crate) const HITS_OF_WORD: &str =
    "SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2)";
pub(crate) const NEWEST: &str =
    "SELECT seq, substr(text, 1, ?3) FROM message WHERE seq < ?1 AND seq >= ?2 ORDER BY seq DESC";
pub(crate) const MESSAGE_HIT: &str =
    "SELECT c.id, m.id, m.role, c.title, c.archived, m.created_at FROM message m
     JOIN conversation c ON c.id = m.conversation_id
     WHERE m.seq = ?1 AND m.erasure_id IS NULL AND c.erasure_id IS NULL";
pub(crate) const TITLE_HIT: &str =
    "SELECT id, NULL, NULL, title, archived, created_at FROM conversation
     WHERE seq = ?1 AND erasure_id IS NULL";

const TOKENIZER_META: &str = "tokenizer_version";

/// Makes the tokenizer known; every connection needs it.
pub(crate) fn register(conn: &Connection) -> Result<(), StoreError> {
    Ok(tokenizer::register(conn)?)
}

/// The indexes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    /// Messages and titles.
    History,
    /// What attached files say.
    Attachments,
}

/// Sees to it that deletions from the indexes leave nothing, or, in the control arm, something.
pub(crate) fn configure(conn: &Connection, deletes_for_good: bool) -> Result<(), StoreError> {
    for index in [Index::History, Index::Attachments] {
        if zeroes(conn, index)? != deletes_for_good {
            set_zeroes(conn, index, deletes_for_good)?;
        }
    }
    Ok(())
}

/// Whether both indexes zero what is deleted from them.
pub(crate) fn is_secure(conn: &Connection) -> Result<bool, StoreError> {
    Ok(zeroes(conn, Index::History)? && zeroes(conn, Index::Attachments)?)
}

/// Whether an index zeroes what is deleted from it.
pub(crate) fn zeroes(conn: &Connection, index: Index) -> Result<bool, StoreError> {
    let sql = match index {
        Index::History => "SELECT CAST(v AS INTEGER) FROM search_config WHERE k = 'secure-delete'",
        Index::Attachments => {
            "SELECT CAST(v AS INTEGER) FROM attachment_search_config WHERE k = 'secure-delete'"
        }
    };
    let value: Option<i64> = scalar(conn, sql, [])?;
    Ok(value == Some(1))
}

pub(crate) fn set_zeroes(conn: &Connection, index: Index, secure: bool) -> Result<(), StoreError> {
    let sql = match index {
        Index::History => "INSERT INTO search (search, rank) VALUES ('secure-delete', ?1)",
        Index::Attachments => {
            "INSERT INTO attachment_search (attachment_search, rank) VALUES ('secure-delete', ?1)"
        }
    };
    conn.execute(sql, [secure])?;
    Ok(())
}

/// Lets the index of the history zero what is deleted from it, or not.
pub(crate) fn set_secure(conn: &Connection, secure: bool) -> Result<(), StoreError> {
    set_zeroes(conn, Index::History, secure)
}

/// Splits what `snippet()` marked.
fn split_marks(snippet: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut marked = false;
    for piece in snippet.split_inclusive([MARK, UNMARK]) {
        let words = piece.trim_end_matches([MARK, UNMARK]);
        if !words.is_empty() {
            match pieces.last_mut() {
                Some((last, was)) if *was == marked => last.push_str(words),
                _ => pieces.push((words.to_owned(), marked)),
            }
        }
        match piece.chars().next_back() {
            Some(MARK) => marked = true,
            Some(UNMARK) => marked = false,
            _ => {}
        }
    }
    pieces
}

impl ReadTx<'_> {
    /// The newest messages and titles that match. What cannot match anything finds nothing.
    ///
    /// # Errors
    /// `search_corrupt` if the index is damaged; when the archive cannot be read.
    pub fn search(&self, query: &SearchQuery) -> Result<Vec<SearchHit>, StoreError> {
        Ok(self.search_page(query)?.hits)
    }

    /// The same, and where to go on.
    ///
    /// # Errors
    /// `search_corrupt` if the index is damaged; when the archive cannot be read.
    pub fn search_page(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        let (from, until) = query.filter.range();
        let before = query.before.unwrap_or(i64::MAX).min(until);
        match self.expression(query, before, from)? {
            Some(asked) => {
                let mut statement = self.conn.prepare_cached(HITS)?;
                let rows = statement.query(params![
                    asked.expression,
                    before,
                    MARK.to_string(),
                    UNMARK.to_string(),
                    SNIPPET_TOKENS,
                    asked.from,
                ])?;
                let mut page = self.page(query, rows)?;
                if page.next.is_none() && asked.from > from {
                    page.next = Some(asked.from);
                }
                Ok(page)
            }
            None if query.filter.is_empty() || !query.text.trim().is_empty() => {
                Ok(SearchPage::default())
            }
            None => {
                let mut statement = self.conn.prepare_cached(NEWEST)?;
                let rows = statement.query(params![before, from, SHOWN_WITHOUT_WORDS])?;
                self.page(query, rows)
            }
        }
    }

    /// What to ask the index. A word that is in very many messages is taken as it stands: the ones
    /// that only begin with it are found with the next letter, and looking for them as well would
    /// cost a pass over all of both.
    fn expression(
        &self,
        query: &SearchQuery,
        before: i64,
        from: i64,
    ) -> Result<Option<SpelledOut>, StoreError> {
        let titles = query.scope == SearchScope::Titles;
        let scoped = |expression: String| match titles {
            true => format!("title : ({expression})"),
            false => expression,
        };
        let all = |expression| {
            Ok(Some(SpelledOut {
                expression: scoped(expression),
                from,
            }))
        };
        if !query.prefix_last {
            return match tokenizer::query_expression(&query.text, false) {
                Some(expression) => all(expression),
                None => Ok(None),
            };
        }
        let Some(typed) = tokenizer::typed(&query.text) else {
            return Ok(None);
        };
        if let Some((word, whole)) = typed.settled {
            let hits: Option<i64> = scalar(self.conn, HITS_OF_WORD, params![word, VERY_MANY])?;
            if hits >= Some(VERY_MANY) {
                return all(whole);
            }
        }
        if let Some(beginning) = typed.beginning.filter(|_| !titles)
            && let Some(spelled) = self.spell_out(&beginning, before, from, query.limit)?
        {
            return Ok(Some(spelled));
        }
        all(typed.expression)
    }

    fn page(
        &self,
        query: &SearchQuery,
        mut rows: rusqlite::Rows<'_>,
    ) -> Result<SearchPage, StoreError> {
        let mut page = SearchPage::default();
        let mut looked = 0;
        while let Some(row) = rows.next()? {
            let cursor: i64 = row.get(0)?;
            looked += 1;
            if let Some(hit) = self.hit(cursor, row)?
                && query.filter.holds(self.conn, &hit)?
            {
                page.hits.push(hit);
            }
            let full = page.hits.len() >= query.limit as usize;
            if full || (!query.filter.is_empty() && looked >= LOOKS) {
                page.next = Some(cursor);
                break;
            }
        }
        Ok(page)
    }

    /// What stands at a place of the index. What waits for its deletion is in the index and
    /// nowhere else.
    fn hit(&self, cursor: i64, row: &rusqlite::Row<'_>) -> Result<Option<SearchHit>, StoreError> {
        let sql = if cursor % 2 == 0 {
            MESSAGE_HIT
        } else {
            TITLE_HIT
        };
        one(self.conn, sql, [cursor], |found| {
            Ok(SearchHit {
                cursor,
                conversation_id: ConversationId(found.get(0)?),
                message_id: found.get::<_, Option<_>>(1)?.map(MessageId),
                role: found
                    .get::<_, Option<String>>(2)?
                    .map(|word| role(&word))
                    .transpose()?,
                title: found.get(3)?,
                archived: found.get(4)?,
                at: Timestamp(found.get(5)?),
                snippet: split_marks(&row.get::<_, String>(1)?),
            })
        })
    }

    /// Whether the index was built by another version of the tokenizer and should be rebuilt.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn search_is_outdated(&self) -> Result<bool, StoreError> {
        Ok(self.meta(TOKENIZER_META)? != Some(tokenizer::VERSION.to_string()))
    }
}

impl WriteTx<'_> {
    pub(crate) fn search_is_current(&self) -> Result<(), StoreError> {
        self.meta_set(TOKENIZER_META, &tokenizer::VERSION.to_string())
    }

    pub(crate) fn search_rebuild(&self) -> Result<(), StoreError> {
        self.conn
            .execute("INSERT INTO search (search) VALUES ('rebuild')", [])?;
        self.conn.execute(
            "INSERT INTO attachment_search (attachment_search) VALUES ('rebuild')",
            [],
        )?;
        // What is being deleted is in it again, and has to be taken out of it.
        self.conn.execute(
            "UPDATE erasure SET index_apart = 0, in_bulk = 1 WHERE index_apart = 1",
            [],
        )?;
        self.search_is_current()
    }
}

impl Store {
    /// Builds the search index anew from the messages: after `search_corrupt`, or when
    /// [`ReadTx::search_is_outdated`]. Costs a pass over the whole archive and holds the writer.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn rebuild_search(&self) -> Result<(), StoreError> {
        self.write(|tx| tx.search_rebuild())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_pieces() {
        let snippet = format!("a {MARK}b{UNMARK} c{MARK}d{UNMARK}{MARK}e{UNMARK}");
        let pieces: Vec<_> = split_marks(&snippet);
        let expected = [("a ", false), ("b", true), (" c", false), ("de", true)];
        let expected: Vec<_> = expected.map(|(words, it)| (words.to_owned(), it)).into();
        assert_eq!(pieces, expected, "neighbouring marks are one piece");
    }
}
