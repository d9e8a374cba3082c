//! What a model does not know, and what a server cannot do yet: asked for in another way, without
//! it, or once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_model::Dialect;
use fluxchat_providers::{ChatRequest, chat};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::contract::{schema, written};
use crate::source::{ask, asked, ctx, events, frames, request, source_of, sse};
use crate::support::{MemoryLedger, Script, Seen, door_with, json as answer};

const HI: &str = r#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#;
const GENERATED: &str =
    r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}"#;
const INTERACTED: &str = r#"{"event_type":"interaction.completed","interaction":{"status":"completed","steps":[{"type":"model_output","content":[{"type":"text","text":"Hi"}]}]}}"#;
const RESPONDED: &str = r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","id":"m","content":[{"type":"output_text","text":"Hi"}]}]}}"#;

fn stream(frame: &str) -> Script {
    Script::Say(sse(&events(&[frame])).to_vec())
}

fn no(error: &Value) -> Script {
    answer(
        "400 Bad Request",
        "",
        &json!({ "error": error }).to_string(),
    )
}

fn bodies(seen: &[Seen]) -> Vec<Value> {
    let bodies = seen.iter().map(|it| serde_json::from_slice(&it.body));
    bodies.map(Result::unwrap).collect()
}

fn thinking(effort: &str) -> ChatRequest {
    ChatRequest {
        reasoning_effort: Some(effort.to_owned()),
        ..request()
    }
}

#[tokio::test]
async fn google_s_models_that_do_not_think_answer_as_well() {
    for message in [
        "Thinking is not enabled for models/gemma-3-27b-it",
        "Unable to submit request because thinking is not supported by this model.",
        "Unable to submit request because Thinking_config.include_thoughts is only enabled when thinking is enabled.",
        "Unable to submit request because include_thoughts is only enabled when thinking is enabled.",
        "Thinking level is not supported for this model.",
        "Budget 0 is invalid. This model only works in thinking mode.",
    ] {
        let refusal =
            || no(&json!({"code": 400, "message": message, "status": "INVALID_ARGUMENT"}));
        let scripts = vec![refusal(), stream(GENERATED)];
        let (told, seen) = asked(Dialect::Gemini, "/v1beta", scripts, None, request()).await;
        assert_eq!(told.text, "Hi", "{message}");
        assert_eq!(told.dropped(), ["thinkingConfig"]);
        let config = |at: usize| bodies(&seen)[at]["generationConfig"].clone();
        assert_eq!(
            config(0)["thinkingConfig"],
            json!({"includeThoughts": true})
        );
        assert_eq!(config(1), json!({}), "{message}");
    }
    let message = "Thinking is not enabled for models/gemma-3-27b-it";
    let refusal = || no(&json!({"code": 400, "message": message, "status": "INVALID_ARGUMENT"}));
    let scripts = vec![refusal(), refusal(), stream(INTERACTED)];
    let (told, _) = asked(
        Dialect::Interactions,
        "/v1beta",
        scripts,
        None,
        thinking("low"),
    )
    .await;
    assert_eq!(told.text, "Hi");
    assert_eq!(told.dropped(), ["thinking_level", "thinking_summaries"]);
}

#[test]
fn who_is_asked_not_to_think_is_not_asked_for_thoughts() {
    let config = |model: &str, effort: &str| {
        let request = ChatRequest {
            model: model.to_owned(),
            ..thinking(effort)
        };
        let host = "generativelanguage.googleapis.com";
        let body = written(Dialect::Gemini, host, "/v1beta", &request);
        body["generationConfig"]["thinkingConfig"].clone()
    };
    for model in ["gemini-2.5-flash", "gemini-3.5-flash"] {
        assert_eq!(config(model, "none"), json!({"thinkingBudget": 0}));
    }
    assert_eq!(
        config("gemini-2.5-flash", "medium"),
        json!({"includeThoughts": true, "thinkingBudget": 8192})
    );
    assert_eq!(
        config("gemini-3.5-flash", "max"),
        json!({"includeThoughts": true, "thinkingLevel": "XHIGH"})
    );
}

fn anthropic_says(message: &str) -> Script {
    no(&json!({"type": "invalid_request_error", "message": message}))
}

