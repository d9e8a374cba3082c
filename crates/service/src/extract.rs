//! Reading requests so that every refusal has the service's own error body.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use futures_util::StreamExt;
use http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;

use crate::ServiceError;

/// What calls without a limit of their own take.
pub(crate) const SMALL_BODY: usize = 64 * 1024;

/// A JSON body of at most `LIMIT` bytes.
///
/// It insists on the content type: a page in a browser cannot set it across origins without
/// asking first, which this service never allows.
pub(crate) struct JsonBody<T, const LIMIT: usize = SMALL_BODY> {
    pub(crate) value: T,
    /// The bytes as they came.
    pub(crate) raw: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync, const LIMIT: usize> FromRequest<S>
    for JsonBody<T, LIMIT>
{
    type Rejection = ServiceError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ServiceError> {
        if !is_json(request.headers()) {
            return Err(ServiceError::UnsupportedMediaType);
        }
        let raw = read_body(request.into_body(), LIMIT).await?;
        let value = serde_json::from_slice(&raw).map_err(|error| invalid_json(&error))?;
        Ok(Self { value, raw })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

async fn read_body(body: Body, limit: usize) -> Result<Bytes, ServiceError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(ServiceError::TooLarge { limit });
    }
    let mut read = Vec::with_capacity(announced);
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| ServiceError::BrokenBody)?;
        if read.len() + frame.len() > limit {
            return Err(ServiceError::TooLarge { limit });
        }
        read.extend_from_slice(&frame);
    }
    Ok(read.into())
}

/// serde's own message may quote the body, so only its kind and place are told.
fn invalid_json(error: &serde_json::Error) -> ServiceError {
    use serde_json::error::Category;
    ServiceError::InvalidJson {
        line: error.line(),
        column: error.column(),
        reason: match error.classify() {
            Category::Data => "wrong type or missing field",
            Category::Eof => "ended too early",
            Category::Syntax | Category::Io => "syntax error",
        },
    }
}

/// A query string.
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryParams<T> {
    type Rejection = ServiceError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ServiceError> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(value)| Self(value))
            .map_err(|_| ServiceError::InvalidField {
                param: "query",
                message: "the query string has a value of the wrong kind".to_owned(),
            })
    }
}

/// The languages of `Accept-Language`, most wanted first (RFC 9110, section 12.5.4).
pub(crate) fn accepted_languages(headers: &HeaderMap) -> Vec<String> {
    let mut wanted: Vec<(f32, String)> = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|item| {
            let (tag, weight) = match item.split_once(';') {
                Some((tag, q)) => (tag, q.trim().strip_prefix("q=")?.parse().ok()?),
                None => (item, 1.0_f32),
            };
            let tag = tag.trim().to_ascii_lowercase();
            (weight > 0.0 && !tag.is_empty()).then_some((weight, tag))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}
