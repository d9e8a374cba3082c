//! Models and answers, whole and frame by frame.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use fluxchat_service::{ChatChunk, Collection, MemoryStorage, Page, Storage};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::service::{NOW, post, router_over, service};

fn ask(text: &str) -> Value {
    json!({ "model": "guide", "messages": [{ "role": "user", "content": text }] })
}

fn streamed(text: &str) -> Value {
    let mut request = ask(text);
    request["stream"] = json!(true);
    request
}

/// The data of every event, read as a strict client would.
fn events(text: &str) -> Vec<String> {
    assert!(text.ends_with("\n\n"), "the last event is closed");
    text.split_terminator("\n\n")
        .map(|event| event.strip_prefix("data: ").unwrap().to_owned())
        .collect()
}

fn chunks(text: &str) -> Vec<ChatChunk> {
    let mut events = events(text);
    assert_eq!(events.pop().unwrap(), "[DONE]");
    events
        .iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect()
}

#[tokio::test]
async fn the_only_model_says_that_it_is_none() {
    let models = service().get("/v1/models").await.json();
    assert_eq!(models["object"], "list");
    assert_eq!(models["data"].as_array().unwrap().len(), 1);
    let guide = &models["data"][0];
    assert_eq!(
        (&guide["id"], &guide["object"]),
        (&json!("guide"), &json!("model"))
    );
    assert_eq!(guide["display_name"], "Guide");
    assert!(
        guide["description"]
            .as_str()
            .unwrap()
            .starts_with("No AI model.")
    );
}

#[tokio::test]
async fn an_answer_in_one_document_has_the_shape_of_openai() {
    let reply = service()
        .post("/v1/chat/completions", &ask("How do I delete a chat?"))
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["x-fluxchat-training-allowed"], "false");
    assert_eq!(reply.headers["cache-control"], "no-store");
    let answer = reply.json();
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["created"], NOW.0 / 1000);
    assert!(answer["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert_eq!(answer["training_allowed"], false);
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(choice["message"]["role"], "assistant");
    assert_eq!(
        choice["message"]["citations"][0]["target"],
        "help:deleting#delete"
    );
    let usage = &answer["usage"];
    assert_eq!(usage["prompt_tokens"], 6);
    let sum =
        usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap();
    assert_eq!(usage["total_tokens"], sum);
}

#[tokio::test]
async fn a_stream_says_the_same_as_the_document() {
    let service = service();
    let whole = service
        .post("/v1/chat/completions", &ask("show me markdown"))
        .await
        .json();
    let mut request = streamed("show me markdown");
    request["stream_options"] = json!({ "include_usage": true });
    let reply = service.post("/v1/chat/completions", &request).await;
    assert_eq!(reply.headers["content-type"], "text/event-stream");
    let chunks = chunks(&reply.text);

    let first = &chunks[0].choices[0];
    assert_eq!(first.delta.role.as_deref(), Some("assistant"));
    assert_eq!(first.delta.content.as_deref(), Some(""));
    let text: String = chunks
        .iter()
        .flat_map(|chunk| &chunk.choices)
        .filter_map(|choice| choice.delta.content.as_deref())
        .collect();
    assert_eq!(
        text,
        whole["choices"][0]["message"]["content"].as_str().unwrap()
    );

    let [.., end, usage] = chunks.as_slice() else {
        panic!("too short")
    };
    assert_eq!(end.choices[0].finish_reason.as_deref(), Some("stop"));
    assert!(usage.choices.is_empty());
    assert_eq!(
        serde_json::to_value(usage.usage.unwrap()).unwrap(),
        whole["usage"]
    );
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk.id == chunks[0].id && chunk.object == "chat.completion.chunk")
    );
}

#[tokio::test]
async fn without_being_asked_a_stream_has_no_usage() {
    let reply = service()
        .post("/v1/chat/completions", &streamed("hello"))
        .await;
    assert!(
        chunks(&reply.text)
            .iter()
            .all(|chunk| chunk.usage.is_none())
    );
    assert!(!reply.text.contains("\"usage\""));
}

#[tokio::test]
async fn citations_come_in_a_delta_of_their_own() {
    let reply = service()
        .post("/v1/chat/completions", &streamed("Wo liegen meine Daten?"))
        .await;
    let cited: Vec<_> = chunks(&reply.text)
        .into_iter()
        .flat_map(|chunk| chunk.choices)
        .filter(|choice| !choice.delta.citations.is_empty())
        .collect();
    assert_eq!(cited.len(), 1);
    assert!(cited[0].delta.content.is_none());
    assert_eq!(cited[0].delta.citations[0].target, "help:storage#where");
    assert!(
        cited[0].delta.citations[0]
            .title
            .starts_with("Wo Ihre Daten liegen")
    );
}

