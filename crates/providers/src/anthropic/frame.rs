//! What one event of a stream, or one document, says.

use std::collections::BTreeMap;

use fluxchat_model::{Dialect, Usage};
use serde_json::{Map, Value, json};

use crate::wire::{At, Frames, Out, Told};
use crate::{FinishReason, Sealed, ToolCallDelta};

/// Reads events. Blocks are kept by their index: llama-server begins the next before it ends the
/// last.
#[derive(Default)]
pub(super) struct Reader {
    blocks: BTreeMap<u64, Block>,
    usage: Usage,
    /// The part of the input that is counted apart.
    cache: Cache,
}

#[derive(Default)]
struct Cache {
    input: Option<u32>,
    read: Option<u32>,
    written: Option<u32>,
}

/// So many sources one block of text is cited from at most.
const MOST_CITED: usize = 100;
/// Title and address, in bytes.
const LONGEST_CITED: usize = 8_192;

/// A block that has to be given back as it came.
enum Block {
    /// Where its words begin in the answer, and what they are cited from: the place is the whole
    /// block.
    Text {
        begins: At,
        cited: Vec<(String, String)>,
    },
    Tool,
    Kept {
        block: Map<String, Value>,
        /// Of a tool of the source, in pieces.
        input: String,
    },
}

impl Frames for Reader {
    fn frame(&mut self, event: &str, json: &Value, out: &mut Out) {
        let index = json.get("index").and_then(Value::as_u64).unwrap_or(0);
        match string(json, "type").unwrap_or(event) {
            "message_start" => {
                let message = json.get("message").unwrap_or(&Value::Null);
                out.start(string(message, "model"));
                self.usage(message, out);
            }
            "content_block_start" => {
                out.start(None);
                if let Some(block) = json.get("content_block").and_then(Value::as_object) {
                    self.begin(index, block, out);
                }
            }
            "content_block_delta" => {
                out.start(None);
                if let Some(delta) = json.get("delta") {
                    self.delta(index, delta, out);
                }
            }
            "content_block_stop" => self.stop(index, out),
            "message_delta" => {
                self.usage(json, out);
                let delta = json.get("delta").unwrap_or(&Value::Null);
                self.reason(delta, out);
            }
            "message_stop" => {
                self.stop_all(out);
                out.end();
            }
            // `ping`, and what is not known yet.
            _ => {}
        }
    }

    fn is_answer(&self, json: &Value) -> bool {
        json.get("content").is_some_and(Value::is_array)
    }

    fn document(&mut self, json: &Value, out: &mut Out) {
        out.start(string(json, "model"));
        let blocks = json.get("content").and_then(Value::as_array);
        for (block, index) in blocks.into_iter().flatten().zip(0..) {
            if let Some(block) = block.as_object() {
                self.begin(index, block, out);
                self.stop(index, out);
            }
        }
        self.usage(json, out);
        self.reason(json, out);
    }
}

impl Reader {
    fn begin(&mut self, index: u64, block: &Map<String, Value>, out: &mut Out) {
        let word = |name: &str| block.get(name).and_then(Value::as_str);
        let kind = match word("type") {
            Some("text") | None => {
                let begins = out.now();
                out.text(word("text").unwrap_or_default());
                let told = block.get("citations").and_then(Value::as_array);
                let mut cited = Vec::new();
                for it in told.into_iter().flatten() {
                    cite(it, &mut cited, out);
                }
                Block::Text { begins, cited }
            }
            Some("tool_use") => {
                let input = block
                    .get("input")
                    .filter(|input| input.as_object().is_some_and(|fields| !fields.is_empty()));
                out.tool_call(
                    index,
                    ToolCallDelta {
                        id: word("id").map(str::to_owned),
                        name: word("name").map(str::to_owned),
                        arguments: input.map(Value::to_string).unwrap_or_default(),
                        ..ToolCallDelta::default()
                    },
                );
                Block::Tool
            }
            Some("fallback") => {
                // Another model answers from here on.
                if let Some(model) = block.get("to").and_then(|to| string(to, "model")) {
                    out.model(model);
                }
                Block::Text {
                    begins: out.now(),
                    cited: Vec::new(),
                }
            }
            Some(kind) => {
                if kind == "thinking" {
                    out.reasoning(word("thinking").unwrap_or_default());
                }
                Block::Kept {
                    block: block.clone(),
                    input: String::new(),
                }
            }
        };
        self.blocks.insert(index, kind);
    }

    fn delta(&mut self, index: u64, delta: &Value, out: &mut Out) {
        let word = |name: &str| string(delta, name).unwrap_or_default();
        match word("type") {
            "text_delta" => {
                self.words(index, out);
                out.text(word("text"));
            }
            "citations_delta" => {
                let cited = self.words(index, out);
                if let (Some(it), Some(cited)) = (delta.get("citation"), cited) {
                    cite(it, cited, out);
                }
            }
            "thinking_delta" => {
                out.reasoning(word("thinking"));
                self.kept(index, "thinking")
                    .append("thinking", word("thinking"));
            }
            "signature_delta" => self
                .kept(index, "thinking")
                .append("signature", word("signature")),
            "input_json_delta" => match self.blocks.get_mut(&index) {
                Some(Block::Kept { input, .. }) => input.push_str(word("partial_json")),
                _ => out.tool_call(
                    index,
                    ToolCallDelta {
                        arguments: word("partial_json").to_owned(),
                        ..ToolCallDelta::default()
                    },
                ),
            },
            // `compaction_delta` and what comes after it: the fields that are there now.
            _ => {
                if let (Some(Block::Kept { block, .. }), Some(fields)) =
                    (self.blocks.get_mut(&index), delta.as_object())
                {
                    let fields = fields.iter().filter(|(name, _)| *name != "type");
                    block.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
                }
            }
        }
    }

