//! What happened, for whoever shows it. Ids, not data, except for arriving answers.

use std::sync::{Arc, Mutex, PoisonError};

use fluxchat_egress::Activity;
use fluxchat_markup::BlockOp;
use fluxchat_model::{Check, ConversationId, MessageId, Part};

use crate::Followed;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The session state changed.
    SessionChanged,
    /// A conversation appeared or changed.
    ConversationChanged(ConversationId),
    /// A conversation is hidden or gone.
    ConversationRemoved(ConversationId),
    /// The shown branch of a conversation changed.
    MessagesChanged(ConversationId),
    /// Pieces of an arriving answer.
    Stream(Arc<StreamItem>),
    /// An answer ended.
    StreamEnded {
        /// Which.
        answer: MessageId,
        /// What its items said in all.
        followed: Arc<Followed>,
    },
    /// What is in flight changed.
    Egress(Activity),
    /// Rows were added to the ledger.
    LedgerChanged,
    /// A consent was given or withdrawn.
    ConsentsChanged,
    /// Sources changed.
    SourcesChanged,
    /// A deletion has its receipt, or a request to a service moved.
    ReceiptsChanged,
    /// A large deletion began, went on or ended.
    DeletionsChanged,
    /// More than one conversation is hidden or gone; what is shown has to be read again.
    ContentRemoved,
    /// The key of the archive is being changed, or was.
    KeyChanged,
    /// Folders or tags changed, or what lies in them.
    FilingChanged,
    /// A call of a tool in an answer waits, runs or is over.
    ToolCallsChanged(MessageId),
    /// Tools, their servers or what was decided about them changed.
    ToolsChanged,
    /// Presets or saved prompts changed.
    PresetsChanged,
    /// Everything was frozen, or no longer is.
    RestrictionChanged,
    /// What was spent was forgotten, or a budget changed.
    SpendingChanged,
    /// Settings changed.
    SettingsChanged,
    /// Files were dropped on the window and can be taken.
    FilesDropped(Vec<crate::DroppedFile>),
    /// How far the running export is.
    ExportProgress(crate::ExportProgress),
    /// An export ended, well or not.
    ExportEnded,
    /// A diagnostic report was made, sent or let go.
    DiagnosticsChanged,
    /// Somebody speaks or listens.
    Voice(crate::VoiceEvent),
    /// A self-audit looked at one more thing.
    ProofCheck(Check),
}

/// Pieces of an arriving answer, joined over a few frames.
#[derive(Clone, Debug)]
pub struct StreamItem {
    /// Which answer.
    pub message_id: MessageId,
    /// Counts up by one, from 1.
    pub seq: u32,
    /// Changes to its blocks.
    pub ops: Vec<BlockOp>,
    /// Changes to its reasoning.
    pub reasoning_ops: Vec<BlockOp>,
    /// The Markdown that arrived.
    pub text: String,
    /// The reasoning that arrived.
    pub reasoning: String,
    /// Citations that arrived.
    pub citations: Vec<Part>,
}

type Listener = Box<dyn Fn(&Event) -> bool + Send>;

/// Fans events out to listeners. A listener that answers `false` is forgotten.
#[derive(Clone, Default)]
pub struct Events(Arc<Mutex<Vec<Listener>>>);

impl Events {
    /// Adds a listener. It is called on whatever thread the event happens on and must not block.
    pub fn listen(&self, listener: impl Fn(&Event) -> bool + Send + 'static) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(listener));
    }

    /// Tells everyone.
    pub fn send(&self, event: &Event) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|listener| listener(event));
    }

    /// A stream of events for a task.
    #[must_use]
    pub fn subscribe(&self) -> tokio::sync::mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        self.listen(move |event| sender.send(event.clone()).is_ok());
        receiver
    }
}
