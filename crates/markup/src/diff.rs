//! Finds the operations that turn one tree into another, each small enough to travel.

use std::io;

use serde::Serialize;

use crate::block::{Block, CodeLine, Inline, ListItem, TableCell, TableRow};
use crate::op::{BlockOp, Nodes};

/// Room for nodes or text in an operation, as JSON; the rest of [`crate::MAX_OP_BYTES`]
/// is for the path and the names around them, and for what carries it as a string.
const ROOM: usize = 5_600;

/// The length of the JSON of `value`, in bytes.
pub(crate) fn json_len<T: Serialize + ?Sized>(value: &T) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    let written = serde_json::to_writer(&mut count, value);
    #[cfg(test)]
    tests::MEASURED.with(|all| all.set(all.get() + count.0));
    match written {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}

/// The operations that turn `old` into `new`.
#[must_use]
pub fn diff(old: &[Block], new: &[Block]) -> Vec<BlockOp> {
    let mut ops = Vec::new();
    diff_sequence(&mut Vec::new(), 0, old, new, &mut ops);
    ops
}

/// A kind of node that lives in a child sequence.
pub(crate) trait Node: Clone + PartialEq + Serialize {
    /// Packs nodes for an operation.
    fn pack(nodes: Vec<Self>) -> Nodes;

    /// Turns `old` at `path` into `self` without replacing it; `false` when it cannot.
    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool;

    /// The node without its children and text, which [`Node::fill`] adds again.
    fn shell(&self) -> Self;

    /// Adds to the shell at `path` what it lacks.
    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>);

    /// The node itself, when it is a block.
    fn as_block(&self) -> Option<&Block> {
        None
    }
}

fn index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or(u32::MAX)
}

/// Compares two child sequences of the node at `path`, of which the first `base` nodes
/// are left out.
pub(crate) fn diff_sequence<N: Node>(
    path: &mut Vec<u32>,
    base: usize,
    old: &[N],
    new: &[N],
    ops: &mut Vec<BlockOp>,
) {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let base = base + head;

    // Nodes that cannot be changed in place are gathered and replaced together.
    let both = old.len().min(new.len());
    let mut run = 0;
    for i in 0..both {
        let stays = old[i] == new[i] || {
            path.push(index(base + i));
            let mark = ops.len();
            let changed = new[i].change(&old[i], path, ops);
            if !changed {
                ops.truncate(mark);
            }
            path.pop();
            changed
        };
        if stays {
            let rest = old.len() - i + tail;
            replace(path, base + run, i - run, rest, &new[run..i], ops);
            run = i + 1;
        }
    }
    let removed = old.len() - run;
    replace(path, base + run, removed, tail, &new[run..], ops);
}

/// Replaces `removed` children from `at` on by `nodes`, while `rest` stay behind them.
fn replace<N: Node>(
    path: &mut Vec<u32>,
    at: usize,
    removed: usize,
    rest: usize,
    nodes: &[N],
    ops: &mut Vec<BlockOp>,
) {
    if removed == 0 && nodes.is_empty() {
        return;
    }
    let mut at = at;
    let mut removed = removed;
    let emit = |at: usize, removed: usize, group: Vec<N>, path: &[u32], ops: &mut Vec<BlockOp>| {
        let from_index = index(at);
        let path = path.to_vec();
        ops.push(match (rest, removed, &group[..]) {
            (0, 0, [only]) if only.as_block().is_some() => match only.as_block() {
                Some(block) => BlockOp::PushBlock {
                    path,
                    block: block.clone(),
                },
                None => return,
            },
            (0, ..) => BlockOp::ReplaceTail {
                path,
                from_index,
                nodes: N::pack(group),
            },
            _ => BlockOp::ReplaceRange {
                path,
                from_index,
                count: index(removed),
                nodes: N::pack(group),
            },
        });
    };
    let mut group: Vec<N> = Vec::new();
    let mut used = 0;
    for node in nodes {
        let len = json_len(node) + 1;
        if used + len > ROOM && !group.is_empty() {
            let count = group.len();
            emit(at, removed, std::mem::take(&mut group), path, ops);
            at += count;
            removed = 0;
            used = 0;
        }
        if len > ROOM {
            emit(at, removed, vec![node.shell()], path, ops);
            removed = 0;
            path.push(index(at));
            node.fill(path, ops);
            path.pop();
            at += 1;
        } else {
            group.push(node.clone());
            used += len;
        }
    }
    if !group.is_empty() || removed > 0 {
        emit(at, removed, group, path, ops);
    }
}

