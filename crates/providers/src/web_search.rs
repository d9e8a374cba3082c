//! Searching the web where the answer is made: the tool that each dialect has for it, as its provider
//! describes it. What is looked for leaves the source, for a search engine of its choice.

use fluxchat_model::{Dialect, Source};
use serde_json::{Value, json};

use crate::ChatRequest;
use crate::hosts::ways;
use crate::wire::Body;

/// So often the web is searched for one answer, where that can be said.
const MOST: u32 = 5;

/// Lets the source search, or tells that it has no way to. After the other tools.
pub(crate) fn allow(source: &Source, request: &ChatRequest, body: &mut Body) {
    if !request.web_search {
        return;
    }
    match (source.dialect, ways(source).web_search) {
        (Dialect::Anthropic, _) => body.add_tool(json!({
            "type": "web_search_20250305", "name": "web_search", "max_uses": MOST,
        })),
        (Dialect::Responses, _) => body.add_tool(json!({"type": "web_search"})),
        (Dialect::Interactions, _) => body.add_tool(json!({"type": "google_search"})),
        // Most of its models refuse a search beside functions.
        (Dialect::Gemini, _) if request.tools.is_empty() => {
            body.add_tool(json!({"googleSearch": {}}));
        }
        (Dialect::Openai, Some((field, value))) => {
            body.set_some(field, serde_json::from_str::<Value>(value).ok());
        }
        _ => body.not_sent([("web_search", true)]),
    }
}
