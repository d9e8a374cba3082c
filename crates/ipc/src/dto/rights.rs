//! Rights at services, objections, and what is wrong about people.

use fluxchat_model::{
    ConversationId, MessageId, PrivacyRequest, PrivacyRequestId, PrivacyRequestKind, RequestEvent,
    Timestamp,
};

dto! {
    /// A page of requests.
    request RightsListReq {
        /// Only requests older than this one.
        pub before: Option<PrivacyRequestId>,
    }
}

dto! {
    /// What was asked, and what is objected to.
    answer RightsReport {
        /// Newest first.
        pub requests: Vec<RightsRow>,
        /// Where the next page begins; `None` at the end.
        pub next: Option<PrivacyRequestId>,
        /// Every purpose that can be objected to.
        pub objections: Vec<ObjectionRow>,
        /// Who can be asked; the sandbox first.
        pub sources: Vec<String>,
    }
}

dto! {
    /// A request and its life.
    answer RightsRow {
        /// What was asked, in the state of now.
        pub request: PrivacyRequest,
        /// When it was first sent.
        pub submitted_at: Option<Timestamp>,
        /// When the service was last asked.
        pub checked_at: Option<Timestamp>,
        /// Whether the service took the time that the law allows.
        pub extended: bool,
        /// Whether a result can be fetched.
        pub has_result: bool,
        /// Whether it can be taken back.
        pub can_cancel: bool,
        /// Whether the right to complain should be said.
        pub may_complain: bool,
        /// The final answer with its signature, as JSON.
        pub receipt: Option<String>,
        /// Oldest first.
        pub steps: Vec<RequestEvent>,
    }
}

dto! {
    /// A purpose that can be objected to.
    answer ObjectionRow {
        /// Which.
        pub purpose: String,
        /// Whether it is objected to.
        pub objected: bool,
        /// Since when.
        pub at: Option<Timestamp>,
    }
}

dto! {
    /// Asks a service.
    request RightsRequestReq {
        /// Which right.
        pub kind: PrivacyRequestKind,
        /// The name of the source.
        pub source: String,
        /// For a correction: the name; empty takes it away.
        pub display_name: Option<String>,
        /// For a correction: the address; empty takes it away.
        pub email: Option<String>,
        /// For an objection: the purpose.
        pub purpose: Option<String>,
        /// For a restriction or an objection: lift it.
        pub lift: Option<bool>,
    }
}

dto! {
    /// Names a request.
    request RightsReq {
        /// Which.
        pub id: PrivacyRequestId,
    }
}

dto! {
    /// What a service gave.
    answer RightsResult {
        /// One JSON document.
        pub text: String,
    }
}

dto! {
    /// What the sandbox knows of the person.
    answer RightsSubject {
        /// What the person is called.
        pub display_name: Option<String>,
        /// Where the person is reached.
        pub email: Option<String>,
        /// Whether it is restricted.
        pub restricted: bool,
    }
}

dto! {
    /// Objects, or takes an objection back; effective before the next request.
    request ObjectionSetReq {
        /// Which purpose.
        pub purpose: String,
        /// Which way.
        pub objected: bool,
    }
}

dto! {
    /// Writes down what is wrong in an answer.
    request FlagSetReq {
        /// Which answer.
        pub message_id: MessageId,
        /// What is wrong; empty takes the note away.
        pub note: String,
    }
}

dto! {
    /// A page of notes.
    request FlagListReq {
        /// Only of this conversation.
        pub conversation_id: Option<ConversationId>,
        /// Only notes after this one; 0 for the first page.
        pub after: i32,
    }
}

dto! {
    /// A page of notes.
    answer FlagPage {
        /// Oldest first.
        pub rows: Vec<FlagRow>,
        /// Where the next page begins; `None` at the end.
        pub next: Option<i32>,
    }
}

dto! {
    /// A note about an answer.
    answer FlagRow {
        /// The answer.
        pub message_id: MessageId,
        /// Its conversation.
        pub conversation_id: ConversationId,
        /// When it was written.
        pub at: Timestamp,
        /// What is wrong.
        pub note: String,
    }
}

dto! {
    /// Asks a service which key it signs with.
    request RightsKeyReq {
        /// The name of the source.
        pub source: String,
    }
}

dto! {
    /// Trusts a service anew.
    request RightsKeyTrustReq {
        /// The name of the source.
        pub source: String,
        /// The key that was shown.
        pub key: String,
    }
}

dto! {
    /// The key a service signs its answers with.
    answer RightsKey {
        /// The one answers are checked with, in base64.
        pub known: Option<String>,
        /// Since when.
        pub since: Option<Timestamp>,
        /// The one the service names now, in base64.
        pub offered: Option<String>,
        /// Whether the two differ.
        pub changed: bool,
    }
}