#[tokio::test(start_paused = true)]
async fn words_arrive_one_by_one_at_the_pace_and_stop_when_nobody_listens() {
    let storage = Arc::new(MemoryStorage::new());
    let router = router_over(storage, Duration::from_secs(1));
    let request = post("/v1/chat/completions", streamed("hello").to_string());
    let mut body = router.oneshot(request).await.unwrap().into_body();
    let start = tokio::time::Instant::now();

    let mut frames = Vec::new();
    for _ in 0..4 {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        frames.push((
            start.elapsed().as_secs(),
            String::from_utf8(frame.to_vec()).unwrap(),
        ));
    }
    let seconds: Vec<u64> = frames.iter().map(|(at, _)| *at).collect();
    assert_eq!(seconds, [0, 1, 2, 3], "one event per frame, a second apart");
    for (_, frame) in &frames {
        assert_eq!(events(frame).len(), 1);
    }
    drop(body);
}

#[tokio::test]
async fn training_allowed_is_echoed_in_header_and_body() {
    let service = service();
    for allowed in [true, false] {
        let mut request = streamed("hello");
        request["training_allowed"] = json!(allowed);
        let reply = service.post("/v1/chat/completions", &request).await;
        assert_eq!(
            reply.headers["x-fluxchat-training-allowed"],
            allowed.to_string()
        );
        assert!(
            chunks(&reply.text)
                .iter()
                .all(|chunk| chunk.training_allowed == allowed)
        );
    }
}

#[tokio::test]
async fn nothing_that_was_said_is_kept() {
    let service = service();
    let mut request = ask("How do I delete CANARY-7f3a?");
    request["conversation_alias"] = json!("alias-1");
    service.post("/v1/chat/completions", &request).await;
    let page = Page {
        limit: 10,
        ..Page::default()
    };
    let kept: Vec<_> = Collection::ALL
        .into_iter()
        .flat_map(|collection| service.storage.list(collection, &page).unwrap())
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].owner.as_deref(), Some("alias-1"));
    let mut fields: Vec<_> = kept[0].body.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "at",
            "completion_tokens",
            "id",
            "model",
            "prompt_tokens",
            "training_allowed"
        ]
    );
    assert!(!kept[0].body.to_string().contains("CANARY"));
}

#[tokio::test]
async fn asked_to_store_nothing_it_does_not_remember_that_it_was_asked() {
    let service = service();
    let mut request = ask("How do I delete CANARY-7f3a?");
    let kept = || {
        let page = Page {
            limit: 10,
            ..Page::default()
        };
        let requests = service.storage.list(Collection::Requests, &page);
        requests.unwrap().len()
    };
    request["store"] = json!(false);
    assert_eq!(
        service.post("/v1/chat/completions", &request).await.status,
        200
    );
    assert_eq!(kept(), 0);
    request["store"] = json!(true);
    service.post("/v1/chat/completions", &request).await;
    assert_eq!(kept(), 1);
}

#[tokio::test]
async fn content_in_parts_and_unknown_fields_are_read() {
    let request = json!({
        "model": "guide", "temperature": 0.7, "tools": [], "store": false, "metadata": { "a": "b" },
        "max_tokens": null,
        "messages": [
            { "role": "developer", "content": "Be brief." },
            { "role": "assistant", "content": null, "tool_calls": [] },
            { "role": "user", "name": "x", "content": [
                { "type": "text", "text": "What is the ledger?", "extra": 1 },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } },
            ] },
        ],
    });
    let answer = service()
        .post("/v1/chat/completions", &request)
        .await
        .json();
    let target = &answer["choices"][0]["message"]["citations"][0]["target"];
    assert_eq!(target, "help:ledger#what");
}

#[tokio::test]
async fn a_picture_alone_is_said_to_be_unreadable() {
    let request = json!({ "model": "guide", "messages": [{ "role": "user", "content": [
        { "type": "text", "text": "What flower is on this photo?" },
        { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } },
    ] }] });
    let answer = service()
        .post("/v1/chat/completions", &request)
        .await
        .json();
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.starts_with("I cannot read attachments."), "{text}");
}

#[tokio::test]
async fn an_answer_is_cut_where_the_caller_wants_and_says_so() {
    let mut request = ask("hello");
    request["max_completion_tokens"] = json!(3);
    let answer = service()
        .post("/v1/chat/completions", &request)
        .await
        .json();
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 3);
}

#[tokio::test]
async fn the_request_id_comes_back() {
    let service = service();
    let id = "0190b5a4-3c1e-7c3a-9d1e-2f6a1b7c8d9e";
    for (sent, back) in [(id, Some(id)), ("not an id", None)] {
        let mut request = post("/v1/chat/completions", Body::from(ask("hi").to_string()));
        request
            .headers_mut()
            .insert("x-request-id", sent.parse().unwrap());
        let reply = service.send(request).await;
        let echoed = reply
            .headers
            .get("x-request-id")
            .map(|id| id.to_str().unwrap());
        assert_eq!(echoed, back);
    }
}

#[tokio::test]
async fn accept_language_decides_where_the_question_does_not() {
    let mut request = post("/v1/chat/completions", ask("Ollama").to_string());
    request.headers_mut().insert(
        "accept-language",
        "fr, de-CH;q=0.9, en;q=0.4".parse().unwrap(),
    );
    let reply = service().send(request).await;
    assert!(reply.text.contains("kein KI-Modell"), "{}", reply.text);
}
