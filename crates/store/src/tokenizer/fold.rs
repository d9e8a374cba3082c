//! Which characters make words, and what they become in the index.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a character does to the word around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter or digit of a script that puts spaces between words.
    Word,
    /// A character of a script that does not.
    Unspaced,
    /// Belongs to the character before it; alone it is nothing.
    Mark,
    /// Joins two words into one identifier when it stands between them.
    Connector,
    /// Ends a word.
    Separator,
}

pub(super) fn class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            '0'..='9' | 'A'..='Z' | 'a'..='z' => Class::Word,
            '_' | '-' | '.' | '\'' => Class::Connector,
            _ => Class::Separator,
        };
    }
    match common(c) {
        Some(known) => known.class,
        None => class_of(c),
    }
}

/// What Latin, Greek, Cyrillic, Armenian and Hebrew characters come to. Looking it up is several
/// times faster than finding it out, and most text that is not ASCII is made of these.
struct Known {
    class: Class,
    folded: String,
}

const COMMON_START: u32 = 0x80;
const COMMON_END: u32 = 0x600;

static COMMON: LazyLock<Vec<Known>> = LazyLock::new(|| {
    (COMMON_START..COMMON_END)
        .map(|code| {
            let c = char::from_u32(code).unwrap_or(' ');
            let mut folded = String::new();
            compute_fold(c, &mut folded);
            Known {
                class: class_of(c),
                folded,
            }
        })
        .collect()
});

fn common(c: char) -> Option<&'static Known> {
    let index = u32::from(c).checked_sub(COMMON_START)?;
    COMMON.get(usize::try_from(index).ok()?)
}

fn class_of(c: char) -> Class {
    match c {
        '\u{2019}' | '\u{2010}' | '\u{2011}' => Class::Connector,
        _ if is_ignorable(c) || extends_unit(c) && !is_jamo_tail(c) => Class::Mark,
        _ if is_unspaced(c) => Class::Unspaced,
        _ if is_combining_mark(c) => Class::Mark,
        _ if c.is_alphanumeric() => Class::Word,
        _ => Class::Separator,
    }
}

/// True for the scripts that are indexed in pairs.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e01}'..='\u{0e3a}' | '\u{0e40}'..='\u{0e4e}' // Thai
        | '\u{0e81}'..='\u{0eff}' // Lao
        | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109d}' // Burmese
        | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}' // Jamo
        | '\u{1780}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}'..='\u{17e9}' // Khmer
        | '\u{2f00}'..='\u{2fd5}' // Kangxi radicals, which PDF readers return for ideographs
        | '\u{3005}'..='\u{3007}' | '\u{303b}'
        | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309e}' // Hiragana
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30fe}' | '\u{31f0}'..='\u{31ff}' // Katakana
        | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' // Bopomofo
        | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' // Hangul
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{ff66}'..='\u{ff9d}' | '\u{ffa1}'..='\u{ffdc}' // half width
        | '\u{20000}'..='\u{323af}')
        && (c.is_alphanumeric() || is_combining_mark(c))
        || ('\u{2f00}'..='\u{2fd5}').contains(&c)
}

/// Characters without a shape of their own: they neither end a word nor appear in its term.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{0640}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_jamo_tail(c: char) -> bool {
    matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

/// True for what forms one unit with the unspaced character before it: voicing marks, the vowel
/// and final letters of a Hangul syllable that was stored decomposed.
pub(super) fn extends_unit(c: char) -> bool {
    is_jamo_tail(c) || matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}')
}

/// The indexed form of a unit of an unspaced script: always one character.
pub(super) fn fold_unit(unit: &str) -> Option<char> {
    let first = unit.chars().next()?;
    let whole = unit.len() == first.len_utf8();
    let needs_folding = !whole
        || matches!(first,
            '\u{2f00}'..='\u{2fd5}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}'
            | '\u{2f800}'..='\u{2fa1f}');
    if !needs_folding {
        return Some(first);
    }
    let folded = unit.nfkc().next()?;
    Some(if is_unspaced(folded) { folded } else { first })
}

/// Appends the indexed form of a character of a word.
pub(super) fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    match common(c) {
        Some(known) => out.push_str(&known.folded),
        None => compute_fold(c, out),
    }
}

pub(super) fn compute_fold(c: char, out: &mut String) {
    if is_ignorable(c) {
        return;
    }
    // Lower-casing can yield a letter that decomposes and the other way round; two rounds settle
    // every character of Unicode, which a test goes through.
    for decomposed in std::iter::once(c).nfkd() {
        for lower in decomposed.to_lowercase() {
            for settled in std::iter::once(lower).nfkd() {
                push_folded(settled, out);
            }
        }
    }
}

fn push_folded(c: char, out: &mut String) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        // Arabic letters that differ only in a carrier many people leave out when typing.
        'ٱ' => out.push('ا'),
        'ى' => out.push('ي'),
        // A circled ideograph, say: part of a word here, it would be a unit when read again.
        _ if is_accent(c) || is_ignorable(c) || is_unspaced(c) => {}
        _ if is_combining_mark(c) && out.is_empty() => {}
        _ if is_combining_mark(c) || c.is_alphanumeric() => out.push(c),
        _ => {}
    }
}

/// Marks people leave out when they search. The vowel signs of Indic scripts are not among them.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05cf}'
        | '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' | '\u{0670}'
        | '\u{06d6}'..='\u{06ed}' | '\u{0711}' | '\u{0730}'..='\u{074a}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{3099}' | '\u{309a}' | '\u{fe20}'..='\u{fe2f}')
        && is_combining_mark(c)
}
