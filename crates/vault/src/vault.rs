//! The archive key: where it is, whether it is the right one, who may create it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxchat_model::{ArchiveKey, Secret, SessionState, StorageMode, Timestamp};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::file::create_private_dir;
use crate::passphrase::{KdfCost, PassphraseSlot, Use};
use crate::seal::{self, SealKey};
use crate::sidecar::{self, Found, KEY_INFO, KEY_SLOTS, KeyInfo, KeySlots, Slot};
use crate::{BootTicks, Keychain, KeychainError, Patience, Ticks, VaultError};

mod copies;
mod credentials;
mod epoch;
mod fresh;
mod sealed;
mod slots;

#[cfg(test)]
mod tests;

use credentials::Stored;
pub use slots::{LockStatus, Recovered};

/// The file name of the archive in the profile folder.
pub const ARCHIVE_FILE: &str = "archive.db";
/// What `keyinfo.json` calls the backend of an archive under a passphrase.
pub const BACKEND_PASSPHRASE: &str = "passphrase";

const SIDECAR_VERSION: u32 = 1;
const SEAL_CONTEXT: &str = "fluxchat 2026-11 vault sealed secrets v1";

/// What stands between the person and the archive.
#[derive(Clone, Debug)]
pub enum Probe {
    /// Neither archive nor record of a key. The only state in which a key may be created.
    FirstRun,
    /// The key of the archive, checked against the record beside it.
    Key(ArchiveKey, StorageMode),
    /// The key is under a passphrase: [`Vault::unlock_with_passphrase`].
    PassphraseNeeded,
    /// The keychain is locked or waits for an answer. Ask again with [`Patience::Prompt`].
    Locked,
    /// The keychain that holds the key cannot be reached.
    NoProvider,
    /// The key was put into another kind of keychain.
    BackendChanged {
        /// The kind that holds the key.
        was: String,
        /// The kind found here.
        now: String,
    },
    /// There is, or was, an archive, and its key is gone.
    KeyLost,
    /// The keychain has a key in that place, but of another archive.
    WrongKey,
}

impl Probe {
    /// The same in the words of the window. `Ready` here means: the key is; the archive was not
    /// opened yet.
    #[must_use]
    pub fn session_state(&self) -> SessionState {
        match self {
            Self::FirstRun => SessionState::FirstRun,
            Self::Key(..) => SessionState::Ready,
            Self::PassphraseNeeded | Self::Locked => SessionState::Locked,
            Self::NoProvider => SessionState::NoProvider,
            Self::BackendChanged { .. } => SessionState::BackendChanged,
            Self::KeyLost => SessionState::KeyLost,
            Self::WrongKey => SessionState::WrongKey,
        }
    }
}

/// Tells keys apart without telling them: hex of the first 8 bytes of SHA-256(`"fluxchat-kid"` ‖ key).
#[must_use]
pub fn key_id(key: &ArchiveKey) -> String {
    let digest = Sha256::new()
        .chain_update(b"fluxchat-kid")
        .chain_update(key.expose())
        .finalize();
    hex::encode(&digest[..8])
}

/// The keys of one profile.
///
/// After a successful [`probe`](Self::probe), creation or unlocking it can reach the secrets of
/// the profile; [`lock`](Self::lock) forgets what it needs for that.
pub struct Vault {
    /// `None` for a session in memory.
    dir: Option<PathBuf>,
    keychain: Arc<dyn Keychain>,
    cost: KdfCost,
    ticks: Arc<dyn Ticks>,
    session: Mutex<Session>,
    /// Held while a file is read, changed and written, and never together with a wait for
    /// `session`, so that locking does not wait for a prompt.
    writing: Mutex<()>,
}

/// What is needed to reach the secrets of the profile.
#[derive(Clone)]
enum Session {
    Locked,
    Keychain { key_id: String, sealing: SealKey },
    Passphrase { sealing: SealKey },
    Memory(MemorySession),
}

#[derive(Clone)]
struct MemorySession {
    key: ArchiveKey,
    credentials: BTreeMap<String, Stored>,
    copies: BTreeMap<String, ArchiveKey>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Vault {
    /// The vault of a profile folder. Nothing is read or contacted yet.
    #[must_use]
    pub fn new(profile_dir: impl Into<PathBuf>, keychain: Arc<dyn Keychain>) -> Self {
        Self {
            dir: Some(profile_dir.into()),
            keychain,
            cost: KdfCost::default(),
            ticks: Arc::new(BootTicks),
            session: Mutex::new(Session::Locked),
            writing: Mutex::new(()),
        }
    }

    /// A vault that writes nothing anywhere: a random key, and secrets until the program ends.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn in_memory() -> Result<Self, VaultError> {
        Ok(Self {
            dir: None,
            keychain: Arc::new(NoKeychain),
            cost: KdfCost::default(),
            ticks: Arc::new(BootTicks),
            session: Mutex::new(Session::Memory(MemorySession {
                key: seal::random_key()?,
                credentials: BTreeMap::new(),
                copies: BTreeMap::new(),
            })),
            writing: Mutex::new(()),
        })
    }

