//! Which language a question is in, by words that occur in one language only.

use super::terms::{FILLER_DE, FILLER_EN, words};

/// Words that tell beside the filler words of a language.
const MORE_EN: &str = "hello thanks thank key keys server show search delete model privacy";
const MORE_DE: &str = "hallo danke vielen dank guten tag morgen abend loschen schlussel suche zeig \
    zeige datenschutz";

/// The language a text is most likely in; `None` if nothing tells.
pub(super) fn of(text: &str) -> Option<&'static str> {
    let has_umlaut = text.chars().any(|c| "äöüÄÖÜß".contains(c));
    let (mut en, mut de) = (0_usize, usize::from(has_umlaut) * 2);
    for word in words(text) {
        en += usize::from(is_in(&word, [FILLER_EN, MORE_EN]));
        de += usize::from(is_in(&word, [FILLER_DE, MORE_DE]));
    }
    match en.cmp(&de) {
        std::cmp::Ordering::Greater => Some("en"),
        std::cmp::Ordering::Less => Some("de"),
        std::cmp::Ordering::Equal => None,
    }
}

fn is_in(word: &str, lists: [&str; 2]) -> bool {
    lists
        .into_iter()
        .flat_map(str::split_ascii_whitespace)
        .any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_german_from_english_and_admits_when_it_cannot() {
        assert_eq!(of("Wo liegen meine Daten?"), Some("de"));
        assert_eq!(of("Where is my data?"), Some("en"));
        assert_eq!(of("Schlüssel"), Some("de"));
        assert_eq!(of("Ollama"), None);
        assert_eq!(of("什么"), None);
    }
}
