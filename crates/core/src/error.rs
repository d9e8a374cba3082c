//! One error for every use case: a stable code, and words for people from one table.

use fluxchat_egress::EgressError;
use fluxchat_mcp::ProgramError;
use fluxchat_model::{BudgetStop, Named, SessionState, VisibleError};
use fluxchat_providers::{ExtraError, ProviderError};
use fluxchat_store::StoreError;
use fluxchat_vault::VaultError;
use fluxchat_vault::asset::AssetError;

use crate::tools::shown;

mod wait;
mod words;

/// Why a use case could not do what was asked. Never carries content or secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive is not open; the state says why.
    #[error("the archive is not open ({0:?})")]
    NotOpen(SessionState),
    /// The first run is not completed.
    #[error("the first run is not completed")]
    SetupNeeded,
    /// The archive.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keychain and the keys.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// An encrypted file.
    #[error(transparent)]
    Asset(#[from] AssetError),
    /// The door.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// The source.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Something that was named is not there.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was given cannot be used; the sentence says why.
    #[error("{message}")]
    Invalid {
        /// Stable, such as `invalid_url`.
        code: &'static str,
        /// What is wrong, one sentence.
        message: String,
    },
    /// Other fields of a request that a person wrote cannot be sent.
    #[error(transparent)]
    Extra(#[from] ExtraError),
    /// A program that a person named cannot be used.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A budget has no room left.
    #[error("{}", crate::spend::stopped(.0))]
    Budget(BudgetStop),
    /// A budget has room for each of several answers, but not for all.
    #[error("{}", crate::spend::stopped(.0))]
    BudgetTogether(BudgetStop),
    /// A guardian keeps it off.
    #[error("a guardian keeps this off")]
    Supervised,
    /// That is not the guardian's passphrase.
    #[error("the guardian's passphrase is another one")]
    GuardianPassphrase,
    /// Too many wrong passphrases; so many milliseconds are left.
    #[error("the guardian's passphrase may be tried again in {0} ms")]
    GuardianWait(i64),
    /// The folder or a file of the profile.
    #[error("a file of the profile: {0}")]
    Io(#[from] std::io::Error),
    /// The operating system has no randomness.
    #[error("the operating system has no randomness")]
    Randomness,
    /// A background task ended early.
    #[error("a task ended early")]
    Task,
}

impl From<getrandom::Error> for Error {
    fn from(_: getrandom::Error) -> Self {
        Self::Randomness
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Task
    }
}

impl Error {
    /// What cannot be used, and why.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            code,
            message: message.into(),
        }
    }

    /// The same where the sentence is always the one of the table.
    #[must_use]
    pub fn said(code: &'static str) -> Self {
        Self::invalid(code, words::of(code).message)
    }

    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOpen(state) => session_code(*state),
            Self::SetupNeeded => "setup_needed",
            Self::Store(error) => store_code(error),
            Self::Vault(error) => vault_code(error),
            Self::Asset(error) => error.code(),
            Self::Egress(error) => error.code(),
            Self::Provider(error) => error.code(),
            Self::NotFound(_) => "not_found",
            Self::Invalid { code, .. } => code,
            Self::Extra(error) => error.code(),
            Self::Program(error) => error.code(),
            Self::Budget(_) => "budget_reached",
            Self::BudgetTogether(_) => "budget_reached_together",
            Self::Supervised => "supervised",
            Self::GuardianPassphrase => "guardian_passphrase_wrong",
            Self::GuardianWait(_) => "guardian_wait",
            Self::Io(error) => match error.kind() {
                std::io::ErrorKind::StorageFull => "disk_full",
                std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                    "unwritable"
                }
                _ => "io",
            },
            Self::Randomness | Self::Task => "internal",
        }
    }

    /// When trying again makes sense, in milliseconds from now.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u32> {
        match self {
            Self::Vault(VaultError::TooManyAttempts { wait_ms }) => {
                Some(u32::try_from(*wait_ms).unwrap_or(u32::MAX))
            }
            Self::Provider(error) => error
                .retry_after_ms()
                .map(|ms| u32::try_from(ms).unwrap_or(u32::MAX)),
            Self::GuardianWait(ms) => u32::try_from(*ms).ok(),
            _ => None,
        }
    }

    /// Code and sentences: what happened, what was kept, what to do next.
    #[must_use]
    pub fn visible(&self) -> VisibleError {
        let code = self.code();
        let words = words::of(code);
        let message = match self {
            Self::Invalid { message, .. } => message.clone(),
            Self::NotFound(what) | Self::Store(StoreError::NotFound(what)) => {
                missing(what).unwrap_or_else(|| words.message.to_owned())
            }
            // These texts name the host or quote the server's own words, already made safe.
            Self::Egress(error) => error.to_string(),
            Self::Provider(error) => error.to_string(),
            Self::Program(error) => shown(&error.to_string()),
            Self::Extra(error) => shown(&error.to_string()),
            Self::Budget(stop) | Self::BudgetTogether(stop) => crate::spend::stopped(stop),
            _ => words.message.to_owned(),
        };
        VisibleError {
            code: code.to_owned(),
            message: sentence(&message),
            kept: words.kept().to_owned(),
            next: self
                .wait()
                .map_or_else(|| words.next.to_owned(), wait::try_again_in),
            named: self.named(),
        }
    }

    /// How many seconds the source asks to wait.
    fn wait(&self) -> Option<u32> {
        let Self::Provider(error) = self else {
            return None;
        };
        let seconds = error.retry_after_ms()?.div_ceil(1_000);
        u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)
    }

    fn named(&self) -> Option<Box<Named>> {
        let named = Named {
            host: self.host().map(str::to_owned),
            detail: self.detail().map(str::to_owned),
            budget: match self {
                Self::Budget(stop) | Self::BudgetTogether(stop) => Some(*stop),
                _ => None,
            },
            wait: self.wait(),
            places: self.places(),
            field: match self {
                Self::Extra(error) => error.field().map(shown),
                _ => None,
            },
        };
        (named != Named::default()).then(|| Box::new(named))
    }

    /// The host that the sentence names.
    fn host(&self) -> Option<&str> {
        match self {
            Self::Egress(error) | Self::Provider(ProviderError::Egress(error)) => error.host(),
            _ => None,
        }
    }

    /// The places on this computer that the sentence names.
    fn places(&self) -> Option<String> {
        match self {
            Self::Program(error) => error.places().map(|places| shown(&places)),
            _ => None,
        }
    }

    /// The source's own words in the sentence.
    fn detail(&self) -> Option<&str> {
        match self {
            Self::Provider(error) => Some(error.remote_message()).filter(|it| !it.is_empty()),
            _ => None,
        }
    }

    /// The same where it ended an answer in a temporary conversation.
    #[must_use]
    pub(crate) fn visible_in_temporary(&self) -> VisibleError {
        VisibleError {
            kept: words::of(self.code()).kept_of_temporary().to_owned(),
            ..self.visible()
        }
    }

    /// The same where it ended an answer: its question is kept, and what had `arrived`.
    #[must_use]
    pub(crate) fn visible_in_answer(&self, arrived: bool) -> VisibleError {
        let kept = words::of(self.code()).kept_of_answer(arrived).to_owned();
        VisibleError {
            kept,
            ..self.visible()
        }
    }
}

