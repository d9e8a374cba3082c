//! What several tests are made of.

use fluxchat_model::{ConversationId, Message, MessageId, MessageStatus, Part, Role, Timestamp};

/// An answer of these parts, by nobody, in no conversation.
pub(crate) fn answer_of(parts: Vec<Part>) -> Message {
    Message {
        id: MessageId::new(Timestamp(0), [0; 10]),
        conversation_id: ConversationId::new(Timestamp(0), [0; 10]),
        parent_id: None,
        role: Role::Assistant,
        status: MessageStatus::Complete,
        model: None,
        source_name: None,
        parts,
        usage: None,
        error: None,
        created_at: Timestamp(0),
        finished_at: None,
    }
}
