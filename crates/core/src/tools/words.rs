//! Words of others as they are shown: nothing in them is invisible, and nothing turns their order.

use std::fmt::Write as _;

const LONGEST_SHORT: usize = 1_000;

fn hides(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
}

/// A text with everything in it to be seen.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// What somebody else wrote and a person is to send: with everything in it to be seen, and joined
/// letters and pictures left whole.
pub(super) fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut shapes = false;
    for c in text.chars() {
        let is_joined = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
        if is_joined && shapes {
            // One after the other says nothing but a picture that is joined to the next.
            shapes = c == '\u{fe0f}';
            out.push(c);
            continue;
        }
        shapes = !c.is_ascii() && !hides(c);
        out.push_str(&shown(c.encode_utf8(&mut [0; 4])));
    }
    out
}

/// As much of a text as anybody reads before a decision, with everything in it to be seen.
pub(super) fn short(text: &str) -> String {
    let seen = shown(text.trim());
    match seen.char_indices().nth(LONGEST_SHORT) {
        Some((end, _)) => format!("{}…", &seen[..end]),
        None => seen,
    }
}

/// Arguments of a call as they are shown: with line breaks, everything in them to be seen, and still
/// the same JSON.
#[must_use]
pub fn shown_json(json: &str) -> String {
    let pretty = serde_json::from_str::<serde_json::Value>(json)
        .and_then(|value| serde_json::to_string_pretty(&value));
    shown(pretty.as_deref().unwrap_or(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_a_short_one_is_not() {
        let long = "ä".repeat(LONGEST_SHORT + 1);
        assert_eq!(short(&long), format!("{}…", "ä".repeat(LONGEST_SHORT)));
        assert_eq!(short(&long[2..]), long[2..]);
        assert_eq!(short(" a\u{202e}b\n"), r"a\u202eb");
    }

    #[test]
    fn what_joins_stays_and_what_hides_is_written_out() {
        for whole in [
            "a\u{2764}\u{fe0f}\u{200d}\u{1f525}b",
            "\u{645}\u{6cc}\u{200c}\u{62e}",
        ] {
            assert_eq!(written(whole), whole);
        }
        assert_eq!(written("a\u{200b}b\u{202e}c"), r"a\u200bb\u202ec");
        assert_eq!(
            written("a\u{200d}b"),
            r"a\u200db",
            "between letters that do not join"
        );
        let hidden = format!("\u{e4}{}", "\u{fe0e}\u{fe0f}".repeat(3));
        assert_eq!(written(&hidden).matches(r"\ufe0").count(), 5);
    }

    #[test]
    fn what_hides_is_written_out_and_stays_the_same_json() {
        let json = "{\"to\":\"a\u{202e}b\u{200b}\u{e0041}ä\"}";
        let seen = shown_json(json);
        assert!(seen.contains(r"a\u202eb\u200b\udb40\udc41ä"), "{seen}");
        let back: serde_json::Value = serde_json::from_str(&seen).unwrap();
        assert_eq!(
            back,
            serde_json::from_str::<serde_json::Value>(json).unwrap()
        );
    }
}
