use fluxchat_model::{Dialect, Role, Source};
use serde_json::{Value, json};

use super::frame::{BLOCKS, DETAILS, EXTRA};
use crate::chat::words;
use crate::hosts::{Files, Ways, keeps_nothing, ways};
use crate::wire::{self, Body, base64, data_url, number, response_format, stops, text_of};
use crate::{ChatMessage, ChatPart, ChatRequest, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] = &[
    ("max_completion_tokens", &[]),
    ("max_tokens", &[]),
    ("reasoning_effort", &[]),
    ("stream_options", &[]),
    ("temperature", &[]),
    ("top_p", &[]),
    ("stop", &[]),
    ("seed", &[]),
    ("random_seed", &[]),
    ("top_k", &[]),
    ("min_p", &[]),
    ("repeat_penalty", &[]),
    ("repetition_penalty", &[]),
    ("frequency_penalty", &[]),
    ("presence_penalty", &[]),
    ("response_format", &[]),
];

/// The body of a request.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let ways = ways(source);
    let mut body = Body::new(OPTIONAL);
    body.set("model", request.model.as_str());
    let messages = messages(source, request, &mut body);
    body.set("messages", messages);
    body.set("stream", true);
    // `include_obfuscation` is left alone. OpenAI pads its pieces with it, so that who watches the
    // encrypted line cannot tell words by their lengths; turning it off would save bytes alone.
    if ways.asks_usage {
        body.set("stream_options", json!({"include_usage": true}));
    }
    body.protect(source, training_allowed);
    if request.keep_nothing
        && let Some(opt_out) = keeps_nothing(source)
    {
        body.set(&opt_out.field, opt_out.value);
    }
    if source.dialect == Dialect::Fluxchat {
        body.set_some("conversation_alias", request.conversation_alias.as_deref());
    }
    if !request.tools.is_empty() {
        body.set("tools", tools(request));
        body.set_some("tool_choice", request.tool_choice.as_ref().map(tool_choice));
    }
    web_search::allow(source, request, &mut body);
    body.set_some("temperature", request.temperature.and_then(number));
    body.set_some("top_p", request.top_p.and_then(number));
    body.set_some(ways.limit, request.max_tokens);
    body.set_some("stop", stops(request));
    body.set_known("seed", ways.seed, request.seed.map(Value::from));
    likelihoods(source, &ways, request, &mut body);
    if let Some(effort) = request.reasoning_effort.as_deref() {
        think(&ways, effort, request.abilities.reasoning, &mut body);
    }
    body
}

/// What is said how likely, and in which form. The Fluxchat service knows nothing of it.
fn likelihoods(source: &Source, ways: &Ways, request: &ChatRequest, body: &mut Body) {
    let usual = |name| (source.dialect != Dialect::Fluxchat).then_some(name);
    let penalty = |value: Option<f32>| value.and_then(number);
    for (setting, name, value) in [
        ("top_k", ways.top_k, request.top_k.map(Value::from)),
        ("min_p", ways.min_p, request.min_p.and_then(number)),
        (
            "repeat_penalty",
            ways.repeat_penalty,
            penalty(request.repeat_penalty),
        ),
        (
            "frequency_penalty",
            usual("frequency_penalty"),
            penalty(request.frequency_penalty),
        ),
        (
            "presence_penalty",
            usual("presence_penalty"),
            penalty(request.presence_penalty),
        ),
        (
            "response_format",
            usual("response_format"),
            response_format(request),
        ),
    ] {
        body.set_known(setting, name, value);
    }
}

/// How much to think, in the words of the host. Who does not think is not asked to.
fn think(ways: &Ways, effort: &str, thinks: Option<bool>, body: &mut Body) {
    if thinks == Some(false) {
        body.not_sent([("reasoning_effort", effort != "none")]);
        return;
    }
    if let ("none", Some((field, value))) = (effort, ways.thinks_not) {
        body.set_some(field, serde_json::from_str::<Value>(value).ok());
        return;
    }
    let own = ways.efforts.iter().find(|(usual, _)| *usual == effort);
    body.set("reasoning_effort", own.map_or(effort, |(_, own)| *own));
}

