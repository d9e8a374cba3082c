//! One linear pass over code of most languages.

use std::collections::HashMap;

use super::Paint;
use super::language::{Hash, Keys, Language};
use crate::block::HighlightClass as Class;

/// Colours the code up to `end`.
pub(super) fn code(paint: &mut Paint<'_>, language: &Language, end: usize) {
    let mut scan = Scan {
        language,
        words: words_of(language),
        command: true,
        line_start: true,
        names: None,
    };
    while paint.at < end {
        let before = paint.at;
        scan.token(paint, end);
        if paint.at == before {
            // Every token has a length; this keeps a mistake from becoming a loop.
            paint.put(1, Class::Plain);
        }
    }
}

/// The listed words of a language. The first list that has a word decides.
fn words_of(language: &Language) -> HashMap<&'static str, Class> {
    let mut words = HashMap::new();
    for (list, class) in [
        (language.keywords, Class::Keyword),
        (language.constants, Class::Constant),
        (language.types, Class::Type),
    ] {
        for word in list.split_ascii_whitespace() {
            words.entry(word).or_insert(class);
        }
    }
    words
}

struct Scan<'l> {
    language: &'l Language,
    words: HashMap<&'static str, Class>,
    /// The next word is a command (shells).
    command: bool,
    /// Only white space since the line began.
    line_start: bool,
    /// What the word before says the next one names.
    names: Option<Class>,
}

