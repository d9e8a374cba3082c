//! The OS keychain: Secret Service, Apple Keychain, Windows Credential Manager.

use fluxchat_model::Secret;

#[cfg(feature = "test-util")]
mod memory;
mod os;

#[cfg(feature = "test-util")]
pub use memory::MemoryKeychain;
pub use os::{OsKeychain, Timeouts};

/// How long a call may wait for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Nobody was told to expect a prompt: a look at start.
    Probe,
    /// The person asked for this and may have to answer a prompt.
    Prompt,
}

/// Why the keychain did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// It is locked, and was not unlocked.
    #[error("the keychain is locked")]
    Locked,
    /// There is none, or it cannot be reached.
    #[error("there is no keychain on this computer")]
    NoProvider,
    /// It did not answer in time; perhaps a prompt is waiting for an answer.
    #[error("the keychain did not answer in time")]
    Timeout,
    /// More than one item matches; which one is ours cannot be told.
    #[error("the keychain holds more than one matching item")]
    Ambiguous,
    /// Anything else, as a stable word.
    #[error("the keychain failed ({0})")]
    Other(&'static str),
}

impl KeychainError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked => "keychain_locked",
            Self::NoProvider => "no_keychain",
            Self::Timeout => "keychain_timeout",
            Self::Ambiguous => "keychain_ambiguous",
            Self::Other(_) => "keychain_failed",
        }
    }
}

/// A store of small secrets by name. Calls block.
///
/// Items are text: some keychains (KDE Wallet) hold nothing but UTF-8. Names must say nothing
/// about content, since keychain programs show them.
pub trait Keychain: Send + Sync {
    /// Which kind of keychain this is; recorded beside the archive, so it must never change.
    fn backend(&self) -> &str;

    /// The secret of an item, `None` when there is no such item.
    ///
    /// A first run, a deleted keychain and a damaged one all look like `None`: what it means is
    /// for the caller to decide.
    ///
    /// # Errors
    /// When the keychain cannot be asked.
    fn get(&self, item: &str, patience: Patience) -> Result<Option<Secret<String>>, KeychainError>;

    /// Creates or replaces an item. May prompt.
    ///
    /// # Errors
    /// When it was not stored.
    fn set(&self, item: &str, secret: &Secret<String>) -> Result<(), KeychainError>;

    /// Removes an item; one that does not exist is already removed. May prompt.
    ///
    /// # Errors
    /// When it may still be there.
    fn delete(&self, item: &str) -> Result<(), KeychainError>;
}
