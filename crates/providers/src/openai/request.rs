use fluxchat_model::{Dialect, Role, Source};
use serde_json::{Map, Value, json};

use crate::hosts::{self, opt_outs};
use crate::normalise::RemoteError;
use crate::{ChatRequest, ProviderError};

/// What may be left out when a server does not know it. What protects the person (`store`,
/// `provider`, `training_allowed`) and what makes the request (`model`, `messages`, `stream`)
/// is not among them.
const OPTIONAL: &[&str] = &[
    "max_completion_tokens",
    "max_tokens",
    "reasoning_effort",
    "stream_options",
    "temperature",
    "top_p",
    "stop",
    "seed",
];

/// The body of a request.
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn new(source: &Source, request: &ChatRequest, training_allowed: bool) -> Self {
        let host = source.origin.as_ref().map(|origin| origin.host());
        let is_host = |name: &str| host.is_some_and(|host| hosts::is_host(host, name));
        let openai = is_host("api.openai.com");
        let azure = is_host("openai.azure.com");
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(request.model));
        body.insert("messages".to_owned(), messages(request));
        body.insert("stream".to_owned(), json!(true));
        // Mistral always tells the usage and refuses the question.
        if !is_host("api.mistral.ai") {
            body.insert("stream_options".to_owned(), json!({"include_usage": true}));
        }
        for opt_out in opt_outs(source, training_allowed) {
            body.insert(opt_out.field, opt_out.value);
        }
        if request.keep_nothing
            && let Some(opt_out) = hosts::keeps_nothing(source)
        {
            body.insert(opt_out.field, opt_out.value);
        }
        if source.dialect == Dialect::Fluxchat
            && let Some(alias) = &request.conversation_alias
        {
            body.insert("conversation_alias".to_owned(), json!(alias));
        }
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        set("temperature", request.temperature.and_then(number));
        set("top_p", request.top_p.and_then(number));
        let limit = if openai || azure {
            "max_completion_tokens"
        } else {
            "max_tokens"
        };
        set(limit, request.max_tokens.map(|it| json!(it)));
        set(
            "stop",
            (!request.stop.is_empty()).then(|| json!(request.stop)),
        );
        let seed = if is_host("api.mistral.ai") {
            "random_seed"
        } else {
            "seed"
        };
        set(seed, request.seed.map(|it| json!(it)));
        set(
            "reasoning_effort",
            request.reasoning_effort.as_ref().map(|it| json!(it)),
        );
        Self(body)
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, ProviderError> {
        serde_json::to_vec(&self.0).map_err(|_| ProviderError::BadRequest {
            message: "The request could not be written.".to_owned(),
        })
    }

    /// Leaves out the setting that the error names, if there is one that may be left out.
    pub(super) fn drop_unsupported(&mut self, error: &RemoteError) -> Option<String> {
        let complaint =
            format!("{} {} {}", error.message, error.kind, error.code).to_ascii_lowercase();
        let is_about_support = [
            "unsupported",
            "not support",
            "unknown",
            "unrecognized",
            "unexpected",
            "not permitted",
            "not allowed",
            "extra",
            "invalid parameter",
        ]
        .iter()
        .any(|word| complaint.contains(word));
        if !is_about_support {
            return None;
        }
        let param = error.param.as_deref().unwrap_or_default();
        let named = |name: &str| {
            param == name
                || param
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
                || (param.is_empty() && contains_word(&complaint, name))
        };
        let name = *OPTIONAL
            .iter()
            .find(|name| self.0.contains_key(**name) && named(name))?;
        self.0.remove(name);
        Some(name.to_owned())
    }
}

/// `top_p` is not in `stop_penalty`, `max_tokens` not in `max_tokens_to_sample`.
fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// As people write it: 0.7, not 0.699999988079071. `None` for what JSON cannot say.
fn number(value: f32) -> Option<Value> {
    let written = value.to_string().parse::<f64>().ok()?;
    serde_json::Number::from_f64(written).map(Value::Number)
}

