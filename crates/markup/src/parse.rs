//! Builds the tree from the events of the Markdown parser.
//!
//! The parser is `pulldown-cmark`: it gives byte ranges (an open tail can be parsed again
//! from where a block began), builds no tree of its own, and is hardened against input
//! made to be slow. `comrak` was looked at as well: it has bare links built in, but gives
//! line-based positions only and moves footnotes, which an incremental parse cannot use.

mod context;
mod marks;
mod shape;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag};

use crate::autolink;
use crate::block::{Alignment, Block, Inline, LinkKind, ListItem, TableCell, TableRow};
use crate::diff::json_len;
use crate::link::{LinkTarget, resolve};
use crate::math::{self, Covered, Formula};
use crate::scrub::{scrub, scrub_short};

pub(crate) use context::Context;
use context::{Footnotes, label_key};
pub(crate) use marks::{Mark, unmarked};
use marks::{Marks, words_of};
use shape::{alignment, formula_inline, is_closed, link, paragraph_blocks};
pub(crate) use shape::{code_lines, language_of};

/// Deeper nesting is flattened: its text stays.
pub(crate) const MAX_DEPTH: usize = 64;
/// Wider tables are shown as their source.
const MAX_COLUMNS: usize = 100;
/// Bigger header rows too, as JSON: the header of a table is never split.
const MAX_HEADER_JSON: usize = 4_000;
const MAX_LABEL: usize = 80;
const MAX_ALT: usize = 400;

/// A block of the source and the tree blocks made of it.
#[derive(Debug)]
pub(crate) struct SourceBlock {
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    /// Its first block in [`Parsed::blocks`].
    pub(crate) first: usize,
    /// For a list: where its items begin.
    pub(crate) items: Vec<usize>,
    /// True for a fenced code block.
    pub(crate) fenced: bool,
}

/// A parsed piece of source.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) blocks: Vec<Block>,
    pub(crate) sources: Vec<SourceBlock>,
    /// Link definitions: where they stand, label, destination.
    pub(crate) definitions: Vec<(usize, String, String)>,
    /// See [`Covered::open`].
    pub(crate) open_formula: Option<usize>,
    /// The target that was asked for.
    pub(crate) wanted: Option<LinkTarget>,
    /// Where marks came to stand, in bytes of the source, and their numbers.
    pub(crate) placed: Vec<(usize, u32)>,
}

/// Parses `source`, which has line feeds only. `wanted` is the id of a link to resolve.
pub(crate) fn parse_source(source: &str, context: &Context, wanted: Option<u32>) -> Parsed {
    parse_marked(source, context, wanted, Vec::new())
}

/// The same with marks in it, which change nothing else.
pub(crate) fn parse_marked(
    source: &str,
    context: &Context,
    wanted: Option<u32>,
    marks: Vec<Mark>,
) -> Parsed {
    let covered = math::cover(source);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    let text: &str = &covered.text;
    let known = |link: BrokenLink<'_>| {
        let destination = context.definitions.get(&label_key(&link.reference))?;
        Some((CowStr::from(destination.clone()), CowStr::from("")))
    };
    let events =
        Parser::new_with_broken_link_callback(text, options, Some(known)).into_offset_iter();
    let definitions = events
        .reference_definitions()
        .iter()
        .map(|(label, def)| (def.span.start, label_key(label), def.dest.to_string()))
        .collect();
    let mut builder = Builder {
        source,
        covered: &covered,
        formula: 0,
        frames: vec![Frame::new(Kind::Root, 0)],
        overflow: 0,
        text: String::new(),
        in_link: 0,
        next_link: context.next_link,
        footnotes: Footnotes {
            known: &context.footnotes,
            new: HashMap::new(),
        },
        wanted,
        marks: Marks::new(marks),
        parsed: Parsed::default(),
    };
    for (event, range) in events {
        builder.event(event, range);
    }
    builder.flush_text();
    builder.marks_back(usize::MAX);
    let Builder {
        mut frames,
        mut parsed,
        mut footnotes,
        marks,
        ..
    } = builder;
    if let Some(root) = frames.drain(..).next() {
        parsed.blocks = root.blocks;
    }
    for block in &mut parsed.blocks {
        footnotes.number_definitions(block);
    }
    parsed.definitions = definitions;
    parsed.placed = marks.into_placed();
    parsed.open_formula = covered.open;
    parsed
}

