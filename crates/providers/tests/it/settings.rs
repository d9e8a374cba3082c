//! Settings that not everybody knows: said in the words of who knows them, told to the person where
//! nobody is, and not sent unless they are set. What a list tells of a model is held to from the
//! first request on. Other fields never change what is ours.

use fluxchat_model::{Abilities, Dialect, ResponseFormat};
use fluxchat_providers::{ChatRequest, extra_fields};
use serde_json::{Value, json};

use crate::contract::{schema, written};
use crate::source::{asked, events, request, sse, with_rare_settings};
use crate::support::{Script, json as answer};

const GOOGLE: &str = "generativelanguage.googleapis.com";
const HI: &str = r#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#;
const SAID: [&str; 3] = [
    r#"{"type":"message_start","message":{"type":"message","model":"m","content":[]}}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
    r#"{"type":"message_stop"}"#,
];
const GENERATED: &str =
    r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}"#;
const INTERACTED: &str =
    r#"{"event_type":"interaction.completed","interaction":{"status":"completed","steps":[]}}"#;
const RESPONDED: &str =
    r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#;
const CHATTED: &str = "{\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":true,\"done_reason\":\"stop\"}\n";

fn all() -> ChatRequest {
    with_rare_settings(request())
}

/// What a source answers that takes everything.
fn fine(dialect: Dialect) -> Script {
    Script::Say(match dialect {
        Dialect::Fluxchat | Dialect::Openai => sse(&events(&[HI])).to_vec(),
        Dialect::Anthropic => sse(&events(&SAID)).to_vec(),
        Dialect::Gemini => sse(&events(&[GENERATED])).to_vec(),
        Dialect::Interactions => sse(&events(&[INTERACTED])).to_vec(),
        Dialect::Responses => sse(&events(&[RESPONDED])).to_vec(),
        Dialect::Ollama => return answer("200 OK", "", CHATTED),
    })
}

/// What is sent first to a source at no known host, and what is told to be left out.
async fn first(dialect: Dialect, request: ChatRequest) -> (Value, Vec<String>) {
    let (told, seen) = asked(dialect, "/v1", vec![fine(dialect)], None, request).await;
    assert_eq!(told.code(), "", "{dialect:?}");
    assert_eq!(seen.len(), 1, "{dialect:?}: asked once");
    let left_out = told.dropped().into_iter().map(str::to_owned).collect();
    (serde_json::from_slice(&seen[0].body).unwrap(), left_out)
}

#[test]
fn each_says_them_in_its_own_words_and_none_that_it_does_not_know() {
    let names = |host: &str, base: &str, dialect: Dialect, below: &str| -> Vec<String> {
        let before = written(dialect, host, base, &request());
        let body = written(dialect, host, base, &all());
        let at = |body: &Value| body.pointer(below).cloned().unwrap_or_else(|| json!({}));
        let (before, after) = (at(&before), at(&body));
        let after = after.as_object().unwrap();
        let new = after.keys().filter(|name| before.get(name).is_none());
        new.cloned().collect()
    };
    let chat = |host, base| names(host, base, Dialect::Openai, "");
    let usual = ["frequency_penalty", "presence_penalty", "response_format"];
    for (host, base) in [
        ("api.openai.com", "/v1"),
        ("my.openai.azure.com", "/openai/v1"),
        ("api.groq.com", "/openai/v1"),
        ("api.deepseek.com", ""),
    ] {
        assert_eq!(chat(host, base), usual, "{host}");
    }
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(
        sorted(chat("openrouter.ai", "/api/v1")),
        [
            "frequency_penalty",
            "min_p",
            "presence_penalty",
            "repetition_penalty",
            "response_format",
            "top_k"
        ]
    );
    assert_eq!(
        sorted(chat("api.mistral.ai", "/v1")),
        [
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "response_format",
            "top_k"
        ]
    );
    assert_eq!(
        sorted(chat("llm.example", "/v1")),
        [
            "frequency_penalty",
            "min_p",
            "presence_penalty",
            "repeat_penalty",
            "response_format",
            "top_k"
        ]
    );
    assert_eq!(
        names("api.anthropic.com", "/v1", Dialect::Anthropic, ""),
        ["top_k"]
    );
    assert_eq!(
        names("api.openai.com", "/v1", Dialect::Responses, ""),
        ["text"]
    );
    assert_eq!(
        sorted(names(
            GOOGLE,
            "/v1beta",
            Dialect::Gemini,
            "/generationConfig"
        )),
        [
            "frequencyPenalty",
            "presencePenalty",
            "responseMimeType",
            "topK"
        ]
    );
    assert_eq!(
        names(GOOGLE, "/v1beta", Dialect::Interactions, ""),
        ["response_format"]
    );
    assert_eq!(
        sorted(names("o.example", "/api", Dialect::Ollama, "/options")),
        [
            "frequency_penalty",
            "min_p",
            "presence_penalty",
            "repeat_penalty",
            "top_k"
        ]
    );
    let body = written(Dialect::Ollama, "o.example", "/api", &all());
    assert_eq!(body["format"], "json");
    assert_eq!(body["options"]["min_p"].to_string(), "0.05");
}