impl Scan<'_> {
    fn token(&mut self, paint: &mut Paint<'_>, end: usize) {
        let rest = &paint.code[paint.at..end];
        let Some(first) = rest.chars().next() else {
            return;
        };
        if first.is_whitespace() {
            let len = rest.len() - rest.trim_start().len();
            if rest[..len].contains('\n') {
                self.line_start = true;
                self.command = true;
            }
            paint.put_space(len);
            return;
        }
        let at_line_start = std::mem::take(&mut self.line_start);
        let names = self.names.take();
        if self.comment(paint, rest)
            || self.directive(paint, rest, at_line_start)
            || self.string(paint, rest)
        {
            self.command = false;
            return;
        }
        if first.is_ascii_digit() {
            paint.put(number_len(rest), Class::Number);
            self.command = false;
        } else if is_word_start(first) || self.is_sigil(first, rest) {
            self.word(paint, rest, at_line_start, names);
        } else {
            self.sign(paint, first);
        }
    }

    fn comment(&self, paint: &mut Paint<'_>, rest: &str) -> bool {
        for (open, close) in self.language.block_comments {
            if let Some(inner) = rest.strip_prefix(open) {
                let len = if self.language.nested_comments {
                    nested_len(inner, open, close)
                } else {
                    inner.find(close).map_or(inner.len(), |i| i + close.len())
                };
                paint.put(open.len() + len, Class::Comment);
                return true;
            }
        }
        let at_word = paint.code[..paint.at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        let starts = |mark: &&&str| {
            rest.starts_with(**mark) && (at_word || **mark != "#" || !self.language.command_words)
        };
        if self.language.line_comments.iter().any(|m| starts(&m)) {
            paint.put(line_len(rest), Class::Comment);
            return true;
        }
        false
    }

    /// Attributes and preprocessor lines.
    fn directive(&self, paint: &mut Paint<'_>, rest: &str, at_line_start: bool) -> bool {
        match self.language.hash {
            Hash::Directive if at_line_start && rest.starts_with('#') => {
                let word = rest[1..].trim_start_matches(' ');
                let name = word
                    .find(|c: char| !c.is_ascii_alphabetic())
                    .unwrap_or(word.len());
                paint.put(rest.len() - word.len() + name, Class::Keyword);
                if let Some(path) = paint.rest().strip_prefix(' ')
                    && path.starts_with('<')
                {
                    let len = path.find(['>', '\n']).map_or(path.len(), |i| i + 1);
                    paint.put(len + 1, Class::String);
                }
                true
            }
            Hash::Attribute if rest.starts_with("#[") || rest.starts_with("#![") => {
                let mut depth = 0_u32;
                let len = rest.char_indices().find_map(|(i, c)| {
                    match c {
                        '[' => depth += 1,
                        ']' => depth -= 1,
                        '\n' => return Some(i),
                        _ => {}
                    }
                    (c == ']' && depth == 0).then_some(i + 1)
                });
                paint.put(len.unwrap_or(rest.len()), Class::Attribute);
                true
            }
            _ => false,
        }
    }

    fn string(&self, paint: &mut Paint<'_>, rest: &str) -> bool {
        if self.language.raw_strings
            && let Some(len) = raw_string_len(rest)
        {
            paint.put(len, Class::String);
            return true;
        }
        if self.language.char_literals && rest.starts_with('\'') {
            let class_len = char_literal_len(rest).map_or_else(
                // A lifetime, a type variable, a quoted symbol.
                || (1 + word_len(&rest[1..], ""), Class::Constant),
                |len| (len, Class::String),
            );
            paint.put(class_len.0, class_len.1);
            return true;
        }
        for (quote, multiline) in self.language.strings {
            if let Some(inner) = rest.strip_prefix(quote) {
                let len = quote.len() + quoted_len(inner, quote, *multiline, self.language.escapes);
                let key = self.language.keys == Keys::Colon
                    && paint.code[paint.at + len..].trim_start().starts_with(':');
                paint.put(len, if key { Class::Tag } else { Class::String });
                return true;
            }
        }
        false
    }

    fn is_sigil(&self, first: char, rest: &str) -> bool {
        let next = rest[first.len_utf8()..].chars().next();
        let next_is_word = next.is_some_and(|c| is_word_start(c) || c == '{');
        match first {
            '$' => self.language.variables && next_is_word,
            '@' => self.language.annotations && next.is_some_and(is_word_start),
            '-' => {
                self.language.command_words && next.is_some_and(|c| is_word_start(c) || c == '-')
            }
            _ => false,
        }
    }

    fn word(
        &mut self,
        paint: &mut Paint<'_>,
        rest: &str,
        at_line_start: bool,
        names: Option<Class>,
    ) {
        let sigil = usize::from(rest.starts_with(['$', '@', '-']));
        if rest.starts_with("${") {
            let len = rest.find(['}', '\n']).map_or(rest.len(), |i| i + 1);
            paint.put(len, Class::Constant);
            self.command = false;
            return;
        }
        let extra = if rest.starts_with('-') {
            "-"
        } else {
            self.language.word_extra
        };
        let len = sigil + word_len(&rest[sigil..], extra);
        let (word, after) = rest.split_at(len);
        let class = match word.as_bytes()[0] {
            b'$' => Class::Constant,
            b'@' => Class::Attribute,
            b'-' => Class::Attribute,
            _ => match (self.word_class(word, after, at_line_start), names) {
                (Class::Plain | Class::Type | Class::Function, Some(class)) => class,
                (class, _) => class,
            },
        };
        if class == Class::Keyword {
            self.names = match word {
                "fn" | "func" | "fun" | "function" | "def" | "defn" | "defun" | "sub" => {
                    Some(Class::Function)
                }
                "class" | "struct" | "enum" | "trait" | "interface" | "type" | "protocol"
                | "module" | "namespace" | "record" | "object" => Some(Class::Type),
                _ => None,
            };
        }
        paint.put(len.max(1), class);
        // `sudo` and assignments keep the place of the command.
        self.command &= after.starts_with('=')
            || matches!(
                word,
                "sudo" | "then" | "do" | "else" | "if" | "while" | "time"
            );
    }

    fn word_class(&self, word: &str, after: &str, at_line_start: bool) -> Class {
        let language = self.language;
        let lower;
        let known = if language.ignore_case {
            lower = word.to_lowercase();
            &lower
        } else {
            word
        };
        let listed = self.words.get(known).copied();
        let next = after.trim_start_matches(' ');
        let is_key = match language.keys {
            Keys::Colon => next.starts_with(':') && !next.starts_with("::"),
            Keys::LineColon => at_line_start && next.starts_with(':'),
            Keys::Equals => at_line_start && next.starts_with(['=', ':']),
            Keys::None => false,
        };
        if is_key {
            Class::Tag
        } else if let Some(class) = listed {
            class
        } else if language.command_words {
            let is_function = self.command && !after.starts_with('=');
            if is_function {
                Class::Function
            } else {
                Class::Plain
            }
        } else if after.starts_with('(')
            || (language.bang_macros && after.starts_with("!") && !after.starts_with("!="))
        {
            Class::Function
        } else if language.upper_types && word.starts_with(char::is_uppercase) {
            let shouting = word.len() > 1 && !word.contains(char::is_lowercase);
            if shouting {
                Class::Constant
            } else {
                Class::Type
            }
        } else {
            Class::Plain
        }
    }

    fn sign(&mut self, paint: &mut Paint<'_>, first: char) {
        let class = match first {
            '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '.' => Class::Punctuation,
            '+' | '-' | '*' | '/' | '%' | '=' | '<' | '>' | '!' | '&' | '|' | '^' | '~' | '?'
            | ':' => Class::Operator,
            _ => Class::Plain,
        };
        self.command = matches!(first, '|' | '&' | ';' | '(' | '`');
        paint.put(first.len_utf8(), class);
    }
}

