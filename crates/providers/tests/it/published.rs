//! Every request that is built keeps to what its provider published. The used parts of the
//! schemas are under `tests/fixtures/wire/specs`, with a NOTICE.

use std::path::Path;

use bytes::Bytes;
use fluxchat_egress::Ctx;
use fluxchat_model::{DataCategory, Dialect, Origin, Purpose, ResponseFormat, Role};
use fluxchat_providers::{ChatMessage, ChatPart, ChatRequest, Sealed, Tool, ToolChoice, preview};
use serde_json::{Value, json};

use crate::source::with_rare_settings;
use crate::support::{MemoryLedger, door};

/// The schema of this name.
pub fn schema(name: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&document(name)).unwrap()
}

/// The same, as a document.
pub fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/specs")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What is wrong with a document, one line each.
pub fn complaints(schema: &jsonschema::Validator, json: &Value) -> Vec<String> {
    schema
        .iter_errors(json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The address and the body of what would be sent.
pub fn sent(dialect: Dialect, host: &str, base: &str, request: &ChatRequest) -> (String, Value) {
    let mut source = crate::source::source(Some(Origin::new("https", host, 443).unwrap()));
    source.dialect = dialect;
    source.base_path = base.to_owned();
    let ledger = std::sync::Arc::new(MemoryLedger::default());
    let ctx = Ctx::new(Purpose::Chat, &[DataCategory::Content]);
    let preview = preview(&door(&ledger), &source, None, ctx, request).unwrap();
    (preview.url, serde_json::from_slice(&preview.body).unwrap())
}

fn message(role: Role, parts: Vec<ChatPart>) -> ChatMessage {
    ChatMessage { role, parts }
}

/// What a tool returned beside words.
fn returned() -> Vec<ChatPart> {
    let file = |name: &str, media_type: &str, bytes: &'static [u8]| ChatPart::File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: Bytes::from_static(bytes),
    };
    vec![
        ChatPart::Image {
            media_type: "image/png".to_owned(),
            bytes: Bytes::from_static(RETURNED),
        },
        file("plan.pdf", "application/pdf", b"%PDF-1.7"),
        file("horn.mp3", "audio/mpeg", b"ID3"),
        ChatPart::Text("[The file x is not part of this request.]".to_owned()),
    ]
}

/// The same request, whose first tool returned more than words.
pub fn with_returned(all: &ChatRequest) -> ChatRequest {
    let mut all = all.clone();
    for part in all.messages.iter_mut().flat_map(|it| &mut it.parts) {
        if let ChatPart::ToolResult { id, files, .. } = part
            && id == "call_1"
        {
            *files = returned();
        }
    }
    all
}

/// A picture that no other part of a request has.
pub const RETURNED: &[u8] = b"\x89PNG-returned";

/// A conversation with everything a dialect may have to carry. `seal` is what the source wants
/// back with its reasoning, `call_seal` with a tool call.
pub fn everything(model: &str, seal: Option<Sealed>, call_seal: Option<Sealed>) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        system: Some("Be brief.".to_owned()),
        messages: vec![
            ChatMessage::text(Role::System, "Answer in English."),
            message(
                Role::User,
                vec![
                    ChatPart::Text("What is this?".to_owned()),
                    ChatPart::Image {
                        media_type: "image/png".to_owned(),
                        bytes: Bytes::from_static(b"\x89PNG"),
                    },
                    ChatPart::File {
                        name: "a.pdf".to_owned(),
                        media_type: "application/pdf".to_owned(),
                        bytes: Bytes::from_static(b"%PDF-1.7"),
                    },
                    ChatPart::File {
                        name: "a.csv".to_owned(),
                        media_type: "text/csv".to_owned(),
                        bytes: Bytes::from_static(b"a,b"),
                    },
                    ChatPart::File {
                        name: "a.bin".to_owned(),
                        media_type: "application/octet-stream".to_owned(),
                        bytes: Bytes::from_static(b"\0"),
                    },
                ],
            ),
            message(
                Role::Assistant,
                vec![
                    ChatPart::Reasoning {
                        text: "Let me look.".to_owned(),
                        sealed: seal,
                    },
                    ChatPart::Text("One moment.".to_owned()),
                    ChatPart::ToolCall {
                        id: "call_1".to_owned(),
                        name: "look".to_owned(),
                        arguments: r#"{"at":"it"}"#.to_owned(),
                        sealed: call_seal,
                    },
                    ChatPart::ToolCall {
                        id: "call_2".to_owned(),
                        name: "now".to_owned(),
                        arguments: String::new(),
                        sealed: None,
                    },
                ],
            ),
            message(
                Role::Tool,
                vec![
                    ChatPart::ToolResult {
                        id: "call_1".to_owned(),
                        name: "look".to_owned(),
                        text: "a lighthouse".to_owned(),
                        is_error: false,
                        files: Vec::new(),
                    },
                    ChatPart::ToolResult {
                        id: "call_2".to_owned(),
                        name: "now".to_owned(),
                        text: "no clock".to_owned(),
                        is_error: true,
                        files: Vec::new(),
                    },
                ],
            ),
        ],
        tools: vec![Tool {
            name: "look".to_owned(),
            description: "Looks.".to_owned(),
            schema: json!({"type": "object", "properties": {"at": {"type": "string"}}}),
        }],
        tool_choice: Some(ToolChoice::Auto),
        temperature: Some(0.7),
        top_p: Some(0.9),
        max_tokens: Some(1024),
        stop: vec!["END".to_owned()],
        seed: Some(7),
        reasoning_effort: Some("low".to_owned()),
        ..with_rare_settings(ChatRequest::default())
    }
}

/// Every request that is different in kind.
pub fn requests(all: &ChatRequest) -> Vec<ChatRequest> {
    let plain = ChatRequest {
        model: all.model.clone(),
        messages: vec![ChatMessage::text(Role::User, "hi")],
        ..ChatRequest::default()
    };
    let mut requests = vec![plain.clone(), all.clone()];
    for choice in [
        ToolChoice::None,
        ToolChoice::Required,
        ToolChoice::Named("look".to_owned()),
    ] {
        requests.push(ChatRequest {
            tool_choice: Some(choice),
            ..all.clone()
        });
    }
    for effort in ["none", "minimal", "low", "medium", "high", "xhigh", "max"] {
        requests.push(ChatRequest {
            reasoning_effort: Some(effort.to_owned()),
            ..plain.clone()
        });
    }
    requests.push(with_returned(all));
    requests.push(ChatRequest {
        response_format: Some(ResponseFormat::Text),
        ..all.clone()
    });
    requests.push(ChatRequest {
        messages: vec![
            ChatMessage::text(Role::User, ""),
            ChatMessage::text(Role::User, "hi"),
            ChatMessage::text(Role::Assistant, "hello"),
            ChatMessage::text(Role::Tool, "words of a tool"),
        ],
        ..plain
    });
    requests
}

/// The same body with one thing wrong.
pub fn broken(body: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = body.clone();
    change(&mut body);
    assert!(body.is_object(), "the change keeps a document");
    body
}
