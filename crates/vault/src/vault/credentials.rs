//! Credentials of sources. Each belongs to one origin and is handed out for no other.

use fluxchat_model::{Origin, Secret, SourceId};
use serde::{Deserialize, Serialize};

use super::sealed::SecretText;
use super::{Session, Vault, lock};
use crate::sidecar::{self, Found, KEY_ITEMS, KeyItems};
use crate::{KeychainError, Patience, VaultError};

/// A credential and where it may go.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    origin: Origin,
    secret: SecretText,
}

impl Stored {
    fn for_origin(self, origin: &Origin) -> Option<Secret<String>> {
        (self.origin == *origin).then_some(self.secret.0)
    }
}

impl Vault {
    /// Stores the credential of a source for one origin, replacing what it had.
    ///
    /// # Errors
    /// [`VaultError::Locked`] before unlocking; the keychain's reason when it refuses.
    pub fn credential_set(
        &self,
        source: SourceId,
        origin: &Origin,
        secret: &Secret<String>,
    ) -> Result<(), VaultError> {
        let stored = Stored {
            origin: origin.clone(),
            secret: SecretText(secret.clone()),
        };
        match self.session() {
            Session::Locked => Err(VaultError::Locked),
            Session::Keychain { key_id, .. } => {
                let text = serde_json::to_string(&stored)
                    .map(Secret::new)
                    .map_err(|_| VaultError::Encryption)?;
                self.set_item(&credential_item(&key_id, source), &text)
            }
            Session::Passphrase { sealing } => self.change_sealed(&sealing, |sealed| {
                sealed.credentials.insert(source.to_string(), stored);
                Ok(())
            }),
            Session::Memory(_) => {
                if let Session::Memory(memory) = &mut *lock(&self.session) {
                    memory.credentials.insert(source.to_string(), stored);
                }
                Ok(())
            }
        }
    }

    /// The credential of a source, if it has one for exactly this origin.
    ///
    /// # Errors
    /// [`VaultError::Locked`] before unlocking; the keychain's reason when it cannot be read.
    pub fn credential(
        &self,
        source: SourceId,
        origin: &Origin,
    ) -> Result<Option<Secret<String>>, VaultError> {
        let stored = match self.session() {
            Session::Locked => return Err(VaultError::Locked),
            Session::Keychain { key_id, .. } => {
                let item = credential_item(&key_id, source);
                match self.keychain.get(&item, Patience::Prompt)? {
                    None => None,
                    Some(text) => Some(
                        serde_json::from_str(text.expose())
                            .map_err(|_| KeychainError::Other("bad_data"))?,
                    ),
                }
            }
            Session::Passphrase { sealing } => self
                .read_sealed(&sealing)?
                .credentials
                .remove(&source.to_string()),
            Session::Memory(memory) => memory.credentials.get(&source.to_string()).cloned(),
        };
        Ok(stored.and_then(|stored| stored.for_origin(origin)))
    }

    /// Removes the credential of a source; one that does not exist is already removed.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn credential_delete(&self, source: SourceId) -> Result<(), VaultError> {
        match self.session() {
            Session::Locked => Err(VaultError::Locked),
            Session::Keychain { key_id, .. } => {
                self.delete_items(|item| item == credential_item(&key_id, source))
            }
            Session::Passphrase { sealing } => self.change_sealed(&sealing, |sealed| {
                sealed.credentials.remove(&source.to_string());
                Ok(())
            }),
            Session::Memory(_) => {
                if let Session::Memory(memory) = &mut *lock(&self.session) {
                    memory.credentials.remove(&source.to_string());
                }
                Ok(())
            }
        }
    }

    /// Removes the credentials of all but these.
    ///
    /// # Errors
    /// When some may still be there.
    pub fn credentials_keep(&self, these: &[SourceId]) -> Result<(), VaultError> {
        match self.session() {
            Session::Locked => Err(VaultError::Locked),
            Session::Keychain { key_id, .. } => {
                let prefix = credential_prefix(&key_id);
                let these: Vec<String> = these
                    .iter()
                    .map(|source| credential_item(&key_id, *source))
                    .collect();
                self.delete_items(|item| {
                    item.starts_with(&prefix) && these.iter().all(|kept| kept != item)
                })
            }
            Session::Passphrase { sealing } => self.change_sealed(&sealing, |sealed| {
                sealed
                    .credentials
                    .retain(|owner, _| these.iter().any(|kept| kept.to_string() == *owner));
                Ok(())
            }),
            Session::Memory(_) => {
                if let Session::Memory(memory) = &mut *lock(&self.session) {
                    memory
                        .credentials
                        .retain(|owner, _| these.iter().any(|kept| kept.to_string() == *owner));
                }
                Ok(())
            }
        }
    }

    /// Stores a keychain item whose name is on record.
    pub(super) fn set_item(&self, item: &str, text: &Secret<String>) -> Result<(), VaultError> {
        let _writing = lock(&self.writing);
        let mut known = self.known_items()?;
        if known.items.insert(item.to_owned()) {
            sidecar::write(self.dir()?, KEY_ITEMS, &known)?;
        }
        self.keychain.set(item, text)?;
        Ok(())
    }

    /// Deletes the recorded keychain items that `chosen` names.
    pub(super) fn delete_items(&self, chosen: impl Fn(&str) -> bool) -> Result<(), VaultError> {
        let _writing = lock(&self.writing);
        let mut known = self.known_items()?;
        let (gone, kept) = std::mem::take(&mut known.items)
            .into_iter()
            .partition::<std::collections::BTreeSet<_>, _>(|item| chosen(item));
        if gone.is_empty() {
            return Ok(());
        }
        for item in &gone {
            self.keychain.delete(item)?;
        }
        known.items = kept;
        sidecar::write(self.dir()?, KEY_ITEMS, &known)
    }

    fn known_items(&self) -> Result<KeyItems, VaultError> {
        match sidecar::read(self.dir()?, KEY_ITEMS)? {
            Found::Present(items) => Ok(items),
            Found::Missing => Ok(KeyItems {
                v: super::SIDECAR_VERSION,
                ..KeyItems::default()
            }),
            Found::Damaged => Err(VaultError::Damaged(KEY_ITEMS)),
        }
    }
}

fn credential_prefix(key_id: &str) -> String {
    format!("source-{key_id}-")
}

fn credential_item(key_id: &str, source: SourceId) -> String {
    format!("{}{source}", credential_prefix(key_id))
}
