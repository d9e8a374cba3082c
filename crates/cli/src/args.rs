//! What can be typed.

mod ask;
mod consent;
pub mod deletion;
mod diagnostics;
mod export;
mod filing;
mod ledger;
mod preset;
mod privacy;
mod retention;
mod rights;
mod source;
mod spend;
mod tools;
mod voice;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

pub mod lock;
pub use ask::Ask;
pub use consent::{Consent, ConsentFormatArg, Consents, Guardian, OnOff, Policy};
pub use diagnostics::{Diagnostics, SupportBundle};
pub use export::Export;
pub use filing::{Folder, Tag};
pub use ledger::{Ledger, LedgerClear, LedgerKeep, RedactNames};
pub use preset::{ParameterArgs, Preset, PresetArgs, Prompt};
pub use privacy::Privacy;
pub use retention::{KindArg, Restrict, Retention, RuleArgs};
pub use rights::RightsRequest;
pub use source::{DialectArg, Source};
pub use spend::{BudgetCommand, By, PeriodArg, Spend};
pub use tools::{PolicyArg, Tool, ToolArgs, ToolChanges};
pub use voice::{FormatArg, Voice, VoiceSet};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something unexpected
  2  the command was not understood, or cannot be done like this
  3  the archive is locked, or its key is missing
  4  refused or cut off: no consent, offline, a budget is used up, or more than the model reads
     or may say
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
    /// Read the guardian's passphrase from this file descriptor; it unlocks this one command
    #[arg(long, global = true, value_name = "N")]
    pub guardian_fd: Option<i32>,
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
    Ask(Box<Ask>),
    /// Conversations: list, show, search, delete
    #[command(subcommand)]
    History(History),
    /// Sources of answers
    #[command(subcommand)]
    Source(Source),
    /// Instructions kept under a name, to begin conversations with
    #[command(subcommand)]
    Preset(Preset),
    /// Words kept to ask with
    #[command(subcommand)]
    Prompt(Prompt),
    /// Tools that models may ask for
    #[command(subcommand)]
    Tool(Tool),
    /// What is kept, what left, what was agreed to, what was deleted
    #[command(subcommand)]
    Privacy(Privacy),
    /// What answers cost, as the sources told or by the prices that are known
    Spend(Spend),
    /// Limits to what answers may cost
    #[command(subcommand)]
    Budget(BudgetCommand),
    /// Dictation and reading aloud, from and to files
    #[command(subcommand)]
    Voice(Voice),
    /// Who gives titles in the window: the first words of the question, or the model that answers
    Titles {
        /// Let the model do it, or no longer
        #[arg(value_parser = ["on", "off"])]
        state: Option<String>,
    },
    /// The state of key, archive, integrity and sources
    Doctor,
}

#[derive(Debug, Args)]
pub struct Setup {
    /// I am an adult
    #[arg(
        long,
        required_unless_present = "guardian",
        conflicts_with = "guardian"
    )]
    pub adult: bool,
    /// I set it up for somebody under my care; --guardian-fd gives the passphrase that unlocks
    /// what stays locked
    #[arg(long, requires = "guardian_fd")]
    pub guardian: bool,
    /// I accept the privacy policy (`fluxchat-cli privacy policy` prints it)
    #[arg(long, required = true)]
    pub accept_policy: bool,
    /// Agree to an optional purpose; may be repeated
    #[arg(long, value_name = "PURPOSE")]
    pub consent: Vec<String>,
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
    /// The shown branch of a conversation as Markdown, to read elsewhere and to pass on
    Markdown {
        /// The conversation
        id: String,
        /// With what was thought, and what tools were asked and answered
        #[arg(long)]
        workings: bool,
        /// Write this file, or one named by day and title into this folder; one that is there is
        /// never replaced
        #[arg(long, value_name = "FILE|DIR")]
        out: Option<PathBuf>,
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
    /// Copy what was said up to a message into a new conversation
    Fork {
        /// The message
        message: String,
    },
    /// The branches of a conversation as a tree; * is what is shown
    Map {
        /// The conversation
        id: String,
    },
    /// Show the branch a message is on, and ask on from there
    Choose {
        /// The message
        message: String,
    },
    /// Find in one conversation, all branches, newest first
    Find {
        /// The conversation
        id: String,
        /// The words
        words: String,
    },
    /// What the answers of a conversation took
    Stats {
        /// The conversation
        id: String,
    },
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
