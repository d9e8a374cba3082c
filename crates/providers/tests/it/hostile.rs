use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fluxchat_egress::{Credential, HeaderKind};
use fluxchat_model::{Outcome, Secret};
use fluxchat_providers::{ChatEvent, FinishReason, Notice, ProviderError, chat};
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;

use crate::source::{ask, ask_server, ctx, frames, request, source, sse};
use crate::support::{MemoryLedger, Script, Server, door, door_with, json};

const HELLO: &str = r#"{"choices":[{"delta":{"content":"Hello"}}]}"#;
const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

fn stream_of(all: &[&str]) -> Script {
    Script::Say(sse(&frames(all)).to_vec())
}

#[tokio::test]
async fn a_good_answer_over_a_real_connection() {
    let server = Server::start(vec![stream_of(&[HELLO, STOP])]).await;
    let (told, ledger) = ask_server(&server).await;
    assert_eq!(
        (told.text.as_str(), told.finished),
        ("Hello", Some(FinishReason::Stop))
    );
    assert_eq!(told.events, [ChatEvent::Started { model: None }]);
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Sent, 1));
    assert_eq!(server.request_ids(), ledger.request_ids());
}

#[tokio::test]
async fn half_a_stream_keeps_what_arrived() {
    let body = format!("data: {HELLO}\n\ndata: {{\"cho");
    let closed = Script::Say(sse(body.as_bytes()).to_vec());
    let promised = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n{body}"
    );
    for (script, outcome) in [
        (closed, Outcome::Sent),
        (Script::Say(promised.into_bytes()), Outcome::Failed),
    ] {
        let server = Server::start(vec![script]).await;
        let (told, ledger) = ask_server(&server).await;
        assert_eq!(
            (told.text.as_str(), told.code()),
            ("Hello", "remote_interrupted")
        );
        // What its server closed was answered, if badly; what broke was not.
        assert_eq!(ledger.only().outcome, outcome);
        assert_eq!(
            server.connections(),
            1,
            "never tried again after the first byte"
        );
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    for (script, code) in [
        (
            json(
                "502 Bad Gateway",
                "x-should-retry: false\r\n",
                "<html>canary</html>",
            ),
            "remote_unavailable",
        ),
        (Script::Say(sse(b"").to_vec()), "remote_interrupted"),
        (
            json("200 OK", "", "<html>login</html>"),
            "remote_unexpected_answer",
        ),
        (json("200 OK", "", ""), "remote_interrupted"),
        (
            json("401 Unauthorized", "", "{\"error\":{\"message\":\"m\"}}"),
            "remote_unauthorized",
        ),
        (
            json("404 Not Found", "", "404 page not found"),
            "remote_not_found",
        ),
        (
            json("500 Internal Server Error", "", "{\"error\":\"m\"}"),
            "remote_unavailable",
        ),
        (
            json(
                "307 Temporary Redirect",
                "location: http://127.0.0.2/\r\n",
                "",
            ),
            "remote_redirect",
        ),
        (
            json("200 OK", "content-encoding: gzip\r\n", "bomb"),
            "remote_unexpected_answer",
        ),
    ] {
        let server = Server::start(vec![script]).await;
        let (told, ledger) = ask_server(&server).await;
        assert_eq!(told.code(), code, "{told:?}");
        assert!(!told.error.unwrap().to_string().contains("canary"));
        assert_eq!((server.connections(), ledger.only().finishes), (1, 1));
    }
}

