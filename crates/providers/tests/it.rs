//! Recorded bytes and hostile servers against the reader of answers.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "it/cited.rs"]
mod cited;
#[path = "it/contract.rs"]
mod contract;
#[path = "it/contract_gemini.rs"]
mod contract_gemini;
#[path = "it/contract_responses.rs"]
mod contract_responses;
#[path = "it/contract_services.rs"]
mod contract_services;
#[path = "it/dialects.rs"]
mod dialects;
#[path = "it/everywhere.rs"]
mod everywhere;
#[path = "it/fuzz.rs"]
mod fuzz;
#[path = "it/gemini.rs"]
mod gemini;
#[path = "it/golden.rs"]
mod golden;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/published.rs"]
mod published;
#[path = "it/quirks.rs"]
mod quirks;
#[path = "it/refused.rs"]
mod refused;
#[path = "it/responses.rs"]
mod responses;
#[path = "it/returned.rs"]
mod returned;
#[path = "it/rules.rs"]
mod rules;
#[path = "../src/sample.rs"]
mod sample;
#[path = "it/second.rs"]
mod second;
#[path = "it/settings.rs"]
mod settings;
#[path = "it/source.rs"]
mod source;
#[allow(dead_code, reason = "shared with the tests of the door")]
#[path = "../../egress/tests/it/support.rs"]
mod support;
#[path = "it/takes.rs"]
mod takes;
#[path = "it/told.rs"]
mod told;
#[path = "it/voice.rs"]
mod voice;
#[path = "it/web_search.rs"]
mod web_search;
