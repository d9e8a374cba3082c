//! What one frame of a stream, or one document, says.

use fluxchat_model::Usage;
use serde_json::Value;

use super::Reading;
use crate::normalise::{RemoteError, safe_message};
use crate::{ChatEvent, FinishReason, ToolCallDelta};

impl Reading {
    pub(super) fn read_frame(&mut self, json: &Value) {
        let groq = json.get("x_groq");
        if let Some(error) =
            RemoteError::from_frame(json).or_else(|| groq.and_then(RemoteError::from_frame))
        {
            return self.fail(error.classify(200, None, self.credential.as_ref()));
        }
        if self.frames == 1 {
            self.give(ChatEvent::Started {
                model: string(json, "model").map(str::to_owned),
            });
        }
        if let Some(allowed) = json.get("training_allowed").and_then(Value::as_bool) {
            self.echo(allowed);
        }
        let choices = json.get("choices").and_then(Value::as_array);
        for choice in choices.into_iter().flatten() {
            if choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 {
                self.read_choice(choice);
            }
        }
        let usage = [json.get("usage"), groq.and_then(|it| it.get("usage"))]
            .into_iter()
            .flatten()
            .find_map(read_usage);
        if let Some(usage) = usage
            && self.usage != Some(usage)
        {
            self.usage = Some(usage);
            self.give(ChatEvent::Usage(usage));
        }
    }

    fn read_choice(&mut self, choice: &Value) {
        if let Some(delta) = ["delta", "message"]
            .iter()
            .find_map(|name| choice.get(name).filter(|it| it.is_object()))
        {
            self.read_delta(delta);
        } else if let Some(text) = string(choice, "text") {
            self.content(text);
        }
        match string(choice, "finish_reason") {
            None | Some("") => {}
            Some("error") => {
                let said = RemoteError::default();
                self.fail(said.classify(200, None, None));
            }
            Some(reason) => {
                self.reason = Some(match reason {
                    "stop" | "end_turn" | "eos" => FinishReason::Stop,
                    "length" | "model_length" | "max_tokens" => FinishReason::Length,
                    "tool_calls" | "function_call" => FinishReason::ToolCalls,
                    "content_filter" => FinishReason::ContentFilter,
                    other => FinishReason::Other(safe_message(other, None)),
                });
            }
        }
    }

    fn read_delta(&mut self, delta: &Value) {
        let reasoning = ["reasoning_content", "reasoning"]
            .iter()
            .find_map(|name| string(delta, name).filter(|text| !text.is_empty()));
        if let Some(reasoning) = reasoning {
            self.give(ChatEvent::Reasoning(reasoning.to_owned()));
        }
        match delta.get("content") {
            Some(Value::String(text)) => self.content(text),
            Some(Value::Array(parts)) => parts.iter().for_each(|part| self.read_part(part)),
            _ => {}
        }
        if let Some(refusal) = string(delta, "refusal") {
            self.content(refusal);
        }
        let calls = delta.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            self.read_call(call, call.get("function"));
        }
        if let Some(function) = delta.get("function_call").filter(|it| it.is_object()) {
            self.read_call(&Value::Null, Some(function));
        }
        self.read_citations(delta);
    }

    /// Mistral: content as a list of parts.
    fn read_part(&mut self, part: &Value) {
        match string(part, "type") {
            Some("thinking") => match part.get("thinking") {
                Some(Value::String(text)) => self.reasoning(text),
                Some(Value::Array(inner)) => inner
                    .iter()
                    .filter_map(|it| string(it, "text"))
                    .for_each(|text| self.reasoning(text)),
                _ => {}
            },
            _ => {
                if let Some(text) = string(part, "text") {
                    self.content(text);
                }
            }
        }
    }

    fn read_call(&mut self, call: &Value, function: Option<&Value>) {
        let place = call.get("index").and_then(Value::as_u64).unwrap_or(0);
        let id = string(call, "id").filter(|id| !id.is_empty());
        let known = self.calls.iter().rposition(|(at, _)| *at == place);
        let ours = match known {
            // vLLM: a new id at a place already taken is a new call.
            Some(at) if id.is_none() || self.calls[at].1.as_deref() == id => at,
            _ => {
                self.calls.push((place, id.map(str::to_owned)));
                self.calls.len() - 1
            }
        };
        let arguments = match function.and_then(|it| it.get("arguments")) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(json) => json.to_string(),
        };
        self.give(ChatEvent::ToolCall(ToolCallDelta {
            index: u32::try_from(ours).unwrap_or(u32::MAX),
            id: id.map(str::to_owned),
            name: function
                .and_then(|it| string(it, "name"))
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            arguments,
        }));
    }

    fn read_citations(&mut self, delta: &Value) {
        let list = |name: &str| {
            delta
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let ours = list("citations").map(|it| (it, "target"));
        let standard = list("annotations")
            .filter_map(|it| it.get("url_citation"))
            .map(|it| (it, "url"));
        let found: Vec<_> = ours
            .chain(standard)
            .filter_map(|(it, key)| {
                let target = string(it, key).filter(|target| !target.is_empty())?;
                let title = string(it, "title").filter(|title| !title.is_empty());
                Some((
                    safe_message(title.unwrap_or(target), None),
                    target.to_owned(),
                ))
            })
            .collect();
        for (title, target) in found {
            self.give(ChatEvent::Citation { title, target });
        }
    }

    fn content(&mut self, text: &str) {
        let mut pieces = Vec::new();
        self.think.push(text, &mut pieces);
        self.give_pieces(pieces);
    }

    fn reasoning(&mut self, text: &str) {
        if !text.is_empty() {
            self.give(ChatEvent::Reasoning(text.to_owned()));
        }
    }
}

fn string<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}

fn read_usage(json: &Value) -> Option<Usage> {
    let count = |paths: &[&str]| {
        paths
            .iter()
            .filter_map(|path| json.pointer(path).and_then(Value::as_u64))
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX))
            .next()
    };
    let input = count(&["/prompt_tokens", "/input_tokens"]);
    let output = count(&["/completion_tokens", "/output_tokens"]);
    if input.is_none() && output.is_none() {
        return None;
    }
    Some(Usage {
        input_tokens: input.unwrap_or(0),
        output_tokens: output.unwrap_or(0),
        reasoning_tokens: count(&["/completion_tokens_details/reasoning_tokens"]),
        cached_tokens: count(&[
            "/prompt_tokens_details/cached_tokens",
            "/prompt_cache_hit_tokens",
        ]),
    })
}
