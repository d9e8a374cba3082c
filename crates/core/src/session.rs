//! From a folder to an open archive, and the first run.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use fluxchat_egress::{Door, InProcess, Ledger};
use fluxchat_model::{
    ArchiveKey, ConsentStatus, MessageId, Purpose, Secret, SessionState, StorageMode, Timestamp,
    VisibleError,
};
use fluxchat_service::{ServiceState, SigningKey, router};
use fluxchat_store::{
    CopyRecord, MigrationCopy, OpenOptions, ReadTx, Store, StoreError, WriteTx, remove_copy,
};
use fluxchat_vault::{KeychainError, Patience, Probe, Vault, VaultError};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::app::{Open, Session};
use crate::error::is_io;
use crate::guardian::GuardianRecord;
use crate::ledger::ArchiveLedger;
use crate::sandbox::ArchiveStorage;
use crate::{Access, App, Error, clock, consent_sync, profile, reserve, sources};

const SETUP: &str = "setup";
const COPY_FILE: &str = "archive.before-update.db";
const COPY_KEY: &str = "before-update";
const COPY_LIFE: i64 = 7 * Timestamp::DAY;
pub(crate) const SHORTEST_PASSPHRASE: usize = 8;

/// Who is going to use the app.
#[derive(Clone, Debug)]
pub enum Audience {
    /// An adult, for themselves.
    Adult,
    /// A guardian, for somebody under their care, with the passphrase that unlocks what stays
    /// locked.
    Guardian(Secret<String>),
}

/// What the first run asks for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Who will use it.
    pub audience: Audience,
    /// The policy that was shown and accepted.
    pub policy_version: String,
    /// The language it was shown in.
    pub language: String,
    /// The optional purposes that were agreed to.
    pub consents: Vec<Purpose>,
}

/// What is remembered of the first run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SetupRecord {
    pub(crate) at: Timestamp,
    pub(crate) supervised: bool,
    pub(crate) policy_version: String,
    pub(crate) language: String,
}

pub(crate) fn setup_record(tx: &ReadTx<'_>) -> Result<Option<SetupRecord>, StoreError> {
    tx.setting(SETUP)
}

/// How the profile was set up.
///
/// # Errors
/// `setup_needed` if it was not.
pub(crate) fn set_up(store: &Store) -> Result<SetupRecord, Error> {
    store.read(setup_record)?.ok_or(Error::SetupNeeded)
}

/// A guardian begins to supervise, or has ended it.
pub(crate) fn set_supervised(tx: &WriteTx<'_>, supervised: bool) -> Result<(), StoreError> {
    if let Some(setup) = setup_record(tx)? {
        let setup = SetupRecord {
            supervised,
            ..setup
        };
        tx.setting_set(SETUP, &setup)?;
    }
    Ok(())
}

impl App {
    /// Takes the profile, asks for the key and opens the archive, as far as that is possible now.
    /// Called at start and, with patience for a prompt, whenever the person says *try again*.
    pub(crate) async fn reopen(&self, patience: Patience) -> SessionState {
        let _alone = self.inner.locking.lock().await;
        if self.state() == SessionState::Ready {
            return SessionState::Ready;
        }
        let app = self.clone();
        let outcome = tokio::task::spawn_blocking(move || app.find_and_open(patience)).await;
        match outcome {
            Ok(Ok(open)) => self.adopt(open).await,
            Ok(Err(obstacle)) => self.close(obstacle.state, obstacle.has_passphrase),
            Err(_) => self.close(SessionState::Unwritable, false),
        }
        self.state()
    }

    /// Tries again; the keychain may ask the person.
    pub async fn reopen_with_prompt(&self) -> SessionState {
        self.reopen(Patience::Prompt).await
    }

    /// Opens a locked archive with its passphrase.
    ///
    /// # Errors
    /// `wrong_passphrase`, `too_many_attempts`; whatever keeps the archive closed.
    pub async fn unlock(&self, passphrase: Secret<String>) -> Result<(), Error> {
        let _alone = self.inner.locking.lock().await;
        if self.state() == SessionState::Ready {
            return Ok(());
        }
        let open = self
            .off_thread(move |app| {
                let key = app.vault().unlock_with_passphrase(&passphrase)?;
                app.open_archive(key, StorageMode::Passphrase, false)
                    .map_err(Error::NotOpen)
            })
            .await?;
        self.adopt(open).await;
        Ok(())
    }

