use crate::KeychainError;

/// What went wrong with a key. Texts and codes carry no secret and no path.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The profile folder could not be read or written.
    #[error("the profile folder could not be used ({})", .0.kind())]
    Io(#[from] std::io::Error),
    /// The keychain refused.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// A key may only be created where there is neither an archive nor a trace of one.
    #[error("there is already an archive or the record of a key here; nothing was changed")]
    NotFirstRun,
    /// The passphrase does not open the key.
    #[error("the passphrase is not the right one")]
    WrongPassphrase,
    /// A passphrase needs at least one character.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// Too many wrong ones: nothing is checked until the wait is over.
    #[error("there were too many attempts")]
    TooManyAttempts {
        /// How long to wait, in milliseconds.
        wait_ms: u64,
    },
    /// No recovery code was made for this archive.
    #[error("this archive has no recovery code")]
    NoRecovery,
    /// No passphrase was set up for this archive.
    #[error("this archive has no passphrase")]
    NoPassphrase,
    /// The key that was found belongs to another archive.
    #[error("the key belongs to another archive")]
    WrongKey,
    /// A file beside the archive cannot be read as what it should be.
    #[error("the file {0} beside the archive is damaged")]
    Damaged(&'static str),
    /// The archive key is not in memory: not yet unlocked, or locked again.
    #[error("the vault is locked")]
    Locked,
    /// A key of that name exists.
    #[error("a key of that name already exists")]
    Exists,
    /// The name contains something else than letters, digits, `-` and `_`, or is too long.
    #[error("the name may hold up to 64 letters, digits, - and _")]
    InvalidName,
    /// The system gave no random bytes.
    #[error("the system gave no random numbers")]
    NoRandomness,
    /// The cipher refused; never seen.
    #[error("the secret could not be encrypted")]
    Encryption,
    /// The passphrase could not be stretched: too little memory.
    #[error("there is not enough memory to check the passphrase")]
    KeyDerivation,
}

impl VaultError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "profile_io",
            Self::Keychain(error) => error.code(),
            Self::NotFirstRun => "not_first_run",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::EmptyPassphrase => "empty_passphrase",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::NoRecovery => "no_recovery",
            Self::NoPassphrase => "no_passphrase",
            Self::WrongKey => "wrong_key",
            Self::Damaged(_) => "sidecar_damaged",
            Self::Locked => "vault_locked",
            Self::Exists => "key_exists",
            Self::InvalidName => "invalid_key_name",
            Self::NoRandomness => "no_randomness",
            Self::Encryption => "encryption",
            Self::KeyDerivation => "key_derivation",
        }
    }
}

impl From<getrandom::Error> for VaultError {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomness
    }
}