/// Every code that has words of its own.
pub fn codes() -> impl Iterator<Item = &'static str> {
    words::all().map(|entry| entry.0)
}

/// That what was named is not there. What is no name of a kind is only said to be missing.
fn missing(what: &str) -> Option<String> {
    let kind = match what {
        "erasure" => "deletion",
        "row" | "streaming message" | "open ledger row" | "target" => return None,
        _ if what.starts_with("this ") || what.starts_with("a ") => return None,
        _ => what,
    };
    Some(format!("There is no such {kind}."))
}

/// What others said may lack its full stop, and may be empty.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '…', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// The code of a session state that is not `Ready`.
#[must_use]
pub fn session_code(state: SessionState) -> &'static str {
    match state {
        SessionState::FirstRun => "setup_needed",
        SessionState::Ready => "internal",
        SessionState::Locked => "locked",
        SessionState::NoProvider => "no_provider",
        SessionState::BackendChanged => "backend_changed",
        SessionState::KeyLost => "key_lost",
        SessionState::WrongKey => "wrong_key",
        SessionState::Corrupt => "corrupt",
        SessionState::TooNew => "too_new",
        SessionState::InUse => "in_use",
        SessionState::Unwritable => "unwritable",
    }
}

/// Words for a session state that is not `Ready`.
#[must_use]
pub fn session_problem(state: SessionState) -> VisibleError {
    Error::NotOpen(state).visible()
}

/// The keychain's words in those of the session states, where they mean the same.
fn vault_code(error: &VaultError) -> &'static str {
    match error.code() {
        "keychain_locked" | "keychain_timeout" | "vault_locked" | "no_passphrase" => "locked",
        "no_keychain" => "no_provider",
        "key_exists" => "passphrase_exists",
        "empty_passphrase" => "passphrase_short",
        "profile_io" => "unwritable",
        other => other,
    }
}

fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Full => "disk_full",
        StoreError::ReadOnly | StoreError::CannotOpen => "unwritable",
        StoreError::Sqlite(code) if is_io(*code) => "io",
        other => other.code(),
    }
}

/// `SQLITE_IOERR` in all its forms: the disk or the system refused, which says nothing about the
/// file.
pub(crate) fn is_io(code: i32) -> bool {
    code & 0xff == 10
}
