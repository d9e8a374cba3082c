use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A request about data rights (OpenDSR 2.0). Unknown fields are tolerated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RightsRequest {
    /// `gdpr` or `ccpa`.
    pub regulation: String,
    /// Chosen by the caller; the same id means the same request.
    pub subject_request_id: Uuid,
    /// Which right.
    pub subject_request_type: RequestType,
    /// Whose data, or which.
    pub subject_identities: Vec<Identity>,
    /// When it was made (RFC 3339).
    pub submitted_time: String,
    /// `2.0`.
    #[serde(default)]
    pub api_version: Option<String>,
    /// Addresses to tell about progress. This service calls nobody; they are not read.
    #[serde(default)]
    pub status_callback_urls: Vec<String>,
    /// Whatever a domain adds.
    #[serde(default)]
    pub extensions: BTreeMap<String, Value>,
}

/// Which right. The first three are OpenDSR's, the others an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestType {
    /// GDPR Art. 15.
    Access,
    /// GDPR Art. 20.
    Portability,
    /// GDPR Art. 17.
    Erasure,
    /// GDPR Art. 16.
    Rectification,
    /// GDPR Art. 18.
    Restriction,
    /// GDPR Art. 21.
    Objection,
}

/// Whose data, or which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Identity {
    /// `conversation_alias`, `pii_principal_id`, or `everything` for all this service keeps.
    pub identity_type: String,
    /// The alias or id; not read for `everything`.
    pub identity_value: String,
    /// How the value is written.
    #[serde(default)]
    pub identity_format: IdentityFormat,
}

/// How an identity is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IdentityFormat {
    /// As it is.
    #[default]
    Raw,
    /// Its SHA-1.
    Sha1,
    /// Its MD5.
    Md5,
    /// Its SHA-256.
    Sha256,
}

/// Where a request stands, in the words of the Data Rights Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Received.
    Open,
    /// Being worked on.
    InProgress,
    /// Done.
    Fulfilled,
    /// Done in part; `reason` says why not the rest. Not a word of the protocol.
    PartiallyFulfilled,
    /// Taken back by the caller.
    Revoked,
    /// Refused; `reason` says why.
    Denied,
    /// Not answered in time.
    Expired,
}

/// The answer to a request and, later, where it stands. OpenDSR's fields and those of the Data
/// Rights Protocol say the same in both words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RightsAnswer {
    /// Who answers.
    pub controller_id: String,
    /// The caller's id.
    pub subject_request_id: Uuid,
    /// Which right.
    pub subject_request_type: RequestType,
    /// `2.0`.
    pub api_version: String,
    /// When it arrived (RFC 3339).
    pub received_time: String,
    /// When it is done at the latest (RFC 3339).
    pub expected_completion_time: String,
    /// OpenDSR: `pending`, `in_progress`, `completed`, `cancelled`.
    pub request_status: String,
    /// Where results can be fetched.
    pub results_url: Option<String>,
    /// How many results there are.
    pub results_count: Option<u32>,
    /// Over the body; absent where this service does not sign.
    pub processor_signature: Option<String>,
    /// The service's own id of the request.
    pub request_id: Uuid,
    /// When it arrived (RFC 3339).
    pub received_at: String,
    /// When it is done at the latest (RFC 3339).
    pub expected_by: String,
    /// Where it stands.
    pub status: RequestStatus,
    /// Why it was refused or what is missing.
    pub reason: Option<String>,
    /// One sentence for people.
    pub processing_details: Option<String>,
    /// When this answer was true (RFC 3339). Of two answers the later one counts.
    #[serde(default)]
    pub updated_time: Option<String>,
}

/// What this service can be asked, and the key its answers are signed with (OpenDSR 2.0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Discovery {
    /// `2.0`.
    pub api_version: String,
    /// The identities that this service finds records by.
    pub supported_identities: Vec<Identity>,
    /// The rights that can be exercised here.
    pub supported_subject_request_types: Vec<RequestType>,
    /// The Ed25519 key of the signatures in base64; absent where this service does not sign.
    pub processor_certificate: Option<String>,
}

/// What is known of a data subject, and what the subject decided about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectRecord {
    /// What the subject is called.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Where the subject is reached.
    #[serde(default)]
    pub email: Option<String>,
    /// GDPR Art. 18: kept, and used for nothing.
    #[serde(default)]
    pub restricted: bool,
    /// GDPR Art. 21: the purposes objected to.
    #[serde(default)]
    pub objections: Vec<String>,
}

/// Everything this service keeps of a subject, by kind (GDPR Art. 15 and 20).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultDocument {
    /// `fluxchat-service-result/1`.
    pub format: String,
    /// The request it answers.
    pub subject_request_id: Uuid,
    /// When it was made (RFC 3339).
    pub made_at: String,
    /// Why the records are kept, and for how long.
    pub processing: Vec<String>,
    /// The records: `requests`, `consents`, `privacy_requests`, `subjects`.
    pub records: BTreeMap<String, Vec<Value>>,
    /// True if there are more than fit into one document.
    pub truncated: bool,
}

/// A page of requests, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestList {
    /// `list`.
    pub object: String,
    /// The requests.
    pub data: Vec<RightsAnswer>,
    /// True if there are more after the last of these.
    pub has_more: bool,
}
