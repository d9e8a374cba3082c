//! Tools a model may ask for: what was called, who may call it, where it runs.

use serde::{Deserialize, Serialize};

use crate::{Dialect, Origin, SourceId, Timestamp, ToolServerId};

/// What a source wants back unchanged with the message it came in: signatures, encrypted
/// reasoning. It goes back to the same model of the same source and to nobody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPart {
    /// Whose it is.
    pub source_id: SourceId,
    /// The model that was asked.
    pub model: String,
    /// Who can read it.
    pub dialect: Dialect,
    /// As it came: JSON.
    pub data: String,
}

/// Something the person should see beside an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnswerNotice {
    /// The source does not know a setting; it was left out.
    ParameterDropped {
        /// The name of the setting.
        name: String,
    },
    /// The source has no form for a part of the question; it was not sent.
    PartLeftOut {
        /// The name of the file, or its media type.
        name: String,
    },
    /// A file of an earlier question was not sent: one request cannot carry all of them.
    FileLeftOut {
        /// The name of the file.
        name: String,
    },
    /// Parts of the answer could not be read and were skipped.
    FramesSkipped {
        /// How many.
        count: u32,
    },
    /// A server of tools could not be reached; the answer was made without it.
    ToolsMissing {
        /// The name of the server.
        name: String,
    },
    /// A server of tools was not asked: Fluxchat is offline.
    ToolsOffline {
        /// The name of the server.
        name: String,
    },
    /// A server of tools was not asked: it is elsewhere, and the conversation is kept here.
    ToolsElsewhere {
        /// The name of the server.
        name: String,
    },
    /// A server of tools wants a key, or does not take the one it was sent.
    ToolsKey {
        /// The name of the server.
        name: String,
    },
    /// A server of tools wants a person to sign in, or to do so again.
    ToolsSignIn {
        /// The name of the server.
        name: String,
    },
    /// A server of tools wants to be allowed more than it was.
    ToolsMore {
        /// The name of the server.
        name: String,
        /// What, in its words; empty where it does not say.
        scopes: Vec<String>,
    },
    /// The model asked for tools more often than one answer may.
    RoundsSpent {
        /// How often it may.
        count: u32,
    },
    /// A person put other words in the place of the model's.
    Rewritten,
}

/// How far a call of a tool came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ToolState {
    /// Somebody has to say whether it may run.
    Waiting,
    /// It may run and has not begun.
    Allowed,
    /// Somebody said no. The model was told.
    Refused,
    /// It runs.
    Running,
    /// It returned.
    Done,
    /// It returned an error, or could not be called.
    Failed,
    /// It did not return in time.
    TimedOut,
    /// It was running when the answer was stopped or the app ended: whether it was carried out
    /// is not known.
    Interrupted,
}

impl ToolState {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Allowed | Self::Running)
    }
}

/// A call of a tool, kept in the answer it was asked for in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCallPart {
    /// The number of the call in its answer, from 0.
    pub number: u32,
    /// What the source calls the call.
    pub id: String,
    /// The source that asked.
    pub source_id: SourceId,
    /// What the model calls the tool.
    pub wire_name: String,
    /// The tool; the name the server gives it.
    pub tool: String,
    /// Where it runs; `None` in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The host it goes to; `None` where it runs on this computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What it is called with: JSON.
    pub arguments: String,
    /// How far it came.
    pub state: ToolState,
    /// Whether the tool has another definition than when it was allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed: bool,
    /// What it returned, or why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What the source wants back with the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedPart>,
}

const CUT_OFF: &str =
    "The call was interrupted while it ran. Whether it was carried out is not known.";

impl ToolCallPart {
    /// It was running when the answer was stopped or the app ended.
    pub fn cut_off(&mut self) {
        self.state = ToolState::Interrupted;
        self.result = Some(CUT_OFF.to_owned());
    }
}

/// What a person says to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ToolDecision {
    /// This call may run.
    Once,
    /// This tool may run in this conversation without asking again.
    Conversation,
    /// This call may not run.
    Refuse,
}

/// Whether a tool may run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ToolPolicy {
    /// Each call is shown first.
    #[default]
    Ask,
    /// Without asking, as long as its definition stays the same.
    Always,
    /// It is not offered to any model.
    Never,
}

/// How a server of tools is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToolTransport {
    /// A program on this computer. It has the rights of the person, and what it sends is in no
    /// ledger.
    Stdio {
        /// The program, by its whole path.
        program: String,
        /// What it is started with.
        arguments: Vec<String>,
        /// The names of what is added to its environment; the values are with the keys.
        environment: Vec<String>,
    },
    /// A server at an address. All that goes there is in the ledger.
    Http {
        /// Its key is for this one alone.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        origin: Origin,
        /// As it was typed; `/` where it is with the keys.
        path: String,
        /// Whether its path is with the keys.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hides_path: bool,
        /// The header its key goes in; `None`: `Authorization`, as a bearer's.
        header: Option<String>,
        /// Whether a key is kept for it.
        has_key: bool,
        /// The names of further headers; the values are with the keys.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headers: Vec<String>,
        /// Whether its address goes on after a `?`; how is with the keys.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        has_query: bool,
        /// Where somebody is signed in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signed_in: Option<SignedIn>,
    },
}

/// That a person is signed in to a server of tools. The permit is with the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignedIn {
    /// Who gave the permit.
    pub host: String,
    /// When it ends for good; `None` when it is renewed by itself.
    pub until: Option<Timestamp>,
}

impl ToolTransport {
    /// Whether the path of its address is with the keys.
    #[must_use]
    pub fn hides_path(&self) -> bool {
        matches!(
            self,
            Self::Http {
                hides_path: true,
                ..
            }
        )
    }

    /// The host it is at; `None` for a program.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Stdio { .. } => None,
            Self::Http { origin, .. } => Some(origin.authority()),
        }
    }
}

/// A tool as a server describes it: words of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolDefinition {
    /// Its name.
    pub name: String,
    /// What it says it does.
    pub description: String,
    /// Its arguments: a JSON Schema, as text.
    pub schema: String,
}

/// A server of tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolServer {
    /// Its id.
    pub id: ToolServerId,
    /// What the person calls it.
    pub name: String,
    /// How it is reached.
    pub transport: ToolTransport,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// What it offered when it was last asked.
    pub tools: Vec<ToolDefinition>,
    /// When it was added.
    pub created_at: Timestamp,
    /// How long a call of its tools may take, in seconds.
    pub timeout_s: u32,
}

impl ToolServer {
    /// How long a call may take where nobody said otherwise, in seconds.
    pub const USUAL_TIMEOUT_S: u32 = 60;
    /// What can be said.
    pub const TIMEOUTS_S: std::ops::RangeInclusive<u32> = 5..=3_600;
}
