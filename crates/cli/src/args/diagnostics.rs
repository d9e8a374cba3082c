//! `privacy diagnostics` and `privacy support-bundle`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Diagnostics {
    /// What is agreed to, and every report that was made
    Show,
    /// Make a usage report of now and print it; nothing is sent
    Prepare,
    /// Send a report that waits, as it was printed
    Send {
        /// The report
        id: String,
    },
    /// Let a report that waits go unsent
    Discard {
        /// The report
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct SupportBundle {
    /// The file to write; one that is there is never replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
