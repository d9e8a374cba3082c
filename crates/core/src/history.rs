//! The history: its list, and the shown branch of a conversation.

use fluxchat_model::{Conversation, ConversationId, Message, MessageId};
use fluxchat_store::{
    ConversationCursor, ConversationPatch, ConversationShelf, PathAnchor, ReadTx, StoreError,
};

use crate::chat::StreamState;
use crate::temporary::Home;
use crate::{App, Error, Event, only_here};

/// A message of the shown branch.
#[derive(Clone, Debug)]
pub struct ShownMessage {
    /// The message as it is kept.
    pub message: Message,
    /// It and its siblings, oldest first.
    pub branches: Vec<MessageId>,
    /// While it arrives: as it stands.
    pub live: Option<StreamState>,
}

/// A page of the shown branch, oldest first.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<ShownMessage>,
    /// Whether there are older ones.
    pub has_before: bool,
    /// Whether there are newer ones.
    pub has_after: bool,
    /// The answer that is arriving on the shown branch, on this page or not.
    pub arriving: Option<MessageId>,
}

impl App {
    /// A page of a list, newest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn conversations(
        &self,
        shelf: ConversationShelf,
        after: Option<ConversationCursor>,
        limit: u32,
    ) -> Result<Vec<Conversation>, Error> {
        self.read(move |tx| tx.conversations_page(shelf, after, limit))
            .await
    }

    /// A conversation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn conversation(&self, id: ConversationId) -> Result<Conversation, Error> {
        let home = self.open()?.home(id);
        self.conversation_at(&home, id).await
    }

    pub(crate) async fn conversation_at(
        &self,
        home: &Home,
        id: ConversationId,
    ) -> Result<Conversation, Error> {
        self.read_at(home, move |tx| tx.conversation(id))
            .await?
            .ok_or(Error::NotFound("conversation"))
    }

    /// Whether an answer is arriving in a conversation.
    #[must_use]
    pub fn is_generating(&self, id: ConversationId) -> bool {
        self.open().is_ok_and(|open| open.is_generating(id))
    }

    /// Changes a conversation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn update_conversation(
        &self,
        id: ConversationId,
        mut patch: ConversationPatch,
    ) -> Result<Conversation, Error> {
        let home = self.home_to_change(id, &patch).await?;
        let now = self.now();
        let freezes = patch.restricted == Some(true);
        // A consent of its own, with a record.
        if let Some(allowed) = patch.training_allowed.take() {
            self.set_training(id, allowed).await?;
        }
        let (kept_here, changed) = self
            .write_at(&home, move |tx| {
                let kept_here = only_here::update(tx, id, &patch)?;
                tx.conversation_archived_at(id, now)?;
                Ok((kept_here, tx.conversation(id)?))
            })
            .await?;
        if kept_here? {
            self.open()?.stop_elsewhere(id).await;
        }
        if freezes {
            self.open()?.stop_generations(|_, of| of == id).await;
        }
        let changed = changed.ok_or(Error::NotFound("conversation"))?;
        self.tell(Event::ConversationChanged(id));
        Ok(changed)
    }

    /// A page of the shown branch. A page around a message shows the branch that message is on.
    ///
    /// # Errors
    /// When the conversation or the message does not exist.
    pub async fn message_page(
        &self,
        conversation: ConversationId,
        anchor: PathAnchor,
        limit: u32,
    ) -> Result<MessagePage, Error> {
        let open = self.open()?;
        let home = open.home(conversation);
        if let PathAnchor::Around(message) = anchor
            && !self.is_shown(&home, conversation, message).await?
        {
            self.write_at(&home, move |tx| tx.message_show(message))
                .await?;
        }
        self.read_at(&home, move |tx| {
            let page = tx.path_page(conversation, anchor, limit)?;
            let (has_before, has_after) = (page.has_earlier(), page.has_later());
            let mut messages = Vec::with_capacity(page.items.len());
            for item in page.items {
                let branches = if item.sibling_count > 1 {
                    tx.siblings(item.message.id)?
                } else {
                    vec![item.message.id]
                };
                let live = open
                    .generation(item.message.id)
                    .map(|generation| generation.state());
                messages.push(ShownMessage {
                    message: open.as_it_stands(item.message),
                    branches,
                    live,
                });
            }
            let mut arriving = None;
            for id in open.generating_in(conversation) {
                if is_on_path(tx, conversation, id)? {
                    arriving = Some(id);
                }
            }
            Ok(MessagePage {
                messages,
                has_before,
                has_after,
                arriving,
            })
        })
        .await
    }

    /// One message as a page would show it.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn shown_message(&self, id: MessageId) -> Result<ShownMessage, Error> {
        let open = self.open()?;
        let (message, branches) = open
            .home_of_message(id)?
            .store
            .read(|tx| Ok((tx.message(id)?, tx.siblings(id)?)))?;
        Ok(ShownMessage {
            message: open.as_it_stands(message.ok_or(Error::NotFound("message"))?),
            branches,
            live: open.generation(id).map(|generation| generation.state()),
        })
    }

    async fn is_shown(
        &self,
        home: &Home,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<bool, Error> {
        self.read_at(home, move |tx| is_on_path(tx, conversation, message))
            .await
    }
}

fn is_on_path(
    tx: &ReadTx<'_>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<bool, StoreError> {
    match tx.path_page(conversation, PathAnchor::Around(message), 1) {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
