//! Parses a text while it arrives, at a cost per token that the length of the text does
//! not change.
//!
//! CommonMark is decided line by line, so a block is final as soon as the first line of
//! the next one is complete: from then on only what follows is parsed. Three things keep
//! the open tail cheap:
//!
//! - the lines of a fenced code block are appended without a parser;
//! - the items of a list are final one by one, like blocks;
//! - plain words at the end of running text are appended as they come.
//!
//! What is left (a giant paragraph, table or quotation) is parsed again only after it has
//! grown by a sixteenth, so the work per byte stays bounded and the picture lags a little.
//! Where a later line changes the meaning of an earlier one (link definitions, footnotes),
//! the full parse in [`StreamParser::finish`] settles it.

use crate::apply::apply;
use crate::block::{Block, Inline};
use crate::diff::{append_text, diff, diff_sequence};
use crate::fence::{Fence, FenceText};
use crate::highlight::highlight_within;
use crate::op::BlockOp;
use crate::parse::{Context, Parsed, parse_source};
use crate::scrub::is_suspect;
use crate::{MAX_SOURCE, parse_normalized};

/// Up to this many bytes the tail is parsed again for every piece that needs it.
const SMALL_TAIL: usize = 1_536;
/// A bigger tail is parsed again when it has grown by one part in this many.
const GROWTH: usize = 16;

/// Parses a text while it arrives.
#[derive(Debug, Default)]
pub struct StreamParser {
    /// With line feeds only.
    source: String,
    blocks: Vec<Block>,
    /// What the committed source means for the rest.
    context: Context,
    /// Bytes of the source that are not parsed again.
    committed: usize,
    /// Blocks that are final.
    settled: usize,
    /// When the first open block is a list: its items that are final.
    list: Option<OpenList>,
    /// When the first open block is fenced code.
    fence: Option<Fence>,
    /// Bytes of the source that are in the tree.
    shown: usize,
    growing: Option<Growing>,
    /// The last piece ended with a carriage return; a line feed may belong to it.
    carriage_return: bool,
    /// Something was taken: a byte order mark is no longer one.
    begun: bool,
    /// Bytes given to the Markdown parser so far: the measure of cost.
    parsed_bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct OpenList {
    items: usize,
    tight: bool,
}

/// Text at the end of the tree to which plain words can be added.
#[derive(Debug)]
struct Growing {
    path: Vec<u32>,
    /// A space that is in the source but not in the tree.
    held: bool,
    /// What stands after the last space.
    word: String,
    /// An open bracket: a closing one could make a link.
    bracket: bool,
}

impl StreamParser {
    /// An empty text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree as it stands.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The text so far, with line feeds only.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many bytes went through the Markdown parser so far.
    #[must_use]
    pub fn parsed_bytes(&self) -> u64 {
        self.parsed_bytes
    }

    /// Takes the next piece and says what changes in the tree.
    pub fn push(&mut self, text: &str) -> Vec<BlockOp> {
        self.take(text);
        let mut ops = Vec::new();
        // A text this long is settled at the end only.
        if self.source.len() > MAX_SOURCE {
            return ops;
        }
        loop {
            if let Some(fence) = self.fence.take() {
                if !self.advance_fence(fence, &mut ops) {
                    break;
                }
            } else if self.shown == self.source.len() || self.grow(&mut ops) || !self.is_due() {
                break;
            } else {
                self.parse_tail(&mut ops);
                if self.fence.is_none() {
                    self.growing = self.find_growing();
                    break;
                }
            }
        }
        ops
    }

    /// Settles what only the end can tell (late link definitions, footnotes). Afterwards
    /// [`Self::blocks`] equals [`crate::parse`] of the whole text. More text may follow.
    pub fn finish(&mut self) -> Vec<BlockOp> {
        if std::mem::take(&mut self.carriage_return) {
            self.source.push('\n');
        }
        let settled = parse_normalized(&self.source, Vec::new());
        self.parsed_bytes += self.source.len() as u64;
        let ops = diff(&self.blocks, &settled);
        for op in &ops {
            apply(&mut self.blocks, op);
        }
        debug_assert_eq!(self.blocks, settled, "operations lead to the parsed tree");
        self.context = Context::default();
        self.committed = 0;
        self.settled = 0;
        self.shown = 0;
        self.list = None;
        self.fence = None;
        self.growing = None;
        ops
    }

