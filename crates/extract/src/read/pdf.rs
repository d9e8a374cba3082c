//! PDF, page by page. One page that cannot be read leaves the others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, Error, PlainTextOutput, output_doc_page};

use super::Pages;
use crate::answer::Text;
use crate::{MOST_PAGES, ReadError};

pub(super) fn read(bytes: &[u8]) -> Result<Text, ReadError> {
    let mut document = Document::load_mem(bytes).map_err(|error| match error {
        Error::InvalidPassword | Error::Decryption(_) => ReadError::Protected,
        _ => ReadError::Damaged,
    })?;
    // Loading takes this away where no password is needed. It may stand in the trailer itself,
    // where `is_encrypted` does not see it (ISO 32000-1, 7.5.5).
    if document.trailer.has(b"Encrypt") && document.decrypt("").is_err() {
        return Err(ReadError::Protected);
    }
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    if numbers.is_empty() {
        return Err(ReadError::Damaged);
    }
    let mut pages = Pages::default();
    for number in numbers.iter().take(MOST_PAGES) {
        let mut text = String::new();
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut output = PlainTextOutput::new(&mut text);
            output_doc_page(&document, &mut output, *number).is_ok()
        }));
        if !read.unwrap_or(false) {
            pages.unread();
        }
        if !pages.push(*number, &text) {
            break;
        }
    }
    Ok(pages.finish(u32::try_from(numbers.len()).unwrap_or(u32::MAX)))
}