    /// Creates an archive where there is no keychain: under a passphrase or in memory.
    ///
    /// # Errors
    /// When an archive exists, the passphrase is too short, or nothing can be written.
    pub async fn create(
        &self,
        storage: StorageMode,
        passphrase: Option<Secret<String>>,
    ) -> Result<(), Error> {
        let state = self.state();
        if !matches!(state, SessionState::FirstRun | SessionState::NoProvider) {
            return Err(Error::NotOpen(state));
        }
        let open = self
            .off_thread(move |app| {
                let key = match storage {
                    StorageMode::Keychain => app.vault().create_in_keychain(app.now())?,
                    StorageMode::Memory => {
                        let vault = Arc::new(Vault::in_memory()?);
                        *app.inner
                            .vault
                            .write()
                            .unwrap_or_else(PoisonError::into_inner) = vault;
                        ArchiveKey::new([0; 32])
                    }
                    StorageMode::Passphrase => {
                        let passphrase = passphrase
                            .filter(|it| it.expose().chars().count() >= SHORTEST_PASSPHRASE)
                            .ok_or_else(|| {
                                Error::invalid(
                                    "passphrase_short",
                                    "A passphrase needs at least 8 characters.",
                                )
                            })?;
                        app.vault().create_with_passphrase(&passphrase, app.now())?
                    }
                };
                app.open_archive(key, storage, true).map_err(Error::NotOpen)
            })
            .await
            .map_err(|error| match error {
                // There is an archive after all: what keeps it closed is what has to be said.
                Error::Vault(VaultError::NotFirstRun) => Error::NotOpen(state),
                other => other,
            })?;
        self.adopt(open).await;
        Ok(())
    }

    /// Sets an archive that cannot be opened aside and begins anew.
    ///
    /// # Errors
    /// When the archive is open, or its files cannot be renamed.
    pub async fn start_fresh(&self) -> Result<SessionState, Error> {
        if !matches!(
            self.state(),
            SessionState::KeyLost
                | SessionState::WrongKey
                | SessionState::Corrupt
                | SessionState::BackendChanged
        ) {
            return Err(Error::NotOpen(self.state()));
        }
        self.off_thread(|app| {
            app.vault().start_fresh(app.now())?;
            // The reserve belongs to the archive that was set aside.
            reserve::release(&app.inner.options.profile);
            Ok(())
        })
        .await?;
        Ok(self.reopen(Patience::Prompt).await)
    }

    /// Completes the first run: creates the archive where none is open yet, and records the
    /// policy and every optional purpose as given or refused.
    ///
    /// # Errors
    /// When it was completed before, the policy is not the one in force, a purpose is not optional
    /// or a guardian keeps it off, or the archive cannot be created.
    pub async fn setup(&self, setup: Setup) -> Result<(), Error> {
        let supervised = matches!(setup.audience, Audience::Guardian(_));
        for purpose in &setup.consents {
            crate::consents::check_optional(*purpose, true)?;
            if supervised {
                return Err(Error::Supervised);
            }
        }
        let policy = fluxchat_service::policy(&setup.policy_version, &setup.language)
            .filter(|policy| policy.version == self.policy_in_force())
            .ok_or_else(|| {
                Error::invalid("policy_unknown", "This is not the privacy policy in force.")
            })?;
        if self.status().setup_done {
            // Otherwise it would withdraw consents, or let a guardian's settings be walked around.
            return Err(Error::invalid(
                "already_set_up",
                "This profile has been set up before.",
            ));
        }
        let now = self.now();
        let guardian = match setup.audience {
            Audience::Adult => None,
            // Before anything is created: a passphrase that is too short leaves no trace.
            Audience::Guardian(passphrase) => Some(
                self.off_thread(move |_| GuardianRecord::new(&passphrase, now))
                    .await?,
            ),
        };
        if self.state() != SessionState::Ready {
            let given = self.inner.options.passphrase.clone();
            let storage = if given.is_some() {
                StorageMode::Passphrase
            } else {
                StorageMode::Keychain
            };
            self.create(storage, given).await?;
        }
        let app = self.clone();
        self.off_thread(move |_| {
            let open = app.open()?;
            let mut events = Vec::new();
            for purpose in Purpose::optional() {
                let status = if setup.consents.contains(&purpose) {
                    ConsentStatus::Given
                } else {
                    ConsentStatus::Refused
                };
                events.push(app.consent_event(purpose, status, &policy, "first_run")?);
            }
            let fresh = Uuid::from_bytes(clock::random16()?);
            let record = SetupRecord {
                at: now,
                supervised,
                policy_version: policy.version.0.clone(),
                language: policy.language.clone(),
            };
            Ok(open.store.write(|tx| {
                for event in &events {
                    let kept = tx.consent_append(event.clone())?;
                    consent_sync::queue(tx, &kept, fresh, now)?;
                }
                tx.policy_accept(&policy, now, "first_run")?;
                if guardian.is_some() {
                    tx.guardian_set(guardian.as_ref())?;
                }
                tx.setting_set(SETUP, &record)
            })?)
        })
        .await?;
        self.tell(crate::Event::ConsentsChanged);
        self.tell(crate::Event::SessionChanged);
        Ok(())
    }

