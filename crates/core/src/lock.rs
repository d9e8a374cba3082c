//! The app lock: what is open closes, and the key is in no memory of ours until the passphrase.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fluxchat_model::{Secret, SessionState, StorageMode};
use fluxchat_store::{ReadTx, StoreError};
use fluxchat_vault::LockStatus;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::app::{Open, Session};
use crate::session::SHORTEST_PASSPHRASE;
use crate::{Access, App, Error, Event};

const SETTINGS: &str = "lock";
/// The choices for idleness, in minutes.
pub const IDLE_MINUTES: [u32; 4] = [1, 5, 15, 60];
/// What is under way gets this long to end in order; then it is cut.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// A computer that is about to sleep waits 5 seconds, of which closing needs some.
const PATIENCE_BEFORE_SLEEP: Duration = Duration::from_secs(2);
/// How long the last handles may take to be dropped once nothing can be done with them.
const LAST_HANDLES: Duration = Duration::from_secs(5);

/// When the app locks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockSettings {
    /// After so many minutes without a key or a click; `None` for never.
    pub idle_minutes: Option<u32>,
    /// Before the computer sleeps.
    pub on_sleep: bool,
    /// With the screen.
    pub on_screen_lock: bool,
}

impl Default for LockSettings {
    fn default() -> Self {
        Self {
            idle_minutes: Some(15),
            on_sleep: true,
            on_screen_lock: true,
        }
    }
}

/// What the computer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// It is about to sleep.
    Sleep,
    /// Its screen was locked.
    ScreenLock,
}

/// Which occasions reach this app: whether somebody listens, and to whom, differs by system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hears {
    /// It is told before the computer sleeps.
    pub sleep: bool,
    /// It is told when the screen is locked.
    pub screen: bool,
}

fn settings(tx: &ReadTx<'_>) -> Result<LockSettings, StoreError> {
    Ok(tx.setting(SETTINGS)?.unwrap_or_default())
}

/// Locks when nobody has been there for as long as the settings say.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    app.touch();
    let (app, open_for_task, stop) = (app.clone(), Arc::clone(open), open.stop.clone());
    open.tasks.spawn(async move {
        loop {
            let left = app.idle_left(&open_for_task).await;
            if left == Some(Duration::ZERO) {
                // Locking waits for this task, so it cannot be part of it.
                tokio::spawn(async move { app.lock().await });
                return;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = open_for_task.lock_changed.notified() => {}
                () = wait(left) => {}
            }
        }
    });
}

async fn wait(left: Option<Duration>) {
    match left {
        Some(left) => tokio::time::sleep(left).await,
        None => std::future::pending().await,
    }
}

impl App {
    /// Locks: stops answers (what arrived is kept), carries out every deletion that waits, closes
    /// what is under way and the archive, and drops the key. Returns when the last handle is gone.
    ///
    /// # Errors
    /// `no_lock` without a passphrase: whoever could unlock is whoever is there; when the archive
    /// is not open.
    pub async fn lock(&self) -> Result<(), Error> {
        self.lock_within(PATIENCE).await
    }

    async fn lock_within(&self, patience: Duration) -> Result<(), Error> {
        let _alone = self.inner.locking.lock().await;
        let open = self.open()?;
        locked_by_passphrase(&open)?;
        self.close_open(open, true, patience).await;
        tracing::info!(name: "app.locked", "");
        Ok(())
    }

    /// Locks if the settings say so for this occasion. True if it is locked now.
    pub async fn lock_on(&self, occasion: Occasion) -> bool {
        let Ok(settings) = self.lock_settings().await else {
            return self.state() == SessionState::Locked;
        };
        let (wanted, patience) = match occasion {
            Occasion::Sleep => (settings.on_sleep, PATIENCE_BEFORE_SLEEP),
            Occasion::ScreenLock => (settings.on_screen_lock, PATIENCE),
        };
        wanted && self.lock_within(patience).await.is_ok()
    }

