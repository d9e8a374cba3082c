//! Titles: of a conversation by its first question, as a person typed it, as a model gave it.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::block::Block;
use crate::parse::{Context, parse_source};
use crate::scrub::scrub;
use crate::text::{columns, excerpt, first_sentence, folded, plain_text};

/// Room in a title that is made, in columns: a Chinese or Japanese character takes two.
const ROOM: usize = 40;
/// Of one that somebody typed.
const TYPED_ROOM: usize = 120;
/// A sentence that says less is no title if more follows.
const SHORT: usize = 10;
/// So much of a question is looked at.
const LOOKED_AT: usize = 8 << 10;
/// Somebody may be greeted by as many words.
const MOST_NAMES: usize = 3;

/// What opens a letter and says nothing of it; the longer first.
const GREETINGS: &[&str] = &[
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "hello there",
    "hi there",
    "hey there",
    "greetings",
    "hello",
    "hey",
    "hi",
    "dear",
    "guten morgen",
    "guten abend",
    "guten tag",
    "grüß gott",
    "grüezi",
    "hallo",
    "servus",
    "moin",
    "liebe",
    "lieber",
    "bonjour",
    "bonsoir",
    "salut",
    "hola",
    "buenos días",
    "buenas tardes",
    "buongiorno",
    "buonasera",
    "ciao",
    "olá",
    "bom dia",
    "hallo daar",
    "goedemorgen",
    "goedendag",
    "cześć",
    "привет",
    "здравствуйте",
    "你好",
    "您好",
    "大家好",
    "こんにちは",
    "おはようございます",
    "こんばんは",
    "안녕하세요",
];

/// Those that are words of their own where nobody is named after them.
const WITH_NAMES: &[&str] = &["dear", "liebe", "lieber"];

/// Words a question begins with: before one of them a greeting may stand without a comma.
const BEGINNINGS: &[&str] = &[
    "can",
    "could",
    "would",
    "will",
    "please",
    "how",
    "what",
    "why",
    "when",
    "where",
    "who",
    "which",
    "is",
    "are",
    "do",
    "does",
    "i",
    "i'm",
    "i’m",
    "we",
    "my",
    "kannst",
    "können",
    "könntest",
    "könnten",
    "bitte",
    "wie",
    "was",
    "warum",
    "wann",
    "wo",
    "wer",
    "welche",
    "welcher",
    "welches",
    "ist",
    "sind",
    "ich",
    "wir",
    "mein",
    "meine",
];

/// A title by the first question: its first sentence that is no greeting, without a closing mark,
/// cut at a word where it does not fit. Code, quotations and tables count only where there is
/// nothing else. Empty when there are no words.
#[must_use]
pub fn title_from(text: &str) -> String {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let source = crate::normalized(&text[..end]);
    let blocks = parse_source(&source, &Context::default(), None).blocks;
    let mut greeted = false;
    for block in blocks.iter().filter(|block| is_prose(block)) {
        let text = folded(std::slice::from_ref(block), LOOKED_AT);
        let mut rest = begun(&text);
        while let Some(after) = without_greeting(rest) {
            rest = begun(after);
            greeted = true;
        }
        match said(rest) {
            "" => {}
            title if greeted => return capitalised(title),
            title => return title.to_owned(),
        }
    }
    said(begun(&folded(&blocks, LOOKED_AT))).to_owned()
}

/// The title by the first question, and the one that earlier versions made of it.
#[must_use]
pub fn titles_from(text: &str) -> [String; 2] {
    [title_from(text), excerpt(text)]
}

/// A title that a person typed: on one line, and otherwise as it is.
#[must_use]
pub fn title_typed(text: &str) -> String {
    let line = scrub(text).split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&line, TYPED_ROOM).to_owned()
}

/// A title that a model gave: without markup, quotation marks and a closing mark.
#[must_use]
pub fn title_told(text: &str) -> String {
    let quotes = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」');
    let text = plain_text(text, 400);
    let text = text.trim().trim_matches(quotes);
    closed(cut(text, 2 * ROOM)).trim_matches(quotes).to_owned()
}

fn is_prose(block: &Block) -> bool {
    matches!(
        block,
        Block::Paragraph { .. } | Block::Heading { .. } | Block::List { .. }
    )
}

/// From its first word on.
fn begun(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_opening(c))
}

/// What a text says first, as a title; empty if that is no word.
fn said(text: &str) -> &str {
    let sentence = first_sentence(text);
    let sentence = if columns(sentence) < SHORT {
        text
    } else {
        sentence
    };
    let title = closed(cut(sentence, ROOM));
    if title.chars().any(char::is_alphanumeric) {
        title
    } else {
        ""
    }
}

