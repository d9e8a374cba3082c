//! Finds formulas whose delimiters CommonMark does not know or would break.
//!
//! Models write `\(…\)`, `\[…\]` and `$$…$$` over several lines. To CommonMark the first
//! two are escaped brackets, and a line of the third that begins with `+` or `-` is a
//! list. So these formulas are found first and covered with commas of the same length:
//! all byte offsets stay true, nothing in a formula is read as Markdown, and the tree
//! builder puts the formula back. `$…$` is left to the Markdown parser.
//!
//! Where this scan and the Markdown parser disagree about what is code, the builder
//! restores the covered bytes, so a mistake costs a formula, never a character.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The character formulas are covered with: punctuation, as the delimiters are, so that
/// emphasis next to a formula opens and closes as it would without this.
pub(crate) const COVER: u8 = b',';

/// Longer runs of backticks are not followed to their end: each length is a search.
const MAX_TICKS: usize = 16;

/// A formula in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Formula {
    /// Bytes, with the delimiters (two on each side).
    pub(crate) range: Range<usize>,
    /// True for `\[…\]` and `$$…$$`.
    pub(crate) display: bool,
}

/// A source with its formulas covered.
#[derive(Debug)]
pub(crate) struct Covered<'a> {
    /// As long as the source.
    pub(crate) text: Cow<'a, str>,
    /// In order, not overlapping.
    pub(crate) formulas: Vec<Formula>,
    /// Where a formula begins that the last paragraph does not close: what follows may
    /// still become part of it.
    pub(crate) open: Option<usize>,
}

/// Finds and covers formulas.
pub(crate) fn cover(source: &str) -> Covered<'_> {
    let mut scan = Scan {
        bytes: source.as_bytes(),
        at: 0,
        formulas: Vec::new(),
        open: None,
        missing: HashMap::new(),
    };
    if source.contains("\\(") || source.contains("\\[") || source.contains("$$") {
        scan.document();
    }
    let Scan { formulas, open, .. } = scan;
    if formulas.is_empty() {
        return Covered {
            text: Cow::Borrowed(source),
            formulas,
            open,
        };
    }
    let mut text = String::with_capacity(source.len());
    let mut done = 0;
    for formula in &formulas {
        text.push_str(&source[done..formula.range.start]);
        text.extend(std::iter::repeat_n(char::from(COVER), formula.range.len()));
        done = formula.range.end;
    }
    text.push_str(&source[done..]);
    Covered {
        text: Cow::Owned(text),
        formulas,
        open,
    }
}

/// The TeX of a formula: no delimiters, no quotation marks of the lines it goes over.
pub(crate) fn tex_of(source: &str) -> String {
    let inner = source.get(2..source.len().saturating_sub(2)).unwrap_or("");
    if !inner.contains("\n") {
        return inner.trim().to_owned();
    }
    let mut lines = inner.lines();
    let first = lines.next().unwrap_or("");
    let rest: Vec<&str> = lines.collect();
    let quoted = |line: &&str| line.trim_start().starts_with('>');
    let mut tex = String::from(first);
    let all_quoted = rest.iter().all(quoted);
    for line in rest {
        tex.push('\n');
        let line = line.trim_start();
        tex.push_str(if all_quoted {
            line.trim_start_matches(['>', ' '])
        } else {
            line
        });
    }
    tex.trim().to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Closer {
    Ticks(usize),
    Round,
    Square,
    Dollars,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    formulas: Vec<Formula>,
    open: Option<usize>,
    /// Closers known not to occur before this offset, so that no search is made twice.
    missing: HashMap<Closer, usize>,
}

impl Scan<'_> {
    fn document(&mut self) {
        while self.at < self.bytes.len() {
            let line_end = self.line_end(self.at);
            if let Some(fence) = fence_open(&self.bytes[self.at..line_end]) {
                self.at = line_end;
                self.skip_fence(fence);
            } else {
                self.line(line_end);
            }
        }
    }

    fn line_end(&self, from: usize) -> usize {
        self.bytes[from..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(self.bytes.len(), |i| from + i + 1)
    }

    fn skip_fence(&mut self, (mark, len): (u8, usize)) {
        while self.at < self.bytes.len() {
            let end = self.line_end(self.at);
            let line = self.bytes[self.at..end].trim_ascii();
            let line = trim_quote(line);
            self.at = end;
            if line.len() >= len && line.iter().all(|b| *b == mark) {
                return;
            }
        }
    }

    /// Goes through a line; a formula or a code span may carry it over the line's end.
    fn line(&mut self, line_end: usize) {
        while self.at < line_end {
            match self.bytes[self.at] {
                b'`' => {
                    let run = run_len(&self.bytes[self.at..], b'`');
                    self.at += run;
                    if run <= MAX_TICKS
                        && let Some(end) = self.find(Closer::Ticks(run), self.at)
                    {
                        self.at = end;
                    }
                }
                b'\\' => match self.bytes.get(self.at + 1) {
                    Some(b'(') => self.formula(Closer::Round, false),
                    Some(b'[') => self.formula(Closer::Square, true),
                    Some(b'\n') | None => self.at += 1,
                    Some(_) => self.at += 2,
                },
                b'$' if run_len(&self.bytes[self.at..], b'$') == 2 => {
                    self.formula(Closer::Dollars, true);
                }
                b'$' => self.at += run_len(&self.bytes[self.at..], b'$'),
                _ => self.at += 1,
            }
        }
    }

    fn formula(&mut self, closer: Closer, display: bool) {
        let start = self.at;
        let Some(end) = self.find(closer, start + 2) else {
            let paragraph_end = self.missing.get(&closer).copied().unwrap_or(start);
            if paragraph_end >= self.bytes.len() && self.open.is_none() {
                self.open = Some(start);
            }
            self.at = start + 2;
            return;
        };
        let blank = self.bytes[start + 2..end - 2].trim_ascii().is_empty();
        if !blank {
            self.formulas.push(Formula {
                range: start..end,
                display,
            });
        }
        self.at = end;
    }

    /// The end of the next closer in the same paragraph.
    fn find(&mut self, closer: Closer, from: usize) -> Option<usize> {
        if self.missing.get(&closer).is_some_and(|until| from < *until) {
            return None;
        }
        let mut at = from;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            let next = self.bytes.get(at + 1).copied();
            match (byte, closer) {
                (b'\n', _) => {
                    let line = &self.bytes[at + 1..self.line_end(at + 1)];
                    if trim_quote(line.trim_ascii()).is_empty() && at + 1 < self.bytes.len() {
                        break;
                    }
                    at += 1;
                }
                (b'`', Closer::Ticks(run)) => {
                    let found = run_len(&self.bytes[at..], b'`');
                    at += found;
                    if found == run {
                        return Some(at);
                    }
                }
                (b'\\', Closer::Round) if next == Some(b')') => return Some(at + 2),
                (b'\\', Closer::Square) if next == Some(b']') => return Some(at + 2),
                (b'\\', Closer::Round | Closer::Square | Closer::Dollars) => {
                    // A line end must still be seen as one.
                    at += if next == Some(b'\n') { 1 } else { 2 };
                }
                (b'$', Closer::Dollars) if next == Some(b'$') => return Some(at + 2),
                _ => at += 1,
            }
        }
        self.missing.insert(closer, at.max(from + 1));
        None
    }
}