    /// Which occasions reach this app.
    #[must_use]
    pub fn hears(&self) -> Hears {
        *self
            .inner
            .hears
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever listens to the computer says what it hears.
    pub fn set_hears(&self, hears: Hears) {
        *self
            .inner
            .hears
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = hears;
        self.tell(Event::SettingsChanged);
    }

    /// Somebody is there: idleness begins anew.
    pub fn touch(&self) {
        *self
            .inner
            .active
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// When the app locks by itself.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn lock_settings(&self) -> Result<LockSettings, Error> {
        self.read(settings).await
    }

    /// Changes when the app locks by itself.
    ///
    /// # Errors
    /// When the archive is not open, or the minutes are none that can be chosen.
    pub async fn set_lock_settings(&self, settings: LockSettings) -> Result<(), Error> {
        if settings
            .idle_minutes
            .is_some_and(|minutes| !IDLE_MINUTES.contains(&minutes))
        {
            return Err(Error::invalid(
                "invalid_idle",
                "Idleness can be 1, 5, 15 or 60 minutes, or never.",
            ));
        }
        self.write(move |tx| tx.setting_set(SETTINGS, &settings))
            .await?;
        self.open()?.lock_changed.notify_one();
        self.tell(Event::SettingsChanged);
        Ok(())
    }

    /// How the archive is opened, and how long to wait before the next attempt.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn lock_status(&self) -> Result<LockStatus, Error> {
        self.off_thread(|app| Ok(app.vault().lock_status()?)).await
    }

    /// Sets the first passphrase. See [`fluxchat_vault::Vault::passphrase_set`].
    ///
    /// # Errors
    /// `passphrase_short`, `passphrase_exists`, why the keychain did not give the key; `in_memory`.
    pub async fn passphrase_set(
        &self,
        new: Secret<String>,
        keep_keychain: bool,
    ) -> Result<(), Error> {
        long_enough(&new)?;
        let open = self.open()?;
        if open.storage == StorageMode::Memory {
            return Err(Error::invalid(
                "in_memory",
                "A session in memory has nothing on disk that a passphrase could open.",
            ));
        }
        self.off_thread(move |app| Ok(app.vault().passphrase_set(&new, keep_keychain)?))
            .await?;
        open.set_passphrase(true);
        self.lock_changed(&open);
        Ok(())
    }

    /// Changes the passphrase.
    ///
    /// # Errors
    /// `wrong_passphrase`, `too_many_attempts`, `passphrase_short`.
    pub async fn passphrase_change(
        &self,
        current: Secret<String>,
        new: Secret<String>,
    ) -> Result<(), Error> {
        long_enough(&new)?;
        let open = self.open()?;
        locked_by_passphrase(&open)?;
        self.off_thread(move |app| Ok(app.vault().passphrase_change(&current, &new)?))
            .await?;
        self.lock_changed(&open);
        Ok(())
    }

    /// Removes the passphrase: the key goes back to the keychain.
    ///
    /// # Errors
    /// `wrong_passphrase`, `too_many_attempts`, why the keychain did not take the key.
    pub async fn passphrase_remove(&self, current: Secret<String>) -> Result<(), Error> {
        let open = self.open()?;
        locked_by_passphrase(&open)?;
        self.off_thread(move |app| Ok(app.vault().passphrase_remove(&current)?))
            .await?;
        open.set_passphrase(false);
        self.lock_changed(&open);
        Ok(())
    }

    /// A new recovery code, told once. One there was is worthless from now on.
    ///
    /// # Errors
    /// `wrong_passphrase`, `too_many_attempts`.
    pub async fn recovery_create(
        &self,
        current: Option<Secret<String>>,
    ) -> Result<Secret<String>, Error> {
        let open = self.open()?;
        let code = self
            .off_thread(move |app| Ok(app.vault().recovery_create(current.as_ref())?))
            .await?;
        self.lock_changed(&open);
        Ok(code)
    }

