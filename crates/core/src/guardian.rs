//! Supervised profiles: what a guardian keeps locked, and the passphrase that unlocks it.
//!
//! The locks are here and in the ledger, not in a window: every way into the core meets them.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_model::{ConsentStatus, Purpose, Secret, Timestamp};
use fluxchat_store::{ReadTx, StoreError, WriteTx};
use fluxchat_vault::{KdfCost, Verifier};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{App, Error, Event, clock, consents, session};

/// How long the guardian's passphrase unlocks.
pub const UNLOCK_MS: i64 = 10 * 60 * Timestamp::SECOND;
const SHORTEST: usize = 8;
/// So many wrong passphrases cost nothing but their own time.
const FREE_TRIES: u32 = 3;
const FIRST_WAIT: i64 = 30 * Timestamp::SECOND;
const LONGEST_WAIT: i64 = Timestamp::DAY;

/// What is kept of a guardian.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GuardianRecord {
    verifier: Verifier,
    failures: u32,
    tried_at: Timestamp,
    unlocked: Option<Unlock>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Unlock {
    until: Timestamp,
    /// The latest time that was seen; before it, the clock was set back and nothing is unlocked.
    seen: Timestamp,
    /// Only for one action.
    once: bool,
}

/// How a supervised profile stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guardian {
    /// Whether a guardian supervises this profile.
    pub supervised: bool,
    /// Until when it is unlocked.
    pub unlocked_until: Option<Timestamp>,
    /// Whether only the next action is.
    pub once: bool,
    /// How long the next try of the passphrase has to wait, in milliseconds.
    pub wait_ms: i64,
}

impl GuardianRecord {
    pub(crate) fn new(passphrase: &Secret<String>, now: Timestamp) -> Result<Self, Error> {
        if passphrase.expose().chars().count() < SHORTEST {
            return Err(Error::invalid(
                "passphrase_short",
                "The guardian's passphrase needs at least 8 characters.",
            ));
        }
        Ok(Self {
            verifier: Verifier::new(passphrase, KdfCost::default())?,
            failures: 0,
            tried_at: now,
            unlocked: None,
        })
    }

    /// How long the next try has to wait.
    fn wait(&self, now: Timestamp) -> i64 {
        let Some(beyond) = self.failures.checked_sub(FREE_TRIES) else {
            return 0;
        };
        let pause = FIRST_WAIT
            .saturating_mul(1 << beyond.min(12))
            .min(LONGEST_WAIT);
        // A clock that was set back does not shorten the wait, and does not make it endless.
        let passed = now.0.saturating_sub(self.tried_at.0).max(0);
        (pause - passed).max(0)
    }

    fn open_at(&self, now: Timestamp) -> Option<Unlock> {
        self.unlocked
            .filter(|unlock| unlock.seen <= now && now < unlock.until)
    }
}

/// Whether the guardian has unlocked this profile now. Uses nothing up.
pub(crate) fn is_unlocked(tx: &ReadTx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let record: Option<GuardianRecord> = tx.guardian()?;
    Ok(record.is_some_and(|record| record.open_at(now).is_some()))
}

/// Whether a locked action may be done now; uses up what was unlocked for one action.
fn pass(tx: &WriteTx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(mut record) = tx.guardian::<GuardianRecord>()? else {
        return Ok(false);
    };
    let before = record.unlocked.is_some();
    let open = record.open_at(now);
    record.unlocked = open.filter(|unlock| !unlock.once).map(|unlock| Unlock {
        seen: now,
        ..unlock
    });
    if before {
        tx.guardian_set(Some(&record))?;
    }
    Ok(open.is_some())
}

