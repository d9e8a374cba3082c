//! OpenAI Chat Completions, as OpenAI and everybody compatible with it speaks it.

mod models;
mod reply;
mod request;
mod stream;
mod think;

use bytes::Bytes;
use fluxchat_egress::{
    Call, Credential, Ctx, Door, Endpoint, Payload, Preview, Reply, Response, Target,
};
use fluxchat_model::{Model, Source};

pub use reply::{Reading, Step};

use crate::normalise::{RemoteError, looks_like_html, safe_message};
use crate::{ChatRequest, ChatStream, Notice, ProviderError};
use request::Body;

/// How much of an error is read.
const ERROR_LIMIT: usize = 64 << 10;
const DOCUMENT_LIMIT: usize = 16 << 20;

pub(crate) use models::read as read_models;

/// `GET {base}/models`.
pub(crate) async fn models(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
) -> Result<Vec<Model>, ProviderError> {
    ctx.reply = Reply::Document;
    let endpoint =
        Endpoint::new(Call::ModelsList, Target::of(source)).with_credential(credential.clone());
    let mut response = door.send(ctx, endpoint, Payload::Empty).await?;
    if !response.status.is_success() {
        return Err(read_error(&mut response, credential.as_ref()).await.1);
    }
    let body = response.body.collect(DOCUMENT_LIMIT).await?;
    models::read(&body)
}

/// `POST {base}/chat/completions` with `stream: true`.
pub(crate) async fn chat(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: ChatRequest,
) -> Result<ChatStream, ProviderError> {
    ctx.reply = Reply::Stream;
    let mut body = Body::new(source, &request, ctx.training_allowed);
    let mut notices = Vec::new();
    loop {
        let (endpoint, payload) = prepare(source, credential.as_ref(), &body)?;
        let mut response = door.send(ctx.clone(), endpoint, payload).await?;
        if response.status.is_success() {
            return Ok(stream::read(response, notices, credential));
        }
        let (said, error) = read_error(&mut response, credential.as_ref()).await;
        // Once only: a server that complains about one thing after another is not asked for ever.
        let dropped = if response.status == http::StatusCode::BAD_REQUEST && notices.is_empty() {
            body.drop_unsupported(&said)
        } else {
            None
        };
        match dropped {
            Some(name) => notices.push(Notice::ParameterDropped { name }),
            None => return Err(error),
        }
    }
}

/// What [`chat`] would send, without sending it.
pub(crate) fn preview(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: &ChatRequest,
) -> Result<Preview, ProviderError> {
    ctx.reply = Reply::Stream;
    let body = Body::new(source, request, ctx.training_allowed);
    let (endpoint, payload) = prepare(source, credential.as_ref(), &body)?;
    Ok(door.preview(&ctx, &endpoint, &payload)?)
}

fn prepare(
    source: &Source,
    credential: Option<&Credential>,
    body: &Body,
) -> Result<(Endpoint, Payload), ProviderError> {
    let endpoint = Endpoint::new(Call::ChatCompletions, Target::of(source))
        .with_credential(credential.cloned());
    Ok((endpoint, Payload::Json(Bytes::from(body.to_bytes()?))))
}

/// Reads the body of an answer with an error status.
async fn read_error(
    response: &mut Response,
    credential: Option<&Credential>,
) -> (RemoteError, ProviderError) {
    let status = response.status.as_u16();
    let retry_after_ms = retry_after_ms(response);
    // Half an error is still an error: what could be read decides.
    let body = response.body.collect(ERROR_LIMIT).await.unwrap_or_default();
    let said = RemoteError::from_body(&body);
    let error = said.classify(status, retry_after_ms, credential);
    (said, error)
}

fn retry_after_ms(response: &Response) -> Option<u64> {
    u64::try_from(response.retry_after?.as_millis()).ok()
}

/// What answered instead of an API, without its words.
fn unexpected(text: &str) -> ProviderError {
    let message = if text.trim().is_empty() {
        "It sent nothing.".to_owned()
    } else if looks_like_html(text) {
        "It sent a web page. Check the address; most end in /v1.".to_owned()
    } else {
        safe_message(&text.chars().take(120).collect::<String>(), None)
    };
    ProviderError::UnexpectedAnswer { message }
}
