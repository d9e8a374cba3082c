use std::fmt;

use fluxchat_egress::EgressError;

/// Why a source gave no (complete) answer. `message` is what the source said: plain text without
/// control characters, at most 300 characters, the key removed. It may repeat what was asked, so
/// it belongs in the archive, not in a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The key is missing or wrong.
    #[error("The source did not accept the key.{}", Said(message))]
    Unauthorized {
        /// What the source said.
        message: String,
    },
    /// The key may not do this.
    #[error("The source does not allow this with this key.{}", Said(message))]
    Forbidden {
        /// What the source said.
        message: String,
    },
    /// No such model or address.
    #[error("The source does not know this model or address.{}", Said(message))]
    NotFound {
        /// What the source said.
        message: String,
    },
    /// Nobody who offers the model keeps to what is asked for the person's data.
    #[error(
        "The source has nobody for this model who keeps to what is asked for your data.{}",
        Said(message)
    )]
    DataPolicy {
        /// What the source said.
        message: String,
    },
    /// Too many requests.
    #[error("The source wants fewer requests.{}", Said(message))]
    RateLimited {
        /// What the source said.
        message: String,
        /// How long it asks to wait, where told.
        retry_after_ms: Option<u64>,
    },
    /// The credit is used up.
    #[error("The credit at this source is used up.{}", Said(message))]
    Quota {
        /// What the source said.
        message: String,
    },
    /// The conversation is longer than the model can read.
    #[error(
        "The conversation is longer than this model can read.{}",
        Said(message)
    )]
    ContextTooLong {
        /// What the source said.
        message: String,
    },
    /// The source did not understand the request.
    #[error("The source did not accept the request.{}", Said(message))]
    BadRequest {
        /// What the source said.
        message: String,
    },
    /// The source refused because of its rules on content.
    #[error("The source refused because of its rules on content.{}", Said(message))]
    ContentRefused {
        /// What the source said.
        message: String,
    },
    /// The source has a problem of its own.
    #[error("The source is not available at the moment.{}", Said(message))]
    Unavailable {
        /// What the source said.
        message: String,
        /// How long it asks to wait, where told.
        retry_after_ms: Option<u64>,
    },
    /// Something answered, but not an API of the kind expected.
    #[error(
        "The address answered, but not as this kind of source does.{}{}",
        Ours(ours),
        Said(message)
    )]
    UnexpectedAnswer {
        /// What came instead, in a sentence of ours; empty where its own words tell.
        ours: &'static str,
        /// What it said.
        message: String,
    },
    /// The answer broke off.
    #[error("The answer broke off before its end.{}", Ours(how))]
    Interrupted {
        /// How, in a sentence of ours, where more than that is known.
        how: &'static str,
    },
    /// The answer was larger than can be read.
    #[error("The answer was larger than can be read.")]
    TooLarge,
    /// The request did not leave, or brought no answer.
    #[error(transparent)]
    Egress(EgressError),
}

impl ProviderError {
    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "remote_unauthorized",
            Self::Forbidden { .. } => "remote_forbidden",
            Self::NotFound { .. } => "remote_not_found",
            Self::DataPolicy { .. } => "remote_data_policy",
            Self::RateLimited { .. } => "remote_rate_limited",
            Self::Quota { .. } => "remote_quota",
            Self::ContextTooLong { .. } => "remote_context_too_long",
            Self::BadRequest { .. } => "remote_bad_request",
            Self::ContentRefused { .. } => "remote_content_refused",
            Self::Unavailable { .. } => "remote_unavailable",
            Self::UnexpectedAnswer { .. } => "remote_unexpected_answer",
            Self::Interrupted { .. } => "remote_interrupted",
            Self::TooLarge => "remote_too_large",
            Self::Egress(error) => error.code(),
        }
    }

    /// How long the source asks to wait, in milliseconds.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after_ms, .. } | Self::Unavailable { retry_after_ms, .. } => {
                *retry_after_ms
            }
            _ => None,
        }
    }

    /// What the source itself said, or an empty text.
    #[must_use]
    pub fn remote_message(&self) -> &str {
        match self {
            Self::Unauthorized { message }
            | Self::Forbidden { message }
            | Self::NotFound { message }
            | Self::DataPolicy { message }
            | Self::RateLimited { message, .. }
            | Self::Quota { message }
            | Self::ContextTooLong { message }
            | Self::BadRequest { message }
            | Self::ContentRefused { message }
            | Self::Unavailable { message, .. }
            | Self::UnexpectedAnswer { message, .. } => message,
            Self::Interrupted { .. } | Self::TooLarge | Self::Egress(_) => "",
        }
    }
}

impl From<EgressError> for ProviderError {
    fn from(error: EgressError) -> Self {
        match error {
            EgressError::TooLarge { .. } => Self::TooLarge,
            EgressError::Interrupted => Self::Interrupted { how: "" },
            other => Self::Egress(other),
        }
    }
}

/// A second sentence of ours.
struct Ours<'a>(&'a str);

impl fmt::Display for Ours<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => Ok(()),
            sentence => write!(f, " {sentence}"),
        }
    }
}

/// The words of a source after a sentence of ours, marked as its own.
struct Said<'a>(&'a str);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.trim().trim_end_matches('.') {
            "" => Ok(()),
            words => write!(f, " It says: “{words}”"),
        }
    }
}
