//! Marks of citations: they come into the tree while it is built, at the places of the source the
//! parser tells, so that no text can look like one and none changes what the text means.

use pulldown_cmark::Tag;

use super::{Builder, Frame, Kind};
use crate::block::{Block, Inline};
use crate::link::LinkTarget;
use crate::scrub::Scrubber;

/// A mark that is to be placed.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Where what it is for begins, in bytes of the source.
    pub(crate) start: usize,
    /// Where it stands, in bytes of the source.
    pub(crate) at: usize,
    /// What it shows.
    pub(crate) number: u32,
    /// What it leads to, as links do.
    pub(crate) url: Option<String>,
}

/// A mark within the running text that is not yet made into inlines.
#[derive(Debug)]
struct Within {
    /// Where, in bytes of that text.
    offset: usize,
    /// Where in the source.
    place: usize,
    mark: Mark,
}

/// Marks on their way into the tree.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Sorted by place, the next one last.
    waiting: Vec<Mark>,
    within: Vec<Within>,
    /// Where the last words ended that a mark may follow, in bytes of the source.
    end: usize,
    /// Where each mark came to stand, in bytes of the source, and its number.
    placed: Vec<(usize, u32)>,
    has_any: bool,
}

impl Marks {
    pub(super) fn new(mut marks: Vec<Mark>) -> Self {
        marks.sort_by_key(|mark| std::cmp::Reverse((mark.at, mark.number)));
        marks.dedup_by_key(|mark| (mark.at, mark.number));
        Self {
            has_any: !marks.is_empty(),
            waiting: marks,
            ..Self::default()
        }
    }

    pub(super) fn has_any(&self) -> bool {
        self.has_any
    }

    pub(super) fn into_placed(self) -> Vec<(usize, u32)> {
        self.placed
    }

    /// The next mark that stands there or before.
    fn next(&mut self, upto: usize) -> Option<Mark> {
        self.waiting.pop_if(|mark| mark.at <= upto)
    }

    /// The mark after all: it was placed at this place of the source.
    fn inline(&mut self, mark: &Mark, place: usize) -> Inline {
        self.placed.push((place, mark.number));
        Inline::CitationRef {
            number: mark.number,
        }
    }

    /// Words up to here are in the tree.
    pub(super) fn ended(&mut self, end: usize) {
        self.end = self.end.max(end);
    }

    /// A link to what a mark leads to stands where the mark would.
    pub(super) fn linked(&mut self, target: Option<&LinkTarget>, start: usize, end: usize) {
        let Some(target) = target.filter(|_| !self.waiting.is_empty()) else {
            return;
        };
        self.waiting.retain(|mark| {
            mark.start >= end || mark.at < start || mark.url.as_deref() != Some(&target.url)
        });
    }
}

impl Builder<'_, '_> {
    /// True where an inline may follow what is there.
    pub(super) fn takes_marks(&self) -> bool {
        let has_text = !self.text.is_empty();
        self.in_link == 0
            && self.frames.last().is_some_and(|top| match top.kind {
                Kind::Paragraph
                | Kind::Heading(_)
                | Kind::Cell
                | Kind::Strong
                | Kind::Emphasis
                | Kind::Strikethrough => true,
                Kind::Root | Kind::Item { .. } | Kind::Quote | Kind::Footnote { .. } => {
                    has_text || !top.inlines.is_empty()
                }
                _ => false,
            })
    }

    /// Places what stands up to `upto` behind what is there.
    pub(super) fn marks_due(&mut self, upto: usize) {
        if !self.takes_marks() {
            return;
        }
        while let Some(mark) = self.marks.next(upto) {
            let (offset, place) = (self.text.len(), self.marks.end);
            self.marks.within.push(Within {
                offset,
                place,
                mark,
            });
        }
    }

    /// Places what stands in a stretch of running text, which is about to be added.
    pub(super) fn marks_within(&mut self, text: &str, start: usize, end: usize) {
        if self.in_link > 0 {
            return;
        }
        self.marks_due(start);
        let verbatim = text.len() == end - start;
        while let Some(mark) = self.marks.next(end) {
            let into = match mark.at.checked_sub(start) {
                None => 0,
                Some(into) if verbatim => text.floor_char_boundary(into),
                Some(0) => 0,
                Some(_) => text.len(),
            };
            let (offset, place) = (self.text.len() + into, mark.at.clamp(start, end));
            self.marks.within.push(Within {
                offset,
                place,
                mark,
            });
        }
        self.marks.ended(end);
    }

    /// Adds marks that are in no words behind those before them.
    pub(super) fn marks_behind(&mut self, marks: Vec<Inline>) {
        if let Some(words) = self.frames.iter_mut().rev().find_map(words_of_frame) {
            words.extend(marks);
        }
    }

    /// Something opens: what stands before a block follows the words before it, what stands
    /// before an inline comes before it.
    pub(super) fn marks_before(&mut self, tag: &Tag<'_>, start: usize) {
        match tag {
            Tag::Strong
            | Tag::Emphasis
            | Tag::Strikethrough
            | Tag::Link { .. }
            | Tag::Image { .. } => self.marks_due(start),
            _ if self.text.is_empty() => self.marks_back(start),
            _ => self.marks_due(start),
        }
    }

    /// A container closes, all its words are in the tree.
    pub(super) fn marks_closing(&mut self, end: usize) {
        let holds_blocks = self.frames.last().is_some_and(|top| {
            matches!(
                top.kind,
                Kind::Item { .. } | Kind::Quote | Kind::Footnote { .. } | Kind::Row { .. }
            )
        });
        if holds_blocks {
            self.marks_back(end);
        }
    }

