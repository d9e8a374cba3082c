//! Diagnostic reports: off, shown before the first one leaves, and every one kept as it left.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Call, Ctx, Endpoint, Payload, Target};
use fluxchat_model::{
    DataCategory, DiagnosticEvent, DiagnosticKind, DiagnosticPayload, DiagnosticReport,
    DiagnosticReportId, DiagnosticState, Dialect, Initiator, Source, StoredKind, Timestamp,
};
use fluxchat_store::ReadTx;
use fluxchat_store::StoreError;

use crate::app::Open;
use crate::{App, Error, Event, consents, crash, place_of};

mod bundle;

const SHOWN: u32 = 200;
const WEEK: i64 = 7 * Timestamp::DAY;
/// How often it is looked whether a report is due.
const LOOK: Duration = Duration::from_secs(6 * 3_600);
/// The first moments belong to the person.
const SETTLE: Duration = Duration::from_secs(20);
const LARGEST_ANSWER: usize = 16 << 10;

/// Everything about diagnostics that a person can see.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// Whether crash reports are agreed to.
    pub crash_given: bool,
    /// Whether usage reports are agreed to.
    pub usage_given: bool,
    /// Whether a guardian keeps both off.
    pub locked: bool,
    /// What a usage report would say now.
    pub usage_now: String,
    /// Who would receive it: a host, or nobody outside of this computer.
    pub receiver: Option<String>,
    /// All reports, newest first.
    pub reports: Vec<DiagnosticReport>,
}

/// Sends reports that are due, of kinds whose first report was seen and sent.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, stop) = (app.clone(), open.stop.clone());
    open.tasks.spawn(async move {
        let mut wait = SETTLE;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = LOOK;
            if let Err(error) = app.diagnostics_due().await {
                tracing::info!(name: "diagnostics.not_sent", code = error.code());
            }
        }
    });
}

impl App {
    /// What is agreed to, what would be sent, and what was.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn diagnostics(&self) -> Result<Diagnostics, Error> {
        let (version, now) = (self.version(), self.now());
        let (crash_given, usage_given, payload, reports) = self
            .read(move |tx| {
                Ok((
                    consents::is_given(tx, DiagnosticKind::Crash.purpose(), now)?,
                    consents::is_given(tx, DiagnosticKind::Usage.purpose(), now)?,
                    usage(tx, version)?,
                    tx.diagnostic_reports(SHOWN)?,
                ))
            })
            .await?;
        let receiver = self.receiver().await?;
        Ok(Diagnostics {
            crash_given,
            usage_given,
            locked: self.status().supervised,
            usage_now: body(&payload)?,
            receiver: Target::of(&receiver)
                .is_in_process()
                .then_some(())
                .map_or_else(|| Some(Target::of(&receiver).host()), |()| None),
            reports,
        })
    }

    /// Makes a usage report of now and keeps it, so that it can be read before it is sent. One
    /// that waits already stays the one.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn diagnostics_prepare(&self) -> Result<DiagnosticReport, Error> {
        let (id, now, version) = (
            self.fresh(DiagnosticReportId::new)?,
            self.now(),
            self.version(),
        );
        let kind = DiagnosticKind::Usage;
        let report = self
            .write(move |tx| {
                if let Some(waiting) = tx.diagnostic_latest(kind, DiagnosticState::Waiting)? {
                    return Ok(waiting);
                }
                let payload = usage(tx, version)?;
                let report = DiagnosticReport {
                    id,
                    kind,
                    state: DiagnosticState::Waiting,
                    created_at: now,
                    sent_at: None,
                    body: serde_json::to_string_pretty(&payload)
                        .map_err(|_| StoreError::Unreadable("diagnostic report"))?,
                };
                tx.diagnostic_insert(&report)?;
                Ok(report)
            })
            .await?;
        self.tell(Event::DiagnosticsChanged);
        Ok(report)
    }

    /// Sends a report as it stands. The person has read it.
    ///
    /// # Errors
    /// `no_consent`; `not_found` for one that does not wait; whatever the door says.
    pub async fn diagnostics_send(&self, id: DiagnosticReportId) -> Result<(), Error> {
        self.send_report(id, Initiator::User).await
    }

    /// Lets a waiting report go unsent.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn diagnostics_discard(&self, id: DiagnosticReportId) -> Result<(), Error> {
        self.write(move |tx| tx.diagnostic_settle(id, DiagnosticState::Discarded, None))
            .await?;
        self.tell(Event::DiagnosticsChanged);
        Ok(())
    }

    /// Sends what is due: of a kind that is agreed to and whose first report was seen and sent, a
    /// crash at once and usage once a week.
    ///
    /// # Errors
    /// When the archive is not open, or the door refuses.
    pub async fn diagnostics_due(&self) -> Result<(), Error> {
        for kind in DiagnosticKind::ALL {
            let now = self.now();
            let due = self
                .read(move |tx| {
                    let sent = tx.diagnostic_latest(kind, DiagnosticState::Sent)?;
                    let (Some(sent), true) = (sent, consents::is_given(tx, kind.purpose(), now)?)
                    else {
                        return Ok(None);
                    };
                    let waiting = tx.diagnostic_latest(kind, DiagnosticState::Waiting)?;
                    let old = now.0.saturating_sub(sent.created_at.0) >= WEEK;
                    Ok(match (kind, waiting) {
                        (_, Some(waiting)) => Some(Some(waiting.id)),
                        (DiagnosticKind::Usage, None) if old => Some(None),
                        _ => None,
                    })
                })
                .await?;
            let id = match due {
                None => continue,
                Some(Some(id)) => id,
                Some(None) => self.diagnostics_prepare().await?.id,
            };
            self.send_report(id, Initiator::Timer).await?;
        }
        Ok(())
    }

    /// Takes what a crash left into the archive.
    pub(crate) fn absorb_crash(&self, open: &Open) -> Result<(), Error> {
        let profile = &self.inner.options.profile;
        let Some(payload) = crash::left_in(profile, self.version()) else {
            return Ok(());
        };
        let report = DiagnosticReport {
            id: self.fresh(DiagnosticReportId::new)?,
            kind: DiagnosticKind::Crash,
            state: DiagnosticState::Waiting,
            created_at: self.now(),
            sent_at: None,
            body: body(&payload)?,
        };
        open.store.write(|tx| tx.diagnostic_insert(&report))?;
        crate::profile::remove_durably(&profile.join(crash::CRASH_FILE))?;
        tracing::warn!(name: "crash.found", count = payload.events.len() as u64);
        Ok(())
    }

    async fn send_report(&self, id: DiagnosticReportId, by: Initiator) -> Result<(), Error> {
        let open = self.open()?;
        // Nothing is sent twice: the second one finds it sent.
        let _alone = open.sending.lock().await;
        let version = self.policy_in_force().0;
        let now = self.now();
        let (report, consent) = self
            .read(move |tx| {
                let report = tx.diagnostic_report(id)?;
                let consent = match &report {
                    Some(report) => consents::state(tx, report.kind.purpose(), now)?.event,
                    None => None,
                };
                Ok((report, consent))
            })
            .await?;
        let report = report
            .filter(|report| report.state == DiagnosticState::Waiting)
            .ok_or(Error::NotFound("report"))?;
        let source = self.receiver().await?;
        let ctx = Ctx {
            initiator: by,
            consent: consent.map(|event| event.id),
            policy_version: Some(version),
            ..Ctx::new(report.kind.purpose(), &[DataCategory::Diagnostics])
        };
        let endpoint = Endpoint::new(Call::TelemetryCreate, Target::of(&source))
            .with_credential(self.credential(&source).await?);
        let payload = Payload::Json(report.body.clone().into_bytes().into());
        let mut response = open.door.send(ctx, endpoint, payload).await?;
        let accepted = response.status.is_success();
        let _ = response.body.collect(LARGEST_ANSWER).await;
        if !accepted {
            return Err(Error::invalid(
                "report_refused",
                "The service did not take the report.",
            ));
        }
        let now = self.now();
        self.write(move |tx| tx.diagnostic_settle(id, DiagnosticState::Sent, Some(now)))
            .await?;
        self.tell(Event::DiagnosticsChanged);
        Ok(())
    }

    /// The Fluxchat service: one that was added, or the sandbox.
    async fn receiver(&self) -> Result<Source, Error> {
        let (sources, _) = self.sources().await?;
        let fluxchat = |source: &&Source| source.dialect == Dialect::Fluxchat;
        let mut ours: Vec<&Source> = sources.iter().filter(fluxchat).collect();
        ours.sort_by_key(|source| source.is_in_process());
        ours.first()
            .map(|source| (*source).clone())
            .ok_or(Error::NotFound("source"))
    }
}

