//! Deletions of every scope: what they would remove, how far they are, and the key.

use fluxchat_core::Stays;
use fluxchat_model::{
    ConversationId, ErasureId, ErasurePreview, ErasureStage, FolderId, MediaKind, MessageId,
    SourceId, TagId, TimeRange, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a deletion covers.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeletionScope {
    /// A message and everything below it.
    Message {
        /// Which.
        id: MessageId,
    },
    /// A conversation.
    Conversation {
        /// Which.
        id: ConversationId,
    },
    /// A folder with all conversations in it.
    Folder {
        /// Which.
        id: FolderId,
    },
    /// A tag with all conversations that have it.
    Tag {
        /// Which.
        id: TagId,
    },
    /// What was written in a span of time.
    Range {
        /// Which.
        range: TimeRange,
    },
    /// All conversations a source answered in.
    Source {
        /// Which.
        id: SourceId,
    },
    /// All files of a kind.
    Media {
        /// Which.
        media: MediaKind,
    },
    /// What was searched for.
    Searches,
    /// Unsent texts and files.
    Drafts,
    /// All content.
    Everything,
}

dto! {
    /// Asks what a deletion would remove.
    request DeletionPreviewReq {
        /// What it covers.
        pub scope: DeletionScope,
    }
}

/// What a deletion leaves.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeletionStays {
    /// The ledger, without the names of what went.
    Ledger,
    /// The consents.
    Consents,
    /// Receipts and tombstones.
    Receipts,
    /// The messages a file was in.
    Messages,
    /// The source and its key.
    Source,
    /// What the service keeps; it is asked.
    Service,
    /// Conversations that were copied from what goes.
    Forks,
    /// Copies that were exported.
    Exports,
    /// Backups of the system.
    Backups,
}

impl From<Stays> for DeletionStays {
    fn from(stays: Stays) -> Self {
        match stays {
            Stays::Ledger => Self::Ledger,
            Stays::Consents => Self::Consents,
            Stays::Receipts => Self::Receipts,
            Stays::Messages => Self::Messages,
            Stays::Source => Self::Source,
            Stays::Service => Self::Service,
            Stays::Forks => Self::Forks,
            Stays::Exports => Self::Exports,
            Stays::Backups => Self::Backups,
        }
    }
}

dto! {
    /// What a deletion would remove and leave.
    answer DeletionPreview {
        /// Counted now.
        pub preview: ErasurePreview,
        /// Whether there is nothing to delete.
        pub empty: bool,
        /// Goes back with the confirmation; counts only as long as the numbers hold.
        pub token: String,
        /// Whether a word has to be typed.
        pub needs_word: bool,
        /// What is not removed.
        pub stays: Vec<DeletionStays>,
    }
}

dto! {
    /// Begins a deletion that was looked at. There is no undo.
    request DeletionBeginReq {
        /// What it covers.
        pub scope: DeletionScope,
        /// Of the preview that was shown.
        pub token: String,
        /// As typed; empty where none is needed.
        pub word: String,
    }
}

dto! {
    /// A deletion that was begun.
    answer DeletionBegun {
        /// Names it; its receipt has the same.
        pub erasure_id: ErasureId,
    }
}

dto! {
    /// A deletion that has no receipt yet.
    answer DeletionRow {
        /// Which.
        pub erasure_id: ErasureId,
        /// The word of its scope.
        pub scope: String,
        /// How far it is.
        pub stage: ErasureStage,
        /// When it was asked for.
        pub requested_at: Timestamp,
        /// Rows removed so far.
        pub removed: u32,
        /// Of how many.
        pub expected: u32,
    }
}

dto! {
    /// Deletions that have no receipt yet, oldest first.
    answer DeletionList {
        /// Them.
        pub rows: Vec<DeletionRow>,
    }
}

dto! {
    /// The key of the archive and its changes.
    answer KeyInfo {
        /// Counts the keys this archive has had.
        pub epoch: u32,
        /// When it was changed last.
        pub changed_at: Option<Timestamp>,
        /// When it will be changed by itself; `None` while nothing was deleted since.
        pub due_at: Option<Timestamp>,
        /// How far a change is, in percent.
        pub running: Option<u8>,
        /// False for an archive in memory.
        pub can_change: bool,
    }
}
