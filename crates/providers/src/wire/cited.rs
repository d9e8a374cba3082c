//! Which words of an answer a citation is for: what a source says of it, in bytes of the answer.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use fluxchat_model::CitedSpan;

/// So often an answer may cite; what more is told is not read.
const MOST_CITATIONS: usize = 2_000;
/// Citations of words that are still to come.
const MOST_EARLY: usize = 200;
const LONGEST_EARLY: usize = 4_096;
/// In an answer longer than this, in bytes, nothing is looked for any more.
const LONGEST_SAID: usize = 4 << 20;
/// The place of every character with a number like this is remembered.
const EVERY: usize = 1_024;

/// A place in the answer so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct At {
    bytes: usize,
    characters: usize,
}

/// How a source counts. The end is the one behind the last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    /// In bytes of UTF-8, from this place on.
    Bytes(At, u64, u64),
    /// In characters of Unicode, from this place on.
    Characters(At, u64, u64),
}

impl Told {
    /// `start_index` and `end_index` as the `OpenAI` dialects tell them; gateways that know no place
    /// say that both are 0.
    pub(crate) fn characters(from: At, json: &serde_json::Value) -> Option<Self> {
        let (start, end) = indexes(json)?;
        Some(Self::Characters(from, start, end))
    }

    /// Everything from one place to another.
    pub(crate) fn between(start: At, end: At) -> Option<Self> {
        let long = end.bytes.checked_sub(start.bytes)?;
        let long = u64::try_from(long).ok().filter(|long| *long > 0)?;
        Some(Self::Bytes(start, 0, long))
    }

    /// The same in bytes, as Google tells them.
    pub(crate) fn bytes(from: At, json: &serde_json::Value) -> Option<Self> {
        let (start, end) = indexes(json)?;
        Some(Self::Bytes(from, start, end))
    }
}

fn indexes(json: &serde_json::Value) -> Option<(u64, u64)> {
    let index = |name: &str| json.get(name).and_then(serde_json::Value::as_u64);
    let (start, end) = (index("start_index").unwrap_or(0), index("end_index")?);
    (start < end).then_some((start, end))
}

/// What was said and cited so far.
#[derive(Default)]
pub(super) struct Cites {
    said: String,
    characters: usize,
    /// Where the characters 0, [`EVERY`], … begin, in bytes.
    places: Vec<usize>,
    is_too_long: bool,
    random: RandomState,
    /// What was told already.
    known: HashSet<u64>,
    early: Vec<(String, String, Told)>,
}

impl Cites {
    pub(super) fn say(&mut self, text: &str) {
        if self.is_too_long || self.said.len() + text.len() > LONGEST_SAID {
            self.is_too_long = true;
            self.said = String::new();
            self.places = Vec::new();
            return;
        }
        for (at, _) in text.char_indices() {
            if self.characters.is_multiple_of(EVERY) {
                self.places.push(self.said.len() + at);
            }
            self.characters += 1;
        }
        self.said.push_str(text);
    }

    pub(super) fn now(&self) -> At {
        At {
            bytes: self.said.len(),
            characters: self.characters,
        }
    }

    /// Whether these words, in bytes from a place on, are what was said there.
    pub(super) fn is_said(&self, told: Told, words: &str) -> bool {
        let Told::Bytes(from, start, end) = told else {
            return false;
        };
        let place = |index: u64| from.bytes.checked_add(usize::try_from(index).ok()?);
        let range = || Some(place(start)?..place(end)?);
        range().and_then(|range| self.said.get(range)) == Some(words)
    }

    /// Where these words were said first.
    pub(super) fn find(&self, words: &str) -> Option<Told> {
        let at = u64::try_from(self.said.find(words)?).ok()?;
        let end = at + u64::try_from(words.len()).ok()?;
        Some(Told::Bytes(At::default(), at, end))
    }

    /// Whether this was not told yet, and for which words it is. Words that were not said yet are
    /// waited for.
    pub(super) fn add(
        &mut self,
        title: &str,
        target: &str,
        told: Option<Told>,
    ) -> Option<Option<CitedSpan>> {
        let early = told.filter(|told| self.is_beyond(*told));
        if let Some(told) = early
            && self.early.len() < MOST_EARLY
            && title.len() + target.len() <= LONGEST_EARLY
        {
            self.early.push((title.to_owned(), target.to_owned(), told));
        }
        let now = told.filter(|_| early.is_none());
        let span = now.and_then(|told| self.span(told));
        (self.is_new(title, target, None) | self.is_new(title, target, span)).then_some(span)
    }

    /// At the end: the citations of words that were still to come.
    pub(super) fn late(&mut self) -> Vec<(String, String, CitedSpan)> {
        let early = std::mem::take(&mut self.early);
        early
            .into_iter()
            .filter_map(|(title, target, told)| {
                let span = self.span(told)?;
                self.is_new(&title, &target, Some(span))
                    .then_some((title, target, span))
            })
            .collect()
    }

    /// Nothing more is told.
    pub(super) fn is_full(&self) -> bool {
        self.known.len() >= MOST_CITATIONS
    }

    fn is_new(&mut self, title: &str, target: &str, span: Option<CitedSpan>) -> bool {
        if self.is_full() {
            return false;
        }
        self.known
            .insert(self.random.hash_one((title, target, span)))
    }

    /// Whether it goes beyond what was said.
    fn is_beyond(&self, told: Told) -> bool {
        let (from, end, all) = match told {
            Told::Bytes(from, _, end) => (from.bytes, end, self.said.len()),
            Told::Characters(from, _, end) => (from.characters, end, self.characters),
        };
        usize::try_from(end).is_ok_and(|end| from.saturating_add(end) > all)
    }

    /// In bytes of the answer, cut to what was said; `None` where it begins behind that.
    fn span(&self, told: Told) -> Option<CitedSpan> {
        let place = |from: At, index: u64| match told {
            Told::Bytes(..) => {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                self.said
                    .floor_char_boundary(from.bytes.saturating_add(index))
            }
            Told::Characters(..) => {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                self.byte_of(from.characters.saturating_add(index))
            }
        };
        let (Told::Bytes(from, start, end) | Told::Characters(from, start, end)) = told;
        let (start, end) = (place(from, start), place(from, end));
        (start < end).then_some(CitedSpan {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
        })
    }

    fn byte_of(&self, character: usize) -> usize {
        let Some(known) = self.places.get(character / EVERY) else {
            return self.said.len();
        };
        let mut after = self.said[*known..].char_indices();
        after
            .nth(character % EVERY)
            .map_or(self.said.len(), |(at, _)| known + at)
    }
}
