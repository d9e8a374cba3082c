//! What still has to reach a service: requests about data rights. Each is sent until it was
//! acknowledged, once per id.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Call, Ctx, Endpoint, Payload, Target};
use fluxchat_model::{
    Attestation, DataCategory, ErasureId, Initiator, OutboxEntry, OutboxId, OutboxKind,
    OutboxState, PrivacyRequest, PrivacyRequestId, PrivacyRequestKind, PrivacyRequestState,
    Purpose, RequestEvent, RequestStep, Source, Timestamp, TrackedRequest,
};
use fluxchat_service::{Identity, IdentityFormat, RequestType, RightsRequest};

use crate::app::Open;
use crate::rights::answer::{Answer, rfc3339};
use crate::{App, Error, Event, reserve};

/// How long until the next look, where nothing wakes the task earlier.
const LOOK: Duration = Duration::from_secs(300);
const FIRST_WAIT: i64 = 30 * Timestamp::SECOND;
const LONGEST_WAIT: i64 = 6 * 3_600 * Timestamp::SECOND;
pub(crate) const LARGEST_ANSWER: usize = 64 << 10;
const BATCH: u32 = 20;

pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, open_for_task, stop) = (app.clone(), Arc::clone(open), open.stop.clone());
    open.tasks.spawn(async move {
        loop {
            if let Err(error) = app.flush_outbox().await {
                tracing::warn!(name: "outbox.not_flushed", code = error.code());
            }
            if let Err(error) = app.poll_requests().await {
                tracing::warn!(name: "rights.not_polled", code = error.code());
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = open_for_task.outbox.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    });
}

/// The next try, later each time.
pub(crate) fn postpone(entry: &mut OutboxEntry, now: Timestamp) {
    entry.attempts = entry.attempts.saturating_add(1);
    let wait = FIRST_WAIT
        .saturating_mul(1 << entry.attempts.min(12))
        .min(LONGEST_WAIT);
    entry.next_try_at = now.plus_ms(wait);
}

/// What an erasure request names.
pub(crate) enum Subject {
    /// What the service keeps of conversations, by the names it knows them by.
    Conversations(Vec<String>),
    /// All it keeps.
    Everything,
}

impl App {
    /// Sends what is due. What cannot be sent waits.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn flush_outbox(&self) -> Result<(), Error> {
        let open = self.open()?;
        let _alone = open.sending.lock().await;
        let now = self.now();
        let due = self.read(move |tx| tx.outbox_due(now, BATCH)).await?;
        for entry in due {
            self.send_entry(entry).await?;
        }
        Ok(())
    }

    /// Queues the request that a deletion makes of a service. Doing it twice queues it once.
    pub(crate) fn queue_erasure(
        &self,
        open: &Open,
        erasure: ErasureId,
        subject: &Subject,
    ) -> Result<(), Error> {
        let now = self.now();
        let identity = |kind: &str, value: &str| Identity {
            identity_type: kind.to_owned(),
            identity_value: value.to_owned(),
            identity_format: IdentityFormat::Raw,
        };
        let subject_identities = match subject {
            Subject::Conversations(aliases) => aliases
                .iter()
                .map(|alias| identity("conversation_alias", alias))
                .collect(),
            Subject::Everything => vec![identity("everything", "")],
        };
        let request = RightsRequest {
            regulation: "gdpr".to_owned(),
            subject_request_id: erasure.0,
            subject_request_type: RequestType::Erasure,
            subject_identities,
            submitted_time: rfc3339(now),
            api_version: Some("2.0".to_owned()),
            status_callback_urls: Vec::new(),
            extensions: std::collections::BTreeMap::new(),
        };
        let entry = OutboxEntry {
            id: OutboxId(erasure.0),
            kind: OutboxKind::PrivacyRequest,
            source_name: Source::SANDBOX.to_owned(),
            body: serde_json::to_string(&request).map_err(|_| Error::Task)?,
            attempts: 0,
            next_try_at: now,
            state: OutboxState::Queued,
            created_at: now,
        };
        let row = PrivacyRequest {
            id: PrivacyRequestId(erasure.0),
            kind: PrivacyRequestKind::Erasure,
            erasure_id: Some(erasure),
            source_name: entry.source_name.clone(),
            state: PrivacyRequestState::QueuedOffline,
            created_at: now,
            expected_by: None,
            reason: None,
            attestation: Attestation::None,
        };
        reserve::deleting(&self.inner.options.profile, || {
            open.store.write(|tx| {
                // The id is the erasure's own, so a repeated purge finds it here.
                if tx.privacy_request(row.id)?.is_some() {
                    return Ok(());
                }
                tx.request_made(&row)?;
                tx.outbox_insert(&entry)
            })
        })?;
        open.outbox.notify_one();
        Ok(())
    }

    async fn send_entry(&self, mut entry: OutboxEntry) -> Result<(), Error> {
        let open = self.open()?;
        let name = entry.source_name.clone();
        let Some(source) = self.read(move |tx| tx.source_by_name(&name)).await? else {
            return self.wedge(entry, "source_removed").await;
        };
        if open.door.is_offline() && !source.is_in_process() {
            return Ok(());
        }
        if entry.kind == OutboxKind::Consent {
            return self.send_consent(entry, &source).await;
        }
        self.pin_service_key(&source).await?;
        // Said before it is sent: after a crash nobody knows whether it arrived, and the id makes
        // sending it again the same request.
        self.mark_sent(PrivacyRequestId(entry.id.0)).await?;
        let endpoint = self
            .rights_endpoint(&source, Call::PrivacyRequestsCreate)
            .await?;
        let body = Payload::Json(entry.body.clone().into_bytes().into());
        let answer = match open
            .door
            .send(self.rights_ctx(Initiator::Timer), endpoint, body)
            .await
        {
            Ok(mut response) if response.status.is_success() => {
                let body = response.body.collect(LARGEST_ANSWER).await?;
                serde_json::from_slice(&body).ok()
            }
            // Another body under this id is there already: what counts is what the service says
            // about it.
            Ok(response) if response.status.as_u16() == 409 => {
                return self.already_there(entry).await;
            }
            Ok(response) if matches!(response.status.as_u16(), 404 | 405 | 501) => {
                return self.wedge(entry, "not_offered").await;
            }
            Ok(response)
                if response.status.is_client_error()
                    && !matches!(response.status.as_u16(), 401 | 403 | 408 | 425 | 429) =>
            {
                return self.wedge(entry, "refused_by_service").await;
            }
            Ok(_) | Err(_) => None,
        };
        match answer.as_ref().and_then(Answer::read) {
            Some(answer) => {
                let id = PrivacyRequestId(entry.id.0);
                self.take_answer(id, answer, Some(entry.id)).await
            }
            None => {
                postpone(&mut entry, self.now());
                // It may have been taken back meanwhile.
                self.write(move |tx| match tx.outbox_entry(entry.id)? {
                    Some(_) => tx.outbox_update(&entry),
                    None => Ok(()),
                })
                .await
            }
        }
    }

    async fn mark_sent(&self, id: PrivacyRequestId) -> Result<(), Error> {
        let now = self.now();
        self.write(move |tx| {
            let Some(mut tracked) = tx.tracked_request(id)? else {
                return Ok(());
            };
            if tracked.progress.submitted_at.is_some() {
                return Ok(());
            }
            tracked.progress.submitted_at = Some(now);
            tracked.request.state = PrivacyRequestState::Submitted;
            // Silence counts, too: the month of Art. 12(3) runs from here.
            tracked.request.expected_by = Some(fluxchat_service::months_after(now, 1));
            tx.tracked_request_update(&tracked)?;
            tx.request_step(id, &step(now, RequestStep::Sent))
        })
        .await
    }

    /// The service has the request: it is asked about from now on.
    async fn already_there(&self, entry: OutboxEntry) -> Result<(), Error> {
        let now = self.now();
        self.settle(entry, move |tracked| {
            tracked.request.state = PrivacyRequestState::Submitted;
            tracked.progress.next_poll_at = Some(now);
            None
        })
        .await?;
        self.poll_requests_now(None).await
    }

    async fn wedge(&self, entry: OutboxEntry, reason: &'static str) -> Result<(), Error> {
        let now = self.now();
        self.settle(entry, move |tracked| {
            tracked.request.state = PrivacyRequestState::Denied;
            tracked.request.reason = Some(reason.to_owned());
            Some(RequestEvent {
                reason: Some(reason.to_owned()),
                ..step(now, RequestStep::Denied)
            })
        })
        .await
    }

    /// Takes an entry out and changes its request, in one step.
    async fn settle(
        &self,
        entry: OutboxEntry,
        change: impl FnOnce(&mut TrackedRequest) -> Option<RequestEvent> + Send + 'static,
    ) -> Result<(), Error> {
        self.write(move |tx| {
            if let Some(mut tracked) = tx.tracked_request(PrivacyRequestId(entry.id.0))? {
                let event = change(&mut tracked);
                tx.tracked_request_update(&tracked)?;
                if let Some(event) = event {
                    tx.request_step(tracked.request.id, &event)?;
                }
            }
            tx.outbox_remove(entry.id).map(drop)
        })
        .await?;
        self.tell(Event::ReceiptsChanged);
        Ok(())
    }

    pub(crate) async fn rights_endpoint(
        &self,
        source: &Source,
        call: Call,
    ) -> Result<Endpoint, Error> {
        Ok(Endpoint::new(call, Target::of(source)).with_credential(self.credential(source).await?))
    }

    /// Why a request about data rights is made.
    pub(crate) fn rights_ctx(&self, initiator: Initiator) -> Ctx {
        Ctx {
            initiator,
            policy_version: Some(self.policy_in_force().0),
            ..Ctx::new(Purpose::RightsRequest, &[DataCategory::RightsRequest])
        }
    }

    /// What was asked of services, newest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn privacy_requests(&self) -> Result<Vec<PrivacyRequest>, Error> {
        let now = self.now();
        let mut requests = self.read(|tx| tx.privacy_requests()).await?;
        for request in &mut requests {
            let tracked = TrackedRequest {
                request: request.clone(),
                progress: fluxchat_model::RequestProgress::default(),
            };
            request.state = tracked.state_at(now);
        }
        Ok(requests)
    }
}

pub(crate) fn step(at: Timestamp, step: RequestStep) -> RequestEvent {
    RequestEvent {
        at,
        step,
        reason: None,
        expected_by: None,
    }
}