enum Kind {
    Root,
    Paragraph,
    Heading(u32),
    Code {
        language: Option<String>,
        fenced: bool,
    },
    Html,
    List {
        start: Option<u32>,
        loose: bool,
        items: Vec<ListItem>,
    },
    Item {
        task: Option<bool>,
    },
    Quote,
    Footnote {
        label: String,
    },
    Table {
        alignments: Vec<Alignment>,
        header: TableRow,
        rows: Vec<TableRow>,
    },
    Row {
        header: bool,
        cells: Vec<TableCell>,
    },
    Cell,
    Strong,
    Emphasis,
    Strikethrough,
    Link {
        id: u32,
        target: Option<LinkTarget>,
    },
    Image {
        id: u32,
        host: String,
    },
}

struct Frame {
    kind: Kind,
    start: usize,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    /// Raw text of code, HTML and image descriptions.
    raw: String,
}

impl Frame {
    fn new(kind: Kind, start: usize) -> Self {
        Self {
            kind,
            start,
            blocks: Vec::new(),
            inlines: Vec::new(),
            raw: String::new(),
        }
    }

    fn is_raw(&self) -> bool {
        matches!(
            self.kind,
            Kind::Code { .. } | Kind::Html | Kind::Image { .. }
        )
    }
}

struct Builder<'s, 'c> {
    source: &'s str,
    covered: &'s Covered<'s>,
    /// The next formula to meet.
    formula: usize,
    frames: Vec<Frame>,
    /// Open containers that were flattened away.
    overflow: usize,
    /// Running text not yet made into inlines.
    text: String,
    in_link: usize,
    next_link: u32,
    footnotes: Footnotes<'c>,
    wanted: Option<u32>,
    marks: Marks,
    parsed: Parsed,
}

