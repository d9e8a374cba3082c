//! Markdown to a typed, safe block tree, incrementally while it streams.
//!
//! Everything that was not written by this app (answers, titles, file names, tool
//! results, error texts) goes through [`parse`] or a [`StreamParser`] before the window
//! sees it: history, streaming and export take the same way. See [`block`] for the tree
//! and [`op`] for its changes.
//!
//! Nothing here fails: what is not Markdown is text, what is too big is plain.

mod apply;
mod autolink;
pub mod block;
mod cited;
mod code;
mod diff;
mod fence;
mod fuzz;
mod highlight;
mod link;
mod math;
mod mathml;
pub mod op;
mod parse;
mod scrub;
mod snippet;
mod stream;
mod text;
mod title;

use std::borrow::Cow;

pub use apply::apply;
pub use block::{
    Alignment, Block, CodeLine, Document, HighlightClass, Inline, LinkKind, ListItem,
    MathAttribute, MathAttributeName, MathElement, MathNode, Span, TableCell, TableRow,
};
pub use cited::{Cited, mark_places, parse_cited};
pub use code::{Code, code_blocks};
pub use diff::diff;
pub use fuzz::fuzz;
pub use highlight::highlight;
pub use link::LinkTarget;
pub use op::{BlockOp, MAX_OP_BYTES, Nodes};
pub use snippet::snippet;
pub use stream::StreamParser;
pub use text::{excerpt, plain_text};
pub use title::{title_from, title_told, title_typed, titles_from};

use parse::{Context, Mark, parse_marked, parse_source};

/// Longest text that is read as Markdown, in bytes; what is behind it is shown as a plain
/// block of code. About 40 times the longest answer of today's models.
pub const MAX_SOURCE: usize = 1024 * 1024;

/// Parses a whole text. Never fails: what is not Markdown is text.
#[must_use]
pub fn parse(markdown: &str) -> Document {
    Document {
        blocks: parse_normalized(&normalized(markdown), Vec::new()),
    }
}

fn parse_normalized(source: &str, marks: Vec<Mark>) -> Vec<Block> {
    let (head, rest) = cut(source);
    let mut blocks = parse_marked(head, &Context::default(), None, marks).blocks;
    blocks.iter_mut().for_each(highlight::highlight_within);
    if !rest.is_empty() {
        blocks.push(Block::CodeBlock {
            language: None,
            lines: parse::code_lines(rest),
            closed: true,
        });
    }
    blocks
}

/// Finds the target of the link or image with this id in the text it was parsed from.
/// `None` for an unknown id and for a blocked target.
#[must_use]
pub fn link_target(markdown: &str, id: u32) -> Option<LinkTarget> {
    let source = normalized(markdown);
    parse_source(cut(&source).0, &Context::default(), Some(id)).wanted
}

/// Judges an address that is no part of a text, such as one an answer rests on. `None` for what
/// is not to be opened.
#[must_use]
pub fn address_target(address: &str) -> Option<LinkTarget> {
    link::resolve(address)
}

/// The part that is read as Markdown, and the rest.
fn cut(source: &str) -> (&str, &str) {
    let mut end = source.len().min(MAX_SOURCE);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    source.split_at(end)
}

/// The text as it is parsed: with line feeds only and without a byte order mark.
fn normalized(text: &str) -> Cow<'_, str> {
    line_feeds(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
