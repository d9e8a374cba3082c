//! `POST /v1/chat/completions`.

mod stream;
mod wire;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use fluxchat_model::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

pub use wire::{
    ChatChoice, ChatChunk, ChatCompletion, ChatDelta, ChatMessage, ChatRequest, ChunkChoice,
    Citation, ContentPart, MessageContent, StreamOptions, TokenUsage,
};

use crate::extract::{JsonBody, accepted_languages};
use crate::guide::{self, Turn};
use crate::models::GUIDE_MODEL;
use crate::{Collection, ErrorBody, Record, ServiceError, ServiceState};
use stream::{Script, words};

/// The header that echoes `training_allowed`, `true` or `false`.
pub const TRAINING_HEADER: &str = "x-fluxchat-training-allowed";

/// Whole conversations come with every request, with pictures inlined by some clients.
const CHAT_BODY: usize = 8 * 1024 * 1024;

/// Answer a conversation
///
/// With `stream` the answer comes as server-sent events, each a [`ChatChunk`], closed by
/// `[DONE]`. Nothing of what was said is kept; with `store: false` not even that it was asked.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    tag = "generation",
    request_body = ChatRequest,
    responses(
        (status = 200, description = "The answer", headers(
            ("X-Fluxchat-Training-Allowed" = String, description = "The echo of `training_allowed`")
        ), content(
            (ChatCompletion = "application/json"),
            (ChatChunk = "text/event-stream"),
        )),
        (status = 400, description = "The request cannot be used", body = ErrorBody),
        (status = 404, description = "No such model", body = ErrorBody),
        (status = 413, description = "The request is too large", body = ErrorBody),
    )
)]
pub(crate) async fn create(
    State(state): State<ServiceState>,
    headers: HeaderMap,
    body: JsonBody<ChatRequest, CHAT_BODY>,
) -> Result<Response, ServiceError> {
    let request = body.value;
    check(&request)?;
    let at = state.now();
    let id = state.new_id(at)?;
    let training_allowed = request.training_allowed.unwrap_or(false);

    let turns = turns(&request.messages);
    let answer = guide::answer(&turns, &accepted_languages(&headers));
    let mut pieces = words(&answer.markdown);
    let finish_reason = match request.max_completion_tokens.or(request.max_tokens) {
        Some(limit) if to_count(pieces.len()) > limit => {
            pieces.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            "length"
        }
        _ => "stop",
    };
    let prompt_tokens = turns
        .iter()
        .map(|turn| to_count(turn.text.split_whitespace().count()))
        .fold(0_u32, u32::saturating_add);
    let completion_tokens = to_count(pieces.len());
    let usage = TokenUsage {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens.saturating_add(completion_tokens),
    };
    if request.store != Some(false) {
        remember(&state, id, at, &request, usage).await?;
    }

    let script = Script {
        id: format!("chatcmpl-{}", id.simple()),
        created: at.0.div_euclid(Timestamp::SECOND),
        model: request.model,
        training_allowed,
        pieces,
        citations: answer.citations,
        finish_reason,
        usage,
        include_usage: request
            .stream_options
            .and_then(|options| options.include_usage)
            .unwrap_or(false),
    };
    let mut response = if request.stream.unwrap_or(false) {
        script.into_sse(state.pace()).into_response()
    } else {
        Json(whole(script)).into_response()
    };
    response.headers_mut().insert(
        HeaderName::from_static(TRAINING_HEADER),
        HeaderValue::from_static(if training_allowed { "true" } else { "false" }),
    );
    Ok(response)
}

fn check(request: &ChatRequest) -> Result<(), ServiceError> {
    let invalid = |param, message: &str| {
        Err(ServiceError::InvalidField {
            param,
            message: message.to_owned(),
        })
    };
    if request.model != GUIDE_MODEL {
        let name: String = request.model.chars().take(64).collect();
        return Err(ServiceError::ModelNotFound(name));
    }
    if request.messages.is_empty() {
        return invalid("messages", "a conversation needs at least one message");
    }
    if request.n.is_some_and(|n| n != 1) {
        return invalid("n", "only one answer can be asked for at a time");
    }
    let alias_fits = |alias: &String| !alias.is_empty() && alias.len() <= 128;
    if !request.conversation_alias.as_ref().is_none_or(alias_fits) {
        return invalid("conversation_alias", "an alias has 1 to 128 bytes");
    }
    Ok(())
}

fn turns(messages: &[ChatMessage]) -> Vec<Turn> {
    messages
        .iter()
        .filter(|message| matches!(message.role.as_str(), "user" | "assistant"))
        .map(|message| {
            let content = message.content.as_ref();
            Turn {
                from_person: message.role == "user",
                text: content.map(MessageContent::text).unwrap_or_default(),
                has_attachment: content.is_some_and(MessageContent::has_other_parts),
            }
        })
        .collect()
}

async fn remember(
    state: &ServiceState,
    id: uuid::Uuid,
    at: Timestamp,
    request: &ChatRequest,
    usage: TokenUsage,
) -> Result<(), ServiceError> {
    let record = Record {
        collection: Collection::Requests,
        key: id.to_string(),
        owner: request.conversation_alias.clone(),
        body: json!({
            "id": id,
            "at": at,
            "model": request.model,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "training_allowed": request.training_allowed.unwrap_or(false),
        }),
        at,
    };
    state.store(move |storage| storage.put(record)).await
}

fn whole(script: Script) -> ChatCompletion {
    ChatCompletion {
        id: script.id,
        object: "chat.completion".to_owned(),
        created: script.created,
        model: script.model,
        choices: vec![ChatChoice {
            index: 0,
            message: ChatDelta {
                role: Some("assistant".to_owned()),
                content: Some(script.pieces.concat()),
                citations: script.citations,
            },
            finish_reason: script.finish_reason.to_owned(),
        }],
        usage: script.usage,
        training_allowed: script.training_allowed,
    }
}

fn to_count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
