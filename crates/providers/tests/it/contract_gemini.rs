use fluxchat_model::Dialect;
use fluxchat_providers::{ChatRequest, Sealed};
use serde_json::{Value, json};

use crate::published::{broken, complaints, everything, requests, schema, sent};

const HOST: &str = "generativelanguage.googleapis.com";

fn seal(dialect: Dialect, data: Value) -> Option<Sealed> {
    Some(Sealed { dialect, data })
}

fn generate() -> ChatRequest {
    let signature = json!({"thoughtSignature": "c2lnbmF0dXJl"});
    everything(
        "models/gemini-3.5-flash",
        seal(Dialect::Gemini, signature.clone()),
        seal(Dialect::Gemini, signature),
    )
}

fn interact() -> ChatRequest {
    let thought = json!({"type": "thought", "signature": "c2lnbmF0dXJl"});
    everything(
        "models/gemini-3.5-flash",
        seal(Dialect::Interactions, thought),
        None,
    )
}

fn generated(request: &ChatRequest) -> Value {
    let (url, body) = sent(Dialect::Gemini, HOST, "/v1beta", request);
    let model = request.model.strip_prefix("models/").unwrap_or("m");
    let path = format!("/v1beta/models/{model}:streamGenerateContent?alt=sse");
    assert_eq!(url, format!("https://{HOST}{path}"));
    body
}

/// Google publishes the body as its SDK has it: everything but the conversation in one place.
fn as_published(body: &Value) -> Value {
    let mut config = body.clone();
    let fields = config.as_object_mut().unwrap();
    let contents = fields.remove("contents").unwrap_or_default();
    let settings = fields.remove("generationConfig").unwrap_or_default();
    for (name, value) in settings.as_object().unwrap() {
        let before = fields.insert(name.clone(), value.clone());
        assert!(before.is_none(), "{name} is said twice");
    }
    json!({"contents": contents, "config": config})
}

fn interacted(request: &ChatRequest) -> Value {
    let (url, body) = sent(Dialect::Interactions, HOST, "/v1beta", request);
    assert_eq!(url, format!("https://{HOST}/v1beta/interactions"));
    body
}

#[test]
fn every_request_is_one_that_google_published() {
    let schema = schema("google-generate-content.schema.json");
    let mut older = generate();
    older.model = "models/gemini-2.5-pro".to_owned();
    let all = [requests(&generate()), requests(&older)].concat();
    for request in all {
        let body = generated(&request);
        let complaints = complaints(&schema, &as_published(&body));
        assert!(complaints.is_empty(), "{complaints:#?}\n{body:#}");
        assert_eq!(body["store"], json!(false));
    }
}

#[test]
fn every_interaction_is_one_that_google_published() {
    let schema = schema("google-interactions.schema.json");
    for request in requests(&interact()) {
        let body = interacted(&request);
        let complaints = complaints(&schema, &body);
        assert!(complaints.is_empty(), "{complaints:#?}\n{body:#}");
        assert_eq!(body["store"], json!(false));
    }
}

#[test]
fn a_request_with_one_thing_wrong_is_found() {
    let schema = schema("google-generate-content.schema.json");
    let good = generated(&generate());
    let bad: [fn(&mut Value); 8] = [
        |it| it["system_instruction"] = json!({"parts": []}),
        |it| it["store"] = json!("no"),
        |it| it["contents"][0]["parts"][1]["inline_data"] = json!({}),
        |it| it["contents"][0]["parts"][0]["text"] = json!(3),
        |it| it["contents"][1]["parts"][2]["functionCall"]["args"] = json!("{}"),
        |it| it["contents"][2]["parts"][0]["functionResponse"]["response"] = json!("words"),
        |it| it["generationConfig"]["thinkingConfig"]["thinkingLevel"] = json!("low"),
        |it| it["toolConfig"]["functionCallingConfig"]["mode"] = json!("auto"),
    ];
    for (number, change) in bad.into_iter().enumerate() {
        let body = as_published(&broken(&good, change));
        assert!(!complaints(&schema, &body).is_empty(), "{number}: {body:#}");
    }
}

#[test]
fn an_interaction_with_one_thing_wrong_is_found() {
    let schema = schema("google-interactions.schema.json");
    let good = interacted(&interact());
    let bad: [fn(&mut Value); 7] = [
        |it| it["systemInstruction"] = json!("x"),
        |it| it["store"] = json!("no"),
        |it| it["input"][0]["content"][0] = json!({"type": "input_text", "text": "x"}),
        |it| it["input"][3]["arguments"] = json!("{}"),
        |it| it["input"][5] = json!({"type": "function_result", "result": "x"}),
        |it| it["tools"][0]["type"] = json!("tool"),
        |it| it["generation_config"]["thinking_level"] = json!("LOW"),
    ];
    for (number, change) in bad.into_iter().enumerate() {
        let body = broken(&good, change);
        assert!(!complaints(&schema, &body).is_empty(), "{number}: {body:#}");
    }
}

#[test]
fn everything_has_its_place() {
    let body = generated(&generate());
    assert_eq!(
        body["systemInstruction"],
        json!({"parts": [{"text": "Be brief.\n\nAnswer in English."}]})
    );
    let roles: Vec<&str> = body["contents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|content| content["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "model", "user"]);
    let said = &body["contents"][1]["parts"];
    assert_eq!(
        said[0],
        json!({"text": "", "thoughtSignature": "c2lnbmF0dXJl"}),
        "what was thought is not told again, its signature is"
    );
    assert_eq!(said[2]["thoughtSignature"], "c2lnbmF0dXJl");
    assert_eq!(
        said[2]["functionCall"],
        json!({"id": "call_1", "name": "look", "args": {"at": "it"}})
    );
    assert_eq!(said[3]["functionCall"]["args"], json!({}));
    let results = &body["contents"][2]["parts"];
    assert_eq!(
        results[0]["functionResponse"]["response"],
        json!({"result": "a lighthouse"})
    );
    assert_eq!(
        results[1]["functionResponse"]["response"],
        json!({"error": "no clock"})
    );
    assert_eq!(
        body["contents"][0]["parts"].as_array().unwrap().len(),
        4,
        "what has no form there is left out"
    );

    let steps = interacted(&interact());
    let kinds: Vec<&str> = steps["input"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "user_input",
            "thought",
            "model_output",
            "function_call",
            "function_call",
            "function_result",
            "function_result"
        ]
    );
}

#[test]
fn a_call_without_a_name_of_its_own_stays_without_one() {
    let mut request = generate();
    let text = r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"look","args":{"a":1}}}]},"finishReason":"STOP"}],"responseId":"r1"}"#;
    let body = format!("data: {text}\n\n");
    let steps = crate::source::steps(
        fluxchat_providers::Protocol::GenerateContent,
        None,
        std::iter::once(body.as_bytes()),
    );
    let id = steps
        .iter()
        .find_map(|step| match step {
            fluxchat_providers::Step::Event(fluxchat_providers::ChatEvent::ToolCall(call)) => {
                call.id.clone()
            }
            _ => None,
        })
        .unwrap();
    for message in &mut request.messages {
        for part in &mut message.parts {
            if let fluxchat_providers::ChatPart::ToolCall { id: it, .. }
            | fluxchat_providers::ChatPart::ToolResult { id: it, .. } = part
            {
                id.clone_into(it);
            }
        }
    }
    let body = generated(&request);
    assert!(!body.to_string().contains(&id), "{id} means nothing there");
}
