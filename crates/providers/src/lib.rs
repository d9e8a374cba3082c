//! How sources speak. Everything leaves through [`fluxchat_egress::Door`]; there is no socket
//! here.
//!
//! What all dialects share is in `wire`: a dialect is a call, a body and a reader of frames. What
//! hosts do in their own way, ask for and say about data is the table in `hosts`, so a provider of
//! a known dialect is a row.
//!
//! # Extensions of the Fluxchat dialect
//! - Request: `"training_allowed": bool` and, where given, `"conversation_alias": string`.
//! - Chunk and message: `delta.citations: [{"title", "target"}]`, what the answer rests on, where
//!   known with `start_index` and `end_index`: which words of the answer, in characters. The
//!   standard form, `annotations: [{"type":"url_citation","url_citation":{"title","url",…}}]`, is
//!   read from every source.
//! - Chunk: `training_allowed`, the echo, also as the header
//!   [`fluxchat_egress::TRAINING_HEADER`]; it arrives as [`ChatEvent::TrainingEcho`].

mod anthropic;
mod chat;
mod error;
mod extra;
mod fuzz;
mod gemini;
mod hosts;
mod interactions;
mod json;
mod known;
pub mod ndjson;
mod normalise;
mod ollama;
mod openai;
mod prices;
mod provider;
mod responses;
#[cfg(test)]
mod sample;
mod services;
pub mod sse;
mod takes;
mod voice;
mod web_search;
mod wire;

pub use chat::{
    ChatEvent, ChatMessage, ChatPart, ChatRequest, ChatStream, FinishReason, Notice, Sealed, Tool,
    ToolCallDelta, ToolChoice,
};
pub use error::ProviderError;
pub use extra::{ExtraError, LONGEST_EXTRA, extra_fields};
pub use fuzz::fuzz;
pub use hosts::{KnownHost, OptOut, is_passed_on, keeps_nothing, key_header, known_host, opt_outs};
pub use known::KnownModels;
pub use prices::{publish, published};
pub use provider::{chat, models, preview};
pub use services::{Service, base_path, service_at, services};
pub use takes::{Takes, cites_pages, takes};
pub use voice::{
    LONGEST_SPEECH, SpeechRequest, Spoken, Transcription, TranscriptionRequest, VoiceNames, speak,
    speaks_as, speaks_voice, transcribe, voice_names,
};
pub use wire::{Protocol, Reading, Step};
