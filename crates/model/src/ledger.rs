//! What left the computer. Never content.

use serde::{Deserialize, Serialize};

use crate::{
    ConsentEventId, ConversationId, DataCategory, LegalBasis, Purpose, RequestId, Timestamp,
};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The row is written, the first byte has not left yet or the answer is still arriving.
    Pending,
    /// It left and was answered.
    Sent,
    /// It never left: no basis, no consent, or the door was closed.
    Blocked,
    /// It may have left; no answer came.
    Failed,
    /// It left and was stopped by the person.
    Cancelled,
}

impl Outcome {
    /// The name in SQL, JSON and exports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`Outcome::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [
            Self::Pending,
            Self::Sent,
            Self::Blocked,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|outcome| outcome.id() == id)
    }
}

/// Who began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Initiator {
    /// The person, by an action.
    User,
    /// A clock of the app.
    Timer,
    /// The start of the app.
    Startup,
}

impl Initiator {
    /// The name in SQL and exports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Timer => "timer",
            Self::Startup => "startup",
        }
    }

    /// Reads [`Initiator::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::User, Self::Timer, Self::Startup]
            .into_iter()
            .find(|it| it.id() == id)
    }
}

/// The intent of a request: what is written before the first byte leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EgressRecord {
    /// Also on the wire as `X-Request-Id`.
    pub request_id: RequestId,
    /// When it was about to leave.
    pub at: Timestamp,
    /// Why.
    pub purpose: Purpose,
    /// On what basis.
    pub basis: LegalBasis,
    /// The consent event that allows it, where the basis is consent.
    pub consent_event_id: Option<ConsentEventId>,
    /// The policy version in force.
    pub policy_version: Option<String>,
    /// Which call of the catalogue: `chat.completions`, `models.list`, …
    pub endpoint: String,
    /// The HTTP method.
    pub method: String,
    /// Host and port, or `in-process` for what never leaves.
    pub host: String,
    /// What kinds of data it carries.
    pub categories: Vec<DataCategory>,
    /// Who began it.
    pub initiator: Initiator,
    /// The conversation it serves; cleared when that conversation is deleted.
    pub conversation_id: Option<ConversationId>,
    /// Whether the receiver was allowed to train on it; false unless a consent says otherwise.
    pub training_allowed: bool,
}

/// A row of the ledger: the intent and what became of it, chained by hash to the row before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Its place, without gaps, from 1.
    pub seq: i64,
    /// The intent.
    #[serde(flatten)]
    pub record: EgressRecord,
    /// Bytes of head and body that left.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// SHA-256 in hex over the previous hash and the intent.
    pub hash: String,
}

/// Which rows of the ledger to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerFilter {
    /// Only this purpose.
    pub purpose: Option<Purpose>,
    /// Only this legal basis.
    pub basis: Option<LegalBasis>,
    /// Only this host.
    pub host: Option<String>,
    /// Only this outcome.
    pub outcome: Option<Outcome>,
    /// Only what served this conversation.
    pub conversation_id: Option<ConversationId>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
    /// Only rows before this one; the cursor of the previous page.
    pub before_seq: Option<i64>,
}

/// A part of the ledger with its totals: one recipient, purpose, basis and outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerFacet {
    /// Host and port, or `in-process`.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// On what basis.
    pub basis: LegalBasis,
    /// What kinds of data.
    pub categories: Vec<DataCategory>,
    /// What became of it.
    pub outcome: Outcome,
    /// How many rows.
    pub requests: u64,
    /// Bytes that left.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
    /// The earliest of its rows.
    pub first_at: Timestamp,
    /// The latest of its rows.
    pub last_at: Timestamp,
}

/// What stands for rows of the ledger that were cleared: a link of the same chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerSummary {
    /// Its place in the chain.
    pub seq: i64,
    /// When it was cleared.
    pub at: Timestamp,
    /// The first place that was cleared.
    pub first_seq: i64,
    /// The last place that was cleared.
    pub last_seq: i64,
    /// How many requests that was, with those of earlier summaries.
    pub requests: u64,
    /// How many bytes had left.
    pub bytes_out: u64,
    /// How many bytes had come back.
    pub bytes_in: u64,
    /// When the earliest of them was made.
    pub first_at: Timestamp,
    /// When the latest of them was made.
    pub last_at: Timestamp,
    /// The hash of the first, in hex.
    pub first_hash: String,
    /// The hash of the last, in hex, which the chain goes on from.
    pub last_hash: String,
    /// The hash of this link, in hex.
    pub hash: String,
}
