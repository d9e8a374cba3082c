//! The words of Fluxchat: ids, times, purposes and the records of the archive.
//!
//! Serde only. Nothing here reads a clock, a file, a socket or a random source:
//! times and randomness come in as arguments, so that every rule can be tested.

mod attachment;
mod chat;
mod consent;
mod diagnostics;
mod diagram;
mod erasure;
mod filing;
mod id;
mod ledger;
mod policy;
mod practice;
mod preset;
mod privacy;
mod proof;
mod published;
mod purpose;
mod retention;
mod rights;
mod secret;
mod session;
mod source;
mod spend;
mod stated;
mod time;
mod tools;
mod voice;

pub use attachment::{Attachment, AttachmentFacts, AttachmentKind, AttachmentTold, AttachmentWay};
pub use chat::{
    BudgetStop, CitedSpan, Conversation, DraftKey, MOST_CITED_SPANS, Message, MessageStatus, Named,
    Part, Role, Usage, VisibleError,
};
pub use consent::{ConsentEvent, ConsentScope, ConsentState, ConsentStatus, TrainingEcho};
pub use diagnostics::{
    DiagnosticEvent, DiagnosticKind, DiagnosticPayload, DiagnosticReport, DiagnosticState,
};
pub use diagram::{
    DiagramKind, DiagramRefusal, DiagramTheme, FARTHEST, LONGEST_DIAGRAM, LONGEST_RUN, MOST_SHAPES,
    MOST_STEPS, MOST_WORDS, PathStep, Scene, SceneForm, SceneRun, SceneShape, TextAnchor, deceives,
};
pub use erasure::{ErasurePreview, ErasureStage, MediaKind, TimeRange};
pub use filing::{Folder, Tag};
pub use id::{
    AssetId, ConsentEventId, ConversationId, DiagnosticReportId, ErasureId, FolderId, InvalidId,
    MessageId, OfferAskingId, OutboxId, PresetId, PrivacyRequestId, PromptId, RequestId,
    RetentionRuleId, SourceId, TagId, TombstoneId, ToolServerId,
};
pub use ledger::{
    EgressRecord, Initiator, LedgerEntry, LedgerFacet, LedgerFilter, LedgerSummary, Outcome,
};
pub use policy::{
    Policy, PolicyDiff, PolicySpan, PolicyVersion, TextChange, TextKind, TextPart, TextRow,
};
pub use practice::{KeptFor, Recipient};
pub use preset::{
    ConversationTotals, ForkOrigin, Instructions, Parameters, Preset, ResponseFormat, SavedPrompt,
};
pub use privacy::{
    Attestation, ErasureScope, OutboxEntry, OutboxKind, OutboxState, PrivacyRequest,
    PrivacyRequestKind, PrivacyRequestState, Receipt, StoredKind, StoredTotal, Tombstone,
};
pub use proof::{Check, Law, ProofReport, Verdict};
pub use published::{LongPrice, Published};
pub use purpose::{ConsentDefault, DataCategory, LegalBasis, Purpose};
pub use retention::{
    RetentionExemption, RetentionKind, RetentionRule, RetentionSubject, RetentionTarget,
    RetentionVerdict, TrustedTime, media_exemption, retention_verdict,
};
pub use rights::{
    COMPLAINT, ObjectionEvent, REASONS, RequestEvent, RequestProgress, RequestStep, StatementFlag,
    TrackedRequest, known_reason, reason_sentence,
};
pub use secret::{ArchiveKey, Secret};
pub use session::{SessionState, StorageMode};
pub use source::{Abilities, DataPractices, Dialect, Model, Origin, OriginError, Price, Source};
pub use spend::{Budget, ContextRule, Cost, CostBasis, ModelFacts, Period, SpendRow};
pub use stated::{Stated, StatedPractices};
pub use time::{Clock, Timestamp};
pub use tools::{
    AnswerNotice, SealedPart, SignedIn, ToolCallPart, ToolDecision, ToolDefinition, ToolPolicy,
    ToolServer, ToolState, ToolTransport,
};
pub use voice::{ReadingState, SoundFormat, VoiceChoice, VoiceSettings};
