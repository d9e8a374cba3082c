//! One answer, from the request to its last word in the archive.

mod request;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxchat_egress::{CancellationToken, Ctx};
use fluxchat_model::{
    AnswerNotice, AssetId, ConversationId, Dialect, Message, MessageId, MessageStatus, Part,
    Source, ToolCallPart, ToolDecision, Usage, VisibleError,
};
use fluxchat_providers::{
    ChatEvent, ChatRequest, ChatStream, FinishReason, Notice, ProviderError, ToolChoice,
};
use fluxchat_store::{ChunkKind, FinishMessage};
use futures_util::StreamExt as _;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::calls::Calls;
use super::stream::{Live, StreamState};
use super::unsaved::Unsaved;
use crate::app::Open;
use crate::redaction::Restorer;
use crate::temporary::Home;
use crate::{App, Error, Event, attachments, only_here, spend, tools};

/// Items are joined over this time: two frames, so that every other one has time to be drawn.
const JOIN: Duration = Duration::from_millis(33);
/// A crash loses at most what arrived in this time.
const SAVE: Duration = Duration::from_millis(250);
/// So often the source is asked within one answer; after that it has to do without tools.
const MOST_ROUNDS: u32 = 16;

type Decisions = HashMap<
    u32,
    (
        oneshot::Sender<ToolDecision>,
        Option<oneshot::Receiver<ToolDecision>>,
    ),
>;

