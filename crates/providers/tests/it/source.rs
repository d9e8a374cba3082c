use std::sync::Arc;

use bytes::Bytes;
use fluxchat_egress::{Credential, Ctx, Door};
use fluxchat_model::{
    DataCategory, Dialect, Origin, Purpose, ResponseFormat, Role, Secret, Source,
};
use fluxchat_providers::{
    ChatEvent, ChatMessage, ChatRequest, FinishReason, Notice, Protocol, ProviderError, Reading,
    Step, chat, key_header,
};
use futures_util::StreamExt;

use crate::sample;
use crate::support::{MemoryLedger, Script, Seen, Server, door};

pub fn source(origin: Option<Origin>) -> Source {
    Source {
        origin,
        ..sample::source(None, Dialect::Openai)
    }
}

pub fn request() -> ChatRequest {
    ChatRequest {
        model: "m".to_owned(),
        messages: vec![ChatMessage::text(Role::User, "hi")],
        ..ChatRequest::default()
    }
}

pub fn ctx() -> Ctx {
    Ctx::new(
        Purpose::Chat,
        &[DataCategory::Content, DataCategory::Parameters],
    )
}

/// Everything an answer brought.
#[derive(Debug, Default)]
pub struct Told {
    pub text: String,
    pub reasoning: String,
    pub events: Vec<ChatEvent>,
    pub finished: Option<FinishReason>,
    pub error: Option<ProviderError>,
}

/// The same with every setting that few set.
pub fn with_rare_settings(request: ChatRequest) -> ChatRequest {
    ChatRequest {
        top_k: Some(40),
        min_p: Some(0.05),
        frequency_penalty: Some(0.5),
        presence_penalty: Some(-0.5),
        repeat_penalty: Some(1.1),
        response_format: Some(ResponseFormat::JsonObject),
        ..request
    }
}

impl Told {
    pub fn code(&self) -> &'static str {
        self.error.as_ref().map_or("", ProviderError::code)
    }

    /// Title and target of what the answer cites, in order.
    pub fn cited(&self) -> Vec<(&str, &str)> {
        let told = self.events.iter();
        told.filter_map(|event| match event {
            ChatEvent::Citation { title, target, .. } => Some((title.as_str(), target.as_str())),
            _ => None,
        })
        .collect()
    }

    /// The settings that the person is told were left out.
    pub fn dropped(&self) -> Vec<&str> {
        let told = self.events.iter();
        told.filter_map(|event| match event {
            ChatEvent::Notice(Notice::ParameterDropped { name }) => Some(name.as_str()),
            _ => None,
        })
        .collect()
    }

    pub fn take(&mut self, item: Result<ChatEvent, ProviderError>) {
        assert!(
            self.error.is_none() && self.finished.is_none(),
            "nothing follows the end"
        );
        match item {
            Ok(ChatEvent::Text(text)) => self.text.push_str(&text),
            Ok(ChatEvent::Reasoning(text)) => self.reasoning.push_str(&text),
            Ok(ChatEvent::Finished { reason }) => self.finished = Some(reason),
            Ok(other) => self.events.push(other),
            Err(error) => self.error = Some(error),
        }
    }
}

/// What a source answers, or why it does not.
pub async fn hear(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    request: ChatRequest,
) -> Told {
    let mut told = Told::default();
    match chat(door, source, credential, ctx(), request).await {
        Err(error) => told.error = Some(error),
        Ok(mut stream) => {
            while let Some(item) = stream.next().await {
                told.take(item);
            }
        }
    }
    told
}

pub async fn ask(door: &Door, source: &Source) -> Told {
    hear(door, source, None, request()).await
}

pub async fn ask_server(server: &Server) -> (Told, Arc<MemoryLedger>) {
    let ledger = Arc::new(MemoryLedger::default());
    let told = ask(&door(&ledger), &source(Some(server.origin()))).await;
    (told, ledger)
}

/// What a server that says this told in a dialect, and what reached it: as many requests as the
/// ledger has rows.
pub async fn asked(
    dialect: Dialect,
    base: &str,
    scripts: Vec<Script>,
    key: Option<&str>,
    request: ChatRequest,
) -> (Told, Vec<Seen>) {
    let server = Server::start(scripts).await;
    let source = source_of(dialect, base, Some(server.origin()));
    let credential = key.map(|key| {
        let key = Secret::new(key.to_owned());
        Credential::new(server.origin(), key_header(&source), key)
    });
    let ledger = Arc::new(MemoryLedger::default());
    let told = hear(&door(&ledger), &source, credential, request).await;
    assert_eq!(server.request_ids(), ledger.request_ids(), "wire = ledger");
    (told, server.seen())
}

/// The same, of a source that speaks another dialect, below this path.
pub fn source_of(dialect: Dialect, base_path: &str, origin: Option<Origin>) -> Source {
    Source {
        dialect,
        base_path: base_path.to_owned(),
        ..source(origin)
    }
}

/// The steps of an answer whose bytes arrive in these pieces.
pub fn steps<'a>(
    protocol: Protocol,
    content_type: Option<&str>,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Vec<Step> {
    let mut reading = Reading::of(protocol, content_type, None);
    for piece in pieces {
        reading.push(piece);
    }
    reading.finish();
    assert!(reading.is_over(), "every answer has an end");
    std::iter::from_fn(|| reading.next_step()).collect()
}

pub fn tell(body: &[u8]) -> Told {
    tell_as(Protocol::ChatCompletions, body)
}

pub fn tell_as(protocol: Protocol, body: &[u8]) -> Told {
    told_as(protocol, Some("text/event-stream"), body)
}

/// The same where the server does not say what it sends.
pub fn told(protocol: Protocol, body: &[u8]) -> Told {
    told_as(protocol, None, body)
}

fn told_as(protocol: Protocol, content_type: Option<&str>, body: &[u8]) -> Told {
    let mut told = Told::default();
    for step in steps(protocol, content_type, std::iter::once(body)) {
        told.take(match step {
            Step::Event(event) => Ok(event),
            Step::Error(error) => Err(error),
        });
    }
    told
}

/// A stream of these chunks, closed properly.
pub fn frames(frames: &[&str]) -> Vec<u8> {
    let mut body = String::new();
    for frame in frames {
        body.push_str("data: ");
        body.push_str(frame);
        body.push_str("\n\n");
    }
    body.push_str("data: [DONE]\n\n");
    body.into_bytes()
}

pub fn sse(body: &[u8]) -> Bytes {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    [head.as_slice(), body].concat().into()
}

/// A stream of these frames, without a last word.
pub fn events(frames: &[&str]) -> Vec<u8> {
    frames
        .iter()
        .flat_map(|frame| format!("data: {frame}\n\n").into_bytes())
        .collect()
}