    /// Ends everything in order: stops answers (what arrived is kept), carries out every deletion
    /// that waits, closes the archive and gives the profile back.
    pub async fn shutdown(&self) {
        if let Ok(open) = self.open() {
            self.close_open(open, false, crate::lock::PATIENCE).await;
        }
        self.inner
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn find_and_open(&self, patience: Patience) -> Result<Open, Obstacle> {
        let inner = &self.inner;
        if inner.options.access == Access::Owner {
            let mut lock = inner.lock.lock().unwrap_or_else(PoisonError::into_inner);
            if lock.is_none() {
                *lock = Some(profile::acquire(&inner.options.profile)?);
            }
        }
        let (key, storage) = self.find_key(patience)?;
        Ok(self.open_archive(key, storage, false)?)
    }

    fn find_key(&self, patience: Patience) -> Result<(ArchiveKey, StorageMode), Obstacle> {
        let vault = self.vault();
        let given = self.inner.options.passphrase.as_ref();
        let probe = vault.probe(patience).map_err(|error| {
            tracing::warn!(name: "vault.not_probed", code = error.code());
            SessionState::Unwritable
        })?;
        match probe {
            Probe::Key(key, storage) => Ok((key, storage)),
            Probe::PassphraseNeeded => match given.map(|it| vault.unlock_with_passphrase(it)) {
                Some(Ok(key)) => Ok((key, StorageMode::Passphrase)),
                refused => {
                    *self
                        .inner
                        .refusal
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner) =
                        refused.and_then(Result::err).map(Error::from);
                    Err(Obstacle {
                        state: SessionState::Locked,
                        has_passphrase: true,
                    })
                }
            },
            // On the first run the question is not where the key is but where it could be kept.
            Probe::FirstRun => match vault.keychain_reachable(patience) {
                Err(KeychainError::NoProvider) if given.is_none() => {
                    Err(SessionState::NoProvider.into())
                }
                _ => Err(SessionState::FirstRun.into()),
            },
            other => Err(other.session_state().into()),
        }
    }

