//! What every dialect shares: asking, reading errors, asking again without a setting the source does
//! not know, the preview, lists of models in pages.
//!
//! A [`Protocol`] is a [`Wire`]: which call, which body, and a reader of frames ([`Frames`]).

mod body;
mod cited;
mod loading;
mod out;
mod reading;
mod stream;
mod think;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use fluxchat_egress::{
    Call, Credential, Ctx, Door, Endpoint, Payload, Preview, Reply, Response, Target,
};
use fluxchat_model::{Model, Source};
use serde_json::Value;

pub(crate) use body::{
    Body, Fields, Optional, arguments, base64, data_url, effort_in_tokens, number, response_format,
    settings, stops, text_of,
};
pub(crate) use cited::{At, Told};
pub(crate) use out::Out;
pub use reading::{Reading, Step};

use crate::hosts::protocol_of;
use crate::normalise::{RemoteError, looks_like_html, safe_message};
use crate::{ChatRequest, ChatStream, KnownModels, ProviderError};

/// How much of an error is read.
const ERROR_LIMIT: usize = 64 << 10;
const DOCUMENT_LIMIT: usize = 16 << 20;
/// A server that complains about one thing after another is asked so many times again.
const MOST_CHANGES: usize = 4;
/// More pages of models than this are not asked for.
const MOST_PAGES: usize = 20;
/// More models than this are not asked about one by one.
const MOST_QUESTIONS: usize = 32;

/// How a stream is cut into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events.
    Events,
    /// A JSON document per line.
    Lines,
}

/// A page of a list of models.
pub(crate) struct Page {
    pub(crate) models: Vec<Model>,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
    /// What changes when a model does, by its id: what was said of it before still holds.
    pub(crate) marks: BTreeMap<String, String>,
    /// The path below which the same server has a list that says more of the same models, and what
    /// it is called there.
    pub(crate) fuller: Option<(&'static str, Call)>,
}

/// What is different about a dialect.
pub(crate) trait Wire: Sync {
    /// The call that asks for an answer.
    fn chat_call(&self, request: &ChatRequest) -> Call;

    /// The body of the request.
    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body;

    /// How the answer is cut.
    fn framing(&self) -> Framing {
        Framing::Events
    }

    /// A reader for one answer.
    fn reader(&self) -> Box<dyn Frames>;

    /// The call that lists models; `after` is [`Page::next`].
    fn models_call(&self, after: Option<&str>) -> Call {
        let _ = after;
        Call::ModelsList
    }

    /// Reads such a list; `None` if it is none.
    fn models(&self, json: &Value) -> Option<Page>;

    /// A further question about a model whose list says too little.
    fn model_call(&self, model: &Model) -> Option<(Call, Value)> {
        let _ = model;
        None
    }

    /// What was answered to it.
    fn model_told(&self, model: &mut Model, json: &Value) {
        let _ = (model, json);
    }
}

/// Reads the frames of one answer.
pub(crate) trait Frames: Send {
    /// A frame; it is no error. `event` is what the line `event:` said, empty where there was
    /// none.
    fn frame(&mut self, event: &str, json: &Value, out: &mut Out);

    /// Whether a document that answers a request for a stream is an answer.
    fn is_answer(&self, json: &Value) -> bool;

    /// Reads such a document; what is not said about the end counts as said.
    fn document(&mut self, json: &Value, out: &mut Out);

    /// Nothing follows, and nothing is missing.
    fn end(&mut self, out: &mut Out) {
        let _ = out;
    }
}

/// A way to ask and to answer: what a dialect is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// OpenAI Chat Completions.
    ChatCompletions,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Gemini `generateContent`.
    GenerateContent,
    /// Gemini Interactions.
    Interactions,
    /// Ollama's own.
    OllamaChat,
}

impl Protocol {
    /// How this version speaks it.
    pub(crate) fn wire(self) -> &'static dyn Wire {
        match self {
            Self::ChatCompletions => &crate::openai::ChatCompletions,
            Self::Responses => &crate::responses::Responses,
            Self::Messages => &crate::anthropic::Messages,
            Self::GenerateContent => &crate::gemini::GenerateContent,
            Self::Interactions => &crate::interactions::Interactions,
            Self::OllamaChat => &crate::ollama::OllamaChat,
        }
    }
}

