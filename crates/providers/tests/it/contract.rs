//! Every request we build is one the provider's own description allows. The descriptions are
//! closed: a field they do not know is an error.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use fluxchat_model::{Dialect, Origin, ResponseFormat, Role};
use fluxchat_providers::{ChatMessage, ChatPart, ChatRequest, Sealed, Tool, ToolChoice, preview};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::source::{ctx, source_of, with_rare_settings};
use crate::support::{MemoryLedger, door};

/// What a provider says of its requests.
pub fn schema(name: &str) -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/specs")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// What is written for a source at this host.
pub fn written(dialect: Dialect, host: &str, base_path: &str, request: &ChatRequest) -> Value {
    let origin = Origin::new("https", host, 443).unwrap();
    let source = source_of(dialect, base_path, Some(origin));
    let door = door(&Arc::new(MemoryLedger::default()));
    let preview = preview(&door, &source, None, ctx(), request).unwrap();
    assert_eq!(preview.refusal, None);
    serde_json::from_slice(&preview.body).unwrap()
}

fn part_text(text: &str) -> ChatPart {
    ChatPart::Text(text.to_owned())
}

fn file(name: &str, media_type: &str, bytes: &'static [u8]) -> ChatPart {
    ChatPart::File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: Bytes::from_static(bytes),
    }
}

fn image(media_type: &str) -> ChatPart {
    ChatPart::Image {
        media_type: media_type.to_owned(),
        bytes: Bytes::from_static(b"\x89PNG"),
    }
}

fn call(id: &str, arguments: &str, sealed: Option<Sealed>) -> ChatPart {
    ChatPart::ToolCall {
        id: id.to_owned(),
        name: "weather".to_owned(),
        arguments: arguments.to_owned(),
        sealed,
    }
}

fn result(id: &str, is_error: bool) -> ChatPart {
    ChatPart::ToolResult {
        id: id.to_owned(),
        name: "weather".to_owned(),
        text: "rain".to_owned(),
        is_error,
        files: Vec::new(),
    }
}

fn returning(id: &str, files: Vec<ChatPart>) -> ChatPart {
    ChatPart::ToolResult {
        id: id.to_owned(),
        name: "weather".to_owned(),
        text: "rain".to_owned(),
        is_error: false,
        files,
    }
}

fn message(role: Role, parts: Vec<ChatPart>) -> ChatMessage {
    ChatMessage { role, parts }
}

fn plain(messages: Vec<ChatMessage>) -> ChatRequest {
    ChatRequest {
        model: "m".to_owned(),
        messages,
        ..ChatRequest::default()
    }
}

