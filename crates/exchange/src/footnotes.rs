//! Citations as footnotes: `[2]` in an answer becomes a mark that leads to what it names.

use std::fmt::Write as _;

use crate::markdown::{label, one_line};
use crate::words::Words;

/// What an answer cites, and which of it its words name.
pub(crate) struct Footnotes<'a> {
    cited: Vec<(&'a str, &'a str)>,
    named: Vec<bool>,
    /// How many there were before those of this message.
    before: usize,
}

impl<'a> Footnotes<'a> {
    pub(crate) fn new(cited: Vec<(&'a str, &'a str)>, before: usize) -> Self {
        Self {
            named: vec![false; cited.len()],
            cited,
            before,
        }
    }

    /// The words, with marks in the place of the numbers that name what is cited. Code is left as
    /// it is, and so is a number that is part of a link.
    pub(crate) fn mark(&mut self, text: &str) -> String {
        if self.cited.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut fence: Option<&str> = None;
        for line in text.split_inclusive('\n') {
            let start = line.trim_start();
            let edge = ["```", "~~~"].into_iter().find(|it| start.starts_with(it));
            match (fence, edge) {
                (None, Some(edge)) => fence = Some(edge),
                (Some(open), Some(edge)) if open == edge => fence = None,
                (None, None) if !line.starts_with("    ") && !line.starts_with('\t') => {
                    self.mark_line(&mut out, line);
                    continue;
                }
                _ => {}
            }
            out.push_str(line);
        }
        out
    }

    /// Words outside of code; a run of backticks is closed by one as long.
    fn mark_line(&mut self, out: &mut String, line: &str) {
        let mut rest = line;
        while let Some(at) = rest.find('`') {
            let (words, code) = rest.split_at(at);
            self.mark_words(out, words);
            let ticks = code.len() - code.trim_start_matches('`').len();
            let len = code_len(code, ticks).unwrap_or(ticks);
            let (code, after) = code.split_at(len);
            out.push_str(code);
            rest = after;
        }
        self.mark_words(out, rest);
    }

    fn mark_words(&mut self, out: &mut String, text: &str) {
        let mut rest = text;
        while let Some(open) = rest.find('[') {
            let (words, from) = rest.split_at(open);
            out.push_str(words);
            let named = number(from).filter(|(at, len)| {
                let after = from.get(*len..).unwrap_or_default();
                let in_link = after.starts_with(['(', ':', '[']) && number(after).is_none();
                let escaped = words.ends_with(['\\', '!', ']']);
                (1..=self.cited.len()).contains(at) && !in_link && !escaped
            });
            let len = if let Some((at, len)) = named {
                if let Some(named) = self.named.get_mut(at - 1) {
                    *named = true;
                }
                let _ = write!(out, "[^{}]", self.before + at);
                len
            } else {
                out.push('[');
                1
            };
            rest = from.get(len..).unwrap_or_default();
        }
        out.push_str(rest);
    }

    /// What stands below the message: marks for what its words do not name, and what each mark
    /// leads to.
    pub(crate) fn finish(self, words: &Words) -> String {
        let mut out = String::new();
        let unnamed = self.named.iter().enumerate().filter(|(_, named)| !**named);
        let marks: String = unnamed
            .map(|(at, _)| format!("[^{}]", self.before + at + 1))
            .collect();
        if !marks.is_empty() {
            let _ = writeln!(out, "{}: {marks}\n", words.sources);
        }
        for (at, (title, target)) in self.cited.iter().enumerate() {
            let number = self.before + at + 1;
            let target = one_line(target);
            let title = label(if title.trim().is_empty() {
                &target
            } else {
                title
            });
            // In angle brackets an address ends nowhere but at its end.
            let is_address = (target.starts_with("https://") || target.starts_with("http://"))
                && !target.contains([' ', '<', '>', '\\']);
            if is_address {
                let _ = writeln!(out, "[^{number}]: [{title}](<{target}>)");
            } else if title == label(&target) {
                let _ = writeln!(out, "[^{number}]: {title}");
            } else {
                let _ = writeln!(out, "[^{number}]: {title} ({})", label(&target));
            }
        }
        if !self.cited.is_empty() {
            out.push('\n');
        }
        out
    }
}

/// How long a span of code is that begins with so many backticks, with those around it.
fn code_len(code: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    loop {
        let rest = code.get(at..)?;
        at += rest.find('`')?;
        let run = code.get(at..)?;
        let run = run.len() - run.trim_start_matches('`').len();
        at += run;
        if run == ticks {
            return Some(at);
        }
    }
}

/// A number in brackets at the beginning, and how long it is with them.
fn number(text: &str) -> Option<(usize, usize)> {
    let inner = text.strip_prefix('[')?;
    let (digits, _) = inner.split_once(']')?;
    let is_number = digits.bytes().all(|it| it.is_ascii_digit()) && !digits.starts_with('0');
    let plain = (1..=3).contains(&digits.len()) && is_number;
    let value = plain.then(|| digits.parse().ok())??;
    Some((value, digits.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn marked(text: &str) -> String {
        let cited = vec![("One", "https://one.example/"), ("Two", "help:x")];
        Footnotes::new(cited, 4).mark(text)
    }

    #[test]
    fn a_number_in_the_words_becomes_a_mark() {
        assert_eq!(marked("So it is [1][2]."), "So it is [^5][^6].");
        assert_eq!(
            marked("[2] first, [3] is nobody's"),
            "[^6] first, [3] is nobody's"
        );
        assert_eq!(marked("one ` tick [1] `` [2]"), "one ` tick [^5] `` [^6]");
        assert_eq!(marked("ü[1]ü [ [1] ]"), "ü[^5]ü [ [^5] ]");
    }

    #[test]
    fn code_and_links_stay_as_they_are() {
        for text in [
            "`row[1]` and ``a`[2]``",
            "```\nrow[1]\n```",
            "~~~py\nrow[1]\n```\nrow[2]\n~~~\n",
            "    row[1]",
            "[1](https://example.org)",
            "[1]: https://example.org",
            "[x][1]",
            "![1]",
            "\\[1]",
            "[0] [01] [1234] [a] [ []",
        ] {
            assert_eq!(marked(text), text);
        }
    }

    #[test]
    fn what_is_cited_is_named_once_and_no_address_breaks_out() {
        let cited = vec![
            ("One", "https://one.example/a_(b)"),
            ("", "javascript:alert(1)"),
            ("T](x", "https://two.example/> [x](y"),
        ];
        let mut notes = Footnotes::new(cited, 0);
        notes.mark("See [1].");
        assert_eq!(
            notes.finish(words("en")),
            "Sources: [^2][^3]\n\n\
             [^1]: [One](<https://one.example/a_(b)>)\n\
             [^2]: javascript:alert(1)\n\
             [^3]: T\\](x (https://two.example/> \\[x\\](y)\n\n"
        );
    }
}
