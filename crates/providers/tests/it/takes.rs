//! What is told before sending about a file is what the builder of the request does with it.

use base64::Engine as _;
use bytes::Bytes;
use fluxchat_model::{AttachmentKind, Dialect, Origin, Role};
use fluxchat_providers::{ChatMessage, ChatPart, ChatRequest, Takes, takes};

use crate::contract::written;
use crate::source::source_of;

const BYTES: &[u8] = b"%PDF a file of its own kind";
const HOSTS: &[&str] = &[
    "api.openai.com",
    "openrouter.ai",
    "example.org",
    "evilopenai.com",
];

#[test]
fn what_is_said_to_go_as_a_file_is_in_the_request() {
    let kinds = [
        (AttachmentKind::Picture, "image/png"),
        (AttachmentKind::Picture, "image/jpeg"),
        (AttachmentKind::Pdf, "application/pdf"),
        (AttachmentKind::Audio, "audio/mpeg"),
        (AttachmentKind::Audio, "audio/x-wav"),
        (AttachmentKind::Audio, "audio/ogg"),
    ];
    let dialects = [
        Dialect::Openai,
        Dialect::Responses,
        Dialect::Anthropic,
        Dialect::Gemini,
        Dialect::Interactions,
        Dialect::Ollama,
    ];
    let encoded = base64::engine::general_purpose::STANDARD.encode(BYTES);
    let (mut as_file, mut otherwise) = (0, 0);
    for dialect in dialects {
        for host in HOSTS {
            let origin = Origin::new("https", host, 443).unwrap();
            let source = source_of(dialect, "/v1", Some(origin));
            for (kind, media_type) in kinds {
                let bytes = Bytes::from_static(BYTES);
                let media = media_type.to_owned();
                let part = match kind {
                    AttachmentKind::Picture => ChatPart::Image {
                        media_type: media,
                        bytes,
                    },
                    _ => ChatPart::File {
                        name: "a".to_owned(),
                        media_type: media,
                        bytes,
                    },
                };
                let request = ChatRequest {
                    model: "m".to_owned(),
                    messages: vec![ChatMessage {
                        role: Role::User,
                        parts: vec![part, ChatPart::Text("what is it?".to_owned())],
                    }],
                    ..ChatRequest::default()
                };
                let body = written(dialect, host, "/v1", &request).to_string();
                let is_in_it = body.contains(&encoded);
                if takes(&source, kind, media_type) == Takes::File {
                    as_file += 1;
                    assert!(is_in_it, "{dialect:?} at {host} takes {media_type}: {body}");
                } else {
                    otherwise += 1;
                }
            }
        }
    }
    assert!(as_file > 40 && otherwise > 20, "{as_file} and {otherwise}");
}

#[test]
fn a_pdf_goes_as_words_where_many_servers_do_not_read_it() {
    let at = |dialect, host: &str| {
        let origin = Origin::new("https", host, 443).unwrap();
        let source = source_of(dialect, "/v1", Some(origin));
        takes(&source, AttachmentKind::Pdf, "application/pdf")
    };
    assert_eq!(at(Dialect::Openai, "eu.api.openai.com"), Takes::File);
    assert_eq!(at(Dialect::Openai, "evilopenai.com"), Takes::Words);
    assert_eq!(at(Dialect::Openai, "localhost"), Takes::Words);
    assert_eq!(at(Dialect::Anthropic, "localhost"), Takes::File);
    let sandbox = source_of(Dialect::Fluxchat, "/v1", None);
    let takes = |kind| takes(&sandbox, kind, "image/png");
    assert_eq!(takes(AttachmentKind::Picture), Takes::Nothing);
    assert_eq!(takes(AttachmentKind::Text), Takes::Words);
}