/// Questions of every kind: words, pictures, files, tools and what comes back from them, and
/// every setting.
pub fn requests(sealed: Option<&Sealed>) -> Vec<(&'static str, ChatRequest)> {
    let words = || ChatMessage::text(Role::User, "hi");
    let everything = vec![
        part_text("what is this"),
        image("image/png"),
        image("image/x-odd"),
        file("a.pdf", "application/pdf", b"%PDF-1.7"),
        file("a.md", "text/markdown", b"# Title"),
        file("a.mp3", "audio/mpeg", b"ID3"),
        file("a.bin", "application/octet-stream", b"\0\xFF"),
        part_text(" "),
    ];
    let thought = |sealed: Option<&Sealed>| ChatPart::Reasoning {
        text: "hm".to_owned(),
        sealed: sealed.cloned(),
    };
    let tools = || ChatRequest {
        tools: vec![Tool {
            name: "weather".to_owned(),
            description: "The weather of a place".to_owned(),
            schema: json!({"type": "object", "properties": {"place": {"type": "string"}}}),
        }],
        ..plain(vec![words()])
    };
    let choose = |choice: ToolChoice| ChatRequest {
        tool_choice: Some(choice),
        ..tools()
    };
    let set = |effort: Option<&str>| ChatRequest {
        system: Some("Be brief.".to_owned()),
        temperature: Some(0.7),
        top_p: Some(0.9),
        max_tokens: Some(100),
        stop: vec!["END".to_owned()],
        seed: Some(7),
        reasoning_effort: effort.map(str::to_owned),
        ..with_rare_settings(plain(vec![
            ChatMessage::text(Role::System, "Be kind."),
            words(),
        ]))
    };
    vec![
        ("words", plain(vec![words()])),
        (
            "a conversation",
            plain(vec![
                ChatMessage::text(Role::System, "Be brief."),
                words(),
                ChatMessage::text(Role::Assistant, "Hello."),
                ChatMessage::text(Role::Assistant, " "),
                ChatMessage::text(Role::Tool, "said a tool"),
                words(),
            ]),
        ),
        (
            "pictures and files",
            plain(vec![message(Role::User, everything)]),
        ),
        ("tools", tools()),
        (
            "a search of the web",
            ChatRequest {
                web_search: true,
                ..plain(vec![words()])
            },
        ),
        (
            "a search beside tools",
            ChatRequest {
                web_search: true,
                ..tools()
            },
        ),
        ("tools as it likes", choose(ToolChoice::Auto)),
        ("no tools", choose(ToolChoice::None)),
        ("some tool", choose(ToolChoice::Required)),
        ("this tool", choose(ToolChoice::Named("weather".to_owned()))),
        (
            "what tools said",
            ChatRequest {
                messages: vec![
                    words(),
                    message(
                        Role::Assistant,
                        vec![
                            thought(sealed),
                            thought(None),
                            part_text("Let me look."),
                            call("call_1", "{\"place\":\"Paris\"}", None),
                            call("call_2", "", None),
                            call("call_3", "no json", None),
                        ],
                    ),
                    message(Role::Tool, vec![result("call_1", false)]),
                    message(
                        Role::Tool,
                        vec![result("call_2", true), result("call_3", false)],
                    ),
                    words(),
                ],
                ..tools()
            },
        ),
        (
            "what tools returned",
            ChatRequest {
                messages: vec![
                    words(),
                    message(
                        Role::Assistant,
                        vec![call("call_1", "{}", None), call("call_2", "{}", None)],
                    ),
                    message(
                        Role::Tool,
                        vec![
                            returning(
                                "call_1",
                                vec![
                                    image("image/png"),
                                    image("image/x-odd"),
                                    file("a.pdf", "application/pdf", b"%PDF-1.7"),
                                    file("a.mp3", "audio/mpeg", b"ID3"),
                                    part_text("[The file b is not part of this request.]"),
                                ],
                            ),
                            result("call_2", false),
                        ],
                    ),
                    words(),
                ],
                ..tools()
            },
        ),
        ("settings", set(None)),
        (
            "settings, words",
            ChatRequest {
                response_format: Some(ResponseFormat::Text),
                ..set(None)
            },
        ),
        ("settings, thinking", set(Some("high"))),
        ("settings, hardly thinking", set(Some("minimal"))),
        ("settings, not thinking", set(Some("none"))),
    ]
}

