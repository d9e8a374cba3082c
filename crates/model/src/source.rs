//! Where answers come from.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::{Published, SourceId, Timestamp};

/// How a source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// The Fluxchat service; the sandbox is one, mounted in-process.
    Fluxchat,
    /// OpenAI Chat Completions and whatever speaks it.
    Openai,
    /// OpenAI Responses and whatever speaks it.
    Responses,
    /// Anthropic Messages.
    Anthropic,
    /// Google Gemini, by `generateContent`.
    Gemini,
    /// Google Gemini, by its newer Interactions.
    Interactions,
    /// Ollama's own.
    Ollama,
}

impl Dialect {
    /// The dialect of which this is a second way to ask; a first way is itself.
    #[must_use]
    pub fn family(self) -> Self {
        match self {
            Self::Responses => Self::Openai,
            Self::Interactions => Self::Gemini,
            first => first,
        }
    }
}

/// What a source declares it does with what it receives. Empty means: not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DataPractices {
    /// Whether it trains on what it receives.
    pub training: Option<String>,
    /// How long it keeps it.
    pub retention: Option<String>,
    /// Where it processes it.
    pub region: Option<String>,
}

/// A place that answers. Its credential is in the keychain, bound to `origin`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Unique, chosen by the person; `sandbox` is the embedded one.
    pub name: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// Scheme, host and port; `None` for what is mounted in-process.
    pub origin: Option<Origin>,
    /// The path below the origin that every call starts with, such as `/v1`. Never ends in `/`.
    pub base_path: String,
    /// Whether a credential was stored for it.
    pub has_credential: bool,
    /// The model new conversations start with.
    pub default_model: Option<String>,
    /// What it declares about data.
    pub practices: DataPractices,
    /// Whether private details are replaced by placeholders before anything leaves.
    pub redact: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Source {
    /// The name of the embedded source.
    pub const SANDBOX: &'static str = "sandbox";

    /// True for the embedded source: nothing sent to it leaves the computer.
    #[must_use]
    pub fn is_in_process(&self) -> bool {
        self.origin.is_none()
    }
}

/// A model as a source lists it. What is `None` was not told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Model {
    /// The name to ask for.
    pub id: String,
    /// The name to show.
    pub display_name: Option<String>,
    /// How many tokens fit.
    pub context_tokens: Option<u32>,
    /// When it will stop answering (RFC 3339 date or time).
    pub shutdown_date: Option<String>,
    /// The most tokens of one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub output_tokens: Option<u32>,
    /// What it can do.
    #[serde(default, skip_serializing_if = "Abilities::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Abilities>", optional))]
    pub abilities: Abilities,
    /// The host that answers in place of the source; a server on this computer may pass on what
    /// it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub answers_at: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub price: Option<Price>,
    /// What its provider publishes of it, where it is asked directly. No list tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub published: Option<Published>,
}

/// What a model can do. What is `None` was not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Abilities {
    /// Answers in a conversation; false for models that only make vectors, pictures or sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub chat: Option<bool>,
    /// Sees pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub images: Option<bool>,
    /// Reads files such as PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub files: Option<bool>,
    /// Hears sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub audio: Option<bool>,
    /// Asks for tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub tools: Option<bool>,
    /// Thinks before it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub reasoning: Option<bool>,
    /// Decides by itself how much to think, within an effort; where it does not, it is told a number
    /// of tokens. Anthropic’s list alone tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub adaptive_thinking: Option<bool>,
}

impl Abilities {
    /// True if nothing was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a million tokens cost, in millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Price {
    /// Read.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub input: u64,
    /// Written.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub output: u64,
    /// Read from the source's cache; `None` where that is no price of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub cached: Option<u64>,
}

/// Scheme, host and port. A credential is valid for exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

/// The text is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not an origin; it needs http or https, a host and, where it is not the usual one, a port"
)]
pub struct OriginError(pub String);

impl Origin {
    /// Builds one from parts that a URL parser already split (host in ASCII, IPv6 in brackets).
    ///
    /// # Errors
    /// When the scheme is neither `http` nor `https` or the host is empty.
    pub fn new(scheme: &str, host: &str, port: u16) -> Result<Self, OriginError> {
        let scheme = scheme.to_ascii_lowercase();
        let host = host.to_ascii_lowercase();
        let bad_host = host.is_empty()
            || host.contains(['/', '@', '?', '#', '\\', ' '])
            || host.chars().any(char::is_control);
        if !matches!(scheme.as_str(), "http" | "https") || bad_host || port == 0 {
            return Err(OriginError(format!("{scheme}://{host}:{port}")));
        }
        Ok(Self { scheme, host, port })
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host in ASCII; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, always stated.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What people read: the host, with the port where it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> String {
        let usual = if self.scheme == "https" { 443 } else { 80 };
        if self.port == usual {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;
    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl FromStr for Origin {
    type Err = OriginError;
    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let err = || OriginError(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(err)?;
        let (host, port) = rest.rsplit_once(':').ok_or_else(err)?;
        Self::new(scheme, host, port.parse().map_err(|_| err())?)
    }
}
