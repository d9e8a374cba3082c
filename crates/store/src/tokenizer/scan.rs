//! Cuts a text into terms with their places.

use super::MAX_TERM_BYTES;
use super::fold::{Class, class, extends_unit, fold_char, fold_unit};

/// The most parts one identifier is cut into, and the most words one chain joins.
const MAX_PARTS: usize = 8;

/// What the terms are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A stored text: every term under which it is found.
    Document,
    /// A query: one term per position.
    Query,
}

/// One term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// The folded form.
    pub text: &'a str,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
    /// It stands at the position of the token before it.
    pub colocated: bool,
    /// It belongs to the same identifier as the position before it.
    pub connected: bool,
}

/// Receives the terms; an error (an SQLite result code) stops the scan and is handed back.
pub(super) type Sink<'s> = dyn FnMut(Token<'_>) -> Result<(), i32> + 's;

/// Hands every term of a text to `sink`. Bytes that are not UTF-8 separate words.
pub(super) fn tokenize(text: &[u8], mode: Mode, sink: &mut Sink<'_>) -> Result<(), i32> {
    let mut chain = Chain::default();
    let mut base = 0;
    for chunk in text.utf8_chunks() {
        let valid = chunk.valid();
        scan_str(valid, base, mode, &mut chain, sink)?;
        base += valid.len() + chunk.invalid().len();
    }
    Ok(())
}

fn scan_str(
    text: &str,
    base: usize,
    mode: Mode,
    chain: &mut Chain,
    sink: &mut Sink<'_>,
) -> Result<(), i32> {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match class(c) {
            Class::Word => {
                if chain.len == MAX_PARTS {
                    chain.flush(mode, false, sink)?;
                    chain.continues = true;
                }
                at = chain.next_word().read(text, at, base);
                // Only a connector between two words carries the identifier on.
                let mut rest = text[at..].chars();
                let connector = rest.next().filter(|c| class(*c) == Class::Connector);
                let word_follows = rest.next().is_some_and(|c| class(c) == Class::Word);
                match connector {
                    Some(connector) if word_follows => at += connector.len_utf8(),
                    _ => chain.flush(mode, true, sink)?,
                }
            }
            Class::Unspaced => at = read_unspaced(text, at, base, mode, sink)?,
            Class::Mark | Class::Connector | Class::Separator => at += c.len_utf8(),
        }
    }
    Ok(())
}

/// Reads a run of an unspaced script as overlapping pairs; returns where it ended.
fn read_unspaced(
    text: &str,
    from: usize,
    base: usize,
    mode: Mode,
    sink: &mut Sink<'_>,
) -> Result<usize, i32> {
    let mut at = from;
    let mut pair = String::with_capacity(8);
    let mut previous: Option<(char, usize)> = None;
    let mut pairs = 0usize;
    let mut last_start = from;
    while let Some(c) = text[at..].chars().next() {
        if class(c) != Class::Unspaced {
            break;
        }
        let end = unit_end(text, at + c.len_utf8());
        let Some(folded) = fold_unit(&text[at..end]) else {
            break;
        };
        if let Some((before, start)) = previous {
            pair.clear();
            pair.push(before);
            pair.push(folded);
            pairs += 1;
            sink(Token {
                text: &pair,
                start: base + start,
                end: base + end,
                colocated: false,
                connected: pairs > 1,
            })?;
        }
        previous = Some((folded, at));
        last_start = at;
        at = end;
    }
    if let Some((last, _)) = previous
        && (pairs == 0 || mode == Mode::Document)
    {
        pair.clear();
        pair.push(last);
        sink(Token {
            text: &pair,
            start: base + last_start,
            end: base + at,
            colocated: pairs > 0,
            connected: false,
        })?;
    }
    Ok(at)
}

