//! What a person types into the search field: words, and tokens such as `from:me` that narrow.
//! Pure; the day is an argument.

use fluxchat_model::{Role, Timestamp};
use fluxchat_store::SearchFilter;

/// What a token narrows by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `in:` words of a conversation's title.
    In,
    /// `from:` me, or a model or source.
    From,
    /// `before:` a day, month or year.
    Before,
    /// `after:` a day, month or year, that one included.
    After,
    /// `has:` a picture.
    Has,
}

/// A token as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchToken {
    /// What it narrows by.
    pub kind: TokenKind,
    /// As typed, such as `in:"trip to lisbon"`.
    pub text: String,
}

/// What was typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The words to find.
    pub words: String,
    /// What the tokens ask for, all of them together.
    pub filter: SearchFilter,
    /// The tokens, in order.
    pub tokens: Vec<SearchToken>,
}

const KEYS: &[(&str, TokenKind)] = &[
    ("in", TokenKind::In),
    ("from", TokenKind::From),
    ("before", TokenKind::Before),
    ("after", TokenKind::After),
    ("has", TokenKind::Has),
    ("von", TokenKind::From),
    ("vor", TokenKind::Before),
    ("nach", TokenKind::After),
    ("mit", TokenKind::Has),
];

/// Takes apart what was typed. What is no token, or a token nobody understands, is words.
#[must_use]
pub fn parse(typed: &str, now: Timestamp) -> Typed {
    let mut parsed = Typed::default();
    let mut words = Vec::new();
    let mut rest = typed;
    while let Some((raw, after)) = next(rest) {
        rest = after;
        let token = key(raw)
            .and_then(|(kind, value)| narrow(&mut parsed.filter, kind, value, now).then_some(kind));
        match token {
            Some(kind) => parsed.tokens.push(SearchToken {
                kind,
                text: raw.to_owned(),
            }),
            None => words.push(raw),
        }
    }
    parsed.words = words.join(" ");
    // A space behind the last word says that it is whole.
    if typed.ends_with(char::is_whitespace) && !parsed.words.is_empty() {
        parsed.words.push(' ');
    }
    parsed
}

/// The next word, quoted text, or `key:"quoted text"`.
fn next(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut quoted = false;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            if matches!(c, '"' | '“' | '”' | '„') {
                quoted = !quoted;
            }
            c.is_whitespace() && !quoted
        })
        .map_or(text.len(), |(at, _)| at);
    (end > 0).then(|| text.split_at(end))
}

fn key(raw: &str) -> Option<(TokenKind, &str)> {
    let (name, value) = raw.split_once(':')?;
    let value = value.trim_matches(|c| matches!(c, '"' | '“' | '”' | '„'));
    let (_, kind) = KEYS
        .iter()
        .find(|(key, _)| name.eq_ignore_ascii_case(key))?;
    Some((*kind, value))
}

/// Adds a token to the filter; false if nobody understands its value.
fn narrow(filter: &mut SearchFilter, kind: TokenKind, value: &str, now: Timestamp) -> bool {
    if value.trim().is_empty() {
        return false;
    }
    let lower = value.to_lowercase();
    match kind {
        TokenKind::In => add_words(&mut filter.within, value),
        TokenKind::From => match lower.as_str() {
            "me" | "you" | "mir" | "ich" | "user" => filter.role = Some(Role::User),
            "answer" | "answers" | "assistant" | "ai" | "ki" => filter.role = Some(Role::Assistant),
            _ => add_words(&mut filter.by, value),
        },
        TokenKind::Before | TokenKind::After => {
            let Some(day) = day(&lower, now) else {
                return false;
            };
            let limit = if kind == TokenKind::Before {
                &mut filter.until
            } else {
                &mut filter.since
            };
            *limit = Some(day);
        }
        TokenKind::Has => match lower.as_str() {
            "image" | "images" | "picture" | "bild" | "bilder" | "bildern" => {
                filter.has_image = true;
            }
            _ => return false,
        },
    }
    true
}

fn add_words(words: &mut Option<String>, more: &str) {
    let words = words.get_or_insert_default();
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(more);
}

/// The beginning (UTC) of `2026`, `2026-03`, `2026-03-07`, `7.3.2026`, `today`, `yesterday`.
fn day(text: &str, now: Timestamp) -> Option<Timestamp> {
    let today = now.0.div_euclid(Timestamp::DAY);
    let days = match text {
        "today" | "heute" => today,
        "yesterday" | "gestern" => today - 1,
        _ => {
            let dotted = text.contains('.');
            let mut parts = text.split(if dotted { '.' } else { '-' });
            let mut numbers = Vec::with_capacity(3);
            for part in parts.by_ref().take(4) {
                let plain = !part.is_empty() && part.len() <= 4;
                if !plain || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                numbers.push(part.parse::<i64>().ok()?);
            }
            if dotted {
                numbers.reverse();
            }
            match *numbers.as_slice() {
                [year] => civil(year, 1, 1)?,
                [year, month] => civil(year, month, 1)?,
                [year, month, day] => civil(year, month, day)?,
                _ => return None,
            }
        }
    };
    Some(Timestamp(days * Timestamp::DAY))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, `days_from_civil`).
fn civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_772_900_000_000); // 2026-03-07T16:13:20Z

    fn day_of(text: &str) -> Option<i64> {
        day(text, NOW).map(|at| at.0 / Timestamp::DAY)
    }

    #[test]
    fn words_stay_words() {
        for typed in [
            "tea and cake",
            "\"in: order\"",
            "10:30",
            "http://example.com",
            "in:",
            "before:dinner",
            "has:fun",
            "note: this",
        ] {
            let parsed = parse(typed, NOW);
            assert_eq!((parsed.words.as_str(), parsed.tokens.len()), (typed, 0));
            assert!(parsed.filter.is_empty());
        }
        assert_eq!(parse("tea ", NOW).words, "tea ", "the word is whole");
    }

    #[test]
    fn tokens_narrow_and_leave_the_words() {
        let parsed = parse(
            "tea in:\"trip to lisbon\" FROM:me before:2026-03 has:image cake",
            NOW,
        );
        assert_eq!(parsed.words, "tea cake");
        let texts: Vec<&str> = parsed.tokens.iter().map(|it| it.text.as_str()).collect();
        let expected = [
            "in:\"trip to lisbon\"",
            "FROM:me",
            "before:2026-03",
            "has:image",
        ];
        assert_eq!(texts, expected);
        let filter = SearchFilter {
            role: Some(Role::User),
            within: Some("trip to lisbon".to_owned()),
            until: day("2026-03", NOW),
            has_image: true,
            ..SearchFilter::default()
        };
        assert_eq!(parsed.filter, filter);
        let models = parse("from:llama von:\"home server\" nach:1.2.2026", NOW);
        assert_eq!(models.filter.by.as_deref(), Some("llama home server"));
        assert_eq!(models.filter.since, day("2026-02-01", NOW));
    }

    #[test]
    fn days_are_days() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("1970"), Some(0));
        assert_eq!(day_of("2000-03-01"), Some(11_017));
        assert_eq!(day_of("2026-03-07"), day_of("today"));
        assert_eq!(day_of("7.3.2026"), day_of("heute"));
        assert_eq!(
            day_of("2024-02-29")
                .zip(day_of("2024-03-01"))
                .map(|(a, b)| b - a),
            Some(1)
        );
        for none in [
            "2026-02-29",
            "2026-13",
            "20260",
            "-",
            "2026-",
            "1969",
            "2026-1-1-1",
            "٢٠٢٦",
        ] {
            assert_eq!(day_of(none), None, "{none}");
        }
    }
}
