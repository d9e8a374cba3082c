//! One answer, from the request to its last word in the archive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxchat_egress::{CancellationToken, Ctx};
use fluxchat_model::{
    AssetId, AttachmentTold, ConversationId, Dialect, Message, MessageId, MessageStatus, Part,
    Role, Source, Usage, VisibleError,
};
use fluxchat_providers::{
    ChatEvent, ChatMessage, ChatRequest, ChatStream, FinishReason, ProviderError,
};
use fluxchat_store::{ChunkKind, FinishMessage};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::context::Going;
use super::outgoing;
use super::stream::{Live, StreamState};
use crate::app::Open;
use crate::redaction::Restorer;
use crate::spend::{Asked, Ended};
use crate::temporary::Home;
use crate::{App, Error, Event, attachments, only_here, restriction, tokens};

/// Items are joined over this time: one to two frames.
const JOIN: Duration = Duration::from_millis(25);
/// A crash loses at most what arrived in this time.
const SAVE: Duration = Duration::from_millis(250);

/// An answer that is arriving.
pub(crate) struct Generation {
    pub(crate) conversation_id: ConversationId,
    /// Whether it comes from this computer.
    pub(crate) from_here: bool,
    pub(crate) cancel: CancellationToken,
    /// Fired when its last word is in the archive.
    pub(crate) ended: CancellationToken,
    live: Mutex<Live>,
}

impl Generation {
    pub(crate) fn new(
        conversation_id: ConversationId,
        source: &Source,
        cancel: CancellationToken,
        so_far: Option<&Message>,
    ) -> Self {
        Self {
            conversation_id,
            from_here: only_here::answers_here(source),
            cancel,
            ended: CancellationToken::new(),
            live: Mutex::new(Live::continuing(so_far)),
        }
    }

    pub(crate) fn state(&self) -> StreamState {
        self.live().state()
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    pub(crate) fn generation(&self, answer: MessageId) -> Option<Arc<Generation>> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&answer)
            .cloned()
    }

    /// Answers whose end could not be written, with the reason: what shows until the next start.
    pub(crate) fn unwritten(&self) -> MutexGuard<'_, HashMap<MessageId, VisibleError>> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A message as it stands, where the archive could not be told.
    pub(crate) fn as_it_stands(&self, mut message: Message) -> Message {
        if message.status == MessageStatus::Streaming
            && let Some(error) = self.unwritten().get(&message.id)
        {
            message.status = MessageStatus::Failed;
            message.error = Some(error.clone());
        }
        message
    }

    pub(crate) fn is_generating(&self, conversation: ConversationId) -> bool {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .any(|generation| generation.conversation_id == conversation)
    }

    pub(crate) fn cancel_generations(&self) {
        for generation in self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            generation.cancel.cancel();
        }
    }

    /// Stops the answers that `which` names and waits until what arrived of them is kept.
    pub(crate) async fn stop_generations(
        &self,
        which: impl Fn(&MessageId, ConversationId) -> bool,
    ) {
        self.stop_these(|id, generation| which(id, generation.conversation_id))
            .await;
    }

    /// The same for the answers of a conversation that come from elsewhere.
    pub(crate) async fn stop_elsewhere(&self, conversation: ConversationId) {
        self.stop_these(|_, generation| {
            generation.conversation_id == conversation && !generation.from_here
        })
        .await;
    }

    async fn stop_these(&self, which: impl Fn(&MessageId, &Generation) -> bool) {
        let stopping: Vec<Arc<Generation>> = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter(|(id, generation)| which(id, generation))
            .map(|(_, generation)| Arc::clone(generation))
            .collect();
        for generation in &stopping {
            generation.cancel.cancel();
        }
        for generation in stopping {
            generation.ended.cancelled().await;
        }
    }
}

pub(crate) struct Run {
    pub(crate) app: App,
    pub(crate) open: Arc<Open>,
    pub(crate) home: Home,
    pub(crate) answer: Message,
    pub(crate) source: Source,
    /// `None`: the source was never asked what it offers.
    pub(crate) model: Option<String>,
    pub(crate) so_far: Option<Message>,
    pub(crate) generation: Arc<Generation>,
}

/// How it ended and what came with it.
#[derive(Default)]
struct Gathered {
    model: Option<String>,
    /// What went out, for what it costs.
    asked: Option<Asked>,
    usage: Option<Usage>,
    citations: Vec<Part>,
    unsaved_text: String,
    unsaved_reasoning: String,
    /// What a restarted answer repeats of what is already kept.
    repeated: String,
    /// What a Fluxchat service was told about training.
    told: Option<bool>,
    /// What it repeated.
    echo: Option<bool>,
    /// The pages of files that the answer may name.
    pages: Vec<(AssetId, String, Vec<u32>)>,
    /// Turn placeholders back into what they stand for.
    text: Restorer,
    reasoning: Restorer,
}

