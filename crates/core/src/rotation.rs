//! A new key for the archive: what was deleted before becomes unreadable wherever its pages may
//! still lie, because the key they were encrypted with is destroyed.
//!
//! The next key is kept before the first page is written with it, the old one until the last is.
//! A crash in between is settled at the next start by trying both.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fluxchat_model::{ArchiveKey, ErasureId, Receipt, StorageMode, Timestamp};
use fluxchat_store::{FinishedBy, Store, StoreError};

use crate::app::Open;
use crate::{Access, App, Error, Event, profile};

/// The latest after a deletion.
const DUE: i64 = 30 * Timestamp::DAY;
/// Beside the archive's own size: what everything else may need meanwhile.
const ROOM: u64 = 16 << 20;
const LOOK: Duration = Duration::from_millis(200);

/// The key and its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// Counts the keys this archive has had.
    pub epoch: u32,
    /// When it was changed last.
    pub changed_at: Option<Timestamp>,
    /// When it will be changed by itself; `None` while nothing was deleted since.
    pub due_at: Option<Timestamp>,
    /// How far a change is, in percent.
    pub running: Option<u8>,
    /// False for an archive in memory.
    pub can_change: bool,
}

impl App {
    /// The key and its changes. While it is being changed the archive answers nothing, so what
    /// stands in it is left out then.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn key_state(&self) -> Result<KeyState, Error> {
        let open = self.open()?;
        let running = running(&open);
        let (changed_at, oldest) = match running {
            Some(_) => (None, None),
            None => {
                self.read(|tx| {
                    Ok((
                        tx.rotation()?.map(|record| record.at),
                        tx.deleted_since_rotation()?,
                    ))
                })
                .await?
            }
        };
        Ok(KeyState {
            epoch: self.vault().key_epoch()?,
            changed_at,
            due_at: oldest.map(|at| at.plus_ms(DUE)),
            running,
            can_change: open.storage != StorageMode::Memory,
        })
    }

    /// Changes the key now. Reads and writes wait until it is done.
    ///
    /// # Errors
    /// `no_room_for_key`; `busy` while another process reads. The old key is in force then.
    pub async fn rotate_key(&self) -> Result<Receipt, Error> {
        let changed = self.off_thread(App::change_key).await;
        self.tell(Event::KeyChanged);
        if changed.is_ok() {
            self.tell(Event::ReceiptsChanged);
        }
        changed
    }

    /// Changes the key if something was deleted and it is time.
    ///
    /// # Errors
    /// As for [`App::rotate_key`]; it is tried again later.
    pub async fn rotate_key_if_due(&self) -> Result<Option<Receipt>, Error> {
        let state = self.key_state().await?;
        let due = state.due_at.is_some_and(|at| at <= self.now());
        if !due || !state.can_change || self.inner.options.access != Access::Owner {
            return Ok(None);
        }
        self.rotate_key().await.map(Some)
    }

    fn change_key(&self) -> Result<Receipt, Error> {
        let open = self.open()?;
        if open.storage == StorageMode::Memory {
            return Err(Error::invalid(
                "no_key_to_change",
                "An archive in memory has no key on the disk.",
            ));
        }
        let _alone = open.erasing.lock().unwrap_or_else(PoisonError::into_inner);
        open.store.scrub()?;
        self.must_have_room()?;
        // It has a key of its own, and what was deleted may be in it.
        self.drop_migration_copy(&open.store, true)?;
        let vault = self.vault();
        let old = open.store.key();
        let next = vault.prepare_next_key()?;
        let watch = Watch::start(self, &open);
        let changed = open.store.rekey(&next);
        drop(watch);
        if let Err(error) = changed {
            // Only where the old key is known to work; otherwise the next start tries both.
            if open.store.is_opened_by(&old)? {
                vault.drop_next_key()?;
            }
            return Err(error.into());
        }
        vault.adopt_next_key()?;
        tracing::info!(name: "key.changed", epoch = vault.key_epoch()?);
        // Until the log is empty, the file has pages of the old key.
        open.store.scrub()?;
        let old_fails = !open.store.is_opened_by(&old)?;
        self.key_receipt(&open, old_fails)?.ok_or(Error::Task)
    }

    fn must_have_room(&self) -> Result<(), Error> {
        let file = self.inner.options.profile.join(profile::ARCHIVE_FILE);
        let needed = std::fs::metadata(file)?.len() + ROOM;
        if fs4::available_space(&self.inner.options.profile)? < needed {
            return Err(Error::invalid(
                "no_room_for_key",
                "There is too little room on the disk to encrypt the archive anew.",
            ));
        }
        Ok(())
    }

    /// The receipt of the last change, if it has none yet.
    fn key_receipt(&self, open: &Open, old_fails: bool) -> Result<Option<Receipt>, Error> {
        let vault = self.vault();
        let by = FinishedBy {
            files_removed: 0,
            key_epoch: vault.key_epoch()?,
            app_version: self.version().to_owned(),
            at: self.now(),
        };
        let id = self.fresh(ErasureId::new)?;
        let destroyed = vault.last_key_is_destroyed()?;
        Ok(open.store.rotation_receipt(id, &by, old_fails, destroyed)?)
    }

    /// After a start: what a crash left of a change of the key.
    pub(crate) fn settle_key(&self, open: &Open) -> Result<(), Error> {
        if open.storage == StorageMode::Memory || self.inner.options.access != Access::Owner {
            return Ok(());
        }
        let vault = self.vault();
        if vault.key_epoch()? > 1 {
            vault.destroy_last_key()?;
            // It is open under the new key, and SQLCipher knows one key per file.
            self.key_receipt(open, true)?;
        }
        Ok(())
    }

    /// Opens the archive with the key in force or, where a change was cut short after its last
    /// page, with the next one.
    pub(crate) fn open_under_its_key(
        &self,
        root: ArchiveKey,
        storage: StorageMode,
        create: bool,
    ) -> Result<Store, StoreError> {
        if storage == StorageMode::Memory {
            return self.open_store(root, storage, create);
        }
        let vault = self.vault();
        let owner = self.inner.options.access == Access::Owner;
        let missing = |error: fluxchat_vault::VaultError| {
            tracing::warn!(name: "key.not_found", code = error.code());
            StoreError::NotADatabase
        };
        let key = if create && owner {
            vault.separate_key(root)
        } else {
            vault.archive_key(root)
        }
        .map_err(missing)?;
        let next = vault.next_key().map_err(missing)?;
        let Some(next) = next else {
            return self.open_store(key, storage, create);
        };
        match self.open_store(key, storage, create) {
            Err(StoreError::NotADatabase) => {
                let store = self.open_store(next, storage, create)?;
                if owner {
                    vault.adopt_next_key().map_err(missing)?;
                    tracing::warn!(name: "key.change_completed", "");
                }
                Ok(store)
            }
            Ok(store) => {
                if owner {
                    vault.drop_next_key().map_err(missing)?;
                    tracing::warn!(name: "key.change_undone", "");
                }
                Ok(store)
            }
            other => other,
        }
    }
}