    /// What the words of the block at this index are cited from; one that was not begun begins now.
    fn words(&mut self, index: u64, out: &Out) -> Option<&mut Vec<(String, String)>> {
        let block = self.blocks.entry(index).or_insert_with(|| Block::Text {
            begins: out.now(),
            cited: Vec::new(),
        });
        match block {
            Block::Text { cited, .. } => Some(cited),
            Block::Tool | Block::Kept { .. } => None,
        }
    }

    /// The block at this index; a source that forgot to begin it began it now.
    fn kept(&mut self, index: u64, kind: &str) -> Appending<'_> {
        let block = self.blocks.entry(index).or_insert_with(|| Block::Kept {
            block: Map::from_iter([("type".to_owned(), json!(kind))]),
            input: String::new(),
        });
        Appending(match block {
            Block::Kept { block, .. } => Some(block),
            Block::Text { .. } | Block::Tool => None,
        })
    }

    fn stop(&mut self, index: u64, out: &mut Out) {
        let (mut block, input) = match self.blocks.remove(&index) {
            Some(Block::Kept { block, input }) => (block, input),
            Some(Block::Text { begins, cited }) => {
                let told = Told::between(begins, out.now());
                for (title, target) in cited {
                    out.citation_of(&title, &target, told);
                }
                return;
            }
            Some(Block::Tool) | None => return,
        };
        if let Ok(input) = serde_json::from_str::<Value>(&input) {
            block.insert("input".to_owned(), input);
        }
        if block.get("type").is_some_and(|kind| kind == "thinking") {
            let thought = block.entry("thinking").or_insert_with(|| json!("")).clone();
            let signature = block.entry("signature").or_insert_with(|| json!(""));
            if thought == "" && signature == "" {
                return;
            }
        }
        out.sealed(Sealed {
            dialect: Dialect::Anthropic,
            data: Value::Object(block),
        });
    }

    fn stop_all(&mut self, out: &mut Out) {
        while let Some(index) = self.blocks.keys().next().copied() {
            self.stop(index, out);
        }
    }

    fn reason(&mut self, json: &Value, out: &mut Out) {
        match string(json, "stop_reason") {
            None | Some("") => {}
            Some("end_turn" | "stop_sequence") => out.reason(FinishReason::Stop),
            Some("max_tokens" | "model_context_window_exceeded") => {
                out.reason(FinishReason::Length);
            }
            Some("tool_use") => out.reason(FinishReason::ToolCalls),
            Some("pause_turn") => out.reason(FinishReason::Paused),
            Some("refusal") => {
                let why = json
                    .pointer("/stop_details/explanation")
                    .and_then(Value::as_str);
                out.refuse(why.unwrap_or_default());
            }
            Some(other) => out.other_reason(other),
        }
    }

    /// What is told is what was used so far, and may leave out what did not change. What came
    /// from the cache and what went into it is counted apart from the rest of the input.
    fn usage(&mut self, json: &Value, out: &mut Out) {
        let count = |path: &str| {
            let count = json.get("usage")?.pointer(path)?.as_u64()?;
            Some(u32::try_from(count).unwrap_or(u32::MAX))
        };
        let told = |now: Option<u32>, before: Option<u32>| now.or(before);
        let output = count("/output_tokens");
        let cache = &mut self.cache;
        cache.input = told(count("/input_tokens"), cache.input);
        cache.read = told(count("/cache_read_input_tokens"), cache.read);
        cache.written = told(count("/cache_creation_input_tokens"), cache.written);
        if output.is_none() && cache.input.is_none() {
            return;
        }
        let all = [cache.input, cache.read, cache.written];
        self.usage = Usage {
            input_tokens: all.into_iter().flatten().fold(0, u32::saturating_add),
            output_tokens: output.unwrap_or(self.usage.output_tokens),
            reasoning_tokens: told(
                count("/output_tokens_details/thinking_tokens"),
                self.usage.reasoning_tokens,
            ),
            cached_tokens: cache.read,
            cache_written_tokens: cache.written,
            ..Usage::default()
        };
        out.usage(self.usage);
    }
}

struct Appending<'a>(Option<&'a mut Map<String, Value>>);

impl Appending<'_> {
    fn append(self, name: &str, more: &str) {
        let Some(block) = self.0 else { return };
        match block.get_mut(name) {
            Some(Value::String(so_far)) => so_far.push_str(more),
            _ => {
                block.insert(name.to_owned(), json!(more));
            }
        }
    }
}

/// Web pages by their address; documents of the question by their place and page.
fn citation(json: &Value) -> Option<(String, String)> {
    let title = ["title", "document_title"]
        .iter()
        .find_map(|name| string(json, name))
        .unwrap_or_default();
    if let Some(address) = string(json, "url").or_else(|| string(json, "source")) {
        return Some((title.to_owned(), address.to_owned()));
    }
    let number = |name: &str| json.get(name).and_then(Value::as_u64);
    let document = number("document_index")?;
    let target = match number("start_page_number") {
        Some(page) => format!("document:{document}#page={page}"),
        None => format!("document:{document}"),
    };
    Some((title.to_owned(), target))
}

/// Tells it, and remembers it for the end of the block.
fn cite(json: &Value, cited: &mut Vec<(String, String)>, out: &mut Out) {
    if let Some((title, target)) = citation(json) {
        out.citation(&title, &target);
        let is_short = title.len() + target.len() <= LONGEST_CITED;
        if is_short && cited.len() < MOST_CITED && !cited.iter().any(|(_, known)| *known == target)
        {
            cited.push((title, target));
        }
    }
}

fn string<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}
