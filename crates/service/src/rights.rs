//! `/v1/privacy/requests`: the request shape of OpenDSR 2.0, the states of the Data Rights
//! Protocol 1.0.

mod fulfil;
pub(crate) mod results;
pub(crate) mod subject;
mod wire;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

pub use wire::{
    Discovery, Identity, IdentityFormat, RequestList, RequestStatus, RequestType, ResultDocument,
    RightsAnswer, RightsRequest, SubjectRecord,
};

use crate::consents::page_size;
use crate::date::{one_month_after, parse_rfc3339, rfc3339};
use crate::extract::{JsonBody, QueryParams};
use crate::{Collection, ErrorBody, Page, Record, ServiceError, ServiceState};
use fulfil::Fulfilment;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// The id of the last request of the page before.
    after: Option<String>,
    /// 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Exercise a data right
///
/// The `subject_request_id` is the caller's and makes the call repeatable: the same request
/// again gives the same answer, another one under the same id is refused. What concerns records
/// that this service finds by itself is carried out before the answer is sent; everything else
/// is acknowledged with a date within one month.
#[utoipa::path(
    post,
    path = "/v1/privacy/requests",
    tag = "rights",
    request_body = RightsRequest,
    responses(
        (status = 201, description = "Received", body = RightsAnswer),
        (status = 200, description = "It was received before", body = RightsAnswer),
        (status = 400, description = "The request cannot be used", body = ErrorBody),
        (status = 409, description = "Another request has this id", body = ErrorBody),
    )
)]
pub(crate) async fn create(
    State(state): State<ServiceState>,
    body: JsonBody<RightsRequest>,
) -> Result<(StatusCode, Json<RightsAnswer>), ServiceError> {
    let request = body.value;
    check(&request)?;
    let at = state.now();
    let id = request.subject_request_id.to_string();
    let fingerprint = fingerprint(&body.raw)?;

    if let Some(before) = stored(&state, &id).await? {
        return again(before, &fingerprint);
    }
    let fulfilment = Fulfilment::of(&request)?;
    let answer = state.signed(answer(&request, at, state.new_id(at)?, &fulfilment))?;
    let row = Record {
        collection: Collection::PrivacyRequests,
        key: id,
        // Whose records a later fetch gives; `None` is everybody's.
        owner: match &fulfilment {
            Fulfilment::Show => fulfil::subject(&request)
                .filter(|subject| *subject != fulfil::EVERYTHING)
                .map(str::to_owned),
            _ => None,
        },
        body: serde_json::json!({ "fingerprint": fingerprint, "answer": answer }),
        at,
    };
    // What is done goes first and may be repeated: a crash in between leaves a request that the
    // caller sends again, never an answer that says “done” about something still there.
    let taken = state
        .store(move |storage| {
            fulfilment.carry_out(storage, at)?;
            storage.insert(row)
        })
        .await?;
    match taken {
        None => Ok((StatusCode::CREATED, Json(answer))),
        Some(before) => again(before, &fingerprint),
    }
}

/// List the requests
#[utoipa::path(
    get,
    path = "/v1/privacy/requests",
    tag = "rights",
    params(ListQuery),
    responses((status = 200, description = "The requests", body = RequestList))
)]
pub(crate) async fn list(
    State(state): State<ServiceState>,
    QueryParams(query): QueryParams<ListQuery>,
) -> Result<Json<RequestList>, ServiceError> {
    let limit = page_size(query.limit)?;
    let page = Page {
        owner: None,
        after: query.after,
        limit: limit + 1,
    };
    let mut rows = state
        .store(move |storage| storage.list(Collection::PrivacyRequests, &page))
        .await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let data = rows
        .into_iter()
        .map(|row| read(row).map(|stored| stored.answer))
        .collect::<Result<_, _>>()?;
    Ok(Json(RequestList {
        object: "list".to_owned(),
        data,
        has_more,
    }))
}

/// Where a request stands
#[utoipa::path(
    get,
    path = "/v1/privacy/requests/{id}",
    tag = "rights",
    params(("id" = uuid::Uuid, Path, description = "The `subject_request_id`")),
    responses(
        (status = 200, description = "Where it stands", body = RightsAnswer),
        (status = 404, description = "No such request", body = ErrorBody),
    )
)]
pub(crate) async fn get(
    State(state): State<ServiceState>,
    Path(id): Path<String>,
) -> Result<Json<RightsAnswer>, ServiceError> {
    let row = stored(&state, &id.to_ascii_lowercase())
        .await?
        .ok_or(ServiceError::NotFound("this request"))?;
    read(row).map(|stored| Json(stored.answer))
}