impl Run {
    pub(crate) async fn run(self) {
        let mut gathered = Gathered::default();
        let end = self.receive(&mut gathered).await;
        self.take_rest(&mut gathered);
        let (status, error) = match end {
            Ok(FinishReason::ContentFilter) => {
                let refused = ProviderError::ContentRefused {
                    message: String::new(),
                };
                (MessageStatus::Failed, Some(self.visible(&refused.into())))
            }
            Ok(_) => (MessageStatus::Complete, None),
            Err(error) if error.code() == "cancelled" => (MessageStatus::Interrupted, None),
            Err(error) => (MessageStatus::Failed, Some(self.visible(&error))),
        };
        self.finish(gathered, status, error).await;
    }

    async fn receive(&self, gathered: &mut Gathered) -> Result<FinishReason, Error> {
        let model = match &self.model {
            Some(model) => model.clone(),
            None => {
                let cancel = self.generation.cancel.clone();
                self.app
                    .first_model(
                        &self.source,
                        &self.home,
                        self.answer.conversation_id,
                        cancel,
                    )
                    .await?
            }
        };
        gathered.model = Some(model.clone());
        let request = self.request(model, gathered).await?;
        let cancel = self.generation.cancel.clone();
        let ctx = self.app.chat_ctx(self.in_ledger(), cancel);
        let mut stream = self.ask(ctx, request, gathered).await?;
        let (mut show_at, mut save_at) = (None::<Instant>, None::<Instant>);
        loop {
            tokio::select! {
                biased;
                () = at(show_at) => {
                    show_at = None;
                    self.show(false);
                }
                () = at(save_at) => {
                    save_at = None;
                    self.save(gathered).await?;
                }
                event = stream.next() => {
                    let Some(event) = event else { return Ok(FinishReason::NotStated) };
                    if let Some(reason) = self.take(event?, gathered) {
                        return Ok(reason);
                    }
                    let now = Instant::now();
                    show_at.get_or_insert(now + JOIN);
                    save_at.get_or_insert(now + SAVE);
                }
            }
        }
    }

