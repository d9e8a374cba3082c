//! Colours for code.
//!
//! The scanner is our own. `syntect` with the grammars of `two-face` was built in first and
//! taken out again: with text of a few words some of its grammars never return and grow
//! without end (`a /* b` as "JavaScript (Rails)"), others take half a second for a line of
//! spaces, and its API offers no way to stop. What a stranger writes must not be able to
//! do that. It also cost 90 ms and a megabyte of grammars at the first block, and
//! about 0.5 ms per line; the scanner is one linear pass, so that colours can be made
//! while an answer streams and the same text always gives the same tree.

mod language;
mod markup;
mod scan;

use crate::block::{Block, CodeLine, HighlightClass, Span};
use crate::diff::json_len;

/// Longer blocks stay plain.
const MAX_LINES: usize = 3_000;
/// Bigger blocks stay plain, in bytes.
const MAX_BYTES: usize = 200 * 1024;
/// A line with more spans than fit here, as JSON, stays plain: lines are never split.
const MAX_LINE_JSON: usize = 6_000;

/// Highlights every code block in `block`, however deep.
pub(crate) fn highlight_within(block: &mut Block) {
    match block {
        Block::CodeBlock {
            language: Some(language),
            lines,
            ..
        } => {
            if let Some(highlighted) = highlight(language, lines) {
                *lines = highlighted;
            }
        }
        Block::List { items, .. } => {
            for block in items.iter_mut().flat_map(|item| &mut item.blocks) {
                highlight_within(block);
            }
        }
        Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
            blocks.iter_mut().for_each(highlight_within);
        }
        _ => {}
    }
}

/// The lines in colour; `None` when they stay as they are (unknown language, too big).
/// `language` is the word behind the opening fence, in lower case.
#[must_use]
pub fn highlight(language: &str, lines: &[CodeLine]) -> Option<Vec<CodeLine>> {
    let bytes: usize = lines.iter().flatten().map(|span| span.text.len()).sum();
    if lines.len() > MAX_LINES || bytes > MAX_BYTES {
        return None;
    }
    let mut code = String::with_capacity(bytes + lines.len());
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            code.push('\n');
        }
        line.iter().for_each(|span| code.push_str(&span.text));
    }
    let mut paint = Paint::new(&code);
    match language {
        "html" | "htm" | "xml" | "svg" | "xhtml" | "vue" | "svelte" | "xaml" | "plist" | "rss"
        | "astro" | "jsp" | "handlebars" | "hbs" | "jinja" | "jinja2" | "ejs" => {
            markup::html(&mut paint);
        }
        "diff" | "patch" => markup::diff(&mut paint),
        "markdown" | "md" | "mdx" => markup::markdown(&mut paint),
        other => scan::code(&mut paint, language::find(other)?, code.len()),
    }
    Some(paint.into_lines(lines.len()))
}

/// A line without colours.
pub(crate) fn plain_line(text: &str) -> CodeLine {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Span {
        class: HighlightClass::Plain,
        text: text.to_owned(),
    }]
}

/// Code that is being coloured from its start to its end.
struct Paint<'c> {
    code: &'c str,
    /// How far it is.
    at: usize,
    /// Where each run ends, and what it is.
    runs: Vec<(usize, HighlightClass)>,
}

impl<'c> Paint<'c> {
    fn new(code: &'c str) -> Self {
        Self {
            code,
            at: 0,
            runs: Vec::new(),
        }
    }

    /// What is still without colour.
    fn rest(&self) -> &'c str {
        &self.code[self.at..]
    }

    /// Gives the next `len` bytes a colour.
    fn put(&mut self, len: usize, class: HighlightClass) {
        let mut end = (self.at + len).min(self.code.len());
        while !self.code.is_char_boundary(end) {
            end += 1;
        }
        if end == self.at {
            return;
        }
        self.at = end;
        match self.runs.last_mut() {
            Some((last, before)) if *before == class => *last = end,
            _ => self.runs.push((end, class)),
        }
    }

    /// White space takes the colour before it: fewer spans, same picture.
    fn put_space(&mut self, len: usize) {
        let class = self.runs.last().map_or(HighlightClass::Plain, |run| run.1);
        self.put(len, class);
    }

    fn into_lines(mut self, count: usize) -> Vec<CodeLine> {
        self.put(self.code.len(), HighlightClass::Plain);
        let mut lines: Vec<CodeLine> = Vec::with_capacity(count);
        if count == 0 {
            return lines;
        }
        lines.push(Vec::new());
        let mut start = 0;
        for (end, class) in &self.runs {
            for (i, piece) in self.code[start..*end].split('\n').enumerate() {
                if i > 0 {
                    lines.push(Vec::new());
                }
                if let (false, Some(line)) = (piece.is_empty(), lines.last_mut()) {
                    line.push(Span {
                        class: *class,
                        text: piece.to_owned(),
                    });
                }
            }
            start = *end;
        }
        for line in &mut lines {
            if line.len() > 8 && json_len(line) > MAX_LINE_JSON {
                let text: String = line.iter().map(|span| span.text.as_str()).collect();
                *line = plain_line(&text);
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests;
