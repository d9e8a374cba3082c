//! The page that shows what Markdown looks like here.

use super::terms::words;

/// The demonstration, if a message asks for it.
pub(super) fn answer(message: &str, language: &str) -> Option<String> {
    let said: Vec<String> = words(message).collect();
    let is_short = said.len() <= 8;
    let names_markdown = said.iter().any(|word| word == "markdown");
    let asks_to_show = said.iter().any(|word| {
        [
            "show", "demo", "example", "test", "render", "zeig", "zeige", "beispiel",
        ]
        .contains(&word.as_str())
    });
    if !(is_short && names_markdown && (asks_to_show || said.len() == 1)) {
        return None;
    }
    let page = if language == "de" {
        include_str!("demo/de.md")
    } else {
        include_str!("demo/en.md")
    };
    Some(page.trim_end().to_owned())
}