    /// What a guess at a new passphrase shall cost. Existing slots keep their cost.
    #[must_use]
    pub fn with_kdf_cost(mut self, cost: KdfCost) -> Self {
        self.cost = cost;
        self
    }

    /// By what time waits between attempts are measured.
    #[must_use]
    pub fn with_ticks(mut self, ticks: Arc<dyn Ticks>) -> Self {
        self.ticks = ticks;
        self
    }

    /// Finds out what stands between the person and the archive. Changes nothing.
    ///
    /// # Errors
    /// When the folder cannot be read, or the keychain fails in a way that is none of the states.
    pub fn probe(&self, patience: Patience) -> Result<Probe, VaultError> {
        let Some(dir) = &self.dir else {
            return Ok(match &*lock(&self.session) {
                Session::Memory(memory) => Probe::Key(memory.key.clone(), StorageMode::Memory),
                _ => Probe::KeyLost,
            });
        };
        let record = Record::read(dir)?;
        if record.is_first_run() {
            return Ok(Probe::FirstRun);
        }
        let info = record.info.present();
        let slots = record.slots.present();
        let keyring_item = slots
            .as_ref()
            .and_then(|slots| slots.keyring_item().map(str::to_owned));
        let has_passphrase = slots
            .as_ref()
            .is_some_and(|slots| slots.passphrase().is_some());
        let backend = info.as_ref().map(|info| info.backend.as_str());
        if has_passphrase && keyring_item.is_none() {
            return Ok(Probe::PassphraseNeeded);
        }
        if backend == Some(BACKEND_PASSPHRASE) {
            return Ok(Probe::KeyLost);
        }
        // Each of the two files alone is enough to find the key.
        let key_id = info
            .as_ref()
            .map(|info| info.key_id.clone())
            .or_else(|| keyring_item.as_deref().and_then(key_id_of_item));
        let Some(key_id) = key_id else {
            return Ok(Probe::KeyLost);
        };
        if let Some(was) = backend
            && was != self.keychain.backend()
        {
            return Ok(Probe::BackendChanged {
                was: was.to_owned(),
                now: self.keychain.backend().to_owned(),
            });
        }
        let item = keyring_item.unwrap_or_else(|| key_item(&key_id));
        let probe = match self.keychain.get(&item, patience) {
            Ok(None) => Probe::KeyLost,
            Ok(Some(text)) => match parse_key(&text) {
                Some(key) if crate::key_id(&key) == key_id => {
                    self.enter_keychain_session(key_id, &key);
                    Probe::Key(key, StorageMode::Keychain)
                }
                _ => Probe::WrongKey,
            },
            Err(KeychainError::Locked | KeychainError::Timeout) => Probe::Locked,
            Err(KeychainError::NoProvider) => Probe::NoProvider,
            Err(error) => return Err(error.into()),
        };
        Ok(probe)
    }

    /// Whether a keychain can be reached, for the first run to know what to offer. A locked one
    /// may still refuse to store.
    ///
    /// # Errors
    /// The reason when it cannot.
    pub fn keychain_reachable(&self, patience: Patience) -> Result<(), KeychainError> {
        self.keychain.get("reachable", patience).map(drop)
    }

    /// Creates the key of a new archive in the keychain. Only for [`Probe::FirstRun`].
    ///
    /// # Errors
    /// [`VaultError::NotFirstRun`] when there is an archive or a record of a key; the keychain's
    /// reason when it refuses (nothing is left behind then).
    pub fn create_in_keychain(&self, now: Timestamp) -> Result<ArchiveKey, VaultError> {
        let _writing = lock(&self.writing);
        let dir = self.first_run_dir()?;
        let key = seal::random_key()?;
        let key_id = crate::key_id(&key);
        let item = key_item(&key_id);
        let text = key_text(&key);
        self.keychain.set(&item, &text)?;
        let recorded = (|| {
            // Some keychains accept and forget.
            let back = self.keychain.get(&item, Patience::Prompt)?;
            if back.is_none_or(|back| back.expose() != text.expose()) {
                return Err(KeychainError::Other("not_stored").into());
            }
            let slot = Slot::Keyring { item: item.clone() };
            write_record(dir, slot, self.keychain.backend(), &key_id, now)
        })();
        if let Err(error) = recorded {
            // The record could not be written, so nothing refers to this key.
            let _ = self.keychain.delete(&item);
            return Err(error);
        }
        self.enter_keychain_session(key_id, &key);
        Ok(key)
    }

    /// Creates the key of a new archive under a passphrase. Only for [`Probe::FirstRun`].
    ///
    /// # Errors
    /// [`VaultError::NotFirstRun`] when there is an archive or a record of a key.
    pub fn create_with_passphrase(
        &self,
        passphrase: &Secret<String>,
        now: Timestamp,
    ) -> Result<ArchiveKey, VaultError> {
        let _writing = lock(&self.writing);
        let dir = self.first_run_dir()?;
        let key = seal::random_key()?;
        let slot = PassphraseSlot::wrap(&key, passphrase, self.cost, Use::Passphrase)?;
        let slot = Slot::Passphrase(slot);
        write_record(dir, slot, BACKEND_PASSPHRASE, &crate::key_id(&key), now)?;
        self.enter_passphrase_session(&key);
        Ok(key)
    }

