//! The shapes of OpenAI Chat Completions, as far as this service speaks them. Unknown fields are
//! tolerated everywhere.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatRequest {
    /// The model to ask: `guide`.
    pub model: String,
    /// The conversation so far, oldest first.
    pub messages: Vec<ChatMessage>,
    /// True for server-sent events, false for one JSON document.
    #[serde(default)]
    pub stream: Option<bool>,
    /// What the stream carries beside the answer.
    #[serde(default)]
    pub stream_options: Option<StreamOptions>,
    /// How many answers are wanted; only 1 is given.
    #[serde(default)]
    pub n: Option<u32>,
    /// The most tokens the answer may have.
    #[serde(default)]
    pub max_completion_tokens: Option<u32>,
    /// The older name of `max_completion_tokens`.
    #[serde(default)]
    pub max_tokens: Option<u32>,
    /// Whether the content may be used to train models. Absent means no. The answer echoes it,
    /// in its body and as the header `X-Fluxchat-Training-Allowed`.
    #[serde(default)]
    pub training_allowed: Option<bool>,
    /// A random name for the conversation, by which an erasure request finds what was kept of
    /// it. Says nothing about its content.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub conversation_alias: Option<String>,
    /// Whether the service may remember that it was asked. With `false` it keeps no record of the
    /// request at all.
    #[serde(default)]
    pub store: Option<bool>,
}

/// What a stream carries beside the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamOptions {
    /// Whether a last chunk with the token counts is wanted.
    #[serde(default)]
    pub include_usage: Option<bool>,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// `system`, `developer`, `user`, `assistant` or `tool`.
    pub role: String,
    /// What was said.
    #[serde(default)]
    pub content: Option<MessageContent>,
}

/// Text, or a list of parts of which only text is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum MessageContent {
    /// Text.
    Text(String),
    /// Parts.
    Parts(Vec<ContentPart>),
}

impl MessageContent {
    /// All text of it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => parts
                .iter()
                .filter_map(|part| part.text.as_deref())
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// True if it has parts that are not text.
    #[must_use]
    pub fn has_other_parts(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Parts(parts) => parts.iter().any(|part| part.kind != "text"),
        }
    }
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContentPart {
    /// `text`, `image_url`, `input_audio`, `file`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The text of a `text` part.
    #[serde(default)]
    pub text: Option<String>,
}

/// Token counts. A token of Guide is a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenUsage {
    /// Read.
    pub prompt_tokens: u32,
    /// Written.
    pub completion_tokens: u32,
    /// Both.
    pub total_tokens: u32,
}

/// Where a statement of an answer comes from. An extension to the OpenAI shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// What is cited, for people.
    pub title: String,
    /// `help:<page>#<section>`.
    pub target: String,
}

/// An answer as one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatCompletion {
    /// Its id.
    pub id: String,
    /// `chat.completion`.
    pub object: String,
    /// When, in seconds since 1970.
    pub created: i64,
    /// Which model answered.
    pub model: String,
    /// One choice.
    pub choices: Vec<ChatChoice>,
    /// Token counts.
    pub usage: TokenUsage,
    /// The echo of the request.
    pub training_allowed: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatChoice {
    /// 0.
    pub index: u32,
    /// What was said.
    pub message: ChatDelta,
    /// `stop`, or `length` if the answer was cut at the wanted length.
    pub finish_reason: String,
}

/// One event of a streamed answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatChunk {
    /// The id of the answer.
    pub id: String,
    /// `chat.completion.chunk`.
    pub object: String,
    /// When, in seconds since 1970.
    pub created: i64,
    /// Which model answers.
    pub model: String,
    /// One choice; none in the chunk with the token counts.
    pub choices: Vec<ChunkChoice>,
    /// Token counts, in the last chunk, if they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<TokenUsage>,
    /// The echo of the request.
    pub training_allowed: bool,
}

/// What a chunk adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChunkChoice {
    /// 0.
    pub index: u32,
    /// What it adds.
    pub delta: ChatDelta,
    /// Set in the last chunk with a choice.
    pub finish_reason: Option<String>,
}

/// A message or a piece of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatDelta {
    /// `assistant`, in the first piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What the answer rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
}