fn messages(request: &ChatRequest) -> Value {
    request
        .messages
        .iter()
        .map(|message| {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
                // A tool result without its call is refused everywhere; as words it still informs.
                Role::Tool => "user",
            };
            json!({"role": role, "content": message.text})
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChatMessage;
    use fluxchat_model::{DataPractices, Origin, SourceId, Timestamp};

    fn source(host: Option<&str>, dialect: Dialect) -> Source {
        Source {
            id: SourceId::new(Timestamp(0), [0; 10]),
            name: "s".to_owned(),
            dialect,
            origin: host.map(|host| Origin::new("https", host, 443).unwrap()),
            base_path: "/v1".to_owned(),
            has_credential: false,
            default_model: None,
            practices: DataPractices::default(),
            redact: false,
            created_at: Timestamp(0),
        }
    }

    fn request() -> ChatRequest {
        ChatRequest {
            model: "m".to_owned(),
            messages: vec![ChatMessage {
                role: Role::User,
                text: "hi".to_owned(),
            }],
            conversation_alias: Some("alias".to_owned()),
            ..ChatRequest::default()
        }
    }

    fn body(host: Option<&str>, dialect: Dialect, request: &ChatRequest) -> Value {
        let body = Body::new(&source(host, dialect), request, false);
        serde_json::from_slice(&body.to_bytes().unwrap()).unwrap()
    }

    #[test]
    fn nothing_is_sent_that_was_not_set() {
        assert_eq!(
            body(Some("llm.example"), Dialect::Openai, &request()),
            json!({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,
                   "stream_options":{"include_usage":true}})
        );
    }

    #[test]
    fn each_source_gets_its_own_protection_and_no_other() {
        let openai = body(Some("api.openai.com"), Dialect::Openai, &request());
        assert_eq!(openai["store"], json!(false));
        let europe = body(Some("eu.api.openai.com"), Dialect::Openai, &request());
        assert_eq!(europe["store"], json!(false));
        let router = body(Some("openrouter.ai"), Dialect::Openai, &request());
        assert_eq!(
            router["provider"],
            json!({"data_collection":"deny","zdr":true})
        );
        let sandbox = body(None, Dialect::Fluxchat, &request());
        assert_eq!(sandbox["training_allowed"], json!(false));
        assert_eq!(sandbox["conversation_alias"], json!("alias"));
        assert!(sandbox.get("store").is_none());
        let forgetful = ChatRequest {
            keep_nothing: true,
            ..request()
        };
        let forgetful = |host, dialect| body(host, dialect, &forgetful).get("store").cloned();
        assert_eq!(forgetful(None, Dialect::Fluxchat), Some(json!(false)));
        assert_eq!(forgetful(Some("llm.example"), Dialect::Openai), None);
        for other in [
            &openai,
            &router,
            &body(
                Some("api.openai.com.evil.example"),
                Dialect::Openai,
                &request(),
            ),
        ] {
            assert!(other.get("training_allowed").is_none());
            assert!(other.get("conversation_alias").is_none());
        }
        assert!(
            body(Some("notopenrouter.ai"), Dialect::Openai, &request())
                .get("provider")
                .is_none()
        );
    }

    #[test]
    fn settings_are_written_in_the_words_of_the_source() {
        let all = ChatRequest {
            temperature: Some(0.7),
            top_p: Some(f32::NAN),
            max_tokens: Some(5),
            seed: Some(-1),
            stop: vec!["x".to_owned()],
            reasoning_effort: Some("low".to_owned()),
            ..request()
        };
        let openai = body(Some("api.openai.com"), Dialect::Openai, &all);
        assert_eq!(openai["max_completion_tokens"], json!(5));
        assert_eq!(openai["temperature"].to_string(), "0.7");
        assert!(openai.get("top_p").is_none());
        let ollama = body(Some("127.0.0.1"), Dialect::Openai, &all);
        assert_eq!(ollama["max_tokens"], json!(5));
        assert!(ollama.get("max_completion_tokens").is_none());
        let mistral = body(Some("api.mistral.ai"), Dialect::Openai, &all);
        assert_eq!(mistral["random_seed"], json!(-1));
        assert!(mistral.get("stream_options").is_none());
    }

    #[test]
    fn only_what_the_error_names_is_left_out_and_never_what_protects() {
        let all = ChatRequest {
            temperature: Some(1.0),
            top_p: Some(1.0),
            max_tokens: Some(5),
            ..request()
        };
        let dropped = |message: &str, param: Option<&str>| {
            let mut body = Body::new(
                &source(Some("api.openai.com"), Dialect::Openai),
                &all,
                false,
            );
            body.drop_unsupported(&RemoteError {
                message: message.to_owned(),
                param: param.map(str::to_owned),
                ..RemoteError::default()
            })
        };
        let unsupported = "Unsupported parameter: 'temperature' is not supported with this model.";
        assert_eq!(
            dropped(unsupported, Some("temperature")).as_deref(),
            Some("temperature")
        );
        assert_eq!(dropped(unsupported, None).as_deref(), Some("temperature"));
        assert_eq!(
            dropped("unknown field stream_options", None).as_deref(),
            Some("stream_options")
        );
        assert_eq!(
            dropped("Unknown: x", Some("stream_options.include_usage")).as_deref(),
            Some("stream_options")
        );
        assert_eq!(dropped("Unsupported parameter: store", Some("store")), None);
        assert_eq!(
            dropped("Unknown parameter: seed", Some("seed")),
            None,
            "was not sent"
        );
        assert_eq!(
            dropped("temperature must be at most 1", Some("temperature")),
            None
        );
        assert_eq!(dropped("unknown stop_penalty", None), None);
    }
}
