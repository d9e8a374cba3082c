//! A word that is being typed and has more letters than the index keeps beginnings of. FTS5 would
//! put together every word that begins with them, whole, before it shows the first hit. Here the
//! newest messages with the first letters are looked at instead, until a page is full: what they
//! spell out is what the index is asked for.

use std::collections::BTreeSet;

use rusqlite::params;

use crate::tokenizer::{Beginning, terms_beginning};
use crate::{ReadTx, StoreError};

pub(crate) const CANDIDATES: &str = "SELECT rowid, body, title FROM search
  WHERE search MATCH ?1 AND rowid < ?2 AND rowid >= ?3 ORDER BY rowid DESC";

/// After so many candidates it is seen how many of them are meant.
const FIRST_LOOK: u32 = 48;
/// Where fewer than one of so many is meant, putting all of them together costs less.
const THIN: u32 = 16;
/// So many different words make a question longer than it saves.
const MOST_WORDS: usize = 256;

/// What to ask instead, and down to where it finds everything that is meant.
pub(super) struct SpelledOut {
    pub(super) expression: String,
    pub(super) from: i64,
}

impl ReadTx<'_> {
    /// `None` where the hits are few: then asking for all of them at once is cheap.
    pub(super) fn spell_out(
        &self,
        beginning: &Beginning,
        before: i64,
        from: i64,
        limit: u32,
    ) -> Result<Option<SpelledOut>, StoreError> {
        let mut statement = self.conn.prepare_cached(CANDIDATES)?;
        let mut rows = statement.query(params![beginning.shortened(), before, from])?;
        let mut words = BTreeSet::new();
        let (mut looked, mut hits) = (0, 0);
        while let Some(row) = rows.next()? {
            looked += 1;
            let mut meant = false;
            for column in [1, 2] {
                // Nothing where what is in the index waits to be taken out of it.
                let text = row.get_ref(column)?.as_str_or_null();
                let text = text.map_err(rusqlite::Error::from)?.unwrap_or_default();
                meant |= terms_beginning(text, &beginning.letters, &mut words);
            }
            hits += u32::from(meant);
            if words.len() > MOST_WORDS || (looked >= FIRST_LOOK && hits * THIN < looked) {
                return Ok(None);
            }
            if hits >= limit {
                return Ok(Some(SpelledOut {
                    expression: beginning.spelled_out(&words),
                    from: row.get(0)?,
                }));
            }
        }
        if words.is_empty() {
            return Ok(None);
        }
        Ok(Some(SpelledOut {
            expression: beginning.spelled_out(&words),
            from,
        }))
    }
}
