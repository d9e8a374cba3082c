//! What single services do in their own way, one by one.

use fluxchat_model::{Dialect, Role};
use fluxchat_providers::{ChatEvent, ChatMessage, ChatPart, ChatRequest, Protocol, Sealed};
use serde_json::{Value, json};

use crate::contract::written;
use crate::source::{Told, asked, events, frames, request, tell, told};
use crate::support::{Seen, json as answer};

/// OpenAI pads the pieces of a stream, so that who watches the encrypted line cannot tell words by
/// their lengths. That stays on, and is not read as words.
#[test]
fn padding_against_who_watches_the_line_stays_on() {
    for host in ["api.openai.com", "eu.api.openai.com", "r.openai.azure.com"] {
        let body = written(Dialect::Openai, host, "/v1", &request());
        assert_eq!(body["stream_options"], json!({"include_usage": true}));
        let body = written(Dialect::Responses, host, "/v1", &request());
        assert_eq!(body.get("stream_options"), None, "on unless turned off");
    }
    let heard = tell(&frames(&[
        r#"{"choices":[{"delta":{"content":"Hi"}}],"obfuscation":"k3J9"}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"obfuscation":"x"}"#,
    ]));
    assert_eq!((heard.text.as_str(), heard.events.len()), ("Hi", 1));
    let heard = told(
        Protocol::Responses,
        &events(&[
            r#"{"type":"response.output_text.delta","item_id":"m","delta":"Hi","obfuscation":"k3J9"}"#,
            r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
        ]),
    );
    assert_eq!((heard.text.as_str(), heard.events.len()), ("Hi", 1));
}

/// Google's OpenAI-compatible address signs its calls in a field of its own, and refuses their
/// results without it.
#[test]
fn what_google_adds_to_a_call_goes_back_with_it_and_to_nobody_else() {
    let extra = json!({"google": {"thought_signature": "c2ln"}});
    let frame = json!({"choices": [{"delta": {"tool_calls": [{
        "index": 0, "id": "c", "type": "function", "extra_content": extra,
        "function": {"name": "f", "arguments": "{}"}}]}, "finish_reason": "tool_calls"}]});
    let heard = tell(&frames(&[&frame.to_string()]));
    let sealed = heard.events.iter().find_map(|event| match event {
        ChatEvent::ToolCall(call) => call.sealed.clone(),
        _ => None,
    });
    assert_eq!(
        sealed,
        Some(Sealed {
            dialect: Dialect::Openai,
            data: json!({"extra_content": extra})
        })
    );
    let again = |sealed: Option<Sealed>| ChatRequest {
        messages: vec![
            ChatMessage::text(Role::User, "hi"),
            ChatMessage {
                role: Role::Assistant,
                parts: vec![ChatPart::ToolCall {
                    id: "c".to_owned(),
                    name: "f".to_owned(),
                    arguments: "{}".to_owned(),
                    sealed,
                }],
            },
        ],
        ..request()
    };
    let base = "/v1beta/openai";
    let host = "generativelanguage.googleapis.com";
    let body = written(Dialect::Openai, host, base, &again(sealed.clone()));
    assert_eq!(body["messages"][1]["tool_calls"][0]["extra_content"], extra);
    let body = written(Dialect::Openai, host, base, &again(None));
    let call = &body["messages"][1]["tool_calls"][0];
    assert_eq!(call.get("extra_content"), None);
    for dialect in [Dialect::Anthropic, Dialect::Gemini, Dialect::Ollama] {
        let body = written(dialect, host, base, &again(sealed.clone())).to_string();
        assert!(!body.contains("c2ln"), "{dialect:?}: {body}");
    }
}

/// LiteLLM passes on what an Anthropic model thought, with its signature, and wants both back with
/// the results of the calls it led to.
#[test]
fn what_was_thought_behind_a_gateway_goes_back_through_it() {
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/litellm-chat-tools-thinking.sse");
    let recorded = std::fs::read_to_string(recorded).unwrap();
    let (_, body) = recorded.split_once("\r\n\r\n").unwrap();
    let sealed = tell(body.as_bytes())
        .events
        .into_iter()
        .find_map(|event| match event {
            ChatEvent::Sealed(sealed) => Some(sealed),
            _ => None,
        });
    let blocks = json!([{"type": "thinking", "thinking": "Tools know the weather.",
        "signature": "aimock-placeholder-signature"}]);
    let again = ChatRequest {
        messages: vec![ChatMessage {
            role: Role::Assistant,
            parts: vec![
                ChatPart::Reasoning {
                    text: String::new(),
                    sealed,
                },
                ChatPart::Text("Let me look.".to_owned()),
            ],
        }],
        ..request()
    };
    let body = written(Dialect::Openai, "llm.example", "/v1", &again);
    assert_eq!(body["messages"][0]["thinking_blocks"], blocks);
    assert_eq!(body["messages"][0].get("reasoning_content"), None);
    let body = written(Dialect::Anthropic, "llm.example", "/v1", &again).to_string();
    assert!(!body.contains("signature"), "{body}");
}

