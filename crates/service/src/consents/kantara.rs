use fluxchat_model::{ConsentEvent, ConsentStatus, DataCategory};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A Kantara Consent Receipt, version 1.1: what a person holds in their hand about one purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KantaraReceipt {
    /// `KI-CR-v1.1.0`.
    pub version: String,
    /// Under which law.
    pub jurisdiction: String,
    /// When, in seconds since 1970.
    pub consent_timestamp: i64,
    /// How it was given.
    pub collection_method: String,
    /// A version 4 UUID.
    #[serde(rename = "consentReceiptID")]
    pub consent_receipt_id: Uuid,
    /// The language of the notice (BCP 47).
    pub language: String,
    /// Whose data.
    pub pii_principal_id: String,
    /// Who decides about the processing.
    pub pii_controllers: Vec<KantaraController>,
    /// Where the policy is.
    pub policy_url: String,
    /// What it is for.
    pub services: Vec<KantaraService>,
    /// Whether special kinds of data are among it.
    pub sensitive: bool,
    /// Which.
    pub spi_cat: Vec<String>,
}

/// Who decides about the processing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KantaraController {
    /// The name.
    pub pii_controller: String,
    /// Who to turn to.
    pub contact: String,
    /// Where.
    pub address: KantaraAddress,
    /// By e-mail.
    pub email: String,
    /// By telephone.
    pub phone: String,
}

/// Where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KantaraAddress {
    /// The street.
    pub street_address: String,
    /// The country.
    pub address_country: String,
}

/// A service and its purposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KantaraService {
    /// The service.
    pub service: String,
    /// Its purposes: one in each of our receipts.
    pub purposes: Vec<KantaraPurpose>,
}

/// A purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KantaraPurpose {
    /// Its id, such as `ai.training`.
    pub purpose: String,
    /// Its terms in the W3C Data Privacy Vocabulary.
    pub purpose_category: Vec<String>,
    /// `EXPLICIT`.
    pub consent_type: String,
    /// Which kinds of data.
    pub pii_category: Vec<String>,
    /// Whether the service would be impossible without it: never, of what is optional.
    pub primary_purpose: bool,
    /// When it ends.
    pub termination: String,
    /// Whether others get it.
    pub third_party_disclosure: bool,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party_name: Option<String>,
}

const NOT_STATED: &str = "not stated";

impl KantaraReceipt {
    /// The receipt of a consent as it stands by its last event. The receipt's id is made from the
    /// event's, so that the same event gives the same receipt.
    #[must_use]
    pub fn from_event(event: &ConsentEvent, pii_principal_id: &str, controller: &str) -> Self {
        let purpose = event.purpose;
        let stated = match event.status {
            ConsentStatus::Given => {
                "until withdrawn in the app under Privacy, Consents, or the policy changes the purpose"
            }
            ConsentStatus::Refused => "refused; nothing began",
            ConsentStatus::Withdrawn => "withdrawn",
        };
        Self {
            version: "KI-CR-v1.1.0".to_owned(),
            jurisdiction: "EU".to_owned(),
            consent_timestamp: event.at.0.div_euclid(1_000),
            collection_method: format!("in the app ({})", event.ui_surface),
            consent_receipt_id: uuid::Builder::from_random_bytes(*event.id.0.as_bytes())
                .into_uuid(),
            language: event.language.clone(),
            pii_principal_id: pii_principal_id.to_owned(),
            pii_controllers: vec![KantaraController {
                pii_controller: controller.to_owned(),
                contact: NOT_STATED.to_owned(),
                address: KantaraAddress {
                    street_address: NOT_STATED.to_owned(),
                    address_country: NOT_STATED.to_owned(),
                },
                email: NOT_STATED.to_owned(),
                phone: NOT_STATED.to_owned(),
            }],
            policy_url: format!("urn:fluxchat:policy:{}", event.policy_version),
            services: vec![KantaraService {
                service: "Fluxchat".to_owned(),
                purposes: vec![KantaraPurpose {
                    purpose: purpose.id().to_owned(),
                    purpose_category: purpose.terms(),
                    consent_type: "EXPLICIT".to_owned(),
                    pii_category: purpose
                        .categories()
                        .iter()
                        .filter(|category| **category != DataCategory::None)
                        .map(|category| category.id().to_owned())
                        .collect(),
                    primary_purpose: false,
                    termination: stated.to_owned(),
                    third_party_disclosure: false,
                    third_party_name: None,
                }],
            }],
            sensitive: false,
            spi_cat: Vec::new(),
        }
    }
}
