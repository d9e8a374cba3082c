use fluxchat_model::{Dialect, ResponseFormat, Role, Source};
use serde_json::{Value, json};

use super::reply::OWN_ID;
use crate::wire::{self, Body, base64, effort_in_tokens, number, stops, text_of};
use crate::{ChatMessage, ChatPart, ChatRequest, Sealed, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] = &[
    (
        "generationConfig.thinkingConfig",
        &[
            "thinking",
            "include_thoughts",
            "thinking_config",
            "thinkingLevel",
            "thinking_level",
            "thinkingBudget",
            "thinking_budget",
        ],
    ),
    ("generationConfig.temperature", &[]),
    ("generationConfig.topP", &["top_p"]),
    ("generationConfig.maxOutputTokens", &["max_output_tokens"]),
    ("generationConfig.stopSequences", &["stop_sequences"]),
    ("generationConfig.seed", &[]),
    ("generationConfig.topK", &["top_k"]),
    // "Penalty is not enabled for this model" means whichever there is.
    (
        "generationConfig.frequencyPenalty",
        &["frequency_penalty", "penalty"],
    ),
    (
        "generationConfig.presencePenalty",
        &["presence_penalty", "penalty"],
    ),
    (
        "generationConfig.responseMimeType",
        &["response_mime_type", "json mode", "response mime type"],
    ),
];

/// The body of a request.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let mut body = Body::new(OPTIONAL);
    body.set_some(
        "systemInstruction",
        request
            .instructions()
            .map(|text| json!({"parts": [{"text": text}]})),
    );
    let contents = contents(request, &mut body);
    body.set("contents", contents);
    body.set("generationConfig", settings(request));
    let effort = request.reasoning_effort.as_deref();
    body.not_sent([
        (
            "reasoning_effort",
            effort.is_some_and(|it| it != "none") && thinking(request).is_none(),
        ),
        ("min_p", request.min_p.is_some()),
        ("repeat_penalty", request.repeat_penalty.is_some()),
    ]);
    if !request.tools.is_empty() {
        body.set("tools", json!([{"functionDeclarations": tools(request)}]));
        body.set_some("toolConfig", request.tool_choice.as_ref().map(tool_choice));
    }
    web_search::allow(source, request, &mut body);
    body.protect(source, training_allowed);
    body
}

fn settings(request: &ChatRequest) -> Value {
    Value::Object(wire::settings([
        ("temperature", request.temperature.and_then(number)),
        ("topP", request.top_p.and_then(number)),
        ("maxOutputTokens", request.max_tokens.map(Value::from)),
        ("stopSequences", stops(request)),
        ("seed", request.seed.map(Value::from)),
        ("topK", request.top_k.map(Value::from)),
        (
            "frequencyPenalty",
            request.frequency_penalty.and_then(number),
        ),
        ("presencePenalty", request.presence_penalty.and_then(number)),
        ("responseMimeType", request.response_format.map(media_type)),
        ("thinkingConfig", thinking(request)),
    ]))
}

/// Newer models are told a level, those of 2.5 a number of tokens. Who is asked not to think has no
/// thoughts to tell, and refuses to be asked for them; so does a model that never thinks.
fn thinking(request: &ChatRequest) -> Option<Value> {
    if request.abilities.reasoning == Some(false) {
        return None;
    }
    let Some(effort) = request.reasoning_effort.as_deref() else {
        return Some(json!({"includeThoughts": true}));
    };
    if effort == "none" {
        return Some(json!({"thinkingBudget": 0}));
    }
    if request.model.contains("gemini-2.5") {
        return Some(match effort_in_tokens(effort) {
            Some(budget) => json!({"includeThoughts": true, "thinkingBudget": budget}),
            None => json!({"includeThoughts": true}),
        });
    }
    let level = if effort == "max" { "xhigh" } else { effort };
    Some(json!({"includeThoughts": true, "thinkingLevel": level.to_ascii_uppercase()}))
}

/// The form of an answer as Google has it.
pub(crate) fn media_type(form: ResponseFormat) -> Value {
    json!(match form {
        ResponseFormat::Text => "text/plain",
        ResponseFormat::JsonObject => "application/json",
    })
}

fn tools(request: &ChatRequest) -> Value {
    request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "parametersJsonSchema": tool.schema,
            })
        })
        .collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    let config = match choice {
        ToolChoice::Auto => json!({"mode": "AUTO"}),
        ToolChoice::None => json!({"mode": "NONE"}),
        ToolChoice::Required => json!({"mode": "ANY"}),
        ToolChoice::Named(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
    };
    json!({"functionCallingConfig": config})
}

/// One content for every change of the speaker.
fn contents(request: &ChatRequest, body: &mut Body) -> Value {
    let mut all: Vec<(&str, Vec<Value>)> = Vec::new();
    let in_results = takes_in_results(&request.model);
    for message in &request.messages {
        let role = match message.role {
            Role::System => continue,
            Role::Assistant => "model",
            Role::User | Role::Tool => "user",
        };
        let parts = parts(message, in_results, body);
        match all.last_mut() {
            Some((last, before)) if *last == role => before.extend(parts),
            _ if parts.is_empty() => {}
            _ => all.push((role, parts)),
        }
    }
    all.into_iter()
        .map(|(role, parts)| json!({"role": role, "parts": parts}))
        .collect()
}