#[tokio::test]
async fn what_a_dialect_has_no_form_for_is_told() {
    for (dialect, left_out) in [
        (Dialect::Openai, &[][..]),
        (Dialect::Ollama, &[]),
        (Dialect::Gemini, &["min_p", "repeat_penalty"]),
        (
            Dialect::Anthropic,
            &[
                "min_p",
                "frequency_penalty",
                "presence_penalty",
                "repeat_penalty",
                "response_format",
            ],
        ),
        (
            Dialect::Responses,
            &[
                "top_k",
                "min_p",
                "frequency_penalty",
                "presence_penalty",
                "repeat_penalty",
            ],
        ),
        (
            Dialect::Interactions,
            &[
                "top_k",
                "min_p",
                "frequency_penalty",
                "presence_penalty",
                "repeat_penalty",
            ],
        ),
    ] {
        assert_eq!(first(dialect, all()).await.1, left_out, "{dialect:?}");
        let (_, nothing) = first(dialect, request()).await;
        assert_eq!(nothing, [""; 0], "{dialect:?}: what is not set is not told");
    }
    // While it thinks, Anthropic wants its own.
    let thinks = ChatRequest {
        top_k: Some(40),
        reasoning_effort: Some("low".to_owned()),
        ..request()
    };
    let (body, left_out) = first(Dialect::Anthropic, thinks).await;
    assert_eq!(
        (body.get("top_k"), &left_out[..]),
        (None, &["top_k".to_owned()][..])
    );
    // Who answers in words anyway has nothing to leave out.
    for dialect in [Dialect::Anthropic, Dialect::Ollama] {
        let words = ChatRequest {
            response_format: Some(ResponseFormat::Text),
            ..request()
        };
        assert_eq!(first(dialect, words).await.1, [""; 0]);
    }
}

/// In the words of those who say it.
#[tokio::test]
async fn what_is_refused_is_left_out_and_told() {
    for (dialect, message, name) in [
        (
            Dialect::Openai,
            "'response_format.type' must be 'json_schema' or 'text'",
            "response_format",
        ),
        (
            Dialect::Openai,
            "Invalid JSON payload received. Unknown name \"top_k\": Cannot find field.",
            "top_k",
        ),
        (
            Dialect::Openai,
            "Unsupported parameter: 'presence_penalty' is not supported with this model.",
            "presence_penalty",
        ),
        (
            Dialect::Gemini,
            "JSON mode is not enabled for models/x",
            "responseMimeType",
        ),
    ] {
        let error = json!({"error": {"message": message}}).to_string();
        let no = answer("400 Bad Request", "", &error);
        let scripts = vec![no, fine(dialect)];
        let (told, seen) = asked(dialect, "/v1", scripts, None, all()).await;
        assert_eq!((told.code(), seen.len()), ("", 2), "{message}");
        assert!(told.dropped().contains(&name), "{message}");
        assert!(!String::from_utf8_lossy(&seen[1].body).contains(name));
    }
    let error = json!({"error": {"message": "Penalty is not enabled for models/x"}}).to_string();
    let no = || answer("400 Bad Request", "", &error);
    let scripts = vec![no(), no(), fine(Dialect::Gemini)];
    let (told, seen) = asked(Dialect::Gemini, "/v1beta", scripts, None, all()).await;
    assert_eq!((told.code(), seen.len()), ("", 3));
    assert_eq!(told.dropped()[2..], ["frequencyPenalty", "presencePenalty"]);
}

