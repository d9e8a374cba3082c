use std::pin::Pin;

use bytes::Bytes;
use fluxchat_model::{Abilities, CitedSpan, Dialect, ResponseFormat, Role, Usage};
use futures_util::Stream;
use serde_json::{Map, Value};

use crate::ProviderError;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<ChatPart>,
}

/// A piece of a message. What a dialect cannot carry is left out with [`Notice::PartLeftOut`].
#[derive(Clone, Debug, PartialEq)]
pub enum ChatPart {
    /// Words.
    Text(String),
    /// A picture.
    Image {
        /// `image/png`, …
        media_type: String,
        /// The picture.
        bytes: Bytes,
    },
    /// Another file.
    File {
        /// Its name.
        name: String,
        /// `application/pdf`, …; files of text are told as words where a dialect has no form for
        /// them.
        media_type: String,
        /// The file.
        bytes: Bytes,
    },
    /// What the model thought before. Told only to sources that want it back.
    Reasoning {
        /// The words.
        text: String,
        /// From [`ChatEvent::Sealed`].
        sealed: Option<Sealed>,
    },
    /// A tool the model asked for.
    ToolCall {
        /// The name of the call.
        id: String,
        /// The tool.
        name: String,
        /// JSON.
        arguments: String,
        /// From [`ToolCallDelta::sealed`].
        sealed: Option<Sealed>,
    },
    /// What a tool returned.
    ToolResult {
        /// The name of the call.
        id: String,
        /// The tool.
        name: String,
        /// What it said.
        text: String,
        /// Whether it failed.
        is_error: bool,
        /// Pictures and other files it returned, and words about them.
        files: Vec<ChatPart>,
    },
}

/// What a source wants back unchanged with the message it came in: signatures, encrypted
/// reasoning. It belongs to the source it came from and is told to no other; a caller that
/// changed the source leaves it out.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// Who can read it.
    pub dialect: Dialect,
    /// As it came.
    pub data: Value,
}

impl ChatMessage {
    /// A message of words alone.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            parts: vec![ChatPart::Text(text.into())],
        }
    }

    /// Its words, joined.
    #[must_use]
    pub fn words(&self) -> String {
        words(&self.parts)
    }

    /// Everything in it that may name somebody: words, names of files, what goes to tools and
    /// comes back. What is sealed and the bytes of pictures and files are not among it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flat_map(ChatPart::texts)
    }

    /// The same, to be changed.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.parts.iter_mut().flat_map(ChatPart::texts_mut)
    }

    /// What the tools returned beside words, each after a line that says which; for dialects whose
    /// results are words alone.
    pub(crate) fn returned(&self) -> Vec<ChatPart> {
        let results = self.parts.iter().filter_map(|part| match part {
            ChatPart::ToolResult { name, files, .. } if !files.is_empty() => Some((name, files)),
            _ => None,
        });
        results
            .flat_map(|(name, files)| {
                let heading = ChatPart::Text(format!("[Returned by the tool {name}:]"));
                std::iter::once(heading).chain(files.iter().cloned())
            })
            .collect()
    }
}

impl ChatPart {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text)
            | Self::File { name: text, .. }
            | Self::Reasoning { text, .. }
            | Self::ToolCall {
                arguments: text, ..
            } => vec![text],
            Self::ToolResult { text, files, .. } => {
                let files = files.iter().flat_map(Self::texts);
                std::iter::once(text.as_str()).chain(files).collect()
            }
            Self::Image { .. } => Vec::new(),
        }
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Text(text)
            | Self::File { name: text, .. }
            | Self::Reasoning { text, .. }
            | Self::ToolCall {
                arguments: text, ..
            } => vec![text],
            Self::ToolResult { text, files, .. } => {
                let files = files.iter_mut().flat_map(Self::texts_mut);
                std::iter::once(text).chain(files).collect()
            }
            Self::Image { .. } => Vec::new(),
        }
    }
}

/// The words among parts, joined.
pub(crate) fn words(parts: &[ChatPart]) -> String {
    let words: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            ChatPart::Text(text) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
        .collect();
    words.join("\n\n")
}

