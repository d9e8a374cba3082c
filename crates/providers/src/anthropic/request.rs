use fluxchat_model::{Dialect, ResponseFormat, Role, Source};
use serde_json::{Map, Value, json};

use crate::wire::{Body, Fields, base64, effort_in_tokens, number, stops, text_of};
use crate::{ChatPart, ChatRequest, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] = &[
    ("thinking", &["adaptive"]),
    ("output_config", &["effort"]),
    ("temperature", &[]),
    ("top_p", &[]),
    ("top_k", &[]),
    ("stop_sequences", &[]),
];

/// The dialect wants a limit with every question; nobody is to be cut off who set none.
const MOST_TOKENS: u32 = 32_000;
/// What is asked for instead where that is more than the model gives, or than it can still read beside
/// a long conversation.
const FEWER_TOKENS: u32 = 4_096;
/// The fewest that a model can be told to think.
const LEAST_THOUGHT: u32 = 1_024;

/// The body of a request.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let mut body = Body::new(OPTIONAL);
    body.set("model", request.model.as_str());
    body.set("max_tokens", request.max_tokens.unwrap_or(MOST_TOKENS));
    if request.max_tokens.is_none() {
        body.if_too_long(|fields| {
            fields.insert("max_tokens".to_owned(), json!(FEWER_TOKENS));
            leave_room(fields);
        });
    }
    body.set("stream", true);
    body.protect(source, training_allowed);
    body.set_some("system", request.instructions());
    let messages = messages(request, &mut body);
    body.set("messages", messages);
    if !request.tools.is_empty() {
        body.set("tools", tools(request));
        body.set_some("tool_choice", request.tool_choice.as_ref().map(tool_choice));
    }
    web_search::allow(source, request, &mut body);
    let thinks = think(request, &mut body);
    for (name, value) in [
        ("temperature", request.temperature.and_then(number)),
        ("top_p", request.top_p.and_then(number)),
        ("top_k", request.top_k.map(Value::from)),
    ] {
        // While it thinks, the source wants its own.
        body.set_known(name, (!thinks).then_some(name), value);
    }
    body.set_some("stop_sequences", stops(request));
    // Words are what it answers with anyway; of JSON it knows schemas alone.
    let is_json = request.response_format == Some(ResponseFormat::JsonObject);
    body.not_sent([
        ("seed", request.seed.is_some()),
        ("min_p", request.min_p.is_some()),
        ("frequency_penalty", request.frequency_penalty.is_some()),
        ("presence_penalty", request.presence_penalty.is_some()),
        ("repeat_penalty", request.repeat_penalty.is_some()),
        ("response_format", is_json),
    ]);
    body
}

/// True if the model was asked to think.
fn think(request: &ChatRequest, body: &mut Body) -> bool {
    let abilities = request.abilities;
    let effort = match request.reasoning_effort.as_deref() {
        None => return false,
        Some(effort) if abilities.reasoning == Some(false) => {
            body.not_sent([("reasoning_effort", effort != "none")]);
            return false;
        }
        Some("none") => {
            body.set("thinking", json!({"type": "disabled"}));
            return false;
        }
        Some("minimal") => "low",
        Some(effort) => effort,
    };
    let most = request.max_tokens.unwrap_or(MOST_TOKENS);
    let tokens = effort_in_tokens(effort).filter(|_| most > LEAST_THOUGHT);
    match (abilities.adaptive_thinking, tokens) {
        (Some(false), Some(tokens)) => {
            body.set("thinking", in_tokens(tokens.into(), most.into()));
            return true;
        }
        // So short an answer has no room for thoughts.
        (Some(false), None) => {
            body.not_sent([("reasoning_effort", true)]);
            return false;
        }
        _ => {}
    }
    // Without being asked to, newer models keep their thoughts to themselves.
    body.set(
        "thinking",
        json!({"type": "adaptive", "display": "summarized"}),
    );
    body.set("output_config", json!({"effort": effort}));
    if let Some(tokens) = tokens {
        let newer = &["adaptive", "output_config", "effort"];
        body.if_unknown("thinking", newer, move |fields| {
            think_in_tokens(tokens, fields);
        });
    }
    true
}

/// Models from before adaptive thinking are told a number of tokens.
fn think_in_tokens(tokens: u32, fields: &mut Fields) {
    fields.remove("output_config");
    let thinking = in_tokens(tokens.into(), most_of(fields));
    fields.insert("thinking".to_owned(), thinking);
}

/// So many tokens to think with. What is thought is a part of the answer: at most half of it.
fn in_tokens(tokens: u64, most: u64) -> Value {
    json!({"type": "enabled", "budget_tokens": at_most_half(tokens, most)})
}

