//! How a conversation is asked: instructions and parameters, and presets a person keeps of them.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, PresetId, PromptId, SourceId, Timestamp};

/// How an answer is made. What is `None` or empty is not sent: the source's own default holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// Randomness, 0 to 2.
    pub temperature: Option<f32>,
    /// Nucleus sampling, 0 to 1.
    pub top_p: Option<f32>,
    /// The most tokens the answer may have, reasoning included.
    pub max_tokens: Option<u32>,
    /// Where to stop; up to four.
    pub stop: Vec<String>,
    /// For repeatable answers, where supported.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub seed: Option<i64>,
    /// `none`, `minimal`, `low`, `medium`, `high`, …
    pub reasoning_effort: Option<String>,
    /// How many of the likeliest tokens are chosen among, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub top_k: Option<u32>,
    /// How likely a token has to be, measured by the likeliest: 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub min_p: Option<f32>,
    /// How much a token is avoided the more often it was said, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub frequency_penalty: Option<f32>,
    /// How much a token is avoided once it was said, -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub presence_penalty: Option<f32>,
    /// By what the likelihood of a token that was said is divided, above 0 and up to 2; 1 changes
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub repeat_penalty: Option<f32>,
    /// The form of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub response_format: Option<ResponseFormat>,
    /// Other fields of the request, for what no setting is for: a JSON object, as it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub extra: Option<String>,
    /// Which messages go along; `None` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub context: Option<crate::ContextRule>,
    /// Tools that may be asked for: names of those in the app, ids of servers.
    pub tools: Vec<String>,
    /// Whether the source may search the web for the answer, by its own means.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub web_search: bool,
}

impl Parameters {
    /// Whether the source's own defaults hold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lets an answer have at most so many tokens, where a number is given.
    pub fn no_longer_than(&mut self, tokens: Option<u32>) {
        self.max_tokens = match (self.max_tokens, tokens) {
            (Some(own), Some(tokens)) => Some(own.min(tokens)),
            (own, tokens) => own.or(tokens),
        };
    }
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Words.
    Text,
    /// A JSON object; of what shape, the instructions have to say.
    JsonObject,
}

/// How a conversation is asked. Its own copy: a preset that is changed later changes nothing here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Instructions {
    /// What the preset it was begun with was called then.
    pub preset: Option<String>,
    /// The system prompt; empty for none.
    pub system: String,
    /// How answers are made.
    pub parameters: Parameters,
}

impl Instructions {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Instructions a person keeps under a name, to begin conversations with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preset {
    /// Its id.
    pub id: PresetId,
    /// What a person called it.
    pub name: String,
    /// The system prompt; may be empty.
    pub system: String,
    /// How answers are made.
    pub parameters: Parameters,
    /// Where answers come from; `None` for wherever the person is.
    pub source_id: Option<SourceId>,
    /// Which model answers.
    pub model: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Preset> for Instructions {
    fn from(preset: Preset) -> Self {
        Self {
            preset: Some(preset.name),
            system: preset.system,
            parameters: preset.parameters,
        }
    }
}

/// Words a person keeps to ask with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SavedPrompt {
    /// Its id.
    pub id: PromptId,
    /// The short name that is typed after `/`.
    pub name: String,
    /// The words, with `{{fields}}` to fill in.
    pub text: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl SavedPrompt {
    /// The names of the fields in order, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        for piece in pieces(&self.text) {
            if let Piece::Field(name) = piece
                && !fields.iter().any(|known| known == name)
            {
                fields.push(name.to_owned());
            }
        }
        fields
    }

    /// The words with their fields filled in. A value is put in as it is: fields in it stay words.
    #[must_use]
    pub fn filled(&self, value_of: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::with_capacity(self.text.len());
        for piece in pieces(&self.text) {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Field(name) => match value_of(name) {
                    Some(value) => text.push_str(&value),
                    None => {
                        text.push_str("{{");
                        text.push_str(name);
                        text.push_str("}}");
                    }
                },
            }
        }
        text
    }
}

enum Piece<'t> {
    Words(&'t str),
    Field(&'t str),
}

/// Longer than any name of a field; what is longer is words.
const LONGEST_FIELD: usize = 60;

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut words, mut from) = (0, 0);
    while let Some(open) = text[from..].find("{{").map(|at| at + from) {
        let inside = open + 2;
        let Some(close) = text[inside..].find("}}").map(|at| at + inside) else {
            break;
        };
        let name = text[inside..close].trim();
        let fits = !name.is_empty()
            && name.chars().count() <= LONGEST_FIELD
            && !name.contains(['{', '}', '\n']);
        if !fits {
            // The braces may open a field a little further on.
            from = open + 1;
            continue;
        }
        pieces.push(Piece::Words(&text[words..open]));
        pieces.push(Piece::Field(name));
        words = close + 2;
        from = words;
    }
    pieces.push(Piece::Words(&text[words..]));
    pieces
}

/// Where a conversation was copied from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ForkOrigin {
    /// The conversation; `None` once it is deleted.
    pub conversation_id: Option<ConversationId>,
    /// The last message that was copied.
    pub message_id: MessageId,
    /// When.
    pub at: Timestamp,
}

/// What the answers of a conversation took, all branches together, as sources counted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConversationTotals {
    /// Questions.
    pub questions: u32,
    /// Answers, unfinished ones included.
    pub answers: u32,
    /// Answers whose source told how many tokens they took.
    pub counted: u32,
    /// Tokens read.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub input_tokens: u64,
    /// Tokens written.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub output_tokens: u64,
    /// How long answers took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub duration_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(text: &str) -> SavedPrompt {
        SavedPrompt {
            id: PromptId::new(Timestamp(1), [0; 10]),
            name: "p".into(),
            text: text.into(),
            created_at: Timestamp(1),
        }
    }

    #[test]
    fn fields_are_named_once_and_in_order() {
        let text = "{{ language }} and {{tone}} and {{language}}, {{}} {{a\nb}} {{{inner}}} {{open";
        assert_eq!(prompt(text).fields(), ["language", "tone", "inner"]);
    }

    #[test]
    fn a_value_is_put_in_as_it_is() {
        let filled = prompt("Say {{what}} to {{who}}.").filled(|name| match name {
            "what" => Some("{{who}}".into()),
            _ => None,
        });
        assert_eq!(filled, "Say {{who}} to {{who}}.");
        let whole = prompt("{{a}}{{b}}").filled(|name| Some(name.to_uppercase()));
        assert_eq!(whole, "AB");
    }
}
