//! *Guide*: answers by searching the bundled help. No AI model, and it says so.

mod compose;
mod demo;
mod index;
mod language;
mod talk;
mod terms;

use crate::Citation;
use crate::help::{HelpPage, HelpSection};

/// One message of the conversation, as Guide reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// True for what the person wrote.
    pub from_person: bool,
    /// The text.
    pub text: String,
    /// True if there was something beside text.
    pub has_attachment: bool,
}

/// What Guide says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Markdown.
    pub markdown: String,
    /// Best first; empty where nothing of the help was quoted.
    pub citations: Vec<Citation>,
    /// One of [`LANGUAGES`](crate::LANGUAGES).
    pub language: &'static str,
}

/// A section of the help that fits a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its page.
    pub page: &'static HelpPage,
    /// The section.
    pub section: &'static HelpSection,
    /// How well it fits; comparable within one search only.
    pub score: f32,
    /// The share of the question's weight that the section has words for, 0 to 1.
    pub coverage: f32,
}

/// More of a question than this is not worth reading, nor searching.
const MAX_QUESTION: usize = 4_000;

/// The sections that fit a question best, best first.
#[must_use]
pub fn find(question: &str, language: &str, limit: usize) -> Vec<Hit> {
    index::of(language).search(question, limit)
}

/// Answers the last message of a conversation. `accepted_languages` (BCP 47, most wanted first)
/// decides where the message itself does not tell its language.
#[must_use]
pub fn answer(turns: &[Turn], accepted_languages: &[String]) -> Answer {
    let mut asked = turns.iter().rev().filter(|turn| turn.from_person);
    let last = asked.next();
    let question = last.map_or("", |turn| excerpt(&turn.text));
    let before = asked.next().map(|turn| excerpt(&turn.text));
    let language = language::of(question)
        .or_else(|| before.and_then(language::of))
        .unwrap_or_else(|| where_found(question, accepted_languages));

    if let Some(markdown) = demo::answer(question, language) {
        return plain(markdown, language);
    }
    if let Some(small) = talk::recognise(question) {
        return plain(talk::reply(small, language), language);
    }
    let mut hits = relevant(question, language);
    if hits.is_empty() && terms::content_words(question, language) <= 2 {
        // “And on Linux?” only means something after what was asked before.
        hits = before.map_or_else(Vec::new, |before| {
            relevant(&format!("{before} {question}"), language)
        });
    }
    if hits.is_empty() {
        let attachment = last.is_some_and(|turn| turn.has_attachment);
        return plain(talk::off_topic(language, attachment), language);
    }
    let (markdown, citations) = compose::from_hits(&hits, language);
    Answer {
        markdown,
        citations,
        language,
    }
}

/// For a question like “Löschbeleg”, which no little word gives away: the language whose help
/// has its words, and where both or neither do, the reader's own.
fn where_found(question: &str, accepted_languages: &[String]) -> &'static str {
    let readers = crate::policy::best_language(accepted_languages);
    let coverage = |language: &str| {
        let best = find(question, language, 1);
        best.first().map_or(0.0, |hit| hit.coverage)
    };
    let most = crate::LANGUAGES
        .into_iter()
        .max_by(|a, b| coverage(a).total_cmp(&coverage(b)))
        .unwrap_or(readers);
    if coverage(most) > coverage(readers) {
        most
    } else {
        readers
    }
}

fn relevant(question: &str, language: &str) -> Vec<Hit> {
    let mut hits = find(question, language, 3);
    let fits = hits
        .first()
        .is_some_and(|best| best.coverage >= index::ENOUGH_COVERAGE);
    if !fits {
        hits.clear();
    }
    hits
}

/// The beginning of a text, without the word that the limit would cut.
fn excerpt(text: &str) -> &str {
    let beginning = text.get(..text.floor_char_boundary(MAX_QUESTION));
    match beginning {
        Some(beginning) if beginning.len() < text.len() => beginning
            .rfind(char::is_whitespace)
            .and_then(|end| beginning.get(..end))
            .unwrap_or(beginning),
        other => other.unwrap_or(text),
    }
}

fn plain(markdown: String, language: &'static str) -> Answer {
    Answer {
        markdown,
        citations: Vec::new(),
        language,
    }
}