fn at_most_half(tokens: u64, most: u64) -> u64 {
    tokens.min(most / 2).max(u64::from(LEAST_THOUGHT))
}

fn most_of(fields: &Fields) -> u64 {
    let most = fields.get("max_tokens").and_then(Value::as_u64);
    most.unwrap_or_default()
}

fn leave_room(fields: &mut Fields) {
    let most = most_of(fields);
    let thinking = fields.get_mut("thinking");
    if let Some(budget) = thinking.and_then(|it| it.get_mut("budget_tokens"))
        && let Some(tokens) = budget.as_u64()
    {
        *budget = json!(at_most_half(tokens, most));
    }
}

fn tools(request: &ChatRequest) -> Value {
    request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.schema,
            })
        })
        .collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!({"type": "auto"}),
        ToolChoice::None => json!({"type": "none"}),
        ToolChoice::Required => json!({"type": "any"}),
        ToolChoice::Named(name) => json!({"type": "tool", "name": name}),
    }
}

/// Turns of one side after another are one turn: all results of tools have to follow their calls
/// at once, before anything else is said.
fn messages(request: &ChatRequest, body: &mut Body) -> Value {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in &request.messages {
        let role = match message.role {
            Role::System => continue,
            Role::Assistant => "assistant",
            Role::User | Role::Tool => "user",
        };
        let blocks = message.parts.iter().filter_map(|part| block(part, body));
        let mut blocks: Vec<Value> = blocks.collect();
        // Documents are counted where they are cited: none is inside of a result.
        for part in &message.parts {
            let ChatPart::ToolResult { files, .. } = part else {
                continue;
            };
            let documents = files.iter().filter(|it| is_document(it));
            blocks.extend(documents.filter_map(|it| block(it, body)));
        }
        match turns.last_mut() {
            _ if blocks.is_empty() => {}
            Some((last, so_far)) if *last == role => so_far.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    turns
        .into_iter()
        .map(|(role, mut blocks)| {
            if role == "user" {
                blocks.sort_by_key(|block| block["type"] != "tool_result");
            }
            json!({"role": role, "content": blocks})
        })
        .collect()
}

fn block(part: &ChatPart, body: &mut Body) -> Option<Value> {
    match part {
        // White space alone is refused.
        ChatPart::Text(text) => {
            (!text.trim().is_empty()).then(|| json!({"type": "text", "text": text}))
        }
        ChatPart::Image { media_type, bytes } => {
            let known = ["image/jpeg", "image/png", "image/gif", "image/webp"];
            if !known.contains(&media_type.as_str()) {
                body.left_out(media_type);
                return None;
            }
            Some(json!({"type": "image", "source": {
                "type": "base64", "media_type": media_type, "data": base64(bytes),
            }}))
        }
        ChatPart::File {
            name,
            media_type,
            bytes,
        } => file(name, media_type, bytes, body),
        ChatPart::Reasoning { sealed, .. } => sealed
            .as_ref()
            .filter(|sealed| sealed.dialect == Dialect::Anthropic && sealed.data.is_object())
            .map(|sealed| sealed.data.clone()),
        ChatPart::ToolCall {
            id,
            name,
            arguments,
            ..
        } => {
            let input: Map<String, Value> = serde_json::from_str(arguments).unwrap_or_default();
            Some(json!({"type": "tool_use", "id": id, "name": name, "input": input}))
        }
        ChatPart::ToolResult {
            id,
            text,
            is_error,
            files,
            ..
        } => Some(json!({
            "type": "tool_result", "tool_use_id": id, "content": result(text, files, body),
            "is_error": is_error,
        })),
    }
}

fn is_document(part: &ChatPart) -> bool {
    matches!(part, ChatPart::File { .. })
}

/// Words alone are a string; with pictures it is a list.
fn result(text: &str, files: &[ChatPart], body: &mut Body) -> Value {
    let beside = files.iter().filter(|it| !is_document(it));
    let beside: Vec<Value> = beside.filter_map(|it| block(it, body)).collect();
    if beside.is_empty() {
        return json!(text);
    }
    let words = ChatPart::Text(text.to_owned());
    block(&words, body).into_iter().chain(beside).collect()
}

fn file(name: &str, media_type: &str, bytes: &[u8], body: &mut Body) -> Option<Value> {
    let source = if media_type == "application/pdf" {
        json!({"type": "base64", "media_type": media_type, "data": base64(bytes)})
    } else if text_of(name, media_type, bytes).is_some() {
        let text = String::from_utf8_lossy(bytes);
        json!({"type": "text", "media_type": "text/plain", "data": text})
    } else {
        body.left_out(name);
        return None;
    };
    Some(json!({
        "type": "document", "source": source, "title": name, "citations": {"enabled": true},
    }))
}
