//! Servers of tools by the Model Context Protocol, as programs on this computer.
//!
//! A program is started from a list of arguments, never through a shell, with the environment a
//! person entered and nothing else, in a process group of its own that is killed as a whole. It has
//! the rights of the person, and what it sends over the network nobody here sees. What it says is
//! somebody else's: every line, list and result is bounded, and nothing it says is done.

mod client;
mod pipe;
mod process;

pub use client::{CallResult, Client};
pub use process::{Program, find_program};

/// Why a server cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum McpError {
    /// It cannot be started.
    #[error("The program could not be started.")]
    NotStarted,
    /// It said nothing for too long.
    #[error("The program does not answer.")]
    NoAnswer,
    /// It ended, or was ended because of what it said.
    #[error("The program ended.")]
    Ended,
    /// It does not speak the protocol.
    #[error("The program does not speak the Model Context Protocol.")]
    NotUnderstood,
    /// It refused.
    #[error("The program refused: {0}")]
    Refused(String),
}

impl McpError {
    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted => "tool_not_started",
            Self::NoAnswer => "tool_no_answer",
            Self::Ended => "tool_ended",
            Self::NotUnderstood => "tool_not_understood",
            Self::Refused(_) => "tool_refused",
        }
    }
}