#[tokio::test]
async fn an_error_as_an_event_stream_with_status_500() {
    let body = "event: error\ndata: {\"error\":{\"message\":\"m\",\"code\":\"context_length_exceeded\"}}\n\n";
    let head = "HTTP/1.1 500 X\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let server = Server::start(vec![Script::Say(format!("{head}{body}").into_bytes())]).await;
    assert_eq!(
        ask_server(&server).await.0.code(),
        "remote_context_too_long"
    );
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_then_believed() {
    let busy = json(
        "429 Too Many Requests",
        "retry-after-ms: 2\r\n",
        "{\"error\":{\"message\":\"slow\"}}",
    );
    let server = Server::start(vec![busy.clone(), stream_of(&[HELLO, STOP])]).await;
    let (told, ledger) = ask_server(&server).await;
    assert_eq!(told.text, "Hello");
    assert_eq!(ledger.request_ids(), server.request_ids());
    assert_eq!(ledger.rows().len(), 2);

    let server = Server::start(vec![busy]).await;
    let (told, ledger) = ask_server(&server).await;
    assert_eq!(ledger.rows().len(), 3);
    match told.error.unwrap() {
        ProviderError::RateLimited {
            message,
            retry_after_ms,
        } => {
            assert_eq!((message.as_str(), retry_after_ms), ("slow", Some(2)));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_setting_the_server_does_not_know_is_dropped_once_and_told() {
    let no = |name: &str| {
        json(
            "400 Bad Request",
            "",
            &format!(
                "{{\"error\":{{\"message\":\"Unknown parameter: '{name}'.\",\"param\":\"{name}\"}}}}"
            ),
        )
    };
    let server = Server::start(vec![no("stream_options"), stream_of(&[HELLO, STOP])]).await;
    let (told, ledger) = ask_server(&server).await;
    assert_eq!(told.text, "Hello");
    let name = "stream_options".to_owned();
    assert_eq!(
        told.events[0],
        ChatEvent::Notice(Notice::ParameterDropped { name })
    );
    let seen = server.seen();
    assert!(String::from_utf8_lossy(&seen[0].body).contains("stream_options"));
    assert!(!String::from_utf8_lossy(&seen[1].body).contains("stream_options"));
    assert_eq!(ledger.rows().len(), 2);

    let server = Server::start(vec![no("messages")]).await;
    let (told, _) = ask_server(&server).await;
    assert_eq!(
        (told.code(), server.connections()),
        ("remote_bad_request", 1)
    );
}

#[tokio::test]
async fn a_server_that_repeats_the_key_does_not_get_it_shown() {
    let body = "{\"error\":{\"message\":\"Incorrect API key provided: sk-canary\"}}";
    let server = Server::start(vec![json("401 Unauthorized", "", body)]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let key = Credential::new(
        server.origin(),
        HeaderKind::Bearer,
        Secret::new("sk-canary".to_owned()),
    );
    let source = source(Some(server.origin()));
    let error = chat(&door(&ledger), &source, Some(key), ctx(), request())
        .await
        .err()
        .unwrap();
    assert_eq!(
        server.seen()[0].header("authorization"),
        Some("Bearer sk-canary")
    );
    assert_eq!(error.remote_message(), "Incorrect API key provided: [key]");
    assert!(!format!("{error:?}").contains("canary"));
}

fn trickle(
    first: Vec<u8>,
    wait: Duration,
) -> impl http_body::Body<Data = Bytes, Error = std::io::Error> + Send {
    let pieces = stream::unfold(Some(first), move |first| async move {
        match first {
            Some(first) => Some((Ok(Frame::data(Bytes::from(first))), None)),
            None => {
                tokio::time::sleep(wait).await;
                Some((Ok(Frame::data(Bytes::from_static(b"d"))), None))
            }
        }
    });
    StreamBody::new(pieces)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_is_left() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        let first = format!("data: {HELLO}\n\n").into_bytes();
        http::Response::new(trickle(first, Duration::from_secs(100_000)))
    });
    let told = ask(&door, &source(None)).await;
    assert_eq!(
        (told.text.as_str(), told.code()),
        ("Hello", "remote_timeout")
    );
    assert_eq!(ledger.only().outcome, Outcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn after_the_last_word_nobody_waits_long() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        let first = format!("data: {HELLO}\n\ndata: {STOP}\n\n").into_bytes();
        http::Response::new(trickle(first, Duration::from_secs(100_000)))
    });
    let before = tokio::time::Instant::now();
    let told = ask(&door, &source(None)).await;
    assert_eq!(told.finished, Some(FinishReason::Stop));
    assert_eq!(before.elapsed().as_secs(), 10);
    assert_eq!(ledger.only().outcome, Outcome::Sent);
}

#[tokio::test]
async fn an_event_without_end_is_refused() {
    let flood = Script::Flood(sse(b"data: ").to_vec(), vec![b'x'; 65536]);
    let server = Server::start(vec![flood]).await;
    let (told, ledger) = ask_server(&server).await;
    assert_eq!(told.code(), "remote_too_large");
    assert_eq!(ledger.only().outcome, Outcome::Failed);
}
