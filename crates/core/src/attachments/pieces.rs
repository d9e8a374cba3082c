//! Cuts a text into pieces that can be found and told by themselves.

use fluxchat_extract::Page;
use fluxchat_store::AttachmentChunk;

/// About so long is a piece, in bytes.
const PIECE: usize = 1_600;
/// So much of a piece is repeated at the beginning of the next on the same page.
const OVERLAP: usize = 160;

/// Pieces of pages; none reaches from one page into the next.
pub(super) fn cut(pages: &[Page]) -> Vec<AttachmentChunk> {
    let mut chunks = Vec::new();
    for page in pages {
        let text = page.text.as_str();
        let mut start = 0;
        while start < text.len() {
            let end = end_of_piece(text, start);
            let begin = if start == 0 {
                0
            } else {
                beginning_of_overlap(text, start)
            };
            chunks.push(AttachmentChunk {
                seq: 0,
                page: page.number,
                fresh: u32::try_from(start - begin).unwrap_or(0),
                body: text[begin..end].to_owned(),
            });
            start = end;
        }
    }
    chunks
}

/// How long the text is that pieces are of.
pub(super) fn length(chunks: &[AttachmentChunk]) -> u32 {
    let bytes: usize = chunks.iter().map(|it| it.body.len()).sum();
    let twice: u32 = chunks.iter().map(|it| it.fresh).sum();
    u32::try_from(bytes).unwrap_or(u32::MAX) - twice
}

/// At the end of a paragraph, a line, a sentence or a word, whichever is near.
fn end_of_piece(text: &str, start: usize) -> usize {
    if text.len() - start <= PIECE + OVERLAP {
        return text.len();
    }
    let far = text.floor_char_boundary(start + PIECE);
    let near = text.floor_char_boundary(start + PIECE / 2);
    let window = &text[near..far];
    for mark in ["\n\n", "\n", ". ", " "] {
        if let Some(at) = window.rfind(mark) {
            return near + at + mark.len();
        }
    }
    far
}

fn beginning_of_overlap(text: &str, start: usize) -> usize {
    let from = text.floor_char_boundary(start.saturating_sub(OVERLAP));
    text[from..start]
        .find([' ', '\n'])
        .map_or(from, |at| from + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_without_what_they_repeat_are_the_text() {
        let long: String = (0..900).map(|n| format!("Wort{n} über. ")).collect();
        let pages = [
            Page {
                number: 1,
                text: long.clone(),
            },
            Page {
                number: 2,
                text: "漢字".repeat(2_000),
            },
        ];
        let chunks = cut(&pages);
        for page in &pages {
            let joined: String = chunks
                .iter()
                .filter(|it| it.page == page.number)
                .map(|it| &it.body[it.fresh as usize..])
                .collect();
            assert_eq!(joined, page.text);
        }
        assert!(
            chunks
                .iter()
                .all(|it| it.body.len() <= PIECE + 2 * OVERLAP + 4)
        );
        assert!(chunks.iter().any(|it| it.fresh > 0), "neighbours overlap");
        assert_eq!(length(&chunks) as usize, long.len() + pages[1].text.len());
    }
}
