//! Diagnostic reports: off by default, shown before they leave, kept as they left.

use serde::{Deserialize, Serialize};

use crate::{DiagnosticReportId, Purpose, Timestamp};

/// What a report is about; each kind has a consent of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticKind {
    /// The app ended where it should not.
    Crash,
    /// How much is used, in rounded numbers.
    Usage,
}

impl DiagnosticKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Crash, Self::Usage];

    /// The purpose whose consent it needs.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Crash => Purpose::CrashReport,
            Self::Usage => Purpose::UsageAnalytics,
        }
    }
}

/// How far a report came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticState {
    /// Made and shown; nothing of it left.
    Waiting,
    /// It left, as it stands.
    Sent,
    /// The person did not want it sent.
    Discarded,
}

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DiagnosticReport {
    /// Its id; never on the wire.
    pub id: DiagnosticReportId,
    /// What it is about.
    pub kind: DiagnosticKind,
    /// How far it came.
    pub state: DiagnosticState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it left.
    pub sent_at: Option<Timestamp>,
    /// The payload, byte for byte.
    pub body: String,
}

/// What a report says: names of events and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticPayload {
    /// `fluxchat.diagnostics/1`.
    pub schema: String,
    /// What it is about.
    pub kind: DiagnosticKind,
    /// The version of the app.
    pub app_version: String,
    /// `linux`, `macos`, `windows` or `other`.
    pub os: String,
    /// What happened, and how often.
    pub events: Vec<DiagnosticEvent>,
}

impl DiagnosticPayload {
    /// The name of this form of payload.
    pub const SCHEMA: &str = "fluxchat.diagnostics/1";
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticEvent {
    /// Its name: lower-case letters, digits and dots.
    pub name: String,
    /// How often, rounded.
    pub count: u64,
    /// For a crash, where in our own sources: `crates/core/src/app.rs:120`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}