fn tools(request: &ChatRequest) -> Value {
    request
        .tools
        .iter()
        .map(|tool| {
            json!({"type": "function", "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.schema,
            }})
        })
        .collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
    }
}

fn messages(source: &Source, request: &ChatRequest, body: &mut Body) -> Value {
    let mut all = Vec::new();
    if let Some(system) = request.system.as_ref().filter(|text| !text.is_empty()) {
        all.push(json!({"role": "system", "content": system}));
    }
    for message in &request.messages {
        let takes = ways(source).files;
        for part in &message.parts {
            let ChatPart::ToolResult {
                id, text, files, ..
            } = part
            else {
                continue;
            };
            let content = if takes == Files::Mistral && !files.is_empty() {
                // Nothing of the person's may follow results there, and they may be lists.
                let words = ChatPart::Text(text.clone());
                let parts: Vec<ChatPart> = std::iter::once(words).chain(files.clone()).collect();
                content(&parts, takes, body)
            } else {
                Some(json!(text))
            };
            all.push(json!({"role": "tool", "tool_call_id": id, "content": content}));
        }
        let calls = message.parts.iter().filter_map(|part| call(source, part));
        let calls: Vec<Value> = calls.collect();
        let mut parts = message.parts.clone();
        if takes != Files::Mistral {
            parts.extend(message.returned());
        }
        let content = content(&parts, takes, body);
        if content.is_none() && calls.is_empty() {
            continue;
        }
        let role = match message.role {
            Role::System => "system",
            Role::Assistant => "assistant",
            // Words of a tool without its call are refused everywhere; as words they still inform.
            Role::User | Role::Tool => "user",
        };
        let mut written = json!({"role": role, "content": content});
        if !calls.is_empty() {
            written["tool_calls"] = Value::Array(calls);
        }
        if message.role == Role::Assistant {
            give_back(source, message, &mut written);
        }
        all.push(written);
    }
    Value::Array(all)
}

fn call(source: &Source, part: &ChatPart) -> Option<Value> {
    let ChatPart::ToolCall {
        id,
        name,
        arguments,
        sealed,
    } = part
    else {
        return None;
    };
    let arguments = wire::arguments(arguments);
    let mut call =
        json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let sealed = sealed.as_ref().filter(|it| it.dialect == source.dialect);
    if let Some(extra) = sealed.and_then(|it| it.data.get(EXTRA)) {
        call[EXTRA] = extra.clone();
    }
    Some(call)
}

/// Words alone are a string, which every server takes; only with more beside them it is a list.
fn content(parts: &[ChatPart], files: Files, body: &mut Body) -> Option<Value> {
    let plain = parts
        .iter()
        .all(|part| !matches!(part, ChatPart::Image { .. } | ChatPart::File { .. }));
    if plain {
        let words = words(parts);
        return (!words.is_empty()).then(|| json!(words));
    }
    let parts: Vec<Value> = parts
        .iter()
        .filter_map(|part| match part {
            ChatPart::Text(text) if !text.is_empty() => Some(json!({"type": "text", "text": text})),
            ChatPart::Image { media_type, .. } if files == Files::None => {
                body.left_out(media_type);
                None
            }
            ChatPart::Image { media_type, bytes } => Some(
                json!({"type": "image_url", "image_url": {"url": data_url(media_type, bytes)}}),
            ),
            ChatPart::File {
                name,
                media_type,
                bytes,
            } => file(name, media_type, bytes, files, body),
            _ => None,
        })
        .collect();
    if files == Files::None {
        let words: Vec<&str> = parts.iter().filter_map(|it| it["text"].as_str()).collect();
        return (!words.is_empty()).then(|| json!(words.join("\n\n")));
    }
    (!parts.is_empty()).then_some(Value::Array(parts))
}

