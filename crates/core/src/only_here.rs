//! Conversations that are kept to this computer: only sources on it may answer them.

use fluxchat_model::{Conversation, ConversationId, Source};
use fluxchat_store::{ConversationPatch, StoreError, WriteTx};

use crate::{App, Error, place_of};

/// Whether what is sent to a source stays on this computer. Another computer of the same network
/// is another computer.
#[must_use]
pub fn answers_here(source: &Source) -> bool {
    source.is_in_process() || place_of(source).on_this_computer
}

/// Refuses a source that is elsewhere for a conversation that is kept here.
pub(crate) fn check(conversation: &Conversation, source: &Source) -> Result<(), Error> {
    if conversation.local_only && !answers_here(source) {
        return Err(elsewhere());
    }
    Ok(())
}

/// The same for a model: a server on this computer may pass on what it is asked.
pub(crate) fn check_model(
    conversation: &Conversation,
    source: &Source,
    model: &str,
) -> Result<(), Error> {
    if conversation.local_only && fluxchat_providers::is_passed_on(source, model) {
        return Err(elsewhere());
    }
    Ok(())
}

fn elsewhere() -> Error {
    Error::invalid(
        "only_here",
        "This conversation is kept to this computer, and the source is not on it.",
    )
}

/// Applies a change so that a conversation kept here never names a source elsewhere: a new one is
/// refused, and the one it has is taken away with the change. True if the change keeps it here.
pub(crate) fn update(
    tx: &WriteTx<'_>,
    id: ConversationId,
    patch: &ConversationPatch,
) -> Result<Result<bool, Error>, StoreError> {
    let before = tx
        .conversation(id)?
        .ok_or(StoreError::NotFound("conversation"))?;
    let kept_here = patch.local_only.unwrap_or(before.local_only);
    let mut patch = patch.clone();
    if let (true, Some(source)) = (kept_here, patch.source_id.unwrap_or(before.source_id))
        && let Some(source) = tx.source(source)?
        && !answers_here(&source)
    {
        if patch.source_id.is_some() {
            return Ok(Err(elsewhere()));
        }
        patch.source_id = Some(None);
        patch.model = Some(None);
    }
    tx.conversation_update(id, &patch)?;
    Ok(Ok(kept_here && !before.local_only))
}

impl App {
    /// Keeps a conversation to this computer, or no longer. A source elsewhere is taken from it,
    /// and an answer that is arriving is stopped; what arrived is kept.
    ///
    /// # Errors
    /// When the conversation does not exist.
    pub async fn keep_here(&self, id: ConversationId, on: bool) -> Result<Conversation, Error> {
        let patch = ConversationPatch {
            local_only: Some(on),
            ..ConversationPatch::default()
        };
        self.update_conversation(id, patch).await
    }
}
