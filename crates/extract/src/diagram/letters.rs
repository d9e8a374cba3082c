//! Words: lines with their places, each of runs of one look.

use fluxchat_model::{LONGEST_RUN, SceneRun, TextAnchor, deceives};

use super::cascade::Look;
use super::values::sized;

/// A line of words while it is read.
pub(super) struct Line {
    pub x: f64,
    pub y: f64,
    pub anchor: TextAnchor,
    pub size: f64,
    pub runs: Vec<SceneRun>,
}

/// Where the next words go.
pub(super) struct Pen {
    x: f64,
    y: f64,
    /// What was told of the next letter: of each number, what is told last and nearest to it.
    told: [Option<f64>; 4],
    lines: Vec<Line>,
}

impl Pen {
    pub(super) const fn new() -> Self {
        Self {
            x: 0.0,
            y: 0.0,
            told: [Some(0.0), Some(0.0), None, None],
            lines: Vec::new(),
        }
    }

    /// A `text` or `tspan` begins: where it says it stands.
    pub(super) fn go(&mut self, node: roxmltree::Node<'_, '_>, size: f64) {
        for (at, name) in ["x", "y", "dx", "dy"].into_iter().enumerate() {
            // Of places for each letter the first one counts.
            let text = node.attribute(name).unwrap_or_default();
            let first = text.split([' ', ',']).find(|it| !it.is_empty());
            if let Some(found) = first.and_then(|it| sized(it, size)) {
                self.told[at] = Some(found);
            }
        }
    }

    pub(super) fn write(&mut self, text: &str, look: &Look<'_>, fill: u32) {
        let text: String = text
            .chars()
            .map(|it| if it.is_whitespace() { ' ' } else { it })
            .filter(|it| !deceives(*it))
            .collect();
        let is_blank = text.trim_matches(' ').is_empty();
        // A blank that begins a line is none.
        if text.is_empty() || is_blank && (self.lines.is_empty() || self.told[0].is_some()) {
            return;
        }
        let [x, y, dx, dy] = std::mem::take(&mut self.told);
        // Without a place of its own it goes on where the words before end.
        if x.is_some() || y.is_some() || self.lines.is_empty() {
            self.x = x.unwrap_or(self.x) + dx.unwrap_or(0.0);
            self.y = y.unwrap_or(self.y) + dy.unwrap_or(0.0);
            self.lines.push(Line {
                x: self.x,
                y: self.y + look.baseline.shift() * look.size,
                anchor: look.anchor,
                size: look.size,
                runs: Vec::new(),
            });
        }
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        match line.runs.last_mut() {
            Some(last) if (last.fill, last.bold, last.italic) == (fill, look.bold, look.italic) => {
                last.text.push_str(&text);
            }
            _ => line.runs.push(SceneRun {
                text,
                fill,
                bold: look.bold,
                italic: look.italic,
            }),
        }
    }

    /// All lines with something to read.
    pub(super) fn lines(self) -> impl Iterator<Item = Line> {
        self.lines.into_iter().filter_map(|mut line| {
            tidy(&mut line.runs);
            (!line.runs.is_empty() && line.size > 0.0).then_some(line)
        })
    }
}

/// One blank where there are several, and none at the ends.
fn tidy(runs: &mut Vec<SceneRun>) {
    let mut blank = true;
    for run in &mut *runs {
        run.text.retain(|letter| {
            let keep = letter != ' ' || !blank;
            blank = letter == ' ';
            keep
        });
    }
    while let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end_matches(' ').len());
        if !last.text.is_empty() {
            break;
        }
        runs.pop();
    }
    runs.retain(|run| !run.text.is_empty());
    for run in runs {
        run.text.truncate(run.text.floor_char_boundary(LONGEST_RUN));
    }
}