    /// Sends it. Where training was taken back between the question and the door, it goes out
    /// saying so.
    async fn ask(
        &self,
        ctx: Ctx,
        request: ChatRequest,
        gathered: &mut Gathered,
    ) -> Result<ChatStream, Error> {
        let is_service = self.source.dialect == Dialect::Fluxchat;
        let mut allowed = is_service
            && !self.home.is_temporary
            && self
                .app
                .training_covers(self.answer.conversation_id)
                .await?;
        loop {
            let credential = self.app.credential(&self.source).await?;
            let ctx = Ctx {
                training_allowed: allowed,
                ..ctx.clone()
            };
            let request = request.clone();
            let door = &self.open.door;
            match fluxchat_providers::chat(door, &self.source, credential, ctx, request).await {
                Ok(stream) => {
                    gathered.told = is_service.then_some(allowed);
                    return Ok(stream);
                }
                Err(error) if allowed && error.code() == "no_consent" => allowed = false,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn take(&self, event: ChatEvent, gathered: &mut Gathered) -> Option<FinishReason> {
        match event {
            ChatEvent::Started { model } => gathered.model = model.or(gathered.model.take()),
            ChatEvent::Text(piece) => {
                let piece = gathered.text.push(&piece);
                self.take_text(&piece, gathered);
            }
            ChatEvent::Reasoning(piece) => {
                let piece = gathered.reasoning.push(&piece);
                self.take_reasoning(&piece, gathered);
            }
            ChatEvent::Citation { title, target } => {
                let part = Part::Citation {
                    title: gathered.text.restore(&title),
                    target: gathered.text.restore(&target),
                };
                let known = self
                    .so_far
                    .as_ref()
                    .is_some_and(|message| message.parts.contains(&part));
                if !known {
                    gathered.citations.push(part.clone());
                    self.generation.live().citation(part);
                }
            }
            ChatEvent::Usage(usage) => gathered.usage = Some(usage),
            ChatEvent::Finished { reason } => return Some(reason),
            ChatEvent::TrainingEcho(allowed) => {
                if gathered.told.is_some_and(|told| told != allowed) {
                    tracing::warn!(name: "training.echo_differs", allowed);
                }
                gathered.echo = Some(allowed);
            }
            // Tools belong to a later version; nothing is run, and the text around is kept.
            ChatEvent::ToolCall(_) | ChatEvent::Sealed(_) | ChatEvent::Notice(_) => {}
        }
        None
    }

    fn take_text(&self, piece: &str, gathered: &mut Gathered) {
        let piece = new_part(&mut gathered.repeated, piece);
        gathered.unsaved_text.push_str(piece);
        self.generation.live().text(piece);
    }

    fn take_reasoning(&self, piece: &str, gathered: &mut Gathered) {
        gathered.unsaved_reasoning.push_str(piece);
        self.generation.live().reasoning(piece);
    }

    /// What might have become a placeholder and did not.
    fn take_rest(&self, gathered: &mut Gathered) {
        let text = gathered.text.finish();
        self.take_text(&text, gathered);
        let reasoning = gathered.reasoning.finish();
        self.take_reasoning(&reasoning, gathered);
    }

    /// The error in the words of this answer: the question is safe, and so is what arrived.
    fn visible(&self, error: &Error) -> VisibleError {
        if self.home.is_temporary {
            return error.visible_in_temporary();
        }
        error.visible_in_answer(!self.generation.live().is_empty())
    }

    /// Pages that the answer names become what it cites.
    fn cite_pages(&self, gathered: &mut Gathered) {
        if gathered.pages.is_empty() {
            return;
        }
        let mut live = self.generation.live();
        for part in attachments::cited(&live.whole(), &gathered.pages) {
            if !live.has(&part) {
                gathered.citations.push(part.clone());
                live.citation(part);
            }
        }
    }

    fn show(&self, at_end: bool) {
        let items = self.generation.live().items(self.answer.id, at_end);
        for item in items {
            self.app.tell(Event::Stream(Arc::new(item)));
        }
    }

    async fn save(&self, gathered: &mut Gathered) -> Result<(), Error> {
        let text = std::mem::take(&mut gathered.unsaved_text);
        let reasoning = std::mem::take(&mut gathered.unsaved_reasoning);
        let (id, store) = (self.answer.id, self.home.store.clone());
        let (written, text, reasoning) = tokio::task::spawn_blocking(move || {
            let written = store.write(|tx| {
                for (kind, body) in [(ChunkKind::Reasoning, &reasoning), (ChunkKind::Text, &text)] {
                    if !body.is_empty() {
                        tx.message_append(id, kind, body)?;
                    }
                }
                Ok(())
            });
            (written, text, reasoning)
        })
        .await?;
        if written.is_err() {
            // The end tries once more.
            gathered.unsaved_text = text;
            gathered.unsaved_reasoning = reasoning;
        }
        Ok(written?)
    }

    async fn finish(
        &self,
        mut gathered: Gathered,
        status: MessageStatus,
        error: Option<VisibleError>,
    ) {
        let mut failed = self.save(&mut gathered).await.err();
        self.cite_pages(&mut gathered);
        let asked = gathered.asked.take();
        let usage = self
            .app
            .settle_cost(
                &self.open,
                Ended {
                    answer: self.answer.id,
                    source: &self.source,
                    asked: asked.clone(),
                    usage: gathered.usage,
                    before: self.so_far.as_ref().and_then(|it| it.usage),
                    status,
                    is_kept: !self.home.is_temporary,
                },
            )
            .await;
        let finish = FinishMessage {
            model: gathered.model,
            usage,
            error,
            more_parts: gathered.citations,
            ..FinishMessage::new(status, self.app.now())
        };
        let (id, store) = (self.answer.id, self.home.store.clone());
        let (told, echo, now) = (gathered.told, gathered.echo, self.app.now());
        let written = tokio::task::spawn_blocking(move || {
            store.write(|tx| {
                if let Some(told) = told {
                    tx.training_echo_keep(id, told, echo, now)?;
                }
                tx.message_finish(id, &finish)
            })
        })
        .await;
        match written {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => failed = Some(error.into()),
            Err(error) => failed = Some(error.into()),
        }
        if let Some(error) = failed {
            // The next start finds the message streaming and keeps what is in the archive.
            tracing::error!(name: "answer.not_finished", code = error.code());
            self.open
                .unwritten()
                .insert(self.answer.id, self.visible(&error));
        }
        self.show(true);
        self.open
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.answer.id);
        self.generation.ended.cancel();
        if status == MessageStatus::Complete && !self.home.is_temporary {
            let model = asked.map(|it| it.model);
            self.app.title_soon(self.answer.id, &self.source, model);
        }
        self.app.tell(Event::StreamEnded(self.answer.id));
        self.app
            .tell(Event::ConversationChanged(self.answer.conversation_id));
    }

    async fn request(&self, model: String, gathered: &mut Gathered) -> Result<ChatRequest, Error> {
        let question = self.answer.parent_id.ok_or(Error::NotFound("question"))?;
        let id = self.answer.conversation_id;
        let (conversation, path, instructions) = self
            .app
            .read_at(&self.home, move |tx| {
                let path = tx.path_to(question, outgoing::LONGEST_PATH)?;
                Ok((tx.conversation(id)?, path, tx.instructions(id)?))
            })
            .await?;
        let conversation = conversation.ok_or(Error::NotFound("conversation"))?;
        // It may have been frozen or kept to this computer since the question was asked.
        let asked = conversation.clone();
        self.app
            .read(move |tx| restriction::check(tx, Some(&asked)))
            .await??;
        only_here::check(&conversation, &self.source)?;
        only_here::check_model(&conversation, &self.source, &model)?;
        let again = self.so_far.as_ref().map(|it| it.text());
        let again = again
            .map(|text| tokens::of_words(&text))
            .filter(|it| *it > 0);
        let going = Going {
            source: &self.source,
            model: &model,
            instructions: &instructions,
            after: again,
            asked: true,
        };
        let (path, mut estimate) = self.app.fit(&self.home, &going, path).await?;
        estimate.check()?;
        let said = self
            .app
            .said(&self.home, &self.source, attachments::path(&path))
            .await?;
        estimate.count_told(&instructions, &said.messages);
        estimate.check()?;
        self.note_files(&said.told()).await?;
        gathered.pages = said.pages();
        let mut messages = said.messages;
        if let Some(so_far) = self
            .so_far
            .as_ref()
            .map(Message::text)
            .filter(|text| !text.is_empty())
        {
            if self.source.dialect == Dialect::Fluxchat && self.source.is_in_process() {
                // Guide answers the same question in the same words, so it starts over and what
                // is already here is skipped.
                gathered.repeated = so_far;
            } else {
                messages.push(ChatMessage::text(Role::Assistant, so_far));
                messages.push(ChatMessage::text(Role::User, CONTINUE));
            }
        }
        let alias = self.alias().await?;
        self.app
            .reserve(&self.open, self.answer.id, &self.source, &estimate)
            .await?;
        gathered.asked = Some(Asked {
            model: model.clone(),
            tokens: estimate.raw,
        });
        let outgoing = self
            .app
            .outgoing(&self.source, model, messages, instructions, alias)
            .await?
            .keeping(!self.home.is_temporary);
        gathered.text = outgoing.redactor.restorer();
        gathered.reasoning = outgoing.redactor.restorer();
        Ok(outgoing.request)
    }

    /// Keeps what the source is given of files, so that it shows while the answer arrives.
    async fn note_files(&self, told: &[AttachmentTold]) -> Result<(), Error> {
        if told.is_empty() {
            return Ok(());
        }
        let (id, told) = (self.answer.id, told.to_vec());
        self.app
            .write_at(&self.home, move |tx| attachments::note(tx, id, &told))
            .await
    }

    /// What the ledger may know the conversation by.
    fn in_ledger(&self) -> Option<ConversationId> {
        (!self.home.is_temporary).then_some(self.answer.conversation_id)
    }

    /// The random name under which the service may keep what belongs to this conversation, so
    /// that an erasure finds it. Of a temporary one it is to keep nothing.
    async fn alias(&self) -> Result<Option<String>, Error> {
        if self.source.dialect != Dialect::Fluxchat || self.home.is_temporary {
            return Ok(None);
        }
        let id = self.answer.conversation_id;
        let fresh = hex::encode(crate::clock::random10()?);
        let alias = self
            .app
            .write(move |tx| {
                if let Some(alias) = tx.conversation_alias(id)? {
                    return Ok(alias);
                }
                tx.conversation_alias_set(id, &fresh)?;
                Ok(fresh)
            })
            .await?;
        Ok(Some(alias))
    }
}

const CONTINUE: &str = "Continue your last answer exactly where it stopped. Do not repeat anything and do not introduce it.";

async fn at(when: Option<Instant>) {
    match when {
        Some(when) => tokio::time::sleep_until(when).await,
        None => std::future::pending().await,
    }
}

/// What of `piece` goes beyond the text that is repeated; consumes the repeated text.
fn new_part<'p>(repeated: &mut String, piece: &'p str) -> &'p str {
    if repeated.is_empty() {
        return piece;
    }
    let same = repeated
        .char_indices()
        .zip(piece.chars())
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8())
        .last()
        .unwrap_or(0);
    if same < piece.len() {
        repeated.clear();
    } else {
        repeated.drain(..same);
    }
    &piece[same..]
}

#[cfg(test)]
mod tests {
    use super::new_part;

    #[test]
    fn a_repeated_beginning_is_skipped_and_only_that() {
        let mut repeated = "Grüße aus".to_owned();
        let pieces = ["Grü", "ße ", "aus Köln", " und Rom"];
        let kept: String = pieces
            .iter()
            .map(|piece| new_part(&mut repeated, piece))
            .collect();
        assert_eq!(kept, " Köln und Rom");
    }
}
