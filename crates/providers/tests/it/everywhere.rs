//! What a server may do to us, done in every dialect.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fluxchat_model::{Dialect, Outcome, Role};
use fluxchat_providers::{ChatEvent, ChatMessage, ChatPart, Protocol, Reading, Step, chat};
use futures_util::{StreamExt as _, stream};
use http_body::Frame;
use http_body_util::StreamBody;

use crate::contract::written;
use crate::source::{ask, ctx, frames, request, source_of, steps, tell, tell_as};
use crate::support::{MemoryLedger, Script, Server, door, door_with};

const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

/// In every dialect: the path, how its stream is called, a frame that says "hi", and the end.
fn dialects() -> [(Dialect, &'static str, &'static str, &'static str); 6] {
    [
        (
            Dialect::Openai,
            "/v1",
            r#"{"choices":[{"delta":{"content":"hi"}}]}"#,
            STOP,
        ),
        (
            Dialect::Responses,
            "/v1",
            r#"{"type":"response.output_text.delta","item_id":"i","delta":"hi"}"#,
            r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
        ),
        (
            Dialect::Anthropic,
            "/v1",
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
        ),
        (
            Dialect::Gemini,
            "/v1beta",
            r#"{"candidates":[{"content":{"parts":[{"text":"hi"}]}}]}"#,
            r#"{"candidates":[{"finishReason":"STOP"}]}"#,
        ),
        (
            Dialect::Interactions,
            "/v1beta",
            r#"{"event_type":"step.delta","index":0,"delta":{"type":"text","text":"hi"}}"#,
            r#"{"event_type":"interaction.completed","interaction":{"status":"completed"}}"#,
        ),
        (
            Dialect::Ollama,
            "/api",
            r#"{"model":"m","message":{"role":"assistant","content":"hi"},"done":false}"#,
            r#"{"done":true,"done_reason":"stop"}"#,
        ),
    ]
}

/// A frame as its dialect frames it.
fn framed(dialect: Dialect, frame: &str) -> Vec<u8> {
    match dialect {
        Dialect::Ollama => format!("{frame}\n").into_bytes(),
        _ => format!("data: {frame}\n\n").into_bytes(),
    }
}

/// The head of a good answer that calls itself so.
fn head(kind: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n").into_bytes()
}

/// A server that goes on talking, or falls silent and keeps the line, is hung up on in every
/// dialect; that is what stops it.
#[tokio::test]
async fn stopping_hangs_up_whether_by_dropping_the_stream_or_by_the_switch() {
    for (dialect, base, hi, _) in dialects() {
        let again = framed(dialect, hi);
        let said = [head("text/event-stream"), again.clone()].concat();
        for script in [
            Script::Flood(said.clone(), again.clone()),
            Script::SayAndHold(said),
        ] {
            for by_switch in [false, true] {
                let server = Server::start(vec![script.clone()]).await;
                let ledger = Arc::new(MemoryLedger::default());
                let source = source_of(dialect, base, Some(server.origin()));
                let ctx = ctx();
                let switch = ctx.cancel.clone();
                let mut stream = chat(&door(&ledger), &source, None, ctx, request())
                    .await
                    .unwrap();
                assert!(stream.next().await.unwrap().is_ok(), "{dialect:?}");
                if by_switch {
                    switch.cancel();
                    let rest: Vec<_> = stream.by_ref().collect().await;
                    let last = rest.last().unwrap().as_ref().unwrap_err();
                    assert_eq!(last.code(), "cancelled", "{dialect:?}");
                } else {
                    drop(stream);
                }
                let row = ledger.only();
                let seen = (row.outcome, row.finishes);
                assert_eq!(seen, (Outcome::Cancelled, 1), "{dialect:?}");
                // Ends only once the other side has hung up.
                server.poured().await;
            }
        }
    }
}

/// What the stream calls itself is not asked, except for a web page.
#[tokio::test]
async fn a_stream_under_a_wrong_name_is_read_and_a_web_page_is_none() {
    for (dialect, base, hi, stop) in dialects() {
        for (kind, code) in [
            ("application/json", ""),
            ("application/octet-stream", ""),
            ("text/plain; charset=latin1", ""),
            ("text/event-stream", ""),
            ("application/x-ndjson", ""),
            ("image/png", ""),
            ("text/html", "remote_unexpected_answer"),
        ] {
            let said = [head(kind), framed(dialect, hi), framed(dialect, stop)].concat();
            let server = Server::start(vec![Script::Say(said)]).await;
            let ledger = Arc::new(MemoryLedger::default());
            let source = source_of(dialect, base, Some(server.origin()));
            let told = ask(&door(&ledger), &source).await;
            assert_eq!(told.code(), code, "{dialect:?} as {kind}");
            let text = if code.is_empty() { "hi" } else { "" };
            assert_eq!(told.text, text, "{dialect:?} as {kind}");
        }
    }
}

/// Half a sign, cut off by the next quote: it is marked, and what follows is read.
#[test]
fn bytes_that_are_no_text_cost_themselves_only() {
    for (dialect, _, hi, stop) in dialects() {
        let mut broken = framed(dialect, hi);
        let at = broken.windows(2).position(|it| it == b"hi").unwrap();
        broken.splice(at..at + 2, b"a\xF0\x9F\x8E b".iter().copied());
        let body = [broken, framed(dialect, hi), framed(dialect, stop)].concat();
        let whole = steps(protocol(dialect), None, std::iter::once(body.as_slice()));
        let text: String = whole.iter().filter_map(words).collect();
        assert_eq!(text, "a\u{FFFD} bhi", "{dialect:?}");
        for cut in 0..=body.len() {
            let (front, back) = body.split_at(cut);
            let cut = steps(protocol(dialect), None, [front, back].into_iter());
            assert_eq!(cut, whole, "{dialect:?}");
        }
    }
}

fn protocol(dialect: Dialect) -> Protocol {
    match dialect {
        Dialect::Openai | Dialect::Fluxchat => Protocol::ChatCompletions,
        Dialect::Responses => Protocol::Responses,
        Dialect::Anthropic => Protocol::Messages,
        Dialect::Gemini => Protocol::GenerateContent,
        Dialect::Interactions => Protocol::Interactions,
        Dialect::Ollama => Protocol::OllamaChat,
    }
}

fn words(step: &Step) -> Option<&str> {
    match step {
        Step::Event(ChatEvent::Text(text)) => Some(text),
        _ => None,
    }
}

/// An error in the stream, after a good head and good words.
#[tokio::test]
async fn an_error_after_a_good_beginning_ends_it_and_keeps_what_came() {
    let error = r#"{"error":{"message":"Overloaded","type":"overloaded_error","code":529}}"#;
    for (dialect, base, hi, stop) in dialects() {
        let said = [hi, error, stop].map(|frame| framed(dialect, frame));
        let said = [head("text/event-stream"), said.concat()].concat();
        let server = Server::start(vec![Script::Say(said)]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let source = source_of(dialect, base, Some(server.origin()));
        let told = ask(&door(&ledger), &source).await;
        let seen = (told.text.as_str(), told.code());
        assert_eq!(seen, ("hi", "remote_unavailable"), "{dialect:?}");
        let row = ledger.only();
        assert_eq!((row.outcome, row.finishes), (Outcome::Failed, 1));
    }
}

/// Half of what a tool is to be called with: it is told as it came, and given back as something
/// that every server reads.
#[test]
fn half_of_the_arguments_of_a_call_is_told_and_not_repeated() {
    let half = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]},"finish_reason":"tool_calls"}]}"#;
    let told = tell(&frames(&[half]));
    let is_half = |event: &ChatEvent| matches!(event, ChatEvent::ToolCall(call) if call.arguments == "{\"a\":");
    assert!(told.events.iter().any(is_half), "{told:?}");
    let mut again = request();
    again.messages.push(ChatMessage {
        role: Role::Assistant,
        parts: vec![ChatPart::ToolCall {
            id: "c".to_owned(),
            name: "f".to_owned(),
            arguments: "{\"a\":".to_owned(),
            sealed: None,
        }],
    });
    for (dialect, base, _, _) in dialects() {
        let body = written(dialect, "llm.example", base, &again).to_string();
        assert!(!body.contains(r#"{\"a\":"#), "{dialect:?}: {body}");
    }
}

/// Many small events, in every dialect: each is told, and none is held.
#[test]
fn twenty_thousand_small_events_are_twenty_thousand_pieces() {
    for (dialect, _, hi, stop) in dialects() {
        let mut reading = Reading::of(protocol(dialect), None, None);
        let (small, mut pieces) = (framed(dialect, hi), 0);
        for _ in 0..20_000 {
            reading.push(&small);
            while let Some(step) = reading.next_step() {
                pieces += usize::from(words(&step).is_some());
            }
        }
        reading.push(&framed(dialect, stop));
        reading.finish();
        let last = std::iter::from_fn(|| reading.next_step()).last();
        assert_eq!(pieces, 20_000, "{dialect:?}");
        assert!(matches!(
            last,
            Some(Step::Event(ChatEvent::Finished { .. }))
        ));
    }
}

/// Calls without number: nobody asks for so many, and looking each up would take for ever.
#[test]
fn more_calls_than_anybody_asks_for_end_the_answer() {
    let call = |at: usize| {
        [
            (
                Protocol::ChatCompletions,
                format!(
                    r#"{{"choices":[{{"delta":{{"tool_calls":[{{"index":0,"id":"c{at}","function":{{"name":"f"}}}}]}}}}]}}"#
                ),
            ),
            (
                Protocol::Responses,
                format!(
                    r#"{{"type":"response.output_item.added","item":{{"type":"function_call","id":"f{at}","call_id":"c{at}","name":"f"}}}}"#
                ),
            ),
        ]
    };
    for which in 0..2 {
        let frames: Vec<(Protocol, String)> = (0..20_000)
            .map(|at| call(at).into_iter().nth(which).unwrap())
            .collect();
        let protocol = frames[0].0;
        let body: String = frames
            .iter()
            .map(|(_, frame)| format!("data: {frame}\n\n"))
            .collect();
        let told = tell_as(protocol, body.as_bytes());
        assert_eq!(told.code(), "remote_too_large");
        assert_eq!(told.events.len(), 1_001, "a beginning and a thousand calls");
    }
}

/// Signs of life without a word, in every dialect; and one event that never ends, byte by byte.
#[tokio::test(start_paused = true)]
async fn a_server_that_gives_nothing_but_signs_of_life_is_left() {
    for (dialect, base, hi, _) in dialects() {
        for sign in [&b": ping\n\n"[..], b"\n", b"x"] {
            let ledger = Arc::new(MemoryLedger::default());
            let first = framed(dialect, hi);
            let door = door_with(&ledger, move |_| {
                let pieces = stream::unfold(Some(first.clone()), move |first| async move {
                    match first {
                        Some(first) => Some((Bytes::from(first), None)),
                        None => {
                            tokio::time::sleep(Duration::from_secs(20)).await;
                            Some((Bytes::from_static(sign), None))
                        }
                    }
                });
                let pieces = pieces.map(|it| Ok::<_, std::io::Error>(Frame::data(it)));
                async { http::Response::new(StreamBody::new(pieces)) }
            });
            let before = tokio::time::Instant::now();
            let told = ask(&door, &source_of(dialect, base, None)).await;
            let seen = (told.text.as_str(), told.code());
            assert_eq!(seen, ("hi", "remote_timeout"), "{dialect:?}");
            assert_eq!(before.elapsed().as_secs(), 1_800, "{dialect:?}");
            assert_eq!(ledger.only().outcome, Outcome::Failed);
        }
    }
}