/// What follows a greeting and the name after it.
fn without_greeting(text: &str) -> Option<&str> {
    let (greeting, rest) = GREETINGS.iter().find_map(|greeting| {
        let rest = strip_prefix_folded(text, greeting)?;
        // `hit` is no `hi`; a greeting of a script without spaces ends where it ends.
        let goes_on = rest.chars().next().is_some_and(char::is_alphanumeric);
        (!goes_on || !greeting.is_ascii() && columns(greeting) > greeting.chars().count())
            .then_some((*greeting, rest))
    })?;
    let needs_name = WITH_NAMES.contains(&greeting);
    let ends = |c: char| {
        matches!(
            c,
            ',' | '!' | '.' | ':' | ';' | '–' | '—' | '，' | '！' | '。' | '、' | '：'
        )
    };
    // As much as a name can be.
    let mut words = 0;
    for (at, word) in rest.split_word_bound_indices() {
        if word.chars().all(ends) {
            if needs_name && words == 0 {
                return None;
            }
            return Some(&rest[at + word.len()..]);
        }
        words += usize::from(word.chars().any(char::is_alphanumeric));
        let is_name = words <= MOST_NAMES && !word.contains(['?', '(', '"', '`']);
        if !is_name {
            break;
        }
    }
    if words == 0 && !needs_name {
        return Some("");
    }
    let next = rest.trim_start();
    let word = next.split(char::is_whitespace).next().unwrap_or_default();
    BEGINNINGS
        .contains(&word.to_lowercase().as_str())
        .then_some(next)
}

/// What follows `prefix`, whichever way it is written; `prefix` is in lower case.
fn strip_prefix_folded<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut wanted = prefix.chars();
    let mut end = 0;
    for c in text.chars() {
        let Some(first) = wanted.clone().next() else {
            break;
        };
        let mut lower = c.to_lowercase();
        if lower.next() != Some(first) || lower.next().is_some() {
            return None;
        }
        wanted.next();
        end += c.len_utf8();
    }
    wanted.next().is_none().then(|| &text[end..])
}

/// As much of it as fits, to the end of a word.
fn cut(text: &str, room: usize) -> &str {
    if columns(text) <= room {
        return text;
    }
    let (mut end, mut used) = (0, 0);
    // Where the last space that fits stands, and how much is before it.
    let mut space = (0, 0);
    for (at, word) in text.split_word_bound_indices() {
        if word.starts_with(char::is_whitespace) {
            space = (at, used);
        }
        used += columns(word);
        if used > room {
            break;
        }
        end = at + word.len();
    }
    if space.1 * 2 >= room {
        return &text[..space.0];
    }
    if end == 0 {
        // One endless word.
        let mut used = 0;
        for (at, grapheme) in text.grapheme_indices(true) {
            used += columns(grapheme);
            if used > room {
                break;
            }
            end = at + grapheme.len();
        }
    }
    &text[..end]
}

/// Without the marks a sentence ends with, and without an opening one that nothing follows.
fn closed(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let Some(last) = text.chars().next_back() else {
            return text;
        };
        let rest = text[..text.len() - last.len_utf8()].trim_end();
        let is_end = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '…' | '-' | '–' | '—' | '·' | '*' | '_' | '|' | '/'
        ) || matches!(last, '。' | '．' | '、' | '，' | '；' | '：' | '！' | '？')
            || matches!(
                last,
                '(' | '[' | '{' | '（' | '「' | '『' | '《' | '„' | '“' | '«'
            )
            || last == '"' && text.matches('"').count() % 2 == 1;
        if !is_end {
            return text;
        }
        text = rest;
    }
}

