//! The tree of a conversation: its map, copies of a path, finding in it, and what it took.

use fluxchat_model::{
    Conversation, ConversationId, ConversationTotals, ForkOrigin, Instructions, Message, MessageId,
    MessageStatus,
};
use fluxchat_store::{FindPage, MapLevel, MapPage, StoreError};

use crate::{App, Error, Event, temporary};

/// Lines of a map at a time.
const MAP_PAGE: u32 = 100;
/// Lines that are there when a map is opened.
const MAP_AT_FIRST: u32 = 2_000;
/// More than any model reads, and than anybody copies.
const LONGEST_COPY: u32 = 10_000;

impl App {
    /// A page of the map of a conversation: the runs below a message, or those it begins with,
    /// from the one that begins with `after` on.
    ///
    /// # Errors
    /// When conversation or message do not exist.
    pub async fn message_map(
        &self,
        conversation: ConversationId,
        below: Option<MessageId>,
        after: Option<MessageId>,
    ) -> Result<MapPage, Error> {
        let home = self.open()?.home(conversation);
        let mut page = self
            .read_at(&home, move |tx| {
                tx.message_map(conversation, below, after, MAP_PAGE)
            })
            .await?;
        named(&mut page);
        Ok(page)
    }

    /// What stands beside the branch that is shown, from the first message down.
    ///
    /// # Errors
    /// When the conversation does not exist.
    pub async fn message_map_shown(
        &self,
        conversation: ConversationId,
    ) -> Result<Vec<MapLevel>, Error> {
        let home = self.open()?.home(conversation);
        let mut levels = self
            .read_at(&home, move |tx| {
                tx.message_map_shown(conversation, MAP_PAGE, MAP_AT_FIRST)
            })
            .await?;
        for level in &mut levels {
            named(&mut level.page);
        }
        Ok(levels)
    }

    /// Shows the branch a message is on.
    ///
    /// # Errors
    /// When the message does not exist.
    pub async fn select_branch(&self, message: MessageId) -> Result<(), Error> {
        let home = self.home_of_message(message).await?;
        let conversation = self.message_at(&home, message).await?.conversation_id;
        self.write_at(&home, move |tx| tx.message_show(message))
            .await?;
        self.tell(Event::MessagesChanged(conversation));
        Ok(())
    }

    /// Copies what was said up to a message into a new conversation. The copy is one of its own:
    /// it stays when the original is deleted.
    ///
    /// # Errors
    /// `temporary`; when the message does not exist.
    pub async fn fork(&self, message: MessageId) -> Result<Conversation, Error> {
        if self.home_of_message(message).await?.is_temporary {
            return Err(temporary::refuse());
        }
        let now = self.now();
        let id = self.fresh(ConversationId::new)?;
        let copied = self
            .off_thread(move |app| {
                let open = app.open()?;
                let (path, from, instructions, tags, told) = open.store.read(|tx| {
                    let path = tx.path_to(message, LONGEST_COPY)?;
                    let last = path.last().ok_or(StoreError::NotFound("message"))?;
                    let from = last.conversation_id;
                    let conversation = tx
                        .conversation(from)?
                        .ok_or(StoreError::NotFound("conversation"))?;
                    Ok((
                        path,
                        conversation,
                        tx.instructions(from)?,
                        tx.tags_of(from)?,
                        tx.title_is_told(from)?,
                    ))
                })?;
                let messages = app.copies(path, id, now)?;
                open.store
                    .write(|tx| {
                        let copy = Conversation {
                            id,
                            pinned: false,
                            archived: false,
                            head_id: None,
                            // A consent is given for one conversation.
                            training_allowed: false,
                            created_at: now,
                            updated_at: now,
                            ..from.clone()
                        };
                        tx.conversation_insert(&copy)?;
                        for message in &messages {
                            tx.message_insert(message)?;
                        }
                        if instructions != Instructions::default() {
                            tx.instructions_set(id, &instructions)?;
                        }
                        for tag in &tags {
                            tx.conversation_tag_set(id, *tag, true)?;
                        }
                        if told && let [question, answer, ..] = messages.as_slice() {
                            tx.title_told_set(id, question.id, answer.id)?;
                        }
                        tx.fork_insert(id, from.id, message, now)?;
                        tx.conversation(id)?
                            .ok_or(StoreError::NotFound("conversation"))
                    })
                    .map_err(Error::from)
            })
            .await?;
        self.tell(Event::ConversationChanged(copied.id));
        if copied.folder_id.is_some() {
            self.tell(Event::FilingChanged);
        }
        Ok(copied)
    }

    /// Where a conversation was copied from, if it was.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn fork_origin(&self, id: ConversationId) -> Result<Option<ForkOrigin>, Error> {
        self.conversation(id).await?;
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.fork_origin(id)).await
    }

    /// A stretch of a conversation and what of it matches, newest first; the last word may go on.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn find_in(
        &self,
        id: ConversationId,
        text: String,
        before: Option<i64>,
    ) -> Result<FindPage, Error> {
        self.conversation(id).await?;
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.find_in_conversation(id, &text, before))
            .await
    }

    /// What the answers of a conversation took, all branches together.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn conversation_totals(
        &self,
        id: ConversationId,
    ) -> Result<ConversationTotals, Error> {
        self.conversation(id).await?;
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.conversation_totals(id))
            .await
    }

    /// The same messages as a path of their own.
    fn copies(
        &self,
        path: Vec<Message>,
        conversation_id: ConversationId,
        now: fluxchat_model::Timestamp,
    ) -> Result<Vec<Message>, Error> {
        let mut parent_id = None;
        let mut copies = Vec::with_capacity(path.len());
        for message in path {
            let streaming = message.status == MessageStatus::Streaming;
            let copy = Message {
                id: self.fresh(MessageId::new)?,
                conversation_id,
                parent_id,
                status: if streaming {
                    MessageStatus::Interrupted
                } else {
                    message.status
                },
                finished_at: if streaming {
                    Some(now)
                } else {
                    message.finished_at
                },
                ..message
            };
            parent_id = Some(copy.id);
            copies.push(copy);
        }
        Ok(copies)
    }
}

/// Lines say how their first message begins, in plain words.
fn named(page: &mut MapPage) {
    for run in &mut page.runs {
        run.text = fluxchat_markup::excerpt(&run.text);
    }
}
