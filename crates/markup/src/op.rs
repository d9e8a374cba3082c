//! What changes in a block tree while text streams in.

use serde::{Deserialize, Serialize};

use crate::block::{Block, CodeLine, Inline, ListItem, TableCell, TableRow};

/// One change of a block tree. Its JSON is under [`MAX_OP_BYTES`].
///
/// Paths are those of [`crate::block`]. Operations are applied in order; each one
/// speaks of the tree as the ones before have left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BlockOp {
    /// Adds text at the end of the node at `path`.
    ///
    /// - `text` and `code` inlines and `html_source`: added to their text.
    /// - a line of a code block: added to its last span, or as its first, `plain` one.
    /// - a `code_block`: split at line feeds; the first piece is added to the last line
    ///   (which exists), each further piece becomes a new line of one `plain` span, or
    ///   of none if the piece is empty.
    AppendText {
        /// The node.
        path: Vec<u32>,
        /// What is added.
        text: String,
    },
    /// Adds a block at the end of the child sequence of the node at `path`.
    PushBlock {
        /// The node whose children are blocks; empty for the document.
        path: Vec<u32>,
        /// The new last block.
        block: Block,
    },
    /// Cuts the child sequence of the node at `path` down to `from_index` nodes and
    /// adds `nodes`.
    ReplaceTail {
        /// The node that owns the sequence; empty for the document.
        path: Vec<u32>,
        /// How many children stay.
        from_index: u32,
        /// The new tail; may be empty.
        nodes: Nodes,
    },
    /// Replaces `count` children of the node at `path`, from `from_index` on, by `nodes`;
    /// those behind them stay. With `count` 0 it inserts.
    ReplaceRange {
        /// The node that owns the sequence; empty for the document.
        path: Vec<u32>,
        /// The first child to go.
        from_index: u32,
        /// How many go.
        count: u32,
        /// What comes in their place.
        nodes: Nodes,
    },
    /// Sets all fields of the block at `path` from `block`, but keeps its child sequence
    /// (which is empty in `block`). The type stays the same.
    UpdateBlock {
        /// The block.
        path: Vec<u32>,
        /// Its new fields.
        block: Block,
    },
}

/// Nodes for a child sequence; their kind is the one the sequence holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Nodes {
    /// For a document, a quotation, a list item, a footnote.
    Blocks {
        /// The blocks.
        blocks: Vec<Block>,
    },
    /// For everything that holds running text.
    Inlines {
        /// The inlines.
        inlines: Vec<Inline>,
    },
    /// For a list.
    Items {
        /// The items.
        items: Vec<ListItem>,
    },
    /// For a code block.
    Lines {
        /// The lines.
        lines: Vec<CodeLine>,
    },
    /// For a table.
    Rows {
        /// The rows.
        rows: Vec<TableRow>,
    },
    /// For a table row.
    Cells {
        /// The cells.
        cells: Vec<TableCell>,
    },
}

/// No operation is longer than this as JSON, in bytes. Channel items of this size and
/// more leave the fast path to the window.
pub const MAX_OP_BYTES: usize = 8_192;
