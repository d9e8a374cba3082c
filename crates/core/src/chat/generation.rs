//! One answer, from the request to its last word in the archive.

mod arriving;
mod end;
mod heard;
mod pace;
mod places;
mod request;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fluxchat_egress::Ctx;
use fluxchat_model::{
    AnswerNotice, AssetId, CitedSpan, Dialect, Message, MessageStatus, Part, Source, ToolCallPart,
    Usage, VisibleError,
};
use fluxchat_providers::{ChatRequest, ChatStream, FinishReason, ProviderError, ToolChoice};
use futures_util::StreamExt as _;
use tokio::time::Instant;

pub(crate) use arriving::Generation;
use pace::Pace;
use places::Ruler;

use super::calls::Calls;
use super::unsaved::Unsaved;
use crate::app::Open;
use crate::redaction::Restorer;
use crate::temporary::Home;
use crate::{App, Error, Event, spend, tools};

/// A crash loses at most what arrived in this time.
const SAVE: Duration = Duration::from_millis(250);
/// So often the source is asked within one answer; after that it has to do without tools.
const MOST_ROUNDS: u32 = 16;

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
    /// What is cited for certain words of the request, in places of its stream.
    spans: Vec<(Part, CitedSpan)>,
    ruler: Ruler,
    notices: Vec<AnswerNotice>,
    calls: Calls,
    unsaved: Unsaved,
    /// Whether the source was asked already.
    was_asked: bool,
    /// Whether a budget says how long the answer may become.
    is_shortened: bool,
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
    /// The files the last request carried as documents, in its order.
    documents: Vec<(AssetId, String)>,
    /// Turn placeholders back into what they stand for.
    text: Restorer,
    reasoning: Restorer,
}

impl Run {
    pub(crate) async fn run(self) {
        let mut gathered = Gathered {
            ruler: Ruler::continuing(self.so_far.as_ref()),
            ..Gathered::default()
        };
        let end = self.receive(&mut gathered).await;
        self.take_rest(&mut gathered);
        let (status, error) = match end {
            Ok(FinishReason::ContentFilter) => {
                let refused = ProviderError::ContentRefused {
                    message: String::new(),
                };
                (MessageStatus::Failed, Some(self.visible(&refused.into())))
            }
            Ok(FinishReason::Length) => {
                let reached = match gathered.is_shortened {
                    true => "length_of_budget",
                    false => "length_reached",
                };
                let reached = self.visible(&Error::said(reached));
                (MessageStatus::Interrupted, Some(reached))
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
            returned: AtomicUsize::new(self.so_far.as_ref().map_or(0, files_of_calls)),
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
            gathered.ruler.next_request();
            if !calls.is_empty() {
                gathered.ruler.part();
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
        let (mut pace, mut save_at) = (Pace::default(), None::<Instant>);
        loop {
            tokio::select! {
                biased;
                () = at(pace.due_at()) => {
                    let waiting = self.generation.live().waiting();
                    if pace.is_due(Instant::now(), waiting) {
                        self.show(false);
                    }
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
                    pace.arrived(now);
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

    /// The error in the words of this answer: the question is safe, and so is what arrived.
    fn visible(&self, error: &Error) -> VisibleError {
        if self.home.is_temporary {
            return error.visible_in_temporary();
        }
        error.visible_in_answer(!self.generation.live().is_empty())
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

fn files_of_calls(message: &Message) -> usize {
    let is_of_call = |part: &&Part| matches!(part, Part::Attachment { call: Some(_), .. });
    message.parts.iter().filter(is_of_call).count()
}

fn next_number(message: &Message) -> u32 {
    calls_of(message)
        .map(|call| call.number + 1)
        .max()
        .unwrap_or(0)
}

async fn at(when: Option<Instant>) {
    match when {
        Some(when) => tokio::time::sleep_until(when).await,
        None => std::future::pending().await,
    }
}
