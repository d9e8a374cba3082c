use serde::{Deserialize, Serialize};

/// What stands between the person and the archive. Only `FirstRun` may create a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// No archive, no sidecar: everything is new.
    FirstRun,
    /// The archive is open.
    Ready,
    /// The keychain is locked or the archive wants its passphrase.
    Locked,
    /// There is no keychain.
    NoProvider,
    /// The key was stored in another kind of keychain.
    BackendChanged,
    /// The archive exists, its key does not.
    KeyLost,
    /// There is a key, but of another archive.
    WrongKey,
    /// The key is right, the file is not.
    Corrupt,
    /// The archive was written by a newer version.
    TooNew,
    /// Another process has this profile.
    InUse,
    /// The folder cannot be written (read-only, full, or not ours).
    Unwritable,
}

/// Where the archive lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StorageMode {
    /// On disk, its key in the OS keychain.
    Keychain,
    /// On disk, its key under a passphrase.
    Passphrase,
    /// In memory only; gone at quit.
    Memory,
}
