//! Anthropic and Ollama: what the recordings do not show, and both over a real connection.

use std::sync::Arc;

use fluxchat_egress::{Credential, Ctx, HeaderKind};
use fluxchat_model::{Dialect, Purpose, Secret, Usage};
use fluxchat_providers::Protocol::{Messages, OllamaChat};
use fluxchat_providers::{
    ChatEvent, ChatRequest, FinishReason, KnownModels, Notice, ProviderError, Sealed,
    ToolCallDelta, models,
};
use serde_json::{Value, json};

use crate::source::{Told, hear, request, source_of, sse, tell_as};
use crate::support::{MemoryLedger, Script, Server, door, json as answer};

fn events(all: &[Value]) -> Vec<u8> {
    let mut body = String::new();
    for event in all {
        let name = event["type"].as_str().unwrap_or_default();
        body.push_str(&format!("event: {name}\ndata: {event}\n\n"));
    }
    body.into_bytes()
}

fn lines(all: &[Value]) -> Vec<u8> {
    let lines: Vec<String> = all.iter().map(|it| format!("{it}\n")).collect();
    lines.concat().into_bytes()
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"model": "c", "usage": {
        "input_tokens": 5, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20,
        "output_tokens": 1}}})
}

fn begin(index: u32, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u32, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn stop(index: u32) -> Value {
    json!({"type": "content_block_stop", "index": index})
}

fn end(reason: &str) -> [Value; 2] {
    [
        json!({"type": "message_delta", "delta": {"stop_reason": reason},
            "usage": {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}}}),
        json!({"type": "message_stop"}),
    ]
}

fn said(text: &str) -> Value {
    delta(0, json!({"type": "text_delta", "text": text}))
}

fn of_messages(middle: &[Value], reason: &str) -> Told {
    let all = [&[start()], middle, &end(reason)].concat();
    tell_as(Messages, &events(&all))
}

#[test]
fn what_is_cached_counts_as_read() {
    let told = of_messages(&[said("x")], "end_turn");
    assert_eq!(
        (told.text.as_str(), told.finished),
        ("x", Some(FinishReason::Stop))
    );
    assert_eq!(
        told.events.last(),
        Some(&ChatEvent::Usage(Usage {
            input_tokens: 125,
            output_tokens: 9,
            reasoning_tokens: Some(4),
            cached_tokens: Some(100),
            cache_written_tokens: Some(20),
            ..Usage::default()
        }))
    );
}

#[test]
fn every_reason_to_stop() {
    for (word, reason) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("model_context_window_exceeded", FinishReason::Length),
        ("tool_use", FinishReason::ToolCalls),
        ("pause_turn", FinishReason::Paused),
        ("new_word", FinishReason::Other("new_word".to_owned())),
    ] {
        assert_eq!(of_messages(&[], word).finished, Some(reason), "{word}");
    }
    let refused = of_messages(&[said("part")], "refusal");
    assert_eq!(
        (refused.code(), refused.text.as_str()),
        ("remote_content_refused", "part")
    );
}

#[test]
fn what_the_source_wants_back_is_kept_whole() {
    let told = of_messages(
        &[
            begin(0, json!({"type": "redacted_thinking", "data": "opaque"})),
            stop(0),
            begin(
                1,
                json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}),
            ),
            delta(
                1,
                json!({"type": "input_json_delta", "partial_json": "{\"query\":"}),
            ),
            delta(
                1,
                json!({"type": "input_json_delta", "partial_json": "\"x\"}"}),
            ),
            stop(1),
            // Without its beginning, as some servers send it, and without its end.
            delta(2, json!({"type": "thinking_delta", "thinking": "h"})),
            delta(2, json!({"type": "thinking_delta", "thinking": "m"})),
            delta(2, json!({"type": "signature_delta", "signature": "s"})),
        ],
        "end_turn",
    );
    let sealed: Vec<Value> = told
        .events
        .into_iter()
        .filter_map(|event| match event {
            ChatEvent::Sealed(Sealed { dialect, data }) => {
                assert_eq!(dialect, Dialect::Anthropic);
                Some(data)
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        sealed,
        [
            json!({"type": "redacted_thinking", "data": "opaque"}),
            json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}),
            json!({"type": "thinking", "thinking": "hm", "signature": "s"}),
        ]
    );
    assert_eq!(told.reasoning, "hm");
}

