//! What one frame of a stream, or one document, says.

use std::collections::BTreeSet;

use fluxchat_model::{Dialect, Usage};
use serde_json::{Map, Value, json};

use crate::hosts::THOUGHTS;
use crate::json::each;
use crate::normalise::RemoteError;
use crate::wire::{Frames, Out, Told};
use crate::{FinishReason, Sealed, ToolCallDelta};

/// What Google adds to a call and wants back with it.
pub(super) const EXTRA: &str = "extra_content";
/// What Anthropic's models thought, as LiteLLM passes it on and wants it back with the calls.
pub(super) const BLOCKS: &str = "thinking_blocks";
/// OpenRouter: what was thought, with its seals.
pub(super) const DETAILS: &str = "reasoning_details";

/// Reads chunks.
#[derive(Default)]
pub(super) struct Reader {
    /// What is wanted back with the answer, pieces of one entry joined.
    details: Vec<Value>,
    /// What is wanted back with the calls it led to, in the same way.
    blocks: Vec<Value>,
    /// What it thought, in a field that some want back with the calls it led to.
    thought: String,
    has_called: bool,
    /// What was found while answering is told again and again.
    found: BTreeSet<String>,
}

impl Frames for Reader {
    fn frame(&mut self, _: &str, json: &Value, out: &mut Out) {
        let groq = json.get("x_groq");
        if let Some(error) = groq.and_then(RemoteError::from_frame) {
            return out.fail(&error);
        }
        out.start(string(json, "model"));
        if let Some(allowed) = json.get("training_allowed").and_then(Value::as_bool) {
            out.echo(allowed);
        }
        let choices = json.get("choices").and_then(Value::as_array);
        for choice in choices.into_iter().flatten() {
            if choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 {
                self.choice(choice, out);
            }
        }
        // Perplexity, and gateways that pass it on: the pages beside the answer, not in it.
        self.found(json.get("search_results"), out);
        let usage = [json.get("usage"), groq.and_then(|it| it.get("usage"))]
            .into_iter()
            .flatten()
            .find_map(usage);
        if let Some(usage) = usage {
            out.usage(usage);
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        json.get("choices").is_some_and(Value::is_array)
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        self.frame("", json, out);
    }

    /// Calls count, not the reason that is given: some say `stop` beside them, some say nothing.
    fn end(&mut self, out: &mut Out) {
        if !self.details.is_empty() {
            seal(json!({DETAILS: std::mem::take(&mut self.details)}), out);
        } else if self.has_called {
            self.seal_thoughts(out);
        }
    }
}

impl Reader {
    fn choice(&mut self, choice: &Value, out: &mut Out) {
        if let Some(delta) = ["delta", "message"]
            .iter()
            .find_map(|name| choice.get(name).filter(|it| it.is_object()))
        {
            self.delta(delta, out);
        } else if let Some(text) = string(choice, "text") {
            out.content(text);
        }
        match string(choice, "finish_reason") {
            None | Some("") => {}
            Some("error") => out.fail(&RemoteError::default()),
            Some("stop" | "end_turn" | "eos") => out.reason(FinishReason::Stop),
            Some("length" | "model_length" | "max_tokens") => out.reason(FinishReason::Length),
            Some("tool_calls" | "function_call") => out.reason(FinishReason::ToolCalls),
            Some("content_filter") => out.reason(FinishReason::ContentFilter),
            Some(other) => out.other_reason(other),
        }
    }

    /// What was thought before the calls, in each way it was told.
    fn seal_thoughts(&mut self, out: &mut Out) {
        let mut thoughts = Map::new();
        if !self.thought.is_empty() {
            thoughts.insert(
                THOUGHTS.to_owned(),
                json!(std::mem::take(&mut self.thought)),
            );
        }
        // Where a block stands is told for us alone; Anthropic refuses what it does not know.
        for block in self.blocks.iter_mut().filter_map(Value::as_object_mut) {
            block.remove("index");
        }
        if !self.blocks.is_empty() {
            thoughts.insert(BLOCKS.to_owned(), json!(std::mem::take(&mut self.blocks)));
        }
        if !thoughts.is_empty() {
            seal(Value::Object(thoughts), out);
        }
    }

