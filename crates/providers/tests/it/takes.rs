//! What is told before sending about a file is what the builder of the request does with it.

use base64::Engine as _;
use bytes::Bytes;
use fluxchat_model::{Abilities, AttachmentKind, Dialect, Origin, Role};
use fluxchat_providers::{ChatMessage, ChatPart, ChatRequest, Takes, cites_pages, takes};

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
fn pages_are_cited_by_anthropic_itself_and_by_nobody_who_speaks_like_it() {
    for (dialect, host, cites) in [
        (Dialect::Anthropic, "api.anthropic.com", true),
        (Dialect::Anthropic, "evilanthropic.com", false),
        (Dialect::Anthropic, "api.deepseek.com", false),
        (Dialect::Openai, "api.anthropic.com", false),
    ] {
        let origin = Origin::new("https", host, 443).unwrap();
        let source = source_of(dialect, "/v1", Some(origin));
        assert_eq!(cites_pages(&source), cites, "{dialect:?} at {host}");
    }
}

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
                for abilities in told() {
                    if takes(&source, abilities, kind, media_type) == Takes::File {
                        as_file += 1;
                        assert!(is_in_it, "{dialect:?} at {host} takes {media_type}: {body}");
                    } else {
                        otherwise += 1;
                    }
                }
            }
        }
    }
    assert!(as_file > 80 && otherwise > 60, "{as_file} and {otherwise}");
}

/// What a list may tell: nothing, that it can, that it cannot.
fn told() -> [Abilities; 3] {
    let all = |can| Abilities {
        images: can,
        files: can,
        audio: can,
        ..Abilities::default()
    };
    [all(None), all(Some(true)), all(Some(false))]
}

#[test]
fn what_a_list_tells_of_a_model_goes_before_what_its_dialect_can_say() {
    let at = |dialect, host: &str| {
        let origin = Origin::new("https", host, 443).unwrap();
        source_of(dialect, "/v1", Some(origin))
    };
    let [silent, able, unable] = told();
    let (picture, pdf, sound) = (
        (AttachmentKind::Picture, "image/png"),
        (AttachmentKind::Pdf, "application/pdf"),
        (AttachmentKind::Audio, "audio/mpeg"),
    );
    let asked =
        |source: &_, abilities, (kind, media_type)| takes(source, abilities, kind, media_type);
    let router = at(Dialect::Openai, "openrouter.ai");
    for (file, without) in [
        (picture, Takes::Nothing),
        (pdf, Takes::Words),
        (sound, Takes::Nothing),
    ] {
        assert_eq!(asked(&router, silent, file), Takes::File, "{file:?}");
        assert_eq!(asked(&router, able, file), Takes::File, "{file:?}");
        assert_eq!(asked(&router, unable, file), without, "{file:?}");
    }
    // A server nobody knows reads a PDF if it says so; words are taken by everybody.
    let own = at(Dialect::Openai, "localhost");
    assert_eq!(asked(&own, silent, pdf), Takes::Words);
    assert_eq!(asked(&own, able, pdf), Takes::File);
    assert_eq!(
        asked(&own, unable, (AttachmentKind::Text, "text/plain")),
        Takes::Words
    );
    // Saying that a model hears does not teach a dialect to carry sound.
    let ollama = at(Dialect::Ollama, "localhost");
    assert_eq!(asked(&ollama, able, sound), Takes::Nothing);
    assert_eq!(asked(&ollama, unable, picture), Takes::Nothing);
    let claude = at(Dialect::Anthropic, "api.anthropic.com");
    assert_eq!(asked(&claude, unable, pdf), Takes::Words);
}

#[test]
fn a_pdf_goes_as_words_where_many_servers_do_not_read_it() {
    let at = |dialect, host: &str| {
        let origin = Origin::new("https", host, 443).unwrap();
        let source = source_of(dialect, "/v1", Some(origin));
        takes(
            &source,
            Abilities::default(),
            AttachmentKind::Pdf,
            "application/pdf",
        )
    };
    assert_eq!(at(Dialect::Openai, "eu.api.openai.com"), Takes::File);
    assert_eq!(at(Dialect::Openai, "evilopenai.com"), Takes::Words);
    assert_eq!(at(Dialect::Openai, "localhost"), Takes::Words);
    assert_eq!(at(Dialect::Anthropic, "localhost"), Takes::File);
    let sandbox = source_of(Dialect::Fluxchat, "/v1", None);
    let takes = |kind| takes(&sandbox, Abilities::default(), kind, "image/png");
    assert_eq!(takes(AttachmentKind::Picture), Takes::Nothing);
    assert_eq!(takes(AttachmentKind::Text), Takes::Words);
}
