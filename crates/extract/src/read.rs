//! What is in a file, by its kind.

mod epub;
mod office;
mod pdf;
mod picture;
mod rtf;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::answer::{Page, Picture, Text};
use crate::{Kind, LONGEST_TEXT, MOST_PAGES, ReadError};

/// A library that gives up on a file says that it is damaged, and no more.
pub(crate) fn text(kind: Kind, bytes: &[u8]) -> Result<Text, ReadError> {
    catch_unwind(AssertUnwindSafe(|| text_of(kind, bytes))).unwrap_or(Err(ReadError::Damaged))
}

fn text_of(kind: Kind, bytes: &[u8]) -> Result<Text, ReadError> {
    match kind {
        Kind::Pdf => pdf::read(bytes),
        Kind::Document => office::document(bytes),
        Kind::Sheet => office::sheets(bytes),
        Kind::Slides => office::slides(bytes),
        Kind::Html => words::html(bytes),
        Kind::Text => Ok(words::plain(bytes)),
        Kind::Picture | Kind::Audio => Ok(Text::default()),
    }
}

pub(crate) fn picture(bytes: &[u8]) -> Result<Picture, ReadError> {
    catch_unwind(AssertUnwindSafe(|| picture::read(bytes))).unwrap_or(Err(ReadError::Damaged))
}

/// Gathers pages up to what a file may say.
#[derive(Default)]
struct Pages {
    text: Text,
    bytes: usize,
}

impl Pages {
    /// False once no more is taken.
    fn push(&mut self, number: u32, text: &str) -> bool {
        let text = tidy(text);
        let room = LONGEST_TEXT.saturating_sub(self.bytes);
        let cut = text.floor_char_boundary(room);
        self.text.is_partial |= cut < text.len();
        self.bytes += cut;
        if !text[..cut].trim().is_empty() {
            self.text.pages.push(Page {
                number,
                text: text[..cut].to_owned(),
            });
        }
        let full = cut < text.len() || self.text.pages.len() >= MOST_PAGES;
        self.text.is_partial |= full;
        !full
    }

    fn unread(&mut self) {
        self.text.is_partial = true;
    }

    fn finish(mut self, page_count: u32) -> Text {
        self.text.page_count = page_count;
        self.text
    }
}

/// One kind of line ends, no trailing blanks, at most one empty line between paragraphs, and no
/// characters that cannot be seen.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line: String = line
            .chars()
            .map(|it| if it == '\u{A0}' { ' ' } else { it })
            .filter(|it| *it == '\t' || !it.is_control())
            .collect();
        let line = line.trim_end();
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(line);
    }
    out
}
