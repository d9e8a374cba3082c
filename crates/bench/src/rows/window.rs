//! The real window against windows with nothing in them and with plain text.

mod open;
mod start;
mod stream;

use crate::Outcome;
use crate::world::Worlds;

/// Starting it, and its memory.
pub fn start(worlds: &mut Worlds<'_>) -> Outcome {
    start::measure(worlds)
}

/// Opening conversations in it.
pub fn open(worlds: &mut Worlds<'_>) -> Outcome {
    open::measure(worlds)
}

/// An answer that arrives in it.
pub fn stream(worlds: &mut Worlds<'_>) -> Outcome {
    stream::measure(worlds)
}