/// With a capital, unless its first word has one of its own somewhere.
fn capitalised(text: &str) -> String {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    if word.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn is_opening(c: char) -> bool {
    matches!(
        c,
        '¿' | '¡' | '«' | '„' | '“' | '"' | '「' | '『' | '《' | '(' | '$' | '€'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_that_says_something() {
        let table = [
            ("How do I cook rice? I have no pot.", "How do I cook rice"),
            ("how do I cook rice", "how do I cook rice"),
            ("## Plan\n\nthree days", "Plan"),
            (
                "# Three days in Lisbon\n\nwithout a car",
                "Three days in Lisbon",
            ),
            ("Compare these two:\n- tea\n- coffee", "Compare these two"),
            ("- milk\n- eggs", "milk eggs"),
            (
                "What does e.g. mean in Dr. No",
                "What does e.g. mean in Dr. No",
            ),
            (
                "Help! My cat sits in a tree.",
                "Help! My cat sits in a tree",
            ),
            ("What is f(x) in C++?", "What is f(x) in C++"),
            ("\"To be or not to be\"", "\"To be or not to be\""),
            ("-- **hi** --", "hi"),
            ("   \n", ""),
            ("!!! ???", ""),
        ];
        for (text, title) in table {
            assert_eq!(title_from(text), title, "{text}");
        }
    }

    #[test]
    fn a_greeting_says_nothing() {
        let table = [
            ("Hi! Can you explain TLS?", "Can you explain TLS"),
            ("hi,\n\nmy printer is broken", "My printer is broken"),
            ("Hello Claude, how do tides work?", "How do tides work"),
            (
                "Hey there!\nWhat's new in Rust 1.95?",
                "What's new in Rust 1.95",
            ),
            ("hey can you fix this", "Can you fix this"),
            (
                "Good morning. Write a poem about fog",
                "Write a poem about fog",
            ),
            (
                "Hallo, wie hoch ist der Watzmann?",
                "Wie hoch ist der Watzmann",
            ),
            ("Guten Tag! Ich brauche Hilfe.", "Ich brauche Hilfe"),
            ("Liebe Frau Meier, anbei die Rechnung", "Anbei die Rechnung"),
            ("Hi, iPhone oder Pixel?", "iPhone oder Pixel"),
            ("你好！请解释量子纠缠。", "请解释量子纠缠"),
            ("こんにちは、東京の天気は？", "東京の天気は"),
            // What only looks like one.
            ("Hello world in Rust", "Hello world in Rust"),
            (
                "Hi-fi systems under 500 euros",
                "Hi-fi systems under 500 euros",
            ),
            ("Liebe, Tod und Teufel", "Liebe, Tod und Teufel"),
            ("History of Rome", "History of Rome"),
            ("Hiking near Bern", "Hiking near Bern"),
            ("Is “hello” a greeting?", "Is “hello” a greeting"),
            // Nothing else was said.
            ("hello", "hello"),
            ("Hi!", "Hi"),
            ("你好", "你好"),
        ];
        for (text, title) in table {
            assert_eq!(title_from(text), title, "{text}");
        }
    }

    #[test]
    fn code_quotations_and_tables_are_not_what_is_asked() {
        let table = [
            (
                "```rust\nfn main() {}\n```\n\nWhy does this not compile?",
                "Why does this not compile",
            ),
            (
                "> The quick brown fox\n\nWhat does this mean?",
                "What does this mean",
            ),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n\nSum it up.", "Sum it up"),
            ("```\nfn main() {}\n```", "fn main() {}"),
            ("<div>x</div>", "div>x</div>"),
        ];
        for (text, title) in table {
            assert_eq!(title_from(text), title, "{text}");
        }
    }

    #[test]
    fn it_fits_and_ends_at_a_word() {
        for (text, title) in [
            (
                "Please explain the meaning of this long sentence, and of others",
                "Please explain the meaning of this long",
            ),
            (
                "Was bedeutet das Wort Donaudampfschifffahrtsgesellschaft genau",
                "Was bedeutet das Wort",
            ),
            (
                "Why does the e-mail to someone@example.com bounce",
                "Why does the e-mail to",
            ),
        ] {
            let made = title_from(text);
            assert_eq!(made, title);
            assert!(columns(&made) <= ROOM);
        }
        let cjk = title_from(&"人工智能的未来发展".repeat(10));
        assert_eq!((columns(&cjk), cjk.chars().count()), (40, 20), "{cjk}");
        assert_eq!(title_from(&"x".repeat(500)).chars().count(), 40);
        let family = "👨‍👩‍👧‍👦".repeat(40);
        assert!(!title_from(&format!("a{family}")).ends_with('\u{200d}'));
    }

    #[test]
    fn what_somebody_typed_stays_as_it_is() {
        assert_eq!(title_typed("  Lisbon. And\n Porto! "), "Lisbon. And Porto!");
        assert_eq!(title_typed("Hello, *world*"), "Hello, *world*");
        assert_eq!(title_typed("a\u{202E}b"), "a⟨U+202E⟩b");
        assert!(columns(&title_typed(&"word ".repeat(100))) <= TYPED_ROOM);
    }

    #[test]
    fn what_a_model_gave_is_a_title() {
        assert_eq!(
            title_told("**“Rice without a pot.”**"),
            "Rice without a pot"
        );
        assert_eq!(title_told("\"Tea\"\n"), "Tea");
        assert_eq!(title_told(" \n"), "");
    }
}
