const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";
/// White space before a tag that is waited through, in bytes.
const LONGEST_LEAD: usize = 4096;

/// A piece of content, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Reasoning(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Only white space came so far; a tag may begin here and only here. Later in the answer
    /// the word `<think>` is something the model writes about.
    #[default]
    Start,
    Inside,
    /// Just behind the closing tag: the empty lines that follow it belong to neither side.
    After,
    Text,
}

/// Splits `<think>…</think>` off the start of the content; the tags may be cut across chunks.
#[derive(Debug, Default)]
pub(crate) struct ThinkSplitter {
    state: State,
    held: String,
}

impl ThinkSplitter {
    pub(crate) fn push(&mut self, content: &str, out: &mut Vec<Piece>) {
        if self.state == State::Text {
            emit(out, Piece::Text(content.to_owned()));
            return;
        }
        self.held.push_str(content);
        self.advance(out);
    }

    /// The end of the content: what was held back because it might have become a tag.
    pub(crate) fn finish(&mut self, out: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        emit(
            out,
            if self.state == State::Inside {
                Piece::Reasoning(held)
            } else {
                Piece::Text(held)
            },
        );
    }

    fn advance(&mut self, out: &mut Vec<Piece>) {
        loop {
            match self.state {
                State::Start => {
                    let trimmed = self.held.trim_start();
                    if let Some(rest) = trimmed.strip_prefix(OPEN) {
                        self.held = rest.to_owned();
                        self.state = State::Inside;
                    } else if OPEN.starts_with(trimmed) && self.held.len() < LONGEST_LEAD {
                        return;
                    } else {
                        self.state = State::Text;
                    }
                }
                State::Inside => {
                    let Some(at) = self.held.find(CLOSE) else {
                        let keep = begun(&self.held);
                        let ready = self.held.len() - keep;
                        let rest = self.held.split_off(ready);
                        emit(
                            out,
                            Piece::Reasoning(std::mem::replace(&mut self.held, rest)),
                        );
                        return;
                    };
                    let rest = self.held.split_off(at + CLOSE.len());
                    self.held.truncate(at);
                    emit(
                        out,
                        Piece::Reasoning(std::mem::replace(&mut self.held, rest)),
                    );
                    self.state = State::After;
                }
                State::After => {
                    let trimmed = self.held.trim_start();
                    if trimmed.is_empty() {
                        self.held.clear();
                        return;
                    }
                    self.held = trimmed.to_owned();
                    self.state = State::Text;
                }
                State::Text => {
                    emit(out, Piece::Text(std::mem::take(&mut self.held)));
                    return;
                }
            }
        }
    }
}

fn emit(out: &mut Vec<Piece>, piece: Piece) {
    let (Piece::Text(text) | Piece::Reasoning(text)) = &piece;
    if !text.is_empty() {
        out.push(piece);
    }
}

/// How many bytes at the end may be the beginning of the closing tag.
fn begun(text: &str) -> usize {
    (1..CLOSE.len())
        .rev()
        .find(|length| text.ends_with(&CLOSE[..*length]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&str]) -> (String, String) {
        let mut splitter = ThinkSplitter::default();
        let mut out = Vec::new();
        for chunk in chunks {
            splitter.push(chunk, &mut out);
        }
        splitter.finish(&mut out);
        let (mut text, mut reasoning) = (String::new(), String::new());
        for piece in out {
            match piece {
                Piece::Text(piece) => text.push_str(&piece),
                Piece::Reasoning(piece) => reasoning.push_str(&piece),
            }
        }
        (text, reasoning)
    }

    #[test]
    fn white_space_without_end_is_not_held_back_for_ever() {
        let mut splitter = ThinkSplitter::default();
        let mut out = Vec::new();
        for _ in 0..LONGEST_LEAD {
            splitter.push("\n ", &mut out);
            assert!(splitter.held.len() < LONGEST_LEAD + 2);
        }
        assert_eq!(splitter.state, State::Text);
    }

    #[test]
    fn the_same_however_it_is_cut() {
        for (whole, text, reasoning) in [
            ("<think>hm, é</think>\n\nYes 🎉", "Yes 🎉", "hm, é"),
            ("\n<think>a < b </thin </think>c", "c", "a < b </thin "),
            ("no tag", "no tag", ""),
            ("<thing>x", "<thing>x", ""),
            ("write <think>x</think> so", "write <think>x</think> so", ""),
            ("<think></think>x", "x", ""),
            ("<think>never closed", "", "never closed"),
            ("<think>never closed </thi", "", "never closed </thi"),
            ("<thi", "<thi", ""),
            ("  two spaces", "  two spaces", ""),
            ("", "", ""),
        ] {
            let want = (text.to_owned(), reasoning.to_owned());
            assert_eq!(split(&[whole]), want, "{whole}");
            for cut in (0..=whole.len()).filter(|at| whole.is_char_boundary(*at)) {
                assert_eq!(
                    split(&[&whole[..cut], &whole[cut..]]),
                    want,
                    "{whole} at {cut}"
                );
            }
            let each: Vec<String> = whole.chars().map(String::from).collect();
            let each: Vec<&str> = each.iter().map(String::as_str).collect();
            assert_eq!(split(&each), want, "{whole} by character");
        }
    }
}