fn anthropic_answers() -> Script {
    let body = json!({"type": "message", "model": "m", "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "Hi"}]});
    answer("200 OK", "", &body.to_string())
}

const NOT_ADAPTIVE: &str = "adaptive thinking is not supported on this model";

/// Models from before adaptive thinking are told how much to think in tokens, whichever of the two
/// newer fields they refuse first.
#[tokio::test]
async fn an_older_model_of_anthropic_thinks_as_much_as_was_asked() {
    let schema = schema("anthropic-messages.schema.json");
    for message in [
        NOT_ADAPTIVE,
        "This model does not support the effort parameter.",
        "output_config: Extra inputs are not permitted",
        "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    ] {
        for (effort, max_tokens, budget) in [
            ("low", None, 1024),
            ("medium", None, 8192),
            ("high", None, 16_000),
            ("high", Some(6_000), 3_000),
            ("high", Some(1_500), 1_024),
        ] {
            let request = ChatRequest {
                max_tokens,
                ..thinking(effort)
            };
            let scripts = vec![anthropic_says(message), anthropic_answers()];
            let (told, seen) = asked(Dialect::Anthropic, "/v1", scripts, None, request).await;
            assert_eq!(told.text, "Hi", "{message}");
            assert!(told.dropped().is_empty(), "nothing was: {:?}", told.events);
            let bodies = bodies(&seen);
            assert_eq!(bodies[0]["thinking"]["type"], "adaptive");
            assert_eq!(
                bodies[1]["thinking"],
                json!({"type": "enabled", "budget_tokens": budget})
            );
            assert_eq!(bodies[1].get("output_config"), None);
            assert!(schema.is_valid(&bodies[1]), "{:#}", bodies[1]);
        }
    }
}

/// A model that does not think at all, and an answer too short to think before it.
#[tokio::test]
async fn what_has_no_other_way_is_left_out_one_by_one_and_told() {
    let scripts = vec![
        anthropic_says(NOT_ADAPTIVE),
        anthropic_says("'m' does not support thinking."),
        anthropic_answers(),
    ];
    let (told, seen) = asked(Dialect::Anthropic, "/v1", scripts, None, thinking("high")).await;
    assert_eq!((told.text.as_str(), seen.len()), ("Hi", 3));
    assert_eq!(told.dropped(), ["thinking"]);
    let last = bodies(&seen).remove(2);
    assert_eq!(
        (last.get("thinking"), last.get("output_config")),
        (None, None)
    );

    // What was left out does not come back in its older way.
    let scripts = vec![
        anthropic_says("thinking: Extra inputs are not permitted"),
        anthropic_says("output_config: Extra inputs are not permitted"),
        anthropic_answers(),
    ];
    let (told, seen) = asked(Dialect::Anthropic, "/v1", scripts, None, thinking("high")).await;
    assert_eq!((told.text.as_str(), seen.len()), ("Hi", 3));
    assert_eq!(told.dropped(), ["thinking", "output_config"]);

    let short = ChatRequest {
        max_tokens: Some(1_024),
        ..thinking("high")
    };
    let scripts = vec![
        anthropic_says(NOT_ADAPTIVE),
        anthropic_says("This model does not support the effort parameter."),
        anthropic_answers(),
    ];
    let (told, seen) = asked(Dialect::Anthropic, "/v1", scripts, None, short).await;
    assert_eq!((told.text.as_str(), seen.len()), ("Hi", 3));
    assert_eq!(told.dropped(), ["thinking", "output_config"]);
}

/// What is thought is a part of the answer, and stays one where that has to be shorter.
#[tokio::test]
async fn a_shorter_answer_is_thought_about_no_more() {
    for (effort, budget) in [("high", 2_048), ("low", 1_024)] {
        let scripts = vec![
            anthropic_says(NOT_ADAPTIVE),
            anthropic_says(
                "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000",
            ),
            anthropic_answers(),
        ];
        let (told, seen) = asked(Dialect::Anthropic, "/v1", scripts, None, thinking(effort)).await;
        assert_eq!(told.text, "Hi");
        let last = bodies(&seen).remove(2);
        assert_eq!(last["max_tokens"], json!(4_096));
        assert_eq!(last["thinking"]["budget_tokens"], json!(budget));
    }
}

/// A model of Responses that does not think refuses to be asked how it does, and then to seal it.
#[tokio::test]
async fn both_fields_of_thinking_are_left_out_where_responses_refuses_both() {
    let refusal = |message: &str, param: &str| {
        no(
            &json!({"message": message, "type": "invalid_request_error", "param": param,
            "code": "unsupported_parameter"}),
        )
    };
    let scripts = vec![
        refusal(
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            "reasoning.effort",
        ),
        refusal(
            "Encrypted content is not supported with this model.",
            "include",
        ),
        stream(RESPONDED),
    ];
    let (told, seen) = asked(Dialect::Responses, "/v1", scripts, None, thinking("low")).await;
    assert_eq!(told.text, "Hi");
    assert_eq!(told.dropped(), ["reasoning", "include"]);
    let last = bodies(&seen).remove(2);
    assert_eq!((last.get("reasoning"), last.get("include")), (None, None));
    assert_eq!(last["store"], json!(false), "what protects stays");
}

#[tokio::test]
async fn who_finds_fault_with_everything_is_left() {
    let everything = ChatRequest {
        temperature: Some(0.5),
        top_p: Some(0.5),
        max_tokens: Some(5),
        seed: Some(1),
        stop: vec!["x".to_owned()],
        ..thinking("low")
    };
    let names = [
        "temperature",
        "top_p",
        "max_tokens",
        "seed",
        "stop",
        "reasoning_effort",
    ];
    let refusals = names.map(|name| {
        no(&json!({"message": format!("Unknown parameter: '{name}'."), "param": name}))
    });
    let (told, seen) = asked(Dialect::Openai, "/v1", refusals.to_vec(), None, everything).await;
    assert_eq!((told.code(), seen.len()), ("remote_bad_request", 5));
}

const LOADING: &str =
    r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;

/// A server that refuses in these words so many times before it answers, and how often it is asked.
fn loads(refusals: usize, words: &'static str) -> (Arc<AtomicUsize>, fluxchat_egress::Door) {
    let times = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&times);
    let door = door_with(&Arc::new(MemoryLedger::default()), move |_| {
        let is_ready = asked.fetch_add(1, Ordering::SeqCst) >= refusals;
        async move {
            let (status, body) = if is_ready {
                (200, Bytes::from(frames(&[HI])))
            } else {
                (503, Bytes::from_static(words.as_bytes()))
            };
            let mut response = http::Response::new(Full::new(body));
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            response
        }
    });
    (times, door)
}

#[tokio::test(start_paused = true)]
async fn a_server_at_home_that_loads_its_model_is_asked_again() {
    let source = source_of(Dialect::Openai, "/v1", None);
    let other = r#"{"error":{"message":"Slots are full","type":"unavailable_error","code":503}}"#;
    for (refusals, words, asked, code, waited) in [
        (3, LOADING, 4, "", 7),
        (9, LOADING, 7, "remote_unavailable", 60),
        // What else fails at home fails again.
        (3, other, 1, "remote_unavailable", 0),
    ] {
        let (times, door) = loads(refusals, words);
        let before = tokio::time::Instant::now();
        let told = ask(&door, &source).await;
        assert_eq!(told.code(), code, "{words}");
        assert_eq!(told.text.is_empty(), !code.is_empty());
        assert_eq!(times.load(Ordering::SeqCst), asked);
        assert_eq!(before.elapsed().as_secs(), waited);
    }
}

/// Who waits for a model may stop waiting.
#[tokio::test(start_paused = true)]
async fn waiting_for_a_model_can_be_stopped() {
    let source = source_of(Dialect::Openai, "/v1", None);
    let (times, door) = loads(9, LOADING);
    let ctx = ctx();
    let stop = ctx.cancel.clone();
    let before = tokio::time::Instant::now();
    let asking = chat(&door, &source, None, ctx, request());
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stop.cancel();
    };
    let (answer, ()) = tokio::join!(asking, stopping);
    assert_eq!(answer.err().unwrap().code(), "cancelled");
    assert_eq!(
        (times.load(Ordering::SeqCst), before.elapsed().as_secs()),
        (3, 5)
    );
}
