use fluxchat_model::Dialect;
use fluxchat_providers::{ChatRequest, Sealed};
use serde_json::{Value, json};

use crate::published::{broken, complaints, everything, requests, schema, sent};

fn all() -> ChatRequest {
    let seal = Sealed {
        dialect: Dialect::Responses,
        data: json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA",
            "summary": [{"type": "summary_text", "text": "Let me look."}]}),
    };
    everything("gpt-5.5", Some(seal), None)
}

fn body(request: &ChatRequest) -> Value {
    let (url, body) = sent(Dialect::Responses, "api.openai.com", "/v1", request);
    assert_eq!(url, "https://api.openai.com/v1/responses");
    body
}

#[test]
fn every_request_is_one_that_openai_published() {
    let schema = schema("openai-responses.schema.json");
    for request in requests(&all()) {
        let body = body(&request);
        let complaints = complaints(&schema, &body);
        assert!(complaints.is_empty(), "{complaints:#?}\n{body:#}");
        assert_eq!(body["store"], json!(false));
    }
}

#[test]
fn a_request_with_one_thing_wrong_is_found() {
    let schema = schema("openai-responses.schema.json");
    let good = body(&all());
    let bad: [fn(&mut Value); 8] = [
        |it| it["inpt"] = json!([]),
        |it| it["store"] = json!("no"),
        |it| it["input"][0]["content"][1]["type"] = json!("image_url"),
        |it| it["input"][0]["content"][1]["detail"] = json!("most"),
        |it| it["input"][3] = json!({"type": "function_call", "name": "look", "arguments": "{}"}),
        |it| it["tools"][0] = json!({"type": "function", "function": {"name": "look"}}),
        |it| it["tool_choice"] = json!({"type": "function", "function": {"name": "look"}}),
        |it| it["include"] = json!(["reasoning"]),
    ];
    for (number, change) in bad.into_iter().enumerate() {
        let body = broken(&good, change);
        assert!(!complaints(&schema, &body).is_empty(), "{number}: {body:#}");
    }
}

#[test]
fn everything_has_its_place() {
    let body = body(&all());
    assert_eq!(body["instructions"], "Be brief.\n\nAnswer in English.");
    let kinds: Vec<&str> = body["input"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["type"].as_str().or(item["role"].as_str()).unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "user",
            "reasoning",
            "assistant",
            "function_call",
            "function_call",
            "function_call_output",
            "function_call_output"
        ]
    );
    assert_eq!(body["input"][1]["encrypted_content"], "gAAA");
    assert_eq!(body["input"][4]["arguments"], "{}");
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
    assert_eq!(
        body["input"][0]["content"][2]["file_data"],
        "data:application/pdf;base64,JVBERi0xLjc="
    );
    assert_eq!(
        body["input"][0]["content"].as_array().unwrap().len(),
        4,
        "what has no form there is left out"
    );
}

#[test]
fn what_another_source_sealed_is_not_told_and_old_models_are_not_asked_how_they_think() {
    let foreign = Sealed {
        dialect: Dialect::Gemini,
        data: json!({"thoughtSignature": "c2ln"}),
    };
    let request = everything("gpt-5.5", Some(foreign.clone()), Some(foreign));
    assert!(!body(&request).to_string().contains("c2ln"));
    let mut old = all();
    old.model = "gpt-4o".to_owned();
    old.reasoning_effort = None;
    let body = body(&old);
    assert!(body.get("reasoning").is_none() && body.get("include").is_none());
}
