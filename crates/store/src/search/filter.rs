//! What a hit must be besides containing the words. Times are a range of the index; the rest is
//! looked up per candidate, and a page looks at a bounded number of them.

use fluxchat_model::{Role, Timestamp};
use rusqlite::Connection;

use super::SearchHit;
use crate::table::message::role;
use crate::table::one;
use crate::{StoreError, tokenizer};

/// What a hit must be besides containing the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// Who said it. Leaves titles out, as the next two do.
    pub role: Option<Role>,
    /// Words of the model's or the source's name.
    pub by: Option<String>,
    /// Whether a picture comes with it.
    pub has_image: bool,
    /// Words of the conversation's title.
    pub within: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

pub(crate) const FACTS: &str = "SELECT m.role, m.model, m.source_name, EXISTS (
       SELECT 1 FROM message_asset ma JOIN asset a ON a.id = ma.asset_id
       WHERE ma.message_id = m.id AND a.media_type LIKE 'image/%')
     FROM message m WHERE m.seq = ?1";

/// Rows of one second; see the note on `seq` in the schema.
const PER_SECOND: i64 = 32;

impl SearchFilter {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The places in the index that the times allow: from, and before.
    pub(super) fn range(&self) -> (i64, i64) {
        let place = |at: Timestamp| at.0.div_euclid(Timestamp::SECOND).max(0) * PER_SECOND;
        let until = |at: Timestamp| place(at.plus_ms(Timestamp::SECOND - 1));
        (
            self.since.map_or(0, place),
            self.until.map_or(i64::MAX, until),
        )
    }

    /// Whether a hit that contains the words is meant.
    pub(super) fn holds(&self, conn: &Connection, hit: &SearchHit) -> Result<bool, StoreError> {
        let in_time = self.since.is_none_or(|since| hit.at >= since)
            && self.until.is_none_or(|until| hit.at < until);
        let within = self.within.as_ref();
        if !in_time || !within.is_none_or(|words| names(&hit.title, words)) {
            return Ok(false);
        }
        if self.role.is_none() && self.by.is_none() && !self.has_image {
            return Ok(true);
        }
        if hit.message_id.is_none() {
            return Ok(false);
        }
        let facts = one(conn, FACTS, [hit.cursor], |row| {
            let text = |at| row.get::<_, Option<String>>(at);
            Ok((
                role(&row.get::<_, String>(0)?)?,
                text(1)?.unwrap_or_default(),
                text(2)?.unwrap_or_default(),
                row.get::<_, bool>(3)?,
            ))
        })?;
        Ok(facts.is_some_and(|(who, model, source, image)| {
            self.role.is_none_or(|role| role == who)
                && self.by.as_ref().is_none_or(|words| {
                    who == Role::Assistant && names(&format!("{model} {source}"), words)
                })
                && (image || !self.has_image)
        }))
    }
}

/// Whether every word begins a word of the name.
fn names(name: &str, words: &str) -> bool {
    let terms = tokenizer::index_terms(name);
    tokenizer::index_terms(words)
        .iter()
        .all(|word| terms.iter().any(|term| term.starts_with(word.as_str())))
}
