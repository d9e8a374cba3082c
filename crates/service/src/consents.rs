//! `/v1/consents`: consent records in the fields of ISO/IEC TS 27560:2023.

mod kantara;
mod record;

use axum::Json;
use axum::extract::{Path, State};
use fluxchat_model::{ConsentStatus, Purpose};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use kantara::KantaraReceipt;
pub use record::{ConsentEventFields, ConsentProcessing, ConsentRecord, Party, PiiInformation};

use crate::date::{parse_rfc3339, rfc3339};
use crate::extract::{JsonBody, QueryParams};
use crate::{Collection, ErrorBody, Page, Record, ServiceError, ServiceState};

/// A record as the service keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoredConsent {
    /// Its id here: the `record_id` that the caller chose.
    pub id: Uuid,
    /// When the service got it (RFC 3339).
    pub received_at: String,
    /// The record, unchanged.
    #[serde(flatten)]
    pub record: ConsentRecord,
}

/// A page of records, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsentList {
    /// `list`.
    pub object: String,
    /// The records.
    pub data: Vec<StoredConsent>,
    /// True if there are more after the last of these.
    pub has_more: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Only records of this data subject.
    pii_principal_id: Option<String>,
    /// The id of the last record of the page before.
    after: Option<String>,
    /// 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Store a consent record
///
/// The `record_id` is the caller's and makes the call repeatable: the same record again gives
/// the same answer, another record under the same id is refused.
#[utoipa::path(
    post,
    path = "/v1/consents",
    tag = "consent",
    request_body = ConsentRecord,
    responses(
        (status = 201, description = "Stored", body = StoredConsent),
        (status = 200, description = "It was stored before", body = StoredConsent),
        (status = 400, description = "The record cannot be used", body = ErrorBody),
        (status = 409, description = "Another record has this id", body = ErrorBody),
    )
)]
pub(crate) async fn create(
    State(state): State<ServiceState>,
    body: JsonBody<ConsentRecord>,
) -> Result<(StatusCode, Json<StoredConsent>), ServiceError> {
    let record = body.value;
    check(&record)?;
    let at = state.now();
    let stored = StoredConsent {
        id: record.record_id,
        received_at: rfc3339(at),
        record,
    };
    let row = Record {
        collection: Collection::Consents,
        key: stored.id.to_string(),
        owner: Some(stored.record.pii_principal_id.clone()),
        body: serde_json::to_value(&stored).map_err(|_| ServiceError::Internal)?,
        at,
    };
    match state.store(move |storage| storage.insert(row)).await? {
        None => Ok((StatusCode::CREATED, Json(stored))),
        Some(before) => {
            let before = read(before)?;
            if before.record == stored.record {
                Ok((StatusCode::OK, Json(before)))
            } else {
                Err(ServiceError::Conflict("record_id"))
            }
        }
    }
}

/// List the consent records
#[utoipa::path(
    get,
    path = "/v1/consents",
    tag = "consent",
    params(ListQuery),
    responses((status = 200, description = "The records", body = ConsentList))
)]
pub(crate) async fn list(
    State(state): State<ServiceState>,
    QueryParams(query): QueryParams<ListQuery>,
) -> Result<Json<ConsentList>, ServiceError> {
    let limit = page_size(query.limit)?;
    let page = Page {
        owner: query.pii_principal_id,
        after: query.after,
        limit: limit + 1,
    };
    let mut rows = state
        .store(move |storage| storage.list(Collection::Consents, &page))
        .await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    Ok(Json(ConsentList {
        object: "list".to_owned(),
        data: rows.into_iter().map(read).collect::<Result<_, _>>()?,
        has_more,
    }))
}

/// Read a consent record
#[utoipa::path(
    get,
    path = "/v1/consents/{id}",
    tag = "consent",
    params(("id" = Uuid, Path, description = "The `record_id`")),
    responses(
        (status = 200, description = "The record", body = StoredConsent),
        (status = 404, description = "No such record", body = ErrorBody),
    )
)]
pub(crate) async fn get(
    State(state): State<ServiceState>,
    Path(id): Path<String>,
) -> Result<Json<StoredConsent>, ServiceError> {
    let id = id.to_ascii_lowercase();
    let row = state
        .store(move |storage| storage.get(Collection::Consents, &id))
        .await?
        .ok_or(ServiceError::NotFound("this consent record"))?;
    read(row).map(Json)
}

fn read(row: Record) -> Result<StoredConsent, ServiceError> {
    serde_json::from_value(row.body).map_err(|_| ServiceError::Internal)
}

/// How many records a page of a list has.
pub(crate) fn page_size(asked: Option<usize>) -> Result<usize, ServiceError> {
    match asked {
        None => Ok(20),
        Some(limit @ 1..=100) => Ok(limit),
        Some(_) => Err(ServiceError::InvalidField {
            param: "limit",
            message: "a page has 1 to 100 records".to_owned(),
        }),
    }
}

fn check(record: &ConsentRecord) -> Result<(), ServiceError> {
    let invalid = |param, message: &str| {
        Err(ServiceError::InvalidField {
            param,
            message: message.to_owned(),
        })
    };
    if record.pii_principal_id.is_empty() {
        return invalid("pii_principal_id", "a consent needs somebody who gave it");
    }
    if record.processing.purpose.parse::<Purpose>().is_err() {
        return invalid("processing.purpose", "this service knows no such purpose");
    }
    if ConsentStatus::from_id(&record.event.event_state).is_none() {
        return invalid(
            "event.event_state",
            "the state has to be ConsentGiven, ConsentRefused or ConsentWithdrawn",
        );
    }
    if parse_rfc3339(&record.event.event_time).is_none() {
        return invalid("event.event_time", "the time has to be one of RFC 3339");
    }
    Ok(())
}