fn able(reasoning: Option<bool>, adaptive: Option<bool>, effort: Option<&str>) -> ChatRequest {
    ChatRequest {
        abilities: Abilities {
            reasoning,
            adaptive_thinking: adaptive,
            ..Abilities::default()
        },
        reasoning_effort: effort.map(str::to_owned),
        ..request()
    }
}

#[tokio::test]
async fn who_is_known_not_to_think_is_not_asked_to() {
    const ALL: [Dialect; 6] = [
        Dialect::Openai,
        Dialect::Anthropic,
        Dialect::Responses,
        Dialect::Gemini,
        Dialect::Interactions,
        Dialect::Ollama,
    ];
    let asks = |body: &Value| {
        ["think", "reason", "effort", "output_config", "\"include\""]
            .iter()
            .any(|word| body.to_string().contains(word))
    };
    for dialect in ALL {
        let (body, left_out) = first(dialect, able(Some(false), None, Some("high"))).await;
        assert!(!asks(&body), "{dialect:?}: {body}");
        assert_eq!(left_out, ["reasoning_effort"], "{dialect:?}");
        // Not to think is what it does.
        for effort in [None, Some("none")] {
            let (body, left_out) = first(dialect, able(Some(false), None, effort)).await;
            assert!(!asks(&body), "{dialect:?}: {body}");
            assert_eq!(left_out, [""; 0], "{dialect:?}");
        }
        // Control arm: of whom nothing is told, and who thinks, is asked.
        for told in [None, Some(true)] {
            let (body, left_out) = first(dialect, able(told, None, Some("high"))).await;
            assert!(asks(&body), "{dialect:?}: {body}");
            assert_eq!(left_out, [""; 0], "{dialect:?}");
        }
    }
}

/// A model from before adaptive thinking is told how much to think in tokens at once.
#[tokio::test]
async fn an_older_model_is_asked_in_its_older_way_at_once() {
    let schema = schema("anthropic-messages.schema.json");
    for (effort, max_tokens, budget) in [
        ("minimal", None, 1_024),
        ("high", None, 16_000),
        ("high", Some(6_000), 3_000),
    ] {
        let older = ChatRequest {
            max_tokens,
            ..able(Some(true), Some(false), Some(effort))
        };
        let (body, left_out) = first(Dialect::Anthropic, older).await;
        assert_eq!(
            body["thinking"],
            json!({"type": "enabled", "budget_tokens": budget})
        );
        assert_eq!((body.get("output_config"), left_out.len()), (None, 0));
        assert!(schema.is_valid(&body), "{body:#}");
    }
    let short = ChatRequest {
        max_tokens: Some(1_000),
        ..able(Some(true), Some(false), Some("high"))
    };
    let (body, left_out) = first(Dialect::Anthropic, short).await;
    assert_eq!(
        (body.get("thinking"), &left_out[0][..]),
        (None, "reasoning_effort")
    );
    let (body, _) = first(
        Dialect::Anthropic,
        able(Some(true), Some(true), Some("high")),
    )
    .await;
    assert_eq!(body["thinking"]["type"], "adaptive");
}

