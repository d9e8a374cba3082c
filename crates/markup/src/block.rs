//! The block tree: the only form in which text from a model reaches the window.
//!
//! Nothing here can carry markup. Text is text, a link is an index that the core
//! resolves with [`crate::link_target`], an image is a placeholder, and mathematics
//! is built from closed lists of element and attribute names.
//!
//! # Paths
//!
//! Most nodes own one *child sequence*, and a path is a list of indexes from the
//! document down through those sequences:
//!
//! | node | child sequence |
//! |---|---|
//! | document | its blocks |
//! | `paragraph`, `heading` | `inlines` |
//! | `code_block` | `lines` |
//! | `list` | `items`, and of an item its `blocks` |
//! | `quote`, `footnote_definition` | `blocks` |
//! | `table` | `rows` (not the header), of a row its cells, of a cell its inlines |
//! | `strong`, `emphasis`, `strikethrough`, `link` | `inlines` |
//!
//! All other nodes are leaves. `[3, 1, 0]` is, when block 3 is a list, the first
//! block of its second item.

use serde::{Deserialize, Serialize};

/// A parsed text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Document {
    /// The blocks in reading order.
    pub blocks: Vec<Block>,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Running text.
    Paragraph {
        /// The text.
        inlines: Vec<Inline>,
    },
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u32,
        /// The text.
        inlines: Vec<Inline>,
    },
    /// Code, fenced or indented.
    CodeBlock {
        /// The first word of the info string, lower case; `None` without one.
        language: Option<String>,
        /// The lines without their line ends.
        lines: Vec<CodeLine>,
        /// False while the closing fence is missing: still streaming, or cut off.
        closed: bool,
    },
    /// A list.
    List {
        /// The first number of an ordered list; `None` for bullets.
        ordered_start: Option<u32>,
        /// True when no blank line separates the items: no paragraph spacing.
        tight: bool,
        /// The items.
        items: Vec<ListItem>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
    },
    /// A table. Every row has as many cells as the header.
    Table {
        /// One per column.
        alignments: Vec<Alignment>,
        /// The cells of the header row.
        header: Vec<TableCell>,
        /// The rows below it.
        rows: Vec<TableRow>,
    },
    /// A formula on a line of its own.
    Math {
        /// The TeX between the delimiters: for copying, and shown when `mathml` is missing.
        source: String,
        /// The formula as nodes; `None` when the TeX is broken, unknown or too big.
        mathml: Option<MathNode>,
    },
    /// A thematic break.
    Rule,
    /// The text of a footnote, where it stood in the source.
    FootnoteDefinition {
        /// As written, without `[^` and `]`.
        label: String,
        /// The number its references show.
        number: u32,
        /// The text.
        blocks: Vec<Block>,
    },
    /// Raw HTML, to be shown as the text it is. Never to be interpreted.
    HtmlSource {
        /// The source, line ends kept.
        text: String,
    },
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ListItem {
    /// For a task: whether it is done. `None` for an ordinary item.
    pub task: Option<bool>,
    /// What the item holds. In a tight list a paragraph here has no spacing.
    pub blocks: Vec<Block>,
}

/// The inlines of one table cell.
pub type TableCell = Vec<Inline>;

/// The cells of one table row.
pub type TableRow = Vec<TableCell>;

/// How a table column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// Not said: the start of the line.
    None,
    /// Left.
    Left,
    /// Centred.
    Center,
    /// Right.
    Right,
}

/// One line of code. An empty line has no spans.
pub type CodeLine = Vec<Span>;

/// A run of code of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Span {
    /// What it is, for its colour.
    pub class: HighlightClass,
    /// The text, never with a line end.
    pub text: String,
}

