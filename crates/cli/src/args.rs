//! What can be typed.

mod diagnostics;
mod export;
mod filing;
mod retention;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

pub use diagnostics::{Diagnostics, SupportBundle};
pub use export::Export;
pub use filing::{Folder, Tag};
pub use retention::{KindArg, Restrict, Retention, RuleArgs};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something unexpected
  2  the command was not understood
  3  the archive is locked, or its key is missing
  4  refused: no consent, or offline
  5  the source failed
  6  the archive is damaged
  7  the profile is in use by the app";

/// Fluxchat on the command line: the same encrypted archive, the same one door out.
#[derive(Debug, Parser)]
#[command(name = "fluxchat-cli", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// The folder of the profile [default: the data folder of the operating system]
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Read the passphrase from this file descriptor (for machines without a keychain)
    #[arg(long, global = true, value_name = "N")]
    pub passphrase_fd: Option<i32>,
    /// Close the door for this command: nothing leaves the computer
    #[arg(long, global = true)]
    pub offline: bool,
    /// Print exactly one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Complete the first run without a window
    Setup(Setup),
    /// Ask and print the answer as it arrives
    Ask(Ask),
    /// Conversations: list, show, search, delete
    #[command(subcommand)]
    History(History),
    /// Sources of answers
    #[command(subcommand)]
    Source(Source),
    /// What is kept, what left, what was agreed to, what was deleted
    #[command(subcommand)]
    Privacy(Privacy),
    /// The state of key, archive, integrity and sources
    Doctor,
}

#[derive(Debug, Args)]
pub struct Setup {
    /// I am an adult
    #[arg(long, required = true)]
    pub adult: bool,
    /// I accept the privacy policy (`fluxchat-cli privacy policy` prints it)
    #[arg(long, required = true)]
    pub accept_policy: bool,
    /// Agree to an optional purpose; may be repeated
    #[arg(long, value_name = "PURPOSE")]
    pub consent: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Ask {
    /// The question
    pub text: String,
    /// Which source answers [default: the sandbox, or the conversation's own]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Which model answers
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Continue this conversation
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum History {
    /// Conversations, newest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// The archived ones instead
        #[arg(long)]
        archived: bool,
    },
    /// The shown branch of a conversation
    Show {
        /// The conversation
        id: String,
    },
    /// Search titles and messages, newest first
    Search {
        /// The words
        query: String,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Delete conversations
    Delete {
        /// Delete before this command returns, and show the receipt
        #[arg(long)]
        now: bool,
        /// The conversations
        #[arg(required = true)]
        id: Vec<String>,
    },
    /// Folders of conversations
    #[command(subcommand)]
    Folder(Folder),
    /// Tags on conversations
    #[command(subcommand)]
    Tag(Tag),
    /// Decide how a conversation may be used
    Mark {
        /// The conversation
        id: String,
        /// Whether only sources on this computer may answer it
        #[arg(long, value_enum, value_name = "on|off")]
        only_here: Option<Toggle>,
    },
    /// Take a deletion back within its 30 seconds
    Undo {
        /// The conversation, or the deletion
        id: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Toggle {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DialectArg {
    Openai,
    Anthropic,
    Gemini,
    Ollama,
}

#[derive(Debug, Subcommand)]
pub enum Source {
    /// Add a server or a key
    Add {
        /// Its name
        name: String,
        /// Its base URL, such as http://127.0.0.1:8080/v1
        #[arg(long)]
        url: String,
        /// How it speaks
        #[arg(long, value_enum, default_value = "openai")]
        dialect: DialectArg,
        /// Read the key from this file descriptor; it goes to the keychain
        #[arg(long, value_name = "N")]
        key_fd: Option<i32>,
    },
    /// All sources
    List,
    /// What a source offers, asked live
    Models {
        /// Its name
        name: String,
    },
    /// Remove a source and its key
    Remove {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Privacy {
    /// What is kept on this computer, by kind
    Stored,
    /// What left, newest first
    Ledger {
        /// At most this many
        #[arg(long, default_value_t = 500)]
        limit: u32,
    },
    /// Every purpose and where it stands
    Consents,
    /// Give or withdraw a consent
    #[command(subcommand)]
    Consent(Consent),
    /// Delete all content, here and now
    DeleteAll {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Rules for how long things are kept
    #[command(subcommand)]
    Retention(Retention),
    /// Freeze a conversation or everything: readable, never sent
    Restrict(Restrict),
    /// Unfreeze a conversation or everything
    Unrestrict(Restrict),
    /// The proofs of deletion
    Receipts,
    /// Check the chains of ledger, consents and receipts
    Verify,
    /// Print the privacy policy in force
    Policy,
    /// Everything in one documented file to take along
    Export(Export),
    /// What diagnostic reports say, and which were sent
    #[command(subcommand)]
    Diagnostics(Diagnostics),
    /// How things stand, for a support request: read it before you send it
    SupportBundle(SupportBundle),
    /// Look whether the promises hold on this computer, now
    Prove {
        /// Save the report as JSON
        #[arg(long, value_name = "FILE")]
        report: Option<std::path::PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Agree to a purpose
    Give {
        /// Which
        purpose: String,
    },
    /// Take an agreement back
    Withdraw {
        /// Which
        purpose: String,
    },
}
