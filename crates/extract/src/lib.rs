//! Reads files that came from anywhere, and draws diagrams that a model wrote, in a process of
//! their own.
//!
//! The program starts itself with [`HIDDEN`] as its only argument. That process gives up the
//! network, the disk and other programs before it looks at the first byte, gets a file on its
//! standard input and writes what is in it to its standard output. What a hostile file breaks is
//! broken there: the process ends, or is ended, and the file counts as one that cannot be read.
//!
//! On Linux, `seccomp` refuses sockets, programs, other processes and all that changes a file, and
//! Landlock, where the kernel has it, files altogether; memory and processor time are limited. On macOS the limits hold alone, and on Windows the time: there the process keeps
//! the rights of the person and is merely apart.

mod answer;
mod confine;
mod detect;
mod diagram;
mod fuzz;
mod read;
mod spawn;
mod worker;

pub use answer::{Page, Picture, Probe, Text};
pub use detect::{Detected, Kind, detect};
pub use fuzz::{fuzz, fuzz_diagram};
pub use spawn::Reader;
pub use worker::{HIDDEN, worker_if_asked};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 50 << 20;
/// The longest text of a file, in bytes; what is beyond is left out, and said to be.
pub const LONGEST_TEXT: usize = 12 << 20;
/// The most pages.
pub const MOST_PAGES: usize = 5_000;
/// The longest side of a picture, in pixels; more is scaled down by every provider anyway.
pub const LONGEST_SIDE: u32 = 2_048;

/// Why a file could not be read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ReadError {
    /// It is not what it says, or damaged.
    #[error("The file is damaged or not what its name says.")]
    Damaged,
    /// It needs a password.
    #[error("The file is protected by a password.")]
    Protected,
    /// It holds more than may be unpacked.
    #[error("The file unpacks to more than this app reads.")]
    TooLarge,
    /// It took too long, or too much memory.
    #[error("Reading the file took too long or too much memory, so it was stopped.")]
    Stopped,
    /// The reading process could not be started, or could not give up its rights.
    #[error("The process that reads files could not be started safely.")]
    NoReader,
}
