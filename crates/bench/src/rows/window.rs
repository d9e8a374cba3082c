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

/// An answer that arrives in it at 200 tokens a second.
pub fn stream(worlds: &mut Worlds<'_>) -> Outcome {
    stream::paced(worlds)
}

/// An answer that arrives in it as fast as it can be taken.
pub fn at_once(worlds: &mut Worlds<'_>) -> Outcome {
    stream::at_once(worlds)
}
