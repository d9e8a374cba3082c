//! Makes nodes of what the Markdown parser found.

use crate::block::{Alignment, Block, CodeLine, Inline, LinkKind};
use crate::highlight::plain_line;
use crate::link::LinkTarget;
use crate::mathml;
use crate::scrub::{scrub, scrub_short};

/// Longer formulas are shown as code.
const MAX_FORMULA: usize = 2_000;
const MAX_LANGUAGE: usize = 40;

/// A paragraph, cut where a display formula stands on lines of its own. Marks decide nothing: those
/// beside a formula go to the words before it, and are given back where there are no words.
pub(super) fn paragraph_blocks(inlines: Vec<Inline>) -> (Vec<Block>, Vec<Inline>) {
    let is_break =
        |i: Option<&Inline>| matches!(i, None | Some(Inline::SoftBreak | Inline::HardBreak));
    let is_mark = |i: &Inline| matches!(i, Inline::CitationRef { .. });
    let alone: Vec<bool> = (0..inlines.len())
        .map(|i| {
            let (before, after) = inlines.split_at(i);
            matches!(inlines[i], Inline::Math { display: true, .. })
                && is_break(before.iter().rfind(|it| !is_mark(it)))
                && is_break(after.iter().skip(1).find(|it| !is_mark(it)))
        })
        .collect();
    if !alone.contains(&true) {
        return (vec![Block::Paragraph { inlines }], Vec::new());
    }
    let mut blocks = Vec::new();
    let mut run: Vec<Inline> = Vec::new();
    let mut marks: Vec<Inline> = Vec::new();
    let end_run = |run: &mut Vec<Inline>, blocks: &mut Vec<Block>| {
        let mut behind = Vec::new();
        while let Some(last) = run.pop_if(|it| is_break(Some(it)) || is_mark(it)) {
            if is_mark(&last) {
                behind.push(last);
            }
        }
        run.extend(behind.into_iter().rev());
        if !run.is_empty() {
            blocks.push(Block::Paragraph {
                inlines: std::mem::take(run),
            });
        }
    };
    for (inline, alone) in inlines.into_iter().zip(alone) {
        match inline {
            Inline::Math { source, mathml, .. } if alone => {
                end_run(&mut run, &mut blocks);
                blocks.push(Block::Math { source, mathml });
            }
            Inline::SoftBreak | Inline::HardBreak if run.is_empty() => {}
            mark if is_mark(&mark) && run.is_empty() => {
                let before = blocks.iter_mut().rev().find_map(|block| match block {
                    Block::Paragraph { inlines } => Some(inlines),
                    _ => None,
                });
                before.unwrap_or(&mut marks).push(mark);
            }
            other => {
                run.append(&mut marks);
                run.push(other);
            }
        }
    }
    end_run(&mut run, &mut blocks);
    (blocks, marks)
}

pub(super) fn formula_inline(tex: String, display: bool) -> Inline {
    if tex.len() > MAX_FORMULA {
        return Inline::Code { text: scrub(&tex) };
    }
    Inline::Math {
        mathml: mathml::from_tex(&tex, display),
        source: scrub(&tex),
        display,
    }
}

pub(super) fn link(id: u32, target: Option<LinkTarget>, inlines: Vec<Inline>) -> Inline {
    let (kind, host, display) = target.map_or_else(
        || (LinkKind::Blocked, String::new(), String::new()),
        |t| (t.kind, t.host, t.display),
    );
    Inline::Link {
        id,
        host,
        display,
        kind,
        inlines,
    }
}

pub(super) fn alignment(alignment: pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None => Alignment::None,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}

/// The language of an info string: its first word.
pub(crate) fn language_of(info: &str) -> Option<String> {
    let word = info
        .trim_start_matches(['{', '.', ' '])
        .split([' ', '\t', ',', '{', '}', ':', '='])
        .next()
        .unwrap_or("");
    (!word.is_empty()).then(|| scrub_short(&word.to_lowercase(), MAX_LANGUAGE))
}

/// Code as lines without colours.
pub(crate) fn code_lines(code: &str) -> Vec<CodeLine> {
    if code.is_empty() {
        return Vec::new();
    }
    let safe = scrub(code.strip_suffix('\n').unwrap_or(code));
    safe.split('\n').map(plain_line).collect()
}

/// True when the source of a fenced block ends with its closing fence.
pub(super) fn is_closed(source: &str) -> bool {
    let opening = source.trim_start();
    let Some(mark) = opening.chars().next() else {
        return false;
    };
    let len = opening.chars().take_while(|c| *c == mark).count();
    let Some((_, rest)) = source.trim_end().rsplit_once('\n') else {
        return false;
    };
    let last = rest.trim_start_matches([' ', '\t', '>']);
    last.len() >= len && last.chars().all(|c| c == mark)
}
