//! Telling the service what was agreed to and withdrawn: once per decision, by the outbox.
//!
//! What was refused and never given is not told: no service has to know who said no.

use fluxchat_egress::{Call, Ctx, Endpoint, Payload, Target};
use fluxchat_model::{
    ConsentEvent, ConsentStatus, DataCategory, Initiator, OutboxEntry, OutboxId, OutboxKind,
    OutboxState, Purpose, Source, Timestamp,
};
use fluxchat_service::{ConsentRecord, Party};
use fluxchat_store::{ReadTx, StoreError, WriteTx};
use uuid::Uuid;

use crate::{App, Error, outbox};

const PRINCIPAL: &str = "consent_principal";

/// Who decides about the processing that consents are about.
pub(crate) fn controller() -> Party {
    Party::new("fluxchat-service", "the operator of the Fluxchat service")
}

/// The random id under which consents of this profile are known; nothing else carries it.
pub(crate) fn principal(tx: &ReadTx<'_>) -> Result<Option<Uuid>, StoreError> {
    tx.setting(PRINCIPAL)
}

/// Queues an event in the transaction that wrote it. `fresh` becomes the id of the person where
/// there is none yet.
pub(crate) fn queue(
    tx: &WriteTx<'_>,
    event: &ConsentEvent,
    fresh: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    if event.status == ConsentStatus::Refused {
        return Ok(());
    }
    let principal = match principal(tx)? {
        Some(id) => id,
        None => {
            tx.setting_set(PRINCIPAL, &fresh)?;
            fresh
        }
    };
    let record = ConsentRecord::from_event(event, &principal.to_string(), &controller());
    tx.outbox_insert(&OutboxEntry {
        id: OutboxId(event.id.0),
        kind: OutboxKind::Consent,
        source_name: Source::SANDBOX.to_owned(),
        body: serde_json::to_string(&record)
            .map_err(|_| StoreError::Unreadable("consent record"))?,
        attempts: 0,
        next_try_at: now,
        state: OutboxState::Queued,
        created_at: now,
    })
}

impl App {
    /// Sends one record. The service knows it by its id, so that a repetition changes nothing.
    pub(crate) async fn send_consent(
        &self,
        mut entry: OutboxEntry,
        source: &Source,
    ) -> Result<(), Error> {
        let open = self.open()?;
        let ctx = Ctx {
            initiator: Initiator::Timer,
            policy_version: Some(self.policy_in_force().0),
            ..Ctx::new(Purpose::ConsentSync, &[DataCategory::Consent])
        };
        let endpoint = Endpoint::new(Call::ConsentsCreate, Target::of(source))
            .with_credential(self.credential(source).await?);
        let body = Payload::Json(entry.body.clone().into_bytes().into());
        match open.door.send(ctx, endpoint, body).await {
            Ok(response) if response.status.is_success() => {
                self.write(move |tx| tx.outbox_remove(entry.id).map(drop))
                    .await
            }
            Ok(response) if response.status.is_client_error() => {
                tracing::warn!(name: "consent.not_accepted", status = response.status.as_u16());
                entry.state = OutboxState::Wedged;
                self.write(move |tx| tx.outbox_update(&entry)).await
            }
            Ok(_) | Err(_) => {
                outbox::postpone(&mut entry, self.now());
                self.write(move |tx| tx.outbox_update(&entry)).await
            }
        }
    }
}
