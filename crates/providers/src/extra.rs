//! Other fields of a request: what a person writes for which there is no setting.
//!
//! They are taken into the body beside what we write, and what we write wins at every depth. Names
//! for what a law, a rule or a setting of its own decides are refused by [`extra_fields`], however
//! they are written: servers in Go read `Model` as `model`, Google reads `max_output_tokens` as
//! `maxOutputTokens`.

use serde_json::{Map, Value};

/// The longest text of other fields, in characters.
pub const LONGEST_EXTRA: usize = 16_000;

/// Why other fields cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraError {
    /// They are none.
    #[error("The other fields are not a JSON object.")]
    NotAnObject,
    /// There are too many.
    #[error("The other fields are longer than 16,000 characters.")]
    TooLong,
    /// One of them is not a person’s to set here.
    #[error(
        "“{name}” cannot be among the other fields: Fluxchat says it itself, or leaves it out on purpose."
    )]
    Protected {
        /// As it was written.
        name: String,
    },
}

impl ExtraError {
    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "extra_not_object",
            Self::TooLong => "extra_too_long",
            Self::Protected { .. } => "extra_protected",
        }
    }

    /// The field that the sentence names.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Protected { name } => Some(name),
            _ => None,
        }
    }
}

/// The longest name that a sentence names whole, in characters.
const LONGEST_NAME: usize = 60;

/// What nobody sets here, as [`plain`] writes it.
const PROTECTED: &[&str] = &[
    // Who answers: chosen by the person in its own place, and what prices are for.
    "agent",
    "agentid",
    "customllmprovider",
    "deployment",
    "engine",
    "fallbacks",
    "model",
    "models",
    "preset",
    "route",
    // What is said: shown before it is sent, and its names replaced.
    "content",
    "contents",
    "context",
    "documents",
    "files",
    "images",
    "input",
    "inputs",
    "instructions",
    "message",
    "messages",
    "prompt",
    "raw",
    "suffix",
    "system",
    "systeminstruction",
    "systemprompt",
    "template",
    // How it arrives, and how often: one answer is read, and paid for.
    "audio",
    "background",
    "bestof",
    "candidatecount",
    "modalities",
    "n",
    "responsemodalities",
    "speechconfig",
    "stream",
    "streamoptions",
    // What is kept there.
    "cachedcontent",
    "container",
    "continuationtoken",
    "conversation",
    "conversationalias",
    "conversationid",
    "datacollection",
    "environment",
    "previousinteractionid",
    "previousresponseid",
    "promptcacheretention",
    "store",
    "trainingallowed",
    "zdr",
    // Tools, and searching the web: switched on in their own place, where a guardian is asked.
    "compoundcustom",
    "datasources",
    "enablesearch",
    "functioncall",
    "functiondeclarations",
    "functions",
    "googlesearch",
    "mcpservers",
    "plugins",
    "searchoptions",
    "searchparameters",
    "searchsettings",
    "toolchoice",
    "toolconfig",
    "toolids",
    "tools",
    "websearch",
    "websearchoptions",
    // How long an answer may be, and what it costs: budgets count on it.
    "maxcompletiontokens",
    "maxnewtokens",
    "maxoutputtokens",
    "maxtokens",
    "maxtokenstosample",
    "npredict",
    "numpredict",
    "servicetier",
    "speed",
    // Who asks.
    "enduser",
    "labels",
    "metadata",
    "safetyidentifier",
    "sessionid",
    "trace",
    "user",
    "userid",
    // Where else it would go, and with which key.
    "apibase",
    "apikey",
    "authorization",
    "baseurl",
    "callback",
    "callbacks",
    "callbackurl",
    "extraheaders",
    "extraquery",
    "headers",
    "webhook",
    "webhookconfig",
    "webhookurl",
];

/// Fields whose own fields mean what those of the body do.
const ENVELOPES: &[&str] = &[
    "config",
    "extrabody",
    "generationconfig",
    "options",
    "parameters",
    "provider",
];

/// A name however it is written.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| !matches!(it, '_' | '-' | ' '));
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

/// Reads other fields as they were typed. No text is no fields.
///
/// # Errors
/// When they are no JSON object, or one of them is not a person’s to set here.
pub fn extra_fields(text: &str) -> Result<Map<String, Value>, ExtraError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Map::new());
    }
    if text.chars().nth(LONGEST_EXTRA).is_some() {
        return Err(ExtraError::TooLong);
    }
    let fields: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| ExtraError::NotAnObject)?;
    match protected(&fields) {
        Some(name) => Err(ExtraError::Protected {
            name: name.chars().take(LONGEST_NAME).collect(),
        }),
        None => Ok(fields),
    }
}

/// The first field that is not a person's to set.
fn protected(fields: &Map<String, Value>) -> Option<&str> {
    fields.iter().find_map(|(name, value)| {
        let written = plain(name);
        // Go takes some letters beyond ASCII for those of ASCII; no field has such a name.
        if !name.is_ascii() || PROTECTED.contains(&written.as_str()) {
            return Some(name.as_str());
        }
        let inside = value.as_object().filter(|_| is_envelope(&written))?;
        protected(inside)
    })
}

fn is_envelope(written: &str) -> bool {
    ENVELOPES.contains(&written)
}

