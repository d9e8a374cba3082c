//! What the frames of `streamGenerateContent` say. A document is the same frames in a list.

use fluxchat_model::{Dialect, Usage};
use serde_json::{Value, json};

use crate::json::{count, each, text, word};
use crate::normalise::RemoteError;
use crate::wire::{At, Frames, Out, Told};
use crate::{FinishReason, Sealed, ToolCallDelta};

/// Calls that came without an id get one that begins so; it is not sent back.
pub(super) const OWN_ID: &str = "unnamed_call_";

/// Reads one answer. Tool calls come whole; usage is told with every frame, and the last counts.
#[derive(Default)]
pub(super) struct Reader {
    calls: u64,
    /// Where the parts with these numbers began in the answer, each where it came first: in a stream
    /// every frame counts anew, and the places are those of the whole.
    parts: Vec<At>,
    looked_for: usize,
}

/// More parts than this are read, but not where they begin.
const MOST_PARTS: usize = 1_000;
/// So often words that are not where they are said to be are looked for.
const MOST_LOOKED_FOR: usize = 500;

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
        for (at, part) in each(candidate.pointer("/content/parts")).enumerate() {
            if at == self.parts.len() && at < MOST_PARTS {
                self.parts.push(out.now());
            }
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
        let chunks: Vec<Option<(&str, &str)>> =
            each(candidate.pointer("/groundingMetadata/groundingChunks"))
                .map(|chunk| {
                    let kinds = ["web", "retrievedContext", "maps"];
                    kinds.iter().find_map(|kind| chunk.get(kind)).map(named)
                })
                .collect();
        for (title, target) in chunks.iter().flatten() {
            out.citation(title, target);
        }
        for support in each(candidate.pointer("/groundingMetadata/groundingSupports")) {
            let Some(told) = self.told(&support["segment"], out) else {
                continue;
            };
            for index in each(support.get("groundingChunkIndices")) {
                let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
                if let Some(Some((title, target))) = index.and_then(|index| chunks.get(index)) {
                    out.citation_of(title, target, Some(told));
                }
            }
        }
        for recited in each(candidate.pointer("/citationMetadata/citations")) {
            let (title, target) = named(recited);
            // Counted in nothing that is documented; it stands below the answer alone.
            out.citation(title, target);
        }
    }

    /// Which words a segment is, in bytes of a part. Some answers name no part where the words are
    /// not in the first, so the words themselves decide where they are told.
    fn told(&mut self, segment: &Value, out: &Out) -> Option<Told> {
        let index = |name: &str| segment.get(name).and_then(Value::as_u64).unwrap_or(0);
        let (start, end) = (index("startIndex"), index("endIndex"));
        let part = usize::try_from(index("partIndex")).ok();
        let part = part.and_then(|part| self.parts.get(part)).copied();
        let of_part = Told::Bytes(part.unwrap_or_default(), start, end);
        let of_whole = Told::Bytes(At::default(), start, end);
        let words = text(segment, "text");
        if words.is_empty() {
            return (start < end).then_some(of_part);
        }
        self.looked_for += 1;
        (self.looked_for <= MOST_LOOKED_FOR)
            .then(|| out.find([of_part, of_whole], words))
            .flatten()
    }
}

/// What a source is called and where it is.
fn named(source: &Value) -> (&str, &str) {
    (
        word(source, "title").unwrap_or_else(|| text(source, "domain")),
        word(source, "uri").unwrap_or_else(|| text(source, "documentName")),
    )
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
