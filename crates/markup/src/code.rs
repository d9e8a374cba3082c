//! The code of a text, block by block.

use crate::block::Block;

/// A block of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    /// The first word of the info string, lower case.
    pub language: Option<String>,
    /// The lines, without a line end after the last.
    pub text: String,
}

/// The blocks of code of a text in reading order, those within lists and quotations too.
#[must_use]
pub fn code_blocks(markdown: &str) -> Vec<Code> {
    let mut found = Vec::new();
    collect(&crate::parse(markdown).blocks, &mut found);
    found
}

fn collect(blocks: &[Block], found: &mut Vec<Code>) {
    for block in blocks {
        match block {
            Block::CodeBlock {
                language, lines, ..
            } => {
                let lines = lines.iter().map(|line| {
                    let spans = line.iter().map(|span| span.text.as_str());
                    spans.collect::<String>()
                });
                found.push(Code {
                    language: language.clone(),
                    text: lines.collect::<Vec<_>>().join("\n"),
                });
            }
            Block::List { items, .. } => {
                items.iter().for_each(|item| collect(&item.blocks, found));
            }
            Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                collect(blocks, found);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_in_reading_order() {
        let text = "```Rust\nfn a() {}\n\nb\n```\n\n- item\n\n  ```py\n  x = 1\n  ```\n\n> ```\n> q\n> ```\n\n    indented\n\n`inline`";
        let found = code_blocks(text);
        let seen: Vec<_> = found
            .iter()
            .map(|code| (code.language.as_deref(), code.text.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (Some("rust"), "fn a() {}\n\nb"),
                (Some("py"), "x = 1"),
                (None, "q"),
                (None, "indented"),
            ]
        );
        assert!(code_blocks("no code").is_empty());
    }
}
