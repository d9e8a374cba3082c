//! The files beside the archive that say where its key is. None of them holds a secret.

use std::collections::BTreeSet;
use std::path::Path;

use fluxchat_model::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::VaultError;
use crate::file::{read_if_there, write_atomically};
use crate::passphrase::PassphraseSlot;

pub(crate) const KEY_INFO: &str = "keyinfo.json";
pub(crate) const KEY_SLOTS: &str = "keyslots.json";
pub(crate) const KEY_ITEMS: &str = "keyitems.json";
/// Where the first versions counted attempts.
pub(crate) const ATTEMPTS: &str = "attempts.json";
pub(crate) const SEALED: &str = "credentials.sealed";

/// Which key the archive has; tells a wrong key from a damaged archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyInfo {
    pub v: u32,
    /// See [`crate::key_id`].
    pub key_id: String,
    /// The kind of keychain, or `passphrase`.
    pub backend: String,
    /// Counts the keys this archive has had.
    pub epoch: u32,
    /// The first of them that is not the root; 0 where the root is the key of the pages.
    #[serde(default)]
    pub own_since: u32,
    pub created_at: Timestamp,
}

/// One way to the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "slot", rename_all = "snake_case")]
pub(crate) enum Slot {
    /// In the keychain, under this name.
    Keyring { item: String },
    /// Under a passphrase.
    Passphrase(PassphraseSlot),
    /// Under the recovery code.
    Recovery(PassphraseSlot),
    /// Written by a newer version.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeySlots {
    pub v: u32,
    pub slots: Vec<Slot>,
    /// An item of the keychain that is no way to the key any more, or not yet: it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftover: Option<String>,
    /// How often they were tried; see [`crate::attempts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<serde_json::Value>,
}

impl KeySlots {
    pub fn keyring_item(&self) -> Option<&str> {
        self.slots.iter().find_map(|slot| match slot {
            Slot::Keyring { item } => Some(item.as_str()),
            _ => None,
        })
    }

    pub fn recovery(&self) -> Option<&PassphraseSlot> {
        self.slots.iter().find_map(|slot| match slot {
            Slot::Recovery(slot) => Some(slot),
            _ => None,
        })
    }

    pub fn passphrase(&self) -> Option<&PassphraseSlot> {
        self.slots.iter().find_map(|slot| match slot {
            Slot::Passphrase(slot) => Some(slot),
            _ => None,
        })
    }
}

/// The names of the other keychain items of this profile. Keychains cannot be asked for them, so
/// a name is written here before its item exists and removed after it is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyItems {
    pub v: u32,
    pub items: BTreeSet<String>,
}

/// What was found where a sidecar should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    Missing,
    Damaged,
    Present(T),
}

impl<T> Found<T> {
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            _ => None,
        }
    }
}

pub(crate) fn read<T: DeserializeOwned>(dir: &Path, name: &str) -> Result<Found<T>, VaultError> {
    let Some(bytes) = read_if_there(&dir.join(name))? else {
        return Ok(Found::Missing);
    };
    Ok(match serde_json::from_slice(&bytes) {
        Ok(value) => Found::Present(value),
        Err(_) => Found::Damaged,
    })
}

pub(crate) fn write<T: Serialize>(
    dir: &Path,
    name: &'static str,
    value: &T,
) -> Result<(), VaultError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|_| VaultError::Damaged(name))?;
    bytes.push(b'\n');
    write_atomically(dir, name, &bytes)?;
    Ok(())
}
