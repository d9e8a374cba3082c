//! Secrets of a profile that is under a passphrase: one file, sealed with a derived key.

use std::collections::BTreeMap;

use fluxchat_model::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::credentials::Stored;
use super::{Vault, lock};
use crate::VaultError;
use crate::file::{read_if_there, write_atomically};
use crate::seal::{self, SealKey};
use crate::sidecar::SEALED;

const MAGIC: &[u8] = b"FLUXSEAL\x01";

/// What is in the file. The texts of copy keys are hex.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Sealed {
    #[serde(default)]
    pub credentials: BTreeMap<String, Stored>,
    #[serde(default)]
    pub copies: BTreeMap<String, SecretText>,
}

/// A text that is overwritten when dropped and can be written into the sealed file.
#[derive(Clone)]
pub(super) struct SecretText(pub Secret<String>);

impl Serialize for SecretText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl Vault {
    pub(super) fn read_sealed(&self, key: &SealKey) -> Result<Sealed, VaultError> {
        let Some(bytes) = read_if_there(&self.dir()?.join(SEALED))? else {
            return Ok(Sealed::default());
        };
        let damaged = || VaultError::Damaged(SEALED);
        let body = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let plain = seal::open(key, MAGIC, body).ok_or_else(damaged)?;
        serde_json::from_slice(plain.expose()).map_err(|_| damaged())
    }

    /// Reads, changes and writes the file as one step.
    pub(super) fn change_sealed<T>(
        &self,
        key: &SealKey,
        change: impl FnOnce(&mut Sealed) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let _writing = lock(&self.writing);
        let mut sealed = self.read_sealed(key)?;
        let result = change(&mut sealed)?;
        let plain = serde_json::to_vec(&sealed)
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Damaged(SEALED))?;
        let mut out = MAGIC.to_vec();
        out.extend(seal::seal(key, MAGIC, &plain)?);
        write_atomically(self.dir()?, SEALED, &out)?;
        Ok(result)
    }
}