    /// Opens with the recovery code, which is replaced by the one this returns.
    ///
    /// # Errors
    /// `wrong_code`, `no_recovery`, `too_many_attempts`, `passphrase_short`; whatever keeps the
    /// archive closed.
    pub async fn recover(
        &self,
        code: Secret<String>,
        new: Option<Secret<String>>,
    ) -> Result<Secret<String>, Error> {
        if let Some(new) = &new {
            long_enough(new)?;
        }
        let _alone = self.inner.locking.lock().await;
        let state = self.state();
        if !matches!(state, SessionState::Locked | SessionState::KeyLost) {
            return Err(Error::NotOpen(state));
        }
        let (open, code) = self
            .off_thread(move |app| {
                let recovered =
                    app.vault()
                        .recover(&code, new.as_ref())
                        .map_err(|error| match error {
                            fluxchat_vault::VaultError::WrongPassphrase => Error::invalid(
                                "wrong_code",
                                "That is not the recovery code of this archive.",
                            ),
                            other => other.into(),
                        })?;
                let open = app
                    .open_archive(recovered.key, recovered.storage, false)
                    .map_err(Error::NotOpen)?;
                Ok((open, recovered.code))
            })
            .await?;
        self.adopt(open).await;
        Ok(code)
    }

    /// Closes an open archive in order. With `locked` it can be unlocked again.
    pub(crate) async fn close_open(&self, open: Arc<Open>, locked: bool, patience: Duration) {
        open.stop.cancel();
        open.tools.stop_all();
        open.dictating.stop().await;
        open.reading.stop();
        open.tasks.close();
        if tokio::time::timeout(patience, open.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(name: "app.tasks_cut", "");
        }
        if self.inner.options.access == Access::Owner {
            let _ = self.settle_deletions().await;
        }
        // What was asked of the network meanwhile ends here; this door is not used again.
        open.door.set_offline(true);
        let has_passphrase = locked && open.has_passphrase();
        if has_passphrase {
            self.vault().lock();
        }
        self.set_session(Session::Closed {
            state: SessionState::Locked,
            has_passphrase,
        });
        let closing = Arc::clone(&open);
        let _ = tokio::task::spawn_blocking(move || {
            closing.forget_temporaries();
            closing.store.close();
        })
        .await;
        let last = Arc::downgrade(&open);
        drop(open);
        let began = Instant::now();
        // Whoever still holds it can do nothing with it, but the key lives as long.
        while last.strong_count() > 0 && began.elapsed() < LAST_HANDLES {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if last.strong_count() > 0 {
            tracing::warn!(name: "app.handles_left", count = last.strong_count());
        }
    }

    /// How long until it locks; `None` for never.
    async fn idle_left(&self, open: &Arc<Open>) -> Option<Duration> {
        if !open.has_passphrase() {
            return None;
        }
        let minutes = self.lock_settings().await.ok()?.idle_minutes?;
        let active = *self
            .inner
            .active
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let idle = active.map_or(Duration::ZERO, |active| active.elapsed());
        Some(Duration::from_secs(u64::from(minutes) * 60).saturating_sub(idle))
    }

    fn lock_changed(&self, open: &Open) {
        open.lock_changed.notify_one();
        self.tell(Event::SettingsChanged);
    }
}

fn locked_by_passphrase(open: &Open) -> Result<(), Error> {
    if open.has_passphrase() {
        return Ok(());
    }
    Err(Error::invalid(
        "no_lock",
        "Fluxchat can be locked once it has a passphrase.",
    ))
}

fn long_enough(passphrase: &Secret<String>) -> Result<(), Error> {
    if passphrase.expose().chars().count() < SHORTEST_PASSPHRASE {
        return Err(Error::invalid(
            "passphrase_short",
            "A passphrase needs at least 8 characters.",
        ));
    }
    Ok(())
}
