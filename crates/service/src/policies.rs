//! `GET /v1/policies/…`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use fluxchat_model::{Policy, PolicyVersion};
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{QueryParams, accepted_languages};
use crate::policy::{best_language, in_force, policy_versions};
use crate::{Collection, ErrorBody, Page, ServiceError, ServiceState, policy};

/// More versions than any operator announces at a time.
const MOST: usize = 100;

/// One version of the privacy policy in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyDocument {
    /// The date it takes effect.
    pub version: String,
    /// BCP 47.
    pub language: String,
    /// SHA-256 of `markdown` in hex.
    pub sha256: String,
    /// The purposes whose rules this version changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The version that was announced to follow this one, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upcoming: Option<String>,
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
            changed: policy.changed,
            upcoming: None,
            summary: policy.summary,
            markdown: policy.markdown,
        }
    }
}

impl From<PolicyDocument> for Policy {
    fn from(document: PolicyDocument) -> Self {
        Self {
            version: PolicyVersion(document.version),
            language: document.language,
            sha256: document.sha256,
            changed: document.changed,
            summary: document.summary,
            markdown: document.markdown,
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
    State(state): State<ServiceState>,
    headers: HeaderMap,
    QueryParams(query): QueryParams<LanguageQuery>,
) -> Result<Response, ServiceError> {
    let versions = versions(&state).await?;
    let current = in_force(&versions, state.now()).ok_or(ServiceError::Internal)?;
    let upcoming = versions.iter().filter(|it| *it > current).min();
    let mut document = document(&state, &current.0, &headers, &query).await?;
    document.upcoming = upcoming.map(|it| it.0.clone());
    answer(document)
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
    State(state): State<ServiceState>,
    Path(version): Path<String>,
    headers: HeaderMap,
    QueryParams(query): QueryParams<LanguageQuery>,
) -> Result<Response, ServiceError> {
    answer(document(&state, &version, &headers, &query).await?)
}

/// The bundled versions and those the operator published.
async fn versions(state: &ServiceState) -> Result<Vec<PolicyVersion>, ServiceError> {
    let page = Page {
        owner: None,
        after: None,
        limit: MOST,
    };
    let published = state
        .store(move |storage| storage.list(Collection::Policies, &page))
        .await?;
    let published = published.into_iter().filter_map(|row| {
        let (version, _) = row.key.split_once('/')?;
        Some(PolicyVersion(version.to_owned()))
    });
    Ok(policy_versions().into_iter().chain(published).collect())
}

async fn document(
    state: &ServiceState,
    version: &str,
    headers: &HeaderMap,
    query: &LanguageQuery,
) -> Result<PolicyDocument, ServiceError> {
    let language = match &query.language {
        Some(asked) => best_language(std::slice::from_ref(asked)),
        None => best_language(&accepted_languages(headers)),
    };
    if let Some(policy) = policy(version, language) {
        return Ok(policy.into());
    }
    let key = format!("{version}/{language}");
    let row = state
        .store(move |storage| storage.get(Collection::Policies, &key))
        .await?
        .ok_or(ServiceError::NotFound("this version of the policy"))?;
    serde_json::from_value(row.body).map_err(|_| ServiceError::Internal)
}

fn answer(document: PolicyDocument) -> Result<Response, ServiceError> {
    let language = HeaderValue::from_str(&document.language).map_err(|_| ServiceError::Internal)?;
    let mut response = Json(document).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_LANGUAGE, language);
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}
