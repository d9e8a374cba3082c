use std::time::Duration;

use bytes::Bytes;
use fluxchat_model::{ConsentEventId, ConversationId, DataCategory, Initiator, Purpose};
use tokio_util::sync::CancellationToken;

/// What kind of answer is expected; decides `Accept`, size limits and patience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reply {
    /// One document, at most 16 MiB.
    #[default]
    Document,
    /// A stream of events without an end in time, at most 256 MiB.
    Stream,
    /// Sound as it is made, at most 64 MiB.
    Sound,
}

/// The body of a request.
#[derive(Clone, Debug, Default)]
pub enum Payload {
    /// None.
    #[default]
    Empty,
    /// JSON, already written.
    Json(Bytes),
    /// Names and values, already written as `application/x-www-form-urlencoded`.
    Fields(Bytes),
    /// A form with files (RFC 7578), already written, and the line between its parts.
    Form {
        /// Letters and digits.
        boundary: String,
        /// All of it.
        bytes: Bytes,
    },
}

impl Payload {
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Json(bytes) | Self::Fields(bytes) | Self::Form { bytes, .. } => bytes.clone(),
        }
    }
}

/// Why a request is made and on whose behalf. Its legal basis follows from the purpose.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Why.
    pub purpose: Purpose,
    /// The consent event the caller relies on, where the basis is consent. The ledger decides.
    pub consent: Option<ConsentEventId>,
    /// The policy version in force.
    pub policy_version: Option<String>,
    /// What the request carries; at most what the purpose allows. The door adds
    /// [`DataCategory::Credential`] by itself when it attaches one.
    pub categories: Vec<DataCategory>,
    /// Who began it.
    pub initiator: Initiator,
    /// The conversation it serves.
    pub conversation_id: Option<ConversationId>,
    /// True only with a consent to training that covers this conversation.
    pub training_allowed: bool,
    /// What is expected back.
    pub reply: Reply,
    /// How long it may be silent; `None`: as long as usual there.
    pub silence: Option<Duration>,
    /// Stops the request at any time, also while its answer arrives.
    pub cancel: CancellationToken,
}

impl Ctx {
    /// A request of the person for this purpose: no training, one document back, nothing that
    /// cancels it.
    #[must_use]
    pub fn new(purpose: Purpose, categories: &[DataCategory]) -> Self {
        Self {
            purpose,
            consent: None,
            policy_version: None,
            categories: categories.to_vec(),
            initiator: Initiator::User,
            conversation_id: None,
            training_allowed: false,
            reply: Reply::Document,
            silence: None,
            cancel: CancellationToken::new(),
        }
    }
}