    pub(crate) fn open_archive(
        &self,
        key: ArchiveKey,
        storage: StorageMode,
        create: bool,
    ) -> Result<Open, SessionState> {
        if !create && storage != StorageMode::Memory && self.has_lost_its_archive() {
            tracing::warn!(name: "archive.missing", "");
            return Err(SessionState::Corrupt);
        }
        if self.inner.options.access == Access::Reader && self.is_half_made() {
            return Err(SessionState::FirstRun);
        }
        let store = self
            .open_under_its_key(key, storage, create)
            .map_err(|error| {
                tracing::warn!(name: "archive.not_opened", code = error.code());
                closed_by(&error)
            })?;
        reserve::opening(&self.inner.options.profile, || self.prepare(&store))
            .map_err(|error| closed_by(&error))?;
        let unwritten = self
            .not_settled(&store)
            .map_err(|error| closed_by(&error))?;
        let ledger: Arc<dyn Ledger> = Arc::new(ArchiveLedger::new(self.clone(), store.clone()));
        let ledger = match &self.inner.options.ledger_layer {
            Some(layer) => layer(ledger),
            None => ledger,
        };
        let storage_of_sandbox = Arc::new(ArchiveStorage::new(store.clone()));
        let mut service =
            ServiceState::new(storage_of_sandbox, Arc::clone(&self.inner.options.clock));
        if let Some(pace) = self.inner.options.sandbox_pace {
            service = service.with_pace(pace);
        }
        // Readers have no key to make and nothing to answer.
        if let Ok(Some(seed)) = store.read(|tx| tx.sandbox_seed())
            && let Some(key) = SigningKey::from_seed(&seed)
        {
            service = service.with_key(key);
        }
        let door = Door::new(
            Arc::clone(&ledger),
            Arc::clone(&self.inner.options.clock),
            Some(InProcess::new(router(service))),
        );
        let offline = store.read(crate::offline::stored).unwrap_or(false);
        if offline || self.inner.options.offline {
            door.set_offline(true);
        }
        Ok(Open {
            store,
            temporaries: crate::temporary::Temporaries::default(),
            door,
            uploads: crate::attachments::Uploads::default(),
            dropped: crate::attachments::Dropped::default(),
            ledger,
            storage,
            passphrase: (storage == StorageMode::Passphrase).into(),
            generations: std::sync::Mutex::default(),
            unwritten: std::sync::Mutex::new(unwritten),
            models: fluxchat_providers::KnownModels::default(),
            reserved: crate::spend::Reserved::default(),
            titling: std::sync::Mutex::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            lock_changed: tokio::sync::Notify::new(),
            deletions: tokio::sync::Notify::new(),
            outbox: tokio::sync::Notify::new(),
            tools: crate::tools::Running::default(),
            dictating: crate::voice::Dictating::default(),
            reading: crate::voice::Reading::default(),
            retention: crate::retention::Sweeper::default(),
            erasing: std::sync::Mutex::default(),
            rotating: std::sync::atomic::AtomicU32::new(0),
            export: crate::export::Board::default(),
            sending: tokio::sync::Mutex::default(),
            proving: tokio::sync::Mutex::default(),
            proof: std::sync::Mutex::default(),
        })
    }

    /// Opens the file with a key, an older one with a copy.
    pub(crate) fn open_store(
        &self,
        key: ArchiveKey,
        storage: StorageMode,
        create: bool,
    ) -> Result<Store, StoreError> {
        let options = self.open_options(key, storage, create);
        let folder = &self.inner.options.profile;
        match reserve::opening(folder, || Store::open(options.clone())) {
            Err(StoreError::MigrationNeeded { .. })
                if self.inner.options.access == Access::Owner =>
            {
                self.open_with_copy(options)
            }
            other => other,
        }
    }

    /// Whether there was an archive here whose file is gone or empty. Opening it would make a new
    /// one, as if there had never been anything. Without the reserve, which the first good start
    /// makes, it is a first run that ended halfway.
    fn has_lost_its_archive(&self) -> bool {
        let file = self.inner.options.profile.join(profile::ARCHIVE_FILE);
        let empty = std::fs::metadata(file).map_or(true, |meta| meta.len() == 0);
        empty && reserve::file(&self.inner.options.profile).exists()
    }

    /// Whether the first run ended between making the key and making the archive, or while making
    /// it: only the very first writes go through a rollback journal. The next owner completes it;
    /// a reader cannot.
    fn is_half_made(&self) -> bool {
        let file = self.inner.options.profile.join(profile::ARCHIVE_FILE);
        !file.exists() || file.with_extension("db-journal").exists()
    }

    fn open_options(&self, key: ArchiveKey, storage: StorageMode, create: bool) -> OpenOptions {
        let path = self.inner.options.profile.join(profile::ARCHIVE_FILE);
        match (storage, self.inner.options.access) {
            (StorageMode::Memory, _) => OpenOptions::memory(),
            (_, Access::Reader) => OpenOptions::read_only(path, key),
            _ if create => OpenOptions::create(path, key),
            // A key without an archive: the app ended between making the one and the other.
            _ if !path.exists() => OpenOptions::create(path, key),
            _ => OpenOptions::existing(path, key),
        }
    }

    /// An older archive: its verified copy gets a key of its own first.
    fn open_with_copy(&self, options: OpenOptions) -> Result<Store, StoreError> {
        let path = self.inner.options.profile.join(COPY_FILE);
        let key = self
            .vault()
            .create_copy_key(COPY_KEY)
            .map_err(|_| StoreError::CopyFailed)?;
        let store = Store::open(options.with_migration_copy(MigrationCopy { path, key }))?;
        if let Some(report) = store.migrated().filter(|report| report.copied).cloned() {
            let record = CopyRecord {
                made_at: self.now(),
                schema: report.from,
            };
            store.write(|tx| tx.migration_copy_made(record))?;
        }
        Ok(store)
    }