/// A tool the model may ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// Its arguments, as a JSON Schema of an object.
    pub schema: Value,
}

/// Whether the model asks for tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// Never.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// What is asked of a source. What is `None` is not sent: the source's own default holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// The model, in the words of the source.
    pub model: String,
    /// Instructions before everything else.
    pub system: Option<String>,
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Tools the model may ask for.
    pub tools: Vec<Tool>,
    /// Whether it does.
    pub tool_choice: Option<ToolChoice>,
    /// Whether the source may search the web for the answer, by its own means.
    pub web_search: bool,
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
    /// How many of the likeliest tokens are chosen among.
    pub top_k: Option<u32>,
    /// How likely a token has to be, measured by the likeliest: 0 to 1.
    pub min_p: Option<f32>,
    /// How much a token is avoided the more often it was said, -2 to 2.
    pub frequency_penalty: Option<f32>,
    /// How much a token is avoided once it was said, -2 to 2.
    pub presence_penalty: Option<f32>,
    /// By what the likelihood of a token that was said is divided; 1 changes nothing.
    pub repeat_penalty: Option<f32>,
    /// The form of the answer.
    pub response_format: Option<ResponseFormat>,
    /// Other fields of the body, from [`crate::extra_fields`].
    pub extra: Map<String, Value>,
    /// What the source’s list tells of the model.
    pub abilities: Abilities,
    /// The random name under which the Fluxchat service may keep what belongs to this
    /// conversation. Sent to no other source.
    pub conversation_alias: Option<String>,
    /// Whether the Fluxchat service is asked not to remember that it was asked.
    pub keep_nothing: bool,
}

impl ChatRequest {
    /// The instructions: those of the request, then those among its messages. Dialects that keep
    /// them apart from the conversation use this.
    #[must_use]
    pub fn instructions(&self) -> Option<String> {
        let all: Vec<String> = self
            .system
            .iter()
            .cloned()
            .chain(
                self.messages
                    .iter()
                    .filter(|message| message.role == Role::System)
                    .map(ChatMessage::words),
            )
            .filter(|text| !text.is_empty())
            .collect();
        (!all.is_empty()).then(|| all.join("\n\n"))
    }
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
    /// The source rests; sent back as it is, the answer goes on.
    Paused,
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
    /// The dialect of the source has no form for a part of the question; it was not sent.
    PartLeftOut {
        /// The name of the file, or its media type.
        name: String,
    },
    /// Parts of the stream could not be read and were skipped. Told once, before the end.
    FramesSkipped {
        /// How many.
        count: u32,
    },
}

/// A piece of a tool call, kept as data: nothing is run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCallDelta {
    /// Which call of this answer, from 0. A new id at a place already taken is a new call.
    pub index: u32,
    /// In the first piece.
    pub id: Option<String>,
    /// In the first piece.
    pub name: Option<String>,
    /// A piece of the arguments, JSON when joined.
    pub arguments: String,
    /// What the source wants back with this call.
    pub sealed: Option<Sealed>,
}

/// What happens while an answer arrives. The stream ends after [`ChatEvent::Finished`] or after
/// an error; what came before an error is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// The source began to answer. Once more if it says later which model does, or another goes on.
    Started {
        /// The model that answers, where told.
        model: Option<String>,
    },
    /// A piece of the answer, in Markdown.
    Text(String),
    /// A piece of the reasoning.
    Reasoning(String),
    /// A stretch of reasoning ended, and the source wants this back with it. Where no reasoning
    /// came before, it stands for one that nobody may read.
    Sealed(Sealed),
    /// A piece of a tool call.
    ToolCall(ToolCallDelta),
    /// Where a statement comes from.
    Citation {
        /// What is cited, for people.
        title: String,
        /// An address or, for bundled help, the page's name.
        target: String,
        /// For which words of this stream, in bytes of its [`ChatEvent::Text`] joined. Each further
        /// stretch is told by a further event; `None` where the source does not tell.
        span: Option<CitedSpan>,
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