    /// Adds a piece to the source, with line feeds only.
    fn take(&mut self, text: &str) {
        let mut text = text;
        if text.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if std::mem::take(&mut self.carriage_return) {
            self.source.push('\n');
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        if let Some(before) = text.strip_suffix('\r') {
            self.carriage_return = true;
            text = before;
        }
        self.source.push_str(&crate::line_feeds(text));
    }

    fn is_due(&self) -> bool {
        let tail = self.source.len() - self.committed;
        tail <= SMALL_TAIL || (self.source.len() - self.shown) * GROWTH >= tail
    }

    fn apply_from(&mut self, mark: usize, ops: &[BlockOp]) {
        for op in &ops[mark..] {
            let fits = apply(&mut self.blocks, op);
            debug_assert!(fits, "an operation fits the tree it was made for");
        }
    }

    /// Parses the open tail again, commits what has become final, and brings the tree up.
    fn parse_tail(&mut self, ops: &mut Vec<BlockOp>) {
        let tail = &self.source[self.committed..];
        self.parsed_bytes += tail.len() as u64;
        self.shown = self.source.len();
        let mut parsed = parse_source(tail, &self.context, None);
        let plan = Plan::of(tail, &parsed);
        let carried = match self.list.take() {
            Some(list) if self.continues_list(&parsed) => Some(list),
            Some(list) => {
                self.end_list(list, ops);
                None
            }
            None => None,
        };
        self.settle(&mut parsed, &plan);
        self.show(&parsed, carried, ops);

        let tight = match parsed.blocks.get(plan.blocks) {
            Some(Block::List { tight, .. }) => *tight,
            _ => true,
        };
        let open_list = carried.filter(|_| plan.blocks == 0);
        if plan.items > 0 || open_list.is_some() {
            self.list = Some(OpenList {
                items: open_list.map_or(0, |l| l.items) + plan.items,
                tight: tight && open_list.is_none_or(|l| l.tight),
            });
        }
        self.settled += plan.blocks;
        self.committed += plan.bytes;
        self.fence = plan.fence.map(|text| Fence::new(text, self.committed));
    }

    /// True when the tail, which begins with an item of the open list, still does.
    fn continues_list(&self, parsed: &Parsed) -> bool {
        let ordered = |block: Option<&Block>| match block {
            Some(Block::List { ordered_start, .. }) => Some(ordered_start.is_some()),
            _ => None,
        };
        let open = ordered(self.blocks.get(self.settled));
        open.is_some() && open == ordered(parsed.blocks.first())
    }

    /// What looked like the last item of the open list is none after all.
    fn end_list(&mut self, list: OpenList, ops: &mut Vec<BlockOp>) {
        if let Some(Block::List { items, .. }) = self.blocks.get(self.settled) {
            let mark = ops.len();
            let mut path = vec![u32::try_from(self.settled).unwrap_or(u32::MAX)];
            let open = items.get(list.items..).unwrap_or_default();
            diff_sequence(&mut path, list.items, open, &[], ops);
            self.apply_from(mark, ops);
        }
        self.settled += 1;
    }

    /// Highlights what becomes final and keeps what it means for the rest.
    fn settle(&mut self, parsed: &mut Parsed, plan: &Plan) {
        for block in &mut parsed.blocks[..plan.blocks] {
            highlight_within(block);
            self.context.absorb(block);
        }
        if let Some(Block::List { items, .. }) = parsed.blocks.get_mut(plan.blocks) {
            for block in items
                .iter_mut()
                .take(plan.items)
                .flat_map(|i| &mut i.blocks)
            {
                highlight_within(block);
                self.context.absorb(block);
            }
        }
        for (at, label, destination) in parsed.definitions.drain(..) {
            if at < plan.bytes {
                self.context.definitions.entry(label).or_insert(destination);
            }
        }
        if let (Some(fence), Some(last)) = (&plan.fence, parsed.blocks.last_mut()) {
            *last = Block::CodeBlock {
                language: fence.language.clone(),
                lines: Vec::new(),
                closed: false,
            };
        }
    }

    /// Makes the open part of the tree what was parsed.
    fn show(&mut self, parsed: &Parsed, carried: Option<OpenList>, ops: &mut Vec<BlockOp>) {
        let mut new = &parsed.blocks[..];
        let mut from = self.settled;
        if let Some(list) = carried
            && let Some(Block::List { items, tight, .. }) = new.first()
            && let Some(Block::List {
                items: old,
                tight: old_tight,
                ordered_start,
            }) = self.blocks.get(self.settled)
        {
            let mark = ops.len();
            let mut path = vec![u32::try_from(self.settled).unwrap_or(u32::MAX)];
            let tight = *tight && list.tight;
            if tight != *old_tight {
                ops.push(BlockOp::UpdateBlock {
                    path: path.clone(),
                    block: Block::List {
                        ordered_start: *ordered_start,
                        tight,
                        items: Vec::new(),
                    },
                });
            }
            let open = old.get(list.items..).unwrap_or_default();
            diff_sequence(&mut path, list.items, open, items, ops);
            self.apply_from(mark, ops);
            new = &new[1..];
            from += 1;
        }
        let mark = ops.len();
        let old = self.blocks.get(from..).unwrap_or_default();
        diff_sequence(&mut Vec::new(), from, old, new, ops);
        self.apply_from(mark, ops);
    }

    /// Appends the lines of an open code block; true when its closing fence has come.
    fn advance_fence(&mut self, mut fence: Fence, ops: &mut Vec<BlockOp>) -> bool {
        let mut added = String::new();
        let closed = fence.read(&self.source, &mut added);
        self.shown = self.source.len();
        let path = [u32::try_from(self.settled).unwrap_or(u32::MAX)];
        let mark = ops.len();
        let Some(Block::CodeBlock {
            lines, language, ..
        }) = self.blocks.get(self.settled)
        else {
            return false;
        };
        if fence.has_lines {
            // The first line must exist before text can be appended to the block.
            let text = match (lines.is_empty(), added.split_once('\n')) {
                (false, _) => added.as_str(),
                (true, first) => {
                    let (first, rest) = first.map_or((&added[..], ""), |(f, _)| {
                        (f, added.get(f.len()..).unwrap_or(""))
                    });
                    let none: [crate::CodeLine; 0] = [];
                    let line = [crate::highlight::plain_line(first)];
                    diff_sequence(&mut path.to_vec(), 0, &none, &line, ops);
                    rest
                }
            };
            append_text(&path, text, ops);
        }
        let language = language.clone();
        self.apply_from(mark, ops);
        if !closed {
            self.fence = Some(fence);
            return false;
        }
        let mark = ops.len();
        if let Some(Block::CodeBlock { lines, .. }) = self.blocks.get(self.settled) {
            let mut closed = [Block::CodeBlock {
                language,
                lines: lines.clone(),
                closed: true,
            }];
            highlight_within(&mut closed[0]);
            let old = &self.blocks[self.settled..=self.settled];
            diff_sequence(&mut Vec::new(), self.settled, old, &closed, ops);
        }
        self.apply_from(mark, ops);
        self.settled += 1;
        self.committed = fence.at;
        self.shown = self.committed;
        true
    }

    /// Adds what has come to the last text, if it is only plain words.
    fn grow(&mut self, ops: &mut Vec<BlockOp>) -> bool {
        let Some(growing) = &mut self.growing else {
            return false;
        };
        let new = &self.source[self.shown..];
        if !growing.takes(new) {
            self.growing = None;
            return false;
        }
        let mut text = String::with_capacity(new.len() + 1);
        let body = new.strip_suffix(' ').unwrap_or(new);
        if !body.is_empty() {
            if growing.held {
                text.push(' ');
            }
            text.push_str(body);
            growing.held = false;
        }
        growing.held |= body.len() < new.len();
        let mark = ops.len();
        append_text(&growing.path, &text, ops);
        self.shown = self.source.len();
        self.apply_from(mark, ops);
        true
    }

    /// Looks whether plain words may be added to the end of the tree.
    fn find_growing(&self) -> Option<Growing> {
        let tail = &self.source[self.committed..];
        let line = &tail[tail.rfind('\n').map_or(0, |i| i + 1)..];
        let body = line.trim_end_matches(' ');
        // Two spaces may become a line break; digits alone the number of a list.
        if line.len() - body.len() > 1 || !body.chars().take(200).any(char::is_alphabetic) {
            return None;
        }
        let last = body.chars().next_back().filter(|c| !is_suspect(*c))?;
        let (path, text) = last_text(&self.blocks)?;
        if !text.ends_with(last) {
            return None;
        }
        let held = body.len() < line.len();
        let word = if held {
            ""
        } else {
            body.rsplit(' ').next().unwrap_or("")
        };
        let growing = Growing {
            path,
            held,
            word: word.to_lowercase(),
            bracket: text.contains('['),
        };
        growing.word_is_plain().then_some(growing)
    }
}

impl Growing {
    /// True when `new` cannot change how anything before it is read.
    fn takes(&mut self, new: &str) -> bool {
        let mut previous_space = self.held;
        for c in new.chars() {
            let plain = match c {
                ' ' => !previous_space,
                ',' | ';' | '!' | '?' | '\'' | '"' | '%' | '-' => true,
                '.' | ':' | '(' | ')' | '/' => !self.bracket,
                c if c.is_ascii() => c.is_ascii_alphanumeric(),
                c => !c.is_whitespace() && !is_suspect(c),
            };
            if !plain {
                return false;
            }
            previous_space = c == ' ';
            if c == ' ' {
                self.word.clear();
            } else {
                self.word.extend(c.to_lowercase());
                if !self.word_is_plain() {
                    return false;
                }
            }
        }
        true
    }