/// An answer that is arriving.
pub(crate) struct Generation {
    pub(crate) conversation_id: ConversationId,
    /// Whether it comes from this computer.
    pub(crate) from_here: bool,
    pub(crate) cancel: CancellationToken,
    /// Fired when its last word is in the archive.
    pub(crate) ended: CancellationToken,
    live: Mutex<Live>,
    /// Calls of tools that somebody has to decide about.
    decisions: Mutex<Decisions>,
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
            decisions: Mutex::default(),
        }
    }

    pub(super) fn expect_decision(&self, call: u32) {
        let (sender, receiver) = oneshot::channel();
        self.decisions().insert(call, (sender, Some(receiver)));
    }

    pub(super) fn take_decision(&self, call: u32) -> Option<oneshot::Receiver<ToolDecision>> {
        self.decisions().get_mut(&call)?.1.take()
    }

    /// False if nobody waits for it.
    pub(crate) fn decide(&self, call: u32, decision: ToolDecision) -> bool {
        let mut decisions = self.decisions();
        match decisions.remove(&call) {
            // Said before it was asked for: the receiver has to outlive this.
            Some((sender, Some(receiver))) => {
                let sent = sender.send(decision).is_ok();
                let (gone, _) = oneshot::channel();
                decisions.insert(call, (gone, Some(receiver)));
                sent
            }
            Some((sender, None)) => sender.send(decision).is_ok(),
            None => false,
        }
    }

    fn decisions(&self) -> MutexGuard<'_, Decisions> {
        self.decisions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
    /// What went out last, for what it costs.
    asked: Option<spend::Asked>,
    asked_model: Option<String>,
    usage: Option<Usage>,
    citations: Vec<Part>,
    notices: Vec<AnswerNotice>,
    calls: Calls,
    unsaved: Unsaved,
    /// Whether the source was asked already.
    was_asked: bool,
    /// What the requests of this answer took that have ended.
    spent: Option<Usage>,
    /// What a restarted answer repeats of what is already kept.
    repeated: String,
    /// What a Fluxchat service was told about training.
    told: Option<bool>,
    /// What it repeated.
    echo: Option<bool>,
    /// The pages of files that the answer may name.
    pages: Vec<(AssetId, String, Vec<u32>)>,
    /// Those that a tool read for it.
    read: Vec<(AssetId, String, Vec<u32>)>,
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
        let asked = tools::Asked {
            source: self.source.clone(),
            model,
            conversation: self.answer.conversation_id,
            question: self.answer.parent_id,
            home: self.home.clone(),
            sessions: tools::Sessions::default(),
            pages: Mutex::default(),
            notices: Mutex::default(),
        };
        let end = self.converse(&asked, gathered).await;
        gathered.read =
            std::mem::take(&mut *asked.pages.lock().unwrap_or_else(PoisonError::into_inner));
        let notices = asked.notices.lock().map(|mut it| std::mem::take(&mut *it));
        for notice in notices.unwrap_or_default() {
            gathered.note(notice);
        }
        asked.sessions.end().await;
        end
    }

    /// Asks and calls tools, in turns.
    async fn converse(
        &self,
        asked: &tools::Asked,
        gathered: &mut Gathered,
    ) -> Result<FinishReason, Error> {
        let model = &asked.model;
        let mut so_far = self.so_far.clone();
        let mut offered = self.offer(asked, gathered).await?;
        if let Some(message) = &so_far
            && calls_of(message).any(|call| !call.state.is_over())
        {
            let calls = calls_of(message).cloned().collect();
            self.call_tools(calls, &offered, asked).await?;
            so_far = Some(self.as_kept().await?);
        }
        for round in 1.. {
            let last = round == MOST_ROUNDS;
            let mut request = self
                .request(model.clone(), so_far.as_ref(), &offered, gathered)
                .await?;
            if last && !request.tools.is_empty() {
                request.tool_choice = Some(ToolChoice::None);
            }
            let reason = self.listen(request, gathered).await?;
            let calls = std::mem::take(&mut gathered.calls);
            let goes_on = match reason {
                FinishReason::Length | FinishReason::ContentFilter => false,
                FinishReason::Paused => true,
                _ => !calls.is_empty(),
            };
            if goes_on && last {
                gathered.note(AnswerNotice::RoundsSpent { count: MOST_ROUNDS });
            }
            if !goes_on || last {
                return Ok(reason);
            }
            self.take_rest(gathered);
            self.save(gathered).await?;
            self.generation.live().part_ended();
            self.settle(gathered, MessageStatus::Complete).await;
            if !calls.is_empty() {
                let first = so_far.as_ref().map_or(0, next_number);
                let restorer = &gathered.text;
                let calls = calls.parts(
                    first,
                    self.source.id,
                    |sealed| self.sealed(sealed, model),
                    |text| restorer.restore(text),
                );
                self.call_tools(calls, &offered, asked).await?;
                offered = self.offer(asked, gathered).await?;
            }
            so_far = Some(self.as_kept().await?);
        }
        Ok(FinishReason::NotStated)
    }

    /// One request and what comes back.
    async fn listen(
        &self,
        request: ChatRequest,
        gathered: &mut Gathered,
    ) -> Result<FinishReason, Error> {
        let model = request.model.clone();
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
                    if let Some(reason) = self.take(event?, &model, gathered) {
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

    fn take(&self, event: ChatEvent, model: &str, gathered: &mut Gathered) -> Option<FinishReason> {
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
            ChatEvent::ToolCall(delta) => gathered.calls.take(delta),
            ChatEvent::Sealed(sealed) => {
                self.take_rest(gathered);
                let sealed = self.sealed(sealed, model);
                gathered.unsaved.part(Part::Sealed(sealed));
            }
            ChatEvent::Notice(notice) => gathered.note(match notice {
                Notice::ParameterDropped { name } => AnswerNotice::ParameterDropped { name },
                Notice::PartLeftOut { name } => AnswerNotice::PartLeftOut { name },
                Notice::FramesSkipped { count } => AnswerNotice::FramesSkipped { count },
            }),
        }
        None
    }

    fn take_text(&self, piece: &str, gathered: &mut Gathered) {
        let piece = new_part(&mut gathered.repeated, piece);
        gathered.unsaved.words(ChunkKind::Text, piece);
        self.generation.live().text(piece);
    }

    fn take_reasoning(&self, piece: &str, gathered: &mut Gathered) {
        gathered.unsaved.words(ChunkKind::Reasoning, piece);
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
        let mut given = std::mem::take(&mut gathered.pages);
        given.append(&mut gathered.read);
        if given.is_empty() {
            return;
        }
        let mut live = self.generation.live();
        for part in attachments::cited(&live.whole(), &given) {
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
        if gathered.unsaved.is_empty() {
            return Ok(());
        }
        let unsaved = std::mem::take(&mut gathered.unsaved);
        let (id, store) = (self.answer.id, self.home.store.clone());
        let (written, unsaved) = tokio::task::spawn_blocking(move || {
            let written = store.write(|tx| unsaved.write(tx, id));
            (written, unsaved)
        })
        .await?;
        if written.is_err() {
            // The end tries once more.
            gathered.unsaved.give_back(unsaved);
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
        let notices = gathered.notices.iter().cloned();
        let told = self.so_far.as_ref().map(|message| message.parts.as_slice());
        let notices: Vec<Part> = notices
            .map(|notice| Part::Notice { notice })
            .filter(|part| !told.unwrap_or_default().contains(part))
            .collect();
        self.settle(&mut gathered, status).await;
        let model = gathered.asked_model.take();
        let finish = FinishMessage {
            model: gathered.model,
            usage: gathered.spent,
            error,
            more_parts: gathered.citations.into_iter().chain(notices).collect(),
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
            self.app
                .title_soon(self.answer.id, &self.source, model)
                .await;
        }
        self.app.tell(Event::StreamEnded(self.answer.id));
        self.app
            .tell(Event::ConversationChanged(self.answer.conversation_id));
    }

    /// Counts what a request took that has ended.
    async fn settle(&self, gathered: &mut Gathered, status: MessageStatus) {
        let first = gathered.spent.is_none();
        let ended = spend::Ended {
            answer: self.answer.id,
            source: &self.source,
            asked: gathered.asked.take(),
            usage: gathered.usage.take(),
            before: self
                .so_far
                .as_ref()
                .filter(|_| first)
                .and_then(|it| it.usage),
            status,
            is_kept: !self.home.is_temporary,
        };
        let usage = self.app.settle_cost(&self.open, ended).await;
        gathered.spent = sum(gathered.spent.take(), usage);
    }
}

impl Gathered {
    /// Each is told once.
    fn note(&mut self, notice: AnswerNotice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }
}

fn calls_of(message: &Message) -> impl Iterator<Item = &ToolCallPart> {
    message.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call),
        _ => None,
    })
}

fn next_number(message: &Message) -> u32 {
    calls_of(message)
        .map(|call| call.number + 1)
        .max()
        .unwrap_or(0)
}

/// What an answer of several requests cost.
fn sum(one: Option<Usage>, other: Option<Usage>) -> Option<Usage> {
    fn both<T: std::ops::Add<Output = T>>(one: Option<T>, other: Option<T>) -> Option<T> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        }
    }
    match (one, other) {
        (Some(one), Some(other)) => Some(Usage {
            input_tokens: one.input_tokens.saturating_add(other.input_tokens),
            output_tokens: one.output_tokens.saturating_add(other.output_tokens),
            reasoning_tokens: both(one.reasoning_tokens, other.reasoning_tokens),
            cached_tokens: both(one.cached_tokens, other.cached_tokens),
            cost: both(one.cost, other.cost),
            spent: spend::joined(one.spent, other.spent),
        }),
        (one, other) => one.or(other),
    }
}

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
