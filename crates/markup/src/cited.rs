//! Citations: a text with the marks of its sources.

use unicode_segmentation::GraphemeCursor;

use crate::block::Document;
use crate::parse::{Context, Mark, parse_marked};
use crate::{cut, link, normalized};

/// More marks than this nobody reads.
const MOST_MARKS: usize = 2_000;

/// A stretch of a text that a source is cited for, in bytes of the text as it came. What does not
/// fit the text is moved to where it does.
#[derive(Debug, Clone, Copy)]
pub struct Cited<'a> {
    /// Where it begins.
    pub start: usize,
    /// Where it ends: the mark stands here, or at the nearest end where one can.
    pub end: usize,
    /// What the mark shows.
    pub number: u32,
    /// What the source is at. Within the stretch a link to the same address needs no mark.
    pub address: &'a str,
}

/// Parses a whole text, with a [`crate::Inline::CitationRef`] for each citation. What the text
/// says is the same as without them, whatever they are.
#[must_use]
pub fn parse_cited(markdown: &str, cited: &[Cited<'_>]) -> Document {
    let source = normalized(markdown);
    let marks = Lines::of(markdown, &source).marks(cited);
    Document {
        blocks: crate::parse_normalized(&source, marks),
    }
}

/// Where in a text, in its bytes, each mark can be written without changing what the text says, and
/// its number, in reading order. A link to a source has none, and neither has what leads nowhere in
/// the text.
#[must_use]
pub fn mark_places(markdown: &str, cited: &[Cited<'_>]) -> Vec<(usize, u32)> {
    let source = normalized(markdown);
    let lines = Lines::of(markdown, &source);
    let marks = lines.marks(cited);
    if marks.is_empty() {
        return Vec::new();
    }
    let mut placed = parse_marked(cut(&source).0, &Context::default(), None, marks).placed;
    placed.sort_unstable();
    lines.as_they_came(placed)
}

/// A text and what was left out of it before it is parsed.
struct Lines<'s> {
    source: &'s str,
    /// The byte order mark.
    before: usize,
    /// The carriage returns before a line feed, in bytes of the text without its beginning.
    returns: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn of(markdown: &str, source: &'s str) -> Self {
        let text = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
        Self {
            source,
            before: markdown.len() - text.len(),
            returns: match text.len() == source.len() {
                true => Vec::new(),
                false => text.match_indices("\r\n").map(|(at, _)| at).collect(),
            },
        }
    }

    fn marks(&self, cited: &[Cited<'_>]) -> Vec<Mark> {
        let mut urls: Vec<(&str, Option<String>)> = Vec::new();
        let mut url_of = |address| match urls.iter().find(|(known, _)| *known == address) {
            Some((_, url)) => url.clone(),
            None => {
                let url = link::resolve(address).map(|target| target.url);
                urls.push((address, url.clone()));
                url
            }
        };
        let marks = cited.iter().take(MOST_MARKS);
        marks
            .map(|it| {
                let end = self.as_parsed(it.end);
                // Behind the words, not behind the space after them.
                let at = whole(self.source, self.source[..end].trim_end().len());
                Mark {
                    start: self.as_parsed(it.start).min(at),
                    at,
                    number: it.number,
                    url: url_of(it.address),
                }
            })
            .collect()
    }

    fn as_parsed(&self, place: usize) -> usize {
        let place = place.saturating_sub(self.before);
        let gone = self.returns.partition_point(|at| *at < place);
        self.source.floor_char_boundary(place - gone)
    }

    /// The places of marks in order, each with its number.
    fn as_they_came(&self, mut placed: Vec<(usize, u32)>) -> Vec<(usize, u32)> {
        let mut gone = 0;
        for (place, _) in &mut placed {
            while self.returns.get(gone).is_some_and(|at| at - gone < *place) {
                gone += 1;
            }
            *place += self.before + gone;
        }
        placed
    }
}

/// The place, or the end of the visible character it is within.
fn whole(source: &str, place: usize) -> usize {
    let mut cursor = GraphemeCursor::new(place, source.len(), true);
    match cursor.is_boundary(source, 0) {
        Ok(false) => cursor.next_boundary(source, 0).ok().flatten(),
        _ => Some(place),
    }
    .unwrap_or(place)
}
