//! What the events of a Responses stream, or its whole document, say.

use std::collections::BTreeSet;

use fluxchat_model::{Dialect, Usage};
use serde_json::{Value, json};

use crate::json::{count, each, text, word};
use crate::normalise::RemoteError;
use crate::openai::cost;
use crate::wire::{At, Frames, Out, Told};
use crate::{FinishReason, ProviderError, Sealed, ToolCallDelta};

/// A message of more parts than this is read, but not where its further parts begin.
const MOST_PARTS: usize = 1_000;

/// Which of the two tellings of a piece of reasoning is read: a source may give the summary, the
/// words themselves, or both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    Summary,
    Words,
}

struct Call {
    item: String,
    /// Pieces of its arguments have come.
    begun: bool,
}

/// Reads one answer. Items are found by their id: llama-server tells no index and closes the
/// reasoning after the text.
#[derive(Default)]
pub(super) struct Reader {
    /// The item of reasoning that is told, and how.
    reasoning: Option<(String, Telling)>,
    reasoned: BTreeSet<String>,
    sealed: BTreeSet<String>,
    /// The part of text that is open has words already.
    spoken: bool,
    /// So has the message it belongs to.
    item_spoken: bool,
    has_text: bool,
    refused: bool,
    calls: Vec<Call>,
    /// Where the message begins in the answer, and where its parts do.
    begins: At,
    parts: Vec<At>,
}

impl Frames for Reader {
    /// The type inside counts; the `event:` line stands in where there is none.
    fn frame(&mut self, event: &str, json: &Value, out: &mut Out) {
        if word(json, "object") == Some("response") {
            return self.document(json, out);
        }
        let kind = word(json, "type").unwrap_or(event);
        if matches!(kind, "error" | "response.error") {
            return out.fail(&remote_error(json));
        }
        out.start(json.pointer("/response/model").and_then(Value::as_str));
        let item = word(json, "item_id").unwrap_or_default();
        let delta = word(json, "delta").unwrap_or_default();
        match kind {
            "response.output_item.added" => self.open_item(&json["item"], out),
            "response.output_item.done" => self.close_item(&json["item"], out),
            "response.content_part.added" => self.open_part(out),
            "response.content_part.done" => {
                Self::cite(json.pointer("/part/annotations"), self.part(json), out);
            }
            "response.output_text.delta" => self.speak(delta, out),
            "response.output_text.done" if !self.spoken => self.speak(text(json, "text"), out),
            "response.output_text.annotation.added" => {
                Self::cite_one(&json["annotation"], self.part(json), out);
            }
            "response.refusal.delta" => self.refuse(delta, out),
            "response.refusal.done" if !self.spoken => self.refuse(text(json, "refusal"), out),
            "response.reasoning_summary_part.added" if self.reasoned.contains(item) => {
                self.think(item, Telling::Summary, "\n\n", out);
            }
            "response.reasoning_summary_text.delta" => {
                self.think(item, Telling::Summary, delta, out);
            }
            "response.reasoning_text.delta" => self.think(item, Telling::Words, delta, out),
            "response.function_call_arguments.delta" => self.argue(item, delta, out),
            "response.function_call_arguments.done" => {
                self.argue_whole(item, text(json, "arguments"), out);
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.cancelled" => {
                let status = kind.trim_start_matches("response.");
                self.finish(&json["response"], status, out);
            }
            _ => {}
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        json.get("output").is_some_and(Value::is_array)
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        out.start(word(json, "model"));
        self.finish(json, "completed", out);
    }
}

impl Reader {
    fn open_item(&mut self, item: &Value, out: &mut Out) {
        match word(item, "type") {
            Some("message") => {
                self.spoken = false;
                self.item_spoken = false;
                self.begins = out.now();
                self.parts.clear();
            }
            Some("function_call") => self.open_call(item, out),
            _ => {}
        }
    }

