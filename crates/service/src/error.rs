use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::StorageError;

/// Why a request was refused. Texts never repeat what was sent, apart from names.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The body is no JSON document, or not of the right shape.
    #[error("the body could not be read as JSON at line {line}, column {column}: {reason}")]
    InvalidJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// `syntax error`, `wrong type or missing field` or `ended too early`.
        reason: &'static str,
    },
    /// The content type is not JSON.
    #[error("the body has to be sent as application/json")]
    UnsupportedMediaType,
    /// The body is larger than this call takes.
    #[error("the body is larger than this call takes ({limit} bytes)")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// The body broke off.
    #[error("the body broke off before its end")]
    BrokenBody,
    /// A field has a value that cannot be used.
    #[error("{message}")]
    InvalidField {
        /// Which one.
        param: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// No such model.
    #[error("the model “{0}” does not exist here; `GET /v1/models` lists what does")]
    ModelNotFound(String),
    /// No such record, version or address.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// The address exists, but not for this method.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// The id was used before with another body.
    #[error("this {0} was used before with a different body")]
    Conflict(&'static str),
    /// The request is answered already.
    #[error("this request was answered already, so it cannot be taken back")]
    NotPending,
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No random numbers.
    #[error("the system gave no random numbers")]
    Randomness,
    /// A defect of the service itself.
    #[error("the service could not write its own answer")]
    Internal,
}

impl ServiceError {
    /// Stable, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidJson { .. } => "invalid_json",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::TooLarge { .. } => "request_too_large",
            Self::BrokenBody => "body_incomplete",
            Self::InvalidField { .. } => "invalid_value",
            Self::ModelNotFound(_) => "model_not_found",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict(_) => "conflict",
            Self::NotPending => "not_pending",
            Self::Storage(error) => error.code(),
            Self::Randomness => "randomness_unavailable",
            Self::Internal => "internal_error",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::InvalidJson { .. } | Self::BrokenBody | Self::InvalidField { .. } => {
                StatusCode::BAD_REQUEST
            }
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ModelNotFound(_) | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::NotPending => StatusCode::CONFLICT,
            Self::Storage(StorageError::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Storage(StorageError::Failed(_)) | Self::Randomness | Self::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn param(&self) -> Option<&'static str> {
        match self {
            Self::InvalidField { param, .. } => Some(param),
            Self::ModelNotFound(_) => Some("model"),
            _ => None,
        }
    }

    /// The body of the answer.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        let kind = if self.status().is_server_error() {
            "server_error"
        } else {
            "invalid_request_error"
        };
        let message = match self {
            // The storage's own words are for the log of the one who runs it.
            Self::Storage(StorageError::Failed(_)) => {
                "The storage of the service failed; nothing was changed.".to_owned()
            }
            other => other.to_string(),
        };
        ErrorBody {
            error: ErrorDetail {
                message,
                kind: kind.to_owned(),
                param: self.param().map(str::to_owned),
                code: Some(self.code().to_owned()),
            },
        }
    }
}

impl IntoResponse for ServiceError {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            tracing::warn!(name: "service.request.failed", code = self.code());
        }
        (self.status(), Json(self.body())).into_response()
    }
}

/// Every error of the service has this body, the one of the OpenAI API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// One sentence for people.
    pub message: String,
    /// `invalid_request_error` or `server_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The field that is wrong, where one is.
    pub param: Option<String>,
    /// Stable, for machines.
    pub code: Option<String>,
}
