//! A drawn diagram: a closed list of shapes. There is no place in it for an address, a script, a
//! name of another element or a style, so nothing that was written in a diagram can become one.

use serde::{Deserialize, Serialize};

/// The longest text of a diagram, in bytes.
pub const LONGEST_DIAGRAM: usize = 64 << 10;
/// The most shapes: more is no picture that anybody reads in an answer.
pub const MOST_SHAPES: usize = 5_000;
/// The most steps of all paths, and runs of all texts.
pub const MOST_STEPS: usize = 100_000;
/// The longest words of one run, and those of all together, in bytes.
pub const LONGEST_RUN: usize = 4 << 10;
/// All words of a diagram together, in bytes.
pub const MOST_WORDS: usize = 512 << 10;
/// No number is further from zero.
pub const FARTHEST: f64 = 1_000_000.0;

/// For which paper it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiagramTheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Why a diagram is shown as its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiagramRefusal {
    /// Its text is longer than is drawn.
    TooLong,
    /// It is of a kind that is not drawn.
    UnknownKind,
    /// There is something in it that no rule of its kind allows.
    NotUnderstood,
    /// Its picture would hold more than is drawn.
    TooLarge,
    /// Drawing took too long, or too much memory.
    Stopped,
    /// The process that draws could not be started, or could not give up its rights.
    NoReader,
}

/// What kind of diagram it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of Mermaid")]
pub enum DiagramKind {
    Architecture,
    Block,
    C4,
    Class,
    EntityRelationship,
    Flowchart,
    Gantt,
    GitGraph,
    Journey,
    Kanban,
    Mindmap,
    Packet,
    Pie,
    Quadrant,
    Radar,
    Requirement,
    Sankey,
    Sequence,
    State,
    Timeline,
    Treemap,
    XyChart,
    /// One without a name of its own.
    Other,
}

/// A drawn diagram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// What it is.
    pub kind: DiagramKind,
    /// Its title, where it says one.
    pub title: Option<String>,
    /// What it says of itself to those who do not see it.
    pub description: Option<String>,
    /// The stretch of the plane that is shown: left, top, width, height.
    pub view: [f64; 4],
    /// From back to front.
    pub shapes: Vec<SceneShape>,
}

/// One shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SceneShape {
    /// Its outline.
    pub form: SceneForm,
    /// How it is filled: red, green, blue and how opaque, eight bits each. Not for words, whose
    /// runs have each their own.
    pub fill: Option<u32>,
    /// The same of its edge.
    pub stroke: Option<u32>,
    /// How wide the edge is.
    pub width: f64,
    /// Lengths of lines and gaps in turn; none for an edge without gaps.
    pub dash: Vec<f64>,
    /// Where it is moved, turned or scaled to, as the six numbers of a matrix.
    pub at: Option<[f64; 6]>,
}

/// The outline of a shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SceneForm {
    /// Lines and curves.
    Path {
        /// One after the other; the first one moves.
        steps: Vec<PathStep>,
    },
    /// A rectangle.
    Rect {
        /// Its left edge.
        x: f64,
        /// Its upper edge.
        y: f64,
        /// Its width.
        width: f64,
        /// Its height.
        height: f64,
        /// How round its corners are.
        radius: f64,
    },
    /// A circle, or one that was pressed.
    Ellipse {
        /// Its middle.
        x: f64,
        /// Its middle.
        y: f64,
        /// From the middle to the right.
        rx: f64,
        /// From the middle down.
        ry: f64,
    },
    /// Words on one line.
    Text {
        /// Where `anchor` stands.
        x: f64,
        /// The line on which letters stand.
        y: f64,
        /// Which part of the line stands at `x`.
        anchor: TextAnchor,
        /// The size of letters.
        size: f64,
        /// The words.
        runs: Vec<SceneRun>,
    },
}

/// A step of a path, from where the one before ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PathStep {
    /// To a point, without a line.
    Move([f64; 2]),
    /// A straight line to a point.
    Line([f64; 2]),
    /// A curve with one point that pulls it, to the last point.
    Bend([f64; 4]),
    /// A curve with two points that pull it, to the last point.
    Curve([f64; 6]),
    /// Back to where it began.
    Close,
}

/// Which part of a line of words stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TextAnchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Words of one look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SceneRun {
    /// The words.
    pub text: String,
    /// Red, green, blue and how opaque.
    pub fill: u32,
    /// In bold letters.
    pub bold: bool,
    /// In slanted letters.
    pub italic: bool,
}

impl Scene {
    /// Whether it keeps to all bounds. Whoever takes one from another process asks this first.
    #[must_use]
    pub fn holds(&self) -> bool {
        let [_, _, width, height] = self.view;
        let said = [&self.title, &self.description];
        let said: usize = said.into_iter().flatten().map(String::len).sum();
        let (mut steps, mut words) = (0, said);
        for shape in &self.shapes {
            match &shape.form {
                SceneForm::Path { steps: some } => steps += some.len(),
                SceneForm::Text { runs, .. } => {
                    steps += runs.len();
                    words += runs.iter().map(|run| run.text.len()).sum::<usize>();
                }
                SceneForm::Rect { .. } | SceneForm::Ellipse { .. } => {}
            }
        }
        self.view.into_iter().all(is_near)
            && width > 0.0
            && height > 0.0
            && said <= 2 * LONGEST_RUN
            && [&self.title, &self.description]
                .into_iter()
                .flatten()
                .all(|it| is_plain(it))
            && self.shapes.len() <= MOST_SHAPES
            && steps <= MOST_STEPS
            && words <= MOST_WORDS
            && self.shapes.iter().all(SceneShape::holds)
    }
}