/// Takes other fields into a body. What is there already stays, and so does what must not be
/// there: these may come from before a name was protected.
pub(crate) fn take_in(body: &mut Map<String, Value>, fields: &Map<String, Value>) {
    let allowed = |(name, value): &(&String, &Value)| {
        protected(&Map::from_iter([((*name).clone(), (*value).clone())])).is_none()
    };
    for (name, value) in fields.iter().filter(allowed) {
        merge(body, name, value);
    }
}

fn merge(ours: &mut Map<String, Value>, name: &str, value: &Value) {
    if let (Some(Value::Object(ours)), Value::Object(fields)) = (ours.get_mut(name), value) {
        for (name, value) in fields {
            merge(ours, name, value);
        }
        return;
    }
    if !ours.keys().any(|own| plain(own) == plain(name)) {
        ours.insert(name.to_owned(), value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(text: &str) -> Option<String> {
        match extra_fields(text) {
            Err(ExtraError::Protected { name }) => Some(name),
            Ok(_) => None,
            Err(other) => panic!("{text}: {other}"),
        }
    }

    #[test]
    fn what_we_do_not_know_is_let_through() {
        for text in [
            "",
            "{}",
            r#"{"chat_template_kwargs": {"enable_thinking": false}}"#,
            r#"{"provider": {"order": ["a"], "sort": "price", "max_price": {"prompt": 1}}}"#,
            r#"{"reasoning": {"max_tokens": 2000}, "top_a": 0.2, "logit_bias": {"50256": -100}}"#,
            r#"{"options": {"num_ctx": 16384, "mirostat": 2}, "keep_alive": "1h"}"#,
            // The names in a schema are a person's own.
            r#"{"response_format": {"type": "json_schema", "json_schema": {"schema":
                {"properties": {"model": {"type": "string"}, "user": {"type": "string"}}}}}}"#,
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_law_or_a_rule_says_cannot_be_set_however_it_is_written() {
        for name in [
            "model",
            "Model",
            "MODELS",
            "messages",
            "input",
            "contents",
            "stream",
            "store",
            "tools",
            "tool_choice",
            "toolChoice",
            "max_tokens",
            "maxTokens",
            "max-tokens",
            "max_output_tokens",
            "metadata",
            "user",
            "n",
            "training_allowed",
            "plugins",
            "web_search_options",
            "stream_options",
            "previous_response_id",
            "api_key",
            "data_sources",
            "modalities",
            "audio",
            "agent_id",
            "ſtore",
            "ſtream",
        ] {
            let alone = json!({ name: 1 }).to_string();
            assert_eq!(refused(&alone).as_deref(), Some(name));
        }
        for (text, name) in [
            (
                r#"{"provider": {"data_collection": "allow"}}"#,
                "data_collection",
            ),
            (r#"{"provider": {"order": [], "ZDR": false}}"#, "ZDR"),
            (
                r#"{"generationConfig": {"maxOutputTokens": 9}}"#,
                "maxOutputTokens",
            ),
            (
                r#"{"generation_config": {"candidate_count": 8}}"#,
                "candidate_count",
            ),
            (
                r#"{"generationConfig": {"responseModalities": ["IMAGE"]}}"#,
                "responseModalities",
            ),
            (
                r#"{"generationConfig": {"speechConfig": {}}}"#,
                "speechConfig",
            ),
            (r#"{"options": {"num_predict": 9}}"#, "num_predict"),
            (r#"{"extra_body": {"options": {"store": true}}}"#, "store"),
            // Once would be enough.
            (r#"{"top_a": 1, "store": false, "store": true}"#, "store"),
        ] {
            assert_eq!(refused(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in ["1", "[]", "null", "{", "\"model\"", "{\"a\":1} x"] {
            assert_eq!(extra_fields(text), Err(ExtraError::NotAnObject), "{text}");
        }
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(LONGEST_EXTRA));
        assert_eq!(extra_fields(&long), Err(ExtraError::TooLong));
        let not_longer = format!("{{\"a\":\"{}\"}}", "人".repeat(LONGEST_EXTRA - 8));
        assert!(extra_fields(&not_longer).is_ok(), "characters, not bytes");
    }

    #[test]
    fn what_is_ours_wins_at_every_depth() {
        let mut body = json!({
            "model": "m", "top_p": 0.5,
            "provider": {"data_collection": "deny", "zdr": true},
            "reasoning": {"summary": "auto"},
        });
        let fields = json!({
            "top_p": 1, "topP": 1, "Provider": {"zdr": false}, "model": "other",
            "provider": {"data_collection": "allow", "Zdr": false, "order": ["a"]},
            "reasoning": {"summary": "none", "effort": "low"},
            "new": {"a": [1]},
        });
        let before = body.clone();
        let allowed = fields.as_object().unwrap();
        for (name, value) in allowed {
            merge(body.as_object_mut().unwrap(), name, value);
        }
        assert_eq!(
            body["provider"],
            json!({"data_collection": "deny", "zdr": true, "order": ["a"]})
        );
        assert_eq!(
            body["reasoning"],
            json!({"summary": "auto", "effort": "low"})
        );
        assert_eq!(body["new"], json!({"a": [1]}));
        assert_eq!((&body["top_p"], &body["model"]), (&json!(0.5), &json!("m")));
        assert_eq!((body.get("topP"), body.get("Provider")), (None, None));

        // What was kept before a name was protected is not sent either.
        let mut body = before.clone();
        take_in(
            body.as_object_mut().unwrap(),
            json!({"store": true, "provider": {"zdr": false}})
                .as_object()
                .unwrap(),
        );
        assert_eq!(body, before);
    }
}
