//! The real window, measured from outside: what its processes used, and what its page says about
//! frames. Linux alone, where the system tells what a process used.

mod desk;
mod page;
mod processes;
mod words;

pub use desk::{Desk, plant, program};
pub use page::{watch, watched};
pub use processes::Processes;
pub use words::markdown;
