//! Applies operations: the reference for every reader of them.

use crate::block::{Block, CodeLine, HighlightClass, Inline, ListItem, Span, TableCell, TableRow};
use crate::diff::Node;
use crate::op::{BlockOp, Nodes};

/// Applies an operation. One that does not fit the tree changes nothing and gives `false`.
pub fn apply(blocks: &mut Vec<Block>, op: &BlockOp) -> bool {
    match op {
        BlockOp::AppendText { path, text } => append(blocks, path, text).is_some(),
        BlockOp::PushBlock { path, block } => match sequence(blocks, path) {
            Some(Sequence::Blocks(blocks)) => {
                blocks.push(block.clone());
                true
            }
            _ => false,
        },
        BlockOp::ReplaceTail {
            path,
            from_index,
            nodes,
        } => splice(blocks, path, *from_index, None, nodes).is_some(),
        BlockOp::ReplaceRange {
            path,
            from_index,
            count,
            nodes,
        } => splice(blocks, path, *from_index, Some(*count), nodes).is_some(),
        BlockOp::UpdateBlock { path, block } => update(blocks, path, block).is_some(),
    }
}

/// A child sequence of one kind.
enum Sequence<'a> {
    Blocks(&'a mut Vec<Block>),
    Inlines(&'a mut Vec<Inline>),
    Items(&'a mut Vec<ListItem>),
    Lines(&'a mut Vec<CodeLine>),
    Rows(&'a mut Vec<TableRow>),
    Cells(&'a mut Vec<TableCell>),
}

/// The child sequence of the node at `path`.
fn sequence<'a>(blocks: &'a mut Vec<Block>, path: &[u32]) -> Option<Sequence<'a>> {
    let mut at = Sequence::Blocks(blocks);
    for step in path {
        let i = usize::try_from(*step).ok()?;
        at = match at {
            Sequence::Blocks(blocks) => match blocks.get_mut(i)? {
                Block::Paragraph { inlines } | Block::Heading { inlines, .. } => {
                    Sequence::Inlines(inlines)
                }
                Block::CodeBlock { lines, .. } => Sequence::Lines(lines),
                Block::List { items, .. } => Sequence::Items(items),
                Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                    Sequence::Blocks(blocks)
                }
                Block::Table { rows, .. } => Sequence::Rows(rows),
                Block::Math { .. } | Block::Rule | Block::HtmlSource { .. } => return None,
            },
            Sequence::Inlines(inlines) => match inlines.get_mut(i)? {
                Inline::Strong { inlines }
                | Inline::Emphasis { inlines }
                | Inline::Strikethrough { inlines }
                | Inline::Link { inlines, .. } => Sequence::Inlines(inlines),
                _ => return None,
            },
            Sequence::Items(items) => Sequence::Blocks(&mut items.get_mut(i)?.blocks),
            Sequence::Lines(_) => return None,
            Sequence::Rows(rows) => Sequence::Cells(rows.get_mut(i)?),
            Sequence::Cells(cells) => Sequence::Inlines(cells.get_mut(i)?),
        };
    }
    Some(at)
}

fn append(blocks: &mut Vec<Block>, path: &[u32], text: &str) -> Option<()> {
    let (last, above) = path.split_last()?;
    let i = usize::try_from(*last).ok()?;
    match sequence(blocks, above)? {
        Sequence::Inlines(inlines) => match inlines.get_mut(i)? {
            Inline::Text { text: old } | Inline::Code { text: old } => old.push_str(text),
            _ => return None,
        },
        Sequence::Blocks(blocks) => match blocks.get_mut(i)? {
            Block::HtmlSource { text: old } => old.push_str(text),
            Block::CodeBlock { lines, .. } => {
                let mut pieces = text.split('\n');
                append_to_line(lines.last_mut()?, pieces.next().unwrap_or(""));
                lines.extend(pieces.map(crate::highlight::plain_line));
            }
            _ => return None,
        },
        Sequence::Lines(lines) => append_to_line(lines.get_mut(i)?, text),
        _ => return None,
    }
    Some(())
}

fn append_to_line(line: &mut CodeLine, text: &str) {
    match line.last_mut() {
        _ if text.is_empty() => {}
        Some(span) => span.text.push_str(text),
        None => line.push(Span {
            class: HighlightClass::Plain,
            text: text.to_owned(),
        }),
    }
}

fn splice(
    blocks: &mut Vec<Block>,
    path: &[u32],
    from: u32,
    count: Option<u32>,
    nodes: &Nodes,
) -> Option<()> {
    fn into<N: Node>(
        sequence: &mut Vec<N>,
        from: u32,
        count: Option<u32>,
        new: &[N],
    ) -> Option<()> {
        let from = usize::try_from(from).ok()?;
        let to = match count {
            Some(count) => from.checked_add(usize::try_from(count).ok()?)?,
            None => sequence.len(),
        };
        if from > to || to > sequence.len() {
            return None;
        }
        sequence.splice(from..to, new.iter().cloned());
        Some(())
    }
    match (sequence(blocks, path)?, nodes) {
        (Sequence::Blocks(old), Nodes::Blocks { blocks }) => into(old, from, count, blocks),
        (Sequence::Inlines(old), Nodes::Inlines { inlines }) => into(old, from, count, inlines),
        (Sequence::Items(old), Nodes::Items { items }) => into(old, from, count, items),
        (Sequence::Lines(old), Nodes::Lines { lines }) => into(old, from, count, lines),
        (Sequence::Rows(old), Nodes::Rows { rows }) => into(old, from, count, rows),
        (Sequence::Cells(old), Nodes::Cells { cells }) => into(old, from, count, cells),
        _ => None,
    }
}

fn update(blocks: &mut Vec<Block>, path: &[u32], new: &Block) -> Option<()> {
    let (last, above) = path.split_last()?;
    let Sequence::Blocks(blocks) = sequence(blocks, above)? else {
        return None;
    };
    let old = blocks.get_mut(usize::try_from(*last).ok()?)?;
    match (old, new) {
        (Block::Heading { level, .. }, Block::Heading { level: new, .. }) => *level = *new,
        (
            Block::CodeBlock {
                language, closed, ..
            },
            Block::CodeBlock {
                language: new_language,
                closed: new_closed,
                ..
            },
        ) => {
            language.clone_from(new_language);
            *closed = *new_closed;
        }
        (
            Block::List {
                ordered_start,
                tight,
                ..
            },
            Block::List {
                ordered_start: new_start,
                tight: new_tight,
                ..
            },
        ) => {
            *ordered_start = *new_start;
            *tight = *new_tight;
        }
        (
            Block::Table {
                alignments, header, ..
            },
            Block::Table {
                alignments: new_alignments,
                header: new_header,
                ..
            },
        ) => {
            alignments.clone_from(new_alignments);
            header.clone_from(new_header);
        }
        (
            Block::FootnoteDefinition { label, number, .. },
            Block::FootnoteDefinition {
                label: new_label,
                number: new_number,
                ..
            },
        ) => {
            label.clone_from(new_label);
            *number = *new_number;
        }
        _ => return None,
    }
    Some(())
}