    /// The copy of before a migration dies with the first good start after it, after seven days,
    /// or with any deletion: its key first.
    pub(crate) fn drop_migration_copy(
        &self,
        store: &Store,
        even_if_young: bool,
    ) -> Result<(), Error> {
        let Some(copy) = store.read(|tx| tx.migration_copy())? else {
            return Ok(());
        };
        let this_start = store.migrated().is_some();
        let old = self.now().0 - copy.made_at.0 > COPY_LIFE;
        if this_start && !old && !even_if_young {
            return Ok(());
        }
        self.vault().destroy_copy_key(COPY_KEY)?;
        remove_copy(&self.inner.options.profile.join(COPY_FILE))?;
        store.write(|tx| tx.migration_copy_gone())?;
        Ok(())
    }

    /// What has to be true before anybody sees the archive.
    fn prepare(&self, store: &Store) -> Result<(), StoreError> {
        if self.inner.options.access == Access::Reader {
            return Ok(());
        }
        sources::ensure_sandbox(self, store)?;
        unless_full(crate::sandbox::ensure_key(store, self.now()))?;
        let _ = crate::prove::clear_scratch(&self.inner.options.profile);
        // Neither may keep the archive closed on a full disk: reading and deleting need it open.
        unless_full(crate::chat::settle_interrupted(self, store))?;
        unless_full(store.write(|tx| tx.ledger_recover().map(drop)))?;
        // A disk that is too full for it now may have room later; opening goes on.
        let _ = store.ensure_ballast();
        Ok(())
    }

    /// Answers that a crash cut off and that could not be settled, because the disk is full.
    fn not_settled(&self, store: &Store) -> Result<HashMap<MessageId, VisibleError>, StoreError> {
        if self.inner.options.access == Access::Reader {
            return Ok(HashMap::new());
        }
        let full = Error::Store(StoreError::Full).visible();
        let cut_off = store.read(|tx| tx.messages_streaming())?;
        Ok(cut_off.into_iter().map(|id| (id, full.clone())).collect())
    }

    pub(crate) async fn adopt(&self, open: Open) {
        let open = Arc::new(open);
        self.set_session(Session::Open(Arc::clone(&open)));
        if self.inner.options.access == Access::Reader {
            return;
        }
        // Before the window shows anything: what was deleted in the last session is gone.
        if let Err(error) = self.settle_deletions().await {
            tracing::warn!(name: "deletion.unfinished", code = error.code());
        }
        let app = self.clone();
        let _ = self
            .off_thread(move |_| {
                let open = app.open()?;
                app.settle_key(&open)?;
                let _ = app.sweep_exports();
                let _ = app.absorb_crash(&open);
                let _ = app.carry_consents_over(&open);
                app.drop_migration_copy(&open.store, false)
            })
            .await;
        self.spawn_tasks(&open);
        tracing::info!(name: "archive.opened", owner = true);
    }

    fn spawn_tasks(&self, open: &Arc<Open>) {
        crate::deletion::spawn(self, open);
        crate::outbox::spawn(self, open);
        crate::offline::spawn(self, open);
        crate::upkeep::spawn(self, open);
        crate::retention::spawn(self, open);
        crate::lock::spawn(self, open);
        crate::policies::spawn(self, open);
        crate::diagnostics::spawn(self, open);
    }
}

/// Why the archive is not open.
struct Obstacle {
    state: SessionState,
    has_passphrase: bool,
}

impl From<SessionState> for Obstacle {
    fn from(state: SessionState) -> Self {
        Self {
            state,
            has_passphrase: false,
        }
    }
}

/// What can be done at a later start, when there is room.
fn unless_full(done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(StoreError::Full) => {
            tracing::warn!(name: "start.disk_full", "");
            Ok(())
        }
        other => other,
    }
}

fn closed_by(error: &StoreError) -> SessionState {
    match error {
        StoreError::TooNew { .. } => SessionState::TooNew,
        // Created and never filled: a first run was cut short, and whoever owns the profile next
        // completes it. Seen by readers only.
        StoreError::MigrationNeeded { found: 0, .. } => SessionState::FirstRun,
        StoreError::Full | StoreError::ReadOnly | StoreError::CannotOpen | StoreError::Io(_) => {
            SessionState::Unwritable
        }
        StoreError::Sqlite(code) if is_io(*code) => SessionState::Unwritable,
        StoreError::Busy => SessionState::InUse,
        _ => SessionState::Corrupt,
    }
}
