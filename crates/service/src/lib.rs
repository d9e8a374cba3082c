//! The Fluxchat service as an axum [`Router`](axum::Router) over storage traits.
//!
//! It opens no socket, reads no file and knows no clock of its own: time, randomness and
//! storage come in through [`ServiceState`]. The app mounts it in-process as the *sandbox*,
//! `fluxchat-service` serves the same router on a listener. Its chat model *Guide* searches the
//! bundled help; there is no AI model in it.

mod chat;
mod consents;
mod date;
mod error;
mod extract;
pub mod guide;
pub mod help;
mod models;
mod policies;
mod policy;
mod rights;
mod router;
mod signature;
mod state;
mod storage;
mod telemetry;

pub use chat::{
    ChatChoice, ChatChunk, ChatCompletion, ChatDelta, ChatMessage, ChatRequest, ChunkChoice,
    Citation, ContentPart, MessageContent, StreamOptions, TRAINING_HEADER, TokenUsage,
};
pub use consents::{
    ConsentEventFields, ConsentList, ConsentProcessing, ConsentRecord, KantaraReceipt, Party,
    PiiInformation, StoredConsent,
};
pub use date::months_after;
pub use error::{ErrorBody, ErrorDetail, ServiceError};
pub use models::{GUIDE_MODEL, ModelCard, ModelList};
pub use policies::PolicyDocument;
pub use policy::{
    LANGUAGES, current_policy, in_force, policies, policy, policy_changes, policy_versions,
};
pub use rights::{
    Discovery, Identity, IdentityFormat, RequestList, RequestStatus, RequestType, ResultDocument,
    RightsAnswer, RightsRequest, SubjectRecord,
};
pub use router::{openapi, router};
pub use signature::{PublicKey, SignatureCheck, SigningKey};
pub use state::ServiceState;
pub use storage::{Collection, MemoryStorage, Page, Record, Storage, StorageError};
pub use telemetry::{
    TelemetryAccepted, TelemetryEvent, TelemetryKind, TelemetryOs, TelemetryReport,
};
