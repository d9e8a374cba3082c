//! What can be typed.

pub mod deletion;
mod diagnostics;
mod export;
mod filing;
mod ledger;
mod preset;
mod retention;
mod spend;
mod tools;
mod voice;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

pub mod lock;
pub use diagnostics::{Diagnostics, SupportBundle};
pub use export::Export;
pub use filing::{Folder, Tag};
pub use ledger::{Ledger, LedgerClear, LedgerKeep, RedactNames};
pub use preset::{ParameterArgs, Preset, PresetArgs, Prompt};
pub use retention::{KindArg, Restrict, Retention, RuleArgs};
pub use spend::{BudgetCommand, By, PeriodArg, Spend};
pub use tools::{PolicyArg, Tool, ToolArgs};
pub use voice::{FormatArg, Voice, VoiceSet};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something unexpected
  2  the command was not understood
  3  the archive is locked, or its key is missing
  4  refused: no consent, offline, a budget is used up, or more than the model reads
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
    Ask(Ask),
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
    /// Also ask this source, or `:MODEL` of the same one, beside it; may be repeated three times
    #[arg(long, value_name = "SOURCE[:MODEL]", conflicts_with = "preview")]
    pub beside: Vec<String>,
    /// Continue this conversation
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
    /// Begin with this preset: what it says is copied into the conversation
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// The system prompt of the conversation; empty for none
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    #[command(flatten)]
    pub parameters: ParameterArgs,
    #[command(flatten)]
    pub tools: ToolArgs,
    /// Show what would leave, byte by byte, and send nothing
    #[arg(long)]
    pub preview: bool,
    /// Send it even if a budget has no room left for it
    #[arg(long)]
    pub over_budget: bool,
    /// Keep nothing of question and answer: they are in memory until this command ends. The
    /// ledger has its row, which says nothing of them
    #[arg(long, conflicts_with = "conversation")]
    pub temporary: bool,
    /// Send this file along: a picture, PDF, office document, web page, text or sound, up to
    /// 50 MB; may be repeated
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<std::path::PathBuf>,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DialectArg {
    /// Chat Completions, as almost every server speaks it
    Openai,
    /// OpenAI Responses
    Responses,
    Anthropic,
    /// Google Gemini by generateContent
    Gemini,
    /// Google Gemini by Interactions
    Interactions,
    Ollama,
}

#[derive(Debug, Subcommand)]
pub enum Source {
    /// Add a server or a key
    Add {
        /// Its name
        name: String,
        /// Its base URL, such as http://127.0.0.1:8080/v1
        #[arg(long, required_unless_present = "service")]
        url: Option<String>,
        /// A service or server known by name (`fluxchat-cli source services` lists them)
        #[arg(long, value_name = "ID")]
        service: Option<String>,
        /// How it speaks [default: as the service does, or what is known of the address, or openai]
        #[arg(long, value_enum)]
        dialect: Option<DialectArg>,
        /// Read the key from this file descriptor; it goes to the keychain
        #[arg(long, value_name = "N")]
        key_fd: Option<i32>,
    },
    /// All sources
    List,
    /// What a source offers, asked live; what it last said where it cannot be asked
    Models {
        /// Its name
        name: String,
    },
    /// What is known of the models of a source: how much they read and what they cost
    Facts {
        /// Its name
        name: String,
    },
    /// Say how much a model reads and what it costs; what is not given is as the source tells
    Describe {
        /// The name of the source
        name: String,
        /// The model
        model: String,
        /// How many tokens it reads
        #[arg(long, value_name = "TOKENS")]
        context: Option<u32>,
        /// What a million tokens cost to read, in US dollars
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "output")]
        input: Option<u64>,
        /// What a million tokens cost to write, in US dollars
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "input")]
        output: Option<u64>,
        /// What a million tokens cost that come from the source's cache, where that is less
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "input")]
        cached: Option<u64>,
    },
    /// Services and servers known by name: where they answer, and what they say about data
    Services,
    /// Look for servers on this computer, where they usually listen
    Find,
    /// Replace private details by placeholders before anything leaves, or no longer
    Redact {
        /// Its name
        name: String,
        /// On or off
        #[arg(value_parser = ["on", "off"])]
        state: String,
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
    Ledger(Ledger),
    /// Why data may leave: every purpose with basis, kinds of data, recipients and retention
    Purposes,
    /// Who received what, and what they say they do with it
    Recipients,
    /// Clear the ledger; one chained row stays
    LedgerClear(LedgerClear),
    /// How long the ledger is kept
    LedgerKeep(LedgerKeep),
    /// Names that are replaced before anything leaves, where a source asks for it
    #[command(subcommand)]
    RedactNames(RedactNames),
    /// Every purpose and where it stands
    Consents {
        #[command(subcommand)]
        command: Option<Consents>,
    },
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
    /// Delete by scope: looked at first, then at once and for good
    Delete(deletion::Delete),
    /// Encrypt the archive anew and destroy the old key: what was deleted is then unreadable in
    /// every old copy of the file
    RotateKey {
        /// Only say which key is in force and when it is changed
        #[arg(long)]
        status: bool,
    },
    /// The proofs of deletion
    Receipts,
    /// Check the chains of ledger, consents and receipts
    Verify,
    /// The app lock: passphrase and recovery code
    #[command(subcommand)]
    Lock(lock::Lock),
    /// Print the privacy policy in force, or how it differs from an older version
    Policy {
        /// Show what changed since this version instead
        #[arg(long, value_name = "FROM")]
        diff: Option<String>,
        #[command(subcommand)]
        command: Option<Policy>,
    },
    /// Supervised profiles: unlock for ten minutes, lock, or end the supervision
    #[command(subcommand)]
    Guardian(Guardian),
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
    /// Exercise a right at a service
    Request {
        #[command(subcommand)]
        command: RightsRequest,
    },
    /// What was asked of services, and where it stands
    Requests {
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Ask the services first
        #[arg(long)]
        check: bool,
    },
    /// Print what a service gave for an access or portability request
    Result {
        /// The request
        id: String,
    },
    /// Object to a purpose that rests on a legitimate interest; without one, list them
    Object {
        /// Which
        purpose: Option<String>,
    },
    /// Take an objection back
    Unobject {
        /// Which
        purpose: String,
    },
    /// Write down what is wrong about a person in an answer
    Flag {
        /// The message
        message: String,
        /// What is wrong; empty takes the note away
        #[arg(long)]
        note: String,
    },
    /// What was written down as wrong about people
    Flags,
}

