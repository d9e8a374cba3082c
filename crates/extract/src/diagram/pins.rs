//! What stands at the ends of lines: where, and how it is turned.

use fluxchat_model::PathStep;
use roxmltree::Node;

use super::values::{Matrix, length, numbers};

/// An end of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct End {
    at: [f64; 2],
    /// Where the line goes there.
    angle: f64,
}

/// The beginning and the end of a path.
pub(super) fn ends(steps: &[PathStep]) -> Option<(End, End)> {
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(steps.len() + 8);
    let mut began = [0.0; 2];
    for step in steps {
        if let PathStep::Move(to) = step {
            began = *to;
        }
        if matches!(step, PathStep::Close) {
            points.push(began);
        }
        points.extend(step.numbers().as_chunks::<2>().0);
    }
    let (first, last) = (*points.first()?, *points.last()?);
    let apart = |from: [f64; 2], to: [f64; 2]| (to[0] - from[0]).hypot(to[1] - from[1]) > 1e-6;
    let towards = |from: [f64; 2], to: [f64; 2]| (to[1] - from[1]).atan2(to[0] - from[0]);
    let next = points.iter().find(|it| apart(first, **it));
    let before = points.iter().rev().find(|it| apart(**it, last));
    let start = End {
        at: first,
        angle: next.map_or(0.0, |it| towards(first, *it)),
    };
    let end = End {
        at: last,
        angle: before.map_or(0.0, |it| towards(*it, last)),
    };
    Some((start, end))
}

/// From the plane of a marker to that of the line at whose end it stands.
pub(super) fn matrix(marker: Node<'_, '_>, end: End, is_start: bool, width: f64) -> Option<Matrix> {
    let number = |name: &str, otherwise: f64| match marker.attribute(name) {
        Some(text) => length(text),
        None => Some(otherwise),
    };
    let angle = match marker.attribute("orient").unwrap_or("0").trim() {
        "auto-start-reverse" if is_start => end.angle + std::f64::consts::PI,
        "auto" | "auto-start-reverse" => end.angle,
        other => other
            .trim_end_matches("deg")
            .parse::<f64>()
            .ok()?
            .to_radians(),
    };
    let unit = match marker.attribute("markerUnits") {
        Some("userSpaceOnUse") => 1.0,
        _ => width,
    };
    let (wide, high) = (number("markerWidth", 3.0)?, number("markerHeight", 3.0)?);
    let fit = match marker.attribute("viewBox").and_then(numbers).as_deref() {
        Some([_, _, across, down]) if *across > 0.0 && *down > 0.0 => {
            (wide / across).min(high / down)
        }
        _ => 1.0,
    };
    let reference = Matrix::moved(-number("refX", 0.0)?, -number("refY", 0.0)?);
    let [x, y] = end.at;
    let turned = Matrix::moved(x, y).with(Matrix::turned(angle));
    let scaled = turned.with(Matrix::scaled(fit * unit, fit * unit));
    let it = scaled.with(reference);
    it.is_near().then_some(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_go() {
        let steps = [
            PathStep::Move([0.0, 0.0]),
            PathStep::Line([10.0, 0.0]),
            PathStep::Curve([10.0, 5.0, 20.0, 5.0, 20.0, 10.0]),
        ];
        let (start, end) = ends(&steps).unwrap();
        assert_eq!((start.at, end.at), ([0.0, 0.0], [20.0, 10.0]));
        assert!(start.angle.abs() < 1e-9);
        assert!((end.angle - std::f64::consts::FRAC_PI_2).abs() < 1e-9);
        assert_eq!(ends(&[]), None);
    }
}
