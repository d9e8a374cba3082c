//! The rows of an export, where they are not those of the archive itself. Times are milliseconds
//! since 1970 in UTC, ids are UUIDs.

use fluxchat_model::{
    AssetId, Conversation, ConversationId, ForkOrigin, Instructions, Message, MessageId, TagId,
    Timestamp,
};
use serde::Serialize;

/// A line of `conversations.jsonl`.
#[derive(Debug, Serialize)]
pub struct ConversationRow<'a> {
    /// As it is kept.
    #[serde(flatten)]
    pub conversation: &'a Conversation,
    /// The first message of the branch that is shown.
    pub root_id: Option<MessageId>,
    /// Its tags.
    pub tag_ids: Vec<TagId>,
    /// How it is asked.
    pub instructions: Option<Instructions>,
    /// Where it was copied from.
    pub origin: Option<ForkOrigin>,
    /// Its file in `markdown/`.
    pub markdown: &'a str,
}

/// A line of `messages.jsonl`.
#[derive(Debug, Serialize)]
pub struct MessageRow<'a> {
    /// As it is kept.
    #[serde(flatten)]
    pub message: &'a Message,
    /// Its place below the first message, from 0.
    pub depth: u32,
    /// The answer or continuation that is shown below it.
    pub shown_child_id: Option<MessageId>,
}

/// A line of `attachments.jsonl`.
#[derive(Debug, Serialize)]
pub struct AttachmentRow<'a> {
    /// Its id, as messages name it.
    pub id: AssetId,
    /// Where it is in the package.
    pub path: &'a str,
    /// Where the words are that were found in it; `null` if there are none.
    pub text_path: Option<&'a str>,
    /// Its name as the person knew it.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// Its size.
    pub bytes: u64,
    /// The server of tools that a person asked for it; `null` for what they added by themselves.
    pub from: Option<&'a str>,
    /// When it was added.
    pub created_at: Timestamp,
    /// The conversation whose composer it was added in.
    pub conversation_id: Option<ConversationId>,
}

/// A line of `drafts.jsonl`.
#[derive(Debug, Serialize)]
pub struct DraftRow {
    /// Whose composer; `null` for the one of a new conversation.
    pub conversation_id: Option<ConversationId>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The words.
    pub text: String,
}

/// A line of `folders.jsonl` and of `tags.jsonl`.
#[derive(Debug, Serialize)]
pub struct NameRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A line of `search_history.jsonl`.
#[derive(Debug, Serialize)]
pub struct SearchRow {
    /// As it was typed.
    pub query: String,
    /// When it was last used.
    pub at: Timestamp,
}

/// A line of `sandbox.jsonl`: what the service inside the app keeps.
#[derive(Debug, Serialize)]
pub struct SandboxRow {
    /// Its kind.
    pub collection: String,
    /// Its name within its kind.
    pub key: String,
    /// The alias of the conversation it belongs to.
    pub owner: Option<String>,
    /// When it was stored.
    pub at: Timestamp,
    /// The record.
    pub body: serde_json::Value,
}
