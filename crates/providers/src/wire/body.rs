//! The body of a request: fields, which of them may be left out, and what had to be left out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fluxchat_model::{Dialect, ResponseFormat, Source};
use serde_json::{Map, Value, json};

use crate::hosts::opt_outs;
use crate::normalise::RemoteError;
use crate::{ChatRequest, Notice, ProviderError, extra};

/// A setting that may be left out when a server does not know it: where it is in the body, `.`
/// between the levels, and other words a complaint uses for it. What protects the person and what
/// makes the request is never among them.
pub(crate) type Optional = (&'static str, &'static [&'static str]);

/// The fields of a body.
pub(crate) type Fields = Map<String, Value>;

/// What is asked for differently after a refusal.
type Change = Box<dyn FnOnce(&mut Fields) + Send>;

/// How a field is said to a source that does not know one of these words.
struct Otherwise {
    field: &'static str,
    words: &'static [&'static str],
    change: Change,
}

/// The body of a request.
pub(crate) struct Body {
    fields: Fields,
    optional: &'static [Optional],
    otherwise: Option<Otherwise>,
    longer: Option<Change>,
    /// Told before the answer.
    pub(crate) notices: Vec<Notice>,
}

impl Body {
    pub(crate) fn new(optional: &'static [Optional]) -> Self {
        Self {
            fields: Fields::new(),
            optional,
            otherwise: None,
            longer: None,
            notices: Vec::new(),
        }
    }

    /// Sets a field.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Sets a field, if there is something to set.
    pub(crate) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Offers one more tool.
    pub(crate) fn add_tool(&mut self, tool: Value) {
        match self.fields.get_mut("tools") {
            Some(Value::Array(tools)) => tools.push(tool),
            _ => self.set("tools", vec![tool]),
        }
    }

    /// What to ask for as well, or instead, if the source says that it was too long.
    pub(crate) fn if_too_long(&mut self, change: impl FnOnce(&mut Fields) + Send + 'static) {
        self.longer = Some(Box::new(change));
    }

    /// It was too long. False if nothing can be done about it.
    pub(super) fn lengthen(&mut self) -> bool {
        let Some(change) = self.longer.take() else {
            return false;
        };
        change(&mut self.fields);
        true
    }

    /// How to say a field, as long as it is there, to a source that does not know one of these words.
    pub(crate) fn if_unknown(
        &mut self,
        field: &'static str,
        words: &'static [&'static str],
        change: impl FnOnce(&mut Fields) + Send + 'static,
    ) {
        self.otherwise = Some(Otherwise {
            field,
            words,
            change: Box::new(change),
        });
    }

    /// Says what the error complains about in its other way or, if there is none, leaves it out and
    /// tells so. False if nothing can be done about it.
    pub(super) fn give_way(&mut self, error: &RemoteError) -> bool {
        let fields = &self.fields;
        let otherwise = self.otherwise.take_if(|it| {
            let names_one =
                |complaint: Complaint<'_>| it.words.iter().any(|it| complaint.names(it));
            fields.contains_key(it.field) && Complaint::of(error).is_some_and(names_one)
        });
        if let Some(otherwise) = otherwise {
            (otherwise.change)(&mut self.fields);
            return true;
        }
        let Some(name) = self.drop_unsupported(error) else {
            return false;
        };
        self.notices.push(Notice::ParameterDropped { name });
        true
    }

    /// What is asked of the source for the sake of the person.
    pub(crate) fn protect(&mut self, source: &Source, training_allowed: bool) {
        for opt_out in opt_outs(source, training_allowed) {
            self.fields.insert(opt_out.field, opt_out.value);
        }
    }

    /// Sets a setting by the name that the source has for it, or tells that it has none.
    pub(crate) fn set_known(&mut self, setting: &str, name: Option<&str>, value: Option<Value>) {
        match name {
            Some(name) => self.set_some(name, value),
            None => self.not_sent([(setting, value.is_some())]),
        }
    }

    /// Tells which of these settings were set, and are not sent.
    pub(crate) fn not_sent<'n>(&mut self, settings: impl IntoIterator<Item = (&'n str, bool)>) {
        for (name, _) in settings.into_iter().filter(|(_, is_set)| *is_set) {
            self.notices.push(Notice::ParameterDropped {
                name: name.to_owned(),
            });
        }
    }

    /// Takes in what a person wrote beside the settings, once everything else is written.
    pub(crate) fn add_extra(&mut self, source: &Source, request: &ChatRequest) {
        match source.dialect {
            // The service says which fields it knows.
            Dialect::Fluxchat => self.not_sent([("extra", !request.extra.is_empty())]),
            _ => extra::take_in(&mut self.fields, &request.extra),
        }
    }

    /// Tells that a part of the question is not in it.
    pub(crate) fn left_out(&mut self, name: &str) {
        let notice = Notice::PartLeftOut {
            name: name.to_owned(),
        };
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, ProviderError> {
        serde_json::to_vec(&self.fields).map_err(|_| ProviderError::BadRequest {
            message: "The request could not be written.".to_owned(),
        })
    }

    /// Leaves out the setting that the error names, if there is one that may be left out.
    pub(crate) fn drop_unsupported(&mut self, error: &RemoteError) -> Option<String> {
        let complaint = Complaint::of(error)?;
        let (path, _) = self.optional.iter().find(|(path, words)| {
            let last = path.rsplit('.').next().unwrap_or(path);
            let mut names = [path, &last].into_iter().chain(*words);
            self.has(path) && names.any(|name| complaint.names(name))
        })?;
        self.remove(path);
        Some(path.rsplit('.').next().unwrap_or(path).to_owned())
    }

    fn has(&self, path: &str) -> bool {
        let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
        self.at(above)
            .is_some_and(|fields| fields.contains_key(name))
    }

    fn at(&self, path: &str) -> Option<&Fields> {
        path.split('.')
            .filter(|step| !step.is_empty())
            .try_fold(&self.fields, |fields, step| fields.get(step)?.as_object())
    }

    fn remove(&mut self, path: &str) {
        let mut fields = &mut self.fields;
        let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
        for step in above.split('.').filter(|step| !step.is_empty()) {
            match fields.get_mut(step).and_then(Value::as_object_mut) {
                Some(below) => fields = below,
                None => return,
            }
        }
        fields.remove(name);
    }
}

