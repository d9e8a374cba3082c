//! Keys of the verified copies that are set aside before a migration. Destroying the key is what
//! destroys the copy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fluxchat_model::{ArchiveKey, Secret};

use super::sealed::SecretText;
use super::{Session, Vault, key_text, lock, parse_key};
use crate::seal::SealKey;
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
            Session::Keychain { key_id, sealing } => {
                let item = copy_item(&key_id, name);
                self.set_item(&item, &wrap_copy(&sealing, &item, &key)?)?;
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
            Session::Keychain { key_id, sealing } => {
                let item = copy_item(&key_id, name);
                self.keychain
                    .get(&item, Patience::Prompt)?
                    .map(|text| unwrap_copy(&sealing, &item, &text))
                    .transpose()
            }
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
            Session::Keychain { key_id, .. } => {
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

/// A key as it lies in the keychain: under what the root opens. The keychain alone does not open it,
/// so with the root under a passphrase nothing in the keychain opens the archive.
pub(super) fn wrap_copy(
    sealing: &SealKey,
    item: &str,
    key: &ArchiveKey,
) -> Result<Secret<String>, VaultError> {
    let sealed = seal::seal(sealing, item.as_bytes(), key.expose())?;
    Ok(Secret::new(BASE64.encode(sealed)))
}

/// Reads [`wrap_copy`].
pub(super) fn unwrap_copy(
    sealing: &SealKey,
    item: &str,
    text: &Secret<String>,
) -> Result<ArchiveKey, VaultError> {
    let bad = || VaultError::from(KeychainError::Other("bad_data"));
    let sealed = BASE64.decode(text.expose()).map_err(|_| bad())?;
    let plain = seal::open(sealing, item.as_bytes(), &sealed).ok_or_else(bad)?;
    let bytes: [u8; 32] = plain.expose().as_slice().try_into().map_err(|_| bad())?;
    Ok(ArchiveKey::new(bytes))
}

pub(super) fn copy_item(key_id: &str, name: &str) -> String {
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
