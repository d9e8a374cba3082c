//! What is kept of a subject, as one document.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::{read, stored};
use crate::date::rfc3339;
use crate::{
    Collection, ErrorBody, Page, RequestType, ResultDocument, ServiceError, ServiceState, Storage,
    StorageError,
};

const PAGE: usize = 100;
/// The most records of a kind in one document.
const MOST: usize = 10_000;

/// Fetch what is kept
///
/// The document is made when it is fetched, so that no second copy is kept for it.
#[utoipa::path(
    get,
    path = "/v1/privacy/requests/{id}/results",
    tag = "rights",
    params(("id" = uuid::Uuid, Path, description = "The `subject_request_id`")),
    responses(
        (status = 200, description = "What is kept", body = ResultDocument),
        (status = 404, description = "No such request, or one without results", body = ErrorBody),
    )
)]
pub(crate) async fn results(
    State(state): State<ServiceState>,
    Path(id): Path<String>,
) -> Result<Json<ResultDocument>, ServiceError> {
    let row = stored(&state, &id.to_ascii_lowercase())
        .await?
        .ok_or(ServiceError::NotFound("this request"))?;
    let owner = row.owner.clone();
    let answer = read(row)?.answer;
    let shows = matches!(
        answer.subject_request_type,
        RequestType::Access | RequestType::Portability
    );
    if !shows || answer.results_url.is_none() {
        return Err(ServiceError::NotFound("a result of this request"));
    }
    let made_at = rfc3339(state.now());
    let (records, truncated) = state
        .store(move |storage| everything(storage, owner.as_deref()))
        .await?;
    Ok(Json(ResultDocument {
        format: "fluxchat-service-result/1".to_owned(),
        subject_request_id: answer.subject_request_id,
        made_at,
        processing: vec![
            "requests: that a chat was answered, when, by which model and how long it was, never \
             what was said; to answer (Art. 6(1)(b)), until its conversation is deleted."
                .to_owned(),
            "consents: what was agreed to and taken back; to prove it (Art. 7(1)).".to_owned(),
            "privacy_requests: what was asked and answered; to prove it (Art. 12(3)).".to_owned(),
            "subjects: what you told this service about yourself (Art. 6(1)(b)).".to_owned(),
        ],
        records,
        truncated,
    }))
}

type Records = BTreeMap<String, Vec<Value>>;

fn everything(storage: &dyn Storage, owner: Option<&str>) -> Result<(Records, bool), StorageError> {
    let mut records = Records::new();
    let mut truncated = false;
    for collection in Collection::ALL {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = Page {
                owner: owner.map(str::to_owned),
                after: after.take(),
                limit: PAGE,
            };
            let rows = storage.list(collection, &page)?;
            after = (rows.len() == PAGE)
                .then(|| rows.last().map(|row| row.key.clone()))
                .flatten();
            found.extend(rows.into_iter().map(|row| match collection {
                // The fingerprint of a body is of no use to anybody but this service.
                Collection::PrivacyRequests => row.body["answer"].clone(),
                _ => row.body,
            }));
            if found.len() >= MOST {
                truncated |= after.is_some();
                break;
            }
            if after.is_none() {
                break;
            }
        }
        records.insert(collection.id().to_owned(), found);
    }
    Ok((records, truncated))
}