/// A refusal that is about what the source, or the model, knows.
struct Complaint<'a> {
    words: String,
    param: &'a str,
}

impl<'a> Complaint<'a> {
    fn of(error: &'a RemoteError) -> Option<Self> {
        let words = format!("{} {} {}", error.message, error.kind, error.code).to_ascii_lowercase();
        [
            "unsupported",
            "not support",
            "unknown",
            "unrecognized",
            "unexpected",
            "not permitted",
            "not allowed",
            "extra",
            "invalid parameter",
            "deprecated",
            // Gemini, of models that do not think, think not now, and only think.
            "not enabled",
            "only enabled",
            "only works",
            // LM Studio, of the form of an answer.
            "must be 'json_schema' or 'text'",
            // Anthropic's older models, of a kind of thinking they do not know.
            "does not match any of the expected",
        ]
        .iter()
        .any(|word| words.contains(word))
        .then(|| Self {
            words,
            param: error.param.as_deref().unwrap_or_default(),
        })
    }

    fn names(&self, name: &str) -> bool {
        self.param == name
            || self
                .param
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
            || (self.param.is_empty() && contains_word(&self.words, &name.to_ascii_lowercase()))
    }
}

/// `top_p` is not in `stop_penalty`, `max_tokens` not in `max_tokens_to_sample`.
fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// The settings that there are.
pub(crate) fn settings<const N: usize>(all: [(&str, Option<Value>); N]) -> Map<String, Value> {
    all.into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// How many tokens an effort is, for models that are told these; the numbers are Google's own for its
/// OpenAI-compatible address.
pub(crate) fn effort_in_tokens(effort: &str) -> Option<u32> {
    match effort {
        "minimal" | "low" => Some(1024),
        "medium" => Some(8192),
        "high" | "xhigh" | "max" => Some(24_576),
        _ => None,
    }
}

/// Where to stop, if it was said.
pub(crate) fn stops(request: &ChatRequest) -> Option<Value> {
    (!request.stop.is_empty()).then(|| Value::from(request.stop.as_slice()))
}

/// The form of an answer as an object with a type, as OpenAI has it.
pub(crate) fn response_format(request: &ChatRequest) -> Option<Value> {
    let kind = match request.response_format? {
        ResponseFormat::Text => "text",
        ResponseFormat::JsonObject => "json_object",
    };
    Some(json!({"type": kind}))
}

/// As people write it: 0.7, not 0.699999988079071. `None` for what JSON cannot say.
pub(crate) fn number(value: f32) -> Option<Value> {
    let written = value.to_string().parse::<f64>().ok()?;
    serde_json::Number::from_f64(written).map(Value::Number)
}

/// The arguments of a call as text that is JSON. Half of it, or none, is what a model may have said;
/// given back as it was, some servers refuse the whole conversation for ever after.
pub(crate) fn arguments(said: &str) -> &str {
    let is_object = serde_json::from_str::<Map<String, Value>>(said).is_ok();
    if is_object { said } else { "{}" }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", base64(bytes))
}

/// A file as words, if it is made of words.
pub(crate) fn text_of(name: &str, media_type: &str, bytes: &[u8]) -> Option<String> {
    let is_text = media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/json" | "application/xml" | "application/yaml" | "application/toml"
        );
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_text)?;
    Some(format!("{name}:\n\n{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_may_lie_deeper_and_have_another_name() {
        const OPTIONAL: &[Optional] = &[("options.temperature", &[]), ("think", &["thinking"])];
        let body = || {
            let mut body = Body::new(OPTIONAL);
            body.set("think", true);
            body.set("options", json!({"temperature": 1.0, "seed": 3}));
            body
        };
        let dropped = |message: &str| {
            let mut body = body();
            let name = body.drop_unsupported(&RemoteError {
                message: message.to_owned(),
                ..RemoteError::default()
            });
            (name, Value::Object(body.fields))
        };
        let (name, left) = dropped("\"llama3.2\" does not support thinking");
        assert_eq!(name.as_deref(), Some("think"));
        assert!(left.get("think").is_none());
        let (name, left) = dropped("temperature: Extra inputs are not permitted");
        assert_eq!(name.as_deref(), Some("temperature"));
        assert_eq!(left["options"], json!({"seed": 3}));
        assert_eq!(dropped("seed is not supported").0, None);
    }

    #[test]
    fn arguments_that_are_no_json_do_not_spoil_what_follows() {
        assert_eq!(arguments(r#"{"a":1}"#), r#"{"a":1}"#);
        for said in ["", " ", r#"{"a":"#, "no json", "[1]", "null"] {
            assert_eq!(arguments(said), "{}", "{said}");
        }
    }

    #[test]
    fn files_of_words_are_words() {
        let text = |media_type: &str, bytes: &[u8]| text_of("a.txt", media_type, bytes);
        assert_eq!(text("text/plain", b"hi").as_deref(), Some("a.txt:\n\nhi"));
        assert_eq!(text("application/pdf", b"hi"), None);
        assert_eq!(text("text/plain", b"\xFF"), None);
    }
}
