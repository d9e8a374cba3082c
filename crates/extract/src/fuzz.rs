//! The entry for fuzzing: what a file is, and what is in it. Elsewhere this runs in a process of
//! its own; here in this one.

use fluxchat_model::{DiagramKind, DiagramTheme, Scene};

use crate::answer::Text;
use crate::{Detected, Kind, LONGEST_SIDE, LONGEST_TEXT, MOST_PAGES, detect, diagram, read};

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

/// The entry for diagrams: bytes that begin with a tag are an SVG as the library might make one,
/// all others the text of a diagram.
///
/// # Panics
/// On a defect only: a library that gives up on a text is caught.
pub fn fuzz_diagram(data: &[u8]) {
    let drawn = match data {
        [b'<', ..] => {
            let Ok(svg) = std::str::from_utf8(data) else {
                return;
            };
            diagram::of_svg(svg, DiagramKind::Other, None)
        }
        _ => diagram::draw(DiagramTheme::Dark, 1_800_000_000_000, data),
    };
    let Ok(scene) = drawn else { return };
    assert!(scene.holds(), "it keeps to the bounds");
    let Ok(told) = serde_json::to_value(&scene) else {
        return;
    };
    closed(&told, "");
    let again: Result<Scene, _> = serde_json::from_value(told);
    assert!(
        again.is_ok_and(|it| it == scene),
        "it is the same on the other side"
    );
}

/// Words stand where words are shown, and all other strings are ours.
fn closed(value: &serde_json::Value, key: &str) {
    const OURS: &[&str] = &[
        "close", "path", "rect", "ellipse", "text", "start", "middle", "end",
    ];
    match value {
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, it)| closed(it, key)),
        serde_json::Value::Array(values) => values.iter().for_each(|it| closed(it, key)),
        serde_json::Value::String(text) => assert!(
            matches!(key, "text" | "title" | "description" | "kind")
                || OURS.contains(&text.as_str()),
            "{text:?} as {key}"
        ),
        _ => {}
    }
}
