//! Recorded bytes and hostile servers against the reader of answers.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "it/contract.rs"]
mod contract;
#[path = "it/dialects.rs"]
mod dialects;
#[path = "it/fuzz.rs"]
mod fuzz;
#[path = "it/golden.rs"]
mod golden;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/rules.rs"]
mod rules;
#[path = "it/source.rs"]
mod source;
#[allow(dead_code, reason = "shared with the tests of the door")]
#[path = "../../egress/tests/it/support.rs"]
mod support;
