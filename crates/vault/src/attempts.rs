//! How often a passphrase or a recovery code may be tried.
//!
//! Every attempt is on record before it is made, so that ending the program does not undo it, and
//! waits are measured by the time since the computer started, which nobody can set. After a
//! restart of the computer the wait begins again.
//!
//! The record stands in the file of the key slots: whoever deletes it has nothing left to try.
//!
//! It slows down whoever sits at the computer. Somebody who took the profile away, or who puts an
//! older copy of that file back, guesses at the speed of Argon2id.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::VaultError;
use crate::file::remove_if_there;
use crate::sidecar::{self, ATTEMPTS, Found, KEY_SLOTS};

/// The field of the file of the key slots.
const FIELD: &str = "attempts";

/// A moment: which run of the computer, and milliseconds since it began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Names the run of the computer.
    pub boot: String,
    /// Since it began, sleep included where the system counts it.
    pub ms: u64,
}

/// Time that cannot be set.
pub trait Ticks: Send + Sync {
    /// Now.
    fn now(&self) -> Tick;
}

/// The computer's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct BootTicks;

impl Ticks for BootTicks {
    #[cfg(target_os = "linux")]
    fn now(&self) -> Tick {
        use rustix::time::{ClockId, clock_gettime};
        let now = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Tick {
            boot: boot.trim().to_owned(),
            ms: seconds * 1_000 + u64::try_from(now.tv_nsec / 1_000_000).unwrap_or(0),
        }
    }

