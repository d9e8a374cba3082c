//! Which pages of files an answer rests on: those its source cites by itself, and those it names.

use std::sync::LazyLock;

use fluxchat_model::{AssetId, CitedSpan, Part};
use regex::{Captures, Regex};

/// A file whose pages an answer may name: which, its name, its pages.
type Given = (AssetId, String, Vec<u32>);

const NUMBER: &str = r"(\d{1,6})(?:\s*(?:[-‐‑–—−]|bis|to)\s*(?:pp?\.|S\.)?\s*(\d{1,6}))?";

/// What comes between the name of a file and a page: the end of a quotation or emphasis, a comma,
/// and the word for a page.
static FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?:pp?\.?|pages?|S\.|Seiten?|slides?|Folien?|sheets?)";
    Regex::new(&[r#"(?i)^[*`_"'”“’»]*\s*,?\s*"#, words, r"\s*", NUMBER].concat()).ok()
});
/// Further pages of the same file.
static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let between = r"(?i)^\s*(?:,|;|&|and|und)+\s*(?:and\s|und\s)?\s*(?:pp?\.|S\.)?\s*";
    Regex::new(&[between, NUMBER].concat()).ok()
});

/// What a source cites, in the form of our own citations where it is a file of the question:
/// `documents` are those of the request in their order.
pub(crate) fn citation(title: String, target: String, documents: &[(AssetId, String)]) -> Part {
    match of_document(&target, documents) {
        Some(part) => part,
        None => Part::Citation {
            title,
            target,
            spans: Vec::new(),
        },
    }
}

fn of_document(target: &str, documents: &[(AssetId, String)]) -> Option<Part> {
    let place = target.strip_prefix("document:")?;
    let (index, page) = place.split_once("#page=").unwrap_or((place, "0"));
    let (id, name) = documents.get(index.parse::<usize>().ok()?)?;
    let page = page.parse().ok()?;
    let title = match page {
        0 => name.clone(),
        page => titled(name, page, page),
    };
    Some(of_page(*id, page, title, None))
}

/// Pages that an answer names as `[name, p. 12]`, of those that its source was given, in the order
/// in which it names them.
pub(crate) fn cited(answer: &str, given: &[Given]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, after) in named(answer, given) {
        let begins = answer.len() - after.len() - name.len();
        let (pages, end) = spans(after);
        let span = cited_span(begins, begins + name.len() + end);
        for (first, last) in pages {
            if let Some((id, page)) = given_page(given, name, first, last) {
                parts.push(of_page(id, page, titled(name, page, last), span));
            }
        }
    }
    parts
}

fn of_page(id: AssetId, page: u32, title: String, span: Option<CitedSpan>) -> Part {
    Part::Citation {
        title,
        target: format!("attachment:{id}#{page}"),
        spans: span.into_iter().collect(),
    }
}

fn cited_span(start: usize, end: usize) -> Option<CitedSpan> {
    Some(CitedSpan {
        start: u32::try_from(start).ok()?,
        end: u32::try_from(end).ok()?,
    })
}

fn titled(name: &str, first: u32, last: u32) -> String {
    if first == last {
        format!("{name}, p. {first}")
    } else {
        format!("{name}, p. {first}–{last}")
    }
}

/// The first page of a span that was given. Of files with one name, the latest counts.
fn given_page(given: &[Given], name: &str, first: u32, last: u32) -> Option<(AssetId, u32)> {
    let same = given.iter().rev().filter(|(_, of, _)| of == name);
    let pages = same.flat_map(|(id, _, pages)| pages.iter().map(|page| (*id, *page)));
    pages
        .filter(|(_, page)| (first..=last).contains(page))
        .min_by_key(|(_, page)| *page)
}

/// Where an answer names files, each with what follows. A name within a longer one is none.
fn named<'a>(answer: &'a str, given: &'a [Given]) -> Vec<(&'a str, &'a str)> {
    let mut names: Vec<&str> = given.iter().map(|(_, name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .flat_map(|name| answer.match_indices(name))
        .filter(|(at, _)| !answer[..*at].ends_with(is_of_a_name))
        .collect();
    found.sort_by_key(|(at, name)| (*at, std::cmp::Reverse(name.len())));
    let mut end = 0;
    found.retain(|(at, name)| {
        let is_apart = *at >= end;
        end = end.max(at + name.len());
        is_apart
    });
    found
        .into_iter()
        .map(|(at, name)| (name, &answer[at + name.len()..]))
        .collect()
}

fn is_of_a_name(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '.' | '-' | '_')
}

/// The pages that are named after the name of a file; several of them only in brackets, where a
/// number belongs to nothing else. Beside them, where the naming ends, in bytes.
fn spans(after: &str) -> (Vec<(u32, u32)>, usize) {
    let end = after.find([']', ')', '\n']).unwrap_or(after.len());
    let is_in_brackets = after[end..].starts_with([']', ')']);
    let mut rest = &after[..end];
    let mut spans = Vec::new();
    let mut form = &FIRST;
    let mut named = 0;
    while let Some(found) = form.as_ref().and_then(|form| form.captures(rest)) {
        spans.extend(span(&found));
        named += found[0].len();
        if !is_in_brackets {
            break;
        }
        rest = &rest[found[0].len()..];
        form = &NEXT;
    }
    (spans, if is_in_brackets { end + 1 } else { named })
}