/// The kinds of code that get a colour of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum HighlightClass {
    /// Everything else, and all code that is not highlighted.
    Plain,
    /// `if`, `fn`, `class`, storage modifiers.
    Keyword,
    /// Text and characters.
    String,
    /// Numbers.
    Number,
    /// Comments.
    Comment,
    /// Names of functions and macros.
    Function,
    /// Names of types, classes, modules.
    Type,
    /// `true`, `null`, named constants, escapes.
    Constant,
    /// Operators.
    Operator,
    /// Brackets, separators.
    Punctuation,
    /// Names of markup elements and of keys in data formats.
    Tag,
    /// Names of attributes and annotations.
    Attribute,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Text. Inline HTML arrives here too, as its source.
    Text {
        /// The text.
        text: String,
    },
    /// Strong importance.
    Strong {
        /// What is strong.
        inlines: Vec<Inline>,
    },
    /// Emphasis.
    Emphasis {
        /// What is emphasised.
        inlines: Vec<Inline>,
    },
    /// Struck out.
    Strikethrough {
        /// What is struck out.
        inlines: Vec<Inline>,
    },
    /// Code in running text.
    Code {
        /// The code.
        text: String,
    },
    /// A link. The window asks the core to open `id`; it never holds an address to open.
    Link {
        /// Index among the links and images of the document, in reading order.
        id: u32,
        /// The host as it must be shown before opening (in punycode when the letters
        /// could pass for another host); the address of a `mailto`, the topic of a
        /// `help`; empty when blocked.
        host: String,
        /// The whole target, shortened, for reading only; empty when blocked.
        display: String,
        /// What it leads to. `blocked` is to be shown as plain text.
        kind: LinkKind,
        /// The text of the link.
        inlines: Vec<Inline>,
    },
    /// A place where an image would be. It never loads by itself.
    Image {
        /// Index among the links and images of the document, in reading order.
        id: u32,
        /// The host as for a link; empty when the image can never be loaded.
        host: String,
        /// Its description.
        alt: String,
    },
    /// A formula in running text.
    Math {
        /// The TeX between the delimiters: for copying, and shown when `mathml` is missing.
        source: String,
        /// The formula as nodes; `None` when the TeX is broken, unknown or too big.
        mathml: Option<MathNode>,
        /// True for a display formula in the middle of a paragraph.
        display: bool,
    },
    /// A reference to a footnote.
    FootnoteRef {
        /// As written, without `[^` and `]`.
        label: String,
        /// Counted in the order of first reference, from 1.
        number: u32,
    },
    /// The mark of a source the words before it are cited from. It is no part of the text.
    CitationRef {
        /// The place of the source among those of the message, from 1.
        number: u32,
    },
    /// A line break that was asked for.
    HardBreak,
    /// A line end in the source: shown as a space.
    SoftBreak,
}

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A page over TLS.
    Https,
    /// A page without TLS.
    Http,
    /// An e-mail address.
    Mailto,
    /// A page of the bundled help.
    Help,
    /// Anything else: not a link, only text.
    Blocked,
}

/// A node of a formula (MathML Core).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MathNode {
    /// An element, to be made in the namespace `http://www.w3.org/1998/Math/MathML`.
    Element {
        /// Its name.
        name: MathElement,
        /// Its attributes.
        attributes: Vec<MathAttribute>,
        /// What it holds.
        children: Vec<MathNode>,
    },
    /// Text of a token element.
    Text {
        /// The text.
        text: String,
    },
}

/// The elements a formula may be made of. The outermost is always `math`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are those of MathML Core")]
pub enum MathElement {
    Math,
    Menclose,
    Mfrac,
    Mi,
    Mmultiscripts,
    Mn,
    Mo,
    Mover,
    Mpadded,
    Mphantom,
    Mprescripts,
    Mroot,
    Mrow,
    Ms,
    Mspace,
    Msqrt,
    Mstyle,
    Msub,
    Msubsup,
    Msup,
    Mtable,
    Mtd,
    Mtext,
    Mtr,
    Munder,
    Munderover,
}

/// An attribute of a formula element. Values hold letters, digits, spaces and `. , % # + -`
/// only; `class` is one of the names in the style sheet of `pulldown-latex` (`menv-*`,
/// `cell-*`, `small`, `mop-negated`), for the alignment of tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MathAttribute {
    /// Its name.
    pub name: MathAttributeName,
    /// Its value.
    pub value: String,
}

/// The attributes a formula element may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are those of MathML")]
pub enum MathAttributeName {
    Accent,
    AccentUnder,
    Class,
    ColumnAlign,
    ColumnLines,
    ColumnSpacing,
    ColumnSpan,
    Depth,
    Dir,
    Display,
    DisplayStyle,
    Fence,
    Form,
    Height,
    LargeOp,
    LineThickness,
    LSpace,
    MathBackground,
    MathColor,
    MathSize,
    MathVariant,
    MaxSize,
    MinSize,
    MovableLimits,
    Notation,
    RowAlign,
    RowLines,
    RowSpacing,
    RowSpan,
    RSpace,
    ScriptLevel,
    Separator,
    Stretchy,
    Symmetric,
    VOffset,
    Width,
}