    fn word_is_plain(&self) -> bool {
        // An address, a tag, an entity, an escape or a formula may be beginning.
        self.word.len() < 200
            && !self.word.contains(['&', '<', '@', '\\', '$', '`'])
            && !self.word.contains("http")
            && !self.word.contains("www")
    }
}

/// The text at the very end of the tree.
fn last_text(blocks: &[Block]) -> Option<(Vec<u32>, &str)> {
    let mut path = Vec::new();
    let mut blocks = blocks;
    let inlines = loop {
        let last = blocks.last()?;
        path.push(u32::try_from(blocks.len() - 1).ok()?);
        match last {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => break inlines,
            Block::Quote { blocks: inner } | Block::FootnoteDefinition { blocks: inner, .. } => {
                blocks = inner;
            }
            Block::List { items, .. } => {
                path.push(u32::try_from(items.len().checked_sub(1)?).ok()?);
                blocks = &items.last()?.blocks;
            }
            _ => return None,
        }
    };
    path.push(u32::try_from(inlines.len().checked_sub(1)?).ok()?);
    match inlines.last()? {
        Inline::Text { text } => Some((path, text)),
        _ => None,
    }
}

/// What of a parsed tail is final.
#[derive(Debug, Default)]
struct Plan {
    /// How many tree blocks.
    blocks: usize,
    /// How many items of the list behind them, when that is all that is left.
    items: usize,
    /// How many bytes of source those are.
    bytes: usize,
    /// The fence that is all that is left.
    fence: Option<FenceText>,
}

impl Plan {
    fn of(tail: &str, parsed: &Parsed) -> Self {
        let complete = tail.rfind('\n').map_or(0, |i| i + 1);
        let limit = parsed.open_formula.unwrap_or(usize::MAX);
        let is_final = |next: usize| next < complete && next <= limit;
        let line_start = |at: usize| tail[..at].rfind('\n').map_or(0, |i| i + 1);

        // A block is final when the first line of a later one is complete.
        let sources = &parsed.sources;
        let kept = (1..sources.len())
            .rev()
            .find(|i| is_final(sources[*i].start))
            .unwrap_or(0);
        let mut plan = Self::default();
        let Some(open) = sources.get(kept) else {
            return plan;
        };
        if kept > 0 {
            plan.blocks = open.first;
            plan.bytes = line_start(open.start);
        }
        if kept + 1 == sources.len() {
            if open.fenced {
                plan.fence = FenceText::read(&tail[plan.bytes..]);
            } else if let Some(item) = open.items.iter().rposition(|at| is_final(*at))
                && item > 0
            {
                plan.items = item;
                plan.bytes = line_start(open.items[item]);
            }
        }
        plan
    }
}
