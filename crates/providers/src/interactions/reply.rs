//! What the events of an Interactions stream, or its whole document, say.

use std::collections::BTreeMap;

use fluxchat_model::{Dialect, Usage};
use serde_json::{Value, json};

use crate::json::{count, each, text, word};
use crate::normalise::RemoteError;
use crate::wire::{At, Frames, Out, Told};
use crate::{FinishReason, ProviderError, Sealed, ToolCallDelta};

/// Steps of a whole document are counted from here, beside those of a stream.
const DOCUMENT: u64 = 1 << 32;

#[derive(Default)]
struct Step {
    call: Option<u64>,
    /// A call came with its arguments, which pieces would repeat.
    whole: bool,
    thought: bool,
    /// Where its words begin in the answer.
    begins: Option<At>,
}

/// Reads one answer. The interaction at the end may list no steps, so the pieces are what counts.
#[derive(Default)]
pub(super) struct Reader {
    steps: BTreeMap<u64, Step>,
    calls: u64,
    has_text: bool,
    has_thought: bool,
}

impl Frames for Reader {
    /// Some servers leave the `event:` line out; the type inside counts.
    fn frame(&mut self, event: &str, json: &Value, out: &mut Out) {
        let kind = word(json, "event_type").unwrap_or(event);
        if kind.is_empty() && self.is_answer(json) {
            return self.document(json, out);
        }
        if kind == "error" {
            return out.fail(&RemoteError::default());
        }
        out.start(json.pointer("/interaction/model").and_then(Value::as_str));
        let at = json.get("index").and_then(Value::as_u64).unwrap_or(0);
        match kind {
            "step.start" | "content.start" => {
                let step = json.get("step").or_else(|| json.get("content"));
                self.open(at, step.unwrap_or(&Value::Null), out);
            }
            "step.delta" | "content.delta" => self.piece(at, &json["delta"], out),
            "interaction.completed" | "interaction.complete" => {
                self.finish(&json["interaction"], out);
            }
            // What is only on its way is told by its pieces.
            "interaction.status_update"
                if matches!(
                    text(json, "status"),
                    "failed" | "cancelled" | "budget_exceeded"
                ) =>
            {
                self.end(text(json, "status"), json, out);
            }
            _ => {}
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        json.get("status").is_some_and(Value::is_string)
            && (json.get("steps").is_some() || json.get("outputs").is_some())
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        out.start(word(json, "model"));
        self.finish(json, out);
    }
}

impl Reader {
    fn open(&mut self, at: u64, step: &Value, out: &mut Out) {
        self.steps.insert(at, Step::default());
        match word(step, "type").unwrap_or_default() {
            "function_call" => self.open_call(at, step, out),
            "thought" => {
                for part in each(step.get("summary")) {
                    self.think(at, text(part, "text"), out);
                }
                self.sign(text(step, "signature"), out);
            }
            "model_output" => {
                for part in each(step.get("content")) {
                    self.steps.insert(at, Step::default());
                    self.read_text(at, part, out);
                }
            }
            // Older: a step is its content.
            "text" => self.read_text(at, step, out),
            _ => {}
        }
    }

    fn piece(&mut self, at: u64, delta: &Value, out: &mut Out) {
        match word(delta, "type").unwrap_or_default() {
            "text" => self.read_text(at, delta, out),
            "text_annotation_delta" => {
                let begins = self.steps.get(&at).and_then(|step| step.begins);
                cite(delta.get("annotations"), begins, out);
            }
            "thought_summary" => {
                let words = delta.pointer("/content/text").and_then(Value::as_str);
                self.think(at, words.unwrap_or_default(), out);
            }
            "thought_signature" => self.sign(text(delta, "signature"), out),
            "arguments_delta" => self.argue(at, text(delta, "arguments"), out),
            // Older: a call comes whole.
            "function_call" => self.open_call(at, delta, out),
            _ => {}
        }
    }

    fn read_text(&mut self, at: u64, part: &Value, out: &mut Out) {
        let words = text(part, "text");
        self.has_text |= !words.is_empty();
        let step = self.steps.entry(at).or_default();
        let begins = *step.begins.get_or_insert_with(|| out.now());
        out.text(words);
        cite(part.get("annotations"), Some(begins), out);
    }

    fn think(&mut self, at: u64, words: &str, out: &mut Out) {
        if words.is_empty() {
            return;
        }
        let step = self.steps.entry(at).or_default();
        let begins = !std::mem::replace(&mut step.thought, true);
        if std::mem::replace(&mut self.has_thought, true) && begins {
            out.reasoning("\n\n");
        }
        out.reasoning(words);
    }

