//! Asking: questions, answers, branches.

mod calls;
mod context;
mod estimate;
mod generation;
mod marks;
mod outgoing;
mod preview;
mod repeat;
mod rewrite;
pub(crate) mod said;
mod side_by_side;
mod stream;
mod title;
mod trim;
mod unsaved;

use std::sync::Arc;

use fluxchat_markup as markup;
use fluxchat_model::{
    AssetId, Attachment, Conversation, ConversationId, DraftKey, Instructions, Message, MessageId,
    MessageStatus, Parameters, Part, Role, Source, SourceId,
};
use fluxchat_store::{ConversationPatch, Store, StoreError, WriteTx};

pub use estimate::Estimate;
pub(crate) use generation::Generation;
pub use marks::cited;
pub(crate) use marks::writable;
pub(crate) use outgoing::LONGEST_PATH;
pub use preview::{Asking, Preview, PreviewMessage, pretty};
pub use side_by_side::{Answerer, MOST_BESIDE, SentBeside};
pub use stream::{Followed, StreamState};

use crate::temporary::Home;
use crate::{App, Error, Event, attachments, instructions, temporary};

/// The longest question, in bytes: what a person pastes, not what fits into memory.
const LONGEST_QUESTION: usize = 1 << 20;

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Where; `None` begins a conversation.
    pub conversation: Option<ConversationId>,
    /// What.
    pub text: String,
    /// Where the answer comes from; `None` keeps the conversation's own, or takes the last used.
    pub source: Option<SourceId>,
    /// Which model; `None` keeps the conversation's own, or takes the source's first.
    pub model: Option<String>,
    /// How the conversation is asked from now on; `None` leaves that as it is.
    pub instructions: Option<Instructions>,
    /// Files beside the unsent text that go with it, in order.
    pub attachments: Vec<AssetId>,
}

/// An answer is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where.
    pub conversation_id: ConversationId,
    /// What was asked; `None` where only the answer is new.
    pub question_id: Option<MessageId>,
    /// What will be the answer.
    pub answer_id: MessageId,
}

/// After a crash: what was arriving is interrupted, with what had arrived.
pub(crate) fn settle_interrupted(app: &App, store: &Store) -> Result<(), StoreError> {
    let now = app.now();
    let interrupted = store.write(|tx| tx.messages_recover(now))?;
    if !interrupted.is_empty() {
        tracing::warn!(name: "answers.interrupted", count = interrupted.len());
    }
    Ok(())
}

impl App {
    /// Asks. The question is durable when this returns; the answer comes as events.
    ///
    /// # Errors
    /// When there is nothing to ask, nowhere to ask it, or it cannot be written.
    pub async fn ask(&self, ask: Ask) -> Result<Sent, Error> {
        let home = self.home_of_ask(&ask)?;
        let files = self.files_of(&home, &ask).await?;
        let text = checked_with(&ask.text, !files.is_empty())?;
        let existing = match ask.conversation {
            Some(id) => Some(self.conversation_at(&home, id).await?),
            None => None,
        };
        let source = self.source_for(existing.as_ref(), ask.source).await?;
        let model = model_for(existing.as_ref(), &source, ask.model);
        self.must_take(&source, model.as_deref(), &files).await?;
        let now = self.now();
        let conversation = match existing {
            Some(conversation) => conversation,
            None => Conversation {
                source_id: Some(source.id),
                model: model.clone(),
                ..Conversation::new(
                    self.fresh(ConversationId::new)?,
                    markup::title_from(title_of(&text, &files)),
                    now,
                )
            },
        };
        let is_new = ask.conversation.is_none();
        let instructions = ask.instructions.map(instructions::checked).transpose()?;
        if let Some(instructions) = &instructions {
            self.may_switch_on(&instructions.parameters, &Parameters::default())
                .await?;
        }
        let mut question = self.message(&conversation, conversation.head_id, Role::User, text)?;
        with_files(&mut question, attachments::parts(&files));
        let answer = self.answer_below(&conversation, question.id, &source, model.clone())?;
        let sent = Sent {
            conversation_id: conversation.id,
            question_id: Some(question.id),
            answer_id: answer.id,
        };
        let (chosen, answer_model) = (source.clone(), model.clone());
        let answer_row = answer.clone();
        let is_temporary = home.is_temporary;
        self.write_at(&home, move |tx| {
            if is_new {
                tx.conversation_insert(&conversation)?;
                tx.draft_remove(DraftKey::NewConversation)?;
            } else {
                if is_temporary {
                    temporary::know_source(tx, &chosen)?;
                }
                remember_choice(tx, conversation.id, chosen.id, answer_model)?;
            }
            if let Some(instructions) = &instructions {
                tx.instructions_set(conversation.id, instructions)?;
            }
            tx.draft_remove(DraftKey::Conversation(conversation.id))?;
            attachments::sent(tx, &question)?;
            tx.message_insert(&question)?;
            tx.message_insert(&answer_row)
        })
        .await?;
        self.begin(home, answer, source, model, None).await?;
        Ok(sent)
    }

