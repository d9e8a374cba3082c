//! What one line of a stream says.

use fluxchat_model::{Dialect, Usage};
use serde_json::{Value, json};

use crate::wire::{Frames, Out};
use crate::{FinishReason, Sealed, ToolCallDelta};

/// The field of what was thought.
pub(super) const THINKING: &str = "thinking";

/// Reads lines.
#[derive(Default)]
pub(super) struct Reader {
    /// Calls so far: each comes whole, and older versions give them no name.
    calls: u64,
    /// What it thought, which it wants back with the calls it led to.
    thought: String,
}

impl Frames for Reader {
    fn frame(&mut self, _: &str, json: &Value, out: &mut Out) {
        out.start(string(json, "model"));
        if let Some(message) = json.get("message") {
            // What answers in Ollama's place may use the word of others.
            let thought = [THINKING, "reasoning_content"]
                .iter()
                .find_map(|name| string(message, name).filter(|text| !text.is_empty()))
                .unwrap_or_default();
            self.thought.push_str(thought);
            out.reasoning(thought);
            out.content(string(message, "content").unwrap_or_default());
            let calls = message.get("tool_calls").and_then(Value::as_array);
            for call in calls.into_iter().flatten() {
                self.call(call, out);
            }
        }
        if let Some(usage) = usage(json) {
            out.usage(usage);
        }
        if json.get("done").and_then(Value::as_bool) == Some(true) {
            match string(json, "done_reason") {
                Some("length") => out.reason(FinishReason::Length),
                None | Some("stop" | "") if self.calls > 0 => out.reason(FinishReason::ToolCalls),
                None | Some("stop" | "") => out.reason(FinishReason::Stop),
                Some(other) => out.other_reason(other),
            }
            out.end();
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        json.get("message").is_some_and(Value::is_object)
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        self.frame("", json, out);
    }

    fn end(&mut self, out: &mut Out) {
        if self.calls > 0 && !self.thought.is_empty() {
            out.sealed(Sealed {
                dialect: Dialect::Ollama,
                data: json!({THINKING: std::mem::take(&mut self.thought)}),
            });
        }
    }
}

impl Reader {
    fn call(&mut self, call: &Value, out: &mut Out) {
        let Some(function) = call.get("function") else {
            return;
        };
        let place = self.calls;
        self.calls = self.calls.saturating_add(1);
        let arguments = match function.get("arguments") {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => "{}".to_owned(),
            Some(json) => json.to_string(),
        };
        out.tool_call(
            place,
            ToolCallDelta {
                id: Some(
                    string(call, "id")
                        .filter(|id| !id.is_empty())
                        .map_or_else(|| format!("call_{place}"), str::to_owned),
                ),
                name: string(function, "name").map(str::to_owned),
                arguments,
                ..ToolCallDelta::default()
            },
        );
    }
}

/// A prompt that is in the cache whole is not counted.
fn usage(json: &Value) -> Option<Usage> {
    let count = |name: &str| {
        let count = json.get(name)?.as_u64()?;
        Some(u32::try_from(count).unwrap_or(u32::MAX))
    };
    let (input, output) = (count("prompt_eval_count"), count("eval_count"));
    (input.is_some() || output.is_some()).then(|| Usage {
        input_tokens: input.unwrap_or(0),
        output_tokens: output.unwrap_or(0),
        ..Usage::default()
    })
}

fn string<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}
