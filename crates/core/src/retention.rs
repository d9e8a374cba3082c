//! Retention: what is deleted by age. Each deletion goes the way of every other and has its receipt.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fluxchat_model::{
    ConversationId, ErasureId, ErasureScope, RetentionKind, RetentionRule, RetentionRuleId,
    RetentionTarget, RetentionVerdict, Timestamp, TrustedTime, retention_verdict,
};
use fluxchat_store::{ErasureRequest, RetentionRun, StoreError, WriteTx};

use crate::app::Open;
use crate::{App, Error, Event, restriction};

mod media;
mod preview;

pub use preview::{ExemptConversation, OldFileShown, RetentionPreview};

/// The first moments belong to the person.
const SETTLE: Duration = Duration::from_secs(20);
/// How often it is looked for what is due.
const EVERY: Duration = Duration::from_secs(3_600);
/// After so many the archive belongs to others for a moment.
const BATCH: u32 = 32;
const BREATH: Duration = Duration::from_millis(50);
/// A conversation that an answer arrives in is looked at again after this.
const LATER_MS: i64 = 3_600 * Timestamp::SECOND;
const MOST_DAYS: u32 = 36_500;
const RUNS: u32 = 20;
const RECEIPTS_OF_RUN: u32 = 50;

/// What hangs on an open archive.
#[derive(Default)]
pub(crate) struct Sweeper {
    /// Wakes it.
    pub(crate) wake: tokio::sync::Notify,
    /// Held while it works.
    alone: tokio::sync::Mutex<()>,
    /// What the steady clock said when it last read the time.
    steady: std::sync::Mutex<Option<i64>>,
}

/// Why nothing is deleted by rule at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The clock jumped ahead.
    Clock {
        /// The last time that was trusted.
        trusted_at: Timestamp,
        /// What the clock says.
        clock_at: Timestamp,
        /// How long it has to go on without another jump until it is believed.
        left_ms: i64,
    },
    /// Everything is frozen.
    Frozen,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Conversations deleted.
    pub conversations: u32,
    /// Drafts deleted.
    pub drafts: u32,
    /// Searches forgotten.
    pub searches: u32,
    /// Files deleted.
    pub media: u32,
    /// Why it did nothing.
    pub paused: Option<Pause>,
}

/// A rule as a person sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRule {
    /// What it is about.
    pub target: RetentionTarget,
    /// Delete this many days after the last activity; files, this many days after they came.
    pub idle_days: Option<u32>,
    /// Delete this many days after archiving. Neither: keep.
    pub archived_days: Option<u32>,
}

/// The rules and what came of them.
#[derive(Clone, Debug)]
pub struct RetentionState {
    /// The rules with the name of what each is about.
    pub rules: Vec<(RetentionRule, Option<String>)>,
    /// Why nothing is deleted at the moment.
    pub paused: Option<Pause>,
    /// The last passes.
    pub runs: Vec<RetentionRun>,
}

/// Looks for what is due, now and then.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, of, stop) = (app.clone(), Arc::clone(open), open.stop.clone());
    open.tasks.spawn(async move {
        let mut wait = SETTLE;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = of.retention.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
            wait = EVERY;
            if let Err(error) = app.sweep_retention().await {
                tracing::warn!(name: "retention.waits", code = error.code());
            }
        }
    });
}

