//! Shapes in the plane of the picture: what a matrix says is said by their own numbers, where
//! they can say it.

use fluxchat_model::{SceneForm, SceneShape};

use super::values::{Matrix, near, rounded};

/// The shape where the matrix puts it, with numbers as fine as a screen; nothing if it stands too
/// far away or has no numbers.
pub(super) fn placed(mut shape: SceneShape, matrix: Matrix) -> Option<SceneShape> {
    if !matrix.is_near() {
        return None;
    }
    match (&mut shape.form, matrix.scale()) {
        (SceneForm::Path { steps }, Some(scale)) => {
            for numbers in steps.iter_mut().map(fluxchat_model::PathStep::numbers_mut) {
                for point in numbers.as_chunks_mut::<2>().0 {
                    *point = matrix.apply(*point);
                }
            }
            widen(&mut shape, scale);
        }
        (SceneForm::Ellipse { x, y, rx, ry }, Some(scale)) if (*rx - *ry).abs() < 1e-9 => {
            [*x, *y] = matrix.apply([*x, *y]);
            (*rx, *ry) = (*rx * scale, *ry * scale);
            widen(&mut shape, scale);
        }
        (
            SceneForm::Rect { x, y, .. }
            | SceneForm::Ellipse { x, y, .. }
            | SceneForm::Text { x, y, .. },
            _,
        ) if matrix.is_move() => {
            [*x, *y] = matrix.apply([*x, *y]);
        }
        _ => {
            let fine = |it: f64| (it * 1e5).round() / 1e5 + 0.0;
            let [a, b, c, d, e, f] = matrix.0;
            shape.at = Some([fine(a), fine(b), fine(c), fine(d), rounded(e), rounded(f)]);
        }
    }
    finish(shape)
}

fn widen(shape: &mut SceneShape, scale: f64) {
    shape.width *= scale;
    shape.dash.iter_mut().for_each(|it| *it *= scale);
}

fn finish(mut shape: SceneShape) -> Option<SceneShape> {
    fn fine(number: &mut f64) -> bool {
        *number = rounded(*number);
        near(*number).is_some()
    }
    let is_near = match &mut shape.form {
        SceneForm::Path { steps } => steps
            .iter_mut()
            .flat_map(fluxchat_model::PathStep::numbers_mut)
            .all(fine),
        SceneForm::Rect {
            x,
            y,
            width,
            height,
            radius,
        } => [x, y, width, height, radius].into_iter().all(fine),
        SceneForm::Ellipse { x, y, rx, ry } => [x, y, rx, ry].into_iter().all(fine),
        SceneForm::Text { x, y, size, .. } => [x, y, size].into_iter().all(fine),
    };
    (is_near && fine(&mut shape.width) && shape.dash.iter_mut().all(fine)).then_some(shape)
}
