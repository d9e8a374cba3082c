//! What several tests need.

use fluxchat_markup::{
    Block, BlockOp, Inline, LinkKind, ListItem, MAX_OP_BYTES, StreamParser, apply, diff, parse,
};

/// Fragments that meet each other badly.
pub const FRAGMENTS: &[&str] = &[
    "word ",
    "two words",
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "\r\n",
    "\r",
    "# ",
    "## H\n",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "- [ ] ",
    "- [x] task\n",
    "> ",
    ">> ",
    "```",
    "```rust\n",
    "```\n",
    "~~~\n",
    "````\n",
    "fn main() {}\n",
    "let x = 1;",
    "`",
    "``",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "[",
    "]",
    "](",
    ")",
    "[a](https://a.example/x)",
    "![i](https://b.example/p.png)",
    "[ref]",
    "[ref]: https://r.example\n",
    "[^1]",
    "[^1]: note\n",
    "[^a]: other\n\n    more\n",
    "<",
    ">",
    "<b>",
    "</b>",
    "<br>",
    "<script>",
    "<!-- ",
    "-->",
    "<div>\n",
    "</div>\n",
    "&",
    "&amp;",
    "&lt;",
    "\\",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "$",
    "$$",
    "x^2",
    "\\frac{a}{b}",
    "|",
    "| a | b |\n",
    "|---|:-:|\n",
    "| 1 | 2 |\n",
    "a|b\n-|-\n",
    "---\n",
    "***\n",
    "===\n",
    "https://e.example/p",
    "www.e.example",
    "http",
    "://",
    "me@x.example",
    "<https://q.example>",
    "1",
    "12",
    ".",
    ",",
    ":",
    "(",
    "-",
    "=",
    "\u{202e}",
    "\u{200b}",
    "\u{e0041}",
    "é",
    "人工智能",
    "👨\u{200d}👩",
    "\0",
    "\u{feff}",
    "- a\n- b\n\n- c\n",
    "1. one\n   ```js\n   x\n   ```\n2. two\n",
    "  - nested\n    - deeper\n",
    "> quote\n> more\n",
    "paragraph one.\n\nparagraph two.\n\n",
    "Title\n=====\n",
    "\\[\na\n+ b\n\\]\n",
    "$$\n- c\n$$\n",
];

/// Streams `pieces` and checks every promise on the way.
pub fn stream_checked<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<Block> {
    let mut stream = StreamParser::new();
    let mut blocks = Vec::new();
    let mut whole = String::new();
    for piece in pieces {
        whole.push_str(piece);
        let ops = stream.push(piece);
        apply_checked(&mut blocks, &ops);
        assert!(
            blocks == stream.blocks(),
            "tree of the reader after {:?}",
            shown(&whole)
        );
    }
    let ops = stream.finish();
    apply_checked(&mut blocks, &ops);
    let parsed = parse(&whole).blocks;
    assert!(
        blocks == parsed,
        "stream and whole of {:?}: {:?}",
        shown(&whole),
        diff(&parsed, &blocks).first()
    );
    assert!(stream.blocks() == parsed);
    assert!(
        stream.finish().is_empty(),
        "a second finish changes nothing"
    );
    blocks
}

fn shown(text: &str) -> String {
    text.chars().take(300).collect()
}

fn apply_checked(blocks: &mut Vec<Block>, ops: &[BlockOp]) {
    for op in ops {
        let len = serde_json::to_string(op).unwrap().len();
        assert!(len < MAX_OP_BYTES, "{len} bytes");
        assert!(apply(blocks, op), "does not fit: {op:?}");
    }
}

/// All places where a text may be cut.
pub fn cuts(text: &str) -> impl Iterator<Item = usize> + '_ {
    (0..=text.len()).filter(|i| text.is_char_boundary(*i))
}

/// The characters one by one.
pub fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
}

/// Calls `see` for every inline of the tree.
pub fn each_inline(blocks: &[Block], see: &mut dyn FnMut(&Inline)) {
    for block in blocks {
        match block {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => walk(inlines, see),
            Block::List { items, .. } => {
                for ListItem { blocks, .. } in items {
                    each_inline(blocks, see);
                }
            }
            Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                each_inline(blocks, see);
            }
            Block::Table { header, rows, .. } => {
                for cell in header.iter().chain(rows.iter().flatten()) {
                    walk(cell, see);
                }
            }
            Block::CodeBlock { .. }
            | Block::Math { .. }
            | Block::Rule
            | Block::HtmlSource { .. } => {}
        }
    }
}

fn walk(inlines: &[Inline], see: &mut dyn FnMut(&Inline)) {
    for inline in inlines {
        see(inline);
        match inline {
            Inline::Strong { inlines }
            | Inline::Emphasis { inlines }
            | Inline::Strikethrough { inlines }
            | Inline::Link { inlines, .. } => walk(inlines, see),
            _ => {}
        }
    }
}

/// The hosts of all links that are not blocked.
pub fn open_links(blocks: &[Block]) -> Vec<(u32, LinkKind, String)> {
    let mut links = Vec::new();
    each_inline(blocks, &mut |inline| {
        if let Inline::Link { id, kind, host, .. } = inline
            && *kind != LinkKind::Blocked
        {
            links.push((*id, *kind, host.clone()));
        }
    });
    links
}

/// The blocks without marks.
pub fn unmarked(blocks: Vec<Block>) -> Vec<Block> {
    let mut value = serde_json::to_value(blocks).unwrap();
    unmark(&mut value);
    serde_json::from_value(value).unwrap()
}

/// Takes marks out of every list and joins the texts that met at them.
fn unmark(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Array(all) => {
            let mut out: Vec<Value> = Vec::new();
            for mut it in std::mem::take(all) {
                unmark(&mut it);
                if it["type"] == "citation_ref" {
                    continue;
                }
                if let (Some(last), "text") = (out.last_mut(), it["type"].as_str().unwrap_or(""))
                    && last["type"] == "text"
                {
                    let joined = format!("{}{}", text_of(last), text_of(&it));
                    last["text"] = joined.into();
                    continue;
                }
                out.push(it);
            }
            *all = out;
        }
        Value::Object(fields) => fields.values_mut().for_each(unmark),
        _ => {}
    }
}

fn text_of(value: &serde_json::Value) -> &str {
    value["text"].as_str().unwrap_or_default()
}