impl Builder<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let is_leaf = !matches!(event, Event::Start(_) | Event::End(_) | Event::Text(_));
        let is_break = matches!(event, Event::SoftBreak | Event::HardBreak);
        let end = range.end;
        if is_leaf {
            // A mark at the end of a line stands before its break.
            self.marks_due(if is_break { end } else { range.start });
        }
        match event {
            Event::Start(tag) => self.open(tag, range),
            Event::End(_) => self.close(range.end),
            Event::Text(text) => self.running_text(&text, range),
            Event::Code(text) => {
                let text = self.uncovered(&text, &range);
                self.leaf(|_| Inline::Code { text: scrub(&text) }, &text);
            }
            Event::InlineMath(tex) => self.dollar_math(&tex, range, false),
            Event::DisplayMath(tex) => self.dollar_math(&tex, range, true),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, range),
            Event::FootnoteReference(label) => {
                let number = self.footnotes.number(&label);
                let label = scrub_short(&label, MAX_LABEL);
                let shown = format!("[^{label}]");
                self.leaf(|_| Inline::FootnoteRef { label, number }, &shown);
            }
            Event::SoftBreak => self.leaf(|_| Inline::SoftBreak, " "),
            Event::HardBreak => self.leaf(|_| Inline::HardBreak, " "),
            Event::Rule => {
                self.note_source(&range, false);
                self.push_block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                // Of a loose item the marker comes inside its first paragraph.
                let item = self
                    .frames
                    .iter_mut()
                    .rev()
                    .take(2)
                    .find_map(|frame| match &mut frame.kind {
                        Kind::Item { task } => Some(task),
                        _ => None,
                    });
                if self.overflow == 0
                    && let Some(task) = item
                {
                    *task = Some(done);
                }
            }
        }
        if is_leaf && !is_break && self.takes_marks() {
            self.marks.ended(end);
            self.marks_due(end);
        }
    }

    /// Remembers where a block at the top begins.
    fn note_source(&mut self, range: &Range<usize>, fenced: bool) {
        if let [root] = &self.frames[..]
            && self.overflow == 0
        {
            self.parsed.sources.push(SourceBlock {
                start: range.start,
                first: root.blocks.len(),
                items: Vec::new(),
                fenced,
            });
        }
    }

    fn open(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let fenced = matches!(&tag, Tag::CodeBlock(CodeBlockKind::Fenced(_)));
        self.note_source(&range, fenced);
        self.marks_before(&tag, range.start);
        if self.overflow > 0 || self.frames.last().is_some_and(Frame::is_raw) {
            self.overflow += 1;
            return;
        }
        // The parts of lists and tables never overflow: their owners leave room for them.
        let structural = matches!(
            tag,
            Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell
        );
        if self.frames.len() > MAX_DEPTH && !structural {
            self.overflow += 1;
            self.flush_text();
            if let Some(top) = self.frames.last_mut()
                && !top.inlines.is_empty()
            {
                top.inlines.push(Inline::SoftBreak);
            }
            return;
        }
        self.flush_text();
        let kind = match tag {
            Tag::Paragraph => {
                let above = self.frames.len().checked_sub(2);
                if let Some(Kind::Item { .. }) = self.frames.last().map(|f| &f.kind)
                    && let Some(Kind::List { loose, .. }) = above
                        .and_then(|i| self.frames.get_mut(i))
                        .map(|f| &mut f.kind)
                {
                    *loose = true;
                }
                Kind::Paragraph
            }
            Tag::Heading { level, .. } => Kind::Heading(level as u32),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code {
                language: None,
                fenced: false,
            },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code {
                language: language_of(&info),
                fenced: true,
            },
            Tag::HtmlBlock => Kind::Html,
            Tag::List(start) => Kind::List {
                start: start.map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
                loose: false,
                items: Vec::new(),
            },
            Tag::Item => {
                if self.frames.len() == 2
                    && let Some(source) = self.parsed.sources.last_mut()
                {
                    source.items.push(range.start);
                }
                Kind::Item { task: None }
            }
            Tag::FootnoteDefinition(label) => Kind::Footnote {
                label: label.to_string(),
            },
            Tag::Table(alignments) => Kind::Table {
                alignments: alignments.iter().map(|a| alignment(*a)).collect(),
                header: Vec::new(),
                rows: Vec::new(),
            },
            Tag::TableHead => Kind::Row {
                header: true,
                cells: Vec::new(),
            },
            Tag::TableRow => Kind::Row {
                header: false,
                cells: Vec::new(),
            },
            Tag::TableCell => Kind::Cell,
            Tag::Strong => Kind::Strong,
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strikethrough => Kind::Strikethrough,
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                self.in_link += 1;
                let (id, target) = self.target(&dest_url, link_type, &range);
                Kind::Link { id, target }
            }
            Tag::Image {
                link_type,
                dest_url,
                ..
            } => {
                let (id, target) = self.target(&dest_url, link_type, &range);
                let host = target
                    .filter(|t| matches!(t.kind, LinkKind::Https | LinkKind::Http))
                    .map_or_else(String::new, |t| t.host);
                Kind::Image { id, host }
            }
            // Not enabled: what they hold is kept as text of what is around them.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {
                self.overflow += 1;
                return;
            }
        };
        self.frames.push(Frame::new(kind, range.start));
    }

    /// Gives a link or image its id and judges its destination.
    fn target(
        &mut self,
        destination: &str,
        link_type: LinkType,
        range: &Range<usize>,
    ) -> (u32, Option<LinkTarget>) {
        let id = self.next_link;
        self.next_link = self.next_link.saturating_add(1);
        let is_mail = link_type == LinkType::Email
            && !destination
                .get(..7)
                .is_some_and(|p| p.eq_ignore_ascii_case("mailto:"));
        let target = if is_mail {
            resolve(&format!("mailto:{destination}"))
        } else if destination.contains(",,,") && self.covers(range) {
            // A formula was taken for one inside an address: nothing to be opened.
            None
        } else {
            resolve(destination)
        };
        if self.wanted == Some(id) {
            self.parsed.wanted.clone_from(&target);
        }
        (id, target)
    }

    fn close(&mut self, end: usize) {
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        self.marks_due(match self.frames.last().map(|top| &top.kind) {
            // What stands behind the last words of these stands behind them.
            Some(Kind::Strong | Kind::Emphasis | Kind::Strikethrough) => 0,
            _ => end,
        });
        self.flush_text();
        if self.frames.len() < 2 {
            return;
        }
        self.marks_closing(end);
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if matches!(
            frame.kind,
            Kind::Item { .. } | Kind::Quote | Kind::Footnote { .. }
        ) {
            wrap_loose(&mut frame);
        }
        let Frame {
            kind,
            start,
            blocks,
            inlines,
            raw,
        } = frame;
        match kind {
            Kind::Root => {}
            Kind::Paragraph => {
                let (blocks, marks) = paragraph_blocks(inlines);
                self.marks_behind(marks);
                for block in blocks {
                    self.push_block(block);
                }
            }
            Kind::Heading(level) => self.push_block(Block::Heading { level, inlines }),
            Kind::Code { language, fenced } => {
                let closed = !fenced || is_closed(self.source.get(start..end).unwrap_or(""));
                self.push_block(Block::CodeBlock {
                    language,
                    lines: code_lines(&raw),
                    closed,
                });
            }
            Kind::Html => self.push_block(Block::HtmlSource {
                text: scrub(raw.trim_end_matches('\n')),
            }),
            Kind::List {
                start,
                loose,
                items,
            } => self.push_block(Block::List {
                ordered_start: start,
                tight: !loose,
                items,
            }),
            Kind::Item { task } => {
                if let Some(Kind::List { items, .. }) = self.frames.last_mut().map(|f| &mut f.kind)
                {
                    items.push(ListItem { task, blocks });
                }
            }
            Kind::Quote => self.push_block(Block::Quote { blocks }),
            Kind::Footnote { label } => self.push_block(Block::FootnoteDefinition {
                label: scrub_short(&label, MAX_LABEL),
                number: 0,
                blocks,
            }),
            Kind::Table {
                alignments,
                header,
                rows,
            } => self.table(alignments, header, rows, start..end),
            Kind::Row {
                header: is_header,
                cells,
            } => {
                if let Some(Kind::Table { header, rows, .. }) =
                    self.frames.last_mut().map(|f| &mut f.kind)
                {
                    if is_header {
                        *header = cells;
                    } else {
                        rows.push(cells);
                    }
                }
            }
            Kind::Cell => {
                if let Some(Kind::Row { cells, .. }) = self.frames.last_mut().map(|f| &mut f.kind) {
                    cells.push(inlines);
                }
            }
            Kind::Strong => self.push_inline(Inline::Strong { inlines }),
            Kind::Emphasis => self.push_inline(Inline::Emphasis { inlines }),
            Kind::Strikethrough => self.push_inline(Inline::Strikethrough { inlines }),
            Kind::Link { id, target } => {
                self.in_link = self.in_link.saturating_sub(1);
                self.marks.linked(target.as_ref(), start, end);
                self.push_inline(link(id, target, inlines));
            }
            Kind::Image { id, host } => self.push_inline(Inline::Image {
                id,
                host,
                alt: scrub_short(&raw, MAX_ALT),
            }),
        }
        self.marks_closed(end);
    }

    fn table(
        &mut self,
        alignments: Vec<Alignment>,
        header: TableRow,
        rows: Vec<TableRow>,
        range: Range<usize>,
    ) {
        let is_long = |header: &TableRow| json_len(header) > MAX_HEADER_JSON;
        let is_long = match self.marks.has_any() {
            true => is_long(&header.iter().map(|cell| unmarked(cell)).collect()),
            false => is_long(&header),
        };
        if header.len() > MAX_COLUMNS || is_long {
            let text = self.source.get(range).unwrap_or("");
            self.push_block(Block::CodeBlock {
                language: None,
                lines: code_lines(text),
                closed: true,
            });
        } else {
            self.push_block(Block::Table {
                alignments,
                header,
                rows,
            });
        }
    }

    fn push_block(&mut self, block: Block) {
        self.flush_text();
        if let Some(top) = self.frames.last_mut() {
            if self.overflow > 0 {
                return;
            }
            wrap_loose(top);
            top.blocks.push(block);
        }
    }

    fn push_inline(&mut self, inline: Inline) {
        let Some(top) = self.frames.last_mut() else {
            return;
        };
        if let (Inline::Text { text }, Some(Inline::Text { text: last })) =
            (&inline, top.inlines.last_mut())
        {
            last.push_str(text);
            return;
        }
        top.inlines.push(inline);
    }

    /// Adds an inline, or only its text where no inline may be.
    fn leaf(&mut self, make: impl FnOnce(&mut Self) -> Inline, shown: &str) {
        if let Some(top) = self.frames.last_mut()
            && top.is_raw()
        {
            top.raw.push_str(shown);
            return;
        }
        self.flush_text();
        let inline = make(self);
        self.push_inline(inline);
    }

    /// True when a formula was covered anywhere in the range.
    fn covers(&self, range: &Range<usize>) -> bool {
        let formulas = &self.covered.formulas;
        let first = formulas.partition_point(|f| f.range.end <= range.start);
        formulas
            .get(first)
            .is_some_and(|f| f.range.start < range.end)
    }

    /// The text of a code span as it is in the source.
    fn uncovered(&self, text: &str, range: &Range<usize>) -> String {
        if self.covers(range) {
            let source = self.source.get(range.clone()).unwrap_or(text);
            source.trim_matches('`').trim().to_owned()
        } else {
            text.to_owned()
        }
    }

    fn running_text(&mut self, text: &str, range: Range<usize>) {
        let verbatim = text.len() == range.len();
        if let Some(top) = self.frames.last_mut()
            && top.is_raw()
        {
            let source = self.source.get(range).filter(|_| verbatim);
            top.raw.push_str(source.unwrap_or(text));
            return;
        }
        if !verbatim || !self.covers(&range) {
            self.marks_within(text, range.start, range.end);
            self.text.push_str(text);
            return;
        }
        let covered = self.covered;
        let source = self.source;
        let mut done = range.start;
        self.formula = covered
            .formulas
            .partition_point(|f| f.range.end <= range.start);
        while let Some(formula) = covered.formulas.get(self.formula) {
            let Formula { range: at, display } = formula;
            if at.start >= range.end {
                break;
            }
            if at.start < range.start || at.end > range.end {
                // Cut in two by something the parser saw: text after all.
                let upto = at.end.min(range.end);
                self.push_source(done..upto);
                done = upto;
            } else {
                self.push_source(done..at.start);
                self.flush_text();
                let tex = math::tex_of(source.get(at.clone()).unwrap_or(""));
                self.push_inline(formula_inline(tex, *display));
                done = at.end;
                self.marks.ended(done);
                self.marks_due(done);
            }
            self.formula += 1;
        }
        self.push_source(done..range.end);
    }

    /// Adds running text as it is in the source.
    fn push_source(&mut self, range: Range<usize>) {
        let text = self.source.get(range.clone()).unwrap_or("");
        if !text.is_empty() {
            self.marks_within(text, range.start, range.end);
            self.text.push_str(text);
        }
    }

    fn dollar_math(&mut self, tex: &str, range: Range<usize>, display: bool) {
        let source = self.source.get(range.clone()).unwrap_or(tex);
        // "$5-$10" is money.
        let digit_follows = self
            .source
            .as_bytes()
            .get(range.end)
            .is_some_and(u8::is_ascii_digit);
        if self.covers(&range) || (digit_follows && !display) {
            if !self.frames.last().is_some_and(Frame::is_raw) {
                self.text.push_str(source);
                return;
            }
            self.leaf(|_| Inline::SoftBreak, source);
            return;
        }
        self.leaf(|_| formula_inline(tex.trim().to_owned(), display), source);
    }

    fn html(&mut self, html: &str, range: Range<usize>) {
        let verbatim = html.len() == range.len();
        let html = self.source.get(range).filter(|_| verbatim).unwrap_or(html);
        if let Some(top) = self.frames.last_mut()
            && top.is_raw()
        {
            top.raw.push_str(html);
            return;
        }
        self.flush_text();
        let name = html.trim_start_matches('<').trim_end_matches('>');
        let is_break = name.trim_end_matches('/').trim().eq_ignore_ascii_case("br");
        self.push_inline(if is_break {
            Inline::HardBreak
        } else {
            Inline::Text { text: scrub(html) }
        });
    }

    /// Makes the collected text into inlines, with links where addresses stand bare.
    fn flush_text(&mut self) {
        let mut marks = self.marks_of_text();
        if self.text.is_empty() {
            self.push_marked("", 0, &mut marks);
            return;
        }
        let text = std::mem::take(&mut self.text);
        let mut done = 0;
        while self.in_link == 0
            && let Some(found) = autolink::next_link(&text, done)
        {
            let id = self.next_link;
            let target = resolve(&found.destination);
            let shown = &text[found.range.clone()];
            if target.is_some() {
                marks.linked(target.as_ref(), found.range.start, found.range.end);
            }
            self.push_marked(&text[done..found.range.start], done, &mut marks);
            if target.is_none() {
                self.push_marked(shown, found.range.start, &mut marks);
            } else {
                self.next_link = self.next_link.saturating_add(1);
                if self.wanted == Some(id) {
                    self.parsed.wanted.clone_from(&target);
                }
                let inlines = vec![Inline::Text { text: scrub(shown) }];
                self.push_inline(link(id, target, inlines));
            }
            done = found.range.end;
        }
        self.push_marked(&text[done..], done, &mut marks);
    }
}

/// Running text directly in an item or quotation becomes a paragraph.
fn wrap_loose(frame: &mut Frame) {
    if frame.inlines.is_empty()
        || !matches!(
            frame.kind,
            Kind::Item { .. } | Kind::Quote | Kind::Footnote { .. } | Kind::Root
        )
    {
        return;
    }
    let inlines = std::mem::take(&mut frame.inlines);
    let (blocks, marks) = paragraph_blocks(inlines);
    if let Some(words) = words_of(&mut frame.blocks) {
        words.extend(marks);
    }
    frame.blocks.extend(blocks);
}
