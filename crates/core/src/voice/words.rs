//! Markdown as it is read aloud: words alone, in pieces that end where a sentence does.

use fluxchat_markup::{Block, Inline, parse};

/// The first piece is short, so that it sounds soon; in characters.
const FIRST: usize = 240;
/// The others; well below what services take.
const REST: usize = 1_200;

struct Says {
    code: &'static str,
    table: &'static str,
    formula: &'static str,
    picture: &'static str,
}

fn says(language: &str) -> &'static Says {
    if language.starts_with("de") {
        &Says {
            code: "Codeblock.",
            table: "Tabelle.",
            formula: "Formel",
            picture: "Bild",
        }
    } else {
        &Says {
            code: "Code block.",
            table: "Table.",
            formula: "formula",
            picture: "picture",
        }
    }
}

/// A text as it is read aloud. Code, formulas and pictures are named, not spelled; addresses of
/// links are left out.
pub(crate) fn spoken(markdown: &str, language: &str) -> String {
    let mut out = String::new();
    blocks(&parse(markdown).blocks, says(language), &mut out);
    out
}

fn blocks(all: &[Block], says: &Says, out: &mut String) {
    for block in all {
        match block {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => {
                paragraph(inlines, says, out);
            }
            Block::CodeBlock { .. } | Block::HtmlSource { .. } => line(says.code, out),
            Block::Math { .. } => line(says.formula, out),
            Block::List {
                items,
                ordered_start,
                ..
            } => {
                for (item, number) in items.iter().zip(ordered_start.unwrap_or(1)..) {
                    if ordered_start.is_some() {
                        out.push_str(&format!("{number}. "));
                    }
                    blocks(&item.blocks, says, out);
                }
            }
            Block::Quote { blocks: quoted } | Block::FootnoteDefinition { blocks: quoted, .. } => {
                blocks(quoted, says, out);
            }
            Block::Table { header, rows, .. } => {
                line(says.table, out);
                for row in std::iter::once(header).chain(rows) {
                    let mut cells = Vec::new();
                    for cell in row {
                        let mut words = String::new();
                        inline(cell, says, &mut words);
                        cells.push(words.trim().to_owned());
                    }
                    cells.retain(|words| !words.is_empty());
                    line(&cells.join(", "), out);
                }
            }
            Block::Rule => {}
        }
    }
}

fn paragraph(inlines: &[Inline], says: &Says, out: &mut String) {
    let mut words = String::new();
    inline(inlines, says, &mut words);
    line(&words, out);
}

/// One line, which ends as a sentence does: a voice pauses there.
fn line(words: &str, out: &mut String) {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return;
    }
    out.push_str(&words);
    if words.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ')' | '"' | '”' | '“'))
    {
        out.push('.');
    }
    out.push('\n');
}

fn inline(all: &[Inline], says: &Says, out: &mut String) {
    for part in all {
        match part {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Strong { inlines }
            | Inline::Emphasis { inlines }
            | Inline::Strikethrough { inlines }
            | Inline::Link { inlines, .. } => inline(inlines, says, out),
            Inline::Image { alt, .. } => {
                out.push_str(says.picture);
                if !alt.is_empty() {
                    out.push_str(": ");
                    out.push_str(alt);
                }
            }
            Inline::Math { .. } => out.push_str(says.formula),
            Inline::FootnoteRef { .. } | Inline::CitationRef { .. } => {}
            Inline::HardBreak | Inline::SoftBreak => out.push(' '),
        }
    }
}

/// A text in pieces. Nothing is lost but the space between them.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let most = if pieces.is_empty() { FIRST } else { REST };
        let (piece, behind) = rest.split_at(cut(rest, most));
        let piece = piece.trim();
        if piece.contains(char::is_alphanumeric) {
            pieces.push(piece.to_owned());
        }
        rest = behind.trim_start();
    }
    pieces
}

/// Where a piece ends: behind the last sentence that fits, else behind the last word, else where it
/// must.
fn cut(text: &str, most: usize) -> usize {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.len();
    };
    let fits = &text[..end];
    let sentence = fits.char_indices().rev().find(|(at, c)| {
        let behind = fits[at + c.len_utf8()..].chars().next();
        match c {
            '\n' | '。' | '！' | '？' => true,
            '.' | '!' | '?' | '…' => behind.is_some_and(char::is_whitespace),
            _ => false,
        }
    });
    let word = || fits.char_indices().rev().find(|(_, c)| c.is_whitespace());
    sentence
        .or_else(word)
        .map_or(end, |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_is_named_and_not_read_out() {
        let said = spoken(
            "# Sum\n\nUse **this** [page](https://x.example/a?b=c):\n\n```rust\nlet secret = 1;\n```\n\n\
             1. one\n2. two\n\n|a|b|\n|-|-|\n|1|2|\n\n![a cat](https://x.example/c.png) and `x + 1`\n",
            "en",
        );
        assert_eq!(
            said,
            "Sum.\nUse this page:\nCode block.\n1. one.\n2. two.\nTable.\na, b.\n1, 2.\n\
             picture: a cat and x + 1.\n"
        );
        assert!(spoken("```\nx\n```", "de-AT").contains("Codeblock"));
    }

    #[test]
    fn the_first_piece_is_short_and_ends_with_a_sentence() {
        let sentence = "This is a sentence of a few words. ";
        let all = pieces(&sentence.repeat(100));
        assert!(all[0].chars().count() <= FIRST && all[0].ends_with("words."));
        assert!(all[1..].iter().all(|piece| piece.ends_with("words.")));
        assert!(pieces(" \n--- ").is_empty(), "no words, nothing to say");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(text in "\\PC{0,4000}") {
            let all = pieces(&text);
            for piece in &all {
                prop_assert!(piece.chars().count() <= REST);
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&all.concat()), letters(&text));
        }
    }
}
