//! Draws the text of a diagram. A library makes an SVG of it, and what is in the closed list of
//! shapes is taken out of that; the SVG itself goes nowhere.

mod cascade;
mod draw;
mod fold;
mod legible;
mod letters;
mod outline;
mod pins;
mod scene;
mod theme;
mod values;
mod widths;

use std::panic::{AssertUnwindSafe, catch_unwind};

use fluxchat_model::{DiagramRefusal, DiagramTheme, LONGEST_DIAGRAM, Scene};

pub(crate) use scene::of_svg;

/// A library that gives up on a text says that it did not understand it, and no more.
pub(crate) fn draw(
    theme: DiagramTheme,
    now_ms: i64,
    bytes: &[u8],
) -> Result<Scene, DiagramRefusal> {
    if bytes.len() > LONGEST_DIAGRAM {
        return Err(DiagramRefusal::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DiagramRefusal::NotUnderstood)?;
    let drawn = catch_unwind(AssertUnwindSafe(|| draw::draw(theme, now_ms, text)))
        .unwrap_or(Err(DiagramRefusal::NotUnderstood))?;
    match drawn.holds() {
        true => Ok(drawn),
        false => Err(DiagramRefusal::TooLarge),
    }
}
