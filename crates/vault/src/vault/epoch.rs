//! The key of the pages. What a keychain or a passphrase opens is the root: it opens the other
//! secrets, among them the key of the pages, which can so be changed without asking anybody.
//!
//! Two names exist while it is changed: the key in force and the next one. Which of them the
//! archive is under, opening it tells; [`Vault::adopt_next_key`] and [`Vault::drop_next_key`] make
//! it one again.

use fluxchat_model::ArchiveKey;

use super::Vault;
use crate::VaultError;
use crate::sidecar::{self, KEY_INFO, KeyInfo};

fn name(epoch: u32) -> String {
    format!("epoch-{epoch}")
}

impl Vault {
    /// Counts the keys this archive has had; 1 for the first.
    ///
    /// # Errors
    /// When the record beside the archive cannot be read.
    pub fn key_epoch(&self) -> Result<u32, VaultError> {
        Ok(self.key_info()?.map_or(1, |info| info.epoch))
    }

    /// Whether the key before the one in force is gone. It is not where it was the root itself, as
    /// in archives of the first versions.
    ///
    /// # Errors
    /// When the record beside the archive cannot be read.
    pub fn last_key_is_destroyed(&self) -> Result<bool, VaultError> {
        Ok(self
            .key_info()?
            .is_some_and(|info| info.own_since > 0 && info.epoch > info.own_since))
    }

    /// Gives the pages of a new archive a key of their own.
    ///
    /// # Errors
    /// When it cannot be kept; the root is in force then.
    pub fn separate_key(&self, root: ArchiveKey) -> Result<ArchiveKey, VaultError> {
        let Some(info) = self.key_info()?.filter(|info| info.own_since == 0) else {
            return self.archive_key(root);
        };
        let key = match self.copy_key(&name(info.epoch))? {
            Some(key) => key,
            None => self.create_copy_key(&name(info.epoch))?,
        };
        self.set_key_info(&KeyInfo {
            own_since: info.epoch,
            ..info
        })?;
        Ok(key)
    }

    /// The key of the pages, from the root.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when it is not where it has to be.
    pub fn archive_key(&self, root: ArchiveKey) -> Result<ArchiveKey, VaultError> {
        match self.key_info()? {
            Some(info) if info.own_since > 0 => self
                .copy_key(&name(info.epoch))?
                .ok_or(VaultError::Damaged("key")),
            _ => Ok(root),
        }
    }

    /// The key that a change was about to bring, where one was cut short.
    ///
    /// # Errors
    /// When it cannot be looked for.
    pub fn next_key(&self) -> Result<Option<ArchiveKey>, VaultError> {
        match self.key_info()? {
            Some(info) => self.copy_key(&name(info.epoch + 1)),
            None => Ok(None),
        }
    }

    /// Makes and keeps the next key, before anything is encrypted with it.
    ///
    /// # Errors
    /// [`VaultError::Exists`] when a change was cut short and not settled.
    pub fn prepare_next_key(&self) -> Result<ArchiveKey, VaultError> {
        self.create_copy_key(&name(self.key_epoch()? + 1))
    }

    /// The next key is in force; the one before is destroyed.
    ///
    /// # Errors
    /// When the record cannot be written, or the old key may still be there: calling again helps.
    pub fn adopt_next_key(&self) -> Result<(), VaultError> {
        let info = self.key_info()?.ok_or(VaultError::Damaged(KEY_INFO))?;
        let epoch = info.epoch + 1;
        let own_since = if info.own_since == 0 {
            epoch
        } else {
            info.own_since
        };
        self.set_key_info(&KeyInfo {
            epoch,
            own_since,
            ..info
        })?;
        self.destroy_last_key()
    }

    /// The next key never came into force.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn drop_next_key(&self) -> Result<(), VaultError> {
        self.destroy_copy_key(&name(self.key_epoch()? + 1))
    }

    /// Destroys what a crash may have left of the key before.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn destroy_last_key(&self) -> Result<(), VaultError> {
        let epoch = self.key_epoch()?;
        if epoch < 2 || self.copy_key(&name(epoch - 1))?.is_none() {
            return Ok(());
        }
        self.destroy_copy_key(&name(epoch - 1))
    }

    fn key_info(&self) -> Result<Option<KeyInfo>, VaultError> {
        match self.dir.as_deref() {
            Some(dir) => Ok(sidecar::read::<KeyInfo>(dir, KEY_INFO)?.present()),
            None => Ok(None),
        }
    }

    fn set_key_info(&self, info: &KeyInfo) -> Result<(), VaultError> {
        let _writing = super::lock(&self.writing);
        sidecar::write(self.dir()?, KEY_INFO, info)
    }
}
