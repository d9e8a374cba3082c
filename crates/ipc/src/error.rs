use serde::Serialize;

/// A failure as it crosses to the window: a stable code for machines, sentences for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct ApiError {
    /// Stable; translations are keyed by it.
    pub code: String,
    /// What happened, one sentence.
    pub message: String,
    /// What was kept, one sentence; may be empty.
    pub kept: String,
    /// What to do next, one sentence; may be empty.
    pub next: String,
    /// When trying again makes sense, in milliseconds from now.
    pub retry_after_ms: Option<u32>,
}
