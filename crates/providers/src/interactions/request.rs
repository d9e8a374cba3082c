use fluxchat_model::{Dialect, Role, Source};
use serde_json::{Value, json};

use crate::gemini::{Medium, media_type, medium};
use crate::wire::{self, Body, base64, number, stops, text_of};
use crate::{ChatMessage, ChatPart, ChatRequest, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] = &[
    ("generation_config.thinking_level", &["thinking"]),
    ("generation_config.thinking_summaries", &["thinking"]),
    ("generation_config.temperature", &[]),
    ("generation_config.top_p", &[]),
    ("generation_config.max_output_tokens", &[]),
    ("generation_config.stop_sequences", &[]),
    ("generation_config.seed", &[]),
    ("response_format", &[]),
];

/// The body of a request. Nothing is stored there, so the whole conversation goes along, with the
/// signatures of what the model thought.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let model = request.model.as_str();
    let mut body = Body::new(OPTIONAL);
    body.set("model", model.strip_prefix("models/").unwrap_or(model));
    let steps = steps(request, &mut body);
    body.set("input", steps);
    body.set_some("system_instruction", request.instructions());
    body.set("stream", true);
    body.protect(source, training_allowed);
    if !request.tools.is_empty() {
        body.set("tools", tools(request));
    }
    web_search::allow(source, request, &mut body);
    body.set("generation_config", settings(request));
    let form = request.response_format.map(media_type);
    body.set_some(
        "response_format",
        form.map(|media_type| json!({"type": "text", "mime_type": media_type})),
    );
    let effort = request.reasoning_effort.as_deref();
    body.not_sent([
        (
            "reasoning_effort",
            effort.is_some_and(|it| it != "none") && !may_think(request),
        ),
        ("top_k", request.top_k.is_some()),
        ("min_p", request.min_p.is_some()),
        ("frequency_penalty", request.frequency_penalty.is_some()),
        ("presence_penalty", request.presence_penalty.is_some()),
        ("repeat_penalty", request.repeat_penalty.is_some()),
    ]);
    body
}

/// Whether the list does not say that the model never thinks.
fn may_think(request: &ChatRequest) -> bool {
    request.abilities.reasoning != Some(false)
}

fn settings(request: &ChatRequest) -> Value {
    let effort = request.reasoning_effort.as_deref().map(|effort| {
        json!(match effort {
            // The least and the most there is.
            "none" => "minimal",
            "max" => "xhigh",
            other => other,
        })
    });
    let choice = request.tool_choice.as_ref().map(|choice| match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("any"),
        ToolChoice::Named(name) => json!({"allowed_tools": {"mode": "any", "tools": [name]}}),
    });
    Value::Object(wire::settings([
        ("temperature", request.temperature.and_then(number)),
        ("top_p", request.top_p.and_then(number)),
        ("max_output_tokens", request.max_tokens.map(Value::from)),
        ("stop_sequences", stops(request)),
        ("seed", request.seed.map(Value::from)),
        (
            "thinking_summaries",
            may_think(request).then(|| json!("auto")),
        ),
        ("thinking_level", effort.filter(|_| may_think(request))),
        ("tool_choice", choice.filter(|_| !request.tools.is_empty())),
    ]))
}

fn tools(request: &ChatRequest) -> Value {
    request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.schema,
            })
        })
        .collect()
}

fn steps(request: &ChatRequest, body: &mut Body) -> Value {
    let mut steps = Vec::new();
    for message in &request.messages {
        match message.role {
            Role::System => {}
            Role::Assistant => answer(message, body, &mut steps),
            Role::User | Role::Tool => question(message, body, &mut steps),
        }
    }
    Value::Array(steps)
}

fn question(message: &ChatMessage, body: &mut Body, steps: &mut Vec<Value>) {
    let mut content = Vec::new();
    for part in &message.parts {
        if let ChatPart::ToolResult {
            id,
            name,
            text,
            is_error,
            files,
        } = part
        {
            steps.push(json!({
                "type": "function_result",
                "call_id": id,
                "name": name,
                "result": result(text, files, body),
                "is_error": is_error,
            }));
        } else {
            content.extend(said(part, body));
        }
    }
    if !content.is_empty() {
        steps.push(json!({"type": "user_input", "content": content}));
    }
}

/// Words alone are a string; with more beside them it is a list.
fn result(text: &str, files: &[ChatPart], body: &mut Body) -> Value {
    let beside = files.iter().filter_map(|it| said(it, body));
    let beside: Vec<Value> = beside.collect();
    if beside.is_empty() {
        return json!(text);
    }
    let own = said(&ChatPart::Text(text.to_owned()), body);
    own.into_iter().chain(beside).collect()
}

fn said(part: &ChatPart, body: &mut Body) -> Option<Value> {
    match part {
        ChatPart::Text(text) => (!text.is_empty()).then(|| words(text)),
        ChatPart::Image { media_type, bytes } => Some(data("image", media_type, bytes)),
        ChatPart::File {
            name,
            media_type,
            bytes,
        } => match (text_of(name, media_type, bytes), medium(media_type)) {
            (Some(text), _) => Some(words(&text)),
            (None, Some(medium)) => {
                let kind = match medium {
                    Medium::Image => "image",
                    Medium::Audio => "audio",
                    Medium::Video => "video",
                    Medium::Document => "document",
                };
                Some(data(kind, media_type, bytes))
            }
            (None, None) => {
                body.left_out(name);
                None
            }
        },
        ChatPart::Reasoning { .. } | ChatPart::ToolCall { .. } | ChatPart::ToolResult { .. } => {
            None
        }
    }
}

fn answer(message: &ChatMessage, body: &mut Body, steps: &mut Vec<Value>) {
    for part in &message.parts {
        match part {
            ChatPart::Text(text) if !text.is_empty() => {
                steps.push(json!({"type": "model_output", "content": [words(text)]}));
            }
            ChatPart::Reasoning {
                text,
                sealed: Some(sealed),
            } if sealed.dialect == Dialect::Interactions => {
                let mut thought = sealed.data.clone();
                if !text.is_empty() {
                    thought["summary"] = json!([words(text)]);
                }
                steps.push(thought);
            }
            ChatPart::ToolCall {
                id,
                name,
                arguments,
                ..
            } => {
                let arguments = serde_json::from_str::<Value>(arguments).ok();
                steps.push(json!({
                    "type": "function_call",
                    "id": id,
                    "name": name,
                    "arguments": arguments.filter(Value::is_object).unwrap_or_else(|| json!({})),
                }));
            }
            ChatPart::Image { media_type, .. } => body.left_out(media_type),
            ChatPart::File { name, .. } => body.left_out(name),
            ChatPart::Text(_) | ChatPart::Reasoning { .. } | ChatPart::ToolResult { .. } => {}
        }
    }
}

fn words(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn data(kind: &str, media_type: &str, bytes: &[u8]) -> Value {
    json!({"type": kind, "mime_type": media_type, "data": base64(bytes)})
}
