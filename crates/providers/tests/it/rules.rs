//! The reader rules of every compatible server, one by one.

use fluxchat_model::Usage;
use fluxchat_providers::{ChatEvent, FinishReason, Notice, ToolCallDelta};

use crate::source::{frames, tell};

fn delta(delta: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{delta}}}]}}"#)
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

#[test]
fn reasoning_under_either_name_and_never_twice() {
    let told = tell(&frames(&[
        &delta(r#"{"reasoning_content":"a"}"#),
        &delta(r#"{"reasoning":"b"}"#),
        &delta(r#"{"reasoning_content":"c","reasoning":"c"}"#),
        &delta(r#"{"reasoning_content":"","reasoning":"d","content":"x"}"#),
        &delta(r#"{"reasoning":null,"reasoning_content":null,"content":null}"#),
        STOP,
    ]));
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("abcd", "x"));
    assert_eq!(told.finished, Some(FinishReason::Stop));
}

#[test]
fn reasoning_inside_the_content() {
    let mistral = r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]},{"type":"text","text":"yes"},{"type":"reference","reference_ids":[1]}]}"#;
    let told = tell(&frames(&[&delta(mistral), STOP]));
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("hm", "yes"));
    let tags = ["<th", "ink>h", "m</", "think>\\n\\n", "yes"]
        .map(|text| delta(&format!(r#"{{"content":"{text}"}}"#)));
    let tags: Vec<&str> = tags.iter().map(String::as_str).chain([STOP]).collect();
    let told = tell(&frames(&tags));
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("hm", "yes"));
}

#[test]
fn choices_may_be_missing_empty_or_of_another_answer() {
    let told = tell(&frames(&[
        r#"{"choices":[],"prompt_filter_results":[]}"#,
        r#"{"id":"x"}"#,
        r#"{"choices":null}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
        r#"{"choices":[{"delta":{"content":"ours"}}]}"#,
        STOP,
    ]));
    assert_eq!(told.text, "ours");
}

/// Azure begins with a chunk about the question, in which no model has a name yet.
#[test]
fn a_model_is_named_when_it_has_a_name() {
    let filter = r#"{"choices":[],"model":"","prompt_filter_results":[]}"#;
    let named = r#"{"choices":[{"delta":{"content":"x"}}],"model":"gpt-x"}"#;
    let other = r#"{"choices":[{"delta":{"content":"y"}}],"model":"gpt-y"}"#;
    let started = |said: &[&str]| -> Vec<Option<String>> {
        let told = tell(&frames(said)).events.into_iter();
        told.filter_map(|event| match event {
            ChatEvent::Started { model } => Some(model),
            _ => None,
        })
        .collect()
    };
    let name = || Some("gpt-x".to_owned());
    assert_eq!(started(&[filter, named, other, STOP]), [None, name()]);
    assert_eq!(started(&[named, filter, other, STOP]), [name()]);
    assert_eq!(started(&[filter, filter, STOP]), [None]);
}

#[test]
fn usage_wherever_it_stands_and_once() {
    let usage = Usage {
        input_tokens: 9,
        output_tokens: 3,
        reasoning_tokens: Some(2),
        cached_tokens: Some(1),
        cache_written_tokens: Some(5),
        ..Usage::default()
    };
    let inner = r#"{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":5},"completion_tokens_details":{"reasoning_tokens":2}}"#;
    for last in [
        format!(r#"{{"choices":[],"usage":{inner}}}"#),
        format!(r#"{{"choices":[{{"index":0,"delta":{{}}}}],"usage":{inner}}}"#),
        format!(r#"{{"usage":{inner}}}"#),
        format!(r#"{{"choices":[],"x_groq":{{"id":"r","usage":{inner}}},"usage":{inner}}}"#),
        format!(r#"{{"choices":[],"x_groq":{{"usage":{inner}}}}}"#),
    ] {
        let null = r#"{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":null}"#;
        let told = tell(&frames(&[null, STOP, &last, &last]));
        let found: Vec<_> = told
            .events
            .iter()
            .filter(|event| matches!(event, ChatEvent::Usage(_)))
            .collect();
        assert_eq!(found, [&ChatEvent::Usage(usage)], "{last}");
    }
    let deepseek = r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_cache_hit_tokens":4}}"#;
    let told = tell(&frames(&[STOP, deepseek]));
    assert!(told.events.iter().any(|event| matches!(
        event,
        ChatEvent::Usage(Usage {
            cached_tokens: Some(4),
            ..
        })
    )));
}

#[test]
fn an_error_in_any_frame_ends_the_answer_and_keeps_what_came() {
    for (frame, code) in [
        (
            r#"{"error":{"message":"m","code":429}}"#,
            "remote_rate_limited",
        ),
        (
            r#"{"error":{"message":"m","code":"429"}}"#,
            "remote_rate_limited",
        ),
        (
            r#"{"error":{"message":"m","code":null}}"#,
            "remote_unavailable",
        ),
        (r#"{"error":"m"}"#, "remote_unavailable"),
        (
            r#"{"object":"error","message":"m","code":400}"#,
            "remote_bad_request",
        ),
        (
            r#"{"x_groq":{"error":{"message":"m"}},"choices":[]}"#,
            "remote_unavailable",
        ),
        (
            r#"{"error":{"code":502,"message":"m"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#,
            "remote_unavailable",
        ),
        (
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}"#,
            "remote_unavailable",
        ),
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
            "remote_unavailable",
        ),
    ] {
        let told = tell(&frames(&[&delta(r#"{"content":"part"}"#), frame, STOP]));
        assert_eq!((told.code(), told.text.as_str()), (code, "part"), "{frame}");
    }
    let told = tell(b"event: error\ndata: plain words\n\n");
    assert_eq!(told.code(), "remote_unavailable");
    let null = tell(&frames(&[
        r#"{"error":null,"choices":[{"delta":{"content":"x"}}]}"#,
        STOP,
    ]));
    assert_eq!((null.code(), null.text.as_str()), ("", "x"));
}

#[test]
fn a_frame_that_cannot_be_read_costs_itself_only() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!(r#"{{"choices":{deep}}}"#);
    let told = tell(&frames(&[
        &delta(r#"{"content":"a"}"#),
        "{\"choices\":[{\"delta\"",
        r#"{"usage":NaN}"#,
        &deep,
        "[1]",
        &delta(r#"{"content":"x","content":"b"}"#),
        STOP,
    ]));
    assert_eq!(told.text, "ab");
    assert_eq!(told.finished, Some(FinishReason::Stop));
    assert!(
        told.events
            .contains(&ChatEvent::Notice(Notice::FramesSkipped { count: 4 }))
    );
}

#[test]
fn fields_of_the_wrong_type_are_no_fields() {
    let told = tell(&frames(&[
        r#"{"choices":"x","model":7,"usage":"many"}"#,
        r#"{"choices":[null,3,{"index":"0","delta":"x"},{"delta":{"content":7,"tool_calls":{},"reasoning":[]}}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":99999999999999}}"#,
        r#"{"choices":[{"delta":{"content":"x"},"finish_reason":7}]}"#,
    ]));
    assert_eq!(told.text, "x");
    assert_eq!(told.finished, Some(FinishReason::NotStated));
}

#[test]
fn tool_calls_are_kept_apart() {
    let call = |index: u32, id: &str, name: &str, arguments: &str| {
        delta(&format!(
            r#"{{"tool_calls":[{{"index":{index},{id}"function":{{{name}"arguments":{arguments}}}}}]}}"#
        ))
    };
    let told = tell(&frames(&[
        &call(0, r#""id":"a","#, r#""name":"f","#, r#""""#),
        &call(0, "", "", r#""{\"x\"""#),
        // vLLM: all say index 0; the id tells.
        &call(0, r#""id":"b","#, r#""name":"g","#, r#"{"y":1}"#),
        &call(0, "", "", "null"),
        STOP,
    ]));
    let calls: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::ToolCall(call) => Some(call.clone()),
            _ => None,
        })
        .collect();
    let one = |index, id: Option<&str>, name: Option<&str>, arguments: &str| ToolCallDelta {
        index,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        arguments: arguments.to_owned(),
        ..ToolCallDelta::default()
    };
    assert_eq!(
        calls,
        [
            one(0, Some("a"), Some("f"), ""),
            one(0, None, None, "{\"x\""),
            one(1, Some("b"), Some("g"), "{\"y\":1}"),
            one(1, None, None, ""),
        ]
    );
    // "stop" although tools are wanted: the calls speak for themselves.
    assert_eq!(told.finished, Some(FinishReason::Stop));
}

#[test]
fn citations_ours_and_the_standard_form() {
    let told = tell(&frames(&[
        &delta(
            r#"{"citations":[{"title":"Deleting","target":"help:deleting#undo"},{"title":"no target"},"x"]}"#,
        ),
        &delta(
            r#"{"annotations":[{"type":"url_citation","url_citation":{"title":"T","url":"https://x.example"}}]}"#,
        ),
        STOP,
    ]));
    let cited = |title: &str, target: &str| ChatEvent::Citation {
        title: title.to_owned(),
        target: target.to_owned(),
        span: None,
    };
    assert_eq!(
        told.events[1..],
        [
            cited("Deleting", "help:deleting#undo"),
            cited("T", "https://x.example")
        ]
    );
}

#[test]
fn ends_good_and_bad() {
    let text = delta(r#"{"content":"x"}"#);
    let body = |tail: &str| format!("data: {text}\n\n{tail}").into_bytes();
    for (tail, finished, code) in [
        ("data: [DONE]\n\n", Some(FinishReason::NotStated), ""),
        ("data: [DONE] bye", Some(FinishReason::NotStated), ""),
        ("", None, "remote_interrupted"),
        (
            "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}",
            Some(FinishReason::Stop),
            "",
        ),
        (
            "data: {\"choices\":[{\"finish_reason\":\"model_length\"}]}\n\n",
            Some(FinishReason::Length),
            "",
        ),
        (
            "data: {\"choices\":[{\"finish_reason\":\"odd\"}]}\n\n",
            Some(FinishReason::Other("odd".to_owned())),
            "",
        ),
        (
            "data: {\"choices\":[{\"finish_reason\":\"st",
            None,
            "remote_interrupted",
        ),
    ] {
        let told = tell(&body(tail));
        assert_eq!(
            (told.finished.clone(), told.code()),
            (finished, code),
            "{tail}"
        );
        assert_eq!(told.text, "x");
    }
    for (nothing, code) in [
        (&b""[..], "remote_interrupted"),
        (b"\n\n", "remote_interrupted"),
        (b": ping\n\n", "remote_interrupted"),
        (b"data: [DONE]\n\n", "remote_interrupted"),
        (
            b"data: hello\n\ndata: [DONE]\n\n",
            "remote_unexpected_answer",
        ),
        (
            b"<!doctype html><title>502</title>",
            "remote_unexpected_answer",
        ),
        (b"\xEF\xBB\xBF <html>", "remote_unexpected_answer"),
        (b"{\"status\":\"ok\"}", "remote_unexpected_answer"),
        (
            b"{\"error\":{\"message\":\"m\",\"code\":401}}",
            "remote_unauthorized",
        ),
        (
            b"[{\"error\":{\"code\":404,\"message\":\"m\"}}]",
            "remote_not_found",
        ),
        (b"{\"choices\":[{\"message\":", "remote_unexpected_answer"),
    ] {
        let told = tell(nothing);
        assert_eq!(told.code(), code, "{:?}", String::from_utf8_lossy(nothing));
    }
}

#[test]
fn a_document_instead_of_a_stream_is_read_as_one() {
    let told = tell(
        br#" {"model":"m","choices":[{"index":0,"finish_reason":"length","message":{"role":"assistant","content":"<think>hm</think>yes","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
    );
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("hm", "yes"));
    assert_eq!(told.finished, Some(FinishReason::Length));
    assert_eq!(told.events.len(), 3, "{told:?}");
}