/// The first and the last page; one that is smaller than the first is none.
fn span(found: &Captures<'_>) -> Option<(u32, u32)> {
    let number = |at: usize| found.get(at)?.as_str().parse::<u32>().ok();
    let first = number(1)?;
    let last = number(2).filter(|last| *last > first);
    Some((first, last.unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::Timestamp;

    fn id(byte: u8) -> AssetId {
        AssetId::new(Timestamp(1), [byte; 10])
    }

    fn titles(parts: Vec<Part>) -> Vec<String> {
        parts
            .into_iter()
            .map(|part| match part {
                Part::Citation { title, .. } => title,
                _ => String::new(),
            })
            .collect()
    }

    fn of_manual(answer: &str) -> Vec<String> {
        let given = [(id(7), "Manual.pdf".to_owned(), (1..=40).collect())];
        titles(cited(answer, &given))
    }

    #[test]
    fn a_page_is_cited_when_it_was_given_and_is_named() {
        let given = [(id(7), "Manual.pdf".to_owned(), vec![12, 31, 120])];
        let answer = "It is blue [Manual.pdf, p. 120]. Not [Manual.pdf, p. 4].";
        assert_eq!(
            titles(cited(answer, &given)),
            ["Manual.pdf, p. 120"],
            "neither page 12 nor page 4"
        );
    }

    #[test]
    fn a_name_within_another_is_not_cited() {
        let given = [
            (id(1), "a.pdf".to_owned(), vec![3]),
            (id(2), "data.pdf".to_owned(), vec![3]),
            (id(3), "my a.pdf".to_owned(), vec![3]),
        ];
        let only = |answer: &str| titles(cited(answer, &given));
        assert_eq!(only("[data.pdf, p. 3]"), ["data.pdf, p. 3"]);
        assert_eq!(only("[my a.pdf, p. 3]"), ["my a.pdf, p. 3"]);
        assert_eq!(only("[a.pdf, p. 3]"), ["a.pdf, p. 3"]);
        assert_eq!(only("[beta-a.pdf, p. 3]"), [] as [&str; 0]);
        assert_eq!(
            only("[data.pdf, p. 3; a.pdf, p. 3]"),
            ["data.pdf, p. 3", "a.pdf, p. 3"]
        );
    }

    #[test]
    fn pages_are_named_in_many_ways() {
        for mark in [
            "[Manual.pdf, p. 3]",
            "[Manual.pdf, p.3]",
            "(**Manual.pdf**, page 3)",
            "[Manual.pdf, S. 3]",
            "“Manual.pdf”, Seite 3",
            "[Manual.pdf p. 3]",
        ] {
            assert_eq!(of_manual(mark), ["Manual.pdf, p. 3"], "{mark}");
        }
        for mark in [
            "[Manual.pdf, pp. 3–5]",
            "[Manual.pdf, p. 3-5]",
            "[Manual.pdf, S. 3 – 5]",
            "[Manual.pdf, pages 3 to 5]",
        ] {
            assert_eq!(of_manual(mark), ["Manual.pdf, p. 3–5"], "{mark}");
        }
        assert_eq!(
            of_manual("[Manual.pdf, pp. 3, 7 and 9–10]"),
            [
                "Manual.pdf, p. 3",
                "Manual.pdf, p. 7",
                "Manual.pdf, p. 9–10"
            ]
        );
        assert_eq!(
            of_manual("On Manual.pdf, p. 3, 5 screws are shown."),
            ["Manual.pdf, p. 3"],
            "outside of brackets a number may be of anything"
        );
        assert_eq!(of_manual("[Manual.pdf, p. 5-3]"), ["Manual.pdf, p. 5"]);
        assert_eq!(
            of_manual("[Manual.pdf, pp. 39–50]"),
            ["Manual.pdf, p. 39–50"]
        );
        assert_eq!(of_manual("Manual.pdf costs 3 euros"), [] as [&str; 0]);
        assert_eq!(of_manual("[Manual.pdf, p. 99999999999]"), [] as [&str; 0]);
    }

    #[test]
    fn the_first_page_of_a_span_that_was_given_is_where_it_leads() {
        let given = [(id(7), "Manual.pdf".to_owned(), vec![4, 5])];
        let parts = cited("[Manual.pdf, pp. 3–6]", &given);
        let target = format!("attachment:{}#4", id(7));
        assert_eq!(
            parts,
            [Part::Citation {
                title: "Manual.pdf, p. 4–6".to_owned(),
                target,
                spans: vec![CitedSpan { start: 1, end: 23 }],
            }]
        );
    }

    #[test]
    fn a_document_of_the_request_is_the_file_it_was() {
        let documents = [(id(1), "a.pdf".to_owned()), (id(2), "b.pdf".to_owned())];
        let of = |target: &str| citation("told".to_owned(), target.to_owned(), &documents);
        let part = |title: &str, target: String| Part::Citation {
            title: title.to_owned(),
            target,
            spans: Vec::new(),
        };
        assert_eq!(
            of("document:1#page=7"),
            part("b.pdf, p. 7", format!("attachment:{}#7", id(2)))
        );
        assert_eq!(
            of("document:0"),
            part("a.pdf", format!("attachment:{}#0", id(1)))
        );
        for other in ["document:2#page=1", "https://example.org/", "document:x"] {
            assert_eq!(of(other), part("told", other.to_owned()));
        }
    }
}