fn is_word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn word_len(text: &str, extra: &str) -> usize {
    text.find(|c: char| !(c == '_' || c.is_alphanumeric() || extra.contains(c)))
        .unwrap_or(text.len())
}

/// To the end of the line.
pub(super) fn line_len(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn number_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let mut len = 1;
    while let Some(byte) = bytes.get(len) {
        let next_is_digit = bytes.get(len + 1).is_some_and(u8::is_ascii_digit);
        let goes_on = match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
            b'.' => next_is_digit,
            b'+' | b'-' => !hex && next_is_digit && matches!(bytes[len - 1], b'e' | b'E'),
            _ => false,
        };
        if !goes_on {
            break;
        }
        len += 1;
    }
    len
}

/// The length of a quoted text after its opening quote, with the closing one.
fn quoted_len(inner: &str, quote: &str, multiline: bool, escapes: bool) -> usize {
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            let escaped = chars.next();
            if !multiline && escaped.is_some_and(|(_, c)| c == '\n') {
                return at + 1;
            }
        } else if c == '\n' && !multiline {
            return at;
        } else if inner[at..].starts_with(quote) {
            return at + quote.len();
        }
    }
    inner.len()
}

/// `r"…"`, `r#"…"#` and their relatives.
fn raw_string_len(text: &str) -> Option<usize> {
    let after = ["br", "cr", "r"]
        .iter()
        .find_map(|p| text.strip_prefix(p))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inner = after[hashes..].strip_prefix('"')?;
    let start = text.len() - inner.len();
    let mut from = 0;
    while let Some(found) = inner[from..].find('"') {
        let tail = &inner[from + found + 1..];
        let closing = tail.len() - tail.trim_start_matches('#').len();
        if closing >= hashes {
            return Some(start + from + found + 1 + hashes);
        }
        from += found + 1 + closing;
    }
    Some(text.len())
}

/// `'x'` or `'\n'`; not a lifetime.
fn char_literal_len(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        let end = inner
            .char_indices()
            .skip(2)
            .take(10)
            .find(|(_, c)| *c == '\'')?;
        return Some(end.0 + 2);
    }
    let first = inner.chars().next()?;
    inner[first.len_utf8()..]
        .starts_with('\'')
        .then(|| first.len_utf8() + 2)
}

/// The length of a nested comment after its opening mark.
fn nested_len(inner: &str, open: &str, close: &str) -> usize {
    let mut depth = 1_u32;
    let mut at = 0;
    while let Some(c) = inner[at..].chars().next() {
        if inner[at..].starts_with(close) {
            at += close.len();
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if inner[at..].starts_with(open) {
            at += open.len();
            depth += 1;
        } else {
            at += c.len_utf8();
        }
    }
    inner.len()
}
