//! Reads the lines of an open fenced code block while they arrive, without a parser.

use crate::parse::language_of;
use crate::scrub::Scrubber;

/// An opening fence at the top of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FenceText {
    mark: char,
    len: usize,
    /// Spaces before it: as many go from each line.
    indent: usize,
    pub(crate) language: Option<String>,
    /// Bytes of its line, with the line feed.
    line: usize,
}

impl FenceText {
    /// Reads the opening fence in the first line of `source`, if the line is complete.
    pub(crate) fn read(source: &str) -> Option<Self> {
        let (line, _) = source.split_once('\n')?;
        let fence = line.trim_start_matches(' ');
        let indent = line.len() - fence.len();
        let mark = fence.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = fence.trim_start_matches(mark);
        let len = fence.len() - info.len();
        let valid = indent < 4 && len >= 3 && !(mark == '`' && info.contains('`'));
        // An info string with escapes or entities is left to the parser.
        (valid && !info.contains(['\\', '&'])).then(|| Self {
            mark,
            len,
            indent,
            language: language_of(info.trim()),
            line: line.len() + 1,
        })
    }
}

/// An open fenced code block.
#[derive(Debug)]
pub(crate) struct Fence {
    text: FenceText,
    /// Where the line that is not complete begins in the source.
    pub(crate) at: usize,
    /// Bytes of that line already given out, with the indentation that was cut.
    given: usize,
    /// Some line was begun.
    pub(crate) has_lines: bool,
    scrubber: Scrubber,
}

impl Fence {
    /// A block whose opening fence begins at `start` in the source.
    pub(crate) fn new(text: FenceText, start: usize) -> Self {
        Self {
            at: start + text.line,
            text,
            given: 0,
            has_lines: false,
            scrubber: Scrubber::default(),
        }
    }

    /// Adds the code that has come to `out`, lines separated by line feeds. True when the
    /// closing fence has come; [`Self::at`] is then behind it.
    pub(crate) fn read(&mut self, source: &str, out: &mut String) -> bool {
        while let Some(rest) = source.get(self.at..).filter(|rest| !rest.is_empty()) {
            let end = rest.find('\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            if self.given == 0 {
                if end.is_some() && self.closes(line) {
                    self.at += line.len() + 1;
                    return true;
                }
                if end.is_none() && self.may_close(line) {
                    return false;
                }
                if self.has_lines {
                    self.scrubber.push("\n", out);
                }
                self.has_lines = true;
                let spaces = line.len() - line.trim_start_matches(' ').len();
                self.given = spaces.min(self.text.indent);
            }
            let fresh = line.get(self.given..).unwrap_or("");
            self.scrubber.push(fresh, out);
            if end.is_none() {
                // An empty fresh line still counts as begun.
                self.given = line.len().max(1);
                return false;
            }
            self.at += line.len() + 1;
            self.given = 0;
        }
        false
    }

    fn closes(&self, line: &str) -> bool {
        let fence = line.trim_start_matches(' ');
        let rest = fence.trim_start_matches(self.text.mark);
        line.len() - fence.len() < 4
            && fence.len() - rest.len() >= self.text.len
            && rest.trim_matches([' ', '\t']).is_empty()
    }

    /// True while the start of a line may become a closing fence.
    fn may_close(&self, line: &str) -> bool {
        let fence = line.trim_start_matches(' ');
        let rest = fence.trim_start_matches(self.text.mark);
        line.len() - fence.len() < 4
            && rest.trim_matches([' ', '\t']).is_empty()
            && (rest.is_empty() || fence.len() - rest.len() >= self.text.len)
    }
}
