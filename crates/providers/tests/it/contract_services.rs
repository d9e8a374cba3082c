//! Requests to services that speak as OpenAI does and take less, or something else, than it. What
//! each takes is from its own package; only DeepSeek's is written by hand from its documentation,
//! and Microsoft's is OpenAI's own, as its documentation says.

use std::sync::Arc;

use fluxchat_egress::Ctx;
use fluxchat_model::{Dialect, Price, Purpose};
use fluxchat_providers::{ChatRequest, KnownModels, models};
use serde_json::{Value, json};

use crate::contract::{requests, written};
use crate::dialects::listed;
use crate::published::{broken, complaints, document, schema};
use crate::source::source_of;
use crate::support::{MemoryLedger, Server, door, json as answer};

/// What is sent to a service, by the name of what is asked.
fn all(host: &str, base: &str) -> Vec<(&'static str, Value)> {
    let written = |request: &ChatRequest| written(Dialect::Openai, host, base, request);
    let asked = requests(None).into_iter();
    asked
        .map(|(name, request)| (name, written(&request)))
        .collect()
}

fn holds(name: &str, host: &str, base: &str) {
    let schema = schema(name);
    for (what, body) in all(host, base) {
        let found = complaints(&schema, &body);
        assert!(found.is_empty(), "{host}, {what}: {found:#?}\n{body:#}");
        // Control arm.
        let slips: [fn(&mut Value); 4] = [
            |it| it["fluxchat"] = json!(1),
            |it| it["messages"][0]["role"] = json!("guest"),
            |it| it["messages"][0]["content"] = json!([{"type": "odd"}]),
            |it| drop(it.as_object_mut().and_then(|it| it.remove("messages"))),
        ];
        for slip in slips {
            assert!(!schema.is_valid(&broken(&body, slip)), "{name}, {what}");
        }
    }
}

#[test]
fn mistral() {
    holds("mistral-chat.schema.json", "api.mistral.ai", "/v1");
}

#[test]
fn groq() {
    holds("groq-chat.schema.json", "api.groq.com", "/openai/v1");
}

#[test]
fn deepseek() {
    holds("deepseek-chat.by-hand.schema.json", "api.deepseek.com", "");
}

#[test]
fn azure() {
    holds(
        "openai-chat.schema.json",
        "resource.openai.azure.com",
        "/openai/v1",
    );
}

/// The requests that tell what a model is, and the list itself, which has no body.
#[tokio::test]
async fn ollama_is_asked_for_its_models_as_it_says() {
    let tags = answer("200 OK", "", r#"{"models":[{"name":"a"}]}"#);
    let show = answer("200 OK", "", r#"{"capabilities":["completion"]}"#);
    let server = Server::start(vec![tags, show]).await;
    listed(Dialect::Ollama, "/api", &server).await.unwrap();
    let seen = server.seen();
    assert!(seen[0].head.starts_with("GET /api/tags HTTP/1.1"));
    assert!(seen[0].body.is_empty());
    assert!(seen[1].head.starts_with("POST /api/show HTTP/1.1"));
    let mut of_show = document("ollama-chat.schema.json");
    of_show["$ref"] = json!("#/$defs/ShowRequest");
    let schema = jsonschema::validator_for(&of_show).unwrap();
    let body: Value = serde_json::from_slice(&seen[1].body).unwrap();
    assert_eq!(complaints(&schema, &body), [""; 0]);
    assert!(!schema.is_valid(&json!({"name": "a"})), "control arm");
}

/// LM Studio's list for everybody tells names alone; its own tells the rest. Both are written by
/// hand from its documentation.
#[tokio::test]
async fn lm_studio_is_asked_for_its_own_list() {
    let names = r#"{"object":"list","data":[
        {"id":"qwen2-vl-7b-instruct","object":"model","owned_by":"organization_owner"},
        {"id":"llama-3.1-8b","object":"model","owned_by":"organization_owner"},
        {"id":"new","object":"model","owned_by":"organization_owner"}]}"#;
    let own = r#"{"object":"list","data":[
        {"id":"qwen2-vl-7b-instruct","object":"model","type":"vlm","arch":"qwen2_vl",
         "state":"not-loaded","max_context_length":32768},
        {"id":"llama-3.1-8b","object":"model","type":"llm","state":"loaded",
         "max_context_length":131072,"loaded_context_length":4096,"capabilities":["tool_use"]},
        {"id":"nomic","object":"model","type":"embeddings","state":"not-loaded"}]}"#;
    let server = Server::start(vec![answer("200 OK", "", names), answer("200 OK", "", own)]).await;
    let list = listed(Dialect::Openai, "/v1", &server).await.unwrap();
    let told = [
        "qwen2-vl-7b-instruct Some(32768)",
        "llama-3.1-8b Some(4096)",
        "new None",
    ];
    assert_eq!(list, told, "what it reads as it is loaded");
    let lines: Vec<_> = server.seen().iter().map(|it| it.head.clone()).collect();
    assert!(lines[0].starts_with("GET /v1/models ") && lines[1].starts_with("GET /api/v0/models "));

    // An older one has no such list, and others are not asked for it.
    let old = vec![answer("200 OK", "", names), answer("404 X", "", "{}")];
    let server = Server::start(old).await;
    let list = listed(Dialect::Openai, "/v1", &server).await.unwrap();
    assert_eq!((list.len(), server.connections()), (3, 2));
    let other = names.replace("organization_owner", "openai");
    let server = Server::start(vec![answer("200 OK", "", &other)]).await;
    listed(Dialect::Openai, "/v1", &server).await.unwrap();
    assert_eq!(server.connections(), 1);
}

