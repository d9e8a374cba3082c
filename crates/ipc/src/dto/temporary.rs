//! Temporary conversations.

use fluxchat_model::SourceId;

use super::chat::ConversationRow;

dto! {
    /// Begins a temporary conversation.
    request TemporaryBeginReq {
        /// Where answers come from; `None` takes the last used.
        pub source_id: Option<SourceId>,
        /// The model.
        pub model: Option<String>,
    }
}

dto! {
    /// The temporary conversations there are, the latest first.
    answer TemporaryList {
        /// Each of them.
        pub rows: Vec<ConversationRow>,
    }
}