    fn delta(&mut self, delta: &Value, out: &mut Out) {
        self.thought
            .push_str(string(delta, THOUGHTS).unwrap_or_default());
        let reasoning = [THOUGHTS, "reasoning"]
            .iter()
            .find_map(|name| string(delta, name).filter(|text| !text.is_empty()));
        if let Some(reasoning) = reasoning {
            out.reasoning(reasoning);
        }
        for detail in each(delta.get(DETAILS)) {
            join(&mut self.details, detail);
        }
        for block in each(delta.get(BLOCKS)) {
            join(&mut self.blocks, block);
        }
        match delta.get("content") {
            Some(Value::String(text)) => out.content(text),
            Some(Value::Array(parts)) => parts.iter().for_each(|it| part(it, out)),
            _ => {}
        }
        if let Some(refusal) = string(delta, "refusal") {
            out.content(refusal);
        }
        let calls = delta.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            self.has_called = true;
            tool_call(call, call.get("function"), out);
        }
        if let Some(function) = delta.get("function_call").filter(|it| it.is_object()) {
            self.has_called = true;
            tool_call(&Value::Null, Some(function), out);
        }
        citations(delta, out);
        // Groq searches by itself and tells what it found.
        for tool in each(delta.get("executed_tools")) {
            self.found(tool.pointer("/search_results/results"), out);
            self.found(tool.get("browser_results"), out);
        }
    }

    /// Pages that were found, each told once.
    fn found(&mut self, pages: Option<&Value>, out: &mut Out) {
        for page in each(pages) {
            let address = string(page, "url").unwrap_or_default();
            if self.found.insert(address.to_owned()) {
                out.citation(string(page, "title").unwrap_or_default(), address);
            }
        }
    }
}

/// Pieces of one entry have its place and its kind; their words belong together.
fn join(entries: &mut Vec<Value>, piece: &Value) {
    let same = |known: &&mut Value| {
        known.get("type") == piece.get("type") && known.get("index") == piece.get("index")
    };
    let (Some(known), Some(fields)) = (
        entries
            .last_mut()
            .filter(same)
            .and_then(Value::as_object_mut),
        piece.as_object(),
    ) else {
        return entries.push(piece.clone());
    };
    for (name, value) in fields {
        match (known.get_mut(name), value) {
            (_, Value::Null) => {}
            (Some(Value::String(so_far)), Value::String(more))
                if matches!(name.as_str(), "text" | "summary" | "data" | "thinking") =>
            {
                so_far.push_str(more);
            }
            _ => {
                known.insert(name.clone(), value.clone());
            }
        }
    }
}

fn seal(data: Value, out: &mut Out) {
    out.sealed(Sealed {
        dialect: Dialect::Openai,
        data,
    });
}

/// Mistral: content as a list of parts.
fn part(part: &Value, out: &mut Out) {
    match string(part, "type") {
        Some("thinking") => match part.get("thinking") {
            Some(Value::String(text)) => out.reasoning(text),
            Some(Value::Array(inner)) => inner
                .iter()
                .filter_map(|it| string(it, "text"))
                .for_each(|text| out.reasoning(text)),
            _ => {}
        },
        _ => {
            if let Some(text) = string(part, "text") {
                out.content(text);
            }
        }
    }
}

fn tool_call(call: &Value, function: Option<&Value>, out: &mut Out) {
    let arguments = match function.and_then(|it| it.get("arguments")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(json) => json.to_string(),
    };
    out.tool_call(
        call.get("index").and_then(Value::as_u64).unwrap_or(0),
        ToolCallDelta {
            id: string(call, "id").map(str::to_owned),
            name: function
                .and_then(|it| string(it, "name"))
                .map(str::to_owned),
            arguments,
            // Google's OpenAI-compatible address refuses the results of a call without it.
            sealed: call
                .get(EXTRA)
                .filter(|it| it.is_object())
                .map(|extra| Sealed {
                    dialect: Dialect::Openai,
                    data: json!({ EXTRA: extra }),
                }),
            ..ToolCallDelta::default()
        },
    );
}

fn citations(delta: &Value, out: &mut Out) {
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
    for (it, key) in ours.chain(standard) {
        let told = out.beginning().and_then(|at| Told::characters(at, it));
        out.citation_of(
            string(it, "title").unwrap_or_default(),
            string(it, key).unwrap_or_default(),
            told,
        );
    }
}

fn string<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}

/// What OpenRouter says it cost, in US dollars. Under a key of one's own there, the provider's bill
/// comes beside OpenRouter's.
pub(crate) fn cost(usage: &Value) -> Option<u64> {
    let dollars = |path: &str| usage.pointer(path).and_then(Value::as_f64);
    let is_own = usage.get("is_byok").and_then(Value::as_bool) == Some(true);
    let beside = dollars("/cost_details/upstream_inference_cost").filter(|_| is_own);
    let cost = ((dollars("/cost")? + beside.unwrap_or(0.0)) * 1_000_000.0).round();
    (0.0..1e15).contains(&cost).then_some(cost as u64)
}

pub(crate) fn usage(json: &Value) -> Option<Usage> {
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
        cache_written_tokens: count(&["/prompt_tokens_details/cache_write_tokens"]),
        cost: cost(json),
        spent: None,
    })
}