fn body(payload: &DiagnosticPayload) -> Result<String, Error> {
    serde_json::to_string_pretty(payload).map_err(|_| Error::Task)
}

/// How much is used, from what is counted anyway: nothing is recorded for it.
fn usage(tx: &ReadTx<'_>, version: &str) -> Result<DiagnosticPayload, StoreError> {
    let mut events = Vec::new();
    let mut event = |name: String, count: u64| {
        events.push(DiagnosticEvent {
            name,
            count: rounded(count),
            place: None,
        });
    };
    for total in tx.stored_totals()? {
        let name = match total.kind {
            StoredKind::Conversations => "stored.conversations",
            StoredKind::Messages => "stored.messages",
            StoredKind::Assets => "stored.files",
            _ => continue,
        };
        event(name.to_owned(), u64::from(total.count));
    }
    let mut places = [0_u64; 3];
    for source in tx.sources()? {
        let place = match place_of(&source) {
            _ if source.is_in_process() => 0,
            place if place.on_this_computer => 1,
            _ => 2,
        };
        places[place] += 1;
    }
    for (name, count) in ["sources.inside", "sources.local", "sources.remote"]
        .into_iter()
        .zip(places)
    {
        event(name.to_owned(), count);
    }
    Ok(DiagnosticPayload {
        schema: DiagnosticPayload::SCHEMA.to_owned(),
        kind: DiagnosticKind::Usage,
        app_version: version.to_owned(),
        os: crash::os_family().to_owned(),
        events,
    })
}

/// 1, 2, 5, 10, 20, 50 …: enough to see how much, too little to tell one person from another.
fn rounded(count: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let next = match factor {
                1 => step.saturating_mul(2),
                2 => step.saturating_mul(5),
                _ => step.saturating_mul(10),
            };
            if count < next {
                return count.min(step.saturating_mul(factor));
            }
        }
        step = step.saturating_mul(10);
        if step >= u64::MAX / 10 {
            return step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn numbers_are_rounded_down_to_few() {
        let all: Vec<u64> = [
            0, 1, 2, 3, 4, 5, 9, 10, 19, 20, 49, 50, 99, 100, 1_234, 999_999,
        ]
        .map(rounded)
        .to_vec();
        assert_eq!(
            all,
            [
                0, 1, 2, 2, 2, 5, 5, 10, 10, 20, 20, 50, 50, 100, 1_000, 500_000
            ]
        );
        assert!(rounded(u64::MAX) > 0);
    }
}