    /// Stops an answer. What arrived is kept. An answer that does not arrive is left as it is.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn stop(&self, answer: MessageId) -> Result<(), Error> {
        if let Some(generation) = self.open()?.generation(answer) {
            generation.cancel.cancel();
        }
        Ok(())
    }

    /// Stops every answer that arrives; what arrived of them is kept. Ends an export, and what is
    /// read aloud or awaited of a recording.
    pub fn stop_all(&self) {
        if let Ok(open) = self.open() {
            open.cancel_generations();
            open.export.cancel();
            open.dictating.stop_waiting();
            open.reading.stop();
        }
    }

    /// A message; of one that streams, what has arrived in the archive.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn message_by_id(&self, id: MessageId) -> Result<Message, Error> {
        let home = self.home_of_message(id).await?;
        self.message_at(&home, id).await
    }

    pub(crate) async fn message_at(&self, home: &Home, id: MessageId) -> Result<Message, Error> {
        let message = self
            .read_at(home, move |tx| tx.message(id))
            .await?
            .ok_or(Error::NotFound("message"))?;
        Ok(self.open()?.as_it_stands(message))
    }

    /// Where a question goes: into a conversation that is somewhere, or a new one in the archive.
    fn home_of_ask(&self, ask: &Ask) -> Result<Home, Error> {
        let open = self.open()?;
        Ok(match ask.conversation {
            Some(id) => open.home(id),
            None => open.archive(),
        })
    }

    /// The files that go with a question.
    async fn files_of(&self, home: &Home, ask: &Ask) -> Result<Vec<Attachment>, Error> {
        let key = match ask.conversation {
            Some(id) => DraftKey::Conversation(id),
            None => DraftKey::NewConversation,
        };
        let ids = ask.attachments.clone();
        self.read_at(home, move |tx| attachments::chosen(tx, key, &ids))
            .await
    }

    fn message(
        &self,
        conversation: &Conversation,
        parent_id: Option<MessageId>,
        role: Role,
        text: String,
    ) -> Result<Message, Error> {
        let now = self.now();
        Ok(Message {
            id: self.fresh(MessageId::new)?,
            conversation_id: conversation.id,
            parent_id,
            role,
            status: MessageStatus::Complete,
            model: None,
            source_name: None,
            parts: vec![Part::Text { text }],
            usage: None,
            error: None,
            created_at: now,
            finished_at: Some(now),
        })
    }

    fn answer_below(
        &self,
        conversation: &Conversation,
        question: MessageId,
        source: &Source,
        model: Option<String>,
    ) -> Result<Message, Error> {
        Ok(Message {
            status: MessageStatus::Streaming,
            model,
            source_name: Some(source.name.clone()),
            parts: Vec::new(),
            finished_at: None,
            ..self.message(conversation, Some(question), Role::Assistant, String::new())?
        })
    }

    async fn begin(
        &self,
        home: Home,
        answer: Message,
        source: Source,
        model: Option<String>,
        so_far: Option<Message>,
    ) -> Result<(), Error> {
        let open = self.open()?;
        let generation = Arc::new(Generation::new(
            answer.conversation_id,
            &source,
            open.stop.child_token(),
            so_far.as_ref(),
        ));
        open.generations
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(answer.id, Arc::clone(&generation));
        self.tell(Event::ConversationChanged(answer.conversation_id));
        self.tell(Event::MessagesChanged(answer.conversation_id));
        let run = generation::Run {
            app: self.clone(),
            open: Arc::clone(&open),
            home,
            answer,
            source,
            model,
            so_far,
            generation,
        };
        open.tasks.spawn(run.run());
        Ok(())
    }
}

/// The model that is known without asking: chosen, the conversation's own, or the source's first.
/// A source that never said what it offers is asked once the question is safe.
pub(crate) fn model_for(
    conversation: Option<&Conversation>,
    source: &Source,
    chosen: Option<String>,
) -> Option<String> {
    let of_conversation = conversation
        .filter(|conversation| conversation.source_id == Some(source.id))
        .and_then(|conversation| conversation.model.clone());
    chosen
        .or(of_conversation)
        .or_else(|| source.default_model.clone())
}

fn remember_choice(
    tx: &WriteTx<'_>,
    id: ConversationId,
    source: SourceId,
    model: Option<String>,
) -> Result<(), StoreError> {
    let patch = ConversationPatch {
        source_id: Some(Some(source)),
        model: Some(model),
        ..ConversationPatch::default()
    };
    tx.conversation_update(id, &patch)
}

/// Files come before the words that are about them.
fn with_files(question: &mut Message, mut files: Vec<Part>) {
    if files.is_empty() {
        return;
    }
    let words = std::mem::take(&mut question.parts);
    files.extend(
        words
            .into_iter()
            .filter(|part| !matches!(part, Part::Text { text } if text.is_empty())),
    );
    question.parts = files;
}

fn files_in(message: &Message, without: &[AssetId]) -> Vec<Part> {
    let goes = |part: &&Part| matches!(part, Part::Attachment { asset_id, .. } if !without.contains(asset_id));
    message.parts.iter().filter(goes).cloned().collect()
}

/// What names a conversation that begins with this.
fn title_of<'t>(text: &'t str, files: &'t [Attachment]) -> &'t str {
    match files.first() {
        Some(file) if text.is_empty() => &file.name,
        _ => text,
    }
}

/// A file may go without words.
fn checked_with(text: &str, has_files: bool) -> Result<String, Error> {
    if text.trim().is_empty() && has_files {
        return Ok(String::new());
    }
    checked(text)
}

fn checked(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(
            "empty_message",
            "There is nothing to send yet.",
        ));
    }
    if text.len() > LONGEST_QUESTION {
        return Err(Error::invalid(
            "message_too_long",
            "The message is longer than one million characters.",
        ));
    }
    Ok(text.to_owned())
}
