use fluxchat_model::{Dialect, Role, Source};
use serde_json::{Value, json};

use crate::wire::{self, Body, data_url, number, response_format, text_of};
use crate::{ChatMessage, ChatPart, ChatRequest, ToolChoice, web_search};

const OPTIONAL: &[(&str, &[&str])] = &[
    ("reasoning", &["reasoning.effort", "reasoning.summary"]),
    ("include", &["encrypted content"]),
    ("max_output_tokens", &[]),
    ("temperature", &[]),
    ("top_p", &[]),
    ("text", &["text.format", "response_format"]),
];

/// The body of a request. Nothing is stored there, so what the model thought goes along sealed.
pub(super) fn body(source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
    let mut body = Body::new(OPTIONAL);
    body.set("model", request.model.as_str());
    let input = input(request, &mut body);
    body.set("input", input);
    body.set_some("instructions", request.instructions());
    // No `stream_options`: the padding of the pieces, which hides their lengths from who watches the
    // encrypted line, is on unless it is turned off.
    body.set("stream", true);
    body.protect(source, training_allowed);
    if thinks(request) {
        let mut reasoning = json!({"summary": "auto"});
        if let Some(effort) = &request.reasoning_effort {
            reasoning["effort"] = json!(effort);
        }
        body.set("reasoning", reasoning);
        body.set("include", json!(["reasoning.encrypted_content"]));
    }
    if !request.tools.is_empty() {
        body.set("tools", tools(request));
        body.set_some("tool_choice", request.tool_choice.as_ref().map(tool_choice));
    }
    web_search::allow(source, request, &mut body);
    body.set_some("max_output_tokens", request.max_tokens);
    body.set_some("temperature", request.temperature.and_then(number));
    body.set_some("top_p", request.top_p.and_then(number));
    let form = response_format(request);
    body.set_some("text", form.map(|form| json!({"format": form})));
    let effort = request.reasoning_effort.as_deref();
    body.not_sent([
        (
            "reasoning_effort",
            effort.is_some_and(|it| it != "none") && !thinks(request),
        ),
        ("stop", !request.stop.is_empty()),
        ("seed", request.seed.is_some()),
        ("top_k", request.top_k.is_some()),
        ("min_p", request.min_p.is_some()),
        ("frequency_penalty", request.frequency_penalty.is_some()),
        ("presence_penalty", request.presence_penalty.is_some()),
        ("repeat_penalty", request.repeat_penalty.is_some()),
    ]);
    body
}

/// Whether the model is asked how it thinks: not where the list says that it does not.
fn thinks(request: &ChatRequest) -> bool {
    request
        .abilities
        .reasoning
        .unwrap_or_else(|| request.reasoning_effort.is_some() || may_think(&request.model))
}

/// False for the models that refuse to be asked how they think. No list says so; these are all
/// from before there were models that do.
fn may_think(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    !["gpt-3", "gpt-4", "chatgpt-"]
        .iter()
        .any(|old| name.starts_with(old))
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
                // Schemas of others seldom keep the rules of the strict kind.
                "strict": false,
            })
        })
        .collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => json!({"type": "function", "name": name}),
    }
}

fn input(request: &ChatRequest, body: &mut Body) -> Value {
    let mut items = Vec::new();
    for message in &request.messages {
        match message.role {
            Role::System => {}
            Role::Assistant => answer(message, body, &mut items),
            Role::User | Role::Tool => question(message, body, &mut items),
        }
    }
    Value::Array(items)
}

fn question(message: &ChatMessage, body: &mut Body, items: &mut Vec<Value>) {
    let mut content = Vec::new();
    for part in &message.parts {
        if let ChatPart::ToolResult {
            id, text, files, ..
        } = part
        {
            items.push(json!({
                "type": "function_call_output",
                "call_id": id,
                "output": output(text, files, body),
            }));
        } else {
            content.extend(input_part(part, body));
        }
    }
    if !content.is_empty() {
        items.push(json!({"role": "user", "content": content}));
    }
}

/// Words alone are a string, which every server takes; with more beside them it is a list.
fn output(text: &str, files: &[ChatPart], body: &mut Body) -> Value {
    let beside = files.iter().filter_map(|part| input_part(part, body));
    let beside: Vec<Value> = beside.collect();
    if beside.is_empty() {
        return json!(text);
    }
    let words = ChatPart::Text(text.to_owned());
    input_part(&words, body).into_iter().chain(beside).collect()
}

fn input_part(part: &ChatPart, body: &mut Body) -> Option<Value> {
    match part {
        ChatPart::Text(text) if !text.is_empty() => {
            Some(json!({"type": "input_text", "text": text}))
        }
        ChatPart::Image { media_type, bytes } => Some(json!({
            "type": "input_image",
            "image_url": data_url(media_type, bytes),
            "detail": "auto",
        })),
        ChatPart::File {
            name,
            media_type,
            bytes,
        } => {
            if let Some(text) = text_of(name, media_type, bytes) {
                return Some(json!({"type": "input_text", "text": text}));
            }
            if media_type == "application/pdf" {
                return Some(json!({
                    "type": "input_file",
                    "filename": name,
                    "file_data": data_url(media_type, bytes),
                }));
            }
            body.left_out(name);
            None
        }
        ChatPart::Text(_)
        | ChatPart::Reasoning { .. }
        | ChatPart::ToolCall { .. }
        | ChatPart::ToolResult { .. } => None,
    }
}

/// Every piece is an item of its own here, in the order it was said.
fn answer(message: &ChatMessage, body: &mut Body, items: &mut Vec<Value>) {
    for part in &message.parts {
        match part {
            ChatPart::Text(text) if !text.is_empty() => {
                items.push(json!({"role": "assistant", "content": text}));
            }
            ChatPart::Reasoning {
                sealed: Some(sealed),
                ..
            } if sealed.dialect == Dialect::Responses => items.push(sealed.data.clone()),
            ChatPart::ToolCall {
                id,
                name,
                arguments,
                ..
            } => items.push(json!({
                "type": "function_call",
                "call_id": id,
                "name": name,
                "arguments": wire::arguments(arguments),
            })),
            ChatPart::Image { media_type, .. } => body.left_out(media_type),
            ChatPart::File { name, .. } => body.left_out(name),
            ChatPart::Text(_) | ChatPart::Reasoning { .. } | ChatPart::ToolResult { .. } => {}
        }
    }
}
