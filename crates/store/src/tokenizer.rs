//! The FTS5 tokenizer `fluxchat`: what can be found, and by which words.
//!
//! * Letters and digits make words; they are lower-cased, accents and width are folded.
//! * Scripts written without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese) become
//!   overlapping pairs of characters, and the last character alone beside the last pair.
//! * An identifier (`getUserName`, `snake_case`, `utf8decoder`) is found whole, by each of its
//!   parts and by each of its endings. The additional terms stand at the position of the word
//!   they belong to, so phrases and marks keep their places.
//!
//! A query is cut by the same rules but without the additional terms: FTS5 would read those as
//! alternatives, and `getUserName` would find every `get`.

use std::collections::BTreeSet;

mod ffi;
mod fold;
mod query;
mod scan;

#[cfg(test)]
mod tests;

pub use query::query_expression;
pub(crate) use query::{Beginning, typed};

/// The version of the rules. An index written under another version must be rebuilt.
pub const VERSION: u32 = 1;

/// The longest term, in bytes of UTF-8. Longer words are cut, in the text and in the query alike.
pub const MAX_TERM_BYTES: usize = 64;

/// Makes the tokenizer known to a connection, under the name `fluxchat`.
///
/// # Errors
/// When SQLite was built without FTS5 or is out of memory.
pub(crate) fn register(conn: &rusqlite::Connection) -> rusqlite::Result<()> {
    ffi::register(conn)
}

/// Every term under which a text is indexed, each once, in order of appearance.
///
/// A deletion is only proven when none of these is left, so forensic tests search for them.
#[must_use]
pub fn index_terms(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut terms = Vec::new();
    // The sink never stops the scan, so there is no error to report.
    let _ = scan::tokenize(text.as_bytes(), scan::Mode::Document, &mut |token| {
        if seen.insert(token.text.to_owned()) {
            terms.push(token.text.to_owned());
        }
        Ok(())
    });
    terms
}

/// Whether a term of the text begins with these letters; each that does goes to `found`.
pub(crate) fn terms_beginning(text: &str, letters: &str, found: &mut BTreeSet<String>) -> bool {
    let mut any = false;
    let _ = scan::tokenize(text.as_bytes(), scan::Mode::Document, &mut |token| {
        if token.text.starts_with(letters) {
            any = true;
            if !found.contains(token.text) {
                found.insert(token.text.to_owned());
            }
        }
        Ok(())
    });
    any
}
