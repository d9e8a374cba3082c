//! A drawn diagram: a closed list of shapes. There is no place in it for an address, a script, a
//! name of another element or a style, so nothing that was written in a diagram can become one.

mod bounds;

use serde::{Deserialize, Serialize};

pub use bounds::deceives;

/// The longest text of a diagram, in bytes.
pub const LONGEST_DIAGRAM: usize = 64 << 10;
/// The most shapes: more is no picture that anybody reads in an answer.
pub const MOST_SHAPES: usize = 5_000;
/// The most steps of all paths, and runs of all texts.
pub const MOST_STEPS: usize = 100_000;
/// The longest words of one run, in bytes.
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