fn run_len(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|b| **b == mark).count()
}

fn trim_quote(mut line: &[u8]) -> &[u8] {
    while let [b'>', rest @ ..] = line {
        line = rest.trim_ascii_start();
    }
    line
}

/// The mark and length of a code fence that this line opens, in a list or quotation too.
fn fence_open(line: &[u8]) -> Option<(u8, usize)> {
    let mut line = line.trim_ascii_start();
    loop {
        let before = line.len();
        line = trim_quote(line);
        line = match line {
            [b'-' | b'*' | b'+', b' ', rest @ ..] => rest.trim_ascii_start(),
            _ => {
                let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
                match &line[digits..] {
                    [b'.' | b')', b' ', rest @ ..] if (1..=9).contains(&digits) => {
                        rest.trim_ascii_start()
                    }
                    _ => line,
                }
            }
        };
        if line.len() == before {
            break;
        }
    }
    let mark = *line.first()?;
    if !matches!(mark, b'`' | b'~') {
        return None;
    }
    let len = run_len(line, mark);
    let info_has_tick = mark == b'`' && line[len..].contains(&b'`');
    (len >= 3 && !info_has_tick).then_some((mark, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<(&str, bool)> {
        let covered = cover(source);
        assert_eq!(covered.text.len(), source.len());
        covered
            .formulas
            .into_iter()
            .map(|f| (&source[f.range], f.display))
            .collect()
    }

    #[test]
    fn formulas_are_found_outside_code_only() {
        assert_eq!(
            found(r"a \(x_1\) b \[y\]"),
            [(r"\(x_1\)", false), (r"\[y\]", true)]
        );
        assert_eq!(found("$$\na\n+ b\n$$"), [("$$\na\n+ b\n$$", true)]);
        assert_eq!(found(r"`\(x\)` \(y\)"), [(r"\(y\)", false)]);
        assert_eq!(found("```tex\n\\(x\\)\n```\n\\(y\\)"), [(r"\(y\)", false)]);
        assert_eq!(
            found("1. ```\n   \\(x\\)\n   ```\n\\(y\\)"),
            [(r"\(y\)", false)]
        );
        assert_eq!(found(r"\\(x\\)"), []);
        assert_eq!(found("\\(a\n\nb\\)"), []);
        assert_eq!(found(r"\(\)"), []);
        assert_eq!(found(r"\[ a \\[2pt] b \]"), [(r"\[ a \\[2pt] b \]", true)]);
        assert_eq!(found("$5 and $$ 6"), []);
    }

    #[test]
    fn an_open_formula_is_told_until_a_blank_line() {
        assert_eq!(cover("text\n\\[\na\n+ b").open, Some(5));
        assert_eq!(cover("text\n\\[\na\n\nb").open, None);
        assert_eq!(cover("text $$ a $$").open, None);
    }

    #[test]
    fn quotation_marks_of_lines_are_no_tex() {
        assert_eq!(tex_of("$$\n> a\n> b\n> $$"), "a\nb");
        assert_eq!(tex_of("\\[\n   a > b\n   c\n\\]"), "a > b\nc");
    }
}
