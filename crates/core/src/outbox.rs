//! What still has to reach a service: requests about data rights. Each is sent until it was
//! acknowledged, once per id.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Call, Ctx, Endpoint, Payload, Target};
use fluxchat_model::{
    DataCategory, ErasureId, Initiator, OutboxEntry, OutboxId, OutboxKind, OutboxState,
    PrivacyRequest, PrivacyRequestId, PrivacyRequestKind, PrivacyRequestState, Purpose, Source,
    Timestamp,
};
use fluxchat_service::{
    Identity, IdentityFormat, RequestStatus, RequestType, RightsAnswer, RightsRequest,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::Open;
use crate::{App, Error, Event, consents, reserve};

/// How long until the next look, where nothing wakes the task earlier.
const LOOK: Duration = Duration::from_secs(300);
const FIRST_WAIT: i64 = 30 * Timestamp::SECOND;
const LONGEST_WAIT: i64 = 6 * 3_600 * Timestamp::SECOND;
const LARGEST_ANSWER: usize = 64 << 10;
const BATCH: u32 = 20;

pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, open_for_task, stop) = (app.clone(), Arc::clone(open), open.stop.clone());
    open.tasks.spawn(async move {
        loop {
            if let Err(error) = app.flush_outbox().await {
                tracing::warn!(name: "outbox.not_flushed", code = error.code());
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = open_for_task.outbox.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    });
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
        };
        reserve::deleting(&self.inner.options.profile, || {
            open.store.write(|tx| {
                // The id is the erasure's own, so a repeated purge finds it here.
                if tx.privacy_request(row.id)?.is_some() {
                    return Ok(());
                }
                tx.privacy_request_insert(&row)?;
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
        let ctx = Ctx {
            initiator: Initiator::Timer,
            policy_version: Some(consents::policy_in_force().0),
            ..Ctx::new(Purpose::RightsRequest, &[DataCategory::RightsRequest])
        };
        let endpoint = Endpoint::new(Call::PrivacyRequestsCreate, Target::of(&source))
            .with_credential(self.credential(&source).await?);
        let body = Payload::Json(entry.body.clone().into_bytes().into());
        let answer = match open.door.send(ctx, endpoint, body).await {
            Ok(mut response) if response.status.is_success() => {
                let body = response.body.collect(LARGEST_ANSWER).await?;
                serde_json::from_slice::<RightsAnswer>(&body).ok()
            }
            Ok(response) if response.status.is_client_error() => {
                return self.wedge(entry, "refused_by_service").await;
            }
            Ok(_) | Err(_) => None,
        };
        match answer {
            Some(answer) => self.acknowledged(entry, answer).await,
            None => {
                entry.attempts = entry.attempts.saturating_add(1);
                let wait = FIRST_WAIT
                    .saturating_mul(1 << entry.attempts.min(12))
                    .min(LONGEST_WAIT);
                entry.next_try_at = self.now().plus_ms(wait);
                self.write(move |tx| tx.outbox_update(&entry)).await
            }
        }
    }

    async fn acknowledged(&self, entry: OutboxEntry, answer: RightsAnswer) -> Result<(), Error> {
        let state = match answer.status {
            RequestStatus::Fulfilled => PrivacyRequestState::Fulfilled,
            RequestStatus::Denied | RequestStatus::Revoked | RequestStatus::Expired => {
                PrivacyRequestState::Denied
            }
            RequestStatus::Open | RequestStatus::InProgress => PrivacyRequestState::Acknowledged,
        };
        let expected_by = timestamp(&answer.expected_by);
        self.settle(
            entry,
            move |request| {
                request.state = state;
                request.expected_by = expected_by;
                request.reason = answer.reason;
            },
            true,
        )
        .await
    }

    async fn wedge(&self, mut entry: OutboxEntry, reason: &'static str) -> Result<(), Error> {
        entry.state = OutboxState::Wedged;
        self.settle(
            entry,
            move |request| {
                request.state = PrivacyRequestState::Denied;
                request.reason = Some(reason.to_owned());
            },
            false,
        )
        .await
    }

    async fn settle(
        &self,
        entry: OutboxEntry,
        change: impl FnOnce(&mut PrivacyRequest) + Send + 'static,
        done: bool,
    ) -> Result<(), Error> {
        self.write(move |tx| {
            if let Some(mut request) = tx.privacy_request(PrivacyRequestId(entry.id.0))? {
                change(&mut request);
                tx.privacy_request_update(&request)?;
            }
            if done {
                tx.outbox_remove(entry.id).map(|_| ())
            } else {
                tx.outbox_update(&entry)
            }
        })
        .await?;
        self.tell(Event::ReceiptsChanged);
        Ok(())
    }

    /// What was asked of services, newest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn privacy_requests(&self) -> Result<Vec<PrivacyRequest>, Error> {
        let now = self.now();
        let mut requests = self.read(|tx| tx.privacy_requests()).await?;
        for request in &mut requests {
            let late = request.expected_by.is_some_and(|by| by < now);
            if late && request.state == PrivacyRequestState::Acknowledged {
                request.state = PrivacyRequestState::Overdue;
            }
        }
        Ok(requests)
    }
}

fn rfc3339(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000)
        .ok()
        .map(Timestamp)
}
