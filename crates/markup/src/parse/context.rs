//! What a part of a document means for the parts behind it.

use std::collections::HashMap;

use crate::block::{Block, Inline};

/// What earlier parts of a document mean for a later one.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// The id of the next link or image.
    pub(crate) next_link: u32,
    /// Footnote numbers by lower-case label.
    pub(crate) footnotes: HashMap<String, u32>,
    /// Destinations by normalised label.
    pub(crate) definitions: HashMap<String, String>,
}

impl Context {
    /// Takes in a block that has become final.
    pub(crate) fn absorb(&mut self, block: &Block) {
        match block {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => {
                self.absorb_inlines(inlines);
            }
            Block::List { items, .. } => {
                for block in items.iter().flat_map(|item| &item.blocks) {
                    self.absorb(block);
                }
            }
            Block::Quote { blocks } => blocks.iter().for_each(|block| self.absorb(block)),
            Block::FootnoteDefinition {
                label,
                number,
                blocks,
            } => {
                self.footnotes
                    .entry(label.to_lowercase())
                    .or_insert(*number);
                blocks.iter().for_each(|block| self.absorb(block));
            }
            Block::Table { header, rows, .. } => {
                for cell in header.iter().chain(rows.iter().flatten()) {
                    self.absorb_inlines(cell);
                }
            }
            Block::CodeBlock { .. }
            | Block::Math { .. }
            | Block::Rule
            | Block::HtmlSource { .. } => {}
        }
    }

    fn absorb_inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Link { id, inlines, .. } => {
                    self.next_link = self.next_link.max(id.saturating_add(1));
                    self.absorb_inlines(inlines);
                }
                Inline::Image { id, .. } => {
                    self.next_link = self.next_link.max(id.saturating_add(1));
                }
                Inline::Strong { inlines }
                | Inline::Emphasis { inlines }
                | Inline::Strikethrough { inlines } => self.absorb_inlines(inlines),
                Inline::FootnoteRef { label, number } => {
                    self.footnotes
                        .entry(label.to_lowercase())
                        .or_insert(*number);
                }
                _ => {}
            }
        }
    }
}

/// The key under which a link label is found.
pub(super) fn label_key(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

pub(super) struct Footnotes<'c> {
    pub(super) known: &'c HashMap<String, u32>,
    pub(super) new: HashMap<String, u32>,
}

impl Footnotes<'_> {
    pub(super) fn number(&mut self, label: &str) -> u32 {
        let key = label.to_lowercase();
        if let Some(number) = self.known.get(&key).or_else(|| self.new.get(&key)) {
            return *number;
        }
        let next = u32::try_from(self.known.len() + self.new.len() + 1).unwrap_or(u32::MAX);
        self.new.insert(key, next);
        next
    }

    /// Definitions are numbered last: the order is that of the references.
    pub(super) fn number_definitions(&mut self, block: &mut Block) {
        match block {
            Block::FootnoteDefinition {
                label,
                number,
                blocks,
            } => {
                *number = self.number(label);
                for block in blocks {
                    self.number_definitions(block);
                }
            }
            Block::Quote { blocks } => {
                for block in blocks {
                    self.number_definitions(block);
                }
            }
            Block::List { items, .. } => {
                for block in items.iter_mut().flat_map(|item| &mut item.blocks) {
                    self.number_definitions(block);
                }
            }
            _ => {}
        }
    }
}
