//! The readers of Google Gemini, rule by rule.

use fluxchat_model::{Dialect, Usage};
use fluxchat_providers::{ChatEvent, FinishReason, Protocol, Sealed, ToolCallDelta};
use serde_json::json;

use crate::source::{Told, events, told};

fn tell(frames: &[&str]) -> Told {
    told(Protocol::GenerateContent, &events(frames))
}

fn interact(frames: &[&str]) -> Told {
    told(Protocol::Interactions, &events(frames))
}

fn parts(parts: &str) -> String {
    format!(r#"{{"candidates":[{{"index":0,"content":{{"role":"model","parts":{parts}}}}}]}}"#)
}

const STOP: &str = r#"{"candidates":[{"index":0,"finishReason":"STOP"}]}"#;

fn sealed(dialect: Dialect, data: serde_json::Value) -> ChatEvent {
    ChatEvent::Sealed(Sealed { dialect, data })
}

#[test]
fn words_thoughts_and_signatures() {
    let told = tell(&[
        r#"{"modelVersion":"gemini-x","candidates":[{"content":{"parts":[{"text":"plan","thought":true,"thoughtSignature":"QQ=="}]}}]}"#,
        r#"{"candidates":[{"index":1,"content":{"parts":[{"text":"other"}]}}]}"#,
        &parts(
            r#"[{"text":"Hel"},{"text":"lo"},{"inlineData":{"mimeType":"image/png","data":""}},{"new":1},null]"#,
        ),
        &parts(r#"[{"text":"","thoughtSignature":"Qg=="}]"#),
        STOP,
    ]);
    assert_eq!(
        (told.reasoning.as_str(), told.text.as_str()),
        ("plan", "Hello")
    );
    assert_eq!(told.finished, Some(FinishReason::Stop));
    assert_eq!(
        told.events,
        [
            ChatEvent::Started {
                model: Some("gemini-x".to_owned())
            },
            sealed(
                Dialect::Gemini,
                json!({"thought": true, "thoughtSignature": "QQ=="})
            ),
            sealed(Dialect::Gemini, json!({"thoughtSignature": "Qg=="})),
        ]
    );
}

#[test]
fn calls_come_whole_with_their_signature() {
    let told = tell(&[
        &parts(
            r#"[{"functionCall":{"id":"c1","name":"f","args":{"a":1}},"thoughtSignature":"QQ=="},{"functionCall":{"name":"g"}}]"#,
        ),
        STOP,
    ]);
    let calls: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::ToolCall(call) => Some(call.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(
        calls[0],
        ToolCallDelta {
            index: 0,
            id: Some("c1".to_owned()),
            name: Some("f".to_owned()),
            arguments: r#"{"a":1}"#.to_owned(),
            sealed: Some(Sealed {
                dialect: Dialect::Gemini,
                data: json!({"thoughtSignature": "QQ=="})
            }),
        }
    );
    assert_eq!(
        (calls[1].index, calls[1].arguments.as_str()),
        (1, "{}"),
        "what has no name of its own is another call still"
    );
    assert!(calls[1].id.as_ref().is_some_and(|id| !id.is_empty()));
    assert_eq!(told.finished, Some(FinishReason::ToolCalls));
}

#[test]
fn the_last_usage_counts_and_thoughts_are_a_part_of_it() {
    let usage = |prompt: u32, answer: u32| {
        format!(
            r#"{{"candidates":[],"usageMetadata":{{"promptTokenCount":{prompt},"candidatesTokenCount":{answer},"thoughtsTokenCount":30,"cachedContentTokenCount":2,"toolUsePromptTokenCount":1,"totalTokenCount":43}}}}"#
        )
    };
    let told = tell(&[&usage(4, 1), STOP, &usage(4, 9)]);
    let last = told.events.iter().rev().find_map(|event| match event {
        ChatEvent::Usage(usage) => Some(*usage),
        _ => None,
    });
    assert_eq!(
        last,
        Some(Usage {
            input_tokens: 5,
            output_tokens: 39,
            reasoning_tokens: Some(30),
            cached_tokens: Some(2),
            ..Usage::default()
        })
    );
    assert_eq!(told.finished, Some(FinishReason::Stop));
}

#[test]
fn every_reason_to_end() {
    for (word, want) in [
        ("MAX_TOKENS", FinishReason::Length),
        ("SAFETY", FinishReason::ContentFilter),
        ("RECITATION", FinishReason::ContentFilter),
        ("PROHIBITED_CONTENT", FinishReason::ContentFilter),
        ("SPII", FinishReason::ContentFilter),
        ("IMAGE_SAFETY", FinishReason::ContentFilter),
        ("LANGUAGE", FinishReason::Other("LANGUAGE".to_owned())),
        (
            "MALFORMED_FUNCTION_CALL",
            FinishReason::Other("MALFORMED_FUNCTION_CALL".to_owned()),
        ),
    ] {
        let last = format!(r#"{{"candidates":[{{"finishReason":"{word}"}}]}}"#);
        let told = tell(&[&parts(r#"[{"text":"x"}]"#), &last]);
        assert_eq!((told.text.as_str(), told.finished), ("x", Some(want)));
    }
    let unsigned = r#"{"candidates":[{"finishReason":"MISSING_THOUGHT_SIGNATURE"}]}"#;
    assert_eq!(tell(&[unsigned]).code(), "remote_bad_request");
    let cut = tell(&[&parts(r#"[{"text":"x"}]"#)]);
    assert_eq!((cut.text.as_str(), cut.code()), ("x", "remote_interrupted"));
}

#[test]
fn a_prompt_that_is_blocked_is_refused_in_words() {
    let told = tell(&[
        r#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}"#,
    ]);
    assert_eq!(told.code(), "remote_content_refused");
    let told = tell(&[
        r#"{"promptFeedback":{"safetyRatings":[]},"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}"#,
    ]);
    assert_eq!((told.text.as_str(), told.code()), ("x", ""));
}

#[test]
fn what_the_answer_rests_on() {
    let told = tell(&[
        r#"{"candidates":[{"content":{"parts":[{"text":"x"}]},"groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://a.example/1","title":"A"}},{"web":{"uri":"https://b.example","domain":"b.example"}},{"retrievedContext":{"uri":"u","title":"R"}},{"new":{}}]}}]}"#,
        r#"{"candidates":[{"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example/1","title":"A"}}]},"citationMetadata":{"citations":[{"uri":"https://c.example","startIndex":0}]},"finishReason":"STOP"}]}"#,
    ]);
    let cited = told.cited();
    assert_eq!(
        cited,
        [
            ("A", "https://a.example/1"),
            ("b.example", "https://b.example"),
            ("R", "u"),
            ("https://c.example", "https://c.example"),
        ]
    );
}

#[test]
fn errors_in_a_frame_or_in_a_list() {
    let limited = r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12.7s"}]}}"#;
    let told_in_stream = tell(&[&parts(r#"[{"text":"x"}]"#), limited]);
    assert_eq!(
        (told_in_stream.text.as_str(), told_in_stream.code()),
        ("x", "remote_rate_limited")
    );
    assert_eq!(told_in_stream.error.unwrap().retry_after_ms(), Some(12_700));
    let list = format!("[{},\n{limited}]", parts(r#"[{"text":"x"}]"#));
    let in_list = told(Protocol::GenerateContent, list.as_bytes());
    assert_eq!(
        (in_list.text.as_str(), in_list.code()),
        ("x", "remote_rate_limited")
    );
    let list = format!("[{},{STOP}]", parts(r#"[{"text":"x"}]"#));
    let good = told(Protocol::GenerateContent, list.as_bytes());
    assert_eq!(
        (good.text.as_str(), good.finished),
        ("x", Some(FinishReason::Stop))
    );
    let alone = told(Protocol::GenerateContent, format!("[{limited}]").as_bytes());
    assert_eq!(alone.code(), "remote_rate_limited");
}

const CREATED: &str = r#"{"event_type":"interaction.created","interaction":{"id":"v1_1","status":"in_progress","model":"gemini-x"}}"#;

fn completed(status: &str) -> String {
    format!(
        r#"{{"event_type":"interaction.completed","interaction":{{"id":"v1_1","status":"{status}","steps":[],"usage":{{"total_input_tokens":1,"total_output_tokens":2,"total_thought_tokens":3,"total_cached_tokens":1,"total_tokens":6}}}}}}"#
    )
}

#[test]
fn an_interaction_step_by_step() {
    let told = interact(&[
        CREATED,
        r#"{"event_type":"step.start","index":0,"step":{"type":"thought"}}"#,
        r#"{"event_type":"step.delta","index":0,"delta":{"type":"thought_summary","content":{"type":"text","text":"plan"}}}"#,
        r#"{"event_type":"step.delta","index":0,"delta":{"type":"thought_signature","signature":"QQ=="}}"#,
        r#"{"event_type":"step.stop","index":0}"#,
        r#"{"event_type":"step.start","index":1,"step":{"type":"model_output","content":[]}}"#,
        r#"{"event_type":"step.delta","index":1,"delta":{"type":"text","text":"Hi"}}"#,
        r#"{"event_type":"step.delta","index":1,"delta":{"type":"text_annotation_delta","annotations":[{"type":"url_citation","url":"https://a.example","title":"A"}]}}"#,
        r#"{"event_type":"step.delta","index":1,"delta":{"type":"video","uri":"u"}}"#,
        r#"{"event_type":"step.start","index":2,"step":{"type":"function_call","id":"c1","name":"f","arguments":{}}}"#,
        r#"{"event_type":"step.delta","index":2,"delta":{"type":"arguments_delta","arguments":"{\"a\""}}"#,
        r#"{"event_type":"step.delta","index":2,"delta":{"type":"arguments_delta","arguments":":1}"}}"#,
        r#"{"event_type":"step.start","index":3,"step":{"type":"function_call","id":"c2","name":"g","arguments":{"b":2}}}"#,
        r#"{"event_type":"step.delta","index":3,"delta":{"type":"arguments_delta","arguments":"{\"b\":2}"}}"#,
        r#"{"event_type":"interaction.new","x":1}"#,
        &completed("requires_action"),
        r#"{"event_type":"done"}"#,
    ]);
    assert_eq!(
        (told.reasoning.as_str(), told.text.as_str()),
        ("plan", "Hi")
    );
    assert_eq!(told.finished, Some(FinishReason::ToolCalls));
    let arguments = |at: u32| -> String {
        told.events
            .iter()
            .filter_map(|event| match event {
                ChatEvent::ToolCall(call) if call.index == at => Some(call.arguments.as_str()),
                _ => None,
            })
            .collect()
    };
    assert_eq!(
        (arguments(0).as_str(), arguments(1).as_str()),
        (r#"{"a":1}"#, r#"{"b":2}"#)
    );
    assert!(told.events.contains(&sealed(
        Dialect::Interactions,
        json!({"type": "thought", "signature": "QQ=="})
    )));
    assert!(told.events.contains(&ChatEvent::Citation {
        title: "A".to_owned(),
        target: "https://a.example".to_owned(),
        span: None,
    }));
    assert!(told.events.contains(&ChatEvent::Usage(Usage {
        input_tokens: 1,
        output_tokens: 5,
        reasoning_tokens: Some(3),
        cached_tokens: Some(1),
        ..Usage::default()
    })));
}

#[test]
fn an_interaction_under_older_names_and_as_a_document() {
    let told_older = interact(&[
        r#"{"event_type":"interaction.start","interaction":{"id":"v1_1","status":"in_progress"}}"#,
        r#"{"event_type":"content.start","index":0,"content":{"type":"text"}}"#,
        r#"{"event_type":"content.delta","index":0,"delta":{"type":"text","text":"Hi"}}"#,
        r#"{"event_type":"interaction.complete","interaction":{"id":"v1_1","status":"completed"}}"#,
        "[DONE]",
    ]);
    assert_eq!(
        (told_older.text.as_str(), told_older.finished),
        ("Hi", Some(FinishReason::Stop))
    );
    let document = r#"{"id":"v1_1","status":"completed","model":"m","steps":[{"type":"thought","summary":[{"type":"text","text":"hm"}],"signature":"QQ=="},{"type":"model_output","content":[{"type":"text","text":"yes"}]}]}"#;
    let whole = told(Protocol::Interactions, document.as_bytes());
    assert_eq!(
        (
            whole.reasoning.as_str(),
            whole.text.as_str(),
            whole.finished
        ),
        ("hm", "yes", Some(FinishReason::Stop))
    );
    let named = b"event: step.delta\ndata: {\"index\":0,\"delta\":{\"type\":\"text\",\"text\":\"x\"}}\n\nevent: interaction.completed\ndata: {\"interaction\":{\"status\":\"completed\"}}\n\n";
    assert_eq!(told(Protocol::Interactions, named).text, "x");
}

#[test]
fn every_way_an_interaction_ends() {
    let text = r#"{"event_type":"step.delta","index":0,"delta":{"type":"text","text":"x"}}"#;
    for (status, reason, code) in [
        ("completed", Some(FinishReason::Stop), ""),
        ("incomplete", Some(FinishReason::Length), ""),
        ("failed", None, "remote_unavailable"),
        ("cancelled", None, "remote_interrupted"),
        ("budget_exceeded", None, "remote_quota"),
        (
            "requires_continuation",
            Some(FinishReason::Other("requires_continuation".to_owned())),
            "",
        ),
    ] {
        let told = interact(&[text, &completed(status)]);
        assert_eq!(told.text, "x");
        assert_eq!((told.code(), told.finished), (code, reason), "{status}");
    }
    let cut = interact(&[CREATED, text]);
    assert_eq!((cut.text.as_str(), cut.code()), ("x", "remote_interrupted"));
    let error = interact(&[
        text,
        r#"{"event_type":"error","error":{"code":"RESOURCE_EXHAUSTED","message":"m"}}"#,
    ]);
    assert_eq!(error.code(), "remote_rate_limited");
    let wordless = interact(&[text, r#"{"event_type":"error"}"#]);
    assert_eq!(wordless.code(), "remote_unavailable");
}

#[test]
fn anything_may_be_missing_null_or_new() {
    let told_generated = tell(&[
        "{}",
        r#"{"candidates":null}"#,
        r#"{"candidates":[null,{}]}"#,
        &parts("null"),
        &parts(r#"[{"functionCall":null,"text":"ok"}]"#),
        STOP,
    ]);
    assert_eq!(told_generated.text, "ok");
    let told_interaction = interact(&[
        "{}",
        r#"{"event_type":"step.start"}"#,
        r#"{"event_type":"step.delta","delta":null}"#,
        r#"{"event_type":"step.delta","index":9,"delta":{"type":"arguments_delta","arguments":"x"}}"#,
        r#"{"event_type":"step.delta","index":0,"delta":{"type":"text","text":"ok"}}"#,
        &completed("completed"),
    ]);
    assert_eq!(told_interaction.text, "ok");
}