    /// A node closed and is in the tree.
    pub(super) fn marks_closed(&mut self, end: usize) {
        if self.takes_marks() {
            self.marks.ended(end);
            self.marks_due(end);
        } else if self.in_link == 0 {
            self.marks_back(end);
        }
    }

    /// The marks within the text that is made into inlines. Those of a bare link are told apart by
    /// `linked`.
    pub(super) fn marks_of_text(&mut self) -> TextMarks {
        let mut all = std::mem::take(&mut self.marks.within);
        all.reverse();
        TextMarks(all)
    }

    /// Adds text with the marks in it; `from` is where it begins in the running text.
    pub(super) fn push_marked(&mut self, text: &str, from: usize, marks: &mut TextMarks) {
        // What a character may be depends on the one before it, also across a mark.
        let mut scrubber = Scrubber::default();
        let mut done = 0;
        while let Some(within) = marks.0.pop_if(|it| it.offset <= from + text.len()) {
            let upto = text.floor_char_boundary(within.offset.saturating_sub(from).max(done));
            self.push_piece(&text[done..upto], &mut scrubber);
            done = upto;
            let mark = self.marks.inline(&within.mark, within.place);
            self.push_inline(mark);
        }
        self.push_piece(&text[done..], &mut scrubber);
    }

    fn push_piece(&mut self, piece: &str, scrubber: &mut Scrubber) {
        if !piece.is_empty() {
            let mut text = String::with_capacity(piece.len());
            scrubber.push(piece, &mut text);
            self.push_inline(Inline::Text { text });
        }
    }

    /// Places what stands in a block that holds no words, or between blocks: behind the words
    /// before it. Without such words it waits for the next.
    pub(super) fn marks_back(&mut self, upto: usize) {
        if self.marks.waiting.last().is_none_or(|mark| mark.at > upto) {
            return;
        }
        let place = self.marks.end;
        let Some(words) = self.frames.iter_mut().rev().find_map(words_of_frame) else {
            return;
        };
        while let Some(mark) = self.marks.next(upto) {
            words.push(self.marks.inline(&mark, place));
        }
    }
}

/// Marks of a text, the next one last.
pub(super) struct TextMarks(Vec<Within>);

impl TextMarks {
    /// A bare link stands in the text from `start` to `end`: marks within follow it, unless it
    /// leads where they do.
    pub(super) fn linked(&mut self, target: Option<&LinkTarget>, start: usize, end: usize) {
        let url = target.map(|target| target.url.as_str());
        self.0.retain(|it| {
            let begins = it.offset.saturating_sub(it.mark.at - it.mark.start);
            it.offset < start || begins >= end || url.is_none() || it.mark.url.as_deref() != url
        });
        for it in &mut self.0 {
            if it.offset > start && it.offset < end {
                it.place += end - it.offset;
                it.offset = end;
            }
        }
    }
}

/// The last inlines of an open container.
fn words_of_frame(frame: &mut Frame) -> Option<&mut Vec<Inline>> {
    if !frame.inlines.is_empty() && !frame.is_raw() {
        return Some(&mut frame.inlines);
    }
    if let Some(words) = words_of(&mut frame.blocks) {
        return Some(words);
    }
    match &mut frame.kind {
        Kind::List { items, .. } => items
            .iter_mut()
            .rev()
            .find_map(|item| words_of(&mut item.blocks)),
        Kind::Table { rows, header, .. } => last_cell(header, rows),
        Kind::Row { cells, .. } => cells.last_mut(),
        _ => None,
    }
}

/// The last inlines of a sequence of blocks.
pub(super) fn words_of(blocks: &mut [Block]) -> Option<&mut Vec<Inline>> {
    blocks.iter_mut().rev().find_map(|block| match block {
        Block::Paragraph { inlines } | Block::Heading { inlines, .. } => Some(inlines),
        Block::List { items, .. } => items
            .iter_mut()
            .rev()
            .find_map(|item| words_of(&mut item.blocks)),
        Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => words_of(blocks),
        Block::Table { header, rows, .. } => last_cell(header, rows),
        Block::CodeBlock { .. } | Block::Math { .. } | Block::Rule | Block::HtmlSource { .. } => {
            None
        }
    })
}

fn last_cell<'t>(
    header: &'t mut [Vec<Inline>],
    rows: &'t mut [Vec<Vec<Inline>>],
) -> Option<&'t mut Vec<Inline>> {
    match rows.last_mut().filter(|row| !row.is_empty()) {
        Some(row) => row.last_mut(),
        None => header.last_mut(),
    }
}

/// The inlines without marks.
pub(crate) fn unmarked(inlines: &[Inline]) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match (inline, out.last_mut()) {
            (Inline::CitationRef { .. }, _) => {}
            (Inline::Text { text }, Some(Inline::Text { text: last })) => last.push_str(text),
            _ => out.push(match inline.clone() {
                Inline::Strong { inlines } => Inline::Strong {
                    inlines: unmarked(&inlines),
                },
                Inline::Emphasis { inlines } => Inline::Emphasis {
                    inlines: unmarked(&inlines),
                },
                Inline::Strikethrough { inlines } => Inline::Strikethrough {
                    inlines: unmarked(&inlines),
                },
                other => other,
            }),
        }
    }
    out
}
