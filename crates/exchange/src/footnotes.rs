//! Citations as footnotes: `[2]` in an answer becomes a mark that leads to what it names, and what is
//! cited for certain words has a mark behind them.

use std::fmt::Write as _;

use fluxchat_model::{Message, Part};

use crate::markdown::{label, one_line};
use crate::words::Words;

/// What an answer cites, and which of it its words name.
pub(crate) struct Footnotes<'a> {
    cited: Vec<(&'a str, &'a str)>,
    named: Vec<bool>,
    /// How many there were before those of this message.
    before: usize,
    /// Where marks stand in [`Message::text`], in bytes, and what they are of; the next one last.
    places: Vec<(usize, usize)>,
    /// How much of that text was marked.
    done: usize,
}

impl<'a> Footnotes<'a> {
    /// Those of a message. Its stretches end where a mark can be written.
    pub(crate) fn of(message: &'a Message, before: usize) -> Self {
        let (mut cited, mut places) = (Vec::new(), Vec::new());
        for part in &message.parts {
            if let Part::Citation {
                title,
                target,
                spans,
            } = part
            {
                let ends = spans.iter().filter_map(|it| usize::try_from(it.end).ok());
                places.extend(ends.map(|end| (end, cited.len())));
                cited.push((title.as_str(), target.as_str()));
            }
        }
        places.sort_unstable();
        places.dedup();
        places.reverse();
        Self {
            places,
            ..Self::new(cited, before)
        }
    }

    fn new(cited: Vec<(&'a str, &'a str)>, before: usize) -> Self {
        Self {
            named: vec![false; cited.len()],
            cited,
            before,
            places: Vec::new(),
            done: 0,
        }
    }

    /// How many there are, those of messages before included.
    pub(crate) fn count(&self) -> usize {
        self.before + self.cited.len()
    }

    /// The words of the next part, with marks where they were told to stand, and in the place of the
    /// numbers that name what is cited. Code is left as it is, and so is a number that is part of a
    /// link.
    pub(crate) fn mark(&mut self, part: &str) -> String {
        if self.cited.is_empty() {
            return part.to_owned();
        }
        let text = self.placed(part);
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

    /// The words with the marks that were told to stand in them.
    fn placed(&mut self, part: &str) -> String {
        let begins = self.done;
        // Parts of text are told apart by an empty line.
        self.done += part.len() + 2;
        let mut out = String::with_capacity(part.len());
        let mut rest = 0;
        while let Some((place, at)) = self
            .places
            .pop_if(|(place, _)| *place <= begins + part.len())
        {
            let place = place.saturating_sub(begins).max(rest);
            let (Some(words), Some(after)) = (part.get(rest..place), part.get(place..)) else {
                continue;
            };
            out.push_str(words);
            rest = place;
            // Before these a mark would be the text of a link, or begin a note.
            if !after.starts_with(['(', ':']) {
                let _ = write!(out, "[^{}]", self.before + at + 1);
                if let Some(named) = self.named.get_mut(at) {
                    *named = true;
                }
            }
        }
        out.push_str(part.get(rest..).unwrap_or_default());
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
                let is_mark = number(after).is_some() || after.starts_with("[^");
                let in_link = after.starts_with(['(', ':', '[']) && !is_mark;
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
    use fluxchat_model::CitedSpan;

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
    fn what_is_cited_for_words_has_its_mark_behind_them() {
        let citation = |spans: &[(u32, u32)]| Part::Citation {
            title: "One".to_owned(),
            target: "https://one.example/".to_owned(),
            spans: spans
                .iter()
                .map(|(start, end)| CitedSpan {
                    start: *start,
                    end: *end,
                })
                .collect(),
        };
        let mut message = message();
        message.parts = vec![
            citation(&[(0, 4), (10, 14), (0, 99)]),
            citation(&[(0, 8)]),
            citation(&[]),
        ];
        let mut notes = Footnotes::of(&message, 2);
        assert_eq!(notes.mark("Grü (b)"), "Grü[^3] (b)[^4]");
        assert_eq!(notes.mark("Zwei"), "Zwei[^3]");
        let told = notes.finish(words("en"));
        assert!(told.starts_with("Sources: [^5]\n\n[^3]: "), "{told}");
        let mut notes = Footnotes::of(&message, 0);
        assert_eq!(notes.mark("Grü(b)"), "Grü(b)", "no link is made");
    }

    fn message() -> Message {
        use fluxchat_model::{ConversationId, MessageId, MessageStatus, Role, Timestamp};
        Message {
            id: MessageId::new(Timestamp(0), [1; 10]),
            conversation_id: ConversationId::new(Timestamp(0), [2; 10]),
            parent_id: None,
            role: Role::Assistant,
            status: MessageStatus::Complete,
            model: None,
            source_name: None,
            parts: Vec::new(),
            usage: None,
            error: None,
            created_at: Timestamp(0),
            finished_at: None,
        }
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
