//! The ways to the key, and how one takes the place of another.
//!
//! Each change is one atomic replacement of `keyslots.json` with steps before and after it that
//! can be repeated: whenever it is cut off, either the old or the new way opens the archive. What
//! a cut-off change left behind is swept away at the next unlocking.

use fluxchat_model::{ArchiveKey, Secret, StorageMode};
use zeroize::Zeroizing;

use super::copies::{copy_item, unwrap_copy, wrap_copy};
use super::sealed::SecretText;
use super::{BACKEND_PASSPHRASE, SEAL_CONTEXT, Vault, key_item, key_text, parse_key};
use crate::file::{remove_if_there, wipe};
use crate::passphrase::{PassphraseSlot, Use};
use crate::sidecar::{
    self, Found, KEY_INFO, KEY_ITEMS, KEY_SLOTS, KeyInfo, KeySlots, SEALED, Slot,
};
use crate::{KeychainError, Patience, VaultError, attempts, recovery, seal};

#[cfg(test)]
mod tests;

/// How the archive is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockStatus {
    /// Whether it needs a passphrase.
    pub passphrase: bool,
    /// Whether there is a recovery code.
    pub recovery: bool,
    /// Whether the credentials of sources are in the system's keychain.
    pub keychain: bool,
    /// Whether the keychain may still hold a key from before the passphrase, because it could not
    /// be removed. Tried again at every unlocking.
    pub key_left_in_keychain: bool,
    /// How long to wait before the next attempt, in milliseconds.
    pub wait_ms: u64,
}

/// What a recovery code brought.
#[derive(Debug)]
pub struct Recovered {
    /// The key of the archive.
    pub key: ArchiveKey,
    /// How it is opened from now on.
    pub storage: StorageMode,
    /// The code that takes the place of the one that was used.
    pub code: Secret<String>,
}

