//! Search.

use fluxchat_model::{ConversationId, MessageId, Role, Timestamp};

dto! {
    /// Searches titles and messages.
    request SearchReq {
        /// As typed; the last word is taken as the beginning of one. `in:`, `from:`, `before:`,
        /// `after:` and `has:image` narrow.
        pub query: String,
        /// `next` of the page before.
        pub cursor: Option<String>,
        /// At most this many, up to 100.
        pub limit: u32,
    }
}

dto! {
    /// Hits, newest first.
    answer SearchPage {
        /// The hits.
        pub hits: Vec<SearchHit>,
        /// Where the next page begins; `None` at the end.
        pub next: Option<String>,
        /// What narrows the search, as it was typed: `from:me`, `before:2026-03`.
        pub filters: Vec<String>,
    }
}

dto! {
    /// One hit.
    answer SearchHit {
        /// Where.
        pub conversation_id: ConversationId,
        /// Which message; `None` for a title.
        pub message_id: Option<MessageId>,
        /// The conversation's title.
        pub title: String,
        /// Who speaks; `None` for a title.
        pub role: Option<Role>,
        /// The words around, in pieces.
        pub snippet: Vec<SnippetPart>,
        /// When.
        pub at: Timestamp,
    }
}

dto! {
    /// A piece of a snippet.
    answer SnippetPart {
        /// The words.
        pub text: String,
        /// Whether they were searched for.
        pub marked: bool,
    }
}

dto! {
    /// What was searched for last.
    answer RecentSearches {
        /// Newest first.
        pub queries: Vec<String>,
    }
}

dto! {
    /// Remembers that a hit of this search was opened.
    request SearchRememberReq {
        /// As typed.
        pub query: String,
    }
}