    fn close_item(&mut self, item: &Value, out: &mut Out) {
        match word(item, "type") {
            Some("message") => self.close_message(item, out),
            Some("reasoning") => self.close_reasoning(item, out),
            Some("function_call") => {
                self.open_call(item, out);
                self.argue_whole(id_of(item), text(item, "arguments"), out);
            }
            _ => {}
        }
    }

    /// What no delta brought is told now.
    fn close_message(&mut self, item: &Value, out: &mut Out) {
        let spoken = self.item_spoken;
        for (at, part) in each(item.get("content")).enumerate() {
            let begins = match spoken {
                true => self.parts.get(at).copied().unwrap_or(self.begins),
                false => out.now(),
            };
            match word(part, "type") {
                Some("refusal") if !spoken => self.refuse(text(part, "refusal"), out),
                Some("refusal") => self.refused = true,
                _ if !spoken => self.speak(text(part, "text"), out),
                _ => {}
            }
            Self::cite(part.get("annotations"), begins, out);
        }
        self.item_spoken = true;
    }

    fn close_reasoning(&mut self, item: &Value, out: &mut Out) {
        let id = id_of(item);
        if !self.reasoned.contains(id) {
            let (summary, words) = (told(item, "summary"), told(item, "content"));
            if summary.is_empty() {
                self.think(id, Telling::Words, &words, out);
            } else {
                self.think(id, Telling::Summary, &summary, out);
            }
        }
        // Only what is sealed can be given back to a source that keeps nothing.
        let seal = word(item, "encrypted_content").filter(|seal| !seal.is_empty());
        if let Some(seal) = seal
            && self.sealed.insert(id.to_owned())
        {
            let summary = item.get("summary").filter(|it| it.is_array());
            out.sealed(Sealed {
                dialect: Dialect::Responses,
                data: json!({
                    "type": "reasoning",
                    "id": id,
                    "summary": summary.unwrap_or(&json!([])),
                    "encrypted_content": seal,
                }),
            });
        }
    }

    fn finish(&mut self, response: &Value, status: &str, out: &mut Out) {
        let nothing_came = !self.has_text && self.calls.is_empty() && self.reasoned.is_empty();
        for item in each(response.get("output")).filter(|_| nothing_came) {
            self.open_item(item, out);
            self.close_item(item, out);
        }
        if let Some(usage) = response.get("usage").and_then(usage) {
            out.usage(usage);
        }
        match word(response, "status").unwrap_or(status) {
            "failed" => return out.fail(&remote_error(response)),
            "cancelled" => {
                return out.fail_with(ProviderError::Interrupted {
                    how: "It was stopped at the source.",
                });
            }
            "incomplete" => match response
                .pointer("/incomplete_details/reason")
                .and_then(Value::as_str)
            {
                Some("max_output_tokens") => out.reason(FinishReason::Length),
                Some("content_filter") => out.reason(FinishReason::ContentFilter),
                Some(other) => out.other_reason(other),
                None => out.reason(FinishReason::NotStated),
            },
            _ if self.refused => out.reason(FinishReason::ContentFilter),
            _ if !self.calls.is_empty() => out.reason(FinishReason::ToolCalls),
            _ => out.reason(FinishReason::Stop),
        }
        out.end();
    }

    fn speak(&mut self, words: &str, out: &mut Out) {
        if !words.is_empty() {
            self.spoken = true;
            self.item_spoken = true;
            self.has_text = true;
            out.text(words);
        }
    }

    fn refuse(&mut self, words: &str, out: &mut Out) {
        self.refused = true;
        self.speak(words, out);
    }

    fn think(&mut self, item: &str, telling: Telling, words: &str, out: &mut Out) {
        if words.is_empty() {
            return;
        }
        match &self.reasoning {
            Some((told, first)) if told == item && *first != telling => return,
            Some((told, _)) if told == item => {}
            _ => {
                if !self.reasoned.is_empty() {
                    out.reasoning("\n\n");
                }
                self.reasoning = Some((item.to_owned(), telling));
            }
        }
        self.reasoned.insert(item.to_owned());
        out.reasoning(words);
    }