/// Adds `text` to the node at `path`, in as many operations as it needs.
pub(crate) fn append_text(path: &[u32], text: &str, ops: &mut Vec<BlockOp>) {
    let mut rest = text;
    while !rest.is_empty() {
        // A byte of UTF-8 takes one to six in JSON. What cannot fit is not measured: the cost
        // would be the square of the length.
        let fits = rest.len() * 6 <= ROOM || (rest.len() <= ROOM && json_len(rest) <= ROOM);
        let mut cut = rest.len().min(if fits { ROOM } else { ROOM / 6 });
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let (piece, after) = rest.split_at(cut);
        ops.push(BlockOp::AppendText {
            path: path.to_vec(),
            text: piece.to_owned(),
        });
        rest = after;
    }
}

fn append_change(old: &str, new: &str, path: &[u32], ops: &mut Vec<BlockOp>) -> bool {
    let Some(added) = new.strip_prefix(old) else {
        return false;
    };
    append_text(path, added, ops);
    true
}

fn fill_sequence<N: Node>(nodes: &[N], path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
    replace(path, 0, 0, 0, nodes, ops);
}

impl Node for Block {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Blocks { blocks: nodes }
    }

    fn as_block(&self) -> Option<&Block> {
        Some(self)
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        if std::mem::discriminant(self) != std::mem::discriminant(old) {
            return false;
        }
        if let (Self::HtmlSource { text: old }, Self::HtmlSource { text: new }) = (old, self) {
            return append_change(old, new, path, ops);
        }
        if matches!(self, Self::Math { .. } | Self::Rule) {
            return false;
        }
        let shell = self.shell();
        if shell != old.shell() {
            ops.push(BlockOp::UpdateBlock {
                path: path.clone(),
                block: shell,
            });
        }
        match (old, self) {
            (Self::Paragraph { inlines: a }, Self::Paragraph { inlines: b })
            | (Self::Heading { inlines: a, .. }, Self::Heading { inlines: b, .. }) => {
                diff_sequence(path, 0, a, b, ops);
            }
            (Self::CodeBlock { lines: a, .. }, Self::CodeBlock { lines: b, .. }) => {
                diff_sequence(path, 0, a, b, ops);
            }
            (Self::List { items: a, .. }, Self::List { items: b, .. }) => {
                diff_sequence(path, 0, a, b, ops);
            }
            (Self::Quote { blocks: a }, Self::Quote { blocks: b })
            | (
                Self::FootnoteDefinition { blocks: a, .. },
                Self::FootnoteDefinition { blocks: b, .. },
            ) => diff_sequence(path, 0, a, b, ops),
            (Self::Table { rows: a, .. }, Self::Table { rows: b, .. }) => {
                diff_sequence(path, 0, a, b, ops);
            }
            _ => return false,
        }
        true
    }

    fn shell(&self) -> Self {
        match self {
            Self::Paragraph { .. } => Self::Paragraph { inlines: vec![] },
            Self::Heading { level, .. } => Self::Heading {
                level: *level,
                inlines: vec![],
            },
            Self::CodeBlock {
                language, closed, ..
            } => Self::CodeBlock {
                language: language.clone(),
                lines: vec![],
                closed: *closed,
            },
            Self::List {
                ordered_start,
                tight,
                ..
            } => Self::List {
                ordered_start: *ordered_start,
                tight: *tight,
                items: vec![],
            },
            Self::Quote { .. } => Self::Quote { blocks: vec![] },
            Self::Table {
                alignments, header, ..
            } => Self::Table {
                alignments: alignments.clone(),
                header: header.clone(),
                rows: vec![],
            },
            Self::FootnoteDefinition { label, number, .. } => Self::FootnoteDefinition {
                label: label.clone(),
                number: *number,
                blocks: vec![],
            },
            Self::HtmlSource { .. } => Self::HtmlSource {
                text: String::new(),
            },
            Self::Math { .. } | Self::Rule => self.clone(),
        }
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        match self {
            Self::Paragraph { inlines } | Self::Heading { inlines, .. } => {
                fill_sequence(inlines, path, ops);
            }
            Self::CodeBlock { lines, .. } => fill_sequence(lines, path, ops),
            Self::List { items, .. } => fill_sequence(items, path, ops),
            Self::Quote { blocks } | Self::FootnoteDefinition { blocks, .. } => {
                fill_sequence(blocks, path, ops);
            }
            Self::Table { rows, .. } => fill_sequence(rows, path, ops),
            Self::HtmlSource { text } => append_text(path, text, ops),
            Self::Math { .. } | Self::Rule => {}
        }
    }
}

