//! The service, called without a socket.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod chat;
mod consents;
mod content;
mod openapi;
mod refusals;
mod retrieval;
mod rights;
mod service;
mod telemetry;
