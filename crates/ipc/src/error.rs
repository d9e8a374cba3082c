use fluxchat_core::Error;
use fluxchat_model::{Named, VisibleError};
use serde::Serialize;

/// A failure as it crosses to the window: a stable code for machines, sentences for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// What `message` names and quotes, for sentences in other languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub named: Option<Box<Named>>,
}

impl From<VisibleError> for ApiError {
    fn from(error: VisibleError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            kept: error.kept,
            next: error.next,
            retry_after_ms: None,
            named: error.named,
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self {
            retry_after_ms: error.retry_after_ms(),
            ..error.visible().into()
        }
    }
}

impl ApiError {
    /// What came from the window cannot be used.
    #[must_use]
    pub fn invalid(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            ..Self::default()
        }
    }
}
