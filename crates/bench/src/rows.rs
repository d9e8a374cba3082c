//! The rows of the table, in groups that can be asked for by name.

mod conversation;
mod delete;
mod export;
mod ledger;
mod preview;
mod retention;
mod search;
mod start;
mod truth;
#[cfg(target_os = "linux")]
mod window;
mod write;

use crate::Outcome;
use crate::world::Worlds;

type Group = fn(&mut Worlds<'_>) -> Outcome;

/// In this order: what changes the archive works on a copy, and comes last.
pub const GROUPS: &[(&str, Group)] = &[
    ("start", start::measure),
    ("conversation", conversation::measure),
    ("search", search::measure),
    ("ledger", ledger::measure),
    ("preview", preview::measure),
    ("export", export::measure),
    ("truth", truth::measure),
    #[cfg(target_os = "linux")]
    ("window-start", window::start),
    #[cfg(target_os = "linux")]
    ("window-open", window::open),
    #[cfg(target_os = "linux")]
    ("window-stream", window::stream),
    #[cfg(target_os = "linux")]
    ("window-at-once", window::at_once),
    ("write", write::measure),
    ("retention", retention::measure),
    ("delete", delete::measure),
];
