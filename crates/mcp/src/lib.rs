//! Servers of tools by the Model Context Protocol, as programs on this computer and at addresses.
//!
//! A program is started from a list of arguments, never through a shell, in a process group of its own
//! that is killed as a whole. Its environment is what a person entered, and of the app's the few names
//! that say where programs and the person's files are (`program.rs`). It has the rights of the person,
//! and what it sends over the network nobody here sees. A server at an address is asked through the
//! one door, so that every message has its row. What either says is somebody else's: every line,
//! answer, list and result is bounded, and nothing it says is done.

mod asked;
mod bounds;
mod client;
mod fuzz;
mod http;
mod offers;
mod pipe;
mod process;
mod program;
mod returned;
mod sign_in;

pub use client::{Client, definition};
pub use fuzz::fuzz;
pub use http::Remote;
pub use offers::{Offers, Prompt, PromptArgument, PromptMessage, Resource};
pub use program::{Program, ProgramError, find_program};
pub use returned::{CallResult, LARGEST_FILES, LeftOut, MOST_FILES, Piece, ReturnedFile};
pub use sign_in::{Begun, Challenge, Gates, Guard, Guarded, Known, Permit, SignInError};

use fluxchat_egress::EgressError;

/// Why a server cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum McpError {
    /// It cannot be started.
    #[error("The program could not be started.")]
    NotStarted,
    /// It said nothing for too long.
    #[error("The server of tools does not answer.")]
    NoAnswer,
    /// It ended, or was ended because of what it said.
    #[error("The server of tools ended.")]
    Ended,
    /// It said more at once than is read, and was ended.
    #[error(
        "The server of tools returned more than 32 MB or 500,000 values at once, which is not read. It was ended."
    )]
    TooMuch,
    /// It does not speak the protocol.
    #[error("The server of tools does not speak the Model Context Protocol.")]
    NotUnderstood,
    /// It refused.
    #[error("The server of tools refused: {0}")]
    Refused(String),
    /// It wants a key, and there is none.
    #[error("The server of tools wants a key.")]
    KeyWanted,
    /// It does not take the key.
    #[error("The server of tools does not take the key.")]
    KeyRefused,
    /// It takes the permit, but not for what is asked: these have to be allowed, too.
    #[error("{}", more_wanted(.0.scopes()))]
    MoreWanted(Box<Challenge>),
    /// It answered with an error of HTTP.
    #[error("The server of tools answered with the error {0}.")]
    Status(u16),
    /// Nobody could be signed in.
    #[error("{0}")]
    SignIn(SignInError),
    /// The way there was closed, or brought nothing.
    #[error("{0}")]
    Remote(EgressError),
}

impl McpError {
    /// Whether nobody was there, or nobody who knows what was asked about.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        match self {
            Self::NoAnswer | Self::SignIn(SignInError::Unknown) => true,
            Self::Remote(error) => matches!(
                error,
                EgressError::Connect { .. }
                    | EgressError::Dns { .. }
                    | EgressError::Timeout { .. }
                    | EgressError::Interrupted
            ),
            _ => false,
        }
    }

    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted => "tool_not_started",
            Self::NoAnswer => "tool_no_answer",
            Self::Ended => "tool_ended",
            Self::TooMuch => "tool_too_much",
            Self::NotUnderstood => "tool_not_understood",
            Self::Refused(_) => "tool_refused",
            Self::KeyWanted => "tool_key_wanted",
            Self::KeyRefused => "tool_key_refused",
            Self::MoreWanted(_) => "tool_more_wanted",
            Self::Status(_) => "tool_status",
            Self::SignIn(error) => error.code(),
            Self::Remote(error) => error.code(),
        }
    }
}

fn more_wanted(scopes: &[String]) -> String {
    let begins = "The server of tools wants more than the sign-in allows";
    if scopes.is_empty() {
        return format!("{begins}. It does not say what.");
    }
    format!("{begins}: {}.", scopes.join(", "))
}
