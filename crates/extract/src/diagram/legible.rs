//! Words that can be read: an answer may paint shapes as it likes, for paper of either colour.

use fluxchat_model::{PathStep, Scene, SceneForm, SceneRun, SceneShape, TextAnchor};

use super::theme::Paper;
use super::values::Matrix;
use super::widths;

/// Below this, letters are hard to read.
const ENOUGH: f64 = 4.5;
/// Below this, a line is not seen at all.
const SEEN: f64 = 1.5;
/// More words and lines than a person reads in a picture.
const MOST_LOOKS: usize = 4_000;

/// Gives words and lines another ink where what is behind them is too much like theirs.
pub(super) fn make(scene: &mut Scene, paper: Paper) {
    let boxes: Vec<_> = scene.shapes.iter().map(bounds).collect();
    let mut looks = 0;
    for at in 0..scene.shapes.len() {
        let (behind, here) = scene.shapes.split_at_mut(at);
        let Some(shape) = here.first_mut() else {
            continue;
        };
        let points = look_at(shape);
        looks += points.len();
        if looks > MOST_LOOKS {
            return;
        }
        let ground = |point: [f64; 2]| {
            behind
                .iter()
                .zip(&boxes)
                .rev()
                .filter(|(_, bounds)| bounds.is_some_and(|it| within(it, point)))
                .find_map(|(shape, _)| covers(shape, point))
                .map_or(paper.paper, |it| over(it, paper.paper))
        };
        let grounds: Vec<u32> = points.into_iter().map(ground).collect();
        let seen = |ink: u32| {
            let seen = grounds.iter().map(|it| contrast(over(ink, *it), *it));
            seen.fold(f64::INFINITY, f64::min)
        };
        let better = |ink: u32| {
            let others = [paper.ink, paper.other_ink].into_iter();
            others.fold(
                ink,
                |best, it| if seen(it) > seen(best) { it } else { best },
            )
        };
        if let SceneForm::Text { runs, .. } = &mut shape.form {
            for run in runs {
                if seen(run.fill) < ENOUGH {
                    run.fill = better(run.fill);
                }
            }
        } else if let Some(stroke) = &mut shape.stroke
            && seen(*stroke) < SEEN
        {
            *stroke = better(*stroke);
        }
    }
}

/// Where it is looked behind words, and behind lines that enclose nothing: these may lead out of
/// what they begin in.
fn look_at(shape: &SceneShape) -> Vec<[f64; 2]> {
    let matrix = Matrix(shape.at.unwrap_or(Matrix::SAME.0));
    match &shape.form {
        SceneForm::Text {
            x,
            y,
            anchor,
            size,
            runs,
        } => vec![matrix.apply([*x + middle(*anchor, *size, runs), *y - 0.3 * *size])],
        SceneForm::Path { steps } if shape.fill.is_none() && shape.stroke.is_some() => {
            let points = steps.iter().filter_map(|it| it.numbers().last_chunk::<2>());
            let points: Vec<[f64; 2]> = points.copied().collect();
            let few = match points[..] {
                [] | [_] => Vec::new(),
                [from, to] => {
                    let middle = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
                    vec![from, middle, to]
                }
                [from, .., to] => vec![from, points[points.len() / 2], to],
            };
            few.into_iter().map(|it| matrix.apply(it)).collect()
        }
        _ => Vec::new(),
    }
}

/// A colour as it is seen on another one.
fn over(colour: u32, ground: u32) -> u32 {
    let share = f64::from(colour & 0xff) / 255.0;
    let mixed = |at: usize| {
        let (one, other) = (colour.to_be_bytes()[at], ground.to_be_bytes()[at]);
        // Between two bytes.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mixed = (f64::from(one) * share + f64::from(other) * (1.0 - share)).round() as u8;
        mixed
    };
    u32::from_be_bytes([mixed(0), mixed(1), mixed(2), 0xff])
}