/// How a source speaks.
pub(crate) fn wire_of(source: &Source) -> &'static dyn Wire {
    protocol_of(source).wire()
}

/// The models a source lists, in its order.
pub(crate) async fn models(
    wire: &dyn Wire,
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    known: &KnownModels,
) -> Result<Vec<Model>, ProviderError> {
    ctx.reply = Reply::Document;
    let asking = Asking {
        door,
        source,
        credential: credential.as_ref(),
        ctx: &ctx,
    };
    let mut all: Vec<Model> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut marks = BTreeMap::new();
    let mut after = None;
    let mut fuller = None;
    for _ in 0..MOST_PAGES {
        let body = asking
            .document(wire.models_call(after.as_deref()), Payload::Empty)
            .await?;
        let page = read_models(wire, &body, credential.as_ref())?;
        let before = all.len();
        marks.extend(page.marks);
        fuller = fuller.or(page.fuller);
        all.extend(
            page.models
                .into_iter()
                .filter(|it| seen.insert(it.id.clone())),
        );
        // A source that repeats itself is not asked for ever.
        after = page.next.filter(|next| after.as_ref() != Some(next));
        if after.is_none() || all.len() == before {
            break;
        }
    }
    if let Some((below, call)) = fuller {
        asking.fuller(wire, below, call, &mut all).await?;
    }
    let mut questions = 0;
    for model in &mut all {
        let Some((call, question)) = wire.model_call(model) else {
            continue;
        };
        let mark = marks.get(&model.id);
        let key = mark.map(|mark| KnownModels::key(source, model, mark));
        if key.as_ref().is_some_and(|key| known.tell(key, model)) || questions >= MOST_QUESTIONS {
            continue;
        }
        questions += 1;
        let payload = Payload::Json(Bytes::from(question.to_string()));
        match asking.document(call, payload).await {
            Ok(body) => {
                if let Ok(json) = serde_json::from_slice(&body) {
                    wire.model_told(model, &json);
                    if let Some(key) = key {
                        known.learn(key, model);
                    }
                }
            }
            // A list that says less is still a list; who stopped it wants no more of it.
            Err(ProviderError::Egress(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(all)
}

/// Reads one page of models.
pub(crate) fn read_models(
    wire: &dyn Wire,
    body: &[u8],
    credential: Option<&Credential>,
) -> Result<Page, ProviderError> {
    let text = String::from_utf8_lossy(body);
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{FEFF}'))
        .map_err(|_| unexpected(&text, credential))?;
    if let Some(error) = RemoteError::from_frame(&json) {
        return Err(error.classify(200, None, credential));
    }
    let mut page = wire
        .models(&json)
        .ok_or_else(|| instead("It sent no list of models."))?;
    let mut seen = BTreeSet::new();
    page.models
        .retain(|it| !it.id.is_empty() && seen.insert(it.id.clone()));
    Ok(page)
}

/// Asks for an answer as a stream.
pub(crate) async fn chat(
    wire: &'static dyn Wire,
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: ChatRequest,
) -> Result<ChatStream, ProviderError> {
    ctx.reply = Reply::Stream;
    let mut body = written(wire, source, &request, ctx.training_allowed);
    let mut changes = 0;
    let mut pauses = loading::PAUSES.iter();
    loop {
        let endpoint = endpoint(wire.chat_call(&request), source, credential.as_ref());
        let payload = Payload::Json(Bytes::from(body.to_bytes()?));
        let mut response = door.send(ctx.clone(), endpoint, payload).await?;
        if response.status.is_success() {
            return Ok(stream::read(wire, response, body.notices, credential));
        }
        let (said, error) = read_error(&mut response, credential.as_ref()).await;
        if loading::is_loading(source, response.status, &said)
            && let Some(pause) = pauses.next()
        {
            loading::wait(*pause, &ctx).await?;
            continue;
        }
        let has_changed = changes < MOST_CHANGES
            && (says_what_is_wrong(response.status) && body.give_way(&said)
                || is_too_long(&said, &error) && body.lengthen());
        if !has_changed {
            return Err(error);
        }
        changes += 1;
    }
}

/// The body of a request, with what a person wrote beside the settings.
fn written(wire: &dyn Wire, source: &Source, request: &ChatRequest, training: bool) -> Body {
    let mut body = wire.write(source, request, training);
    body.add_extra(source, request);
    body
}

/// 422 is what servers say that check what they get before they read it: Mistral, vLLM.
pub(crate) fn says_what_is_wrong(status: http::StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 422)
}

/// The question, or the answer that was asked for.
fn is_too_long(said: &RemoteError, error: &ProviderError) -> bool {
    match error {
        ProviderError::ContextTooLong { .. } => true,
        ProviderError::BadRequest { .. } => said.message.contains("max_tokens"),
        _ => false,
    }
}

/// What [`chat`] would send, without sending it.
pub(crate) fn preview(
    wire: &dyn Wire,
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: &ChatRequest,
) -> Result<Preview, ProviderError> {
    ctx.reply = Reply::Stream;
    let body = written(wire, source, request, ctx.training_allowed);
    let endpoint = endpoint(wire.chat_call(request), source, credential.as_ref());
    let payload = Payload::Json(Bytes::from(body.to_bytes()?));
    Ok(door.preview(&ctx, &endpoint, &payload)?)
}

pub(crate) fn endpoint(call: Call, source: &Source, credential: Option<&Credential>) -> Endpoint {
    Endpoint::new(call, Target::of(source)).with_credential(credential.cloned())
}

struct Asking<'a> {
    door: &'a Door,
    source: &'a Source,
    credential: Option<&'a Credential>,
    ctx: &'a Ctx,
}

impl Asking<'_> {
    /// Asks for the list of the server that says more, and takes over what it says of these
    /// models. A list that says less is still a list; who stopped it wants no more of it.
    async fn fuller(
        &self,
        wire: &dyn Wire,
        below: &str,
        call: Call,
        all: &mut [Model],
    ) -> Result<(), ProviderError> {
        let root = self
            .source
            .base_path
            .strip_suffix("/v1")
            .unwrap_or_default();
        let there = Source {
            base_path: [root, below].concat(),
            ..self.source.clone()
        };
        let asking = Asking {
            source: &there,
            ..*self
        };
        let body = match asking.document(call, Payload::Empty).await {
            Ok(body) => body,
            Err(ProviderError::Egress(error)) => return Err(error.into()),
            Err(_) => return Ok(()),
        };
        let told = read_models(wire, &body, self.credential)
            .map_or_else(|_| Vec::new(), |page| page.models);
        for said in told {
            if let Some(model) = all.iter_mut().find(|it| it.id == said.id) {
                *model = said;
            }
        }
        Ok(())
    }

    async fn document(&self, call: Call, payload: Payload) -> Result<Bytes, ProviderError> {
        let endpoint = endpoint(call, self.source, self.credential);
        let mut response = self.door.send(self.ctx.clone(), endpoint, payload).await?;
        if !response.status.is_success() {
            return Err(read_error(&mut response, self.credential).await.1);
        }
        Ok(response.body.collect(DOCUMENT_LIMIT).await?)
    }
}

/// Reads the body of an answer with an error status.
pub(crate) async fn read_error(
    response: &mut Response,
    credential: Option<&Credential>,
) -> (RemoteError, ProviderError) {
    let status = response.status.as_u16();
    let retry_after_ms = response
        .retry_after
        .and_then(|wait| u64::try_from(wait.as_millis()).ok());
    // Half an error is still an error: what could be read decides.
    let body = response.body.collect(ERROR_LIMIT).await.unwrap_or_default();
    let said = RemoteError::from_body(&body);
    let error = said.classify(status, retry_after_ms, credential);
    (said, error)
}

/// What answered instead of an API; of a web page without its words.
pub(crate) fn unexpected(text: &str, credential: Option<&Credential>) -> ProviderError {
    if text.trim().is_empty() {
        return instead("It sent nothing.");
    }
    if looks_like_html(text) {
        return instead("It sent a web page.");
    }
    ProviderError::UnexpectedAnswer {
        ours: "",
        message: safe_message(text, credential).chars().take(120).collect(),
    }
}

/// The same, told by us.
pub(crate) fn instead(ours: &'static str) -> ProviderError {
    ProviderError::UnexpectedAnswer {
        ours,
        message: String::new(),
    }
}
