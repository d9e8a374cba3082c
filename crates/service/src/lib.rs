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
mod state;
mod storage;
mod telemetry;

pub use chat::{
    ChatChoice, ChatChunk, ChatCompletion, ChatDelta, ChatMessage, ChatRequest, ChunkChoice,
    Citation, ContentPart, MessageContent, StreamOptions, TRAINING_HEADER, TokenUsage,
};
pub use consents::{
    ConsentEventFields, ConsentList, ConsentProcessing, ConsentRecord, Party, PiiInformation,
    StoredConsent,
};
pub use error::{ErrorBody, ErrorDetail, ServiceError};
pub use models::{GUIDE_MODEL, ModelCard, ModelList};
pub use policies::PolicyDocument;
pub use policy::{LANGUAGES, current_policy, policies, policy};
pub use rights::{
    Identity, IdentityFormat, RequestList, RequestStatus, RequestType, RightsAnswer, RightsRequest,
};
pub use router::{openapi, router};
pub use state::ServiceState;
pub use storage::{Collection, MemoryStorage, Page, Record, Storage, StorageError};
pub use telemetry::{
    TelemetryAccepted, TelemetryEvent, TelemetryKind, TelemetryOs, TelemetryReport,
};
