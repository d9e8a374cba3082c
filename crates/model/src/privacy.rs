//! Deletion, its proof, and what is asked of the service.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, ErasureId, FolderId, MediaKind, MessageId, OutboxId, PrivacyRequestId,
    SourceId, TagId, TimeRange, Timestamp, TombstoneId,
};

/// What a deletion covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum ErasureScope {
    /// One message and everything below it in the tree.
    Message(MessageId),
    /// A conversation with all its branches.
    Conversation(ConversationId),
    /// A folder with all conversations in it.
    Folder(FolderId),
    /// A tag with all conversations that have it.
    Tag(TagId),
    /// What was written in a span of time, and everything below it.
    Range(TimeRange),
    /// All conversations that a source answered in, or is set to.
    Source(SourceId),
    /// All files of a kind. The messages they were in stay.
    Media(MediaKind),
    /// What was searched for.
    Searches,
    /// Unsent texts and files.
    Drafts,
    /// All content; the profile stays.
    Everything,
}

impl ErasureScope {
    /// Its word in receipts, tombstones and the archive.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Conversation(_) => "conversation",
            Self::Folder(_) => "folder",
            Self::Tag(_) => "tag",
            Self::Range(_) => "range",
            Self::Source(_) => "source",
            Self::Media(_) => "media",
            Self::Searches => "searches",
            Self::Drafts => "drafts",
            Self::Everything => "everything",
        }
    }

    /// Whether it can be undone for a moment. Everything else is gone at once.
    #[must_use]
    pub fn is_small(self) -> bool {
        matches!(self, Self::Message(_) | Self::Conversation(_))
    }

    /// Whether a word has to be typed before it begins.
    #[must_use]
    pub fn needs_word(self) -> bool {
        !self.is_small() && !matches!(self, Self::Searches | Self::Drafts)
    }
}

/// The proof that a deletion was carried out on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Receipt {
    /// The deletion.
    pub erasure_id: ErasureId,
    /// The word of its [`ErasureScope`], or [`Receipt::ROTATION`].
    pub scope: String,
    /// Rows removed per table.
    pub rows_by_table: std::collections::BTreeMap<String, u32>,
    /// Encrypted files removed.
    pub files: u32,
    /// Bytes left in the write-ahead log afterwards; 0 in every valid receipt.
    pub wal_bytes: u32,
    /// The row that `wal_checkpoint(TRUNCATE)` answered.
    pub checkpoint: [i32; 3],
    /// The pragma as it was.
    pub secure_delete: bool,
    /// The setting of the search index as it was.
    pub fts_secure_delete: bool,
    /// True if the search index was asked for what was deleted and found nothing.
    pub search_verified: bool,
    /// Which key of the archive was in force.
    pub key_epoch: u32,
    /// The version of the app.
    pub app_version: String,
    /// When the deletion was asked for.
    pub requested_at: Timestamp,
    /// When it was proven.
    pub at: Timestamp,
    /// Of a change of the key: when everything that was deleted before became unreadable wherever
    /// its pages may lie, because the key they were encrypted with is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crypto_erased_at: Option<Timestamp>,
    /// The hash of the receipt before; 64 zeros for the first.
    pub prev_hash: String,
    /// SHA-256 in hex over `prev_hash` and every field above.
    pub hash: String,
}

impl Receipt {
    /// The scope of a receipt for a change of the key.
    pub const ROTATION: &str = "key";
}

/// A deletion remembered without content, so that sync and imports never bring it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Random; says nothing about what was deleted.
    pub id: TombstoneId,
    /// The word of its [`ErasureScope`].
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

/// What can be asked of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PrivacyRequestKind {
    /// GDPR Art. 15.
    Access,
    /// GDPR Art. 20.
    Portability,
    /// GDPR Art. 16.
    Rectification,
    /// GDPR Art. 17.
    Erasure,
    /// GDPR Art. 18.
    Restriction,
    /// GDPR Art. 21.
    Objection,
}

/// The life of a request as this computer sees it. A state never moves back: see
/// [`PrivacyRequestState::is_settled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PrivacyRequestState {
    /// Being written; nothing will be sent.
    Draft,
    /// Waiting here until the door is open.
    QueuedOffline,
    /// Sent, not confirmed.
    Submitted,
    /// The service confirmed it; a date is running.
    Acknowledged,
    /// The service waits for the person.
    NeedsAction,
    /// The service says it is done.
    Fulfilled,
    /// The service says it is done in part, with a reason.
    PartiallyFulfilled,
    /// The service refused, with a reason.
    Denied,
    /// The date passed without an answer.
    Overdue,
    /// Taken back by the person.
    Cancelled,
}

impl PrivacyRequestState {
    /// True where nothing more is expected.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Fulfilled | Self::PartiallyFulfilled | Self::Denied | Self::Cancelled
        )
    }
}

/// What an answer of a service is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Attestation {
    /// There is no answer of a service.
    #[default]
    None,
    /// The service says so.
    Said,
    /// The service says so, and its signature was checked with the key it is known by.
    Checked,
}

/// A request to the service and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrivacyRequest {
    /// Also the `subject_request_id` on the wire.
    pub id: PrivacyRequestId,
    /// What is asked.
    pub kind: PrivacyRequestKind,
    /// The deletion here that it belongs to.
    pub erasure_id: Option<ErasureId>,
    /// The name of the source it goes to.
    pub source_name: String,
    /// Where it stands.
    pub state: PrivacyRequestState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it has to be done.
    pub expected_by: Option<Timestamp>,
    /// A code: why it was denied, done in part, delayed, or what is needed.
    pub reason: Option<String>,
    /// What the answer is worth.
    pub attestation: Attestation,
}

/// What has to reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// A [`PrivacyRequest`].
    PrivacyRequest,
    /// A consent event.
    Consent,
}

/// Whether it will be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waiting for its next try.
    Queued,
    /// Will not be retried by itself; a person has to look.
    Wedged,
}

/// One thing on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Also the idempotency key.
    pub id: OutboxId,
    /// What it is.
    pub kind: OutboxKind,
    /// The source it goes to.
    pub source_name: String,
    /// The JSON body.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When to try next.
    pub next_try_at: Timestamp,
    /// Whether to.
    pub state: OutboxState,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// A kind of thing kept on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StoredKind {
    /// Conversations with their messages.
    Conversations,
    /// Messages alone.
    Messages,
    /// Unsent texts.
    Drafts,
    /// Attached and generated files.
    Assets,
    /// The search index.
    SearchIndex,
    /// The ledger.
    Ledger,
    /// Consents and receipts.
    Records,
    /// Sources and settings.
    Settings,
    /// What the sandbox keeps, inside the archive.
    Sandbox,
    /// Free and administrative pages of the archive.
    Overhead,
    /// Space kept free so that a deletion works on a full disk.
    Reserve,
}

/// How much of a kind is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StoredTotal {
    /// The kind.
    pub kind: StoredKind,
    /// How many.
    pub count: u32,
    /// Bytes on disk.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub bytes: u64,
}
