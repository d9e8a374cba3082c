//! Training, one conversation at a time: the purpose has to be agreed to, and the conversation
//! has to be marked, both under a policy whose rules for it still hold. Everything else says no.

use fluxchat_model::{
    ConsentScope, ConsentStatus, ConversationId, Purpose, Timestamp, TrainingEcho,
};
use fluxchat_store::{ConversationPatch, ReadTx, StoreError};
use uuid::Uuid;

use crate::{App, Error, Event, clock, consent_sync, consents, policies, session};

/// Whether content of this conversation may be used for training.
pub(crate) fn covers(
    tx: &ReadTx<'_>,
    id: ConversationId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !consents::is_given(tx, Purpose::AiTraining, now)? {
        return Ok(false);
    }
    let marked = tx
        .conversation(id)?
        .is_some_and(|it| it.training_allowed && !it.restricted);
    Ok(marked && is_marked(tx, id, now)?)
}

fn is_marked(tx: &ReadTx<'_>, id: ConversationId, now: Timestamp) -> Result<bool, StoreError> {
    let under = policies::counting(tx, Purpose::AiTraining, now)?;
    let last = tx.consent_of_conversation(Purpose::AiTraining, id)?;
    Ok(last.is_some_and(|event| {
        event.status == ConsentStatus::Given && under.covers(&event.policy_version)
    }))
}

impl App {
    /// Whether the next request of a conversation may say that training is allowed.
    pub(crate) async fn training_covers(&self, id: ConversationId) -> Result<bool, Error> {
        let now = self.now();
        self.read(move |tx| covers(tx, id, now)).await
    }

    /// Decides about one conversation; a link of the consent chain, in force before the next
    /// request.
    ///
    /// # Errors
    /// `training_not_agreed` without the consent to the purpose; when a guardian keeps it off or
    /// there is no such conversation.
    pub async fn set_training(&self, id: ConversationId, allowed: bool) -> Result<(), Error> {
        self.must_be_kept(id)?;
        if allowed {
            self.guarded().await?;
        }
        let surface = self.inner.options.surface;
        self.off_thread(move |app| {
            let open = app.open()?;
            let setup = session::set_up(&open.store)?;
            let policy = app.policy(None, &setup.language)?;
            let status = if allowed {
                ConsentStatus::Given
            } else {
                ConsentStatus::Withdrawn
            };
            let mut event = app.consent_event(Purpose::AiTraining, status, &policy, surface)?;
            let fresh = Uuid::from_bytes(clock::random16()?);
            let principal = Uuid::from_bytes(clock::random16()?);
            let now = app.now();
            let decided = open.store.write(|tx| {
                let agreed = consents::is_given(tx, Purpose::AiTraining, now)?;
                if allowed && !agreed {
                    return Ok(false);
                }
                let last = tx.consent_of_conversation(Purpose::AiTraining, id)?;
                let was = is_marked(tx, id, now)?;
                let patch = ConversationPatch {
                    training_allowed: Some(allowed),
                    ..ConversationPatch::default()
                };
                tx.conversation_update(id, &patch)?;
                if was != allowed {
                    event.scope = Some(ConsentScope {
                        id: last
                            .and_then(|event| event.scope)
                            .map_or(fresh, |scope| scope.id),
                        conversation_id: Some(id),
                    });
                    let kept = tx.consent_append(event.clone())?;
                    consent_sync::queue(tx, &kept, principal, now)?;
                }
                Ok(true)
            })?;
            if !decided {
                return Err(Error::invalid(
                    "training_not_agreed",
                    "Training of AI models is not agreed to.",
                ));
            }
            open.outbox.notify_one();
            Ok(())
        })
        .await?;
        self.tell(Event::ConversationChanged(id));
        self.tell(Event::ConsentsChanged);
        Ok(())
    }

    /// What Fluxchat services confirmed about training.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn training_echo(&self) -> Result<TrainingEcho, Error> {
        self.read(|tx| tx.training_echo()).await
    }
}
