//! How sources speak. Everything leaves through [`fluxchat_egress::Door`]; there is no socket
//! here.
//!
//! Spoken now: OpenAI Chat Completions, which is also what the Fluxchat service, its sandbox and
//! every OpenAI-compatible server speak ([`openai`]). The other dialects answer with
//! [`ProviderError::DialectNotSupportedYet`].
//!
//! # Extensions of the Fluxchat dialect
//! - Request: `"training_allowed": bool` and, where given, `"conversation_alias": string`.
//! - Chunk and message: `delta.citations: [{"title", "target"}]`, what the answer rests on. The
//!   standard form, `annotations: [{"type":"url_citation","url_citation":{"title","url"}}]`, is
//!   read from every source.
//! - Chunk: `training_allowed`, the echo, also as the header
//!   [`fluxchat_egress::TRAINING_HEADER`]; it arrives as [`ChatEvent::TrainingEcho`].

mod chat;
mod error;
mod fuzz;
mod hosts;
pub mod ndjson;
mod normalise;
pub mod openai;
mod provider;
pub mod sse;

pub use chat::{
    ChatEvent, ChatMessage, ChatRequest, ChatStream, FinishReason, Notice, ToolCallDelta,
};
pub use error::ProviderError;
pub use fuzz::fuzz;
pub use hosts::{KnownHost, OptOut, keeps_nothing, known_host, opt_outs};
pub use provider::{chat, models, preview};
