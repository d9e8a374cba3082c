//! Restriction (GDPR Art. 18): what is frozen can be read, searched and exported, and is never sent,
//! never suggested and never deleted by rule.

use fluxchat_model::{Conversation, ConversationId};
use fluxchat_store::{ConversationPatch, ReadTx, StoreError};

use crate::{App, Error, Event};

const EVERYTHING: &str = "restrict_everything";

/// Whether everything is frozen.
pub(crate) fn is_everything_frozen(tx: &ReadTx<'_>) -> Result<bool, StoreError> {
    Ok(tx.setting(EVERYTHING)?.unwrap_or(false))
}

/// Refuses to use what is frozen. `None`: a conversation that would be begun.
pub(crate) fn check(
    tx: &ReadTx<'_>,
    conversation: Option<&Conversation>,
) -> Result<Result<(), Error>, StoreError> {
    if is_everything_frozen(tx)? {
        return Ok(Err(Error::invalid(
            "everything_restricted",
            "Everything is frozen: it can be read and exported, and nothing is sent.",
        )));
    }
    if conversation.is_some_and(|conversation| conversation.restricted) {
        return Ok(Err(Error::invalid(
            "restricted",
            "This conversation is frozen: it can be read and exported, and is not sent.",
        )));
    }
    Ok(Ok(()))
}

impl App {
    /// Freezes a conversation, or no longer. An answer that is arriving is stopped; what arrived is
    /// kept.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn restrict(&self, id: ConversationId, on: bool) -> Result<Conversation, Error> {
        let patch = ConversationPatch {
            restricted: Some(on),
            ..ConversationPatch::default()
        };
        self.update_conversation(id, patch).await
    }

    /// Freezes everything, or no longer. What was frozen by itself stays so.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn restrict_everything(&self, on: bool) -> Result<(), Error> {
        self.write(move |tx| tx.setting_set(EVERYTHING, &on))
            .await?;
        let open = self.open()?;
        if on {
            open.stop_generations(|_, _| true).await;
        }
        open.retention.wake.notify_one();
        self.tell(Event::RestrictionChanged);
        Ok(())
    }

    /// Whether everything is frozen.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn everything_restricted(&self) -> Result<bool, Error> {
        self.read(is_everything_frozen).await
    }

    /// The conversations that are frozen by themselves, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn restricted_conversations(&self, limit: u32) -> Result<Vec<Conversation>, Error> {
        self.read(move |tx| tx.conversations_restricted(limit))
            .await
    }
}
