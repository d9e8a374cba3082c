//! OpenAI Responses and Google Gemini over a real connection, and over bytes of any kind.

use bytes::Bytes;
use fluxchat_egress::HeaderKind;
use fluxchat_model::Dialect;
use fluxchat_providers::{
    ChatEvent, ChatMessage, ChatPart, FinishReason, Notice, Protocol, Step, fuzz,
};
use proptest::prelude::*;

use crate::dialects::listed;
use crate::source::{asked, events, request, source_of, sse, steps};
use crate::support::{Script, Server, json};

const KEY: Option<&str> = Some("sk-canary");

fn stream(frames: &[&str]) -> Script {
    Script::Say(sse(&events(frames)).to_vec())
}

const DONE: &str = r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","id":"m","content":[{"type":"output_text","text":"Hi"}]}]}}"#;
const GENERATED: &str =
    r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}"#;
const INTERACTED: &str = r#"{"event_type":"interaction.completed","interaction":{"status":"completed","steps":[{"type":"model_output","content":[{"type":"text","text":"Hi"}]}]}}"#;

#[tokio::test]
async fn each_is_asked_at_its_own_address_with_its_own_header() {
    for (dialect, base, frame, line, key) in [
        (
            Dialect::Responses,
            "/v1",
            DONE,
            "POST /v1/responses ",
            "authorization",
        ),
        (
            Dialect::Gemini,
            "/v1beta",
            GENERATED,
            "POST /v1beta/models/m:streamGenerateContent?alt=sse ",
            "x-goog-api-key",
        ),
        (
            Dialect::Interactions,
            "/v1beta",
            INTERACTED,
            "POST /v1beta/interactions ",
            "x-goog-api-key",
        ),
    ] {
        let (told, seen) = asked(dialect, base, vec![stream(&[frame])], KEY, request()).await;
        assert_eq!(
            (told.text.as_str(), told.finished),
            ("Hi", Some(FinishReason::Stop))
        );
        assert!(seen[0].head.starts_with(line), "{}", seen[0].head);
        assert!(!line.contains("sk-canary"));
        assert!(seen[0].header(key).unwrap().ends_with("sk-canary"));
        let body: serde_json::Value = serde_json::from_slice(&seen[0].body).unwrap();
        let stored = (dialect != Dialect::Gemini).then_some(false);
        assert_eq!(body["store"].as_bool(), stored, "at every host");
    }
    let google = HeaderKind::XGoogApiKey;
    let source = source_of(Dialect::Interactions, "/v1beta", None);
    assert_eq!(fluxchat_providers::key_header(&source), google);
}

#[tokio::test]
async fn a_refusal_of_google_says_how_long_and_what() {
    let body = r#"[{"error":{"code":429,"message":"Quota of sk-canary","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"40.5s"}]}}]"#;
    let busy = json("429 Too Many Requests", "", body);
    let (told, seen) = asked(Dialect::Gemini, "/v1beta", vec![busy], KEY, request()).await;
    let error = told.error.unwrap();
    assert_eq!(
        (error.code(), error.retry_after_ms(), seen.len()),
        ("remote_rate_limited", Some(40_500), 1)
    );
    assert!(!error.to_string().contains("sk-canary"));

    let key = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#;
    let wrong = json("400 Bad Request", "", key);
    let (told, _) = asked(
        Dialect::Interactions,
        "/v1beta",
        vec![wrong],
        KEY,
        request(),
    )
    .await;
    assert_eq!(told.code(), "remote_unauthorized");
}

#[tokio::test]
async fn what_a_model_does_not_know_is_left_out_once_and_told() {
    let unthinking = json(
        "400 Bad Request",
        "",
        r#"{"error":{"code":400,"message":"Thinking is not supported by this model.","status":"INVALID_ARGUMENT"}}"#,
    );
    let (told, seen) = asked(
        Dialect::Gemini,
        "/v1beta",
        vec![unthinking, stream(&[GENERATED])],
        KEY,
        request(),
    )
    .await;
    assert_eq!(told.text, "Hi");
    assert!(
        told.events
            .contains(&ChatEvent::Notice(Notice::ParameterDropped {
                name: "thinkingConfig".to_owned()
            }))
    );
    let bodies = seen.iter().map(|it| String::from_utf8_lossy(&it.body));
    let thinks: Vec<bool> = bodies.map(|it| it.contains("thinkingConfig")).collect();
    assert_eq!(thinks, [true, false]);
}

