//! The tree of a conversation: its map, where it was copied from, finding in it.

use fluxchat_model::{ConversationId, ForkOrigin, MessageId, Role, SourceId, TextPart, Timestamp};

use super::chat::{MessageRow, MessageSendReq, MessageSent};

dto! {
    /// Asks for a page of the map of a conversation. Without `below` and `after`, for all lines
    /// beside the branch that is shown.
    request MessageMapReq {
        /// Which conversation.
        pub conversation_id: ConversationId,
        /// What stands below this message; `None` for what it begins with.
        pub below: Option<MessageId>,
        /// The first message of the last line that is here already.
        pub after: Option<MessageId>,
    }
}

dto! {
    /// Runs of messages without a fork, beside each other.
    answer MessageMap {
        /// Oldest first.
        pub rows: Vec<MapRow>,
        /// Whether there are more beside them.
        pub has_more: bool,
        /// What stands below the line that is shown, and so on down; only when a map is opened.
        pub shown: Vec<MapBelow>,
    }
}

dto! {
    /// Lines below a line.
    answer MapBelow {
        /// Oldest first.
        pub rows: Vec<MapRow>,
        /// Whether there are more beside them.
        pub has_more: bool,
    }
}

dto! {
    /// A run of messages without a fork.
    answer MapRow {
        /// Its first message.
        pub first_id: MessageId,
        /// Its last message: what stands below it is asked for by this.
        pub last_id: MessageId,
        /// Who says the first.
        pub role: Role,
        /// How the first begins.
        pub text: String,
        /// Which model answered.
        pub model: Option<String>,
        /// When the first was begun.
        pub at: Timestamp,
        /// How many messages it has.
        pub messages: u32,
        /// How many branches leave at its end; 0 where it ends.
        pub branches: u32,
        /// Whether it goes on without a fork beyond what was looked at.
        pub more: bool,
        /// Whether it is the one that is shown of those beside it.
        pub chosen: bool,
    }
}

dto! {
    /// Where a conversation was copied from.
    answer ConversationOrigin {
        /// `None` if it is no copy.
        pub origin: Option<ForkOrigin>,
        /// The title of the original; empty once it is deleted.
        pub title: String,
    }
}

dto! {
    /// Finds in one conversation.
    request ConversationFindReq {
        /// Which conversation.
        pub conversation_id: ConversationId,
        /// As typed; the last word is taken as the beginning of one.
        pub text: String,
        /// `next` of the page before.
        pub cursor: Option<String>,
    }
}

dto! {
    /// A stretch of the conversation, and what of it matches.
    answer ConversationFound {
        /// The messages, newest first, in all branches.
        pub message_ids: Vec<MessageId>,
        /// Where the next stretch begins; `None` at the end. A stretch may hold nothing.
        pub next: Option<String>,
    }
}

dto! {
    /// Somebody who answers.
    request AnswererReq {
        /// Where from.
        pub source_id: SourceId,
        /// Which model; `None` for the first of the source.
        pub model: Option<String>,
    }
}

dto! {
    /// Asks one question of several at once.
    request MessageSendBesideReq {
        /// The question, with who answers first and is shown.
        pub question: MessageSendReq,
        /// Who else answers, at most three.
        pub others: Vec<AnswererReq>,
    }
}

dto! {
    /// Several answers are on their way; their pieces come as events.
    answer MessagesSent {
        /// The question and the answer that is shown.
        pub sent: MessageSent,
        /// The other answers, in the order of those who were asked.
        pub beside: Vec<MessageId>,
    }
}

dto! {
    /// Answers to one question, oldest first.
    answer MessagesBeside {
        /// The named one and the newest others, at most four.
        pub rows: Vec<MessageRow>,
    }
}

dto! {
    /// Asks what differs between two messages.
    request MessageDiffReq {
        /// Read as the old one.
        pub from_id: MessageId,
        /// Read as the new one.
        pub to_id: MessageId,
    }
}

dto! {
    /// The words of both messages in order.
    answer MessageDiff {
        /// Neighbours that share their fate are one part.
        pub parts: Vec<TextPart>,
    }
}