#[test]
fn citations_of_pages_and_of_the_web() {
    let cite = |citation: Value| delta(0, json!({"type": "citations_delta", "citation": citation}));
    let told = of_messages(
        &[
            cite(
                json!({"type": "page_location", "document_index": 1, "document_title": "A",
                "start_page_number": 3, "end_page_number": 4, "cited_text": "x"}),
            ),
            cite(json!({"type": "char_location", "document_index": 0, "document_title": null})),
            cite(
                json!({"type": "web_search_result_location", "url": "https://x.example", "title": "T"}),
            ),
            cite(json!({"type": "search_result_location", "source": "s", "title": null})),
            cite(json!({"type": "new"})),
        ],
        "end_turn",
    );
    let cited: Vec<(&str, &str)> = told
        .events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::Citation { title, target, .. } => Some((title.as_str(), target.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(
        cited,
        [
            ("A", "document:1#page=3"),
            ("document:0", "document:0"),
            ("T", "https://x.example"),
            ("s", "s"),
        ]
    );
}

#[test]
fn an_error_or_an_end_in_the_middle_keeps_what_came() {
    for (kind, code) in [
        ("overloaded_error", "remote_unavailable"),
        ("api_error", "remote_unavailable"),
        ("rate_limit_error", "remote_rate_limited"),
        ("authentication_error", "remote_unauthorized"),
        ("permission_error", "remote_forbidden"),
        ("billing_error", "remote_quota"),
        ("invalid_request_error", "remote_bad_request"),
    ] {
        let error = json!({"type": "error", "error": {"type": kind, "message": "m"}});
        let told = tell_as(
            Messages,
            &events(&[start(), said("part"), error, end("end_turn")[0].clone()]),
        );
        assert_eq!((told.code(), told.text.as_str()), (code, "part"), "{kind}");
    }
    let ping = json!({"type": "ping"});
    let cut = tell_as(Messages, &events(&[start(), ping, said("part")]));
    assert_eq!(
        (cut.code(), cut.text.as_str()),
        ("remote_interrupted", "part")
    );
    let stated = tell_as(
        Messages,
        &events(&[start(), said("x"), end("end_turn")[0].clone()]),
    );
    assert_eq!(
        stated.finished,
        Some(FinishReason::Stop),
        "the last event may be missing"
    );

    let line = |text: &str| json!({"model": "l", "message": {"content": text}, "done": false});
    let told = tell_as(
        OllamaChat,
        &lines(&[line("part"), json!({"error": "m"}), line("x")]),
    );
    assert_eq!(
        (told.code(), told.text.as_str()),
        ("remote_unavailable", "part")
    );
    let cut = tell_as(OllamaChat, &lines(&[line("part")]));
    assert_eq!(
        (cut.code(), cut.text.as_str()),
        ("remote_interrupted", "part")
    );
    for protocol in [Messages, OllamaChat] {
        let told = tell_as(protocol, b"<html>");
        assert_eq!(told.code(), "remote_unexpected_answer");
        assert_eq!(tell_as(protocol, b"").code(), "remote_interrupted");
        let told = tell_as(protocol, b"{\"error\":{\"message\":\"m\",\"code\":401}}");
        assert_eq!(told.code(), "remote_unauthorized");
    }
}

#[test]
fn a_document_instead_of_a_stream() {
    let told = tell_as(
        Messages,
        json!({"type": "message", "model": "c", "stop_reason": "tool_use", "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "yes"},
            {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}}],
            "usage": {"input_tokens": 1, "output_tokens": 2}})
        .to_string()
        .as_bytes(),
    );
    assert_eq!((told.text.as_str(), told.reasoning.as_str()), ("yes", "hm"));
    assert_eq!(told.finished, Some(FinishReason::ToolCalls));
    assert!(told.events.contains(&ChatEvent::ToolCall(ToolCallDelta {
        id: Some("a".to_owned()),
        name: Some("f".to_owned()),
        arguments: "{\"x\":1}".to_owned(),
        ..ToolCallDelta::default()
    })));
}

