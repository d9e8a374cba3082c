//! The reader of OpenAI Responses, rule by rule.

use fluxchat_model::{Dialect, Usage};
use fluxchat_providers::{ChatEvent, FinishReason, Protocol, Sealed, ToolCallDelta};
use serde_json::json;

use crate::source::{Told, events, told};

fn tell(frames: &[&str]) -> Told {
    told(Protocol::Responses, &events(frames))
}

const CREATED: &str =
    r#"{"type":"response.created","response":{"id":"r","model":"m-1","status":"in_progress"}}"#;
const DONE: &str = r#"{"type":"response.completed","response":{"status":"completed"}}"#;

fn delta(kind: &str, item: &str, words: &str) -> String {
    json!({"type": format!("response.{kind}.delta"), "item_id": item, "delta": words}).to_string()
}

#[test]
fn words_reasoning_and_the_model() {
    let told = tell(&[
        CREATED,
        &delta("reasoning_summary_text", "rs_1", "a"),
        r#"{"type":"response.reasoning_summary_part.added","item_id":"rs_1","summary_index":1}"#,
        &delta("reasoning_summary_text", "rs_1", "b"),
        &delta("reasoning_text", "rs_1", "the same in full"),
        &delta("reasoning_text", "rs_2", "c"),
        &delta("output_text", "msg_1", "Hi"),
        r#"{"type":"response.output_text.done","item_id":"msg_1","text":"Hi"}"#,
        r#"{"type":"response.obfuscated","obfuscation":"xxxx"}"#,
        DONE,
    ]);
    assert_eq!(told.reasoning, "a\n\nb\n\nc");
    assert_eq!(told.text, "Hi");
    assert_eq!(told.finished, Some(FinishReason::Stop));
    assert_eq!(
        told.events[0],
        ChatEvent::Started {
            model: Some("m-1".to_owned())
        }
    );
}

#[test]
fn what_no_piece_brought_is_told_once_at_the_end_of_its_item() {
    let message = r#"{"type":"response.output_item.done","item":{"type":"message","id":"m","content":[{"type":"output_text","text":"whole"}]}}"#;
    let completed = r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","id":"m","content":[{"type":"output_text","text":"whole"}]}]}}"#;
    let text_done = r#"{"type":"response.output_text.done","item_id":"m","text":"whole"}"#;
    for frames in [
        vec![message, completed],
        vec![text_done, message, completed],
        vec![completed],
        vec![CREATED, text_done, DONE],
    ] {
        let told = tell(&frames);
        assert_eq!(told.text, "whole", "{frames:?}");
        assert_eq!(told.finished, Some(FinishReason::Stop));
    }
    let empty_part = r#"{"type":"response.content_part.added","item_id":"m","part":{"type":"output_text","text":""}}"#;
    let told = tell(&[
        &delta("output_text", "m", "whole"),
        empty_part,
        message,
        DONE,
    ]);
    assert_eq!(told.text, "whole");
}