    /// The key, for the right passphrase. Takes as long as [`KdfCost`] says.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; [`VaultError::TooManyAttempts`];
    /// [`VaultError::NoPassphrase`] when none was set up.
    pub fn unlock_with_passphrase(
        &self,
        passphrase: &Secret<String>,
    ) -> Result<ArchiveKey, VaultError> {
        let key = self.unwrapped(&self.slots()?, passphrase)?;
        match sidecar::read::<KeyInfo>(self.dir()?, KEY_INFO)?.present() {
            Some(info) => self.enter(&info, &key),
            None => self.enter_passphrase_session(&key),
        }
        self.sweep();
        Ok(key)
    }

    /// Forgets what gives access to the secrets of the profile. A session in memory stays: its
    /// key exists nowhere else.
    pub fn lock(&self) {
        let mut session = lock(&self.session);
        if !matches!(*session, Session::Memory(_)) {
            *session = Session::Locked;
        }
    }

    fn enter_keychain_session(&self, key_id: String, key: &ArchiveKey) {
        *lock(&self.session) = Session::Keychain {
            key_id,
            sealing: seal::derive(SEAL_CONTEXT, key.expose()),
        };
    }

    fn enter_passphrase_session(&self, key: &ArchiveKey) {
        *lock(&self.session) = Session::Passphrase {
            sealing: seal::derive(SEAL_CONTEXT, key.expose()),
        };
    }

    fn first_run_dir(&self) -> Result<&Path, VaultError> {
        let dir = self.dir.as_deref().ok_or(VaultError::NotFirstRun)?;
        create_private_dir(dir)?;
        if Record::read(dir)?.is_first_run() {
            Ok(dir)
        } else {
            Err(VaultError::NotFirstRun)
        }
    }

    fn dir(&self) -> Result<&Path, VaultError> {
        self.dir.as_deref().ok_or(VaultError::Locked)
    }

    fn session(&self) -> Session {
        lock(&self.session).clone()
    }
}

/// What the profile folder says about the key.
struct Record {
    archive: bool,
    info: Found<KeyInfo>,
    slots: Found<KeySlots>,
}

impl Record {
    fn read(dir: &Path) -> Result<Self, VaultError> {
        Ok(Self {
            // A dangling link is an archive we cannot see, not an invitation to make a new one.
            archive: dir.join(ARCHIVE_FILE).symlink_metadata().is_ok()
                || dir.join(ARCHIVE_FILE).try_exists()?,
            info: sidecar::read(dir, KEY_INFO)?,
            slots: sidecar::read(dir, KEY_SLOTS)?,
        })
    }

    fn is_first_run(&self) -> bool {
        !self.archive && self.info.is_missing() && self.slots.is_missing()
    }
}

fn write_record(
    dir: &Path,
    slot: Slot,
    backend: &str,
    key_id: &str,
    now: Timestamp,
) -> Result<(), VaultError> {
    let slots = KeySlots {
        v: SIDECAR_VERSION,
        slots: vec![slot],
        leftover: None,
        attempts: None,
    };
    let info = KeyInfo {
        v: SIDECAR_VERSION,
        key_id: key_id.to_owned(),
        backend: backend.to_owned(),
        epoch: 1,
        own_since: 0,
        created_at: now,
    };
    let written =
        sidecar::write(dir, KEY_SLOTS, &slots).and_then(|()| sidecar::write(dir, KEY_INFO, &info));
    if written.is_err() {
        for name in [KEY_INFO, KEY_SLOTS] {
            let _ = crate::file::remove_if_there(&dir.join(name));
        }
    }
    written
}

/// The name of the key's item in the keychain. Says nothing but which archive it belongs to.
fn key_item(key_id: &str) -> String {
    format!("archive-{key_id}")
}

fn key_id_of_item(item: &str) -> Option<String> {
    item.strip_prefix("archive-").map(str::to_owned)
}

fn key_text(key: &ArchiveKey) -> Secret<String> {
    Secret::new(hex::encode(key.expose()))
}

fn parse_key(text: &Secret<String>) -> Option<ArchiveKey> {
    let bytes = Zeroizing::new(hex::decode(text.expose()).ok()?);
    let mut key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    let secret = Secret::new(key);
    key.zeroize();
    Some(secret)
}

/// Where nothing may be stored.
struct NoKeychain;

impl Keychain for NoKeychain {
    fn backend(&self) -> &str {
        "none"
    }

    fn get(&self, _: &str, _: Patience) -> Result<Option<Secret<String>>, KeychainError> {
        Err(KeychainError::NoProvider)
    }

    fn set(&self, _: &str, _: &Secret<String>) -> Result<(), KeychainError> {
        Err(KeychainError::NoProvider)
    }

    fn delete(&self, _: &str) -> Result<(), KeychainError> {
        Err(KeychainError::NoProvider)
    }
}
