//! Pictures that tools returned stand where a dialect has a place for them: in the result, or right
//! after all results.

use fluxchat_model::Dialect;
use fluxchat_providers::{ChatPart, ChatRequest};
use serde_json::Value;

use crate::published::{RETURNED, everything, sent, with_returned};

fn base64() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(RETURNED)
}

/// Where in a document a text stands.
fn place(of: &Value, text: &str) -> Option<String> {
    match of {
        Value::String(it) => it.contains(text).then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, it)| place(it, text).map(|rest| format!("/{at}{rest}"))),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(key, it)| place(it, text).map(|rest| format!("/{key}{rest}"))),
        _ => None,
    }
}

fn request(model: &str) -> ChatRequest {
    with_returned(&everything(model, None, None))
}

#[test]
fn a_picture_stands_in_its_result_where_that_has_a_place() {
    for (dialect, host, base, model, expected) in [
        (
            Dialect::Anthropic,
            "api.anthropic.com",
            "/v1",
            "claude-x",
            "/messages/2/content/0/content/1/source/data",
        ),
        (
            Dialect::Responses,
            "api.openai.com",
            "/v1",
            "gpt-5",
            "/input/4/output/1/image_url",
        ),
        (
            Dialect::Gemini,
            "generativelanguage.googleapis.com",
            "/v1beta",
            "gemini-3-pro",
            "/contents/2/parts/0/functionResponse/parts/0/inlineData/data",
        ),
        (
            Dialect::Gemini,
            "generativelanguage.googleapis.com",
            "/v1beta",
            "gemini-2.5-pro",
            "/contents/2/parts/3/inlineData/data",
        ),
        (
            Dialect::Interactions,
            "generativelanguage.googleapis.com",
            "/v1beta",
            "gemini-3-pro",
            "/input/4/result/1/data",
        ),
        (
            Dialect::Openai,
            "api.mistral.ai",
            "/v1",
            "mistral-medium",
            "/messages/4/content/1/image_url/url",
        ),
        (
            Dialect::Openai,
            "api.openai.com",
            "/v1",
            "gpt-5",
            "/messages/6/content/1/image_url/url",
        ),
        (
            Dialect::Ollama,
            "ollama.example",
            "",
            "m",
            "/messages/6/images/0",
        ),
    ] {
        let (_, body) = sent(dialect, host, base, &request(model));
        let found = place(&body, &base64());
        assert_eq!(found.as_deref(), Some(expected), "{host} {model}: {body}");
    }
}

#[test]
fn who_reads_no_pictures_is_sent_words_alone() {
    let (_, body) = sent(Dialect::Openai, "api.deepseek.com", "", &request("m"));
    assert_eq!(place(&body, &base64()), None);
    assert!(place(&body, "a lighthouse").is_some());
}

#[test]
fn what_was_returned_is_among_the_words_that_may_name_somebody() {
    let mut request = request("m");
    let words = |request: &ChatRequest| -> Vec<String> {
        let all = request.messages.iter().flat_map(|it| it.texts());
        all.map(str::to_owned).collect()
    };
    assert!(words(&request).iter().any(|it| it == "plan.pdf"));
    for text in request.messages.iter_mut().flat_map(|it| it.texts_mut()) {
        *text = "x".to_owned();
    }
    assert!(words(&request).iter().all(|it| it == "x"));
    let named = |part: &ChatPart| {
        matches!(part, ChatPart::ToolResult { files, .. }
        if files.iter().any(|it| matches!(it, ChatPart::File { name, .. } if name != "x")))
    };
    assert!(!request.messages.iter().flat_map(|it| &it.parts).any(named));
}
