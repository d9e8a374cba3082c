//! Code that is not made of words and signs: HTML and its relatives, patches, Markdown.

use super::scan::{code, line_len};
use super::{Paint, language};
use crate::block::HighlightClass as Class;

/// HTML, XML and templates that look like them.
pub(super) fn html(paint: &mut Paint<'_>) {
    while !paint.rest().is_empty() {
        let rest = paint.rest();
        if rest.starts_with("<!--") {
            let len = rest.find("-->").map_or(rest.len(), |i| i + 3);
            paint.put(len, Class::Comment);
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            let len = rest.find('>').map_or(rest.len(), |i| i + 1);
            paint.put(len, Class::Keyword);
        } else if is_tag(rest) {
            let name = tag(paint);
            embedded(paint, &name);
        } else if rest.starts_with('&') {
            // No entity is longer than this.
            let len = rest
                .bytes()
                .take(40)
                .skip(1)
                .position(|b| !b.is_ascii_alphanumeric() && b != b'#')
                .filter(|i| rest.as_bytes()[i + 1] == b';');
            paint.put(len.map_or(1, |i| i + 2), Class::Constant);
        } else {
            let after = first_char_or(rest, 0);
            let len = rest[after..]
                .find(['<', '&'])
                .map_or(rest.len(), |i| i + after);
            paint.put(len, Class::Plain);
        }
    }
}

/// At least the first character.
fn first_char_or(text: &str, len: usize) -> usize {
    len.max(text.chars().next().map_or(0, char::len_utf8))
}

fn is_tag(text: &str) -> bool {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'));
    name.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Colours a tag and gives its name in lower case, empty for a closing one.
fn tag(paint: &mut Paint<'_>) -> String {
    let closing = paint.rest().starts_with("</");
    paint.put(if closing { 2 } else { 1 }, Class::Punctuation);
    let rest = paint.rest();
    let name = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '.' | '_'))
        .unwrap_or(rest.len());
    let lower = rest[..name].to_ascii_lowercase();
    paint.put(name, Class::Tag);
    while let Some(first) = paint.rest().chars().next() {
        let rest = paint.rest();
        match first {
            '>' => {
                paint.put(1, Class::Punctuation);
                break;
            }
            '<' => break,
            '/' | '=' => paint.put(1, Class::Punctuation),
            '"' | '\'' => {
                let len = rest[1..].find(first).map_or(rest.len(), |i| i + 2);
                paint.put(len, Class::String);
            }
            c if c.is_whitespace() => {
                paint.put_space(rest.len() - rest.trim_start().len());
            }
            _ => {
                let len = rest
                    .find(|c: char| {
                        c.is_whitespace() || matches!(c, '=' | '>' | '/' | '"' | '\'' | '<')
                    })
                    .unwrap_or(rest.len());
                paint.put(first_char_or(rest, len), Class::Attribute);
            }
        }
    }
    if closing { String::new() } else { lower }
}

/// Colours what a script or style holds.
fn embedded(paint: &mut Paint<'_>, name: &str) {
    let (language, end) = match name {
        "script" => ("ts", "</script"),
        "style" => ("css", "</style"),
        _ => return,
    };
    let rest = paint.rest();
    let end = paint.at + rest.find(end).unwrap_or(rest.len());
    if let Some(language) = language::find(language) {
        code(paint, language, end);
    }
}

/// Patches.
pub(super) fn diff(paint: &mut Paint<'_>) {
    while !paint.rest().is_empty() {
        let line = &paint.rest()[..line_len(paint.rest())];
        let class = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => Class::Type,
            [b'+', ..] => Class::String,
            [b'-', ..] => Class::Keyword,
            [b'@', b'@', ..] => Class::Function,
            _ if line.starts_with("diff ") || line.starts_with("index ") => Class::Comment,
            _ => Class::Plain,
        };
        paint.put(line.len() + 1, class);
    }
}

/// Markdown as source.
pub(super) fn markdown(paint: &mut Paint<'_>) {
    let mut fenced = false;
    while !paint.rest().is_empty() {
        let line = &paint.rest()[..line_len(paint.rest())];
        let text = line.trim_start();
        let is_fence = text.starts_with("```") || text.starts_with("~~~");
        let class = if is_fence || fenced {
            Class::String
        } else if text.starts_with('#') {
            Class::Keyword
        } else if text.starts_with('>') {
            Class::Comment
        } else {
            Class::Plain
        };
        fenced ^= is_fence;
        paint.put(line.len() + 1, class);
    }
}
