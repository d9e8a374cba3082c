//! A snippet of a message as the search shows it: a piece of Markdown, cut anywhere, with marks
//! around what was found. The signs go, the marks stay where they were.

/// Stands for the beginning and the end of what was found while the text is read as Markdown.
/// Noncharacters: no text that people exchange contains them.
const MARK: char = '\u{FDD2}';
const UNMARK: char = '\u{FDD3}';
/// A snippet is a few lines.
const LONGEST: usize = 4_000;

/// The pieces of a snippet without the signs of Markdown; true marks what was found.
#[must_use]
pub fn snippet(pieces: &[(String, bool)]) -> Vec<(String, bool)> {
    let mut source = String::new();
    for (text, marked) in pieces {
        let text = text.replace([MARK, UNMARK], "");
        // A sign of a line stands at its beginning, so a mark may not stand before it.
        let signs = text.len() - text.trim_start_matches(['#', '>', '|', ' ', '\n']).len();
        source.push_str(&text[..signs]);
        if *marked {
            source.push(MARK);
        }
        source.push_str(&text[signs..]);
        if *marked {
            source.push(UNMARK);
        }
    }
    let plain = crate::plain_text(&rows_apart(&source), LONGEST);
    let plain = ["**", "__", "~~", "```", "`", "$$"]
        .iter()
        .fold(plain, |text, sign| text.replace(sign, ""));
    split(&plain)
}

/// The rows of tables, whose head the cut may have taken, and lines of code fences, as plain lines.
fn rows_apart(source: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        if text.starts_with("```") || text.starts_with("~~~") {
            return String::new();
        }
        if text.starts_with('|') || text.matches('|').count() > 1 {
            let row = line.replace('|', " ");
            let only_rule = row.chars().all(|c| matches!(c, '-' | ':' | ' '));
            return if only_rule { String::new() } else { row };
        }
        line.to_owned()
    };
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn split(text: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut marked = false;
    for c in text.chars() {
        match c {
            MARK => marked = true,
            UNMARK => marked = false,
            _ => match pieces.last_mut() {
                Some((last, was)) if *was == marked => last.push(c),
                _ => pieces.push((c.to_string(), marked)),
            },
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[word]` marks; the same in the answer.
    fn shown(source: &str) -> String {
        let mut pieces = Vec::new();
        for part in source.split_inclusive(['⟦', '⟧']) {
            let marked = part.ends_with('⟧');
            pieces.push((part.trim_end_matches(['⟦', '⟧']).to_owned(), marked));
        }
        pieces.retain(|piece| !piece.0.is_empty());
        snippet(&pieces)
            .into_iter()
            .map(|(text, marked)| {
                if marked {
                    format!("⟦{text}⟧")
                } else {
                    text
                }
            })
            .collect()
    }

    #[test]
    fn signs_go_and_marks_stay() {
        for (source, expected) in [
            ("plain ⟦word⟧ here", "plain ⟦word⟧ here"),
            (
                "Start at **Miradouro da ⟦Graça⟧**.",
                "Start at Miradouro da ⟦Graça⟧.",
            ),
            ("**⟦bold⟧** and _⟦em⟧phasis_", "⟦bold⟧ and ⟦em⟧phasis"),
            ("# ⟦Title⟧\n\n- one\n- ⟦two⟧", "⟦Title⟧ one ⟦two⟧"),
            ("…cut** then ⟦word⟧ `co", "…cut then ⟦word⟧ co"),
            ("| ⟦28E⟧ | Graça |\n|---|---|\n| 12 | x", "⟦28E⟧ Graça 12 x"),
            ("```python\nlet ⟦x⟧ = 1\n```", "let ⟦x⟧ = 1"),
            ("see [the ⟦page⟧](https://example.com/a)", "see the ⟦page⟧"),
            ("a * b ⟦c⟧ 2 < 3", "a * b ⟦c⟧ 2 < 3"),
            ("<b>⟦x⟧</b>", "<b>⟦x⟧</b>"),
        ] {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn foreign_marks_mark_nothing() {
        assert_eq!(
            snippet(&[("a\u{FDD2}b".to_owned(), false)]),
            [("ab".to_owned(), false)]
        );
    }
}