    /// Without a name for the run of the computer, each run of the program counts for itself.
    #[cfg(not(target_os = "linux"))]
    fn now(&self) -> Tick {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<(Instant, String)> = OnceLock::new();
        let (start, boot) = START.get_or_init(|| {
            let mut random = [0; 8];
            let _ = getrandom::fill(&mut random);
            (Instant::now(), hex::encode(random))
        });
        Tick {
            boot: boot.clone(),
            ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Attempts {
    v: u32,
    failures: u32,
    at: Tick,
}

/// How long to wait after so many failures, in milliseconds.
fn owed(failures: u32) -> u64 {
    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;
    match failures {
        0..=3 => 0,
        4 => 5 * SECOND,
        5 => 15 * SECOND,
        6 => 30 * SECOND,
        7 => MINUTE,
        8 => 5 * MINUTE,
        9 => 15 * MINUTE,
        _ => 60 * MINUTE,
    }
}

/// What a record that cannot be read counts as.
const UNREADABLE: u32 = 7;

/// How long to wait before the next attempt, in milliseconds.
pub(crate) fn wait(dir: &Path, ticks: &dyn Ticks) -> Result<u64, VaultError> {
    let now = ticks.now();
    let mut attempts = match read(dir)? {
        Found::Present(attempts) => attempts,
        Found::Missing => return Ok(0),
        Found::Damaged => {
            let _alone = alone(dir);
            current(dir, &now)?
        }
    };
    Ok(wait_of(&mut attempts, &now))
}

/// Makes an attempt, if one may be made now. One that fails with `wrong_passphrase` counts.
pub(crate) fn attempt<T>(
    dir: &Path,
    ticks: &dyn Ticks,
    check: impl FnOnce() -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let _alone = alone(dir);
    let now = ticks.now();
    let mut attempts = current(dir, &now)?;
    let restarted = attempts.at.boot != now.boot || now.ms < attempts.at.ms;
    let wait_ms = wait_of(&mut attempts, &now);
    if wait_ms > 0 {
        if restarted {
            write(dir, Some(&attempts))?;
        }
        return Err(VaultError::TooManyAttempts { wait_ms });
    }
    attempts.failures = attempts.failures.saturating_add(1);
    attempts.at = now;
    write(dir, Some(&attempts))?;
    let checked = check();
    match &checked {
        Err(VaultError::WrongPassphrase) => {}
        Ok(_) => write(dir, None)?,
        Err(_) => {
            // Nothing was learned about the passphrase.
            attempts.failures -= 1;
            write(dir, Some(&attempts))?;
        }
    }
    checked
}

fn wait_of(attempts: &mut Attempts, now: &Tick) -> u64 {
    if attempts.at.boot != now.boot || now.ms < attempts.at.ms {
        attempts.at = now.clone();
    }
    owed(attempts.failures).saturating_sub(now.ms - attempts.at.ms)
}

/// The record. One that cannot be read is made anew, with its full wait from now on.
fn current(dir: &Path, now: &Tick) -> Result<Attempts, VaultError> {
    let begun = |failures| Attempts {
        v: 1,
        failures,
        at: now.clone(),
    };
    Ok(match read(dir)? {
        Found::Present(attempts) => attempts,
        Found::Missing => begun(0),
        Found::Damaged => {
            let attempts = begun(UNREADABLE);
            write(dir, Some(&attempts))?;
            attempts
        }
    })
}

fn read(dir: &Path) -> Result<Found<Attempts>, VaultError> {
    let slots = match sidecar::read::<Map<String, Value>>(dir, KEY_SLOTS)? {
        Found::Present(slots) => slots,
        Found::Missing => return Ok(Found::Missing),
        Found::Damaged => return Err(VaultError::Damaged(KEY_SLOTS)),
    };
    match slots.get(FIELD) {
        Some(value) => Ok(match Attempts::deserialize(value) {
            Ok(attempts) => Found::Present(attempts),
            Err(_) => Found::Damaged,
        }),
        // Where the first versions had it.
        None => sidecar::read(dir, ATTEMPTS),
    }
}

/// Writes the record, or takes it away. Everything else in the file stays as it is, whichever
/// version wrote it.
///
/// A disk that is full or cannot be written must not keep its owner out: what is on it can only
/// be read, and deleted, once it is open.
fn write(dir: &Path, attempts: Option<&Attempts>) -> Result<(), VaultError> {
    let mut slots = match sidecar::read::<Map<String, Value>>(dir, KEY_SLOTS)? {
        Found::Present(slots) => slots,
        _ => return Err(VaultError::Damaged(KEY_SLOTS)),
    };
    match attempts {
        Some(attempts) => {
            let value =
                serde_json::to_value(attempts).map_err(|_| VaultError::Damaged(KEY_SLOTS))?;
            slots.insert(FIELD.to_owned(), value);
        }
        None => drop(slots.remove(FIELD)),
    }
    unless_unwritable(
        sidecar::write(dir, KEY_SLOTS, &slots)
            .and_then(|()| remove_if_there(&dir.join(ATTEMPTS)).map_err(VaultError::from)),
    )
}

fn unless_unwritable(done: Result<(), VaultError>) -> Result<(), VaultError> {
    match done {
        Err(VaultError::Io(error))
            if matches!(
                error.kind(),
                ErrorKind::StorageFull
                    | ErrorKind::QuotaExceeded
                    | ErrorKind::ReadOnlyFilesystem
                    | ErrorKind::PermissionDenied
            ) =>
        {
            tracing::warn!(name: "attempts.not_recorded", kind = %error.kind(), "");
            Ok(())
        }
        other => other,
    }
}

/// One attempt, or one change of the key slots, at a time, over all processes. Locks the folder
/// itself, so that no file is left.
pub(crate) fn alone(dir: &Path) -> Option<File> {
    let folder = File::open(dir).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    struct Hand(Mutex<Tick>);

    impl Hand {
        fn new() -> Self {
            Self(Mutex::new(Tick {
                boot: "one".into(),
                ms: 1_000_000,
            }))
        }
        fn advance(&self, ms: u64) {
            self.0.lock().unwrap().ms += ms;
        }
        fn reboot(&self, ms: u64) {
            *self.0.lock().unwrap() = Tick {
                boot: "two".into(),
                ms,
            };
        }
    }

    impl Ticks for Hand {
        fn now(&self) -> Tick {
            self.0.lock().unwrap().clone()
        }
    }

    /// A folder with slots, one of them of a version to come.
    fn profile() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let slots = r#"{"v":1,"slots":[{"slot":"hardware","id":7}]}"#;
        std::fs::write(dir.path().join(KEY_SLOTS), slots).unwrap();
        dir
    }

    fn slots(dir: &Path) -> Value {
        serde_json::from_slice(&std::fs::read(dir.join(KEY_SLOTS)).unwrap()).unwrap()
    }

    fn fail(dir: &Path, ticks: &Hand) -> VaultError {
        attempt::<()>(dir, ticks, || Err(VaultError::WrongPassphrase)).unwrap_err()
    }

    fn waits(error: &VaultError) -> u64 {
        match error {
            VaultError::TooManyAttempts { wait_ms } => *wait_ms,
            _ => 0,
        }
    }

    #[test]
    fn waits_grow_and_the_right_one_ends_them() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        for _ in 0..4 {
            assert!(matches!(fail(dir, &ticks), VaultError::WrongPassphrase));
        }
        assert_eq!(waits(&fail(dir, &ticks)), 5_000);
        ticks.advance(4_999);
        assert_eq!(waits(&fail(dir, &ticks)), 1, "to the last millisecond");
        ticks.advance(1);
        assert!(matches!(fail(dir, &ticks), VaultError::WrongPassphrase));
        assert_eq!(wait(dir, &ticks).unwrap(), 15_000);
        ticks.advance(15_000);
        attempt(dir, &ticks, || Ok(())).unwrap();
        assert_eq!(wait(dir, &ticks).unwrap(), 0);
        assert_eq!(
            slots(dir),
            serde_json::json!({ "v": 1, "slots": [{ "slot": "hardware", "id": 7 }] }),
            "nothing is left of them, and nothing else was touched"
        );
    }

    #[test]
    fn neither_a_restart_nor_a_kill_shortens_a_wait() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        for _ in 0..4 {
            fail(dir, &ticks);
        }
        ticks.advance(3_000);
        ticks.reboot(900_000_000);
        assert_eq!(waits(&fail(dir, &ticks)), 5_000, "all of it again");
        ticks.advance(5_000);
        // Killed while the passphrase was checked: it counts.
        let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            attempt::<()>(dir, &ticks, || std::panic::resume_unwind(Box::new(())))
        }));
        assert!(killed.is_err());
        assert_eq!(wait(dir, &ticks).unwrap(), 15_000);
    }

    #[test]
    fn a_damaged_record_is_no_way_around() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        let damaged = r#"{"v":1,"slots":[],"attempts":"none"}"#;
        std::fs::write(dir.join(KEY_SLOTS), damaged).unwrap();
        assert_eq!(wait(dir, &ticks).unwrap(), 60_000);
        ticks.advance(1_000);
        assert_eq!(waits(&fail(dir, &ticks)), 59_000, "it began once");
    }

    #[test]
    fn deleting_the_record_leaves_nothing_to_try() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        for _ in 0..4 {
            fail(dir, &ticks);
        }
        let files = || {
            let entries = std::fs::read_dir(dir).unwrap();
            entries.map(|entry| entry.unwrap().path())
        };
        for file in files().filter(|file| !file.ends_with(KEY_SLOTS)) {
            std::fs::remove_file(file).unwrap();
        }
        assert_eq!(wait(dir, &ticks).unwrap(), 5_000, "no other file has it");
        std::fs::remove_file(dir.join(KEY_SLOTS)).unwrap();
        let tried = attempt(dir, &ticks, || Ok(()));
        assert!(matches!(tried, Err(VaultError::Damaged(KEY_SLOTS))));
    }

    #[test]
    fn a_record_of_the_first_versions_counts_and_moves() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        let attempts = Attempts {
            v: 1,
            failures: 4,
            at: ticks.now(),
        };
        sidecar::write(dir, ATTEMPTS, &attempts).unwrap();
        assert_eq!(waits(&fail(dir, &ticks)), 5_000);
        ticks.advance(5_000);
        assert!(matches!(fail(dir, &ticks), VaultError::WrongPassphrase));
        assert!(!dir.join(ATTEMPTS).exists());
        assert_eq!(slots(dir)[FIELD]["failures"], 5);
    }

    #[test]
    fn what_says_nothing_about_the_passphrase_does_not_count() {
        let dir = profile();
        let (dir, ticks) = (dir.path(), Hand::new());
        for _ in 0..9 {
            let error = attempt::<()>(dir, &ticks, || Err(VaultError::KeyDerivation));
            assert!(matches!(error, Err(VaultError::KeyDerivation)));
        }
    }
}