/// Which right, and at whose.
#[derive(Debug, Subcommand)]
pub enum RightsRequest {
    /// What the service keeps of you (Art. 15)
    Access(AtSource),
    /// A copy to take along (Art. 20)
    Portability(AtSource),
    /// Correct what the service knows of you (Art. 16)
    Rectification {
        /// Your name; empty takes it away
        #[arg(long)]
        name: Option<String>,
        /// Your e-mail address; empty takes it away
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        at: AtSource,
    },
    /// Delete everything the service keeps of you (Art. 17)
    Erasure(AtSource),
    /// Keep it and use it for nothing (Art. 18)
    Restriction {
        /// Lift the restriction
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        at: AtSource,
    },
    /// Stop using it for a purpose (Art. 21)
    Objection {
        /// Which purpose
        purpose: String,
        /// Take the objection back
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        at: AtSource,
    },
    /// Show the key a service signs its answers with, and the one it is known by
    Key {
        /// Trust it anew by this key, which it has to name itself
        #[arg(long, value_name = "KEY")]
        trust: Option<String>,
        #[command(flatten)]
        at: AtSource,
    },
    /// Take a request back
    Cancel {
        /// The request
        id: String,
    },
}

/// Who is asked.
#[derive(Debug, Args)]
pub struct AtSource {
    /// Which source is asked
    #[arg(long, value_name = "NAME", default_value = "sandbox")]
    pub source: String,
}

#[derive(Debug, Subcommand)]
pub enum Consents {
    /// Print the records of all decisions
    Export {
        /// How they are written down
        #[arg(long, value_enum, default_value = "27560")]
        format: ConsentFormatArg,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ConsentFormatArg {
    /// ISO/IEC TS 27560:2023 as JSON-LD
    #[value(name = "27560")]
    Iso27560,
    /// Kantara Consent Receipt 1.1
    Kantara,
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Accept a version
    Accept {
        /// Which
        version: String,
    },
    /// Every version, which is in force and what was accepted
    Status,
    /// Ask the service for new versions now
    Check,
    /// Look for new versions once a day, or not
    Schedule {
        /// Which way
        #[arg(value_enum)]
        state: OnOff,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

#[derive(Debug, Subcommand)]
pub enum Guardian {
    /// How the supervision stands
    Status,
    /// Unlock for ten minutes; needs --guardian-fd
    Unlock {
        /// Only for the next locked action
        #[arg(long)]
        once: bool,
    },
    /// Lock again, before the ten minutes are over
    Lock,
    /// Begin to supervise this profile; --guardian-fd gives the passphrase that will unlock it
    Begin,
    /// End the supervision; needs --guardian-fd
    End,
}

#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Agree to a purpose
    Give {
        /// Which
        purpose: String,
        /// Only of `ai.training`: for this conversation
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
    },
    /// Take an agreement back
    Withdraw {
        /// Which
        purpose: String,
        /// Only of `ai.training`: for this conversation
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
    },
}
