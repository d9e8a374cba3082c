//! Private details as placeholders: `[EMAIL_1]` on the wire, the original here.
//!
//! Pure. The same text gets the same placeholder within a conversation, because numbers follow the
//! order in which things are first said, and a source is always told a conversation from its
//! beginning. Nothing about it is stored: what a message says is stored with the message alone.
//!
//! It finds what has a form (addresses, numbers with checksums, keys) and names from a list. It
//! does not understand text: what is described in other words leaves as it is.

mod find;
mod restore;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;

pub use restore::Restorer;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A key, a token or a password.
    Key,
    /// An e-mail address.
    Email,
    /// A bank account whose checksum holds.
    Iban,
    /// A card number whose checksum holds.
    Card,
    /// A telephone number.
    Phone,
    /// A name from the person's list.
    Name,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Key => "KEY",
            Self::Email => "EMAIL",
            Self::Iban => "IBAN",
            Self::Card => "CARD",
            Self::Phone => "PHONE",
            Self::Name => "NAME",
        }
    }
}

/// One thing that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// What it is.
    pub kind: Kind,
    /// What leaves.
    pub placeholder: String,
    /// What stays.
    pub original: String,
}

/// Replaces, and remembers by what.
pub struct Redactor {
    names: find::Names,
    /// Placeholders somebody wrote by hand: they mean themselves.
    taken: HashSet<String>,
    next: HashMap<Kind, u32>,
    by_original: HashMap<(Kind, String), usize>,
    replaced: Vec<Replaced>,
}

impl Redactor {
    /// For a conversation whose texts are given, so that a placeholder somebody typed is not used
    /// for something else.
    pub fn new<'t>(names: &[String], texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self {
            names: find::Names::new(names),
            taken: texts.into_iter().flat_map(find::literals).collect(),
            next: HashMap::new(),
            by_original: HashMap::new(),
            replaced: Vec::new(),
        }
    }

    /// The text as it leaves.
    pub fn redact(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (range, kind) in find::spans(text, &self.names) {
            out.push_str(&text[end..range.start]);
            out.push_str(&self.placeholder(kind, &text[range.clone()]));
            end = range.end;
        }
        out.push_str(&text[end..]);
        out
    }

    /// Everything that was replaced so far, in the order it was first said.
    #[must_use]
    pub fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }

    /// What turns an answer back.
    #[must_use]
    pub fn restorer(&self) -> Restorer {
        Restorer::new(&self.replaced)
    }

    fn placeholder(&mut self, kind: Kind, original: &str) -> String {
        let key = (kind, find::same(kind, original));
        if let Some(known) = self
            .by_original
            .get(&key)
            .and_then(|at| self.replaced.get(*at))
        {
            return known.placeholder.clone();
        }
        let placeholder = loop {
            let number = self.next.entry(kind).or_default();
            *number += 1;
            let placeholder = format!("[{}_{number}]", kind.word());
            if !self.taken.contains(&placeholder) {
                break placeholder;
            }
        };
        self.by_original.insert(key, self.replaced.len());
        self.replaced.push(Replaced {
            kind,
            placeholder: placeholder.clone(),
            original: original.to_owned(),
        });
        placeholder
    }
}

/// Where private details are in a text.
#[must_use]
pub fn find_in(text: &str, names: &[String]) -> Vec<(Range<usize>, Kind)> {
    find::spans(text, &find::Names::new(names))
}

#[cfg(test)]
mod tests;