/// From the place of a line of words to its middle.
fn middle(anchor: TextAnchor, size: f64, runs: &[SceneRun]) -> f64 {
    let width: f64 = runs.iter().map(|run| widths::em(&run.text, run.bold)).sum();
    match anchor {
        TextAnchor::Start => width * size / 2.0,
        TextAnchor::Middle => 0.0,
        TextAnchor::End => -width * size / 2.0,
    }
}

type Bounds = [f64; 4];

fn within([left, top, right, bottom]: Bounds, [x, y]: [f64; 2]) -> bool {
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

/// Where a shape is that may cover something.
fn bounds(shape: &SceneShape) -> Option<Bounds> {
    shape.fill.filter(|it| it & 0xff >= 0x60)?;
    let corners: Vec<[f64; 2]> = match &shape.form {
        SceneForm::Path { steps } => {
            let points = steps.iter().flat_map(|it| it.numbers().as_chunks::<2>().0);
            points.copied().collect()
        }
        SceneForm::Rect {
            x,
            y,
            width,
            height,
            ..
        } => square(*x, *y, x + width, y + height),
        SceneForm::Ellipse { x, y, rx, ry } => square(x - rx, y - ry, x + rx, y + ry),
        SceneForm::Text { .. } => return None,
    };
    let matrix = Matrix(shape.at.unwrap_or(Matrix::SAME.0));
    corners
        .into_iter()
        .map(|it| matrix.apply(it))
        .fold(None, |so_far, [x, y]| {
            let [left, top, right, bottom] = so_far.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
}

fn square(left: f64, top: f64, right: f64, bottom: f64) -> Vec<[f64; 2]> {
    vec![[left, top], [right, top], [left, bottom], [right, bottom]]
}

/// The colour of a shape, if it is there at the point.
fn covers(shape: &SceneShape, point: [f64; 2]) -> Option<u32> {
    let SceneForm::Path { steps } = &shape.form else {
        return shape.fill;
    };
    // Those that are turned are few and small.
    if shape.at.is_some() {
        return shape.fill;
    }
    shape.fill.filter(|_| inside(&outline(steps), point))
}

/// Straight pieces, each from one point to another.
fn outline(steps: &[PathStep]) -> Vec<[[f64; 2]; 2]> {
    const PIECES: u32 = 8;
    let (mut began, mut at) = ([0.0; 2], [0.0; 2]);
    let mut lines = Vec::with_capacity(steps.len());
    for step in steps {
        match *step {
            PathStep::Move(to) => (began, at) = (to, to),
            PathStep::Line(to) => {
                lines.push([at, to]);
                at = to;
            }
            PathStep::Close => {
                lines.push([at, began]);
                at = began;
            }
            PathStep::Bend([px, py, x, y]) => {
                let from = at;
                for piece in 1..=PIECES {
                    let t = f64::from(piece) / f64::from(PIECES);
                    let mix = |a: f64, p: f64, b: f64| {
                        (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * p + t * t * b
                    };
                    let to = [mix(from[0], px, x), mix(from[1], py, y)];
                    lines.push([at, to]);
                    at = to;
                }
            }
            PathStep::Curve([px, py, qx, qy, x, y]) => {
                let from = at;
                for piece in 1..=PIECES {
                    let t = f64::from(piece) / f64::from(PIECES);
                    let s = 1.0 - t;
                    let mix = |a: f64, p: f64, q: f64, b: f64| {
                        s * s * s * a + 3.0 * s * s * t * p + 3.0 * s * t * t * q + t * t * t * b
                    };
                    let to = [mix(from[0], px, qx, x), mix(from[1], py, qy, y)];
                    lines.push([at, to]);
                    at = to;
                }
            }
        }
    }
    lines.push([at, began]);
    lines
}

/// Whether the outline goes around a point: a ray to the right is crossed down and up not as often.
fn inside(lines: &[[[f64; 2]; 2]], [x, y]: [f64; 2]) -> bool {
    let around: i32 = lines
        .iter()
        .filter(|[from, to]| {
            (from[1] > y) != (to[1] > y)
                && x < (to[0] - from[0]) * (y - from[1]) / (to[1] - from[1]) + from[0]
        })
        .map(|[from, to]| if to[1] > from[1] { 1 } else { -1 })
        .sum();
    around != 0
}

/// As the rules for accessible pages count it.
fn contrast(one: u32, other: u32) -> f64 {
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn light(colour: u32) -> f64 {
    let [red, green, blue, _] = colour.to_be_bytes().map(|it| {
        let it = f64::from(it) / 255.0;
        if it <= 0.040_45 {
            it / 12.92
        } else {
            ((it + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::super::theme::paper;
    use super::*;
    use fluxchat_model::{DiagramKind, DiagramTheme};

    fn shape(form: SceneForm, fill: Option<u32>) -> SceneShape {
        SceneShape {
            form,
            fill,
            stroke: None,
            width: 0.0,
            dash: Vec::new(),
            at: None,
        }
    }

    fn words(x: f64, y: f64) -> SceneShape {
        let run = SceneRun {
            text: "words".to_owned(),
            fill: paper(DiagramTheme::Dark).ink,
            bold: false,
            italic: false,
        };
        let form = SceneForm::Text {
            x,
            y,
            anchor: TextAnchor::Middle,
            size: 10.0,
            runs: vec![run],
        };
        shape(form, None)
    }

    #[test]
    fn words_on_a_bright_shape_are_dark_and_others_stay() {
        // A triangle: its box covers both texts, the shape itself only the first one.
        let steps = vec![
            PathStep::Move([0.0, 0.0]),
            PathStep::Line([100.0, 0.0]),
            PathStep::Line([0.0, 100.0]),
            PathStep::Close,
        ];
        let pink = shape(SceneForm::Path { steps }, Some(0xff_cc_dd_ff));
        let mut scene = Scene {
            kind: DiagramKind::Other,
            title: None,
            description: None,
            view: [0.0, 0.0, 100.0, 100.0],
            shapes: vec![pink, words(20.0, 20.0), words(90.0, 90.0)],
        };
        let paper = paper(DiagramTheme::Dark);
        make(&mut scene, paper);
        let ink = |at: usize| match &scene.shapes[at].form {
            SceneForm::Text { runs, .. } => runs[0].fill,
            _ => 0,
        };
        assert_eq!((ink(1), ink(2)), (paper.other_ink, paper.ink));
    }

    #[test]
    fn a_line_is_seen_on_all_it_leads_over() {
        let paper = paper(DiagramTheme::Light);
        let grey = SceneForm::Rect {
            x: 0.0,
            y: 0.0,
            width: 60.0,
            height: 20.0,
            radius: 0.0,
        };
        let line = |to: f64| {
            let steps = vec![PathStep::Move([10.0, 10.0]), PathStep::Line([to, 10.0])];
            let mut line = shape(SceneForm::Path { steps }, None);
            (line.stroke, line.width) = (Some(0x63_63_5e_ff), 1.0);
            line
        };
        let mut scene = Scene {
            kind: DiagramKind::Other,
            title: None,
            description: None,
            view: [0.0, 0.0, 200.0, 20.0],
            shapes: vec![shape(grey, Some(0x66_66_66_ff)), line(50.0), line(90.0)],
        };
        make(&mut scene, paper);
        assert_eq!(scene.shapes[1].stroke, Some(paper.other_ink), "within");
        let ink = scene.shapes[2].stroke.unwrap();
        for ground in [0x66_66_66_ff, paper.paper] {
            assert!(contrast(ink, ground) > SEEN, "{ink:x} on {ground:x}");
        }
    }

    #[test]
    fn words_that_are_hardly_there_are_made_whole() {
        let mut faint = words(10.0, 10.0);
        if let SceneForm::Text { runs, .. } = &mut faint.form {
            runs[0].fill = 0x00_00_00_18;
        }
        let mut scene = Scene {
            kind: DiagramKind::Other,
            title: None,
            description: None,
            view: [0.0, 0.0, 20.0, 20.0],
            shapes: vec![faint],
        };
        let paper = paper(DiagramTheme::Light);
        make(&mut scene, paper);
        let SceneForm::Text { runs, .. } = &scene.shapes[0].form else {
            panic!();
        };
        assert_eq!(runs[0].fill, paper.ink);
    }
}
