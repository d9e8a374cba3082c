//! The way back: placeholders of an arriving answer become what they stand for.

use super::Replaced;

/// Turns placeholders back, also where one is split over the pieces of a stream.
#[derive(Default)]
pub struct Restorer {
    /// Every way a placeholder may be written, with what it stands for.
    forms: Vec<(String, String)>,
    longest: usize,
    held: String,
}

impl Restorer {
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
            held: String::new(),
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
        };
        whole.take(true)
    }

    fn take(&mut self, at_end: bool) -> String {
        let held = std::mem::take(&mut self.held);
        let mut out = String::with_capacity(held.len());
        let mut rest = held.as_str();
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
        if rest.starts_with(['[', '\\']) && !at_end {
            self.held = rest.to_owned();
        } else {
            out.push_str(rest);
        }
        out
    }
}
