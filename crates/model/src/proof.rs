//! What a self-audit found.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What this software is for; see `docs/PRIVACY-PROMISES.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Law {
    /// Only the door opens a connection; every request has a purpose, a basis and a row.
    OneDoor,
    /// What a person wrote or received is encrypted wherever it rests.
    OneVault,
    /// After a deletion nothing of it is left here.
    DeleteMeansGone,
    /// A crash costs at most the last moment.
    NothingIsLost,
    /// The window shows; it holds no secret and no rule.
    CoreDecides,
    /// Work costs what is on the screen, not what is in the archive.
    CostFollowsScreen,
}

impl Law {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::OneDoor,
        Self::OneVault,
        Self::DeleteMeansGone,
        Self::NothingIsLost,
        Self::CoreDecides,
        Self::CostFollowsScreen,
    ];
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Broken,
    /// It cannot be looked at here: another system, no window, a session in memory.
    NotHere,
}

/// One look at one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Check {
    /// Stable, such as `delete.nothing_left`; translations hang on it.
    pub id: String,
    /// The law it looks at.
    pub law: Law,
    /// What it came to.
    pub verdict: Verdict,
    /// What was looked at, one sentence in English.
    pub says: String,
    /// The figure behind it, where there is one: hits, rows, pages, bytes.
    pub figure: Option<u32>,
}

/// A self-audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProofReport {
    /// When it began.
    pub at: Timestamp,
    /// The version of the app.
    pub app_version: String,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// True if nothing is broken.
    pub holds: bool,
    /// Every check, in the order of the laws.
    pub checks: Vec<Check>,
    /// What cannot be shown here, law by law, in English.
    pub limits: Vec<(Law, String)>,
}
