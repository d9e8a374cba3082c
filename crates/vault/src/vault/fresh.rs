//! Beginning again, and forgetting for good.

use std::collections::BTreeSet;
use std::path::Path;

use fluxchat_model::Timestamp;

use super::{ARCHIVE_FILE, Session, Vault, key_item, lock};
use crate::VaultError;
use crate::file::{remove_if_there, sync_dir, wipe};
use crate::sidecar::{
    self, ATTEMPTS, KEY_INFO, KEY_ITEMS, KEY_SLOTS, KeyInfo, KeyItems, KeySlots, SEALED,
};

impl Vault {
    /// Sets the old archive and everything beside it aside, so that the state becomes
    /// [`FirstRun`](crate::Probe::FirstRun). `archive.db` becomes `archive.lost-<ms>.db`, and so
    /// on; keychain items stay. Nothing is deleted: whoever finds the key again has the archive
    /// again. After an error it can simply be called again.
    ///
    /// # Errors
    /// When a file cannot be renamed.
    pub fn start_fresh(&self, now: Timestamp) -> Result<(), VaultError> {
        let _writing = lock(&self.writing);
        let dir = self.dir()?;
        let names = [
            (ARCHIVE_FILE, "-wal"),
            (ARCHIVE_FILE, "-shm"),
            (ARCHIVE_FILE, ""),
            (SEALED, ""),
            (KEY_ITEMS, ""),
            (ATTEMPTS, ""),
            (KEY_INFO, ""),
            (KEY_SLOTS, ""),
        ];
        // The same number for all of them, and one at which no older file stands in the way.
        let taken = |stamp: i64| {
            names
                .iter()
                .any(|(name, suffix)| dir.join(lost_name(name, stamp, suffix)).exists())
        };
        let stamp = match interrupted(dir)? {
            Some(begun) => begun,
            None => (now.0..).find(|stamp| !taken(*stamp)).unwrap_or(now.0),
        };
        for (name, suffix) in names {
            let from = dir.join(format!("{name}{suffix}"));
            match std::fs::rename(from, dir.join(lost_name(name, stamp, suffix))) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error.into());
                }
                _ => {}
            }
        }
        sync_dir(dir)?;
        self.lock();
        Ok(())
    }

    /// Destroys every key and credential of this profile, those that [`start_fresh`] set aside
    /// included: first in the keychain, then the files beside the archive. The archive files
    /// themselves are the caller's. After an error it can simply be called again.
    ///
    /// [`start_fresh`]: Self::start_fresh
    ///
    /// # Errors
    /// When something may still be there.
    pub fn forget_everything(&self) -> Result<(), VaultError> {
        let _writing = lock(&self.writing);
        let Some(dir) = self.dir.as_deref() else {
            *lock(&self.session) = Session::Locked;
            return Ok(());
        };
        let files = sidecar_files(dir)?;
        let (keys, others) = recorded_items(dir, &files)?;
        for item in keys.iter().chain(&others) {
            self.keychain.delete(item)?;
        }
        self.lock();
        // The files that name keychain items go last, and only after the items are gone.
        for name in &files {
            wipe(&dir.join(name))?;
            remove_if_there(&dir.join(format!(".{name}.new")))?;
        }
        if !files.is_empty() {
            sync_dir(dir)?;
        }
        Ok(())
    }
}

/// The number of an attempt that got no further than the write-ahead log, which is worthless
/// without its archive and the other way round.
fn interrupted(dir: &Path) -> Result<Option<i64>, VaultError> {
    if !dir.join(ARCHIVE_FILE).exists() {
        return Ok(None);
    }
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stamp = name
            .strip_prefix("archive.lost-")
            .and_then(|rest| rest.strip_suffix(".db-wal"))
            .and_then(|stamp| stamp.parse().ok());
        if let Some(stamp) = stamp
            && !dir.join(lost_name(ARCHIVE_FILE, stamp, "")).exists()
        {
            return Ok(Some(stamp));
        }
    }
    Ok(None)
}

/// `archive.lost-<ms>.db`; SQLite wants `-wal` and `-shm` at the very end.
fn lost_name(name: &str, stamp: i64, suffix: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}.lost-{stamp}.{extension}{suffix}")
}

/// All sidecars, lost ones included, in the order in which they may go.
fn sidecar_files(dir: &Path) -> Result<Vec<String>, VaultError> {
    let order = [SEALED, ATTEMPTS, KEY_SLOTS, KEY_INFO, KEY_ITEMS];
    let mut found = vec![Vec::new(); order.len()];
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        for (place, sidecar) in order.iter().enumerate() {
            let (stem, extension) = sidecar.rsplit_once('.').unwrap_or((sidecar, ""));
            let is_lost = name
                .strip_prefix(stem)
                .and_then(|rest| rest.strip_prefix(".lost-"))
                .and_then(|rest| rest.strip_suffix(extension))
                .is_some();
            if name == *sidecar || is_lost {
                found[place].push(name.clone());
            }
        }
    }
    Ok(found.concat())
}

/// The keychain items that sidecars name: archive keys, and everything else.
fn recorded_items(
    dir: &Path,
    files: &[String],
) -> Result<(BTreeSet<String>, BTreeSet<String>), VaultError> {
    let mut keys = BTreeSet::new();
    let mut others = BTreeSet::new();
    for name in files {
        if name.starts_with("keyinfo") {
            if let Some(info) = sidecar::read::<KeyInfo>(dir, name)?.present()
                && info.backend != super::BACKEND_PASSPHRASE
            {
                keys.insert(key_item(&info.key_id));
            }
        } else if name.starts_with("keyslots") {
            let slots = sidecar::read::<KeySlots>(dir, name)?.present();
            keys.extend(slots.and_then(|slots| slots.keyring_item().map(str::to_owned)));
        } else if name.starts_with("keyitems")
            && let Some(items) = sidecar::read::<KeyItems>(dir, name)?.present()
        {
            others.extend(items.items);
        }
    }
    Ok((keys, others))
}