impl Vault {
    /// How the archive is opened now.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn lock_status(&self) -> Result<LockStatus, VaultError> {
        let Some(dir) = &self.dir else {
            return Ok(LockStatus::default());
        };
        let Some(slots) = sidecar::read::<KeySlots>(dir, KEY_SLOTS)?.present() else {
            return Ok(LockStatus::default());
        };
        let info = sidecar::read::<KeyInfo>(dir, KEY_INFO)?.present();
        Ok(LockStatus {
            passphrase: slots.passphrase().is_some(),
            recovery: slots.recovery().is_some(),
            keychain: info.is_none_or(|info| info.backend != BACKEND_PASSPHRASE),
            key_left_in_keychain: slots.leftover.is_some(),
            wait_ms: attempts::wait(dir, self.ticks.as_ref())?,
        })
    }

    /// Puts the key under a passphrase and takes it out of the keychain. With `keep_keychain` the
    /// credentials of sources stay there; without, they move under the passphrase, too.
    ///
    /// # Errors
    /// [`VaultError::Exists`] when there is a passphrase already; the keychain's reason when the
    /// key cannot be read.
    pub fn passphrase_set(
        &self,
        new: &Secret<String>,
        keep_keychain: bool,
    ) -> Result<(), VaultError> {
        let mut slots = self.slots()?;
        if slots.passphrase().is_some() {
            return Err(VaultError::Exists);
        }
        let info = self.info()?;
        let key = self.key_in_keychain(&info)?;
        let slot = PassphraseSlot::wrap(&key, new, self.cost, Use::Passphrase)?;
        let item = key_item(&info.key_id);
        if !keep_keychain {
            self.seal_secrets(&info.key_id, &key)?;
        }
        slots.set_passphrase(slot);
        slots.drop_keyring();
        slots.leftover = Some(item);
        self.write_slots(&slots)?;
        if keep_keychain {
            self.enter_keychain_session(info.key_id, &key);
        } else {
            let backend = BACKEND_PASSPHRASE.to_owned();
            sidecar::write(self.dir()?, KEY_INFO, &KeyInfo { backend, ..info })?;
            self.enter_passphrase_session(&key);
        }
        self.sweep();
        Ok(())
    }

    /// Changes the passphrase.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::TooManyAttempts`],
    /// [`VaultError::NoPassphrase`].
    pub fn passphrase_change(
        &self,
        current: &Secret<String>,
        new: &Secret<String>,
    ) -> Result<(), VaultError> {
        let mut slots = self.slots()?;
        let key = self.unwrapped(&slots, current)?;
        slots.set_passphrase(PassphraseSlot::wrap(&key, new, self.cost, Use::Passphrase)?);
        self.write_slots(&slots)
    }

    /// Puts the key back into the keychain, where it needs no passphrase, and the credentials of
    /// sources with it.
    ///
    /// # Errors
    /// As [`Vault::passphrase_change`]; the keychain's reason when it does not take the key.
    pub fn passphrase_remove(&self, current: &Secret<String>) -> Result<(), VaultError> {
        let mut slots = self.slots()?;
        let info = self.info()?;
        let key = self.unwrapped(&slots, current)?;
        let item = key_item(&info.key_id);
        // A change that is cut off leaves the key in a place where it is looked for.
        slots.leftover = Some(item.clone());
        self.write_slots(&slots)?;
        self.put_key(&item, &key)?;
        if info.backend == BACKEND_PASSPHRASE {
            self.unseal_secrets(&info.key_id, &key)?;
            let backend = self.keychain.backend().to_owned();
            let info = KeyInfo {
                backend,
                ..info.clone()
            };
            sidecar::write(self.dir()?, KEY_INFO, &info)?;
        }
        slots.drop_passphrase();
        slots.set_keyring(item);
        slots.leftover = None;
        self.write_slots(&slots)?;
        self.enter_keychain_session(info.key_id, &key);
        self.sweep();
        Ok(())
    }

    /// A new recovery code; one there was is worthless from now on. It is told once, here.
    ///
    /// # Errors
    /// As [`Vault::passphrase_change`], where there is a passphrase.
    pub fn recovery_create(
        &self,
        current: Option<&Secret<String>>,
    ) -> Result<Secret<String>, VaultError> {
        let mut slots = self.slots()?;
        let key = if slots.passphrase().is_some() {
            self.unwrapped(&slots, current.ok_or(VaultError::WrongPassphrase)?)?
        } else {
            self.key_in_keychain(&self.info()?)?
        };
        let code = self.add_recovery(&mut slots, &key)?;
        self.write_slots(&slots)?;
        Ok(code)
    }

    /// Opens with the recovery code, which is replaced in the same step. Where there is a
    /// passphrase it is replaced as well; where the keychain lost the key it gets it back, unless
    /// a passphrase is given to take its place.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`] for a wrong code, [`VaultError::TooManyAttempts`],
    /// [`VaultError::NoRecovery`], [`VaultError::EmptyPassphrase`] when a new passphrase is needed
    /// and missing.
    pub fn recover(
        &self,
        code: &Secret<String>,
        new: Option<&Secret<String>>,
    ) -> Result<Recovered, VaultError> {
        let mut slots = self.slots()?;
        if slots.passphrase().is_some() && new.is_none() {
            return Err(VaultError::EmptyPassphrase);
        }
        let info = self.info()?;
        let recovery = slots.recovery().ok_or(VaultError::NoRecovery)?.clone();
        let key = self.attempt(|| recovery.unwrap(&recovery::canonical(code), Use::Recovery))?;
        self.check_id(&key)?;
        let item = key_item(&info.key_id);
        match new {
            Some(new) => {
                let slot = PassphraseSlot::wrap(&key, new, self.cost, Use::Passphrase)?;
                slots.set_passphrase(slot);
                if slots.drop_keyring() {
                    slots.leftover = Some(item);
                }
            }
            None => self.put_key(&item, &key)?,
        }
        let code = self.add_recovery(&mut slots, &key)?;
        self.write_slots(&slots)?;
        self.enter(&info, &key);
        self.sweep();
        let storage = if new.is_some() {
            StorageMode::Passphrase
        } else {
            StorageMode::Keychain
        };
        Ok(Recovered { key, storage, code })
    }

    /// The session that fits how the profile keeps its secrets.
    pub(super) fn enter(&self, info: &KeyInfo, key: &ArchiveKey) {
        if info.backend == BACKEND_PASSPHRASE {
            self.enter_passphrase_session(key);
        } else {
            self.enter_keychain_session(info.key_id.clone(), key);
        }
    }

    /// Makes an attempt at the passphrase or the code, if one may be made now.
    pub(super) fn attempt<T>(
        &self,
        check: impl FnOnce() -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        attempts::attempt(self.dir()?, self.ticks.as_ref(), check)
    }

    pub(super) fn unwrapped(
        &self,
        slots: &KeySlots,
        passphrase: &Secret<String>,
    ) -> Result<ArchiveKey, VaultError> {
        let slot = slots.passphrase().ok_or(VaultError::NoPassphrase)?;
        let key = self.attempt(|| slot.unwrap(passphrase, Use::Passphrase))?;
        self.check_id(&key)?;
        Ok(key)
    }

    pub(super) fn check_id(&self, key: &ArchiveKey) -> Result<(), VaultError> {
        let info = sidecar::read::<KeyInfo>(self.dir()?, KEY_INFO)?.present();
        if info.is_some_and(|info| info.key_id != crate::key_id(key)) {
            return Err(VaultError::WrongKey);
        }
        Ok(())
    }

    pub(super) fn slots(&self) -> Result<KeySlots, VaultError> {
        let dir = self.dir.as_ref().ok_or(VaultError::NoPassphrase)?;
        match sidecar::read::<KeySlots>(dir, KEY_SLOTS)? {
            Found::Present(slots) => Ok(slots),
            Found::Missing => Err(VaultError::NoPassphrase),
            Found::Damaged => Err(VaultError::Damaged(KEY_SLOTS)),
        }
    }

    /// Takes away what a change that was cut off left behind. Tried again next time.
    pub(super) fn sweep(&self) {
        if let Err(error) = self.try_sweep() {
            tracing::warn!(name: "vault.not_swept", code = error.code());
        }
    }

    fn try_sweep(&self) -> Result<(), VaultError> {
        let dir = self.dir()?;
        let mut slots = self.slots()?;
        if self.info()?.backend == BACKEND_PASSPHRASE {
            if dir.join(KEY_ITEMS).exists() {
                self.delete_items(|_| true)?;
                remove_if_there(&dir.join(KEY_ITEMS))?;
            }
        } else if dir.join(SEALED).exists() {
            wipe(&dir.join(SEALED))?;
        }
        if let Some(item) = slots.leftover.take() {
            self.keychain.delete(&item)?;
            self.write_slots(&slots)?;
        }
        Ok(())
    }

    fn info(&self) -> Result<KeyInfo, VaultError> {
        match sidecar::read::<KeyInfo>(self.dir()?, KEY_INFO)? {
            Found::Present(info) => Ok(info),
            _ => Err(VaultError::Damaged(KEY_INFO)),
        }
    }

    /// Writes the slots. How often they were tried stays as it is by now.
    fn write_slots(&self, slots: &KeySlots) -> Result<(), VaultError> {
        let dir = self.dir()?;
        let _alone = attempts::alone(dir);
        let now = sidecar::read::<KeySlots>(dir, KEY_SLOTS)?.present();
        let slots = KeySlots {
            attempts: now.and_then(|now| now.attempts),
            ..slots.clone()
        };
        sidecar::write(dir, KEY_SLOTS, &slots)
    }

    fn add_recovery(
        &self,
        slots: &mut KeySlots,
        key: &ArchiveKey,
    ) -> Result<Secret<String>, VaultError> {
        let code = recovery::new_code()?;
        let canonical = recovery::canonical(&code);
        slots.set_recovery(PassphraseSlot::wrap(
            key,
            &canonical,
            self.cost,
            Use::Recovery,
        )?);
        Ok(code)
    }

    fn key_in_keychain(&self, info: &KeyInfo) -> Result<ArchiveKey, VaultError> {
        let text = self
            .keychain
            .get(&key_item(&info.key_id), Patience::Prompt)?
            .ok_or(VaultError::Locked)?;
        let key = parse_key(&text).ok_or(VaultError::WrongKey)?;
        self.check_id(&key)?;
        Ok(key)
    }

    /// Some keychains accept and forget, so it is read back.
    fn put_key(&self, item: &str, key: &ArchiveKey) -> Result<(), VaultError> {
        let text = key_text(key);
        self.keychain.set(item, &text)?;
        let back = self.keychain.get(item, Patience::Prompt)?;
        if back.is_none_or(|back| back.expose() != text.expose()) {
            return Err(KeychainError::Other("not_stored").into());
        }
        Ok(())
    }

    /// Copies what the keychain holds for this profile, except its key, into the sealed file.
    fn seal_secrets(&self, key_id: &str, key: &ArchiveKey) -> Result<(), VaultError> {
        let Found::Present(known) = sidecar::read::<sidecar::KeyItems>(self.dir()?, KEY_ITEMS)?
        else {
            return Ok(());
        };
        let sealing = seal::derive(SEAL_CONTEXT, key.expose());
        let (sources, copies) = (format!("source-{key_id}-"), format!("copy-{key_id}-"));
        self.change_sealed(&sealing, |sealed| {
            for item in &known.items {
                let Some(text) = self.keychain.get(item, Patience::Prompt)? else {
                    continue;
                };
                if let Some(source) = item.strip_prefix(&sources) {
                    let stored = serde_json::from_str(text.expose())
                        .map_err(|_| KeychainError::Other("bad_data"))?;
                    sealed.credentials.insert(source.to_owned(), stored);
                } else if let Some(copy) = item.strip_prefix(&copies) {
                    let key = unwrap_copy(&sealing, item, &text)?;
                    sealed
                        .copies
                        .insert(copy.to_owned(), SecretText(key_text(&key)));
                }
            }
            Ok(())
        })
    }

    /// Copies what the sealed file holds into the keychain.
    fn unseal_secrets(&self, key_id: &str, key: &ArchiveKey) -> Result<(), VaultError> {
        let sealing = seal::derive(SEAL_CONTEXT, key.expose());
        let sealed = self.read_sealed(&sealing)?;
        for (source, stored) in &sealed.credentials {
            let text = serde_json::to_string(stored)
                .map(Zeroizing::new)
                .map_err(|_| VaultError::Encryption)?;
            let secret = Secret::new(text.to_string());
            self.set_item(&format!("source-{key_id}-{source}"), &secret)?;
        }
        for (copy, text) in &sealed.copies {
            let item = copy_item(key_id, copy);
            let key = parse_key(&text.0).ok_or(VaultError::Damaged(SEALED))?;
            self.set_item(&item, &wrap_copy(&sealing, &item, &key)?)?;
        }
        Ok(())
    }
}

impl KeySlots {
    fn set_passphrase(&mut self, slot: PassphraseSlot) {
        self.drop_passphrase();
        self.slots.push(Slot::Passphrase(slot));
    }

    fn drop_passphrase(&mut self) {
        self.slots
            .retain(|slot| !matches!(slot, Slot::Passphrase(_)));
    }

    fn set_keyring(&mut self, item: String) {
        self.drop_keyring();
        self.slots.push(Slot::Keyring { item });
    }

    /// Whether there was one.
    fn drop_keyring(&mut self) -> bool {
        let before = self.slots.len();
        self.slots
            .retain(|slot| !matches!(slot, Slot::Keyring { .. }));
        self.slots.len() != before
    }

    fn set_recovery(&mut self, slot: PassphraseSlot) {
        self.slots.retain(|slot| !matches!(slot, Slot::Recovery(_)));
        self.slots.push(Slot::Recovery(slot));
    }
}
