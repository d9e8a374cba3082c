//! `GET /v1/policies/…`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use fluxchat_model::Policy;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{QueryParams, accepted_languages};
use crate::policy::{best_language, current_version};
use crate::{ErrorBody, ServiceError, ServiceState, policy};

/// One version of the privacy policy in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyDocument {
    /// The date it takes effect.
    pub version: String,
    /// BCP 47.
    pub language: String,
    /// SHA-256 of `markdown` in hex.
    pub sha256: String,
    /// The short form.
    pub summary: Vec<String>,
    /// All of it.
    pub markdown: String,
}

impl From<Policy> for PolicyDocument {
    fn from(policy: Policy) -> Self {
        Self {
            version: policy.version.0,
            language: policy.language,
            sha256: policy.sha256,
            summary: policy.summary,
            markdown: policy.markdown,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LanguageQuery {
    /// `en` or `de`; goes before `Accept-Language`.
    language: Option<String>,
}

/// The policy in force
#[utoipa::path(
    get,
    path = "/v1/policies/current",
    tag = "policy",
    params(LanguageQuery),
    responses((status = 200, description = "The policy", body = PolicyDocument))
)]
pub(crate) async fn current(
    State(_): State<ServiceState>,
    headers: HeaderMap,
    QueryParams(query): QueryParams<LanguageQuery>,
) -> Result<Response, ServiceError> {
    document(current_version(), &headers, &query)
}

/// One version of the policy
#[utoipa::path(
    get,
    path = "/v1/policies/{version}",
    tag = "policy",
    params(("version" = String, Path, description = "Its date, such as 2026-11-01"), LanguageQuery),
    responses(
        (status = 200, description = "The policy", body = PolicyDocument),
        (status = 404, description = "No such version", body = ErrorBody),
    )
)]
pub(crate) async fn by_version(
    Path(version): Path<String>,
    headers: HeaderMap,
    QueryParams(query): QueryParams<LanguageQuery>,
) -> Result<Response, ServiceError> {
    document(&version, &headers, &query)
}

fn document(
    version: &str,
    headers: &HeaderMap,
    query: &LanguageQuery,
) -> Result<Response, ServiceError> {
    let language = match &query.language {
        Some(asked) => best_language(std::slice::from_ref(asked)),
        None => best_language(&accepted_languages(headers)),
    };
    let policy =
        policy(version, language).ok_or(ServiceError::NotFound("this version of the policy"))?;
    let mut response = Json(PolicyDocument::from(policy)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}