/// Take a request back
#[utoipa::path(
    delete,
    path = "/v1/privacy/requests/{id}",
    tag = "rights",
    params(("id" = uuid::Uuid, Path, description = "The `subject_request_id`")),
    responses(
        (status = 202, description = "It was taken back", body = RightsAnswer),
        (status = 404, description = "No such request", body = ErrorBody),
        (status = 409, description = "It was answered already", body = ErrorBody),
    )
)]
pub(crate) async fn cancel(
    State(state): State<ServiceState>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<RightsAnswer>), ServiceError> {
    let row = stored(&state, &id.to_ascii_lowercase())
        .await?
        .ok_or(ServiceError::NotFound("this request"))?;
    let (key, owner, asked_at) = (row.key.clone(), row.owner.clone(), row.at);
    let Stored {
        fingerprint,
        mut answer,
    } = read(row)?;
    match answer.status {
        RequestStatus::Revoked => return Ok((StatusCode::ACCEPTED, Json(answer))),
        RequestStatus::Open | RequestStatus::InProgress => {}
        _ => return Err(ServiceError::NotPending),
    }
    answer.status = RequestStatus::Revoked;
    answer.request_status = "cancelled".to_owned();
    answer.processing_details = Some("It was taken back by the one who made it.".to_owned());
    answer.updated_time = Some(rfc3339(state.now()));
    let answer = state.signed(answer)?;
    let body = serde_json::json!({ "fingerprint": fingerprint, "answer": answer });
    state
        .store(move |storage| {
            storage.put(Record {
                collection: Collection::PrivacyRequests,
                key,
                owner,
                body,
                at: asked_at,
            })
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// What can be asked here, and the key that answers are signed with
#[utoipa::path(
    get,
    path = "/v1/privacy/discovery",
    tag = "rights",
    responses((status = 200, description = "What can be asked", body = Discovery))
)]
pub(crate) async fn discovery(State(state): State<ServiceState>) -> Json<Discovery> {
    let identity = |identity_type: &str| Identity {
        identity_type: identity_type.to_owned(),
        identity_value: String::new(),
        identity_format: IdentityFormat::Raw,
    };
    Json(Discovery {
        api_version: "2.0".to_owned(),
        supported_identities: ["everything", "pii_principal_id", "conversation_alias"]
            .map(identity)
            .to_vec(),
        supported_subject_request_types: vec![
            RequestType::Access,
            RequestType::Portability,
            RequestType::Erasure,
            RequestType::Rectification,
            RequestType::Restriction,
            RequestType::Objection,
        ],
        processor_certificate: state.public_key().map(crate::PublicKey::to_text),
    })
}

/// What is kept of a request: no identities, only what is needed to give the same answer again.
#[derive(Deserialize)]
struct Stored {
    fingerprint: String,
    answer: RightsAnswer,
}

async fn stored(state: &ServiceState, id: &str) -> Result<Option<Record>, ServiceError> {
    let id = id.to_owned();
    state
        .store(move |storage| storage.get(Collection::PrivacyRequests, &id))
        .await
}

fn read(row: Record) -> Result<Stored, ServiceError> {
    serde_json::from_value(row.body).map_err(|_| ServiceError::Internal)
}

fn again(
    before: Record,
    fingerprint: &str,
) -> Result<(StatusCode, Json<RightsAnswer>), ServiceError> {
    let stored = read(before)?;
    if stored.fingerprint == fingerprint {
        Ok((StatusCode::OK, Json(stored.answer)))
    } else {
        Err(ServiceError::Conflict("subject_request_id"))
    }
}

fn answer(
    request: &RightsRequest,
    at: fluxchat_model::Timestamp,
    request_id: uuid::Uuid,
    fulfilment: &Fulfilment,
) -> RightsAnswer {
    let due = rfc3339(one_month_after(at));
    let details = fulfilment.details();
    let fulfilled = details.is_some();
    let shows = matches!(fulfilment, Fulfilment::Show);
    RightsAnswer {
        controller_id: "fluxchat".to_owned(),
        subject_request_id: request.subject_request_id,
        subject_request_type: request.subject_request_type,
        api_version: "2.0".to_owned(),
        received_time: rfc3339(at),
        expected_completion_time: due.clone(),
        request_status: if fulfilled { "completed" } else { "pending" }.to_owned(),
        results_url: shows.then(|| {
            format!(
                "/v1/privacy/requests/{}/results",
                request.subject_request_id
            )
        }),
        results_count: shows.then_some(1),
        processor_signature: None,
        request_id,
        received_at: rfc3339(at),
        expected_by: due,
        status: if fulfilled {
            RequestStatus::Fulfilled
        } else {
            RequestStatus::Open
        },
        reason: None,
        processing_details: Some(
            details
                .unwrap_or("Received. It is answered within one month (GDPR Art. 12(3)).")
                .to_owned(),
        ),
        updated_time: Some(rfc3339(at)),
    }
}

/// Names a body without keeping it. Two bodies that differ only in layout or in the order of
/// their fields have the same.
fn fingerprint(raw: &[u8]) -> Result<String, ServiceError> {
    let value: serde_json::Value =
        serde_json::from_slice(raw).map_err(|_| ServiceError::Internal)?;
    let mut hash = Sha256::new();
    hash_ordered(&value, &mut hash);
    Ok(hex::encode(hash.finalize()))
}

fn hash_ordered(value: &serde_json::Value, hash: &mut Sha256) {
    match value {
        serde_json::Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|a, b| a.0.cmp(b.0));
            hash.update(b"{");
            for (name, value) in fields {
                hash.update(serde_json::Value::from(name.as_str()).to_string());
                hash_ordered(value, hash);
                hash.update(b",");
            }
            hash.update(b"}");
        }
        serde_json::Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                hash_ordered(item, hash);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        plain => hash.update(plain.to_string()),
    }
}

fn check(request: &RightsRequest) -> Result<(), ServiceError> {
    if request.subject_identities.is_empty() {
        return Err(ServiceError::InvalidField {
            param: "subject_identities",
            message: "a request needs somebody or something it is about".to_owned(),
        });
    }
    if parse_rfc3339(&request.submitted_time).is_none() {
        return Err(ServiceError::InvalidField {
            param: "submitted_time",
            message: "the time has to be one of RFC 3339".to_owned(),
        });
    }
    Ok(())
}