impl SceneShape {
    fn holds(&self) -> bool {
        is_length(self.width)
            && self.dash.len() <= 16
            && self.dash.iter().copied().all(is_length)
            && self.at.iter().flatten().copied().all(is_near)
            && self.form.holds()
    }
}

impl SceneForm {
    fn holds(&self) -> bool {
        match self {
            Self::Path { steps } => {
                matches!(steps.first(), Some(PathStep::Move(_)))
                    && steps
                        .iter()
                        .all(|step| step.numbers().iter().copied().all(is_near))
            }
            Self::Rect {
                x,
                y,
                width,
                height,
                radius,
            } => {
                is_near(*x) && is_near(*y) && [*width, *height, *radius].into_iter().all(is_length)
            }
            Self::Ellipse { x, y, rx, ry } => {
                is_near(*x) && is_near(*y) && is_length(*rx) && is_length(*ry)
            }
            Self::Text {
                x, y, size, runs, ..
            } => {
                is_near(*x)
                    && is_near(*y)
                    && is_length(*size)
                    && runs
                        .iter()
                        .all(|run| run.text.len() <= LONGEST_RUN && is_plain(&run.text))
            }
        }
    }
}

impl PathStep {
    /// Its numbers: points, the last one where it ends.
    #[must_use]
    pub fn numbers(&self) -> &[f64] {
        match self {
            Self::Move(to) | Self::Line(to) => to,
            Self::Bend(points) => points,
            Self::Curve(points) => points,
            Self::Close => &[],
        }
    }

    /// Its numbers, to be changed.
    pub fn numbers_mut(&mut self) -> &mut [f64] {
        match self {
            Self::Move(to) | Self::Line(to) => to,
            Self::Bend(points) => points,
            Self::Curve(points) => points,
            Self::Close => &mut [],
        }
    }
}

fn is_near(number: f64) -> bool {
    number.is_finite() && number.abs() <= FARTHEST
}

fn is_length(number: f64) -> bool {
    is_near(number) && number >= 0.0
}

/// Words without what cannot be seen or turns others around.
fn is_plain(text: &str) -> bool {
    !text.chars().any(deceives)
}

/// Whether a letter has no place in a picture: it cannot be seen, or turns others around.
#[must_use]
pub fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(form: SceneForm) -> Scene {
        Scene {
            kind: DiagramKind::Pie,
            title: None,
            description: None,
            view: [0.0, 0.0, 10.0, 10.0],
            shapes: vec![SceneShape {
                form,
                fill: Some(0xff),
                stroke: None,
                width: 1.0,
                dash: Vec::new(),
                at: None,
            }],
        }
    }

    fn ellipse(x: f64) -> SceneForm {
        SceneForm::Ellipse {
            x,
            y: 0.0,
            rx: 1.0,
            ry: 1.0,
        }
    }

    fn text(words: &str) -> SceneForm {
        SceneForm::Text {
            x: 0.0,
            y: 0.0,
            anchor: TextAnchor::Middle,
            size: 16.0,
            runs: vec![SceneRun {
                text: words.to_owned(),
                fill: 0xff,
                bold: false,
                italic: false,
            }],
        }
    }

    #[test]
    fn what_keeps_to_the_bounds_holds_and_nothing_else() {
        assert!(scene(ellipse(1.0)).holds() && scene(text("a b")).holds());
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e7] {
            assert!(!scene(ellipse(number)).holds(), "{number}");
            let mut other = scene(ellipse(0.0));
            other.view[2] = number;
            assert!(!other.holds(), "{number} as a width");
            other = scene(ellipse(0.0));
            other.shapes[0].at = Some([1.0, 0.0, 0.0, 1.0, number, 0.0]);
            assert!(!other.holds(), "{number} in a matrix");
        }
        for steps in [
            vec![],
            vec![PathStep::Close],
            vec![PathStep::Line([0.0; 2])],
        ] {
            assert!(
                !scene(SceneForm::Path { steps }).holds(),
                "it begins nowhere"
            );
        }
        for words in ["a\u{202e}b", "a\nb", "\u{0}", "\u{e0041}"] {
            assert!(!scene(text(words)).holds(), "{words:?}");
        }
        assert!(!scene(text(&"a".repeat(LONGEST_RUN + 1))).holds());
        let mut many = scene(ellipse(0.0));
        many.shapes = vec![many.shapes[0].clone(); MOST_SHAPES + 1];
        assert!(!many.holds());
        let mut flat = scene(ellipse(0.0));
        flat.view[3] = 0.0;
        assert!(!flat.holds());
    }

    #[test]
    fn what_is_not_in_the_list_is_not_read() {
        let good = serde_json::to_value(scene(text("a"))).unwrap();
        assert!(serde_json::from_value::<Scene>(good.clone()).is_ok());
        for (at, key) in [
            ("", "script"),
            ("/shapes/0", "href"),
            ("/shapes/0/form/runs/0", "onclick"),
        ] {
            let mut other = good.clone();
            other.pointer_mut(at).unwrap()[key] = "x".into();
            assert!(serde_json::from_value::<Scene>(other).is_err(), "{key}");
        }
        let mut other = good;
        other["shapes"][0]["form"]["type"] = "foreign_object".into();
        assert!(serde_json::from_value::<Scene>(other).is_err());
    }
}