fn running(open: &Open) -> Option<u8> {
    let held = open.rotating.load(Ordering::Relaxed);
    held.checked_sub(1)
        .map(|percent| u8::try_from(percent.min(100)).unwrap_or(100))
}

/// Tells how far a change is while it runs: the log grows to the size of the archive.
struct Watch {
    open: Arc<Open>,
    done: Arc<AtomicBool>,
}

impl Watch {
    fn start(app: &App, open: &Arc<Open>) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        open.rotating.store(1, Ordering::Relaxed);
        app.tell(Event::KeyChanged);
        let file = app.inner.options.profile.join(profile::ARCHIVE_FILE);
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        let log = PathBuf::from(log);
        let (app, of, ended) = (app.clone(), Arc::clone(open), Arc::clone(&done));
        std::thread::spawn(move || {
            let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |meta| meta.len());
            let whole = size(&file).max(1);
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(LOOK);
                let percent = (size(&log).saturating_mul(100) / whole).min(99);
                if !ended.load(Ordering::Relaxed) {
                    of.rotating
                        .store(u32::try_from(percent).unwrap_or(99) + 1, Ordering::Relaxed);
                    app.tell(Event::KeyChanged);
                }
            }
            of.rotating.store(0, Ordering::Relaxed);
            app.tell(Event::KeyChanged);
        });
        Self {
            open: Arc::clone(open),
            done,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        self.open.rotating.store(0, Ordering::Relaxed);
    }
}
