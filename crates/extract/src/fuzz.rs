//! The entry for fuzzing: what a file is, and what is in it. Elsewhere this runs in a process of
//! its own; here in this one.

use crate::answer::Text;
use crate::{Detected, Kind, LONGEST_SIDE, LONGEST_TEXT, MOST_PAGES, detect, read};

const NAMES: &[&str] = &[
    "a", "a.txt", "a.csv", "a.html", "a.pdf", "a.docx", "a.odt", "a.xlsx", "a.ods", "a.xls",
    "a.pptx", "a.odp", "a.png", "a.json", "a.svg", ".",
];

/// Tells what `data` is, reads it, and checks what must always hold. The last byte chooses the
/// name of the file.
///
/// # Panics
/// On a defect only: a library that gives up on a file is caught.
pub fn fuzz(data: &[u8]) {
    let Some((seed, bytes)) = data.split_last() else {
        return;
    };
    let name = NAMES[usize::from(*seed) % NAMES.len()];
    let Some(Detected { kind, media_type }) = detect(name, bytes) else {
        return;
    };
    assert!(media_type.contains('/'), "a media type");
    if let Ok(text) = read::text(kind, bytes) {
        holds(&text);
    }
    if kind == Kind::Picture
        && let Ok(picture) = read::picture(bytes)
    {
        assert!(
            picture.width.max(picture.height) <= LONGEST_SIDE && !picture.bytes.is_empty(),
            "a picture is not too large"
        );
    }
}

fn holds(text: &Text) {
    let said: usize = text.pages.iter().map(|page| page.text.len()).sum();
    assert!(said <= LONGEST_TEXT, "a text is not too long");
    assert!(text.pages.len() <= MOST_PAGES, "not too many pages");
    for page in &text.pages {
        assert!(
            !page.text.trim().is_empty(),
            "pages without words are left out"
        );
        let is_plain = |it: char| it == '\n' || it == '\t' || !it.is_control();
        assert!(page.text.chars().all(is_plain), "nothing unseen");
    }
    let numbers = text
        .pages
        .windows(2)
        .map(|pair| (pair[0].number, pair[1].number));
    for (before, after) in numbers {
        assert!(before <= after, "pages are in order");
    }
}