#[test]
fn what_is_sealed_is_kept_to_be_given_back_and_an_empty_seal_is_none() {
    let item = |seal: &str| {
        json!({"type": "response.output_item.done", "item": {"type": "reasoning", "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "s"}], "content": [{"type": "reasoning_text", "text": "w"}],
            "encrypted_content": seal, "status": "completed"}})
        .to_string()
    };
    let told = tell(&[&item("gAAA"), &item("gAAA"), DONE]);
    let seals: Vec<_> = told
        .events
        .iter()
        .filter(|event| matches!(event, ChatEvent::Sealed(_)))
        .collect();
    assert_eq!(
        seals,
        [&ChatEvent::Sealed(Sealed {
            dialect: Dialect::Responses,
            data: json!({"type": "reasoning", "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "gAAA"})
        })]
    );
    assert_eq!(told.reasoning, "s");
    let told = tell(&[&item(""), DONE]);
    assert!(
        !told
            .events
            .iter()
            .any(|event| matches!(event, ChatEvent::Sealed(_)))
    );
}

fn calls(told: &Told) -> Vec<(u32, String, String)> {
    let mut calls: Vec<(u32, String, String)> = Vec::new();
    for event in &told.events {
        if let ChatEvent::ToolCall(ToolCallDelta {
            index,
            id,
            name,
            arguments,
            ..
        }) = event
        {
            match calls.iter_mut().find(|(at, _, _)| at == index) {
                Some((_, _, all)) => all.push_str(arguments),
                None => {
                    let named = format!(
                        "{} {}",
                        id.as_deref().unwrap_or("-"),
                        name.as_deref().unwrap_or("-")
                    );
                    calls.push((*index, named, arguments.clone()));
                }
            }
        }
    }
    calls
}

#[test]
fn tool_calls_by_their_item_in_pieces_whole_or_both() {
    let added = |item: &str, call: &str| {
        json!({"type": "response.output_item.added", "item": {"type": "function_call", "id": item,
            "call_id": call, "name": "f", "arguments": ""}})
        .to_string()
    };
    let done = |item: &str, call: &str| {
        json!({"type": "response.output_item.done", "item": {"type": "function_call", "id": item,
            "call_id": call, "name": "f", "arguments": "{\"a\":1}"}})
        .to_string()
    };
    let arguments_done =
        r#"{"type":"response.function_call_arguments.done","item_id":"fc_2","arguments":"{}"}"#;
    let told = tell(&[
        &added("fc_1", "call_1"),
        &added("fc_2", "call_2"),
        &delta("function_call_arguments", "fc_1", "{\"a\""),
        arguments_done,
        &delta("function_call_arguments", "fc_1", ":1}"),
        &done("fc_1", "call_1"),
        &done("fc_2", "call_2"),
        &done("fc_3", "call_3"),
        DONE,
    ]);
    let call = |at: u32, arguments: &str| (at, format!("call_{} f", at + 1), arguments.to_owned());
    assert_eq!(
        calls(&told),
        [call(0, "{\"a\":1}"), call(1, "{}"), call(2, "{\"a\":1}")]
    );
    assert_eq!(told.finished, Some(FinishReason::ToolCalls));
}

#[test]
fn citations_once_wherever_they_stand() {
    let url = r#"{"type":"url_citation","title":"T","url":"https://example.com","start_index":0,"end_index":1}"#;
    let file = r#"{"type":"file_citation","file_id":"f1","filename":"a.pdf","index":0}"#;
    let told = tell(&[
        &delta("output_text", "m", "x"),
        &format!(
            r#"{{"type":"response.output_text.annotation.added","item_id":"m","annotation":{url}}}"#
        ),
        &format!(
            r#"{{"type":"response.content_part.done","item_id":"m","part":{{"type":"output_text","text":"x","annotations":[{url},{file},{{"type":"new"}},null]}}}}"#
        ),
        DONE,
    ]);
    let cited = told.cited();
    assert_eq!(cited, [("T", "https://example.com"), ("a.pdf", "a.pdf")]);
}

#[test]
fn usage_with_what_was_cached_and_thought() {
    let completed = r#"{"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":9,"output_tokens":5,"total_tokens":14,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens_details":{"reasoning_tokens":3}}}}"#;
    let told = tell(&[&delta("output_text", "m", "x"), completed]);
    assert!(told.events.contains(&ChatEvent::Usage(Usage {
        input_tokens: 9,
        output_tokens: 5,
        reasoning_tokens: Some(3),
        cached_tokens: Some(4),
        cache_written_tokens: Some(2),
        ..Usage::default()
    })));
}

#[test]
fn every_way_to_end() {
    let incomplete = |reason: &str| {
        format!(
            r#"{{"type":"response.incomplete","response":{{"status":"incomplete","incomplete_details":{{"reason":"{reason}"}}}}}}"#
        )
    };
    let text = delta("output_text", "m", "x");
    for (last, want) in [
        (incomplete("max_output_tokens"), FinishReason::Length),
        (incomplete("content_filter"), FinishReason::ContentFilter),
        (
            incomplete("steered"),
            FinishReason::Other("steered".to_owned()),
        ),
    ] {
        let told = tell(&[&text, &last]);
        assert_eq!((told.text.as_str(), told.finished), ("x", Some(want)));
    }
    let refused = tell(&[&delta("refusal", "m", "I cannot."), DONE]);
    assert_eq!(
        (refused.text.as_str(), refused.finished),
        ("I cannot.", Some(FinishReason::ContentFilter))
    );
    let cut = tell(&[CREATED, &text]);
    assert_eq!((cut.text.as_str(), cut.code()), ("x", "remote_interrupted"));
    let stopped = tell(&[
        &text,
        r#"{"type":"response.completed","response":{"status":"cancelled"}}"#,
    ]);
    assert_eq!(stopped.code(), "remote_interrupted");
}

#[test]
fn errors_in_the_stream_have_our_codes_and_keep_what_came() {
    let failed = |code: &str| {
        format!(
            r#"{{"type":"response.failed","response":{{"status":"failed","error":{{"code":"{code}","message":"m"}}}}}}"#
        )
    };
    let event = |code: &str| {
        format!(
            r#"{{"type":"error","code":"{code}","message":"m","param":null,"sequence_number":3}}"#
        )
    };
    let nested = r#"{"type":"error","error":{"type":"server_error","code":"rate_limit_exceeded","message":"m"}}"#;
    let text = delta("output_text", "m", "x");
    for (last, want) in [
        (failed("server_error"), "remote_unavailable"),
        (failed("rate_limit_exceeded"), "remote_rate_limited"),
        (failed("vector_store_timeout"), "remote_unavailable"),
        (failed("invalid_image_format"), "remote_bad_request"),
        (failed("image_too_large"), "remote_bad_request"),
        (failed("bio_policy"), "remote_content_refused"),
        (
            failed("image_content_policy_violation"),
            "remote_content_refused",
        ),
        (event("context_length_exceeded"), "remote_context_too_long"),
        (event("insufficient_quota"), "remote_quota"),
        (event(""), "remote_unavailable"),
        (nested.to_owned(), "remote_rate_limited"),
    ] {
        let told = tell(&[&text, &last]);
        assert_eq!((told.text.as_str(), told.code()), ("x", want), "{last}");
    }
    let flagged = r#"{"type":"error","code":"invalid_prompt","message":"Your prompt was flagged as potentially violating our usage policy."}"#;
    assert_eq!(tell(&[flagged]).code(), "remote_content_refused");
}

#[test]
fn a_document_answers_a_request_for_a_stream() {
    let document = r#"{"id":"r","object":"response","model":"m","status":"completed","error":null,"output":[
        {"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"hm"}]},
        {"type":"message","id":"m","content":[{"type":"output_text","text":"yes","annotations":[]}]}]}"#;
    let answer = told(Protocol::Responses, document.as_bytes());
    assert_eq!(
        (answer.reasoning.as_str(), answer.text.as_str()),
        ("hm", "yes")
    );
    assert_eq!(answer.finished, Some(FinishReason::Stop));
    let other = told(Protocol::Responses, br#"{"choices":[]}"#);
    assert_eq!(other.code(), "remote_unexpected_answer");
}

#[test]
fn anything_may_be_missing_null_or_new() {
    let told = tell(&[
        "{}",
        r#"{"type":null}"#,
        r#"{"type":"response.output_item.added"}"#,
        r#"{"type":"response.output_item.done","item":null}"#,
        r#"{"type":"response.output_text.delta"}"#,
        r#"{"type":"response.function_call_arguments.delta","delta":"x"}"#,
        r#"{"type":"response.output_text.annotation.added"}"#,
        r#"{"type":"response.brand_new","item":{}}"#,
        "not json",
        &delta("output_text", "", "ok"),
        DONE,
    ]);
    assert_eq!(told.text, "ok");
    assert_eq!(told.finished, Some(FinishReason::Stop));
}