impl Node for Inline {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Inlines { inlines: nodes }
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        match (old, self) {
            (Self::Text { text: a }, Self::Text { text: b })
            | (Self::Code { text: a }, Self::Code { text: b }) => append_change(a, b, path, ops),
            (Self::Strong { inlines: a }, Self::Strong { inlines: b })
            | (Self::Emphasis { inlines: a }, Self::Emphasis { inlines: b })
            | (Self::Strikethrough { inlines: a }, Self::Strikethrough { inlines: b }) => {
                diff_sequence(path, 0, a, b, ops);
                true
            }
            (Self::Link { inlines: a, .. }, Self::Link { inlines: b, .. })
                if old.shell() == self.shell() =>
            {
                diff_sequence(path, 0, a, b, ops);
                true
            }
            _ => false,
        }
    }

    fn shell(&self) -> Self {
        match self {
            Self::Text { .. } => Self::Text {
                text: String::new(),
            },
            Self::Code { .. } => Self::Code {
                text: String::new(),
            },
            Self::Strong { .. } => Self::Strong { inlines: vec![] },
            Self::Emphasis { .. } => Self::Emphasis { inlines: vec![] },
            Self::Strikethrough { .. } => Self::Strikethrough { inlines: vec![] },
            Self::Link {
                id,
                host,
                display,
                kind,
                ..
            } => Self::Link {
                id: *id,
                host: host.clone(),
                display: display.clone(),
                kind: *kind,
                inlines: vec![],
            },
            _ => self.clone(),
        }
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        match self {
            Self::Text { text } | Self::Code { text } => append_text(path, text, ops),
            Self::Strong { inlines }
            | Self::Emphasis { inlines }
            | Self::Strikethrough { inlines }
            | Self::Link { inlines, .. } => fill_sequence(inlines, path, ops),
            _ => {}
        }
    }
}

impl Node for ListItem {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Items { items: nodes }
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        let same = self.task == old.task;
        if same {
            diff_sequence(path, 0, &old.blocks, &self.blocks, ops);
        }
        same
    }

    fn shell(&self) -> Self {
        Self {
            task: self.task,
            blocks: vec![],
        }
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        fill_sequence(&self.blocks, path, ops);
    }
}

impl Node for CodeLine {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Lines { lines: nodes }
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        // Only a line of one span grows; a highlighted one is replaced.
        match (&old[..], &self[..]) {
            ([a], [b]) if a.class == b.class => append_change(&a.text, &b.text, path, ops),
            _ => false,
        }
    }

    fn shell(&self) -> Self {
        vec![]
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        // Lines with several spans are kept below the limit where they are made.
        for span in self {
            append_text(path, &span.text, ops);
        }
    }
}

impl Node for TableRow {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Rows { rows: nodes }
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        diff_sequence(path, 0, old, self, ops);
        true
    }

    fn shell(&self) -> Self {
        vec![]
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        fill_sequence(self, path, ops);
    }
}

impl Node for TableCell {
    fn pack(nodes: Vec<Self>) -> Nodes {
        Nodes::Cells { cells: nodes }
    }

    fn change(&self, old: &Self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) -> bool {
        diff_sequence(path, 0, old, self, ops);
        true
    }

    fn shell(&self) -> Self {
        vec![]
    }

    fn fill(&self, path: &mut Vec<u32>, ops: &mut Vec<BlockOp>) {
        fill_sequence(self, path, ops);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How much JSON this thread has measured, in bytes.
        pub(super) static MEASURED: Cell<usize> = const { Cell::new(0) };
    }

    /// What adding a text of so many bytes to an empty paragraph measures.
    fn measured(bytes: usize) -> usize {
        let before = MEASURED.get();
        let mut ops = Vec::new();
        append_text(&[0], &"é\n".repeat(bytes / 3), &mut ops);
        let added: usize = ops
            .iter()
            .map(|op| match op {
                BlockOp::AppendText { text, .. } => text.len(),
                _ => 0,
            })
            .sum();
        assert_eq!(added, bytes / 3 * 3, "nothing is lost");
        assert!(ops.iter().all(|op| json_len(op) < crate::MAX_OP_BYTES));
        MEASURED.get() - before
    }

    #[test]
    fn a_long_text_is_measured_once() {
        let (short, long) = (measured(60_000), measured(600_000));
        assert!(long <= 11 * short, "{short} and {long}");
    }
}
