//! The way back: placeholders of an arriving answer become what they stand for.

use super::Replaced;

/// Turns placeholders back, also where one is split over the pieces of a stream.
#[derive(Default)]
pub struct Restorer {
    /// Every way a placeholder may be written, with what it stands for.
    forms: Vec<(String, String)>,
    longest: usize,
    held: String,
    /// How much came and went on, in bytes; what is held is not in it.
    came: usize,
    went: usize,
    /// Where placeholders began and ended, and where what they stand for ends.
    turns: Vec<(usize, usize, usize)>,
}

impl Restorer {
    /// One that knows no placeholder.
    #[cfg(test)]
    pub(crate) const fn none() -> Self {
        Self {
            forms: Vec::new(),
            longest: 0,
            held: String::new(),
            came: 0,
            went: 0,
            turns: Vec::new(),
        }
    }

    pub(super) fn new(replaced: &[Replaced]) -> Self {
        let mut forms = Vec::new();
        for it in replaced {
            let bare = it.placeholder.trim_matches(['[', ']']);
            let escaped = bare.replace('_', r"\_");
            for form in [
                it.placeholder.clone(),
                // Markdown's ways to say the same.
                format!("[{escaped}]"),
                format!(r"\[{bare}\]"),
                format!(r"\[{escaped}\]"),
            ] {
                forms.push((form, it.original.clone()));
            }
        }
        let longest = forms.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
        Self {
            forms,
            longest,
            ..Self::default()
        }
    }

    /// Where a place of what came is in what can be shown, in bytes: of one within a placeholder,
    /// behind what it stands for.
    #[must_use]
    pub fn place(&self, at: usize) -> usize {
        let known = self.turns.partition_point(|(start, ..)| *start < at);
        match known.checked_sub(1).and_then(|last| self.turns.get(last)) {
            Some((_, end, to)) => to + at.saturating_sub(*end),
            None => at,
        }
    }

    /// What of the text so far can be shown. What may become a placeholder is held back.
    pub fn push(&mut self, piece: &str) -> String {
        if self.forms.is_empty() {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        self.take(false)
    }

    /// The rest, when nothing more comes.
    pub fn finish(&mut self) -> String {
        self.take(true)
    }

    /// A whole text.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        let mut whole = Self {
            forms: self.forms.clone(),
            longest: self.longest,
            held: text.to_owned(),
            ..Self::default()
        };
        whole.take(true)
    }

    fn take(&mut self, at_end: bool) -> String {
        let held = std::mem::take(&mut self.held);
        let mut out = String::with_capacity(held.len());
        let mut rest = held.as_str();
        let begun = held.len();
        while let Some(at) = rest.find(['[', '\\']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let known = self.forms.iter().find(|(form, _)| rest.starts_with(form));
            if let Some((form, original)) = known {
                let after = &rest[form.len()..];
                if after.is_empty() && !at_end {
                    // Whether it is the text of a link shows with the next character.
                    break;
                }
                if after.starts_with('(') {
                    out.push('[');
                    out.push_str(original);
                    out.push(']');
                } else {
                    out.push_str(original);
                }
                let start = self.came + begun - rest.len();
                self.turns
                    .push((start, start + form.len(), self.went + out.len()));
                rest = after;
            } else if !at_end
                && rest.len() < self.longest
                && self.forms.iter().any(|(form, _)| form.starts_with(rest))
            {
                break;
            } else {
                // Both are one byte long.
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        self.came += begun;
        if rest.starts_with(['[', '\\']) && !at_end {
            self.came -= rest.len();
            self.held = rest.to_owned();
        } else {
            out.push_str(rest);
        }
        self.went += out.len();
        out
    }
}
