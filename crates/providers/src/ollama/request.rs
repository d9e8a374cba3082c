use fluxchat_model::{Dialect, ResponseFormat, Role, Source};
use serde_json::{Map, Value, json};

use super::frame::THINKING;
use crate::wire::{self, Body, base64, number, stops, text_of};
use crate::{ChatPart, ChatRequest, Sealed, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] =
    &[("think", &["thinking"]), ("truncate", &[]), ("format", &[])];

/// What an answer may need where no limit was set, in tokens.
const ROOM: u64 = 2048;
/// A picture, in tokens.
const PICTURE: u64 = 1500;
/// The least and the most that is read at once, in tokens.
const READS: (u64, u64) = (8192, 1 << 18);

/// The body of a request.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let mut body = Body::new(OPTIONAL);
    body.set("model", request.model.as_str());
    let messages = messages(request, &mut body);
    body.set("messages", messages);
    body.set("stream", true);
    // Else it cuts off the beginning of what is too long for it, and says nothing.
    body.set("truncate", false);
    let reads = reads(request);
    body.if_too_long(move |fields| {
        fields.entry("options").or_insert_with(|| json!({}))["num_ctx"] = json!(reads);
    });
    body.protect(source, training_allowed);
    tools(request, &mut body);
    web_search::allow(source, request, &mut body);
    let effort = request.reasoning_effort.as_deref();
    if request.abilities.reasoning == Some(false) {
        body.not_sent([("reasoning_effort", effort.is_some_and(|it| it != "none"))]);
    } else {
        body.set_some("think", effort.map(think));
    }
    // Words are what it answers with anyway.
    let is_json = request.response_format == Some(ResponseFormat::JsonObject);
    body.set_some("format", is_json.then_some("json"));
    let options = wire::settings([
        ("temperature", request.temperature.and_then(number)),
        ("top_p", request.top_p.and_then(number)),
        ("num_predict", request.max_tokens.map(Value::from)),
        ("seed", request.seed.map(Value::from)),
        ("stop", stops(request)),
        ("top_k", request.top_k.map(Value::from)),
        ("min_p", request.min_p.and_then(number)),
        ("repeat_penalty", request.repeat_penalty.and_then(number)),
        (
            "frequency_penalty",
            request.frequency_penalty.and_then(number),
        ),
        (
            "presence_penalty",
            request.presence_penalty.and_then(number),
        ),
    ]);
    body.set_some("options", (!options.is_empty()).then_some(options));
    body
}

/// How much it has to read at once to take this: it begins with a few thousand tokens, whatever the
/// model can do. In powers of two, because every other number loads the model anew.
fn reads(request: &ChatRequest) -> u64 {
    let length: fn(&str) -> u64 = |text| u64::try_from(text.len()).unwrap_or(u64::MAX);
    let tools = request.tools.iter().map(|tool| {
        length(&tool.name) + length(&tool.description) + length(&tool.schema.to_string())
    });
    let said = request.messages.iter().flat_map(|message| &message.parts);
    let bytes: u64 = said.map(|part| weight(part, length)).sum();
    let system = request.system.as_deref().map_or(0, length);
    let room = request.max_tokens.map_or(ROOM, u64::from);
    let tokens = (bytes + system + tools.sum::<u64>()) / 3 + room;
    tokens.clamp(READS.0, READS.1).next_power_of_two()
}

/// Bytes of words; a picture counts as so many.
fn weight(part: &ChatPart, length: fn(&str) -> u64) -> u64 {
    match part {
        ChatPart::Reasoning { sealed, .. } => thought(sealed.as_ref()).map_or(0, length),
        ChatPart::ToolResult { text, files, .. } => {
            length(text) + files.iter().map(|it| weight(it, length)).sum::<u64>()
        }
        ChatPart::Text(text)
        | ChatPart::ToolCall {
            arguments: text, ..
        } => length(text),
        ChatPart::File { bytes, .. } => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        ChatPart::Image { .. } => PICTURE * 3,
    }
}

/// What it thought before it called tools, as it said it.
fn thought(sealed: Option<&Sealed>) -> Option<&str> {
    let its = sealed.filter(|it| it.dialect == Dialect::Ollama)?;
    its.data.get(THINKING)?.as_str()
}

fn think(effort: &str) -> Value {
    match effort {
        "none" => json!(false),
        "minimal" => json!("low"),
        "low" | "medium" | "high" | "max" => json!(effort),
        "xhigh" => json!("max"),
        _ => json!(true),
    }
}

/// The dialect knows no choice: tools that are not to be used are not told.
fn tools(request: &ChatRequest, body: &mut Body) {
    if request.tools.is_empty() || request.tool_choice == Some(ToolChoice::None) {
        return;
    }
    let is_chosen = !matches!(request.tool_choice, None | Some(ToolChoice::Auto));
    body.not_sent([("tool_choice", is_chosen)]);
    let tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({"type": "function", "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.schema,
            }})
        })
        .collect();
    body.set("tools", tools);
}

fn messages(request: &ChatRequest, body: &mut Body) -> Value {
    let mut all = Vec::new();
    if let Some(system) = request.system.as_ref().filter(|text| !text.is_empty()) {
        all.push(json!({"role": "system", "content": system}));
    }
    for message in &request.messages {
        for part in &message.parts {
            if let ChatPart::ToolResult { name, text, .. } = part {
                all.push(json!({"role": "tool", "tool_name": name, "content": text}));
            }
        }
        let mut parts = message.parts.clone();
        parts.extend(message.returned());
        all.extend(said(message.role, &parts, body));
    }
    Value::Array(all)
}

fn said(role: Role, parts: &[ChatPart], body: &mut Body) -> Option<Value> {
    let (mut words, mut images, mut calls, mut thoughts) = (Vec::new(), vec![], vec![], vec![]);
    for part in parts {
        match part {
            ChatPart::Text(text) => words.push(text.clone()),
            ChatPart::Image { bytes, .. } => images.push(json!(base64(bytes))),
            ChatPart::File {
                name,
                media_type,
                bytes,
            } => match text_of(name, media_type, bytes) {
                Some(text) => words.push(text),
                None => body.left_out(name),
            },
            ChatPart::Reasoning { sealed, .. } => thoughts.extend(thought(sealed.as_ref())),
            ChatPart::ToolCall {
                name, arguments, ..
            } => {
                let arguments: Map<String, Value> =
                    serde_json::from_str(arguments).unwrap_or_default();
                calls.push(json!({"function": {"name": name, "arguments": arguments}}));
            }
            ChatPart::ToolResult { .. } => {}
        }
    }
    words.retain(|text| !text.is_empty());
    if words.is_empty() && images.is_empty() && calls.is_empty() {
        return None;
    }
    let role = match role {
        Role::System => "system",
        Role::Assistant => "assistant",
        Role::User | Role::Tool => "user",
    };
    let mut written = json!({"role": role, "content": words.join("\n\n")});
    if !images.is_empty() {
        written["images"] = Value::Array(images);
    }
    // Models that think want their thoughts back only with the tools they asked for.
    if !calls.is_empty() {
        written["tool_calls"] = Value::Array(calls);
        if !thoughts.is_empty() {
            written[THINKING] = json!(thoughts.join("\n\n"));
        }
    }
    Some(written)
}
