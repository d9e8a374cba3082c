//! Search over message texts and titles, newest first.
//!
//! The rowid of the index is a time (see the schema), so newest first is the order in which FTS5
//! walks anyway: a page costs its hits, however common the word is. Ranking all hits of a common
//! word by `bm25` costs half a second on a million messages, so it is not done.

use fluxchat_model::{ConversationId, MessageId, Role, Timestamp};
use rusqlite::{Connection, params};

use crate::table::message::role;
use crate::table::{one, scalar};
use crate::tx::ReadTx;
use crate::{Store, StoreError, WriteTx, tokenizer};

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
    /// [`SearchHit::cursor`] of the last hit of the page before.
    pub before: Option<i64>,
    /// At most this many hits.
    pub limit: u32,
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

pub(crate) const HITS: &str = "SELECT rowid, snippet(search, -1, ?3, ?4, '…', ?5) FROM search
     WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC";
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

/// Sees to it that deletions from the index leave nothing, or, in the control arm, something.
pub(crate) fn configure(conn: &Connection, deletes_for_good: bool) -> Result<(), StoreError> {
    if is_secure(conn)? != deletes_for_good {
        set_secure(conn, deletes_for_good)?;
    }
    Ok(())
}

/// Whether the index zeroes what is deleted from it.
pub(crate) fn is_secure(conn: &Connection) -> Result<bool, StoreError> {
    let value: Option<i64> = scalar(
        conn,
        "SELECT CAST(v AS INTEGER) FROM search_config WHERE k = 'secure-delete'",
        [],
    )?;
    Ok(value == Some(1))
}

pub(crate) fn set_secure(conn: &Connection, secure: bool) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO search (search, rank) VALUES ('secure-delete', ?1)",
        [secure],
    )?;
    Ok(())
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
        let Some(mut expression) = tokenizer::query_expression(&query.text, query.prefix_last)
        else {
            return Ok(Vec::new());
        };
        if query.scope == SearchScope::Titles {
            expression = format!("title : ({expression})");
        }
        let mut statement = self.conn.prepare_cached(HITS)?;
        let mut rows = statement.query(params![
            expression,
            query.before.unwrap_or(i64::MAX),
            MARK.to_string(),
            UNMARK.to_string(),
            SNIPPET_TOKENS,
        ])?;
        let mut hits = Vec::new();
        while hits.len() < query.limit as usize
            && let Some(row) = rows.next()?
        {
            let cursor: i64 = row.get(0)?;
            let sql = if cursor % 2 == 0 {
                MESSAGE_HIT
            } else {
                TITLE_HIT
            };
            // What waits for its deletion is in the index and nowhere else.
            let hit = one(self.conn, sql, [cursor], |found| {
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
            })?;
            hits.extend(hit);
        }
        Ok(hits)
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