#[test]
fn ollama_thinks_and_calls() {
    let call = json!({"function": {"name": "f", "arguments": {"x": 1}}});
    let named = json!({"id": "n", "function": {"name": "g", "arguments": {}}});
    let told = tell_as(
        OllamaChat,
        &lines(&[
            json!({"model": "l", "message": {"thinking": "h"}}),
            json!({"model": "l", "message": {"thinking": "m", "content": ""}}),
            json!({"model": "l", "message": {"content": "yes", "tool_calls": [call, named]}}),
            json!({"model": "l", "message": {"content": ""}, "done": true, "done_reason": "stop",
                "prompt_eval_count": 3, "eval_count": 4}),
        ]),
    );
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("hm", "yes"));
    assert_eq!(told.finished, Some(FinishReason::ToolCalls));
    let ids: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::ToolCall(call) => {
                Some((call.index, call.id.clone().unwrap(), call.arguments.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        ids,
        [
            (0, "call_0".to_owned(), "{\"x\":1}".to_owned()),
            (1, "n".to_owned(), "{}".to_owned()),
        ]
    );
    let usage = Usage {
        input_tokens: 3,
        output_tokens: 4,
        ..Usage::default()
    };
    assert!(told.events.contains(&ChatEvent::Usage(usage)));
    let tags = ["<th", "ink>hm</think>yes"].map(|text| json!({"message": {"content": text}}));
    let cut = json!({"done": true, "done_reason": "length"});
    let told = tell_as(OllamaChat, &lines(&[tags.as_slice(), &[cut]].concat()));
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("hm", "yes"));
    assert_eq!(told.finished, Some(FinishReason::Length));
}

async fn ask(dialect: Dialect, base: &str, server: &Server) -> Told {
    let source = source_of(dialect, base, Some(server.origin()));
    let key = HeaderKind::XApiKey;
    let credential = Credential::new(server.origin(), key, Secret::new("sk-canary".to_owned()));
    let door = door(&Arc::new(MemoryLedger::default()));
    let request = ChatRequest {
        reasoning_effort: Some("high".to_owned()),
        ..request()
    };
    hear(&door, &source, Some(credential), request).await
}

#[tokio::test]
async fn over_a_connection_with_the_headers_and_paths_of_each() {
    let body = events(&[&[start(), said("Hello")][..], &end("end_turn")].concat());
    let server = Server::start(vec![Script::Say(sse(&body).to_vec())]).await;
    let told = ask(Dialect::Anthropic, "/v1", &server).await;
    assert_eq!(told.text, "Hello");
    let seen = &server.seen()[0];
    assert!(seen.head.starts_with("POST /v1/messages HTTP/1.1"));
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(seen.header("x-api-key"), Some("sk-canary"));

    let no = answer(
        "400 Bad Request",
        "",
        "{\"error\":\"\\\"l\\\" does not support thinking\"}",
    );
    let line = json!({"message": {"content": "Hello"}, "done": true, "done_reason": "stop"});
    let yes = answer("200 OK", "", &format!("{line}\n"));
    let server = Server::start(vec![no, yes]).await;
    let told = ask(Dialect::Ollama, "/api", &server).await;
    assert_eq!(told.text, "Hello");
    let name = "think".to_owned();
    assert_eq!(
        told.events[0],
        ChatEvent::Notice(Notice::ParameterDropped { name })
    );
    assert!(server.seen()[1].head.starts_with("POST /api/chat HTTP/1.1"));
    assert!(!String::from_utf8_lossy(&server.seen()[1].body).contains("think"));
}

#[tokio::test]
async fn errors_say_how_long_to_wait_and_never_the_key() {
    let error = |kind: &str| {
        format!(
            "{{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"no sk-canary\"}}}}"
        )
    };
    for (status, headers, kind, code, wait) in [
        (
            "401 X",
            "",
            "authentication_error",
            "remote_unauthorized",
            None,
        ),
        ("402 X", "", "billing_error", "remote_quota", None),
        ("404 X", "", "not_found_error", "remote_not_found", None),
        (
            "429 X",
            "retry-after: 7200\r\n",
            "rate_limit_error",
            "remote_rate_limited",
            Some(7_200_000),
        ),
        (
            "529 X",
            "retry-after: 99\r\n",
            "overloaded_error",
            "remote_unavailable",
            Some(99_000),
        ),
    ] {
        let server = Server::start(vec![answer(status, headers, &error(kind))]).await;
        let told = ask(Dialect::Anthropic, "/v1", &server).await;
        let error = told.error.unwrap();
        assert_eq!(
            (error.code(), error.retry_after_ms()),
            (code, wait),
            "{kind}"
        );
        assert!(error.to_string().contains("[key]"), "{error}");
        assert_eq!(server.connections(), 1);
    }
    let spent = "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\",\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}}}";
    let server = Server::start(vec![answer("429 X", "", spent)]).await;
    let told = ask(Dialect::Anthropic, "/v1", &server).await;
    assert_eq!(
        (told.code(), server.connections()),
        ("remote_quota", 1),
        "not tried again"
    );
}