fn check(schema: &Validator, dialect: Dialect, host: &str, base: &str, sealed: Option<&Sealed>) {
    for (name, request) in requests(sealed) {
        let body = written(dialect, host, base, &request);
        let errors: Vec<String> = schema
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{host}, {name}: {errors:#?}\n{body:#}");
    }
}

#[test]
fn openai_chat_completions() {
    check(
        &schema("openai-chat.schema.json"),
        Dialect::Openai,
        "api.openai.com",
        "/v1",
        None,
    );
}

/// With what is asked of it for the sake of the person.
#[test]
fn openrouter_chat() {
    let schema = schema("openrouter-chat.schema.json");
    check(&schema, Dialect::Openai, "openrouter.ai", "/api/v1", None);
    let request = plain(vec![ChatMessage::text(Role::User, "hi")]);
    let mut body = written(Dialect::Openai, "openrouter.ai", "/api/v1", &request);
    assert_eq!(
        body["provider"],
        json!({"data_collection": "deny", "zdr": true})
    );
    body["provider"]["zrd"] = json!(true);
    assert!(!schema.is_valid(&body), "a slip of the pen is found");
}

/// In the words of Anthropic it is the same router, with the same field.
#[test]
fn openrouter_in_the_words_of_anthropic() {
    let schema = schema("anthropic-messages.schema.json");
    for (name, request) in requests(None) {
        let mut body = written(Dialect::Anthropic, "openrouter.ai", "/api/v1", &request);
        let asked = body.as_object_mut().unwrap().remove("provider");
        assert_eq!(
            asked,
            Some(json!({"data_collection": "deny", "zdr": true})),
            "{name}"
        );
        assert!(schema.is_valid(&body), "{name}: {body:#}");
    }
}

#[test]
fn anthropic_messages() {
    let sealed = Sealed {
        dialect: Dialect::Anthropic,
        data: json!({"type": "thinking", "thinking": "hm", "signature": "s"}),
    };
    let schema = schema("anthropic-messages.schema.json");
    check(
        &schema,
        Dialect::Anthropic,
        "api.anthropic.com",
        "/v1",
        Some(&sealed),
    );
}

#[test]
fn ollama_chat() {
    let sealed = Sealed {
        dialect: Dialect::Ollama,
        data: json!({"thinking": "hm"}),
    };
    let schema = schema("ollama-chat.schema.json");
    let (host, base) = ("ollama.example", "/api");
    check(&schema, Dialect::Ollama, host, base, None);
    check(&schema, Dialect::Ollama, host, base, Some(&sealed));
}

/// What another dialect sealed is never sent.
#[test]
fn what_is_sealed_goes_back_to_its_own_dialect_only() {
    let sealed = Sealed {
        dialect: Dialect::Anthropic,
        data: json!({"type": "thinking", "thinking": "hm", "signature": "canary"}),
    };
    let at = |name| requests(Some(&sealed)).into_iter().find(|it| it.0 == name);
    let (_, request) = at("what tools said").unwrap();
    let told = written(Dialect::Anthropic, "api.anthropic.com", "/v1", &request);
    assert_eq!(told["messages"][1]["content"][0], sealed.data);
    for (dialect, host) in [
        (Dialect::Openai, "api.openai.com"),
        (Dialect::Ollama, "o.example"),
    ] {
        let told = written(dialect, host, "/v1", &request);
        assert!(!told.to_string().contains("canary"), "{dialect:?}");
    }
}

/// Results follow their calls in one turn, before anything else is said.
#[test]
fn results_of_tools_are_one_turn() {
    let (_, request) = requests(None)
        .into_iter()
        .find(|it| it.0 == "what tools said")
        .unwrap();
    let told = written(Dialect::Anthropic, "api.anthropic.com", "/v1", &request);
    let roles: Vec<_> = told["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["role"])
        .collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    let kinds: Vec<_> = told["messages"][2]["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["type"])
        .collect();
    assert_eq!(kinds, ["tool_result", "tool_result", "tool_result", "text"]);
    let told = written(Dialect::Openai, "api.openai.com", "/v1", &request);
    let roles: Vec<_> = told["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["role"])
        .collect();
    assert_eq!(roles, ["user", "assistant", "tool", "tool", "tool", "user"]);
}

type Spoil = (&'static str, fn(&mut Value));

/// Control arm: the descriptions refuse what is wrong, in every place where something can be.
#[test]
fn a_wrong_request_is_refused() {
    let (_, request) = requests(None)
        .into_iter()
        .find(|it| it.0 == "what tools said")
        .unwrap();
    for (name, dialect, host, base) in [
        (
            "openai-chat.schema.json",
            Dialect::Openai,
            "api.openai.com",
            "/v1",
        ),
        (
            "anthropic-messages.schema.json",
            Dialect::Anthropic,
            "api.anthropic.com",
            "/v1",
        ),
        (
            "ollama-chat.schema.json",
            Dialect::Ollama,
            "ollama.example",
            "/api",
        ),
    ] {
        let schema = schema(name);
        let good = written(dialect, host, base, &request);
        assert!(schema.is_valid(&good), "{name}");
        let spoil: [Spoil; 6] = [
            ("a field nobody knows", |it| it["fluxchat"] = json!(1)),
            ("no messages", |it| {
                drop(it.as_object_mut().unwrap().remove("messages"))
            }),
            ("an odd role", |it| {
                it["messages"][0]["role"] = json!("guest")
            }),
            ("an odd content", |it| {
                it["messages"][0]["content"] = json!([{"type": "odd"}])
            }),
            ("a field of a message", |it| {
                it["messages"][1]["extra"] = json!(1)
            }),
            ("a tool without a name", |it| {
                it["tools"][0] = json!({"type": "function"})
            }),
        ];
        for (what, spoil) in spoil {
            let mut bad = good.clone();
            spoil(&mut bad);
            assert!(!schema.is_valid(&bad), "{name} lets {what} through");
        }
    }
}
