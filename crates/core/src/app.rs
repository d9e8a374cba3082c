//! The handle: what is open, what is not, and why.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use fluxchat_egress::{Door, Ledger};
use fluxchat_model::{
    Clock, ConversationId, MessageId, ProofReport, Secret, SessionState, StorageMode, Timestamp,
    VisibleError,
};
use fluxchat_store::{ReadTx, Store, StoreError, WriteTx};
use fluxchat_vault::{Keychain, Patience, Vault};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::Generation;
use crate::profile::ProfileLock;
use crate::{Error, Event, Events, clock};

/// Whether this process owns the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads and writes; one process at a time.
    Owner,
    /// Reads beside the owner.
    Reader,
}

/// Something put between the door and its ledger. Only tests do: the control arms.
pub type LedgerLayer = Arc<dyn Fn(Arc<dyn Ledger>) -> Arc<dyn Ledger> + Send + Sync>;

/// What a process brings along.
#[derive(Clone)]
pub struct Options {
    /// The folder of the profile.
    pub profile: PathBuf,
    /// Whether to own it.
    pub access: Access,
    /// Where keys are kept.
    pub keychain: Arc<dyn Keychain>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Given at start, for machines without a keychain.
    pub passphrase: Option<Secret<String>>,
    /// Closes the door for this process, whatever the setting says.
    pub offline: bool,
    /// `window` or `cli`; recorded with consents.
    pub surface: &'static str,
    /// The version of the app; recorded with consents and receipts.
    pub version: &'static str,
    /// How fast Guide writes; `None` for its usual pace.
    pub sandbox_pace: Option<Duration>,
    /// Carries waiting deletions out at start and end, before their deadline. The window does;
    /// the command line leaves them their time, so that a later command can undo them.
    pub settle_deletions: bool,
    /// See [`LedgerLayer`].
    pub ledger_layer: Option<LedgerLayer>,
}

/// What the window needs before it can draw anything.
#[derive(Clone, Debug)]
pub struct Status {
    /// What stands between the person and the archive.
    pub state: SessionState,
    /// Where the archive lives, once open.
    pub storage: Option<StorageMode>,
    /// Whether the first run was completed.
    pub setup_done: bool,
    /// Whether a guardian set the app up.
    pub supervised: bool,
    /// Whether the door is closed.
    pub offline: bool,
    /// Whether a passphrase can open it.
    pub has_passphrase: bool,
}

/// The app. Clones are the same app.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) events: Events,
    /// Replaced when a session in memory begins.
    pub(crate) vault: RwLock<Arc<Vault>>,
    pub(crate) session: RwLock<Session>,
    pub(crate) lock: Mutex<Option<ProfileLock>>,
    /// Held while the app is locked or unlocked.
    pub(crate) locking: tokio::sync::Mutex<()>,
    /// When somebody was last seen to be there.
    pub(crate) active: Mutex<Option<tokio::time::Instant>>,
    /// Why the passphrase given at start did not open the archive.
    pub(crate) refusal: Mutex<Option<Error>>,
    /// What reads files; `None`: this program, in a process of its own.
    pub(crate) reader: Mutex<Option<fluxchat_extract::Reader>>,
    /// So many diagrams are drawn at a time.
    pub(crate) drawing: Arc<tokio::sync::Semaphore>,
    /// The microphone and the loudspeaker, where there are any to use.
    pub(crate) sound: std::sync::OnceLock<Arc<dyn crate::Sound>>,
    /// How long a second of the time of tools lasts, where it is not one.
    pub(crate) tool_second: Mutex<Option<Duration>>,
    /// What of the computer somebody listens to for this app.
    pub(crate) hears: Mutex<crate::Hears>,
}

pub(crate) enum Session {
    Closed {
        state: SessionState,
        has_passphrase: bool,
    },
    Open(Arc<Open>),
}

/// An open archive with everything that hangs on it.
pub(crate) struct Open {
    pub(crate) store: Store,
    pub(crate) door: Door,
    /// Conversations that live in memory alone.
    pub(crate) temporaries: crate::temporary::Temporaries,
    /// Files that come in pieces.
    pub(crate) uploads: crate::attachments::Uploads,
    /// Files that were dropped on the window.
    pub(crate) dropped: crate::attachments::Dropped,
    /// The ledger of the door.
    pub(crate) ledger: Arc<dyn Ledger>,
    /// How it was opened; see [`Open::has_passphrase`] for how it is opened next.
    pub(crate) storage: StorageMode,
    pub(crate) passphrase: AtomicBool,
    pub(crate) generations: Mutex<HashMap<MessageId, Arc<Generation>>>,
    pub(crate) unwritten: Mutex<HashMap<MessageId, VisibleError>>,
    /// What servers said of single models.
    pub(crate) models: fluxchat_providers::KnownModels,
    /// What answers that are arriving may cost.
    pub(crate) reserved: crate::spend::Reserved,
    /// Conversations that are being given a title.
    pub(crate) titling: Mutex<HashSet<ConversationId>>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// Wakes the task that locks when nobody is there.
    pub(crate) lock_changed: tokio::sync::Notify,
    /// Wakes the task that carries deletions out.
    pub(crate) deletions: tokio::sync::Notify,
    /// Wakes the task that empties the outbox.
    pub(crate) outbox: tokio::sync::Notify,
    /// The servers of tools that run.
    pub(crate) tools: crate::tools::Running,
    /// The recording that is being made.
    pub(crate) dictating: crate::voice::Dictating,
    /// What is read aloud.
    pub(crate) reading: crate::voice::Reading,
    /// What deletes by age.
    pub(crate) retention: crate::retention::Sweeper,
    /// Held while a deletion is carried out: the task at its deadline and a person who asks for it
    /// now must not do so at the same time.
    pub(crate) erasing: Mutex<()>,
    /// How far a change of the key is, in percent and one; 0 while there is none.
    pub(crate) rotating: std::sync::atomic::AtomicU32,
    /// The export that is running.
    pub(crate) export: crate::export::Board,
    /// Held while the outbox is emptied, so that nothing is sent twice.
    pub(crate) sending: tokio::sync::Mutex<()>,
    /// Held while a self-audit runs.
    pub(crate) proving: tokio::sync::Mutex<()>,
    /// The last self-audit of this session.
    pub(crate) proof: Mutex<Option<ProofReport>>,
}

