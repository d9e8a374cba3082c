//! Makes characters visible that could deceive a reader, and drops what only bloats.
//!
//! Bidirectional overrides (the "Trojan source" attack), zero-width characters and tag
//! characters (hidden text) become `⟨U+202E⟩`. Where a script or an emoji sequence really
//! needs a joiner or a mark, it stays.

use std::fmt::Write as _;

/// Combining marks that one base character may carry; more are dropped.
const MAX_MARKS: u32 = 12;

/// Scrubs a text piece by piece: what a character may be depends on the one before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scrubber {
    previous: Option<char>,
    marks: u32,
}

impl Scrubber {
    /// Adds the safe form of `text` to `out`.
    pub(crate) fn push(&mut self, text: &str, out: &mut String) {
        // Printable ASCII is the common case and needs no look at each character.
        if let Some(last) = text.bytes().last()
            && text
                .bytes()
                .all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t')
        {
            out.push_str(text);
            self.previous = Some(char::from(last));
            self.marks = 0;
            return;
        }
        for c in text.chars() {
            self.push_char(c, out);
        }
    }

    fn push_char(&mut self, c: char, out: &mut String) {
        if is_combining(c) {
            self.marks += 1;
            if self.marks > MAX_MARKS {
                return;
            }
        } else {
            self.marks = 0;
        }
        match judge(c, self.previous) {
            Verdict::Keep => out.push(c),
            Verdict::Drop => {}
            Verdict::Show => {
                // Writing to a String cannot fail.
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
        }
        self.previous = Some(c);
    }
}

/// The safe form of `text`.
pub(crate) fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    Scrubber::default().push(text, &mut out);
    out
}

/// The safe form of the text of a formula token, where invisible operators mean something.
pub(crate) fn scrub_math(text: &str) -> String {
    if text.chars().all(|c| matches!(c, '\u{2061}'..='\u{2064}')) {
        text.to_owned()
    } else {
        scrub(text)
    }
}

/// The safe form of `text`, cut to `max` characters.
pub(crate) fn scrub_short(text: &str, max: usize) -> String {
    let safe = scrub(text);
    match safe.char_indices().nth(max) {
        Some((cut, _)) => format!("{}…", &safe[..cut]),
        None => safe,
    }
}

enum Verdict {
    Keep,
    Drop,
    Show,
}

fn judge(c: char, previous: Option<char>) -> Verdict {
    let keep_if = |ok: bool| if ok { Verdict::Keep } else { Verdict::Show };
    match c {
        '\n' | '\t' => Verdict::Keep,
        '\u{0}' => Verdict::Show,
        c if c.is_control() => Verdict::Show,
        // A hyphenation hint: no width, no meaning.
        '\u{ad}' => Verdict::Drop,
        // Embeddings, overrides and isolates reorder what follows.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Verdict::Show,
        '\u{200e}' | '\u{200f}' | '\u{61c}' => keep_if(previous.is_some_and(is_right_to_left)),
        // Joiners belong into Arabic, Persian, Indic scripts and emoji, not into Latin.
        '\u{200c}' | '\u{200d}' => keep_if(previous.is_some_and(takes_joiner)),
        // Word borders of scripts that write no spaces.
        '\u{200b}' => keep_if(previous.is_some_and(writes_no_spaces)),
        '\u{fe00}'..='\u{fe0f}' => keep_if(previous.is_some_and(takes_variation)),
        '\u{e0100}'..='\u{e01ef}' => keep_if(previous.is_some_and(is_han)),
        '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{180b}'..='\u{180f}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}' => Verdict::Show,
        _ => Verdict::Keep,
    }
}

/// True for a character that has no place in an address: never visible by itself.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || !matches!(judge(c, None), Verdict::Keep)
}

/// True for a character whose safe form may depend on what is around it.
pub(crate) fn is_suspect(c: char) -> bool {
    is_combining(c) || is_hidden(c)
}

fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{200e}' | '\u{200f}')
}

fn takes_joiner(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{1800}'..='\u{180a}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' | '\u{fe0f}')
        || is_emoji(c)
}

fn writes_no_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

fn takes_variation(c: char) -> bool {
    // `#`, `*` and digits begin keycaps; other ASCII has no variants.
    is_emoji(c)
        || is_han(c)
        || matches!(c, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{33ff}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{2122}' | '\u{2139}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceiving_characters_are_shown_and_real_writing_stays() {
        let table = [
            ("plain", "plain"),
            ("a\u{202e}b", "a⟨U+202E⟩b"),
            ("a\u{2066}b\u{2069}", "a⟨U+2066⟩b⟨U+2069⟩"),
            ("pass\u{200b}word", "pass⟨U+200B⟩word"),
            ("pass\u{200d}word", "pass⟨U+200D⟩word"),
            ("\u{feff}x", "⟨U+FEFF⟩x"),
            ("\u{e0041}\u{e0042}", "⟨U+E0041⟩⟨U+E0042⟩"),
            ("a\u{fe0f}", "a⟨U+FE0F⟩"),
            ("nul\0", "nul⟨U+0000⟩"),
            ("esc\u{1b}[31m", "esc⟨U+001B⟩[31m"),
            ("Zu\u{ad}sam\u{ad}men", "Zusammen"),
            ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
            ("❤\u{fe0f}", "❤\u{fe0f}"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("שלום\u{200f}!", "שלום\u{200f}!"),
            ("我喜欢人工智能", "我喜欢人工智能"),
            ("e\u{301}", "e\u{301}"),
        ];
        for (input, expected) in table {
            assert_eq!(scrub(input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_megabyte_of_marks_on_one_letter_is_cut() {
        let zalgo = format!("a{}b", "\u{301}".repeat(500_000));
        assert!(scrub(&zalgo).len() < 64);
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        let text = "👨\u{200d}👩 a\u{200d}b e\u{301}\u{301} \u{202e}x";
        for cut in (0..=text.len()).filter(|i| text.is_char_boundary(*i)) {
            let mut out = String::new();
            let mut scrubber = Scrubber::default();
            scrubber.push(&text[..cut], &mut out);
            scrubber.push(&text[cut..], &mut out);
            assert_eq!(out, scrub(text));
        }
    }
}