impl App {
    /// The rules, whether they are at rest, and the last passes.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn retention(&self) -> Result<RetentionState, Error> {
        let (wall, ran) = self.since_read()?;
        self.read(move |tx| {
            let mut rules = Vec::new();
            for rule in tx.retention_rules()? {
                let name = match rule.target {
                    RetentionTarget::Conversation(id) => tx.conversation(id)?.map(|it| it.title),
                    RetentionTarget::Folder(id) => tx.folder(id)?.map(|it| it.name),
                    RetentionTarget::Tag(id) => tx.tag(id)?.map(|it| it.name),
                    RetentionTarget::Source(id) => tx.source(id)?.map(|it| it.name),
                    RetentionTarget::Kind(_) => None,
                };
                rules.push((rule, name));
            }
            let paused = if restriction::is_everything_frozen(tx)? {
                Some(Pause::Frozen)
            } else {
                observed(tx.trusted_time()?, wall, ran).and_then(|time| doubt(&time, wall))
            };
            let runs = tx.retention_runs(RUNS, RECEIPTS_OF_RUN)?;
            Ok(RetentionState {
                rules,
                paused,
                runs,
            })
        })
        .await
    }

    /// Sets the rule of a target. It works from the next pass on, which is at once.
    ///
    /// # Errors
    /// `invalid_retention`; when the target does not exist.
    pub async fn set_retention(&self, new: NewRule) -> Result<RetentionRule, Error> {
        let rule = self.rule(new)?;
        self.write(move |tx| {
            let there = match rule.target {
                RetentionTarget::Conversation(id) => tx.conversation(id)?.is_some(),
                RetentionTarget::Folder(id) => tx.folder(id)?.is_some(),
                RetentionTarget::Tag(id) => tx.tag(id)?.is_some(),
                RetentionTarget::Source(id) => tx.source(id)?.is_some(),
                RetentionTarget::Kind(_) => true,
            };
            if !there {
                return Err(StoreError::NotFound("target"));
            }
            tx.retention_rule_put(&rule)
        })
        .await?;
        self.open()?.retention.wake.notify_one();
        Ok(rule)
    }

    /// Removes a rule.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_retention(&self, id: RetentionRuleId) -> Result<(), Error> {
        self.write(move |tx| tx.retention_rule_remove(id)).await?;
        self.open()?.retention.wake.notify_one();
        Ok(())
    }

    /// A person says that the clock is right.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn confirm_clock(&self) -> Result<(), Error> {
        let wall = self.now();
        self.write(move |tx| {
            let mut time = tx.trusted_time()?.unwrap_or(TrustedTime::starting(wall));
            time.confirm(wall);
            tx.trusted_time_set(time)
        })
        .await?;
        self.open()?.retention.wake.notify_one();
        Ok(())
    }

    /// Deletes what is due, in small steps. A crash between any two of them is taken up at the
    /// next start, like that of any deletion.
    ///
    /// # Errors
    /// When the archive is not open or cannot be written.
    pub async fn sweep_retention(&self) -> Result<Swept, Error> {
        let open = self.open()?;
        let _alone = open.retention.alone.lock().await;
        let (wall, ran) = self.since_read()?;
        *open
            .retention
            .steady
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(self.inner.options.clock.steady_ms());
        let (time, frozen) = self
            .write(move |tx| {
                let time = observed(tx.trusted_time()?, wall, ran)
                    .unwrap_or_else(|| TrustedTime::starting(wall));
                tx.trusted_time_set(time)?;
                Ok((time, restriction::is_everything_frozen(tx)?))
            })
            .await?;
        let mut swept = Swept::default();
        if frozen {
            swept.paused = Some(Pause::Frozen);
            return Ok(swept);
        }
        let Some(now) = time.now(wall) else {
            swept.paused = doubt(&time, wall);
            tracing::warn!(name: "retention.clock_doubted", "");
            return Ok(swept);
        };
        let mut run = None;
        while !open.stop.is_cancelled() {
            let due = self.read(move |tx| tx.retention_due(now, BATCH)).await?;
            if due.is_empty() {
                break;
            }
            for id in due {
                if self.sweep_one(&open, id, now, &mut run).await? {
                    swept.conversations += 1;
                }
            }
            tokio::time::sleep(BREATH).await;
        }
        swept.media = self.sweep_media(&open, now, &mut run).await?;
        for kind in [RetentionKind::Drafts, RetentionKind::Searches] {
            let removed = self.sweep_kind(kind, now, &mut run).await?;
            match kind {
                RetentionKind::Drafts => swept.drafts = removed,
                _ => swept.searches = removed,
            }
        }
        Ok(swept)
    }

    /// The time, and how long it ran since the sweeper read it.
    fn since_read(&self) -> Result<(Timestamp, Option<i64>), Error> {
        let open = self.open()?;
        let last = *open
            .retention
            .steady
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let steady = self.inner.options.clock.steady_ms();
        Ok((self.now(), last.map(|last| steady.saturating_sub(last))))
    }

    async fn sweep_one(
        &self,
        open: &Open,
        id: ConversationId,
        now: Timestamp,
        run: &mut Option<i64>,
    ) -> Result<bool, Error> {
        if open.is_generating(id) {
            let later = Some(now.plus_ms(LATER_MS));
            self.write(move |tx| tx.retention_look_at(id, later))
                .await?;
            return Ok(false);
        }
        let request = ErasureRequest {
            id: self.fresh(ErasureId::new)?,
            scope: ErasureScope::Conversation(id),
            requested_at: self.now(),
            // There is nothing to undo.
            purge_after: self.now(),
        };
        let before = *run;
        let taken = self
            .write(move |tx| take_if_due(tx, &request, id, now, before))
            .await?;
        let Some(of) = taken else {
            return Ok(false);
        };
        *run = Some(of);
        self.tell(Event::ConversationRemoved(id));
        self.carry_through(request.id).await;
        Ok(true)
    }

    async fn sweep_kind(
        &self,
        kind: RetentionKind,
        now: Timestamp,
        run: &mut Option<i64>,
    ) -> Result<u32, Error> {
        let erasure = self.fresh(ErasureId::new)?;
        let (at, before) = (self.now(), *run);
        let removed = self
            .write(move |tx| {
                let rules = tx.retention_rules()?;
                let days = rules.iter().find_map(|rule| {
                    (rule.target == RetentionTarget::Kind(kind)).then_some(rule.idle_days)?
                });
                let Some(until) = days.map(|days| back(now, days)) else {
                    return Ok(None);
                };
                let old = match kind {
                    RetentionKind::Drafts => tx.drafts_older(until)?,
                    RetentionKind::Searches => tx.searches_older(until)?,
                    RetentionKind::Conversations | RetentionKind::Media => 0,
                };
                if old == 0 {
                    return Ok(None);
                }
                let of = before.map_or_else(|| tx.retention_run_begin(at), Ok)?;
                let removed = tx.retention_purge(of, erasure, kind, until, at)?;
                Ok(Some((of, removed)))
            })
            .await?;
        let Some((of, removed)) = removed else {
            return Ok(0);
        };
        *run = Some(of);
        self.carry_through(erasure).await;
        Ok(removed)
    }

    /// Carries a deletion out. What is in the way now is taken up by the task of all deletions.
    async fn carry_through(&self, id: ErasureId) {
        if let Err(error) = self.purge_now(id).await {
            tracing::warn!(name: "retention.proof_waits", code = error.code());
            if let Ok(open) = self.open() {
                open.deletions.notify_one();
            }
        }
    }

    fn rule(&self, new: NewRule) -> Result<RetentionRule, Error> {
        let days = [new.idle_days, new.archived_days];
        let sensible = days.into_iter().flatten().all(|days| days <= MOST_DAYS);
        let by_kind = matches!(
            new.target,
            RetentionTarget::Kind(
                RetentionKind::Drafts | RetentionKind::Searches | RetentionKind::Media
            )
        );
        if !sensible || new.idle_days == Some(0) || (by_kind && new.archived_days.is_some()) {
            return Err(Error::invalid(
                "invalid_retention",
                "A rule deletes after 1 to 36500 days; only conversations are archived.",
            ));
        }
        Ok(RetentionRule {
            id: self.fresh(RetentionRuleId::new)?,
            target: new.target,
            idle_days: new.idle_days,
            archived_days: new.archived_days,
            created_at: self.now(),
        })
    }
}

