//! Keys of the verified copies that are set aside before a migration. Destroying the key is what
//! destroys the copy.

use fluxchat_model::ArchiveKey;

use super::sealed::SecretText;
use super::{Session, Vault, key_text, lock, parse_key};
use crate::sidecar::SEALED;
use crate::{KeychainError, Patience, VaultError, seal};

const MAX_NAME_BYTES: usize = 64;

impl Vault {
    /// A new random key for a copy of the archive.
    ///
    /// # Errors
    /// [`VaultError::Exists`] when the name is taken, [`VaultError::InvalidName`],
    /// [`VaultError::Locked`], the keychain's reason when it refuses.
    pub fn create_copy_key(&self, name: &str) -> Result<ArchiveKey, VaultError> {
        if self.copy_key(name)?.is_some() {
            return Err(VaultError::Exists);
        }
        let key = seal::random_key()?;
        match self.session() {
            Session::Locked => return Err(VaultError::Locked),
            Session::Keychain { key_id } => {
                self.set_item(&copy_item(&key_id, name), &key_text(&key))?;
            }
            Session::Passphrase { sealing } => self.change_sealed(&sealing, |sealed| {
                sealed
                    .copies
                    .insert(name.to_owned(), SecretText(key_text(&key)));
                Ok(())
            })?,
            Session::Memory(_) => {
                if let Session::Memory(memory) = &mut *lock(&self.session) {
                    memory.copies.insert(name.to_owned(), key.clone());
                }
            }
        }
        Ok(key)
    }

    /// The key of a copy, `None` when it was destroyed or never existed.
    ///
    /// # Errors
    /// [`VaultError::InvalidName`], [`VaultError::Locked`], the keychain's reason when it cannot
    /// be read.
    pub fn copy_key(&self, name: &str) -> Result<Option<ArchiveKey>, VaultError> {
        check_name(name)?;
        match self.session() {
            Session::Locked => Err(VaultError::Locked),
            Session::Keychain { key_id } => self
                .keychain
                .get(&copy_item(&key_id, name), Patience::Prompt)?
                .map(|text| parse_key(&text).ok_or(KeychainError::Other("bad_data").into()))
                .transpose(),
            Session::Passphrase { sealing } => self
                .read_sealed(&sealing)?
                .copies
                .get(name)
                .map(|text| parse_key(&text.0).ok_or(VaultError::Damaged(SEALED)))
                .transpose(),
            Session::Memory(memory) => Ok(memory.copies.get(name).cloned()),
        }
    }

    /// Destroys the key of a copy; one that does not exist is already destroyed.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn destroy_copy_key(&self, name: &str) -> Result<(), VaultError> {
        check_name(name)?;
        match self.session() {
            Session::Locked => Err(VaultError::Locked),
            Session::Keychain { key_id } => {
                self.delete_items(|item| item == copy_item(&key_id, name))
            }
            Session::Passphrase { sealing } => self.change_sealed(&sealing, |sealed| {
                sealed.copies.remove(name);
                Ok(())
            }),
            Session::Memory(_) => {
                if let Session::Memory(memory) = &mut *lock(&self.session) {
                    memory.copies.remove(name);
                }
                Ok(())
            }
        }
    }
}

fn copy_item(key_id: &str, name: &str) -> String {
    format!("copy-{key_id}-{name}")
}

fn check_name(name: &str) -> Result<(), VaultError> {
    let valid = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if valid {
        Ok(())
    } else {
        Err(VaultError::InvalidName)
    }
}