impl Open {
    /// Whether opening it again needs a passphrase.
    pub(crate) fn has_passphrase(&self) -> bool {
        self.passphrase.load(Ordering::Acquire)
    }

    pub(crate) fn titling(&self) -> MutexGuard<'_, HashSet<ConversationId>> {
        self.titling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_passphrase(&self, needed: bool) {
        self.passphrase.store(needed, Ordering::Release);
    }

    /// Where the key is.
    pub(crate) fn storage(&self) -> StorageMode {
        match (self.storage, self.has_passphrase()) {
            (StorageMode::Memory, _) => StorageMode::Memory,
            (_, true) => StorageMode::Passphrase,
            (_, false) => StorageMode::Keychain,
        }
    }
}

impl App {
    /// Takes the profile and opens what can be opened. Never fails: what stands in the way is
    /// the [`Status`]. Blocks while the keychain is asked, so it runs off the async threads.
    pub async fn start(options: Options) -> Self {
        let vault = Vault::new(&options.profile, Arc::clone(&options.keychain));
        let closed = Session::Closed {
            state: SessionState::Locked,
            has_passphrase: false,
        };
        let app = Self {
            inner: Arc::new(Inner {
                options,
                events: Events::default(),
                vault: RwLock::new(Arc::new(vault)),
                session: RwLock::new(closed),
                lock: Mutex::new(None),
                locking: tokio::sync::Mutex::default(),
                active: Mutex::default(),
                refusal: Mutex::default(),
                reader: Mutex::default(),
                drawing: Arc::new(tokio::sync::Semaphore::new(crate::diagrams::AT_ONCE)),
                sound: std::sync::OnceLock::new(),
                tool_second: Mutex::default(),
                hears: Mutex::default(),
            }),
        };
        app.reopen(Patience::Probe).await;
        app
    }

    /// What happens, as it happens.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.inner.events
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        match &*self
            .inner
            .session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
        {
            Session::Closed {
                state,
                has_passphrase,
            } => Status {
                state: *state,
                storage: None,
                setup_done: false,
                supervised: false,
                offline: self.inner.options.offline,
                has_passphrase: *has_passphrase,
            },
            Session::Open(open) => {
                // What cannot be read was set up by somebody, and what protects them holds.
                let (setup_done, supervised) = match open.store.read(crate::session::setup_record) {
                    Ok(setup) => (setup.is_some(), setup.is_some_and(|setup| setup.supervised)),
                    Err(_) => (true, true),
                };
                Status {
                    state: SessionState::Ready,
                    storage: Some(open.storage()),
                    setup_done,
                    supervised,
                    offline: open.door.is_offline(),
                    has_passphrase: open.has_passphrase(),
                }
            }
        }
    }

    /// The state, without asking the archive.
    #[must_use]
    pub fn state(&self) -> SessionState {
        match &*self
            .inner
            .session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
        {
            Session::Closed { state, .. } => *state,
            Session::Open(_) => SessionState::Ready,
        }
    }

    /// The passphrase that was given at start.
    #[must_use]
    pub fn given_passphrase(&self) -> Option<Secret<String>> {
        self.inner.options.passphrase.clone()
    }

    /// Why the passphrase given at start did not open the archive; told once.
    #[must_use]
    pub fn take_refusal(&self) -> Option<Error> {
        self.inner
            .refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// The folder of the profile.
    #[must_use]
    pub fn profile(&self) -> &std::path::Path {
        &self.inner.options.profile
    }

    /// The version of the app.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.inner.options.version
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.options.clock.now()
    }

    /// A fresh id made by `make` from now and randomness.
    pub(crate) fn fresh<T>(&self, make: impl FnOnce(Timestamp, [u8; 10]) -> T) -> Result<T, Error> {
        Ok(make(self.now(), clock::random10()?))
    }

    pub(crate) fn tell(&self, event: Event) {
        self.inner.events.send(&event);
    }

    pub(crate) fn open(&self) -> Result<Arc<Open>, Error> {
        match &*self
            .inner
            .session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
        {
            Session::Open(open) => Ok(Arc::clone(open)),
            Session::Closed { state, .. } => Err(Error::NotOpen(*state)),
        }
    }

    pub(crate) fn vault(&self) -> Arc<Vault> {
        Arc::clone(
            &self
                .inner
                .vault
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    pub(crate) fn close(&self, state: SessionState, has_passphrase: bool) {
        self.set_session(Session::Closed {
            state,
            has_passphrase,
        });
    }

    pub(crate) fn set_session(&self, session: Session) {
        *self
            .inner
            .session
            .write()
            .unwrap_or_else(PoisonError::into_inner) = session;
        self.tell(Event::SessionChanged);
    }

    /// Reads the archive off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let open = self.open()?;
        Ok(tokio::task::spawn_blocking(move || open.store.read(read)).await??)
    }

    /// Changes the archive off the async threads, in one transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let open = self.open()?;
        Ok(tokio::task::spawn_blocking(move || open.store.write(write)).await??)
    }

    pub(crate) async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app)).await?
    }
}
