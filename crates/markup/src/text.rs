//! Text without markup: snippets, notifications, lines of a map.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::block::{Block, Inline};
use crate::parse::{Context, parse_source};

/// Room in an excerpt, in columns: a Chinese or Japanese character takes two.
const COLUMNS: usize = 60;

/// The text without markup, white space folded to single spaces, at most `max_chars`
/// characters. Safe to show like any text of the tree.
#[must_use]
pub fn plain_text(markdown: &str, max_chars: usize) -> String {
    // Markup seldom takes more than half of a text; the rest needs not be parsed.
    let mut end = markdown
        .len()
        .min(max_chars.saturating_mul(8).saturating_add(4_096))
        .min(crate::MAX_SOURCE);
    while !markdown.is_char_boundary(end) {
        end -= 1;
    }
    let source = crate::normalized(&markdown[..end]);
    let parsed = parse_source(&source, &Context::default(), None);
    folded(&parsed.blocks, max_chars)
}

/// The same of blocks.
pub(crate) fn folded(blocks: &[Block], max_chars: usize) -> String {
    let mut text = Folded {
        out: String::new(),
        room: max_chars,
        space: false,
    };
    text.blocks(blocks);
    text.out
}

/// The first meaningful words: the first sentence if it fits, else as many words as fit into 60
/// columns, and `…`. Empty when there are none.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let text = plain_text(text, 400);
    let text = text
        .trim_start_matches(|c: char| !c.is_alphanumeric() && !is_opening(c))
        .trim_end();
    let sentence = first_sentence(text);
    if columns(sentence) <= COLUMNS {
        return sentence.to_owned();
    }
    let mut end = 0;
    let mut used = 1; // the ellipsis
    for (at, word) in text.split_word_bound_indices() {
        used += columns(word);
        if used > COLUMNS {
            break;
        }
        end = at + word.len();
    }
    if end == 0 {
        // One endless word.
        let mut used = 1;
        for (at, grapheme) in text.grapheme_indices(true) {
            used += columns(grapheme);
            if used > COLUMNS {
                break;
            }
            end = at + grapheme.len();
        }
    }
    let words = text[..end].trim_end_matches(|c: char| c.is_whitespace() || is_weak(c));
    format!("{words}…")
}

fn is_opening(c: char) -> bool {
    matches!(
        c,
        '¿' | '¡' | '«' | '„' | '“' | '"' | '「' | '『' | '《' | '(' | '$' | '€'
    )
}

/// Punctuation that no excerpt ends with.
fn is_weak(c: char) -> bool {
    matches!(
        c,
        ',' | ';' | ':' | '-' | '–' | '—' | '、' | '，' | '；' | '：' | '(' | '（'
    )
}

pub(crate) fn first_sentence(text: &str) -> &str {
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        match c {
            '。' | '．' => return &text[..at],
            '！' | '？' => return &text[..at + c.len_utf8()],
            '!' | '?' if after.is_empty() || after.starts_with(' ') => return &text[..=at],
            // A full stop after one letter or a digit is an abbreviation or a number.
            '.' if after.is_empty() || after.starts_with(' ') => {
                let word = text[..at].rsplit(' ').next().unwrap_or("");
                if word.chars().count() > 3 || after.is_empty() {
                    return &text[..at];
                }
            }
            _ => {}
        }
    }
    text
}

pub(crate) fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3ffff}' => 2,
            _ => 1,
        })
        .sum()
}

struct Folded {
    out: String,
    /// Characters left.
    room: usize,
    /// A space is due before the next character.
    space: bool,
}

impl Folded {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = !self.out.is_empty();
                continue;
            }
            if self.room <= usize::from(self.space) {
                self.room = 0;
                return;
            }
            if std::mem::take(&mut self.space) {
                self.out.push(' ');
                self.room -= 1;
            }
            self.out.push(c);
            self.room -= 1;
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            if self.room == 0 {
                return;
            }
            match block {
                Block::Paragraph { inlines } | Block::Heading { inlines, .. } => {
                    self.inlines(inlines);
                }
                Block::CodeBlock { lines, .. } => {
                    for line in lines {
                        line.iter().for_each(|span| self.push(&span.text));
                        self.push(" ");
                    }
                }
                Block::List { items, .. } => {
                    for item in items {
                        self.blocks(&item.blocks);
                    }
                }
                Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                    self.blocks(blocks);
                }
                Block::Table { header, rows, .. } => {
                    for cell in header.iter().chain(rows.iter().flatten()) {
                        self.inlines(cell);
                        self.push(" ");
                    }
                }
                Block::Math { source, .. } => self.push(source),
                Block::HtmlSource { text } => self.push(text),
                Block::Rule => {}
            }
            self.push(" ");
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text { text } | Inline::Code { text } => self.push(text),
                Inline::Strong { inlines }
                | Inline::Emphasis { inlines }
                | Inline::Strikethrough { inlines }
                | Inline::Link { inlines, .. } => self.inlines(inlines),
                Inline::Image { alt, .. } => self.push(alt),
                Inline::Math { source, .. } => self.push(source),
                Inline::FootnoteRef { .. } | Inline::CitationRef { .. } => {}
                Inline::HardBreak | Inline::SoftBreak => self.push(" "),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_gone_and_white_space_folded() {
        let markdown =
            "# Title\n\n- **a** [b](https://x.example)\n- `c`\n\n| h |\n|---|\n| d |\n\n![alt](x)";
        assert_eq!(plain_text(markdown, 100), "Title a b c h d alt");
        assert_eq!(plain_text("word word", 4), "word");
        assert_eq!(plain_text("word word", 5), "word");
        assert_eq!(plain_text("", 5), "");
    }

    #[test]
    fn excerpts_end_at_a_word_and_fit() {
        let table = [
            ("How do I cook rice? I have no pot.", "How do I cook rice?"),
            ("## Plan\n\nthree days", "Plan three days"),
            (
                "What does e.g. mean in Dr. No",
                "What does e.g. mean in Dr. No",
            ),
            ("我喜欢人工智能。你呢？", "我喜欢人工智能"),
            ("   \n", ""),
            ("-- **hi** --", "hi --"),
        ];
        for (text, title) in table {
            assert_eq!(excerpt(text), title, "{text}");
        }
        let long = excerpt(&"Please explain the meaning of this, ".repeat(5));
        assert_eq!(
            long,
            "Please explain the meaning of this, Please explain the…"
        );
        let cjk = excerpt(&"人工智能的未来发展".repeat(10));
        assert!(
            cjk.ends_with('…') && columns(&cjk) <= 60 && columns(&cjk) > 50,
            "{cjk}"
        );
        let endless = excerpt(&"x".repeat(500));
        assert_eq!(endless.chars().count(), 60);
    }
}
