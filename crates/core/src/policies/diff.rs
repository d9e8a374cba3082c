//! Two versions of a text, side by side: paragraphs, and in changed ones the words.

use fluxchat_model::{Policy, PolicyDiff, TextChange, TextKind, TextPart, TextRow};
use similar::{Algorithm, DiffOp, TextDiff, capture_diff_slices};

use super::purposes;

/// Below this share of common words a paragraph counts as another one.
const ALIKE: f32 = 0.4;

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Paragraph {
    pub(super) kind: Kind,
    pub(super) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Heading,
    Paragraph,
    Item,
    Row,
}

impl From<Kind> for TextKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Heading => Self::Heading,
            Kind::Paragraph => Self::Paragraph,
            Kind::Item => Self::Item,
            Kind::Row => Self::Row,
        }
    }
}

pub(super) fn between(from: &Policy, to: &Policy) -> PolicyDiff {
    PolicyDiff {
        from: from.version.0.clone(),
        to: to.version.0.clone(),
        language: to.language.clone(),
        changed: purposes::changed(from, to),
        rows: rows(&from.markdown, &to.markdown),
    }
}

fn rows(from: &str, to: &str) -> Vec<TextRow> {
    let (old, new) = (paragraphs(from), paragraphs(to));
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let (before, after) = (&old[op.old_range()], &new[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => rows.extend(after.iter().map(|it| whole(it, TextChange::Same))),
            _ => replaced(before, after, &mut rows),
        }
    }
    rows
}

/// Pairs what was reworded, in order; the rest is gone or new.
fn replaced(before: &[Paragraph], after: &[Paragraph], rows: &mut Vec<TextRow>) {
    let mut rest = after.iter().peekable();
    for old in before {
        let ahead = rest
            .clone()
            .position(|new| new.kind == old.kind && alike(&old.text, &new.text));
        let Some(ahead) = ahead else {
            rows.push(whole(old, TextChange::Removed));
            continue;
        };
        rows.extend(
            rest.by_ref()
                .take(ahead)
                .map(|new| whole(new, TextChange::Added)),
        );
        if let Some(new) = rest.next() {
            rows.push(reworded(old, new));
        }
    }
    rows.extend(rest.map(|new| whole(new, TextChange::Added)));
}

fn alike(old: &str, new: &str) -> bool {
    TextDiff::from_words(old, new).ratio() >= ALIKE
}

fn reworded(old: &Paragraph, new: &Paragraph) -> TextRow {
    let diff = TextDiff::from_words(old.text.as_str(), new.text.as_str());
    TextRow {
        kind: new.kind.into(),
        change: TextChange::Changed,
        parts: crate::words::parts(&diff),
    }
}

fn whole(paragraph: &Paragraph, change: TextChange) -> TextRow {
    TextRow {
        kind: paragraph.kind.into(),
        change,
        parts: vec![TextPart {
            change,
            text: paragraph.text.clone(),
        }],
    }
}

/// A policy is headings, paragraphs, lists and tables; each line of it is one of these.
pub(super) fn paragraphs(markdown: &str) -> Vec<Paragraph> {
    let mut all: Vec<Paragraph> = Vec::new();
    let mut goes_on = false;
    for line in markdown.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("|---") {
            goes_on = false;
            continue;
        }
        let (kind, text) = if line.starts_with('#') {
            (
                Kind::Heading,
                line.trim_start_matches('#').trim().to_owned(),
            )
        } else if let Some(item) = line.strip_prefix("- ") {
            (Kind::Item, item.to_owned())
        } else if line.starts_with('|') {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            (Kind::Row, cells.join(" · "))
        } else {
            (Kind::Paragraph, line.to_owned())
        };
        let text = text.replace("**", "").replace(['`', '*'], "");
        match all.last_mut() {
            Some(last) if goes_on && kind == Kind::Paragraph && last.kind == kind => {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => all.push(Paragraph { kind, text }),
        }
        goes_on = kind == Kind::Paragraph;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(from: &str, to: &str) -> Vec<String> {
        let mark = |change| match change {
            TextChange::Same => "=",
            TextChange::Added => "+",
            TextChange::Removed => "-",
            TextChange::Changed => "~",
        };
        rows(from, to)
            .into_iter()
            .map(|row| {
                let parts: Vec<_> = row
                    .parts
                    .iter()
                    .map(|part| format!("{}[{}]", mark(part.change), part.text))
                    .collect();
                format!("{}{}", mark(row.change), parts.concat())
            })
            .collect()
    }

    #[test]
    fn what_stayed_went_came_and_was_reworded_is_told_apart() {
        let old = "# Policy\n\nOne stays.\n\n- first item\n- second item of the list\n\nThis goes away entirely.\n";
        let new = "# Policy\n\nOne stays.\n\n- first item\n- second item of the longer list\n\n| a | b |\n|---|---|\n| **c** | d |\n";
        assert_eq!(
            shown(old, new),
            [
                "==[Policy]",
                "==[One stays.]",
                "==[first item]",
                "~=[second item of the ]+[longer ]=[list]",
                "--[This goes away entirely.]",
                "++[a · b]",
                "++[c · d]",
            ]
        );
    }

    #[test]
    fn the_bundled_versions_differ_where_their_purposes_changed() {
        for language in fluxchat_service::LANGUAGES {
            let text = |version| fluxchat_service::policy(version, language).unwrap();
            let diff = between(&text("2026-10-01"), &text("2026-11-01"));
            assert_eq!(
                diff.changed,
                [
                    "improve.product",
                    "ai.training",
                    "diag.crash",
                    "analytics.usage",
                    "marketing.direct"
                ],
                "two are declared; the sentence that names all of them is another one"
            );
            let count = |change| diff.rows.iter().filter(|row| row.change == change).count();
            assert!(count(TextChange::Changed) >= 4, "{language}");
            assert_eq!(count(TextChange::Added), 2, "{language}");
            assert_eq!(count(TextChange::Removed), 0, "{language}");
            assert!(count(TextChange::Same) > 30, "{language}");
        }
    }
}
