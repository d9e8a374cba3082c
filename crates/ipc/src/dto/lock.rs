//! The app lock.

dto! {
    /// How the archive is opened, and when the app locks by itself.
    answer LockReport {
        /// Whether it needs a passphrase; without one the app cannot be locked.
        pub passphrase: bool,
        /// Whether there is a recovery code.
        pub recovery: bool,
        /// Whether the credentials of sources are in the system's keychain.
        pub keychain: bool,
        /// Whether the keychain may still hold a key from before the passphrase.
        pub key_left_in_keychain: bool,
        /// How long to wait before the next attempt, in milliseconds.
        pub wait_ms: u32,
        /// When it locks by itself; `None` while it is locked.
        pub settings: Option<LockChoice>,
        /// Whether this computer tells the app before it sleeps.
        pub hears_sleep: bool,
        /// Whether this computer tells the app when its screen is locked.
        pub hears_screen: bool,
    }
}

/// When the app locks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct LockChoice {
    /// After so many minutes without a key or a click: 1, 5, 15, 60, or `None` for never.
    pub idle_minutes: Option<u32>,
    /// Before the computer sleeps.
    pub on_sleep: bool,
    /// With the screen.
    pub on_screen_lock: bool,
}

dto! {
    /// Replaces when the app locks by itself.
    request LockSettingsReq {
        /// All of it.
        pub settings: LockChoice,
    }
}

dto! {
    /// Puts the archive under its first passphrase.
    request PassphraseSetReq {
        /// At least 8 characters.
        pub passphrase: String,
        /// Whether the credentials of sources stay in the system's keychain.
        pub keep_keychain: bool,
    }
}

dto! {
    /// Changes the passphrase.
    request PassphraseChangeReq {
        /// The one there is.
        pub current: String,
        /// At least 8 characters.
        pub passphrase: String,
    }
}

dto! {
    /// Takes the passphrase away.
    request PassphraseRemoveReq {
        /// The one there is.
        pub current: String,
    }
}

dto! {
    /// Makes a recovery code.
    request RecoveryCreateReq {
        /// The passphrase, where there is one.
        pub current: Option<String>,
    }
}

dto! {
    /// A recovery code; told this once.
    answer RecoveryCode {
        /// Eight groups of four.
        pub code: String,
    }
}

dto! {
    /// Opens with the recovery code.
    request SessionRecoverReq {
        /// As typed.
        pub code: String,
        /// The passphrase to set; needed where there was one.
        pub passphrase: Option<String>,
    }
}
