//! Conversations and their message trees.

use serde::{Deserialize, Serialize};

use crate::{
    AnswerNotice, AssetId, ConversationId, FolderId, MessageId, SealedPart, SourceId, Timestamp,
    ToolCallPart,
};

/// A conversation: a tree of messages and how to continue it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// What the list shows. Empty until the first message gives it one.
    pub title: String,
    /// Where the next answer comes from; `None` after its source was removed.
    pub source_id: Option<SourceId>,
    /// The model the next answer is asked of, in the words of the source.
    pub model: Option<String>,
    /// Kept above the others in the list.
    pub pinned: bool,
    /// Hidden from the list, found by search.
    pub archived: bool,
    /// The folder it lies in.
    pub folder_id: Option<FolderId>,
    /// Frozen (GDPR Art. 18): readable and exportable, never sent, never suggested.
    pub restricted: bool,
    /// May be answered by sources on this computer alone.
    pub local_only: bool,
    /// Whether the consent to training, where given, covers it.
    pub training_allowed: bool,
    /// The end of the branch that is shown: the newest message of the chosen path.
    pub head_id: Option<MessageId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last gained a message; the order of the list.
    pub updated_at: Timestamp,
}

impl Conversation {
    /// An empty one without source, folder or marks.
    #[must_use]
    pub fn new(id: ConversationId, title: String, at: Timestamp) -> Self {
        Self {
            id,
            title,
            source_id: None,
            model: None,
            pinned: false,
            archived: false,
            folder_id: None,
            restricted: false,
            local_only: false,
            training_allowed: false,
            head_id: None,
            created_at: at,
            updated_at: at,
        }
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions for the model.
    System,
    /// The person.
    User,
    /// The answer.
    Assistant,
    /// What a tool returned.
    Tool,
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// All of it is here.
    Complete,
    /// It is arriving now.
    Streaming,
    /// It was stopped by the person or by a crash; what arrived is kept.
    Interrupted,
    /// The source failed; what arrived is kept and `error` says why.
    Failed,
}

/// What an answer cost, as the source counted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u32,
    /// Tokens written, reasoning included.
    pub output_tokens: u32,
    /// The part of `output_tokens` that was reasoning, where told.
    pub reasoning_tokens: Option<u32>,
    /// The part of `input_tokens` that came from the source's cache, where told.
    pub cached_tokens: Option<u32>,
    /// The part of `input_tokens` that was written to that cache, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub cache_written_tokens: Option<u32>,
    /// What the source charged, in millionths of a US dollar, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub cost: Option<u64>,
    /// What it cost by what was known when it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub spent: Option<crate::Cost>,
}

/// A failure as it is kept with a message: a stable code and words for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VisibleError {
    /// Stable, for machines and translations: `remote_unauthorized`, `offline`, …
    pub code: String,
    /// What happened, one sentence.
    pub message: String,
    /// What was kept, one sentence.
    pub kept: String,
    /// What to do next, one sentence.
    pub next: String,
    /// What `message` names and quotes, for sentences in other languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub named: Option<Box<Named>>,
}

/// What the sentence of a failure names and quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Named {
    /// The host.
    pub host: Option<String>,
    /// The source's own words, made safe.
    pub detail: Option<String>,
    /// The budget that has no room left, and by how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub budget: Option<BudgetStop>,
    /// How long the source asks to wait, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub wait: Option<u32>,
    /// Where on this computer a program was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub places: Option<String>,
    /// The field of a request that is not a person’s to set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub field: Option<String>,
}

/// Why a budget stopped a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BudgetStop {
    /// The time it is for.
    pub period: crate::Period,
    /// The limit, in billionths of a US dollar.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub limit: u64,
    /// What is spent, what is arriving included.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub spent: u64,
    /// The most the question may cost; 0 where that is not known.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub more: u64,
}

/// So many stretches are kept of one citation at most; further ones are not.
pub const MOST_CITED_SPANS: usize = 256;

/// A stretch of an answer, in bytes of [`Message::text`]. The mark of what is cited for it stands at
/// its end; the text itself has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CitedSpan {
    /// Its first byte.
    pub start: u32,
    /// The byte behind it.
    pub end: u32,
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// What was said, in Markdown.
    Text {
        /// The words.
        text: String,
    },
    /// What the model thought on the way, where the source tells.
    Reasoning {
        /// The words.
        text: String,
    },
    /// A file.
    Attachment {
        /// The encrypted file.
        asset_id: AssetId,
        /// Its name as the person knew it.
        name: String,
        /// Its media type.
        media_type: String,
        /// The number of the call that returned it; `None` where a person attached it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<u32>,
    },
    /// Where a statement comes from.
    Citation {
        /// What is cited, for people.
        title: String,
        /// The address or, for bundled help, the page's name.
        target: String,
        /// Which words of the answer it is cited for, where the source tells.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spans: Vec<CitedSpan>,
    },
    /// What the source wants back with the part before it.
    Sealed(SealedPart),
    /// A tool the model asked for, and what came of it.
    ToolCall(ToolCallPart),
    /// Something to know about the answer.
    Notice {
        /// What.
        notice: AnswerNotice,
    },
    /// Something an import or a newer version brought that this one does not know.
    Unknown {
        /// Kept as it came.
        raw: String,
    },
}

impl Part {
    /// Adds what is cited to the parts of an answer: one that cites it already is cited for further
    /// stretches. Where `citation` is no citation, it is added as it is.
    pub fn cite(parts: &mut Vec<Self>, citation: Self) {
        let Self::Citation { target, spans, .. } = &citation else {
            return parts.push(citation);
        };
        let known = parts.iter_mut().find_map(|part| match part {
            Self::Citation {
                target: known,
                spans,
                ..
            } if known == target => Some(spans),
            _ => None,
        });
        let Some(known) = known else {
            return parts.push(citation);
        };
        for span in spans {
            if known.len() < MOST_CITED_SPANS && !known.contains(span) {
                known.push(*span);
            }
        }
    }
}

/// A node of the message tree. Nothing is overwritten: an edit or a second answer is a sibling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Where it belongs.
    pub conversation_id: ConversationId,
    /// The message it answers or continues.
    pub parent_id: Option<MessageId>,
    /// Who speaks.
    pub role: Role,
    /// How far it came.
    pub status: MessageStatus,
    /// Which model answered, in the words of the source.
    pub model: Option<String>,
    /// The name of the source that answered, as it was then.
    pub source_name: Option<String>,
    /// Its pieces, in order.
    pub parts: Vec<Part>,
    /// What it cost.
    pub usage: Option<Usage>,
    /// Why it failed.
    pub error: Option<VisibleError>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When the last piece arrived.
    pub finished_at: Option<Timestamp>,
}

impl Message {
    /// All text parts joined; what is searched, copied and sent.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// All reasoning parts joined.
    #[must_use]
    pub fn reasoning(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Reasoning { text } => Some(text.as_str()),
                _ => None,
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

/// Where an unsent text belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DraftKey {
    /// The composer of a conversation that does not exist yet.
    NewConversation,
    /// The composer of this conversation.
    Conversation(ConversationId),
}
