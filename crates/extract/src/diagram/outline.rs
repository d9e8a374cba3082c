//! The outlines of elements, in numbers.

use fluxchat_model::{MOST_STEPS, PathStep, SceneForm};
use roxmltree::Node;
use svgtypes::{PointsParser, SimplePathSegment, SimplifyingPathParser};

use super::values::{Matrix, length, near, numbers};

pub(super) fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(length).unwrap_or(0.0)
}

/// Where a picture in the picture stands.
pub(super) fn nested(node: Node<'_, '_>) -> Matrix {
    let at = Matrix::moved(number(node, "x"), number(node, "y"));
    let Some([left, top, across, down]) = node
        .attribute("viewBox")
        .and_then(numbers)
        .and_then(|it| <[f64; 4]>::try_from(it).ok())
        .filter(|it| it[2] > 0.0 && it[3] > 0.0)
    else {
        return at;
    };
    let (width, height) = (number(node, "width"), number(node, "height"));
    let fit = match width > 0.0 && height > 0.0 {
        true => (width / across).min(height / down),
        false => 1.0,
    };
    at.with(Matrix::scaled(fit, fit))
        .with(Matrix::moved(-left, -top))
}

/// The outline of an element; nothing if it has none, or one of other than numbers.
pub(super) fn form(node: Node<'_, '_>) -> Option<SceneForm> {
    let read = |name: &str| match node.attribute(name) {
        Some(text) => length(text),
        None => Some(0.0),
    };
    let positive = |name: &str| read(name).filter(|it| *it > 0.0);
    match node.tag_name().name() {
        "path" => path(node.attribute("d")?),
        "rect" => {
            let (width, height) = (positive("width")?, positive("height")?);
            let radius = read("rx")?.max(read("ry")?).max(0.0);
            Some(SceneForm::Rect {
                x: read("x")?,
                y: read("y")?,
                width,
                height,
                radius: radius.min(width / 2.0).min(height / 2.0),
            })
        }
        "circle" => Some(SceneForm::Ellipse {
            x: read("cx")?,
            y: read("cy")?,
            rx: positive("r")?,
            ry: positive("r")?,
        }),
        "ellipse" => Some(SceneForm::Ellipse {
            x: read("cx")?,
            y: read("cy")?,
            rx: positive("rx")?,
            ry: positive("ry")?,
        }),
        "line" => Some(SceneForm::Path {
            steps: vec![
                PathStep::Move([read("x1")?, read("y1")?]),
                PathStep::Line([read("x2")?, read("y2")?]),
            ],
        }),
        "polyline" => polygon(node.attribute("points")?, false),
        "polygon" => polygon(node.attribute("points")?, true),
        _ => None,
    }
}

fn path(text: &str) -> Option<SceneForm> {
    let mut steps = Vec::new();
    for segment in SimplifyingPathParser::from(text) {
        // What comes before a fault is drawn, as everywhere.
        let Ok(segment) = segment else { break };
        let step = match segment {
            SimplePathSegment::MoveTo { x, y } => PathStep::Move([x, y]),
            SimplePathSegment::LineTo { x, y } => PathStep::Line([x, y]),
            SimplePathSegment::Quadratic { x1, y1, x, y } => PathStep::Bend([x1, y1, x, y]),
            SimplePathSegment::CurveTo {
                x1,
                y1,
                x2,
                y2,
                x,
                y,
            } => PathStep::Curve([x1, y1, x2, y2, x, y]),
            SimplePathSegment::ClosePath => PathStep::Close,
        };
        // Where it is seen, so many are refused when all of them are counted.
        if steps.len() > MOST_STEPS {
            break;
        }
        if !step.numbers().iter().all(|it| near(*it).is_some()) {
            return None;
        }
        steps.push(step);
    }
    matches!(steps.first(), Some(PathStep::Move(_))).then_some(SceneForm::Path { steps })
}

fn polygon(text: &str, is_closed: bool) -> Option<SceneForm> {
    let mut steps: Vec<_> = PointsParser::from(text)
        .map(|(x, y)| PathStep::Line([x, y]))
        .collect();
    let Some(PathStep::Line(first)) = steps.first().copied() else {
        return None;
    };
    steps[0] = PathStep::Move(first);
    if is_closed {
        steps.push(PathStep::Close);
    }
    let is_near = |step: &PathStep| step.numbers().iter().all(|it| near(*it).is_some());
    steps
        .iter()
        .all(is_near)
        .then_some(SceneForm::Path { steps })
}
