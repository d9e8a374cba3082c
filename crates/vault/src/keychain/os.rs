use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fluxchat_model::Secret;
use keyring::Error as StoreError;
use keyring_core::Entry;
use zeroize::Zeroize;

use super::{Keychain, KeychainError, Patience};

const SERVICE: &str = "fluxchat";

/// How long calls wait for the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For [`Patience::Probe`].
    pub probe: Duration,
    /// For [`Patience::Prompt`] and for everything that writes.
    pub prompt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            probe: Duration::from_secs(5),
            prompt: Duration::from_secs(60),
        }
    }
}

/// The keychain of the operating system.
///
/// Keychains do not like concurrent calls, and a call can wait for a prompt that nobody answers.
/// So one thread makes all calls and callers wait for it with a timeout. A keychain that could
/// not be reached is looked for again at the next call.
pub struct OsKeychain {
    timeouts: Timeouts,
    worker: Mutex<Option<Sender<Job>>>,
}

struct Job {
    item: String,
    action: Action,
    /// Set when the caller no longer waits: what has not begun must not happen behind its back.
    abandoned: Arc<AtomicBool>,
    reply: Sender<Reply>,
}

type Reply = Result<Option<Secret<String>>, KeychainError>;

enum Action {
    Get,
    Set(Secret<String>),
    Delete,
}

impl Default for OsKeychain {
    fn default() -> Self {
        Self::new()
    }
}

impl OsKeychain {
    /// The keychain with the usual timeouts. Nothing is contacted before the first call.
    #[must_use]
    pub fn new() -> Self {
        Self::with_timeouts(Timeouts::default())
    }

    /// The keychain with other timeouts.
    #[must_use]
    pub fn with_timeouts(timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            worker: Mutex::new(None),
        }
    }

    fn call(&self, item: &str, action: Action, patience: Patience) -> Reply {
        let wait = match patience {
            Patience::Probe => self.timeouts.probe,
            Patience::Prompt => self.timeouts.prompt,
        };
        let abandoned = Arc::new(AtomicBool::new(false));
        let (reply, answer) = mpsc::channel();
        self.hand_over(Job {
            item: item.to_owned(),
            action,
            abandoned: Arc::clone(&abandoned),
            reply,
        })?;
        match answer.recv_timeout(wait) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => {
                abandoned.store(true, Ordering::Release);
                if patience == Patience::Prompt {
                    // That thread may hang forever; the next call gets a new one.
                    self.forget_worker();
                }
                tracing::warn!(name: "keychain.timeout", "");
                Err(KeychainError::Timeout)
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.forget_worker();
                Err(KeychainError::Other("worker_lost"))
            }
        }
    }

    fn hand_over(&self, job: Job) -> Result<(), KeychainError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match worker.as_ref() {
            Some(sender) => match sender.send(job) {
                Ok(()) => return Ok(()),
                Err(refused) => refused.0,
            },
            None => job,
        };
        let sender = spawn_worker()?;
        let sent = sender.send(job);
        *worker = Some(sender);
        sent.map_err(|_| KeychainError::Other("worker_lost"))
    }

    fn forget_worker(&self) {
        *self.worker.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Keychain for OsKeychain {
    fn backend(&self) -> &str {
        BACKEND
    }

    fn get(&self, item: &str, patience: Patience) -> Result<Option<Secret<String>>, KeychainError> {
        self.call(item, Action::Get, patience)
    }

    fn set(&self, item: &str, secret: &Secret<String>) -> Result<(), KeychainError> {
        self.call(item, Action::Set(secret.clone()), Patience::Prompt)
            .map(drop)
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        self.call(item, Action::Delete, Patience::Prompt).map(drop)
    }
}

fn spawn_worker() -> Result<Sender<Job>, KeychainError> {
    let (sender, jobs) = mpsc::channel::<Job>();
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            let mut connected = false;
            for job in jobs {
                if job.abandoned.load(Ordering::Acquire) {
                    continue;
                }
                // The caller may have stopped waiting meanwhile; then nobody needs the answer.
                let _ = job.reply.send(perform(&job, &mut connected));
            }
        })
        .map_err(|_| KeychainError::Other("no_thread"))?;
    Ok(sender)
}

fn perform(job: &Job, connected: &mut bool) -> Reply {
    let was_connected = *connected;
    match attempt(job, connected) {
        // A connection does not survive the keychain daemon; a new one may.
        Err(StoreError::PlatformFailure(_)) if was_connected => {
            *connected = false;
            attempt(job, connected).map_err(|error| translate(error, *connected))
        }
        outcome => outcome.map_err(|error| translate(error, *connected)),
    }
    .inspect_err(|error| {
        // Reached but useless: begin from scratch next time.
        if matches!(error, KeychainError::Other("platform_failure")) {
            *connected = false;
        }
    })
}

fn attempt(job: &Job, connected: &mut bool) -> Result<Option<Secret<String>>, StoreError> {
    if !*connected {
        connect()?;
        *connected = true;
    }
    let entry = Entry::new_with_modifiers(SERVICE, &job.item, &modifiers())?;
    match &job.action {
        Action::Get => match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
        Action::Set(secret) => entry.set_password(secret.expose()).map(|()| None),
        Action::Delete => match entry.delete_credential() {
            Ok(()) | Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

fn translate(error: StoreError, connected: bool) -> KeychainError {
    match error {
        _ if !connected => KeychainError::NoProvider,
        StoreError::NoStorageAccess(_) => KeychainError::Locked,
        // A refused or impossible prompt has no error of its own there.
        StoreError::PlatformFailure(_) if cfg!(target_os = "macos") => KeychainError::Locked,
        StoreError::PlatformFailure(_) => KeychainError::Other("platform_failure"),
        StoreError::NoDefaultStore => KeychainError::NoProvider,
        StoreError::Ambiguous(_) => KeychainError::Ambiguous,
        StoreError::BadEncoding(mut bytes) | StoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeychainError::Other("bad_data")
        }
        StoreError::TooLong(..) => KeychainError::Other("too_long"),
        _ => KeychainError::Other("unexpected"),
    }
}

#[cfg(all(
    unix,
    not(any(target_os = "macos", target_os = "ios", target_os = "android"))
))]
mod platform {
    use super::{HashMap, StoreError};

    pub(super) const BACKEND: &str = "secret-service";

    pub(super) fn connect() -> Result<(), StoreError> {
        keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
        Ok(())
    }

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::from([("label", "Fluxchat")])
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use super::{HashMap, StoreError};

    pub(super) const BACKEND: &str = "apple-keychain";

    pub(super) fn connect() -> Result<(), StoreError> {
        keyring_core::set_default_store(apple_native_keyring_store::keychain::Store::new()?);
        Ok(())
    }

    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::new()
    }
}

#[cfg(target_os = "windows")]
mod platform {
    use super::{HashMap, StoreError};

    pub(super) const BACKEND: &str = "windows-credential-manager";

    pub(super) fn connect() -> Result<(), StoreError> {
        keyring_core::set_default_store(windows_native_keyring_store::Store::new()?);
        Ok(())
    }

    /// Without this the key would roam to every computer of a Windows domain.
    pub(super) fn modifiers() -> HashMap<&'static str, &'static str> {
        HashMap::from([("persistence", "Local")])
    }
}

use platform::{BACKEND, connect, modifiers};