impl App {
    /// Lets an action pass that a guardian keeps locked: in an ordinary profile always, in a
    /// supervised one only while it is unlocked.
    pub(crate) async fn guarded(&self) -> Result<(), Error> {
        self.off_thread(|app| {
            let open = app.open()?;
            let setup = open.store.read(session::setup_record)?;
            if !setup.is_some_and(|setup| setup.supervised) {
                return Ok(());
            }
            let now = app.now();
            if open.store.write(|tx| pass(tx, now))? {
                app.tell(Event::SessionChanged);
                Ok(())
            } else {
                Err(Error::Supervised)
            }
        })
        .await
    }

    /// How the supervision stands.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn guardian(&self) -> Result<Guardian, Error> {
        let now = self.now();
        self.read(move |tx| {
            let supervised = session::setup_record(tx)?.is_some_and(|setup| setup.supervised);
            let record: Option<GuardianRecord> = tx.guardian()?;
            let Some(record) = record.filter(|_| supervised) else {
                return Ok(Guardian {
                    supervised,
                    ..Guardian::default()
                });
            };
            let unlock = record.open_at(now);
            Ok(Guardian {
                supervised,
                unlocked_until: unlock.map(|unlock| unlock.until),
                once: unlock.is_some_and(|unlock| unlock.once),
                wait_ms: record.wait(now),
            })
        })
        .await
    }

    /// Unlocks for ten minutes, or for the next locked action alone.
    ///
    /// # Errors
    /// `guardian_passphrase_wrong`; `guardian_wait` after several wrong ones; when nobody
    /// supervises this profile.
    pub async fn guardian_unlock(
        &self,
        passphrase: Secret<String>,
        once: bool,
    ) -> Result<Guardian, Error> {
        let now = self.now();
        self.with_passphrase(passphrase, move |tx, mut record| {
            record.unlocked = Some(Unlock {
                until: now.plus_ms(UNLOCK_MS),
                seen: now,
                once,
            });
            tx.guardian_set(Some(&record))
        })
        .await?;
        self.lock_in_time()?;
        self.tell(Event::SessionChanged);
        self.guardian().await
    }

    /// Locks again, before the time is over.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn guardian_lock(&self) -> Result<(), Error> {
        self.write(|tx| {
            if let Some(mut record) = tx.guardian::<GuardianRecord>()?
                && record.unlocked.take().is_some()
            {
                tx.guardian_set(Some(&record))?;
            }
            Ok(())
        })
        .await?;
        self.tell(Event::SessionChanged);
        Ok(())
    }

    /// Begins to supervise a profile that nobody supervises. In the same step everything optional
    /// that was agreed to is taken back.
    ///
    /// # Errors
    /// `passphrase_short`; `already_supervised`.
    pub async fn guardian_begin(&self, passphrase: Secret<String>) -> Result<Guardian, Error> {
        let surface = self.inner.options.surface;
        let unmarked = self
            .off_thread(move |app| {
                let open = app.open()?;
                let now = app.now();
                let setup = session::set_up(&open.store)?;
                if setup.supervised {
                    return Err(Error::invalid(
                        "already_supervised",
                        "A guardian supervises this profile already.",
                    ));
                }
                let record = GuardianRecord::new(&passphrase, now)?;
                let policy = app.policy(None, &setup.language)?;
                let mut events = Vec::new();
                for purpose in Purpose::on_consent() {
                    let status = ConsentStatus::Withdrawn;
                    events.push(app.consent_event(purpose, status, &policy, surface)?);
                }
                let fresh = Uuid::from_bytes(clock::random16()?);
                let unmarked = open.store.write(|tx| {
                    session::set_supervised(tx, true)?;
                    tx.guardian_set(Some(&record))?;
                    for event in &events {
                        consents::decide(tx, event, fresh, now)?;
                    }
                    tx.training_forget()
                })?;
                for purpose in Purpose::all() {
                    if purpose.is_off_for_children() {
                        open.door.cancel_purpose(purpose);
                    }
                }
                open.tools.stop_all();
                open.outbox.notify_one();
                Ok(unmarked)
            })
            .await?;
        self.tell(Event::SessionChanged);
        self.tell_decided(unmarked);
        self.guardian().await
    }

    /// Ends the supervision. What was off stays off until somebody switches it on.
    ///
    /// # Errors
    /// As [`App::guardian_unlock`].
    pub async fn guardian_end(&self, passphrase: Secret<String>) -> Result<(), Error> {
        self.with_passphrase(passphrase, |tx, _| {
            session::set_supervised(tx, false)?;
            tx.guardian_set::<GuardianRecord>(None)
        })
        .await?;
        self.tell(Event::SessionChanged);
        self.tell(Event::ConsentsChanged);
        Ok(())
    }

    /// Does something if the passphrase is right. A try counts as failed before it is looked at,
    /// so that ending the process in between gains nothing.
    async fn with_passphrase(
        &self,
        passphrase: Secret<String>,
        then: impl FnOnce(&WriteTx<'_>, GuardianRecord) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), Error> {
        self.off_thread(move |app| {
            let open = app.open()?;
            let now = app.now();
            let tried = open.store.write(|tx| {
                let Some(mut record) = tx.guardian::<GuardianRecord>()? else {
                    return Ok(Err(Error::NotFound("guardian")));
                };
                let wait = record.wait(now);
                if now < record.tried_at {
                    record.tried_at = now;
                    tx.guardian_set(Some(&record))?;
                }
                if wait > 0 {
                    return Ok(Err(Error::GuardianWait(wait)));
                }
                record.failures = record.failures.saturating_add(1);
                record.tried_at = now;
                tx.guardian_set(Some(&record))?;
                Ok(Ok(record))
            })?;
            let mut record = tried?;
            if !record.verifier.knows(&passphrase)? {
                tracing::warn!(name: "guardian.wrong_passphrase", failures = record.failures);
                return Err(Error::GuardianPassphrase);
            }
            record.failures = 0;
            Ok(open.store.write(|tx| then(tx, record))?)
        })
        .await
    }

    /// Locks when the time is over by a clock that nobody can set.
    fn lock_in_time(&self) -> Result<(), Error> {
        let open = self.open()?;
        let (app, stop) = (self.clone(), open.stop.clone());
        let time = Duration::from_millis(UNLOCK_MS.unsigned_abs());
        let weak = Arc::downgrade(&open);
        open.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(time) => {
                    if weak.upgrade().is_some() && app.guardian_lock().await.is_err() {
                        tracing::warn!(name: "guardian.not_locked", "");
                    }
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passphrases_wait_longer_each_time_whatever_the_clock_says() {
        let mut record =
            GuardianRecord::new(&Secret::new("long enough".to_owned()), Timestamp(0)).unwrap();
        let mut waits = Vec::new();
        for failures in [0, 2, 3, 4, 5, 40] {
            record.failures = failures;
            record.tried_at = Timestamp(1_000_000);
            waits.push(record.wait(Timestamp(1_000_000)) / Timestamp::SECOND);
        }
        assert_eq!(waits, [0, 0, 30, 60, 120, 86_400]);
        record.failures = 3;
        assert_eq!(
            record.wait(Timestamp(0)),
            FIRST_WAIT,
            "set back: the whole wait"
        );
        assert_eq!(record.wait(Timestamp(1_010_000)), 20 * Timestamp::SECOND);
        assert_eq!(record.wait(Timestamp(1_030_000)), 0);
        assert!(GuardianRecord::new(&Secret::new("short".to_owned()), Timestamp(0)).is_err());
    }

    #[test]
    fn a_clock_set_back_unlocks_nothing() {
        let mut record =
            GuardianRecord::new(&Secret::new("long enough".to_owned()), Timestamp(0)).unwrap();
        record.unlocked = Some(Unlock {
            until: Timestamp(600_000),
            seen: Timestamp(300_000),
            once: false,
        });
        let open = |at| record.open_at(Timestamp(at)).is_some();
        assert!(open(300_000) && open(599_999));
        assert!(!open(299_999) && !open(600_000));
    }
}
