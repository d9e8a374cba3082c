//! From what a person types to an FTS5 expression that cannot be malformed.

use super::MAX_TERM_BYTES;
use super::fold::is_unspaced;
use super::scan::{Mode, tokenize};

/// More words than this are ignored; FTS5 refuses expressions that are too deep.
const MAX_UNITS: usize = 32;
/// How long the beginnings are that the index keeps: `prefix` in the schema.
const INDEXED_LETTERS: usize = 3;
/// The longest phrase, in terms.
const MAX_PHRASE_TERMS: usize = 64;

/// The FTS5 expression for what a person typed, or `None` when there is nothing to search for.
///
/// All words must occur. Text in quotes must occur as it stands; so must a run of Chinese,
/// Japanese, Korean or Thai. With `prefix_last`, the word still being typed (no space behind it)
/// matches every word that begins with it. Nothing a person types is read as FTS5 syntax.
#[must_use]
pub fn query_expression(user_query: &str, prefix_last: bool) -> Option<String> {
    let units = units(user_query);
    let open = units.last()?.open;
    Some(expression(&units, prefix_last && open))
}

fn expression(units: &[Unit], prefix_last: bool) -> String {
    let last = units.len().saturating_sub(1);
    let mut clauses: Vec<String> = Vec::with_capacity(units.len());
    for (index, unit) in units.iter().enumerate() {
        let clause = clause(unit, prefix_last && index == last);
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses.join(" AND ")
}

/// A search while it is typed. The index keeps beginnings of two and three letters, so these cost
/// what is shown. Every longer one is put together from all words that begin with it.
pub(crate) struct Typed {
    /// What to search for. One letter alone does not go on: it begins half of everything.
    pub(crate) expression: String,
    /// The last word by itself and the whole expression without a beginning, where the last word
    /// may go on and is longer than what the index keeps.
    pub(crate) settled: Option<(String, String)>,
    /// The last word, where it is one term and may go on and is longer than what the index keeps.
    pub(crate) beginning: Option<Beginning>,
}

/// A word of which more letters are known than the index keeps beginnings of.
pub(crate) struct Beginning {
    /// The letters, as they are indexed.
    pub(crate) letters: String,
    before: Vec<Unit>,
}

impl Beginning {
    /// Finds everything that [`Typed::expression`] finds, and more, from what the index keeps.
    pub(crate) fn shortened(&self) -> String {
        let kept: String = self.letters.chars().take(INDEXED_LETTERS).collect();
        self.with(&format!("\"{kept}\"*"))
    }

    /// Finds what contains one of these words that begin with the letters.
    pub(crate) fn spelled_out<'a>(&self, words: impl IntoIterator<Item = &'a String>) -> String {
        let words: Vec<String> = words
            .into_iter()
            .map(|word| format!("\"{word}\""))
            .collect();
        self.with(&format!("({})", words.join(" OR ")))
    }

    fn with(&self, last: &str) -> String {
        if self.before.is_empty() {
            return last.to_owned();
        }
        format!("{} AND {last}", expression(&self.before, false))
    }
}

/// Reads what a person is typing.
pub(crate) fn typed(user_query: &str) -> Option<Typed> {
    let mut units = units(user_query);
    let last = units.last()?;
    let letters = last.terms.last().map_or(0, |term| term.chars().count());
    let long = last.open && letters > INDEXED_LETTERS;
    let expressed = expression(&units, last.open && letters > 1);
    let settled = long.then(|| (clause(last, false), expression(&units, false)));
    let last = units.pop()?;
    let beginning = match last.terms.as_slice() {
        [letters] if long => Some(Beginning {
            letters: letters.clone(),
            before: units,
        }),
        _ => None,
    };
    Some(Typed {
        expression: expressed,
        settled,
        beginning,
    })
}

struct Unit {
    terms: Vec<String>,
    /// All terms belong to one identifier, so it may also be written without connectors.
    is_identifier: bool,
    /// The person may still be typing it.
    open: bool,
}

fn units(user_query: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut rest = user_query;
    while !rest.is_empty() && units.len() < MAX_UNITS {
        let (text, quoted, open, after) = next_raw_unit(rest);
        rest = after;
        if let Some(unit) = unit(text, quoted, open) {
            units.push(unit);
        }
    }
    units
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// The next word or quoted text, whether it is quoted, whether nothing ended it, and what follows.
fn next_raw_unit(text: &str) -> (&str, bool, bool, &str) {
    let text = text.trim_start();
    if let Some(quote) = text.chars().next().filter(|c| is_quote(*c)) {
        let inner = &text[quote.len_utf8()..];
        return match inner.char_indices().find(|(_, c)| is_quote(*c)) {
            Some((end, quote)) => (&inner[..end], true, false, &inner[end + quote.len_utf8()..]),
            None => (inner, true, true, ""),
        };
    }
    let end = text
        .find(|c: char| c.is_whitespace() || is_quote(c))
        .unwrap_or(text.len());
    (&text[..end], false, end == text.len(), &text[end..])
}

fn unit(text: &str, quoted: bool, open: bool) -> Option<Unit> {
    let mut terms: Vec<String> = Vec::new();
    let mut is_identifier = !quoted;
    // A full phrase ends the scan early; what was collected until then is the phrase.
    let _ = tokenize(text.as_bytes(), Mode::Query, &mut |token| {
        if !terms.is_empty() && !token.connected || token.text.starts_with(is_unspaced) {
            is_identifier = false;
        }
        terms.push(token.text.to_owned());
        if terms.len() < MAX_PHRASE_TERMS {
            Ok(())
        } else {
            Err(0)
        }
    });
    (!terms.is_empty()).then_some(Unit {
        terms,
        is_identifier,
        open,
    })
}

fn clause(unit: &Unit, prefix: bool) -> String {
    // One character alone is indexed only at the end of a run; elsewhere it begins a pair.
    let lone = unit.terms.last().is_some_and(|term| {
        let mut chars = term.chars();
        chars.next().is_some_and(is_unspaced) && chars.next().is_none()
    });
    let star = if prefix || lone { "*" } else { "" };
    let phrase = format!("\"{}\"{star}", unit.terms.join(" "));
    let joined = unit.terms.concat();
    // The index joins chains of 2 to 8 words.
    if unit.is_identifier && (2..=8).contains(&unit.terms.len()) && joined.len() <= MAX_TERM_BYTES {
        return format!("({phrase} OR \"{joined}\"{star})");
    }
    phrase
}
