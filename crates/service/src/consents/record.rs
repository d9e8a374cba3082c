use std::collections::BTreeMap;

use fluxchat_model::ConsentEvent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::date::rfc3339;

/// A consent record (ISO/IEC TS 27560:2023, EU profile of the W3C guide): one purpose, one
/// event. What the standard calls mandatory and this service cannot check is kept as it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsentRecord {
    /// `dpv-27560:record-eu-gdpr`.
    pub schema_version: String,
    /// Chosen by the caller.
    pub record_id: Uuid,
    /// Whose data: an id that is random and means nothing elsewhere.
    pub pii_principal_id: String,
    /// What is agreed to.
    pub processing: ConsentProcessing,
    /// What was decided.
    pub event: ConsentEventFields,
    /// The policy it was given under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// SHA-256 of that policy's text in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_sha256: Option<String>,
    /// Where it was given: `first_run`, `privacy`, `cli`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_surface: Option<String>,
    /// The version of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The hash of the event before, in the caller's chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev_hash: Option<String>,
    /// The hash of this event, in the caller's chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Fields of the standard that this service does not read.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// What is agreed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsentProcessing {
    /// The notice that was shown: the version of the policy.
    pub privacy_notice: String,
    /// The language it was shown in (BCP 47).
    pub language: String,
    /// The purpose, such as `ai.training`.
    pub purpose: String,
    /// The purpose in the W3C Data Privacy Vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose_type: Option<String>,
    /// `eu-gdpr:A6-1-a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lawful_basis: Option<String>,
    /// Which kinds of data.
    #[serde(default)]
    pub pii_information: Vec<PiiInformation>,
    /// Who decides about the processing.
    #[serde(default)]
    pub pii_controllers: Vec<Party>,
    /// Where it is kept.
    #[serde(default)]
    pub storage_locations: Vec<String>,
    /// How long.
    #[serde(default)]
    pub retention_period: String,
    /// Under which law.
    #[serde(default)]
    pub jurisdiction: String,
    /// Who else gets it.
    #[serde(default)]
    pub recipient_third_parties: Vec<Party>,
    /// How to take it back.
    #[serde(default)]
    pub withdrawal_method: String,
    /// Fields of the standard that this service does not read.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// A kind of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PiiInformation {
    /// Which.
    pub pii_type: String,
    /// Fields of the standard that this service does not read.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// Somebody who processes data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// An id.
    pub party_id: String,
    /// A name.
    pub party_name: String,
    /// Fields of the standard that this service does not read.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// What was decided, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsentEventFields {
    /// RFC 3339.
    pub event_time: String,
    /// How long it is valid.
    #[serde(default)]
    pub validity_duration: String,
    /// Who decided.
    #[serde(default)]
    pub entity_id: String,
    /// `ExplicitlyExpressedConsent`.
    pub event_type: String,
    /// `ConsentGiven`, `ConsentRefused` or `ConsentWithdrawn`.
    pub event_state: String,
    /// Fields of the standard that this service does not read.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl ConsentRecord {
    /// The record of an event of the consent chain. `pii_principal_id` is the random id by which
    /// the receiver knows the person; `controller` names who would process the data.
    #[must_use]
    pub fn from_event(event: &ConsentEvent, pii_principal_id: &str, controller: &Party) -> Self {
        let purpose = event.purpose;
        Self {
            schema_version: "dpv-27560:record-eu-gdpr".to_owned(),
            record_id: event.id.0,
            pii_principal_id: pii_principal_id.to_owned(),
            processing: ConsentProcessing {
                privacy_notice: event.policy_version.clone(),
                language: event.language.clone(),
                purpose: purpose.id().to_owned(),
                purpose_type: Some(purpose.terms().join(" ")),
                lawful_basis: Some(purpose.basis().id().to_owned()),
                pii_information: purpose
                    .categories()
                    .iter()
                    .map(|category| PiiInformation {
                        pii_type: category.id().to_owned(),
                        other: fields([("pii_optional", json!(true))]),
                    })
                    .collect(),
                pii_controllers: vec![controller.clone()],
                storage_locations: vec!["the person's own computer".to_owned()],
                retention_period: purpose.kept_for().words().to_owned(),
                jurisdiction: "EU".to_owned(),
                recipient_third_parties: purpose
                    .recipients()
                    .iter()
                    .map(|recipient| Party::new(recipient.id(), recipient.words()))
                    .collect(),
                withdrawal_method: "in the app under Privacy, Consents".to_owned(),
                other: fields([
                    ("collection_method", json!("in the app, by the person")),
                    ("processing_method", json!("automated")),
                    ("processing_locations", json!(["the person's own computer"])),
                    ("geographic_restrictions", json!([])),
                    (
                        "privacy_rights",
                        json!([
                            "eu-gdpr:A7-3",
                            "eu-gdpr:A13",
                            "eu-gdpr:A15",
                            "eu-gdpr:A16",
                            "eu-gdpr:A17",
                            "eu-gdpr:A18",
                            "eu-gdpr:A20",
                            "eu-gdpr:A21",
                            "eu-gdpr:A77"
                        ]),
                    ),
                    (
                        "authority_party",
                        json!("the authority of the person's country"),
                    ),
                ]),
            },
            event: ConsentEventFields {
                event_time: rfc3339(event.at),
                validity_duration: "until withdrawn or the policy changes the purpose".to_owned(),
                entity_id: pii_principal_id.to_owned(),
                event_type: "ExplicitlyExpressedConsent".to_owned(),
                event_state: event.status.id().to_owned(),
                other: BTreeMap::new(),
            },
            policy_version: Some(event.policy_version.clone()),
            notice_sha256: Some(event.notice_sha256.clone()),
            ui_surface: Some(event.ui_surface.clone()),
            app_version: Some(event.app_version.clone()),
            prev_hash: Some(event.prev_hash.clone()),
            hash: Some(event.hash.clone()),
            other: match &event.scope {
                Some(scope) => fields([("scope", json!(scope.id))]),
                None => BTreeMap::new(),
            },
        }
    }
}

impl Party {
    /// A party with every field that the standard demands. Where nothing is known it says so.
    #[must_use]
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            party_id: id.to_owned(),
            party_name: name.to_owned(),
            other: fields([
                ("party_address", json!("not stated")),
                ("party_contact", json!("not stated")),
                ("party_type", json!("organisation")),
            ]),
        }
    }
}

fn fields<const N: usize>(pairs: [(&str, Value); N]) -> BTreeMap<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