    fn open_call(&mut self, item: &Value, out: &mut Out) {
        let id = id_of(item);
        if out.is_over() || self.calls.iter().any(|call| call.item == id) {
            return;
        }
        let call_id = word(item, "call_id").unwrap_or(id);
        out.tool_call(
            place(self.calls.len()),
            ToolCallDelta {
                id: Some(call_id.to_owned()),
                name: word(item, "name").map(str::to_owned),
                ..ToolCallDelta::default()
            },
        );
        self.calls.push(Call {
            item: id.to_owned(),
            begun: false,
        });
    }

    fn argue(&mut self, item: &str, piece: &str, out: &mut Out) {
        // Without an id it belongs to the newest call.
        let newest = self.calls.len().checked_sub(1).filter(|_| item.is_empty());
        let found = self.calls.iter().rposition(|call| call.item == item);
        let Some(at) = found.or(newest).filter(|_| !piece.is_empty()) else {
            return;
        };
        self.calls[at].begun = true;
        out.tool_call(
            place(at),
            ToolCallDelta {
                arguments: piece.to_owned(),
                ..ToolCallDelta::default()
            },
        );
    }

    fn argue_whole(&mut self, item: &str, arguments: &str, out: &mut Out) {
        if self
            .calls
            .iter()
            .any(|call| call.item == item && !call.begun)
        {
            self.argue(item, arguments, out);
        }
    }

    fn open_part(&mut self, out: &Out) {
        self.spoken = false;
        if self.parts.len() < MOST_PARTS {
            self.parts.push(out.now());
        }
    }

    /// Where the part begins that an event is about.
    fn part(&self, json: &Value) -> At {
        let index = json.get("content_index").and_then(Value::as_u64);
        let index = index.and_then(|index| usize::try_from(index).ok());
        let known = index.and_then(|index| self.parts.get(index));
        known.or(self.parts.last()).copied().unwrap_or(self.begins)
    }

    fn cite(annotations: Option<&Value>, part: At, out: &mut Out) {
        for annotation in each(annotations) {
            Self::cite_one(annotation, part, out);
        }
    }

    fn cite_one(annotation: &Value, part: At, out: &mut Out) {
        // Chat Completions nests it; some gateways do here, too.
        let annotation = annotation.get("url_citation").unwrap_or(annotation);
        let first = |names: &[&str]| {
            names
                .iter()
                .map(|name| text(annotation, name))
                .find(|it| !it.trim().is_empty())
                .unwrap_or_default()
        };
        let target = first(&["url", "filename", "file_id"]);
        let title = first(&["title", "filename"]);
        out.citation_of(title, target, Told::characters(part, annotation));
    }
}

/// The words of a list of parts.
fn told(item: &Value, name: &str) -> String {
    each(item.get(name))
        .map(|part| text(part, "text"))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn id_of(item: &Value) -> &str {
    word(item, "id").unwrap_or_else(|| text(item, "call_id"))
}

fn place(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}

fn usage(json: &Value) -> Option<Usage> {
    let input = count(json, "/input_tokens");
    let output = count(json, "/output_tokens");
    if input.is_none() && output.is_none() {
        return None;
    }
    Some(Usage {
        input_tokens: input.unwrap_or(0),
        output_tokens: output.unwrap_or(0),
        reasoning_tokens: count(json, "/output_tokens_details/reasoning_tokens"),
        cached_tokens: count(json, "/input_tokens_details/cached_tokens"),
        cache_written_tokens: count(json, "/input_tokens_details/cache_write_tokens"),
        cost: cost(json),
        ..Usage::default()
    })
}

/// `{"type":"error","code","message","param"}`, or the `error` of a response that failed.
fn remote_error(json: &Value) -> RemoteError {
    let said = json
        .get("error")
        .filter(|it| it.is_object())
        .unwrap_or(json);
    RemoteError {
        message: text(said, "message").to_owned(),
        kind: text(said, "type").to_owned(),
        code: text(said, "code").to_owned(),
        param: word(said, "param").map(str::to_owned),
        ..RemoteError::default()
    }
}