/// LiteLLM's list for everybody tells names and lengths; what its models can do and cost is in one of
/// its own. Both as it answered, the second without what is not read.
#[tokio::test]
async fn litellm_is_asked_what_its_models_can_do_and_cost() {
    let names = r#"{"data":[{"id":"scripted","object":"model","created":1677610602,"owned_by":"openai","max_input_tokens":4096,"max_output_tokens":512},{"id":"limited","object":"model","created":1677610602,"owned_by":"openai"}],"object":"list"}"#;
    let own = r#"{"data":[{"model_name":"scripted","litellm_params":{"model":"openai/scripted"},"model_info":{"input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"id":"4ac2","db_model":false,"max_input_tokens":4096,"max_output_tokens":512,"supports_vision":false,"supports_function_calling":true,"key":"openai/scripted","max_tokens":null,"cache_read_input_token_cost":null}},{"model_name":"unlisted","model_info":{"mode":"embedding"}},{"model_info":{}},{"model_name":"limited","model_info":{"mode":"chat","supports_vision":null,"input_cost_per_token":-1}}]}"#;
    let server = Server::start(vec![answer("200 OK", "", names), answer("200 OK", "", own)]).await;
    let source = source_of(Dialect::Openai, "/v1", Some(server.origin()));
    let ledger = Arc::new(MemoryLedger::default());
    let ctx = Ctx::new(Purpose::Models, &[]);
    let known = KnownModels::default();
    let list = models(&door(&ledger), &source, None, ctx, &known)
        .await
        .unwrap();
    let ids: Vec<_> = list.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["scripted", "limited"]);
    let first = &list[0];
    assert_eq!(
        (first.context_tokens, first.output_tokens),
        (Some(4096), Some(512))
    );
    let price = Price {
        input: 1_000_000,
        output: 2_000_000,
        cached: None,
    };
    assert_eq!(first.price, Some(price));
    let can = first.abilities;
    assert_eq!(
        (can.images, can.tools, can.reasoning, can.chat),
        (Some(false), Some(true), None, None)
    );
    assert_eq!((list[1].price, list[1].abilities.chat), (None, Some(true)));
    let lines: Vec<_> = server.seen().iter().map(|it| it.head.clone()).collect();
    assert!(lines[1].starts_with("GET /v1/model/info "), "{}", lines[1]);
    assert_eq!(server.request_ids(), ledger.request_ids(), "a row for each");

    // Who may not ask that still has the list.
    let no = answer("403 Forbidden", "", r#"{"error":{"message":"no"}}"#);
    let server = Server::start(vec![answer("200 OK", "", names), no]).await;
    let list = listed(Dialect::Openai, "/v1", &server).await.unwrap();
    assert_eq!(list, ["scripted Some(4096)", "limited None"]);
}

/// What a service does not take is not offered to it, but left out with a word.
#[test]
fn files_go_in_the_form_of_the_service_or_not_at_all() {
    let everything = |host: &str, base: &str| {
        let all = all(host, base);
        let found = all.into_iter().find(|it| it.0 == "pictures and files");
        found.unwrap().1["messages"][0]["content"].clone()
    };
    let kinds = |content: &Value| -> Vec<String> {
        let parts = content.as_array().unwrap().iter();
        parts
            .map(|it| it["type"].as_str().unwrap().to_owned())
            .collect()
    };
    let openai = kinds(&everything("api.openai.com", "/v1"));
    assert!(openai.contains(&"file".to_owned()) && openai.contains(&"input_audio".to_owned()));
    let mistral = everything("api.mistral.ai", "/v1");
    let found = kinds(&mistral);
    assert!(found.contains(&"document_url".to_owned()) && !found.contains(&"file".to_owned()));
    let groq = kinds(&everything("api.groq.com", "/openai/v1"));
    assert!(groq.iter().all(|it| it == "text" || it == "image_url"));
    let deepseek = everything("api.deepseek.com", "");
    assert!(deepseek.as_str().unwrap().contains("# Title"), "words stay");
}
