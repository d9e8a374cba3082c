//! An answer made of passages of the help.

use super::Hit;
use crate::Citation;

/// A second passage is shown if it fits at least this well compared with the best.
const ALSO_FITS: f32 = 0.72;

struct Phrases {
    also: &'static str,
    ask_next: &'static str,
    from_help: &'static str,
    disclaimer: &'static str,
}

fn phrases(language: &str) -> Phrases {
    if language == "de" {
        Phrases {
            also: "Dazu passt",
            ask_next: "Weiterfragen",
            from_help: "Aus der Hilfe",
            disclaimer: "Guide durchsucht die Hilfe und ist kein KI-Modell.",
        }
    } else {
        Phrases {
            also: "Related",
            ask_next: "Ask next",
            from_help: "From the help",
            disclaimer: "Guide searches the help and is no AI model.",
        }
    }
}

/// The best passage in full, the lead of a second one that fits as well, what to ask next, and
/// where all of it stands. `hits` must not be empty.
pub(super) fn from_hits(hits: &[Hit], language: &str) -> (String, Vec<Citation>) {
    let phrases = phrases(language);
    let Some((best, others)) = hits.split_first() else {
        return (String::new(), Vec::new());
    };
    let second = others
        .iter()
        .find(|hit| hit.score >= best.score * ALSO_FITS);

    let mut text = best.section.markdown.to_owned();
    let mut citations = vec![cite(best)];
    if let Some(second) = second {
        let lead = lead(second.section.markdown);
        text.push_str(&format!(
            "\n\n**{}: {}.** {lead}",
            phrases.also, second.section.heading
        ));
        citations.push(cite(second));
    }
    let next = follow_ups(best, second);
    if !next.is_empty() {
        text.push_str(&format!("\n\n{}:\n", phrases.ask_next));
        for question in next {
            text.push_str(&format!("\n- {question}"));
        }
    }
    let titles: Vec<&str> = citations.iter().map(|it| it.title.as_str()).collect();
    text.push_str(&format!(
        "\n\n*{}: {}. {}*",
        phrases.from_help,
        titles.join("; "),
        phrases.disclaimer
    ));
    (text, citations)
}

fn cite(hit: &Hit) -> Citation {
    Citation {
        title: format!("{} › {}", hit.page.title, hit.section.heading),
        target: hit.page.target(hit.section),
    }
}

/// The first paragraph, where it is prose.
fn lead(markdown: &str) -> &str {
    markdown.split("\n\n").next().unwrap_or("")
}

/// Questions of the sections that come next to those shown.
fn follow_ups(best: &Hit, second: Option<&Hit>) -> Vec<&'static str> {
    let shown = |anchor: &str, slug: &str| {
        let is = |hit: &Hit| hit.section.anchor == anchor && hit.page.slug == slug;
        is(best) || second.is_some_and(is)
    };
    let at = best
        .page
        .sections
        .iter()
        .position(|section| section.anchor == best.section.anchor)
        .unwrap_or(0);
    let (before, after) = best.page.sections.split_at(at);
    after
        .iter()
        .chain(before)
        .filter(|section| !shown(section.anchor, best.page.slug))
        .filter_map(|section| section.questions.first().copied())
        .take(2)
        .collect()
}
