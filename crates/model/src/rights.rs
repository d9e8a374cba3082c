//! Data rights beyond deletion: how a request goes on, objections, and statements about people.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, PrivacyRequest, PrivacyRequestState, Purpose, Timestamp};

/// What is known of a request beside where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestProgress {
    /// When it was first sent.
    pub submitted_at: Option<Timestamp>,
    /// Whether the service took the two further months that the law allows.
    pub extended: bool,
    /// Whether the person took it back and the service has to be told.
    pub cancelling: bool,
    /// Whether a result can be fetched.
    pub has_result: bool,
    /// When the answer that counts was true, by the clock of the service.
    pub answered_at: Option<Timestamp>,
    /// When the service was last asked.
    pub checked_at: Option<Timestamp>,
    /// When to ask next; `None` where nothing is left to ask.
    pub next_poll_at: Option<Timestamp>,
    /// The final answer with its signature, as JSON.
    pub receipt: Option<String>,
}

/// A request with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackedRequest {
    /// What was asked, and where it stands.
    pub request: PrivacyRequest,
    /// How it goes on.
    pub progress: RequestProgress,
}

impl TrackedRequest {
    /// The state at this time: a date that has passed without an answer makes it overdue, by the
    /// clock of this computer.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> PrivacyRequestState {
        use PrivacyRequestState as S;
        let late = self.request.expected_by.is_some_and(|by| by < now);
        match self.request.state {
            S::Submitted | S::Acknowledged | S::NeedsAction if late => S::Overdue,
            state => state,
        }
    }
}

/// A step in the life of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RequestStep {
    /// It was made.
    Made,
    /// It left this computer.
    Sent,
    /// The service confirmed it.
    Acknowledged,
    /// The service waits for the person.
    NeedsAction,
    /// The service works on it again.
    Resumed,
    /// The service took more time, as the law allows.
    Extended,
    /// The service named a later date that the law does not allow. The first one counts.
    LateDate,
    /// An answer carried a signature that is not the service's. It does not count.
    Forged,
    /// The service does not know the request any more.
    Lost,
    /// The person took it back.
    Cancelling,
    /// Done.
    Fulfilled,
    /// Done in part.
    PartiallyFulfilled,
    /// Refused.
    Denied,
    /// Taken back.
    Cancelled,
}

/// A step, when it was and what was said with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RequestEvent {
    /// When this computer saw it.
    pub at: Timestamp,
    /// What happened.
    pub step: RequestStep,
    /// A code.
    pub reason: Option<String>,
    /// The date that was named with it.
    pub expected_by: Option<Timestamp>,
}

/// An objection, or its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectionEvent {
    /// Its place in the chain.
    pub seq: i64,
    /// What it is about.
    pub purpose: Purpose,
    /// True for an objection, false for its withdrawal.
    pub objected: bool,
    /// When.
    pub at: Timestamp,
    /// The policy in force.
    pub policy_version: String,
    /// Where it was made: `window`, `cli`.
    pub ui_surface: String,
    /// The hash of the event before; 64 zeros for the first.
    pub prev_hash: String,
    /// SHA-256 in hex over `prev_hash` and every field above.
    pub hash: String,
}

/// What a person says is wrong in an answer about somebody. It travels with exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFlag {
    /// Its place in the list.
    pub seq: i64,
    /// The answer.
    pub message_id: MessageId,
    /// The conversation of the answer.
    pub conversation_id: ConversationId,
    /// When it was last written.
    pub at: Timestamp,
    /// What is wrong, in the words of the person.
    pub note: String,
}

/// The reasons a service may give, as codes: those of the Data Rights Protocol 1.0, the
/// justifications of the W3C DPV 2.3, and what this computer finds out by itself.
pub const REASONS: &[(&str, &str)] = &[
    (
        "suspected_fraud",
        "The service suspects that somebody else made the request.",
    ),
    (
        "insuf_verification",
        "The service could not confirm that it is you.",
    ),
    ("no_match", "The service found nothing about you."),
    (
        "claim_not_covered",
        "The service says that this right does not cover what was asked.",
    ),
    (
        "outside_jurisdiction",
        "The service says that the law does not apply to it here.",
    ),
    (
        "too_many_requests",
        "The service says that it was asked too often.",
    ),
    ("other", "The service gave a reason that is on no list."),
    (
        "need_user_verification",
        "The service wants to be sure that it is you, and waits for you.",
    ),
    (
        "JustificationA12Complexity",
        "The service says that the request is complex (Art. 12(3)).",
    ),
    (
        "JustificationA12HighVolume",
        "The service says that it has many requests to answer (Art. 12(3)).",
    ),
    (
        "JustificationA12IdentityRequired",
        "The service needs to know who you are (Art. 12(6)).",
    ),
    (
        "JustificationA12IdentityFailure",
        "The service could not find out who you are (Art. 12(2)).",
    ),
    (
        "JustificationA12InformationRequired",
        "The service needs to know more about what you ask.",
    ),
    (
        "JustificationA12ManifestlyUnfounded",
        "The service says that the request is plainly unfounded (Art. 12(5)).",
    ),
    (
        "JustificationA12ManifestlyExcessive",
        "The service says that the request is plainly excessive (Art. 12(5)).",
    ),
    (
        "JustificationA17LegalClaims",
        "The service keeps it for legal claims (Art. 17(3)(e)).",
    ),
    (
        "JustificationA17LegallyRequired",
        "The law makes the service keep it (Art. 17(3)(b)).",
    ),
    (
        "JustificationA17FreedomOfExpression",
        "The service keeps it for the freedom of expression (Art. 17(3)(a)).",
    ),
    (
        "JustificationA17PublicInterest",
        "The service keeps it in the public interest (Art. 17(3)(c)).",
    ),
    (
        "JustificationA17Archiving",
        "The service keeps it for archives, research or statistics (Art. 17(3)(d)).",
    ),
    (
        "refused_by_service",
        "The service did not take the request and gave no reason.",
    ),
    (
        "source_removed",
        "The source was removed before the request could be sent.",
    ),
    (
        "lost",
        "The service no longer knows the request. Make it again.",
    ),
    (
        "not_offered",
        "The source has no address for such requests. Write to whoever runs it.",
    ),
    ("expired", "The service let the request expire."),
];

/// A reason as one of the codes of [`REASONS`]; what is on no list is `other`.
#[must_use]
pub fn known_reason(code: &str) -> &'static str {
    // DPV terms come with or without their prefix.
    let code = code.rsplit(['#', ':', '/']).next().unwrap_or(code);
    REASONS
        .iter()
        .find(|(known, _)| *known == code)
        .map_or("other", |(known, _)| known)
}

/// A reason as one sentence for people.
#[must_use]
pub fn reason_sentence(code: &str) -> &'static str {
    let known = known_reason(code);
    REASONS
        .iter()
        .find(|(code, _)| *code == known)
        .map_or("", |(_, sentence)| sentence)
}

/// What a person may do when a service refuses or stays silent.
pub const COMPLAINT: &str = "You may complain to a supervisory authority (GDPR Art. 77), in the \
    country where you live or work or where it happened.";