/// Looks at the rules of a conversation once more, in the transaction that takes it. Says which
/// pass took it, or notes when to look again.
fn take_if_due(
    tx: &WriteTx<'_>,
    request: &ErasureRequest,
    id: ConversationId,
    now: Timestamp,
    run: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    tx.conversation_archived_at(id, now)?;
    let Some(subject) = tx.retention_subject(id, now)? else {
        return Ok(None);
    };
    match retention_verdict(&tx.retention_rules()?, &subject) {
        RetentionVerdict::Until(_, at) if at <= now => {
            let run = run.map_or_else(|| tx.retention_run_begin(request.requested_at), Ok)?;
            tx.erasure_request(request)?;
            tx.retention_took_conversation(run, request.id)?;
            Ok(Some(run))
        }
        RetentionVerdict::Until(_, at) => {
            tx.retention_look_at(id, Some(at))?;
            Ok(None)
        }
        _ => {
            tx.retention_look_at(id, None)?;
            Ok(None)
        }
    }
}

fn observed(time: Option<TrustedTime>, wall: Timestamp, ran: Option<i64>) -> Option<TrustedTime> {
    time.map(|mut time| {
        time.observe(wall, ran);
        time
    })
}

fn back(now: Timestamp, days: u32) -> Timestamp {
    now.plus_ms(-i64::from(days) * Timestamp::DAY)
}

fn doubt(time: &TrustedTime, wall: Timestamp) -> Option<Pause> {
    time.doubted_at.map(|_| Pause::Clock {
        trusted_at: time.trusted_at,
        clock_at: wall,
        left_ms: time.left_ms(),
    })
}