fn unit_end(text: &str, from: usize) -> usize {
    let mut end = from;
    for c in text[from..].chars() {
        if !extends_unit(c) && class(c) != Class::Mark {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// A word and the places where an identifier may be cut.
#[derive(Default)]
struct Word {
    text: String,
    start: usize,
    end: usize,
    /// Where parts after the first begin in `text`.
    cuts: Vec<usize>,
    /// The word was longer than a term may be.
    shortened: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    None,
    Lower,
    Upper,
    Digit,
}

fn case(c: char) -> Case {
    if c.is_numeric() {
        Case::Digit
    } else if c.is_uppercase() {
        Case::Upper
    } else if c.is_lowercase() {
        Case::Lower
    } else {
        Case::None
    }
}

impl Word {
    /// Reads the word at `from`; returns where it ended.
    fn read(&mut self, text: &str, from: usize, base: usize) -> usize {
        self.text.clear();
        self.cuts.clear();
        self.shortened = false;
        self.start = base + from;
        self.end = self.start;
        let mut at = from;
        let mut before = None;
        let mut previous = None;
        let mut previous_at = 0;
        for c in text[from..].chars() {
            let class = class(c);
            if !matches!(class, Class::Word | Class::Mark) {
                break;
            }
            at += c.len_utf8();
            if self.shortened {
                continue;
            }
            let length = self.text.len();
            fold_char(c, &mut self.text);
            if self.text.len() > MAX_TERM_BYTES {
                self.text.truncate(length);
                self.shortened = true;
                continue;
            }
            self.end = base + at;
            if class == Class::Mark {
                continue;
            }
            let kind = case(c);
            match (before, previous, kind) {
                (_, Some(Case::Digit), Case::Digit) => {}
                (_, Some(Case::Digit), _) | (_, Some(_), Case::Digit) => self.cut(length),
                (_, Some(Case::Lower), Case::Upper) => self.cut(length),
                // `HTTPServer`: the last capital belongs to what follows.
                (Some(Case::Upper), Some(Case::Upper), Case::Lower) => self.cut(previous_at),
                _ => {}
            }
            before = previous;
            previous = Some(kind);
            previous_at = length;
        }
        at
    }

    fn cut(&mut self, at: usize) {
        if at > self.cuts.last().copied().unwrap_or(0) {
            self.cuts.push(at);
        }
    }

    /// Where the parts begin; empty for a plain word and for what looks like a hash.
    fn cuts(&self) -> &[usize] {
        let parts = self.cuts.len() + 1;
        let looks_random = parts > 4 && self.text.len() < parts * 2 + 2;
        if self.shortened || looks_random {
            return &[];
        }
        &self.cuts[..self.cuts.len().min(MAX_PARTS - 1)]
    }
}

/// The words of one identifier: `get_user_name` has three, `word` one.
#[derive(Default)]
struct Chain {
    words: Vec<Word>,
    len: usize,
    /// The identifier began before the first word in here.
    continues: bool,
    joined: String,
    extra: Extra,
}

impl Chain {
    fn next_word(&mut self) -> &mut Word {
        if self.len == self.words.len() {
            self.words.push(Word::default());
        }
        self.len += 1;
        &mut self.words[self.len - 1]
    }

    fn flush(&mut self, mode: Mode, ended: bool, sink: &mut Sink<'_>) -> Result<(), i32> {
        let words = &self.words[..self.len];
        let is_whole = ended && !self.continues;
        let joins = mode == Mode::Document
            && is_whole
            && words.len() > 1
            && !words.iter().any(|word| word.shortened);
        for (index, word) in words.iter().enumerate() {
            if word.text.is_empty() {
                continue;
            }
            sink(Token {
                text: &word.text,
                start: word.start,
                end: word.end,
                colocated: false,
                connected: index > 0 || self.continues,
            })?;
            if mode == Mode::Query {
                continue;
            }
            self.extra.begin();
            if joins && index + 1 < words.len() {
                self.joined.clear();
                self.joined
                    .extend(words[index..].iter().map(|word| word.text.as_str()));
                if self.joined.len() <= MAX_TERM_BYTES {
                    self.extra.emit(&self.joined, word, sink)?;
                }
            }
            let cuts = word.cuts();
            for (part, start) in std::iter::once(0).chain(cuts.iter().copied()).enumerate() {
                let end = cuts.get(part).copied().unwrap_or(word.text.len());
                self.extra.emit(&word.text[start..end], word, sink)?;
                self.extra.emit(&word.text[start..], word, sink)?;
                // `utf8` in `utf8decoder`
                if let Some(&after) = cuts.get(part + 1)
                    && word.text[end..].starts_with(char::is_numeric)
                {
                    self.extra.emit(&word.text[start..after], word, sink)?;
                }
            }
        }
        self.len = 0;
        self.continues = false;
        Ok(())
    }
}

/// The additional terms of one position, each once.
#[derive(Default)]
struct Extra {
    seen: Vec<(usize, usize)>,
    texts: String,
}

impl Extra {
    fn begin(&mut self) {
        self.seen.clear();
        self.texts.clear();
    }

    fn emit(&mut self, text: &str, word: &Word, sink: &mut Sink<'_>) -> Result<(), i32> {
        let known = text == word.text
            || self
                .seen
                .iter()
                .any(|&(start, end)| &self.texts[start..end] == text);
        if text.is_empty() || known {
            return Ok(());
        }
        let start = self.texts.len();
        self.texts.push_str(text);
        self.seen.push((start, self.texts.len()));
        sink(Token {
            text,
            start: word.start,
            end: word.end,
            colocated: true,
            connected: false,
        })
    }
}