fn with(text: &str) -> ChatRequest {
    ChatRequest {
        extra: extra_fields(text).unwrap(),
        ..request()
    }
}

#[test]
fn other_fields_are_in_the_body_and_the_first_request_has_them() {
    let vllm = with(r#"{"chat_template_kwargs": {"enable_thinking": false}}"#);
    let body = written(Dialect::Openai, "llm.example", "/v1", &vllm);
    assert_eq!(
        body["chat_template_kwargs"],
        json!({"enable_thinking": false})
    );
    let router = with(r#"{"provider": {"order": ["a"]}, "reasoning": {"max_tokens": 2000}}"#);
    let body = written(Dialect::Openai, "openrouter.ai", "/api/v1", &router);
    assert_eq!(
        body["provider"],
        json!({"data_collection": "deny", "zdr": true, "order": ["a"]})
    );
    assert!(schema("openrouter-chat.schema.json").is_valid(&body) || body["reasoning"].is_object());
    let google = with(r#"{"generationConfig": {"thinkingConfig": {"thinkingBudget": 9}}}"#);
    let body = written(Dialect::Gemini, GOOGLE, "/v1beta", &google);
    assert_eq!(
        body["generationConfig"]["thinkingConfig"],
        json!({"includeThoughts": true, "thinkingBudget": 9})
    );
}

/// Whatever came past the check, nothing that is ours is another, in no dialect.
#[test]
fn other_fields_change_nothing_that_is_ours() {
    let hostile = json!({
        "model": "other", "Model": "other", "models": ["other"], "messages": [], "input": [],
        "contents": [], "system": "x", "instructions": "x", "systemInstruction": {"parts": []},
        "stream": false, "store": true, "Store": true, "background": true, "n": 8,
        "provider": {"data_collection": "allow", "zdr": false, "Zdr": false},
        "training_allowed": true, "conversation_alias": "x",
        "max_tokens": 9, "max_completion_tokens": 9, "max_output_tokens": 9,
        "generationConfig": {"maxOutputTokens": 9, "candidateCount": 8},
        "generation_config": {"max_output_tokens": 9}, "options": {"num_predict": 9},
        "tools": [{}], "toolConfig": {}, "plugins": [{"id": "web"}], "web_search_options": {},
        "metadata": {"a": "b"}, "user": "me", "stream_options": {"include_obfuscation": false},
        "temperature": 2,
    });
    let limited = |extra: bool| ChatRequest {
        max_tokens: Some(64),
        temperature: Some(0.5),
        extra: match extra {
            true => hostile.as_object().unwrap().clone(),
            false => serde_json::Map::new(),
        },
        ..request()
    };
    for (dialect, host, base) in [
        (Dialect::Openai, "api.openai.com", "/v1"),
        (Dialect::Openai, "openrouter.ai", "/api/v1"),
        (Dialect::Openai, "llm.example", "/v1"),
        (Dialect::Fluxchat, "service.example", "/v1"),
        (Dialect::Responses, "api.openai.com", "/v1"),
        (Dialect::Anthropic, "api.anthropic.com", "/v1"),
        (Dialect::Gemini, GOOGLE, "/v1beta"),
        (Dialect::Interactions, GOOGLE, "/v1beta"),
        (Dialect::Ollama, "o.example", "/api"),
    ] {
        let mut body = written(dialect, host, base, &limited(true));
        let ours = written(dialect, host, base, &limited(false));
        // Where it is not among ours, it is a person's to set.
        if ours.get("temperature").is_none() {
            body.as_object_mut().unwrap().remove("temperature");
        }
        assert_eq!(body, ours, "{dialect:?} {host}");
    }
    // Control arm: what is nobody's is sent.
    let mut fields = limited(true);
    fields.extra.insert("top_a".to_owned(), json!(0.1));
    let body = written(Dialect::Openai, "openrouter.ai", "/api/v1", &fields);
    assert_eq!(body["top_a"], json!(0.1));
}
