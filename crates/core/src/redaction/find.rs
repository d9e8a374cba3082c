//! Where private details are.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use super::Kind;

/// Patterns that were tested to be patterns.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

macro_rules! patterns {
    ($($name:ident = $text:expr;)+) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| pattern($text));)+
        #[cfg(test)]
        pub(super) fn all_compile() -> bool {
            [$(&$name),+].iter().all(|it| it.is_some())
        }
    };
}

patterns! {
    KEY = concat!(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
        r"|\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}",
        r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}",
        r"|\bxox[a-z]-[\w-]{10,}|\bhf_[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{20,}",
        r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{30,}",
        r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}",
    );
    SECRET = r#"(?i)\b(?:bearer\s+|(?:pass(?:word|wd|phrase)?|passwort|kennwort|secret|token|api[_ -]?key)["']?\s*[:=]\s*["']?)([^\s"',;]{6,})"#;
    EMAIL = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}._%+'-]*@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+\p{L}[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}]";
    IBAN = r"(?i)\b[A-Z]{2}[0-9]{2}(?:[ \u{a0}-]?[A-Z0-9]){11,30}";
    DIGITS = r"[0-9](?:[ \u{a0}-]?[0-9]){12,18}";
    PHONE = concat!(
        r"(?:\+|\b00)[1-9](?:[ \u{a0}()./-]{0,2}[0-9]){6,14}",
        r"|\(?\b0[1-9][0-9]{1,4}\)?[ \u{a0}/.-]?[0-9][0-9 \u{a0}/.-]{3,}[0-9]",
        r"|\(?\b[2-9][0-9]{2}\)?[ \u{a0}.-][0-9]{3}[ \u{a0}.-][0-9]{4}\b",
    );
    DATE = r"^[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})$";
    LITERAL = r"\[(?:KEY|EMAIL|IBAN|CARD|PHONE|NAME)_[0-9]+\]";
}

/// How long an IBAN is, by country.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// Names to look for.
pub(super) struct Names(Option<Regex>);

impl Names {
    pub(super) fn new(names: &[String]) -> Self {
        let mut forms: Vec<String> = names
            .iter()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .flat_map(|name| [name.nfc().collect::<String>(), name.nfd().collect()])
            .map(|name| {
                let words: Vec<String> = name.split_whitespace().map(regex::escape).collect();
                words.join(r"\s+")
            })
            .collect();
        // The longest first: Ann Lee before Ann.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        let text = (!forms.is_empty()).then(|| format!("(?i)(?:{})", forms.join("|")));
        Self(text.as_deref().and_then(pattern))
    }
}

