//! A search of the web is asked for in each dialect's own way, of those who have one, and only where
//! a person wants it.

use fluxchat_model::{Dialect, Role};
use fluxchat_providers::{ChatMessage, ChatRequest, Tool};
use serde_json::{Value, json};

use crate::contract::{schema, written};

fn question(web_search: bool) -> ChatRequest {
    ChatRequest {
        model: "m".to_owned(),
        messages: vec![ChatMessage::text(Role::User, "What is new?")],
        web_search,
        ..ChatRequest::default()
    }
}

/// Dialect, host, base path, where it is in the body, and what stands there.
fn ways() -> Vec<(Dialect, &'static str, &'static str, &'static str, Value)> {
    vec![
        (
            Dialect::Anthropic,
            "api.anthropic.com",
            "/v1",
            "/tools/0",
            json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 5}),
        ),
        (
            Dialect::Responses,
            "api.openai.com",
            "/v1",
            "/tools/0",
            json!({"type": "web_search"}),
        ),
        (
            Dialect::Gemini,
            "generativelanguage.googleapis.com",
            "/v1beta",
            "/tools/0",
            json!({"googleSearch": {}}),
        ),
        (
            Dialect::Interactions,
            "generativelanguage.googleapis.com",
            "/v1beta",
            "/tools/0",
            json!({"type": "google_search"}),
        ),
        (
            Dialect::Openai,
            "openrouter.ai",
            "/api/v1",
            "/plugins",
            json!([{"id": "web"}]),
        ),
        (
            Dialect::Openai,
            "api.openai.com",
            "/v1",
            "/web_search_options",
            json!({}),
        ),
    ]
}

#[test]
fn a_search_is_asked_for_in_the_words_of_the_dialect_and_only_if_it_is_wanted() {
    for (dialect, host, base, place, value) in ways() {
        let asked = written(dialect, host, base, &question(true));
        assert_eq!(asked.pointer(place), Some(&value), "{dialect:?} {host}");
        let not = written(dialect, host, base, &question(false));
        assert_eq!(not.pointer(place), None, "{dialect:?} {host}");
    }
}

#[test]
fn a_search_stands_beside_the_other_tools() {
    let with_tool = ChatRequest {
        tools: vec![Tool {
            name: "weather".to_owned(),
            description: "The weather".to_owned(),
            schema: json!({"type": "object"}),
        }],
        ..question(true)
    };
    let body = written(Dialect::Responses, "api.openai.com", "/v1", &with_tool);
    assert_eq!(body.pointer("/tools/1/type"), Some(&json!("web_search")));
    assert!(
        schema("openai-responses.schema.json").is_valid(&body),
        "{body:#}"
    );
    // Where the two do not go together, the search is left out.
    let body = written(
        Dialect::Gemini,
        "generativelanguage.googleapis.com",
        "/v1beta",
        &with_tool,
    );
    assert_eq!(body["tools"].as_array().map(Vec::len), Some(1));
    assert!(body.pointer("/tools/0/functionDeclarations").is_some());
}

#[test]
fn who_has_no_search_is_asked_without_it() {
    for (dialect, host, base) in [
        (Dialect::Openai, "api.deepseek.com", "/v1"),
        (Dialect::Openai, "my.openai.azure.com", "/openai/v1"),
        (Dialect::Openai, "example.org", "/v1"),
        (Dialect::Ollama, "localhost", ""),
    ] {
        let asked = written(dialect, host, base, &question(true));
        let not = written(dialect, host, base, &question(false));
        assert_eq!(asked, not, "{dialect:?} {host}");
    }
}
