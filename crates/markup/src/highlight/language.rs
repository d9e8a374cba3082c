//! What the scanner must know of each language.
//!
//! Words are separated by spaces. The lists are short on purpose: what a reader expects to
//! see in colour, not what a compiler accepts.

mod other;
mod programming;

/// What `#` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// Nothing of its own.
    None,
    /// `#[attribute]`
    Attribute,
    /// `#include` at the start of a line.
    Directive,
}

/// Where keys of a data format stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// There are none.
    None,
    /// Before a colon, anywhere.
    Colon,
    /// Before a colon, first in a line.
    LineColon,
    /// Before `=`, first in a line.
    Equals,
}

/// A language.
#[derive(Debug)]
pub(super) struct Language {
    names: &'static str,
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    pub(super) nested_comments: bool,
    /// Quotes, and whether a text may go over lines. Longer quotes first.
    pub(super) strings: &'static [(&'static str, bool)],
    /// A backslash takes the next character out of a string.
    pub(super) escapes: bool,
    pub(super) keywords: &'static str,
    pub(super) types: &'static str,
    pub(super) constants: &'static str,
    pub(super) ignore_case: bool,
    /// Characters that belong to words besides letters, digits and `_`.
    pub(super) word_extra: &'static str,
    /// `$name`
    pub(super) variables: bool,
    /// `@name`
    pub(super) annotations: bool,
    pub(super) hash: Hash,
    /// `'c'` is a character, `'a` something else.
    pub(super) char_literals: bool,
    /// `r#"…"#`
    pub(super) raw_strings: bool,
    /// A capital begins a type.
    pub(super) upper_types: bool,
    /// `name!`
    pub(super) bang_macros: bool,
    /// Shells: the first word is a command, `#` begins a comment only at a word.
    pub(super) command_words: bool,
    pub(super) keys: Keys,
}

fn all() -> impl Iterator<Item = &'static Language> {
    programming::LANGUAGES.iter().chain(other::LANGUAGES)
}

/// The language with this name or file extension.
pub(super) fn find(name: &str) -> Option<&'static Language> {
    all().find(|language| language.names.split(' ').any(|n| n == name))
}

#[cfg(test)]
pub(super) fn names() -> Vec<&'static str> {
    all().flat_map(|l| l.names.split(' ')).collect()
}

const BASE: Language = Language {
    names: "",
    line_comments: &[],
    block_comments: &[],
    nested_comments: false,
    strings: &[],
    escapes: true,
    keywords: "",
    types: "",
    constants: "",
    ignore_case: false,
    word_extra: "",
    variables: false,
    annotations: false,
    hash: Hash::None,
    char_literals: false,
    raw_strings: false,
    upper_types: false,
    bang_macros: false,
    command_words: false,
    keys: Keys::None,
};