fn file(
    name: &str,
    media_type: &str,
    bytes: &[u8],
    files: Files,
    body: &mut Body,
) -> Option<Value> {
    if let Some(text) = text_of(name, media_type, bytes) {
        return Some(json!({"type": "text", "text": text}));
    }
    if matches!(files, Files::Pictures | Files::None) {
        body.left_out(name);
        return None;
    }
    let is_sound = matches!(
        media_type,
        "audio/wav" | "audio/x-wav" | "audio/mpeg" | "audio/mp3"
    );
    match media_type {
        "application/pdf" if files == Files::Mistral => Some(json!({
            "type": "document_url",
            "document_url": data_url(media_type, bytes),
            "document_name": name,
        })),
        _ if is_sound && files == Files::Mistral => {
            Some(json!({"type": "input_audio", "input_audio": base64(bytes)}))
        }
        "application/pdf" => Some(json!({"type": "file", "file": {
            "filename": name,
            "file_data": data_url(media_type, bytes),
        }})),
        "audio/wav" | "audio/x-wav" => Some(sound("wav", bytes)),
        "audio/mpeg" | "audio/mp3" => Some(sound("mp3", bytes)),
        _ => {
            body.left_out(name);
            None
        }
    }
}

fn sound(format: &str, bytes: &[u8]) -> Value {
    json!({"type": "input_audio", "input_audio": {
        "data": base64(bytes),
        "format": format,
    }})
}

/// What the source wants back unchanged with what it said.
fn give_back(source: &Source, message: &ChatMessage, written: &mut Value) {
    for part in &message.parts {
        let ChatPart::Reasoning {
            sealed: Some(sealed),
            ..
        } = part
        else {
            continue;
        };
        if sealed.dialect != source.dialect {
            continue;
        }
        for field in [DETAILS, BLOCKS] {
            if let Some(thoughts) = sealed.data.get(field) {
                written[field] = thoughts.clone();
            }
        }
        if let Some(field) = ways(source).thoughts_back
            && let Some(thoughts) = sealed.data.get(field)
        {
            written[field] = thoughts.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::RemoteError;
    use crate::sample::source;

    fn request() -> ChatRequest {
        ChatRequest {
            model: "m".to_owned(),
            messages: vec![ChatMessage::text(Role::User, "hi")],
            conversation_alias: Some("alias".to_owned()),
            ..ChatRequest::default()
        }
    }

    fn body(host: Option<&str>, dialect: Dialect, request: &ChatRequest) -> Value {
        let body = super::body(&source(host, dialect), request, false);
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
    fn what_was_thought_before_a_call_goes_back_to_who_asks_for_it_alone() {
        let mut asked = request();
        asked.messages.push(ChatMessage {
            role: Role::Assistant,
            parts: vec![
                ChatPart::Reasoning {
                    text: String::new(),
                    sealed: Some(crate::Sealed {
                        dialect: Dialect::Openai,
                        data: json!({"reasoning_content": "hm"}),
                    }),
                },
                ChatPart::ToolCall {
                    id: "c".to_owned(),
                    name: "t".to_owned(),
                    arguments: "{}".to_owned(),
                    sealed: None,
                },
            ],
        });
        let written = |host| body(Some(host), Dialect::Openai, &asked)["messages"][1].clone();
        assert_eq!(written("api.deepseek.com")["reasoning_content"], "hm");
        assert_eq!(written("llm.example")["reasoning_content"], Value::Null);
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
    fn the_service_is_sent_nothing_that_it_does_not_know_and_it_is_told() {
        let all = ChatRequest {
            top_k: Some(40),
            frequency_penalty: Some(0.5),
            response_format: Some(fluxchat_model::ResponseFormat::Text),
            extra: crate::extra_fields(r#"{"top_a": 1}"#).unwrap(),
            ..request()
        };
        let there = source(None, Dialect::Fluxchat);
        let mut body = super::body(&there, &all, false);
        body.add_extra(&there, &all);
        let plain = super::body(&there, &request(), false);
        assert_eq!(body.to_bytes().unwrap(), plain.to_bytes().unwrap());
        let names = ["top_k", "frequency_penalty", "response_format", "extra"];
        let dropped = names.map(|name| crate::Notice::ParameterDropped {
            name: name.to_owned(),
        });
        assert_eq!(body.notices, dropped);
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
            let mut body = super::body(
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