/// False for the models that take words alone from a function: what it returned beside them follows.
fn takes_in_results(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    !["gemini-1", "gemini-2", "gemma"]
        .iter()
        .any(|old| name.starts_with(old))
}

fn parts(message: &ChatMessage, in_results: bool, body: &mut Body) -> Vec<Value> {
    let mut parts = Vec::new();
    for part in &message.parts {
        match part {
            ChatPart::Text(_) | ChatPart::Image { .. } | ChatPart::File { .. } => {
                parts.extend(plain(part, body));
            }
            ChatPart::Reasoning {
                text,
                sealed: Some(sealed),
            } if sealed.dialect == Dialect::Gemini => {
                let is_thought = sealed.data.get("thought").is_some();
                let words = if is_thought { text.as_str() } else { "" };
                let mut part = json!({"text": words});
                give_back(Some(sealed), &mut part);
                if is_thought {
                    part["thought"] = json!(true);
                }
                parts.push(part);
            }
            ChatPart::Reasoning { .. } => {}
            ChatPart::ToolCall {
                id,
                name,
                arguments,
                sealed,
            } => {
                let arguments = serde_json::from_str::<Value>(arguments).ok();
                let mut call = json!({
                    "name": name,
                    "args": arguments.filter(Value::is_object).unwrap_or_else(|| json!({})),
                });
                name_call(id, &mut call);
                let mut part = json!({"functionCall": call});
                give_back(sealed.as_ref(), &mut part);
                parts.push(part);
            }
            ChatPart::ToolResult {
                id,
                name,
                text,
                is_error,
                files,
            } => {
                let key = if *is_error { "error" } else { "result" };
                let mut response = json!({"name": name, "response": {key: text}});
                if in_results {
                    fill(files, &mut response, key, body);
                }
                name_call(id, &mut response);
                parts.push(json!({"functionResponse": response}));
            }
        }
    }
    let after = message.returned();
    let after = after
        .iter()
        .filter(|part| !(in_results && in_response(part)));
    parts.extend(after.filter_map(|part| plain(part, body)));
    parts
}

/// Words and pictures have a form in a response; what else was returned follows it.
fn in_response(part: &ChatPart) -> bool {
    !matches!(part, ChatPart::File { .. })
}

/// Pictures are parts of a response; words about them are among its own.
fn fill(files: &[ChatPart], response: &mut Value, key: &str, body: &mut Body) {
    let mut beside = Vec::new();
    let own = response["response"][key].as_str();
    let mut words = vec![own.unwrap_or_default().to_owned()];
    let within = files.iter().filter(|it| in_response(it));
    for part in within.filter_map(|part| plain(part, body)) {
        match part["text"].as_str() {
            Some(text) => words.push(text.to_owned()),
            None => beside.push(part),
        }
    }
    response["response"][key] = json!(words.join("\n\n"));
    if !beside.is_empty() {
        response["parts"] = Value::Array(beside);
    }
}

/// What is neither thought nor called nor returned.
fn plain(part: &ChatPart, body: &mut Body) -> Option<Value> {
    match part {
        ChatPart::Text(text) => (!text.is_empty()).then(|| json!({"text": text})),
        ChatPart::Image { media_type, bytes } => Some(inline(media_type, bytes)),
        ChatPart::File {
            name,
            media_type,
            bytes,
        } => match text_of(name, media_type, bytes) {
            Some(text) => Some(json!({"text": text})),
            None if medium(media_type).is_some() => Some(inline(media_type, bytes)),
            None => {
                body.left_out(name);
                None
            }
        },
        _ => None,
    }
}

fn inline(media_type: &str, bytes: &[u8]) -> Value {
    json!({"inlineData": {"mimeType": media_type, "data": base64(bytes)}})
}

/// An id of our own making means nothing over there.
fn name_call(id: &str, call: &mut Value) {
    if !id.is_empty() && !id.starts_with(OWN_ID) {
        call["id"] = json!(id);
    }
}

fn give_back(sealed: Option<&Sealed>, part: &mut Value) {
    let signature = sealed
        .filter(|sealed| sealed.dialect == Dialect::Gemini)
        .and_then(|sealed| sealed.data.get("thoughtSignature"));
    if let Some(signature) = signature {
        part["thoughtSignature"] = signature.clone();
    }
}

/// What Google's models take beside words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Image,
    Audio,
    Video,
    Document,
}

/// What a media type is to them.
pub(crate) fn medium(media_type: &str) -> Option<Medium> {
    match media_type.split('/').next() {
        Some("image") => Some(Medium::Image),
        Some("audio") => Some(Medium::Audio),
        Some("video") => Some(Medium::Video),
        _ if media_type == "application/pdf" => Some(Medium::Document),
        _ => None,
    }
}
