//! Everything in one file to take along.

use fluxchat_model::{ConversationId, StoredTotal};
use serde::Serialize;

dto! {
    /// What an export holds.
    answer ExportPreview {
        /// Per kind.
        pub kinds: Vec<StoredTotal>,
        /// About how many bytes, before compression.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes: u64,
        /// The export that is running.
        pub running: Option<ExportState>,
    }
}

/// How far an export is.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct ExportState {
    /// What is being written: `messages`, `media`, …
    pub kind: String,
    /// Rows and files so far.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub items: u64,
    /// Of about how many.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub items_total: u64,
    /// Bytes of the file so far.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub bytes: u64,
    /// How often it began again because something was deleted meanwhile.
    pub restarts: u32,
}

dto! {
    /// Writes everything to a file that the person chooses in a dialog of the system, and answers
    /// at its end.
    request ExportStartReq {
        /// Seals the file; at least 8 characters.
        pub passphrase: Option<String>,
    }
}

dto! {
    /// What was written.
    answer ExportResult {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
        /// The name of the file, without its folder.
        pub name: String,
        /// Its size.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes: u64,
        /// How many entries it has.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub entries: u64,
        /// Whether it is sealed.
        pub encrypted: bool,
        /// Files that could not be taken along.
        pub problems: u32,
        /// How often it began again because something was deleted meanwhile.
        pub restarts: u32,
    }
}

dto! {
    /// The branch of a conversation that is shown, as Markdown.
    request ConversationTextReq {
        /// Which.
        pub id: ConversationId,
        /// With what was thought, and what tools were asked and answered.
        pub with_workings: bool,
        /// BCP 47: of what stands between the words of the conversation.
        pub language: String,
    }
}

dto! {
    /// A conversation as a text to take along.
    answer ConversationText {
        /// Markdown.
        pub text: String,
    }
}

dto! {
    /// Whether a conversation was saved.
    answer ConversationSaved {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
    }
}
