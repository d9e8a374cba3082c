//! Consent: append-only events, one purpose and one policy version each.

use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::{ConsentEventId, ConversationId, Purpose, Timestamp};

/// What an event says, in the terms of the W3C DPV consent status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ConsentStatus {
    /// Agreed.
    #[serde(rename = "ConsentGiven")]
    Given,
    /// Asked and declined.
    #[serde(rename = "ConsentRefused")]
    Refused,
    /// Taken back.
    #[serde(rename = "ConsentWithdrawn")]
    Withdrawn,
}

impl ConsentStatus {
    /// The DPV term.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Given => "ConsentGiven",
            Self::Refused => "ConsentRefused",
            Self::Withdrawn => "ConsentWithdrawn",
        }
    }

    /// Reads [`ConsentStatus::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Given, Self::Refused, Self::Withdrawn]
            .into_iter()
            .find(|it| it.id() == id)
    }
}

/// One link of the chain. The 27560 record fields that never vary are added on export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsentEvent {
    /// Its place in the chain, from 1. Order is by this, never by time.
    pub seq: i64,
    /// The 27560 `record_id`.
    pub id: ConsentEventId,
    /// What it is about.
    pub purpose: Purpose,
    /// What it says (`event_state`).
    pub status: ConsentStatus,
    /// When (`event_time`).
    pub at: Timestamp,
    /// The policy it was given under.
    pub policy_version: String,
    /// SHA-256 of that policy's text in hex.
    pub notice_sha256: String,
    /// The language the notice was shown in (BCP 47).
    pub language: String,
    /// Where it was given: `first_run`, `privacy`, `cli`.
    pub ui_surface: String,
    /// The version of the app.
    pub app_version: String,
    /// The conversation it is limited to, if it is limited to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ConsentScope>,
    /// The hash of the event before; 64 zeros for the first.
    pub prev_hash: String,
    /// SHA-256 in hex over `prev_hash` and every field above.
    pub hash: String,
}

/// Where a purpose stands now: its last event under the current policy, or none.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentState {
    /// The purpose.
    pub purpose: Purpose,
    /// True if the last event says *given* and was given under the policy in force.
    pub given: bool,
    /// The event that decides.
    pub event: Option<ConsentEvent>,
}

/// The one conversation a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConsentScope {
    /// Random, the same for all decisions about one conversation; part of the chain. It says
    /// nothing about the conversation and stays when that is deleted.
    pub id: Uuid,
    /// The conversation, until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
}

/// What Fluxchat services confirmed about training, over all answers so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrainingEcho {
    /// Answers whose service repeated what it was told.
    pub confirmed: u32,
    /// Answers whose service said nothing about it.
    pub missing: u32,
    /// Answers whose service said something else.
    pub different: u32,
    /// When the last answer without a true confirmation came.
    pub last_doubt_at: Option<Timestamp>,
}