    /// A signature goes back as the thought it stood in.
    fn sign(&mut self, signature: &str, out: &mut Out) {
        if !signature.is_empty() {
            out.sealed(Sealed {
                dialect: Dialect::Interactions,
                data: json!({"type": "thought", "signature": signature}),
            });
        }
    }

    fn open_call(&mut self, at: u64, step: &Value, out: &mut Out) {
        let place = self.calls;
        self.calls += 1;
        // An empty object stands for arguments that are still to come.
        let arguments = step
            .get("arguments")
            .filter(|it| it.as_object().is_some_and(|it| !it.is_empty()));
        let open = self.steps.entry(at).or_default();
        open.call = Some(place);
        open.whole = arguments.is_some();
        out.tool_call(
            place,
            ToolCallDelta {
                id: word(step, "id").map(str::to_owned),
                name: word(step, "name").map(str::to_owned),
                arguments: arguments.map(Value::to_string).unwrap_or_default(),
                ..ToolCallDelta::default()
            },
        );
    }

    fn argue(&mut self, at: u64, piece: &str, out: &mut Out) {
        let open = self.steps.get(&at).filter(|step| !step.whole);
        if let Some(place) = open.and_then(|step| step.call)
            && !piece.is_empty()
        {
            out.tool_call(
                place,
                ToolCallDelta {
                    arguments: piece.to_owned(),
                    ..ToolCallDelta::default()
                },
            );
        }
    }

    fn finish(&mut self, interaction: &Value, out: &mut Out) {
        let nothing_came = !self.has_text && self.calls == 0;
        let had_thought = self.has_thought;
        let steps = ["steps", "outputs"]
            .iter()
            .find_map(|name| interaction.get(name));
        for (at, step) in (DOCUMENT..).zip(each(steps)) {
            let is_told = had_thought && word(step, "type") == Some("thought");
            if nothing_came && !is_told {
                self.open(at, step, out);
            }
        }
        if let Some(usage) = interaction.get("usage").and_then(usage) {
            out.usage(usage);
        }
        let status = word(interaction, "status").unwrap_or("completed");
        self.end(status, interaction, out);
    }

    fn end(&mut self, status: &str, json: &Value, out: &mut Out) {
        match status {
            "failed" => {
                return out.fail(&RemoteError::from_document(json).unwrap_or_default());
            }
            "budget_exceeded" => {
                return out.fail(&RemoteError {
                    message: "budget_exceeded".to_owned(),
                    kind: "billing".to_owned(),
                    ..RemoteError::default()
                });
            }
            "cancelled" => {
                return out.fail_with(ProviderError::Interrupted {
                    how: "It was stopped at the source.",
                });
            }
            "incomplete" => out.reason(FinishReason::Length),
            "requires_action" => out.reason(FinishReason::ToolCalls),
            "completed" if self.calls > 0 => out.reason(FinishReason::ToolCalls),
            "completed" => out.reason(FinishReason::Stop),
            other => out.other_reason(other),
        }
        out.end();
    }
}

/// What words rest on that begin there. Google counts bytes.
fn cite(annotations: Option<&Value>, begins: Option<At>, out: &mut Out) {
    for annotation in each(annotations) {
        let first = |names: &[&str]| {
            names
                .iter()
                .map(|name| text(annotation, name))
                .find(|it| !it.is_empty())
                .unwrap_or_default()
        };
        let target = first(&["url", "document_uri", "source", "file_name"]);
        let title = first(&["title", "name", "file_name"]);
        let told = begins.and_then(|at| Told::bytes(at, annotation));
        out.citation_of(title, target, told);
    }
}

/// Whether thoughts are counted in the answer or beside it, the sum tells.
fn usage(json: &Value) -> Option<Usage> {
    let input = count(json, "/total_input_tokens");
    let output = count(json, "/total_output_tokens");
    if input.is_none() && output.is_none() {
        return None;
    }
    let tools = count(json, "/total_tool_use_tokens").unwrap_or(0);
    let thoughts = count(json, "/total_thought_tokens");
    let (read, said) = (
        input.unwrap_or(0).saturating_add(tools),
        output.unwrap_or(0),
    );
    let are_included = count(json, "/total_tokens") == Some(read.saturating_add(said));
    let beside = thoughts.filter(|_| !are_included).unwrap_or(0);
    Some(Usage {
        input_tokens: read,
        output_tokens: said.saturating_add(beside),
        reasoning_tokens: thoughts,
        cached_tokens: count(json, "/total_cached_tokens"),
        ..Usage::default()
    })
}