#[tokio::test]
async fn what_has_no_form_there_is_told_before_the_answer() {
    let mut with_file = request();
    with_file.messages.push(ChatMessage {
        role: fluxchat_model::Role::User,
        parts: vec![ChatPart::File {
            name: "a.bin".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes: Bytes::from_static(b"\0"),
        }],
    });
    with_file.stop = vec!["END".to_owned()];
    for (dialect, base, frame, dropped) in [
        (Dialect::Responses, "/v1", DONE, true),
        (Dialect::Gemini, "/v1beta", GENERATED, false),
        (Dialect::Interactions, "/v1beta", INTERACTED, false),
    ] {
        let script = vec![stream(&[frame])];
        let (told, _) = asked(dialect, base, script, KEY, with_file.clone()).await;
        let has = |notice: Notice| told.events.contains(&ChatEvent::Notice(notice));
        let name = "a.bin".to_owned();
        assert!(has(Notice::PartLeftOut { name }), "{dialect:?}");
        let name = "stop".to_owned();
        assert_eq!(has(Notice::ParameterDropped { name }), dropped);
    }
}

#[tokio::test]
async fn google_lists_its_models_page_by_page() {
    for dialect in [Dialect::Gemini, Dialect::Interactions] {
        let first = r#"{"models":[{"name":"models/a","inputTokenLimit":8}],"nextPageToken":"p&2"}"#;
        let second = r#"{"models":[{"name":"models/a"},{"name":"models/b"}]}"#;
        let pages = vec![json("200 OK", "", first), json("200 OK", "", second)];
        let server = Server::start(pages).await;
        let list = listed(dialect, "/v1beta", &server).await.unwrap();
        assert_eq!(list, ["a Some(8)", "b None"]);
        let heads: Vec<String> = server.seen().into_iter().map(|it| it.head).collect();
        assert!(heads[0].starts_with("GET /v1beta/models?pageSize=1000 "));
        assert!(heads[1].starts_with("GET /v1beta/models?pageSize=1000&pageToken=p%262 "));
    }
}

const SPOKEN: [Protocol; 3] = [
    Protocol::Responses,
    Protocol::GenerateContent,
    Protocol::Interactions,
];

/// Bytes that look like one of these streams more often than chance allows.
fn stream_like() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just("data: ".to_owned()),
        Just("event: response.completed\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("[".to_owned()),
        Just(format!("data: {DONE}\n\n")),
        Just(format!("data: {GENERATED}\n\n")),
        Just(format!("data: {INTERACTED}\n\n")),
        Just("data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"function_call\",\"id\":\"f\",\"call_id\":\"c\",\"name\":\"n\"}}\n\n".to_owned()),
        Just("data: {\"type\":\"response.function_call_arguments.delta\",\"item_id\":\"f\",\"delta\":\"{\"}\n\n".to_owned()),
        Just("data: {\"type\":\"response.reasoning_summary_text.delta\",\"item_id\":\"r\",\"delta\":\"é🎉\"}\n\n".to_owned()),
        Just("data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\"}}}\n\n".to_owned()),
        Just("data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\"},\"thoughtSignature\":\"QQ\"}]}}]}\n\n".to_owned()),
        Just("data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n".to_owned()),
        Just("data: {\"event_type\":\"step.start\",\"index\":1,\"step\":{\"type\":\"function_call\",\"id\":\"c\",\"name\":\"f\",\"arguments\":{}}}\n\n".to_owned()),
        Just("data: {\"event_type\":\"step.delta\",\"index\":1,\"delta\":{\"type\":\"arguments_delta\",\"arguments\":\"{\"}}\n\n".to_owned()),
        Just("data: {\"error\":{\"message\":\"m\",\"code\":429,\"details\":[{\"retryDelay\":\"1e300s\"}]}}\n\n".to_owned()),
        ".{0,5}",
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_answer_ends_once_and_the_same_however_it_is_cut(
        bytes in stream_like(),
        size in 1_usize..9,
    ) {
        for protocol in SPOKEN {
            let whole = steps(protocol, None, std::iter::once(bytes.as_slice()));
            let cut = steps(protocol, None, bytes.chunks(size));
            prop_assert_eq!(&whole, &cut);
            let ends = whole.iter().filter(|step| matches!(
                step,
                Step::Error(_) | Step::Event(ChatEvent::Finished { .. })
            ));
            prop_assert_eq!(ends.count(), 1);
        }
        fuzz(&[&[size as u8], bytes.as_slice()].concat());
    }
}
