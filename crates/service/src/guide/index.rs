//! BM25 over the sections of the help, one index per language, built at the first question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Hit;
use super::terms::terms;
use crate::help::{self, HelpPage, HelpSection};

/// Below this share of the question's weight a section is no answer to it.
pub(super) const ENOUGH_COVERAGE: f32 = 0.34;

/// The usual constants of BM25 (Robertson and Zaragoza 2009, section 3.6).
const K1: f32 = 1.2;
const B: f32 = 0.6;

/// How much more a word counts where it stands.
const IN_TITLE: f32 = 1.5;
const IN_HEADING: f32 = 3.0;
const IN_QUESTION: f32 = 2.0;

/// How much a related word counts instead of the word itself.
const RELATED: f32 = 0.6;

struct Entry {
    page: &'static HelpPage,
    section: &'static HelpSection,
    weights: BTreeMap<String, f32>,
    /// The terms of each question it answers.
    questions: Vec<BTreeSet<String>>,
    length: f32,
}

/// The index of one language.
pub(super) struct Index {
    language: &'static str,
    entries: Vec<Entry>,
    /// In how many entries a term occurs.
    spread: BTreeMap<String, usize>,
    mean_length: f32,
}

/// The index of a language; English for what there is no help in.
pub(super) fn of(language: &str) -> &'static Index {
    static EN: LazyLock<Index> = LazyLock::new(|| Index::build("en"));
    static DE: LazyLock<Index> = LazyLock::new(|| Index::build("de"));
    if language == "de" { &DE } else { &EN }
}

impl Entry {
    /// How much a question is one of those the section answers: 1 if it has the same words, less
    /// with every word that only one of them has (Jaccard).
    fn likeness(&self, asked: &BTreeSet<String>) -> f32 {
        self.questions
            .iter()
            .map(|question| {
                let both = question.intersection(asked).count();
                let any = question.union(asked).count().max(1);
                count(both) / count(any)
            })
            .fold(0.0, f32::max)
    }
}

impl Index {
    fn build(language: &'static str) -> Self {
        let mut entries = Vec::new();
        for page in help::pages(language) {
            for section in &page.sections {
                let mut weights: BTreeMap<String, f32> = BTreeMap::new();
                let mut add = |text: &str, weight: f32| {
                    for term in terms(text, language) {
                        *weights.entry(term).or_default() += weight;
                    }
                };
                add(page.title, IN_TITLE);
                add(section.heading, IN_HEADING);
                for question in &section.questions {
                    add(question, IN_QUESTION);
                }
                add(section.markdown, 1.0);
                let length = weights.values().sum();
                entries.push(Entry {
                    page,
                    section,
                    weights,
                    questions: section
                        .questions
                        .iter()
                        .map(|question| terms(question, language).into_iter().collect())
                        .collect(),
                    length,
                });
            }
        }
        let mut spread: BTreeMap<String, usize> = BTreeMap::new();
        for term in entries.iter().flat_map(|entry| entry.weights.keys()) {
            *spread.entry(term.clone()).or_default() += 1;
        }
        let total: f32 = entries.iter().map(|entry| entry.length).sum();
        let mean_length = total / count(entries.len().max(1));
        Self {
            language,
            entries,
            spread,
            mean_length,
        }
    }

    pub(super) fn search(&'static self, question: &str, limit: usize) -> Vec<Hit> {
        let asked: BTreeSet<String> = terms(question, self.language).into_iter().collect();
        let wanted: Vec<Wanted> = asked.iter().map(|term| self.wanted(term)).collect();
        let all: f32 = wanted.iter().map(|it| it.rarity).sum();
        if all <= 0.0 {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = self
            .entries
            .iter()
            .filter_map(|entry| self.score(entry, &asked, &wanted, all))
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        hits
    }

    fn score(
        &self,
        entry: &'static Entry,
        asked: &BTreeSet<String>,
        wanted: &[Wanted],
        all: f32,
    ) -> Option<Hit> {
        let (mut score, mut covered) = (0.0_f32, 0.0_f32);
        for term in wanted {
            let best = term
                .forms
                .iter()
                .filter_map(|(form, factor)| {
                    let weight = entry.weights.get(form)?;
                    let norm = 1.0 - B + B * entry.length / self.mean_length;
                    Some((factor * weight * (K1 + 1.0) / (weight + K1 * norm), *factor))
                })
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((gain, factor)) = best {
                score += term.rarity * gain;
                covered += term.rarity * factor;
            }
        }
        let coverage = covered / all;
        (score > 0.0).then_some(Hit {
            page: entry.page,
            section: entry.section,
            // Two words of the question found once are worth more than one found twice, and a
            // question that the section was written for is worth more than its words.
            score: score * coverage.sqrt() * (1.0 + entry.likeness(asked)),
            coverage,
        })
    }

    /// A term of the question: itself if the help has it, otherwise words it is part of, words
    /// that are part of it (German compounds) and words one typing error away.
    fn wanted(&self, term: &str) -> Wanted {
        if let Some(spread) = self.spread.get(term) {
            return Wanted {
                forms: vec![(term.to_owned(), 1.0)],
                rarity: self.rarity(*spread),
            };
        }
        let related: Vec<&String> = self
            .spread
            .keys()
            .filter(|known| is_related(term, known))
            .collect();
        let spread = related
            .iter()
            .filter_map(|known| self.spread.get(*known))
            .min()
            .copied()
            .unwrap_or(0);
        Wanted {
            forms: related
                .into_iter()
                .map(|known| (known.clone(), RELATED))
                .collect(),
            rarity: self.rarity(spread),
        }
    }

    fn rarity(&self, spread: usize) -> f32 {
        let (n, df) = (count(self.entries.len()), count(spread));
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    }
}

/// A term of a question in the forms the help knows, each with how much it counts.
struct Wanted {
    forms: Vec<(String, f32)>,
    rarity: f32,
}

fn is_related(asked: &str, known: &str) -> bool {
    let (short, long) = if asked.len() < known.len() {
        (asked, known)
    } else {
        (known, asked)
    };
    let is_part = short.len() >= 5 && (long.starts_with(short) || long.ends_with(short));
    is_part || (short.len() >= 5 && one_edit_apart(short, long))
}

/// True if one letter is missing, added, wrong, or swapped with its neighbour.
fn one_edit_apart(short: &str, long: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (short.chars().collect(), long.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    match b.len().checked_sub(a.len()) {
        Some(0) => {
            let wrong = a.get(1..) == b.get(1..);
            let swapped = a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
            wrong || swapped
        }
        Some(1) => b.get(1..) == Some(a),
        _ => false,
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "there are a few hundred sections"
)]
fn count(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_typing_error_is_forgiven_and_two_are_not() {
        assert!(one_edit_apart("delet", "delte"), "swapped");
        assert!(one_edit_apart("encrpt", "encrypt"), "missing");
        assert!(one_edit_apart("ledgxr", "ledger"), "wrong");
        assert!(!one_edit_apart("legdxr", "ledger"));
        assert!(!one_edit_apart("", "ab"));
    }
}
