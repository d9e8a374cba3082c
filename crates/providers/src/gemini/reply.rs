//! What the frames of `streamGenerateContent` say. A document is the same frames in a list.

use std::collections::BTreeSet;

use fluxchat_model::{Dialect, Usage};
use serde_json::{Value, json};

use crate::json::{count, each, text, word};
use crate::normalise::RemoteError;
use crate::wire::{Frames, Out};
use crate::{FinishReason, Sealed, ToolCallDelta};

/// Calls that came without an id get one that begins so; it is not sent back.
pub(super) const OWN_ID: &str = "unnamed_call_";

/// Reads one answer. Tool calls come whole; usage is told with every frame, and the last counts.
#[derive(Default)]
pub(super) struct Reader {
    calls: u64,
    cited: BTreeSet<(String, String)>,
}

impl Frames for Reader {
    fn frame(&mut self, _event: &str, json: &Value, out: &mut Out) {
        out.start(word(json, "modelVersion"));
        for candidate in each(json.get("candidates")) {
            if candidate.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 {
                self.read_candidate(candidate, text(json, "responseId"), out);
            }
        }
        if let Some(usage) = json.get("usageMetadata").and_then(usage) {
            out.usage(usage);
        }
        let blocked = json.get("promptFeedback").and_then(|feedback| {
            let reason = word(feedback, "blockReason")?;
            let is_said = reason != "BLOCKED_REASON_UNSPECIFIED";
            is_said.then(|| word(feedback, "blockReasonMessage").unwrap_or(reason))
        });
        if let Some(message) = blocked {
            out.fail(&RemoteError {
                message: message.to_owned(),
                kind: "content_policy".to_owned(),
                ..RemoteError::default()
            });
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        let is_one = |json: &Value| {
            ["candidates", "promptFeedback"]
                .iter()
                .any(|name| json.get(name).is_some())
        };
        is_one(json) || each(Some(json)).any(is_one)
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        if json.is_object() {
            return self.frame("", json, out);
        }
        for frame in each(Some(json)) {
            match RemoteError::from_frame(frame) {
                Some(error) => return out.fail(&error),
                None => self.frame("", frame, out),
            }
        }
    }
}

impl Reader {
    fn read_candidate(&mut self, candidate: &Value, answer: &str, out: &mut Out) {
        for part in each(candidate.pointer("/content/parts")) {
            self.read_part(part, answer, out);
        }
        self.cite(candidate, out);
        match word(candidate, "finishReason") {
            None | Some("" | "FINISH_REASON_UNSPECIFIED") => {}
            Some("STOP") if self.calls > 0 => out.reason(FinishReason::ToolCalls),
            Some("STOP") => out.reason(FinishReason::Stop),
            Some("MAX_TOKENS") => out.reason(FinishReason::Length),
            Some(
                "SAFETY"
                | "RECITATION"
                | "BLOCKLIST"
                | "PROHIBITED_CONTENT"
                | "SPII"
                | "IMAGE_SAFETY"
                | "IMAGE_PROHIBITED_CONTENT"
                | "IMAGE_RECITATION"
                | "MODEL_ARMOR",
            ) => out.reason(FinishReason::ContentFilter),
            Some(reason @ "MISSING_THOUGHT_SIGNATURE") => out.fail(&RemoteError {
                message: word(candidate, "finishMessage")
                    .unwrap_or(reason)
                    .to_owned(),
                kind: "invalid_request".to_owned(),
                ..RemoteError::default()
            }),
            Some(other) => out.other_reason(other),
        }
    }

    fn read_part(&mut self, part: &Value, answer: &str, out: &mut Out) {
        let is_thought = part.get("thought").and_then(Value::as_bool) == Some(true);
        let signature = word(part, "thoughtSignature").filter(|it| !it.is_empty());
        let sealed = signature.map(|signature| Sealed {
            dialect: Dialect::Gemini,
            data: if is_thought {
                json!({"thought": true, "thoughtSignature": signature})
            } else {
                json!({"thoughtSignature": signature})
            },
        });
        if let Some(call) = part.get("functionCall").filter(|it| it.is_object()) {
            return self.read_call(call, sealed, answer, out);
        }
        if is_thought {
            out.reasoning(text(part, "text"));
        } else {
            out.text(text(part, "text"));
        }
        if let Some(sealed) = sealed {
            out.sealed(sealed);
        }
    }

    fn read_call(&mut self, call: &Value, sealed: Option<Sealed>, answer: &str, out: &mut Out) {
        let place = self.calls;
        self.calls += 1;
        let id = word(call, "id").filter(|id| !id.is_empty());
        let arguments = call.get("args").filter(|it| it.is_object());
        out.tool_call(
            place,
            ToolCallDelta {
                id: Some(id.map_or_else(|| format!("{OWN_ID}{answer}{place}"), str::to_owned)),
                name: word(call, "name").map(str::to_owned),
                arguments: arguments.map_or_else(|| "{}".to_owned(), Value::to_string),
                sealed,
                ..ToolCallDelta::default()
            },
        );
    }

    fn cite(&mut self, candidate: &Value, out: &mut Out) {
        let grounding =
            each(candidate.pointer("/groundingMetadata/groundingChunks")).filter_map(|chunk| {
                ["web", "retrievedContext", "maps"]
                    .iter()
                    .find_map(|kind| chunk.get(kind))
            });
        let recited = each(candidate.pointer("/citationMetadata/citations"));
        for source in grounding.chain(recited) {
            let target = word(source, "uri").unwrap_or_else(|| text(source, "documentName"));
            let title = word(source, "title").unwrap_or_else(|| text(source, "domain"));
            if self.cited.insert((title.to_owned(), target.to_owned())) {
                out.citation(title, target);
            }
        }
    }
}

/// Thoughts are counted beside the answer here; elsewhere, and in ours, they are a part of it.
pub(crate) fn usage(json: &Value) -> Option<Usage> {
    let prompt = count(json, "/promptTokenCount");
    let answer = count(json, "/candidatesTokenCount");
    let thoughts = count(json, "/thoughtsTokenCount");
    if prompt.is_none() && answer.is_none() && thoughts.is_none() {
        return None;
    }
    let tools = count(json, "/toolUsePromptTokenCount").unwrap_or(0);
    Some(Usage {
        input_tokens: prompt.unwrap_or(0).saturating_add(tools),
        output_tokens: answer.unwrap_or(0).saturating_add(thoughts.unwrap_or(0)),
        reasoning_tokens: thoughts,
        cached_tokens: count(json, "/cachedContentTokenCount"),
        ..Usage::default()
    })
}
