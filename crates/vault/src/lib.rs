//! Law 2, one vault: where keys live and how files are encrypted.
//!
//! * [`Vault`] decides what stands between a person and the archive ([`Probe`]) and keeps the
//!   archive key in the OS keychain or under a passphrase; never in a file, never in two minds.
//! * [`Keychain`] is the OS keychain behind a trait; [`OsKeychain`] is the real one.
//! * [`asset`] holds media: one random key per file, read in ranges without a plaintext copy.
//!
//! Every call here blocks: on the disk, on the keychain (which may show a prompt), on the
//! passphrase derivation. Call from a thread that may wait, never from an async task or the
//! window's thread.

pub mod asset;
mod attempts;
mod error;
mod file;
mod keychain;
mod passphrase;
mod recovery;
mod seal;
mod sidecar;
mod vault;
mod verifier;

pub use attempts::{BootTicks, Tick, Ticks};
pub use error::VaultError;
#[cfg(feature = "test-util")]
pub use keychain::MemoryKeychain;
pub use keychain::{Keychain, KeychainError, OsKeychain, Patience, Timeouts};
pub use passphrase::KdfCost;
pub use vault::{ARCHIVE_FILE, BACKEND_PASSPHRASE, LockStatus, Probe, Recovered, Vault, key_id};
pub use verifier::Verifier;
