//! What the core tells the window, over one channel per window.

use fluxchat_markup::BlockOp;
use fluxchat_model::{Check, ConversationId, MessageId, ReadingState, RequestId, VisibleError};
use serde::Serialize;

use super::attachment::DroppedFile;
use super::chat::{CitationRow, MessageRow};

/// One thing that happened. Events carry ids; the window reads again what it shows.
/// Only answers that are arriving carry data: their pieces.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WindowEvent {
    /// The session state changed; read `session_get` again.
    SessionChanged,
    /// A conversation appeared or changed.
    ConversationChanged {
        /// Which.
        id: ConversationId,
    },
    /// A conversation is hidden or gone.
    ConversationRemoved {
        /// Which.
        id: ConversationId,
    },
    /// The shown branch of a conversation changed (new, removed or other messages).
    MessagesChanged {
        /// Where.
        conversation_id: ConversationId,
    },
    /// Pieces of an arriving answer, joined over 33 ms, or 200 where they come faster than anybody reads.
    Stream {
        /// Which answer.
        message_id: MessageId,
        /// Counts up by one per item, from 1.
        seq: u32,
        /// Changes to its blocks.
        ops: Vec<BlockOp>,
        /// Changes to its reasoning.
        reasoning_ops: Vec<BlockOp>,
        /// The words that arrived, as Markdown.
        text: String,
        /// Citations that arrived.
        citations: Vec<CitationRow>,
    },
    /// An answer ended: complete, interrupted or failed.
    StreamEnded {
        /// As it is now kept.
        message: Box<MessageRow>,
        /// Whoever took all items up to this one has its text, its blocks and its reasoning: the
        /// message comes without them.
        last_seq: Option<u32>,
    },
    /// What is leaving now.
    Egress {
        /// The state of the door.
        status: EgressStatus,
    },
    /// Rows were added to the ledger.
    LedgerChanged,
    /// A consent was given or withdrawn.
    ConsentsChanged,
    /// Sources were added, changed or removed.
    SourcesChanged,
    /// A deletion was carried out and has its receipt.
    ReceiptsChanged,
    /// A large deletion began, went on or ended; read `deletion_list` again.
    DeletionsChanged,
    /// More than one conversation is hidden or gone; read again whatever shows content.
    ContentRemoved,
    /// The key of the archive is being changed, or was; read `key_get` again.
    KeyChanged,
    /// Folders or tags changed, or what lies in them.
    FilingChanged,
    /// A call of a tool in an answer waits, runs or is over; read `tool_calls` again.
    ToolCallsChanged {
        /// The answer.
        message_id: MessageId,
    },
    /// Tools, their servers or what was decided about them changed.
    ToolsChanged,
    /// Presets or saved prompts changed.
    PresetsChanged,
    /// Everything was frozen, or no longer is.
    RestrictionChanged,
    /// What was spent was forgotten, or a budget changed.
    SpendingChanged,
    /// Settings changed in another window or by the command line.
    SettingsChanged,
    /// Files were dropped on the window that the page was not given by its web view.
    FilesDropped {
        /// In the order in which they were dropped.
        files: Vec<DroppedFile>,
    },
    /// How far the running export is.
    ExportProgress {
        /// How far.
        progress: super::export::ExportState,
    },
    /// An export ended, well or not.
    ExportEnded,
    /// A diagnostic report was made, sent or let go.
    DiagnosticsChanged,
    /// How a recording goes on; at most ten times a second.
    VoiceLevel {
        /// How loud it is, 0 to 100.
        percent: u8,
        /// How long it is.
        ms: u32,
        /// Whether it is as long as it may be.
        full: bool,
    },
    /// Words of a transcript that is arriving.
    VoiceHeard {
        /// The next of them.
        text: String,
    },
    /// Reading aloud went on.
    VoiceReading {
        /// What is read.
        message_id: MessageId,
        /// How it stands.
        state: ReadingState,
        /// The piece that sounds, from 1.
        piece: u32,
        /// How many there are.
        pieces: u32,
        /// Why it could not go on.
        error: Option<VisibleError>,
    },
    /// A self-audit looked at one more thing.
    ProofCheck {
        /// What it came to.
        check: Check,
    },
}

dto! {
    /// The state of the door.
    answer EgressStatus {
        /// Whether it is closed.
        pub offline: bool,
        /// What is in flight.
        pub active: Vec<ActiveRequest>,
        /// The last request that was refused in the past seconds.
        pub blocked: Option<BlockedRequest>,
    }
}

dto! {
    /// A request in flight.
    answer ActiveRequest {
        /// Which.
        pub request_id: RequestId,
        /// To whom.
        pub host: String,
        /// Why.
        pub purpose: String,
        /// True if it does not leave the computer.
        pub in_process: bool,
    }
}

dto! {
    /// A request that was refused.
    answer BlockedRequest {
        /// To whom it would have gone.
        pub host: String,
        /// Why it was made.
        pub purpose: String,
        /// The code of the refusal.
        pub code: String,
    }
}

dto! {
    /// Closes or opens the door.
    request OfflineSetReq {
        /// True closes it.
        pub offline: bool,
    }
}