pub async fn listed(
    dialect: Dialect,
    base: &str,
    server: &Server,
) -> Result<Vec<String>, ProviderError> {
    let list = asked(dialect, base, server, &KnownModels::default()).await;
    list.map(|(list, requests)| {
        assert_eq!(requests, server.connections(), "a row for each request");
        list
    })
}

/// What a source lists, and how many requests that took.
async fn asked(
    dialect: Dialect,
    base: &str,
    server: &Server,
    known: &KnownModels,
) -> Result<(Vec<String>, u32), ProviderError> {
    let source = source_of(dialect, base, Some(server.origin()));
    let ledger = Arc::new(MemoryLedger::default());
    let list = models(
        &door(&ledger),
        &source,
        None,
        Ctx::new(Purpose::Models, &[]),
        known,
    )
    .await?;
    let list = list
        .into_iter()
        .map(|it| format!("{} {:?}", it.id, it.context_tokens));
    Ok((list.collect(), u32::try_from(ledger.rows().len()).unwrap()))
}

#[tokio::test]
async fn long_lists_are_asked_for_page_by_page_and_never_for_ever() {
    let page = |id: &str, more: bool| {
        let page = json!({"data": [{"id": id}], "has_more": more, "last_id": id});
        answer("200 OK", "", &page.to_string())
    };
    let server = Server::start(vec![page("a", true), page("b", false)]).await;
    let list = listed(Dialect::Anthropic, "/v1", &server).await.unwrap();
    assert_eq!(list, ["a None", "b None"]);
    let heads: Vec<String> = server
        .seen()
        .iter()
        .map(|it| it.head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        heads,
        [
            "GET /v1/models?limit=1000 HTTP/1.1",
            "GET /v1/models?limit=1000&after_id=a HTTP/1.1"
        ]
    );
    // The same page again and again.
    let server = Server::start(vec![page("a", true)]).await;
    assert_eq!(
        listed(Dialect::Anthropic, "/v1", &server).await.unwrap(),
        ["a None"]
    );
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn ollama_is_asked_what_each_model_can_do_and_may_not_know() {
    let tags = answer(
        "200 OK",
        "",
        "{\"models\":[{\"name\":\"a\"},{\"name\":\"b\"}]}",
    );
    let show = answer(
        "200 OK",
        "",
        "{\"capabilities\":[\"completion\"],\"model_info\":{\"x.context_length\":8}}",
    );
    let server = Server::start(vec![tags, show, answer("404 X", "", "{\"error\":\"m\"}")]).await;
    let list = listed(Dialect::Ollama, "/api", &server).await.unwrap();
    assert_eq!(list, ["a Some(8)", "b None"]);
    assert_eq!(server.seen()[1].body, b"{\"model\":\"a\"}");
}

#[tokio::test]
async fn ollama_is_asked_about_a_model_once_until_it_is_another() {
    let tags = |digest: &str| {
        let list = json!({"models": [{"name": "a", "digest": digest}, {"name": "b"}]});
        answer("200 OK", "", &list.to_string())
    };
    let show = |context: u32| {
        let told =
            json!({"capabilities": ["completion"], "model_info": {"x.context_length": context}});
        answer("200 OK", "", &told.to_string())
    };
    let said = vec![
        tags("1"),
        show(8),
        show(9),
        // Only what has no mark is asked about again.
        tags("1"),
        show(9),
        tags("2"),
        show(16),
        show(9),
    ];
    let server = Server::start(said).await;
    let known = KnownModels::default();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(
            asked(Dialect::Ollama, "/api", &server, &known)
                .await
                .unwrap(),
        );
    }
    let list = |a: u32| vec![format!("a Some({a})"), "b Some(9)".to_owned()];
    assert_eq!(seen, [(list(8), 3), (list(8), 2), (list(16), 3)]);
}