/// Every private detail of a text, in order, none within another.
pub(super) fn spans(text: &str, names: &Names) -> Vec<(Range<usize>, Kind)> {
    let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
    for literal in matches(&LITERAL, text) {
        // Somebody wrote it: it is not private, and nothing within it is.
        found.push((literal, Kind::Key));
    }
    let literals: Vec<Range<usize>> = found.iter().map(|(range, _)| range.clone()).collect();
    let mut add = |range: Range<usize>, kind: Kind| {
        let apart = |(other, _): &(Range<usize>, Kind)| {
            range.end <= other.start || other.end <= range.start
        };
        if !range.is_empty() && found.iter().all(apart) {
            found.push((range, kind));
        }
    };
    for range in matches(&KEY, text) {
        add(range, Kind::Key);
    }
    if let Some(secret) = SECRET.as_ref() {
        for groups in secret.captures_iter(text) {
            if let Some(value) = groups.get(1) {
                add(value.range(), Kind::Key);
            }
        }
    }
    for range in matches(&EMAIL, text) {
        add(range, Kind::Email);
    }
    for range in matches(&IBAN, text) {
        if let Some(range) = iban(text, range) {
            add(range, Kind::Iban);
        }
    }
    for range in matches(&DIGITS, text) {
        let alone = !beside(text, &range, |c| c.is_ascii_digit());
        if alone && luhn(&text[range.clone()]) {
            add(range, Kind::Card);
        }
    }
    // Telephone numbers have no checksum: they are looked for in what is left, so that none takes
    // the beginning of something else.
    found.sort_by_key(|(range, _)| range.start);
    let mut phones = Vec::new();
    let mut start = 0;
    let ends = found.iter().map(|(range, _)| range.clone());
    for taken in ends.chain(std::iter::once(text.len()..text.len())) {
        if taken.start > start {
            let gap = &text[start..taken.start];
            for range in matches(&PHONE, gap) {
                if is_phone(gap, &range) {
                    phones.push((start + range.start..start + range.end, Kind::Phone));
                }
            }
        }
        start = start.max(taken.end);
    }
    found.extend(phones);
    let mut add = |range: Range<usize>, kind: Kind| {
        let apart = |(other, _): &(Range<usize>, Kind)| {
            range.end <= other.start || other.end <= range.start
        };
        if !range.is_empty() && found.iter().all(apart) {
            found.push((range, kind));
        }
    };
    if let Some(names) = &names.0 {
        let mut at = 0;
        while let Some(name) = names.find_at(text, at) {
            let range = name.range();
            let next = text[range.start..].chars().next().map_or(1, char::len_utf8);
            if beside(text, &range, char::is_alphanumeric) {
                at = range.start + next;
                continue;
            }
            at = range.end.max(range.start + next);
            add(range, Kind::Name);
        }
    }
    found.retain(|(range, _)| !literals.contains(range));
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Placeholders as somebody may have typed them.
pub(super) fn literals(text: &str) -> Vec<String> {
    matches(&LITERAL, text)
        .map(|range| text[range].to_owned())
        .collect()
}

/// What two ways of writing the same thing have in common. Only where turning it back does not
/// show: an answer gets the first way back.
pub(super) fn same(kind: Kind, original: &str) -> String {
    match kind {
        Kind::Iban | Kind::Card | Kind::Phone => original
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == '+')
            .collect::<String>()
            .to_uppercase(),
        Kind::Email => original.to_lowercase(),
        Kind::Name | Kind::Key => original.to_owned(),
    }
}

fn matches<'t>(
    pattern: &'static LazyLock<Option<Regex>>,
    text: &'t str,
) -> impl Iterator<Item = Range<usize>> + 't {
    pattern
        .as_ref()
        .into_iter()
        .flat_map(move |pattern| pattern.find_iter(text).map(|found| found.range()))
}

/// True if a character of the kind touches the range.
fn beside(text: &str, range: &Range<usize>, kind: impl Fn(char) -> bool) -> bool {
    text[..range.start].chars().next_back().is_some_and(&kind)
        || text[range.end..].chars().next().is_some_and(kind)
}

/// The account at the beginning of the range, if there is one.
fn iban(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let candidate = &text[range.clone()];
    let country = candidate.get(..2)?.to_ascii_uppercase();
    let (_, length) = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?;
    let mut compact = String::new();
    for (at, c) in candidate.char_indices() {
        if c.is_ascii_alphanumeric() {
            compact.push(c.to_ascii_uppercase());
        }
        if compact.len() == *length {
            let end = range.start + at + c.len_utf8();
            let whole = text[end..]
                .chars()
                .next()
                .is_none_or(|next| !next.is_ascii_alphanumeric());
            return (whole && mod_97(&compact) == Some(1)).then_some(range.start..end);
        }
    }
    None
}

fn mod_97(iban: &str) -> Option<u32> {
    let (head, tail) = iban.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value < 10 {
            (rest * 10 + value) % 97
        } else {
            (rest * 100 + value) % 97
        })
    })
}

fn luhn(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

fn is_phone(text: &str, range: &Range<usize>) -> bool {
    let number = &text[range.clone()];
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let date = DATE.as_ref().is_some_and(|date| date.is_match(number));
    let touches = !number.starts_with('+') && beside(text, range, char::is_alphanumeric);
    (7..=15).contains(&digits) && !date && !touches
}
