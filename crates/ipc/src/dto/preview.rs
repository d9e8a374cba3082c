//! Before you send: what would leave, and what is replaced in it.

use fluxchat_model::{
    AssetId, ConversationId, DataCategory, Instructions, MessageId, Role, SourceId,
};

use crate::ApiError;
use crate::dto::attachment::AttachmentPlan;
use crate::dto::ledger::OptOutRow;
use crate::dto::spend::ContextEstimate;

dto! {
    /// Asks what a message would send. Nothing is sent.
    request MessagePreviewReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// The message as it stands.
        pub text: String,
        /// Which source would answer.
        pub source_id: Option<SourceId>,
        /// Which model would.
        pub model: Option<String>,
        /// How a new conversation would be asked.
        pub instructions: Option<Instructions>,
        /// Files beside the unsent text that would go with it, in order.
        #[serde(default)]
        #[cfg_attr(feature = "codegen", ts(as = "Option<Vec<AssetId>>", optional))]
        pub attachments: Vec<AssetId>,
        /// The question that is asked differently, in `text`.
        pub edits: Option<MessageId>,
        /// Files of that question that would not go again.
        #[serde(default)]
        #[cfg_attr(feature = "codegen", ts(as = "Option<Vec<AssetId>>", optional))]
        pub without: Vec<AssetId>,
        /// The question or answer beside which another answer is asked for; `text` is empty.
        pub again: Option<MessageId>,
    }
}

dto! {
    /// What would leave, byte by byte.
    answer MessagePreview {
        /// `POST`, …
        pub method: String,
        /// The whole address, for people.
        pub address: String,
        /// Host and port, or `in-process`.
        pub host: String,
        /// The name of the source.
        pub source: String,
        /// The model; `None` if the source was never asked what it offers.
        pub model: Option<String>,
        /// Every header.
        pub headers: Vec<PreviewHeaderRow>,
        /// The body, indented for people.
        pub body: String,
        /// How many bytes the body has on the wire.
        pub body_bytes: u32,
        /// Every message in it, oldest first.
        pub messages: Vec<PreviewMessageRow>,
        /// What kinds of data.
        pub categories: Vec<DataCategory>,
        /// How much of the conversation that is, and what it costs.
        pub estimate: ContextEstimate,
        /// What placeholders stand for.
        pub replaced: Vec<ReplacedRow>,
        /// Whether placeholders are used.
        pub redact: bool,
        /// Whether the source may train on it.
        pub training_allowed: bool,
        /// What is asked of the source.
        pub opt_outs: Vec<OptOutRow>,
        /// Files that would leave, whole or in part, and those that would not.
        pub files: Vec<AttachmentPlan>,
        /// Why it would not be let out.
        pub refusal: Option<ApiError>,
    }
}

dto! {
    /// A header.
    answer PreviewHeaderRow {
        /// In lower case.
        pub name: String,
        /// `None` for a credential, which is never shown.
        pub value: Option<String>,
    }
}

dto! {
    /// A message as it would leave.
    answer PreviewMessageRow {
        /// Who said it.
        pub role: Role,
        /// As it would leave.
        pub text: String,
        /// True for what is asked now; the others are its context.
        pub is_question: bool,
    }
}

dto! {
    /// A private detail and what leaves in its place.
    answer ReplacedRow {
        /// `key`, `email`, `iban`, `card`, `phone` or `name`.
        #[cfg_attr(feature = "codegen", ts(type = "'key' | 'email' | 'iban' | 'card' | 'phone' | 'name'"))]
        pub kind: fluxchat_core::redaction::Kind,
        /// What leaves.
        pub placeholder: String,
        /// What stays.
        pub original: String,
    }
}

dto! {
    /// The names that are replaced.
    answer RedactNames {
        /// In the order they were added.
        pub names: Vec<String>,
    }
}

dto! {
    /// Names a name.
    request RedactNameReq {
        /// The name.
        pub name: String,
    }
}
