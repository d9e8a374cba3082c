//! Asking where requests stand, and believing only what the service signed or plainly said.

use fluxchat_egress::{Call, Payload};
use fluxchat_model::{
    Attestation, Initiator, OutboxId, PrivacyRequestId, PrivacyRequestState, RequestEvent,
    RequestStep, TrackedRequest,
};
use fluxchat_service::{PublicKey, SignatureCheck};

use super::answer::Answer;
use super::wait_for;
use crate::outbox::{LARGEST_ANSWER, step};
use crate::{App, Error, Event};

const BATCH: u32 = 20;

impl App {
    /// Asks about the open requests whose time has come: those due first come first, and none is
    /// asked about more often than hourly.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn poll_requests(&self) -> Result<(), Error> {
        let open = self.open()?;
        let _alone = open.sending.lock().await;
        let now = self.now();
        let due = self.read(move |tx| tx.requests_to_poll(now, BATCH)).await?;
        for tracked in due {
            self.poll(tracked, Initiator::Timer).await?;
        }
        Ok(())
    }

    /// Asks now about one request, or about all that are open.
    ///
    /// # Errors
    /// When the archive is not open or there is no such request.
    pub async fn check_requests(&self, id: Option<PrivacyRequestId>) -> Result<(), Error> {
        self.flush_outbox().await?;
        let open = self.open()?;
        let _alone = open.sending.lock().await;
        self.poll_requests_now(id).await
    }

    /// Whoever calls holds the lock on sending.
    pub(crate) async fn poll_requests_now(
        &self,
        id: Option<PrivacyRequestId>,
    ) -> Result<(), Error> {
        let far = fluxchat_model::Timestamp(i64::MAX);
        let found = self
            .read(move |tx| match id {
                Some(id) => Ok(tx.tracked_request(id)?.into_iter().collect()),
                None => tx.requests_to_poll(far, BATCH),
            })
            .await?;
        if id.is_some() && found.is_empty() {
            return Err(Error::NotFound("request"));
        }
        for tracked in found {
            if tracked.progress.next_poll_at.is_some() {
                self.poll(tracked, Initiator::User).await?;
            }
        }
        Ok(())
    }

    async fn poll(&self, tracked: TrackedRequest, initiator: Initiator) -> Result<(), Error> {
        let open = self.open()?;
        let id = tracked.request.id;
        let name = tracked.request.source_name.clone();
        let Some(source) = self.read(move |tx| tx.source_by_name(&name)).await? else {
            return self.postpone(id).await;
        };
        if open.door.is_offline() && !source.is_in_process() {
            return Ok(());
        }
        let call = if tracked.progress.cancelling {
            Call::PrivacyRequestsCancel { id: id.to_string() }
        } else {
            Call::PrivacyRequestsGet { id: id.to_string() }
        };
        let endpoint = self.rights_endpoint(&source, call).await?;
        let sent = open
            .door
            .send(self.rights_ctx(initiator), endpoint, Payload::Empty)
            .await;
        let Ok(mut response) = sent else {
            return self.postpone(id).await;
        };
        let status = response.status.as_u16();
        let body = response.body.collect(LARGEST_ANSWER).await.ok();
        let body = body.and_then(|body| serde_json::from_slice(&body).ok());
        match (status, body.as_ref().and_then(Answer::read)) {
            (200 | 202, Some(answer)) => self.take_answer(id, answer, None).await,
            // A bare “accepted” takes back what was asked to be taken back.
            (200 | 202 | 204, None) if tracked.progress.cancelling => self.cancelled(id).await,
            // Too late to take it back: what it became is asked next.
            (409, _) if tracked.progress.cancelling => {
                let now = self.now();
                self.change(id, move |tracked| {
                    tracked.progress.cancelling = false;
                    tracked.progress.next_poll_at = Some(now);
                    None
                })
                .await
            }
            (404 | 410, _) if tracked.progress.cancelling => self.cancelled(id).await,
            (404 | 410, _) => self.lost(id).await,
            _ => self.postpone(id).await,
        }
    }

    /// Takes an answer over, as far as it may be believed.
    pub(crate) async fn take_answer(
        &self,
        id: PrivacyRequestId,
        answer: Answer,
        sent: Option<OutboxId>,
    ) -> Result<(), Error> {
        let now = self.now();
        self.write(move |tx| {
            if let Some(sent) = sent {
                tx.outbox_remove(sent)?;
            }
            let Some(mut tracked) = tx.tracked_request(id)? else {
                return Ok(());
            };
            let key = tx.service_key(&tracked.request.source_name)?;
            let found = key.map(|key| PublicKey(key).check(&answer.body));
            let attestation = match found {
                Some(SignatureCheck::Valid) => Attestation::Checked,
                None | Some(SignatureCheck::Absent) => Attestation::Said,
                Some(SignatureCheck::Forged) => {
                    tracked.progress.checked_at = Some(now);
                    tracked.progress.next_poll_at =
                        Some(now.plus_ms(wait_for(now, tracked.request.expected_by)));
                    tx.tracked_request_update(&tracked)?;
                    return tx.request_step(id, &step(now, RequestStep::Forged));
                }
            };
            // The answer about another request is no answer about this one.
            let about = answer.body["subject_request_id"].as_str();
            if about.is_some_and(|about| about != id.to_string()) {
                tracked.progress.next_poll_at =
                    Some(now.plus_ms(wait_for(now, tracked.request.expected_by)));
                return tx.tracked_request_update(&tracked);
            }
            let steps = answer.apply(&mut tracked, attestation, now);
            tx.tracked_request_update(&tracked)?;
            for event in &steps {
                tx.request_step(id, event)?;
            }
            Ok(())
        })
        .await?;
        self.tell(Event::ReceiptsChanged);
        Ok(())
    }

    async fn cancelled(&self, id: PrivacyRequestId) -> Result<(), Error> {
        let now = self.now();
        self.change(id, move |tracked| {
            tracked.request.state = PrivacyRequestState::Cancelled;
            tracked.request.attestation = Attestation::Said;
            tracked.progress.cancelling = false;
            tracked.progress.next_poll_at = None;
            Some(step(now, RequestStep::Cancelled))
        })
        .await
    }

    /// The service does not know it: the person has to make it again. It is still asked about,
    /// since a service that forgets may remember.
    async fn lost(&self, id: PrivacyRequestId) -> Result<(), Error> {
        let now = self.now();
        self.change(id, move |tracked| {
            let known = tracked.request.reason.as_deref() == Some("lost");
            tracked.request.state = PrivacyRequestState::NeedsAction;
            tracked.request.reason = Some("lost".to_owned());
            tracked.progress.checked_at = Some(now);
            tracked.progress.next_poll_at =
                Some(now.plus_ms(wait_for(now, tracked.request.expected_by)));
            (!known).then(|| RequestEvent {
                reason: Some("lost".to_owned()),
                ..step(now, RequestStep::Lost)
            })
        })
        .await
    }

    async fn postpone(&self, id: PrivacyRequestId) -> Result<(), Error> {
        let now = self.now();
        self.change(id, move |tracked| {
            tracked.progress.next_poll_at =
                Some(now.plus_ms(wait_for(now, tracked.request.expected_by)));
            None
        })
        .await
    }

    async fn change(
        &self,
        id: PrivacyRequestId,
        change: impl FnOnce(&mut TrackedRequest) -> Option<RequestEvent> + Send + 'static,
    ) -> Result<(), Error> {
        self.write(move |tx| {
            let Some(mut tracked) = tx.tracked_request(id)? else {
                return Ok(());
            };
            let event = change(&mut tracked);
            tx.tracked_request_update(&tracked)?;
            match event {
                Some(event) => tx.request_step(id, &event),
                None => Ok(()),
            }
        })
        .await?;
        self.tell(Event::ReceiptsChanged);
        Ok(())
    }
}
