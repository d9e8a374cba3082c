//! What the service knows of a subject, and what the subject decided about it.

use axum::Json;
use axum::extract::State;
use fluxchat_model::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::fulfil::EVERYTHING;
use crate::{
    Collection, Record, RequestType, RightsRequest, ServiceError, ServiceState, Storage,
    StorageError, SubjectRecord,
};

/// The longest name or address that is taken, in bytes.
const LONGEST: usize = 320;
/// The most purposes that one objection names.
const MOST: usize = 64;

/// What is known of the subject
///
/// Without accounts there is one subject: whoever uses this service.
#[utoipa::path(
    get,
    path = "/v1/privacy/subject",
    tag = "rights",
    responses((status = 200, description = "What is known", body = SubjectRecord))
)]
pub(crate) async fn get(
    State(state): State<ServiceState>,
) -> Result<Json<SubjectRecord>, ServiceError> {
    let found = state
        .store(|storage| storage.get(Collection::Subjects, EVERYTHING))
        .await?;
    Ok(Json(found.map(read).unwrap_or_default()))
}

fn read(record: Record) -> SubjectRecord {
    serde_json::from_value(record.body).unwrap_or_default()
}

/// What a subject decided.
pub(super) struct Decision {
    subject: String,
    change: Change,
}

enum Change {
    Correct(Corrections),
    Restrict(bool),
    Object(Objections),
}

#[derive(Default, Deserialize)]
struct Corrections {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Default, Deserialize)]
struct Objections {
    #[serde(default)]
    purposes: Vec<String>,
    #[serde(default)]
    withdrawn: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Extension {
    #[serde(default)]
    corrections: Option<Corrections>,
    #[serde(default)]
    restricted: Option<bool>,
    #[serde(default)]
    objection: Option<Objections>,
}

impl Decision {
    /// Reads it from the extension `fluxchat` of a request.
    pub(super) fn of(request: &RightsRequest, subject: &str) -> Result<Self, ServiceError> {
        let given = request.extensions.get("fluxchat").cloned();
        let extension: Extension =
            serde_json::from_value(given.unwrap_or(Value::Object(serde_json::Map::new())))
                .map_err(|_| unusable("the extension “fluxchat” has another shape"))?;
        let change = match request.subject_request_type {
            RequestType::Rectification => {
                let corrections = extension
                    .corrections
                    .filter(|it| it.display_name.is_some() || it.email.is_some())
                    .ok_or_else(|| unusable("a correction has to say what is right"))?;
                let texts = [&corrections.display_name, &corrections.email];
                if texts.into_iter().flatten().any(|text| text.len() > LONGEST) {
                    return Err(unusable("a name or an address is too long"));
                }
                Change::Correct(corrections)
            }
            RequestType::Objection => {
                let objection = extension
                    .objection
                    .filter(|it| !it.purposes.is_empty() || !it.withdrawn.is_empty())
                    .ok_or_else(|| unusable("an objection has to name a purpose"))?;
                let named = objection.purposes.iter().chain(&objection.withdrawn);
                if named.clone().count() > MOST || named.into_iter().any(|it| it.len() > LONGEST) {
                    return Err(unusable("an objection names too much"));
                }
                Change::Object(objection)
            }
            _ => Change::Restrict(extension.restricted.unwrap_or(true)),
        };
        Ok(Self {
            subject: subject.to_owned(),
            change,
        })
    }

    /// Writes it down.
    pub(super) fn carry_out(
        &self,
        storage: &dyn Storage,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let found = storage.get(Collection::Subjects, &self.subject)?;
        let mut record = found.map(read).unwrap_or_default();
        match &self.change {
            Change::Correct(corrections) => {
                // An empty text takes a field away.
                let set = |field: &mut Option<String>, text: &Option<String>| {
                    if let Some(text) = text {
                        *field = Some(text.clone()).filter(|text| !text.is_empty());
                    }
                };
                set(&mut record.display_name, &corrections.display_name);
                set(&mut record.email, &corrections.email);
            }
            Change::Restrict(restricted) => record.restricted = *restricted,
            Change::Object(objection) => {
                record.objections.extend(objection.purposes.iter().cloned());
                record.objections.sort();
                record.objections.dedup();
                record
                    .objections
                    .retain(|purpose| !objection.withdrawn.contains(purpose));
            }
        }
        let body = serde_json::to_value(&record)
            .map_err(|_| StorageError::Failed("subject".to_owned()))?;
        storage.put(Record {
            collection: Collection::Subjects,
            key: self.subject.clone(),
            owner: (self.subject != EVERYTHING).then(|| self.subject.clone()),
            body,
            at,
        })
    }

    pub(super) fn details(&self) -> &'static str {
        match &self.change {
            Change::Correct(_) => "The record of the subject was corrected.",
            Change::Restrict(true) => {
                "What is kept of this subject is kept on and used for nothing else."
            }
            Change::Restrict(false) => "The restriction was lifted.",
            Change::Object(_) => "The objection was written down and is obeyed.",
        }
    }
}

fn unusable(message: &str) -> ServiceError {
    ServiceError::InvalidField {
        param: "extensions",
        message: message.to_owned(),
    }
}
