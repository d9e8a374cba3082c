//! The answers that are arriving, for everything that asks about them or stops them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxchat_egress::CancellationToken;
use fluxchat_model::{
    ConversationId, Message, MessageId, MessageStatus, Source, ToolDecision, VisibleError,
};
use tokio::sync::oneshot;

use super::super::stream::{Live, StreamState};
use crate::app::Open;
use crate::only_here;
use crate::tools::ToolAbout;

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
    /// What to know before that.
    about: Mutex<HashMap<u32, ToolAbout>>,
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
            about: Mutex::default(),
        }
    }

    pub(in crate::chat) fn expect_decision(&self, call: u32, about: ToolAbout) {
        let (sender, receiver) = oneshot::channel();
        self.about().insert(call, about);
        self.decisions().insert(call, (sender, Some(receiver)));
    }

    pub(in crate::chat) fn take_decision(
        &self,
        call: u32,
    ) -> Option<oneshot::Receiver<ToolDecision>> {
        self.decisions().get_mut(&call)?.1.take()
    }

    /// What to know of the tools of calls before they run, by the number of the call.
    pub(crate) fn about(&self) -> MutexGuard<'_, HashMap<u32, ToolAbout>> {
        self.about.lock().unwrap_or_else(PoisonError::into_inner)
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

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
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

    /// The answers that are arriving in a conversation, on whatever branch.
    pub(crate) fn generating_in(&self, conversation: ConversationId) -> Vec<MessageId> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter(|(_, generation)| generation.conversation_id == conversation)
            .map(|(id, _)| *id)
            .collect()
    }

    pub(crate) fn is_generating(&self, conversation: ConversationId) -> bool {
        !self.generating_in(conversation).is_empty()
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
