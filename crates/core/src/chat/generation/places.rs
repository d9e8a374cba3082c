//! Where the words of a request come to stand in the answer: what is cited is told in places of the
//! stream, and kept in places of [`Message::text`].

use fluxchat_model::{CitedSpan, Message, Part};

use crate::redaction::Restorer;

/// Follows the words of an answer of several requests, as the archive joins them.
#[derive(Default)]
pub(super) struct Ruler {
    /// How much of this request came, placeholders restored, in bytes.
    came: usize,
    /// How much of it was in the answer before.
    repeated: usize,
    /// How long the answer is.
    kept: usize,
    has_text: bool,
    /// Further words belong to the last part.
    is_open: bool,
    /// From a place of the request on, where its words stand in the answer.
    turns: Vec<(usize, usize)>,
}

impl Ruler {
    pub(super) fn continuing(so_far: Option<&Message>) -> Self {
        let Some(message) = so_far else {
            return Self::default();
        };
        let is_text = |part: &Part| matches!(part, Part::Text { .. });
        let mut parts = message.parts.iter().rev();
        let last = parts.find(|it| !matches!(it, Part::Citation { .. } | Part::Notice { .. }));
        Self {
            kept: message.text().len(),
            has_text: message.parts.iter().any(is_text),
            is_open: last.is_some_and(is_text),
            ..Self::default()
        }
    }

    /// How long the answer is, in bytes.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// The words of another request follow.
    pub(super) fn next_request(&mut self) {
        self.came = 0;
        self.repeated = 0;
        self.turns.clear();
    }

    /// Something else than words was kept.
    pub(super) fn part(&mut self) {
        self.is_open = false;
    }

    /// Words came, of which the last `new` bytes are new.
    pub(super) fn words(&mut self, len: usize, new: usize) {
        let known = len - new;
        if known > 0 {
            self.turn(self.repeated);
            self.came += known;
            self.repeated += known;
        }
        if new > 0 {
            if !self.is_open {
                // Parts of text are told apart by an empty line.
                self.kept += if self.has_text { 2 } else { 0 };
                self.has_text = true;
                self.is_open = true;
            }
            self.turn(self.kept);
            self.came += new;
            self.kept += new;
        }
    }

    fn turn(&mut self, kept: usize) {
        let goes_on = |(from, to): &(usize, usize)| to + (self.came - from) == kept;
        if !self.turns.last().is_some_and(goes_on) {
            self.turns.push((self.came, kept));
        }
    }

    /// Where a stretch of the stream stands in the answer. None for what is not in it.
    pub(super) fn span(&self, told: CitedSpan, restorer: &Restorer) -> Option<CitedSpan> {
        let place = |at: u32| restorer.place(usize::try_from(at).unwrap_or(usize::MAX));
        let (start, end) = (place(told.start), place(told.end).min(self.came));
        let after = |next: usize, at: usize| {
            let (from, to) = self.turns.get(next.checked_sub(1)?)?;
            u32::try_from(to + at.checked_sub(*from)?).ok()
        };
        let first = self.turns.partition_point(|(from, _)| *from <= start);
        let last = self.turns.partition_point(|(from, _)| *from < end);
        let (start, end) = (after(first, start)?, after(last, end)?);
        (start < end).then_some(CitedSpan { start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Restorer = Restorer::none();

    fn span(ruler: &Ruler, start: u32, end: u32) -> Option<(u32, u32)> {
        let told = CitedSpan { start, end };
        let span = ruler.span(told, &WHOLE)?;
        Some((span.start, span.end))
    }

    #[test]
    fn words_stand_where_the_archive_joins_them() {
        let mut ruler = Ruler::default();
        ruler.words(10, 10);
        ruler.part();
        ruler.words(4, 4);
        ruler.words(6, 6);
        assert_eq!(ruler.kept(), 22, "an empty line between two parts");
        assert_eq!(span(&ruler, 0, 10), Some((0, 10)));
        assert_eq!(span(&ruler, 10, 20), Some((12, 22)));
        assert_eq!(span(&ruler, 5, 15), Some((5, 17)));
        assert_eq!(span(&ruler, 15, 900), Some((17, 22)), "cut to what came");
        assert_eq!(span(&ruler, 900, 901), None);
        ruler.part();
        ruler.next_request();
        assert_eq!(span(&ruler, 0, 3), None, "nothing came yet");
        ruler.words(3, 3);
        assert_eq!(span(&ruler, 0, 3), Some((24, 27)));
    }

    #[test]
    fn what_is_repeated_stands_where_it_stood() {
        let mut ruler = Ruler {
            kept: 8,
            has_text: true,
            is_open: true,
            ..Ruler::default()
        };
        ruler.words(5, 0);
        ruler.words(6, 3);
        assert_eq!(ruler.kept(), 11);
        assert_eq!(span(&ruler, 2, 7), Some((2, 7)));
        assert_eq!(span(&ruler, 7, 11), Some((7, 11)));
    }
}
