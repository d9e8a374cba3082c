//! `privacy delete`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Delete {
    /// What to delete
    #[arg(long, value_enum)]
    pub scope: Scope,
    /// The message, conversation, folder, tag or source: its id, or the name of a folder, tag or
    /// source
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The first day of a range, such as 2026-03-01 (UTC)
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The last day of a range, included [default: up to now]
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// What kind of files
    #[arg(long, value_enum)]
    pub media: Option<Media>,
    /// Show what would be deleted and what stays, and delete nothing
    #[arg(long)]
    pub preview: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// A message and everything below it
    Message,
    /// A conversation
    Conversation,
    /// A folder with all conversations in it
    Folder,
    /// A tag with all conversations that have it
    Tag,
    /// What was written in a span of time
    Range,
    /// All conversations a source answered in
    Source,
    /// All files of a kind
    Media,
    /// What was searched for
    Search,
    /// Unsent texts and files
    Drafts,
    /// All content
    Everything,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Media {
    Image,
    Audio,
    Video,
    Document,
    Other,
}
