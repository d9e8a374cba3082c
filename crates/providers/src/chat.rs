use std::pin::Pin;

use fluxchat_model::{Role, Usage};
use futures_util::Stream;

use crate::ProviderError;

/// One message of a conversation, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// What is asked of a source. What is `None` is not sent: the source's own default holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// The model, in the words of the source.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Randomness, usually 0 to 2.
    pub temperature: Option<f32>,
    /// Nucleus sampling, 0 to 1.
    pub top_p: Option<f32>,
    /// The most tokens the answer may have, reasoning included.
    pub max_tokens: Option<u32>,
    /// Where to stop.
    pub stop: Vec<String>,
    /// For repeatable answers, where supported.
    pub seed: Option<i64>,
    /// `none`, `minimal`, `low`, `medium`, `high`, …
    pub reasoning_effort: Option<String>,
    /// The random name under which the Fluxchat service may keep what belongs to this
    /// conversation. Sent to no other source.
    pub conversation_alias: Option<String>,
    /// Whether the Fluxchat service is asked not to remember that it was asked.
    pub keep_nothing: bool,
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It was complete.
    Stop,
    /// It was cut at the most tokens allowed.
    Length,
    /// The model wants tools to be called.
    ToolCalls,
    /// The source stopped it because of its rules.
    ContentFilter,
    /// Something this version does not know; kept as it came.
    Other(String),
    /// The source closed the stream properly without saying.
    NotStated,
}

/// Something the person should see beside the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The source does not know a setting; it was left out and the request repeated.
    ParameterDropped {
        /// The name of the setting on the wire.
        name: String,
    },
    /// Parts of the stream could not be read and were skipped. Told once, before the end.
    FramesSkipped {
        /// How many.
        count: u32,
    },
}

/// A piece of a tool call, kept as data: nothing is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCallDelta {
    /// Which call of this answer, from 0. A new id at a place already taken is a new call.
    pub index: u32,
    /// In the first piece.
    pub id: Option<String>,
    /// In the first piece.
    pub name: Option<String>,
    /// A piece of the arguments, JSON when joined.
    pub arguments: String,
}

/// What happens while an answer arrives. The stream ends after [`ChatEvent::Finished`] or after
/// an error; what came before an error is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// The source began to answer.
    Started {
        /// The model that answers, where told.
        model: Option<String>,
    },
    /// A piece of the answer, in Markdown.
    Text(String),
    /// A piece of the reasoning.
    Reasoning(String),
    /// A piece of a tool call.
    ToolCall(ToolCallDelta),
    /// Where a statement comes from.
    Citation {
        /// What is cited, for people.
        title: String,
        /// An address or, for bundled help, the page's name.
        target: String,
    },
    /// What the answer cost; a later one replaces an earlier one.
    Usage(Usage),
    /// What the Fluxchat service says it understood about training.
    TrainingEcho(bool),
    /// Something to tell.
    Notice(Notice),
    /// The end.
    Finished {
        /// Why.
        reason: FinishReason,
    },
}

/// An answer as it arrives. Dropping it stops the request.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<ChatEvent, ProviderError>> + Send>>;