/// Some give another reason beside calls, or none; what was thought before the calls is wanted back
/// all the same, and not without calls.
#[test]
fn thoughts_before_calls_are_kept_whatever_reason_is_given() {
    let think = r#"{"choices":[{"delta":{"reasoning_content":"Hm."}}]}"#;
    let block = r#"{"choices":[{"delta":{"thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"S"}]}}]}"#;
    let call = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]}}]}"#;
    let old = r#"{"choices":[{"delta":{"function_call":{"name":"f","arguments":"{}"}}}]}"#;
    let words = r#"{"choices":[{"delta":{"content":"Hi"}}]}"#;
    let end =
        |reason: &str| format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":{reason}}}]}}"#);
    let sealed = |said: &[&str]| -> Vec<Value> {
        let told = tell(&frames(said)).events.into_iter();
        told.filter_map(|event| match event {
            ChatEvent::Sealed(sealed) => Some(sealed.data),
            _ => None,
        })
        .collect()
    };
    let thought = [json!({"reasoning_content": "Hm."})];
    let signed =
        [json!({"thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "S"}]})];
    for reason in [
        r#""tool_calls""#,
        r#""stop""#,
        r#""function_call""#,
        r#""""#,
        "null",
    ] {
        let end = end(reason);
        for call in [call, old] {
            assert_eq!(sealed(&[think, call, &end]), thought, "{reason}");
            assert_eq!(sealed(&[block, call, &end]), signed, "{reason}");
        }
        assert!(sealed(&[think, words, &end]).is_empty(), "{reason}");
    }
    assert_eq!(sealed(&[think, call]), thought, "the stream was closed");
    // Cut off, nobody knows what is missing, and no tool is run.
    let cut = told(Protocol::ChatCompletions, &events(&[think, call]));
    assert_eq!(cut.code(), "remote_interrupted");
    let is_sealed = |event: &ChatEvent| matches!(event, ChatEvent::Sealed(_));
    assert!(!cut.events.iter().any(is_sealed));
}

/// Ollama wants back what was thought before the calls it led to.
#[test]
fn what_ollama_thought_goes_back_with_its_calls() {
    let lines = |lines: &[Value]| -> Vec<u8> {
        let lines: Vec<String> = lines.iter().map(|it| format!("{it}\n")).collect();
        lines.concat().into_bytes()
    };
    let think = |words: &str| json!({"model": "m", "message": {"thinking": words}});
    let say = json!({"message": {"content": "Let me look."}});
    let call = json!({"message": {"tool_calls": [{"function": {"name": "f", "arguments": {}}}]}});
    let end = json!({"done": true, "done_reason": "stop"});
    let sealed = |said: &[Value]| {
        let told = told(Protocol::OllamaChat, &lines(said)).events.into_iter();
        told.filter_map(|event| match event {
            ChatEvent::Sealed(sealed) => Some(sealed),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let said = [think("H"), think("m."), say.clone(), call, end.clone()];
    let kept = sealed(&said);
    assert_eq!(kept.len(), 1);
    assert!(
        sealed(&[think("Hm."), say, end]).is_empty(),
        "without calls"
    );
    let again = |sealed: Option<Sealed>| ChatRequest {
        messages: vec![ChatMessage {
            role: Role::Assistant,
            parts: vec![
                ChatPart::Text("Let me look.".to_owned()),
                ChatPart::Reasoning {
                    text: String::new(),
                    sealed,
                },
                ChatPart::ToolCall {
                    id: "c".to_owned(),
                    name: "f".to_owned(),
                    arguments: "{}".to_owned(),
                    sealed: None,
                },
            ],
        }],
        ..request()
    };
    let written = |sealed| {
        written(Dialect::Ollama, "o.example", "/api", &again(sealed))["messages"][0].clone()
    };
    let told = written(kept.into_iter().next());
    assert_eq!(told["thinking"], "Hm.");
    assert_eq!(told["content"], "Let me look.");
    assert_eq!(written(None).get("thinking"), None);
}

/// The pages a model found by itself, as Groq and Perplexity tell them: each once, however often it
/// is told.
#[test]
fn pages_that_were_found_are_cited_once() {
    let groq = r#"{"choices":[{"delta":{"executed_tools":[{"index":0,"type":"search","arguments":"{}","output":"…","search_results":{"results":[{"title":"Rain","url":"https://rain.example/1","content":"…","score":0.9},{"title":"No address"}]}},{"index":1,"type":"browser","browser_results":[{"title":"","url":"https://sun.example"}]}]}}]}"#;
    let perplexity = r#"{"citations":["https://rain.example/1"],"search_results":[{"title":"Rain","url":"https://rain.example/1","date":"2026-01-01"}],"choices":[{"delta":{"content":"Yes."}}]}"#;
    let stop = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let heard = tell(&frames(&[groq, perplexity, groq, perplexity, stop]));
    let cited = heard.cited();
    let wanted = [
        ("Rain", "https://rain.example/1"),
        ("https://sun.example", "https://sun.example"),
    ];
    assert_eq!(cited, wanted);
}

/// What OpenRouter says an answer cost, in both of its ways; under a key of one's own there, the
/// provider's bill comes on top.
#[test]
fn what_it_cost_is_what_everybody_takes_together() {
    for (more, cost) in [
        (
            r#""cost":0.0012,"is_byok":false,"cost_details":{"upstream_inference_cost":0.5}"#,
            Some(1_200),
        ),
        (r#""cost":0.0012"#, Some(1_200)),
        (
            r#""cost":0.0001,"is_byok":true,"cost_details":{"upstream_inference_cost":0.002}"#,
            Some(2_100),
        ),
        (
            r#""cost":0.0001,"is_byok":true,"cost_details":{"upstream_inference_cost":null}"#,
            Some(100),
        ),
        (r#""cost":-1"#, None),
        (r#""cost":"free""#, None),
        (r#""cost":null"#, None),
    ] {
        let chat = format!(
            r#"{{"choices":[],"usage":{{"prompt_tokens":1,"completion_tokens":2,{more}}}}}"#
        );
        let stop = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
        assert_eq!(costs(&tell(&frames(&[stop, &chat]))), cost, "{more}");
        let responses = format!(
            r#"{{"type":"response.completed","response":{{"status":"completed","output":[],"usage":{{"input_tokens":1,"output_tokens":2,{more}}}}}}}"#
        );
        let heard = told(Protocol::Responses, &events(&[&responses]));
        assert_eq!(costs(&heard), cost, "{more}");
    }
}

fn costs(told: &Told) -> Option<u64> {
    told.events.iter().find_map(|event| match event {
        ChatEvent::Usage(usage) => usage.cost,
        _ => None,
    })
}

/// Ollama reads a few thousand tokens, whatever the model can do, and cuts off the beginning of what
/// is longer without a word. It is asked not to, and then to read as much as there is.
#[tokio::test]
async fn ollama_cuts_off_nothing_and_reads_more_where_it_has_to() {
    let ollama = Dialect::Ollama;
    let long = json!({"error": "the input length exceeds the context length"}).to_string();
    let long = || answer("400 Bad Request", "", &long);
    let line = json!({"message": {"content": "Yes."}, "done": true, "done_reason": "stop"});
    let yes = || answer("200 OK", "", &format!("{line}\n"));
    let sent = |seen: &Seen| serde_json::from_slice::<Value>(&seen.body).unwrap();

    let (heard, seen) = asked(ollama, "/api", vec![yes()], None, request()).await;
    assert_eq!(heard.text, "Yes.");
    let body = sent(&seen[0]);
    assert_eq!(body["truncate"], json!(false));
    assert_eq!(body.get("options"), None, "it decides, as long as it can");

    let question = ChatRequest {
        messages: vec![ChatMessage::text(Role::User, "word ".repeat(10_000))],
        temperature: Some(0.5),
        ..request()
    };
    let (heard, seen) = asked(ollama, "/api", vec![long(), yes()], None, question.clone()).await;
    assert_eq!((heard.text.as_str(), seen.len()), ("Yes.", 2));
    assert_eq!(sent(&seen[0])["options"], json!({"temperature": 0.5}));
    let again = sent(&seen[1]);
    assert_eq!(
        again["options"],
        json!({"temperature": 0.5, "num_ctx": 32_768})
    );
    assert_eq!(again["truncate"], json!(false));

    let (heard, seen) = asked(ollama, "/api", vec![long()], None, question).await;
    assert_eq!(
        (heard.code(), seen.len()),
        ("remote_context_too_long", 2),
        "asked once more, not for ever"
    );
}

/// Anthropic wants to be told the longest answer, and refuses one that is longer than the model gives
/// or than it can read beside the question; who set none is not to fail for it.
#[tokio::test]
async fn an_answer_nobody_limited_is_not_too_long_for_anthropic() {
    let anthropic = Dialect::Anthropic;
    let refusal = |message: &str| {
        let body = json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}});
        answer("400 Bad Request", "", &body.to_string())
    };
    let yes = || {
        let body = json!({"type": "message", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "Yes."}]});
        answer("200 OK", "", &body.to_string())
    };
    let most = |seen: &[Seen]| -> Vec<Value> {
        let bodies = seen.iter();
        bodies
            .map(|it| serde_json::from_slice::<Value>(&it.body).unwrap()["max_tokens"].clone())
            .collect()
    };
    for message in [
        "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for m",
        "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again",
    ] {
        let scripts = vec![refusal(message), yes()];
        let (heard, seen) = asked(anthropic, "/v1", scripts, None, request()).await;
        assert_eq!(heard.text, "Yes.", "{message}");
        assert_eq!(most(&seen), [json!(32_000), json!(4_096)]);
        // What a person set is theirs.
        let limited = ChatRequest {
            max_tokens: Some(20_000),
            ..request()
        };
        let (heard, seen) = asked(anthropic, "/v1", vec![refusal(message)], None, limited).await;
        assert!(heard.error.is_some());
        assert_eq!(most(&seen), [json!(20_000)]);
    }
    let (heard, seen) = asked(
        anthropic,
        "/v1",
        vec![refusal("messages: odd")],
        None,
        request(),
    )
    .await;
    assert_eq!((heard.code(), seen.len()), ("remote_bad_request", 1));
}
