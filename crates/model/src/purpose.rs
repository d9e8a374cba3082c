//! Why data may leave: the purposes, their legal bases and what each may carry.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a request is made. The identifier in SQL, on the wire and in exports is [`Purpose::id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "each variant is described by its entry in the table below"
)]
pub enum Purpose {
    Chat,
    Models,
    Title,
    RemoteMedia,
    PolicyCheck,
    ConsentSync,
    RightsRequest,
    UpdateCheck,
    CrashReport,
    UsageAnalytics,
    ProductImprovement,
    AiTraining,
    DirectMarketing,
    Image,
    Music,
    Video,
    Speech,
    Transcription,
    Writing,
    Tool,
    Sync,
    SignIn,
    AgeCheck,
    AccountNotices,
    Checkout,
    Invoice,
    SupportTicket,
    AbusePrevention,
}

/// The legal basis of a purpose: GDPR Art. 6(1), in the terms of the W3C DPV (`eu-gdpr:A6-1-*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LegalBasis {
    /// The person agreed.
    #[serde(rename = "eu-gdpr:A6-1-a")]
    Consent,
    /// The person asked for the service.
    #[serde(rename = "eu-gdpr:A6-1-b")]
    Contract,
    /// The law demands it.
    #[serde(rename = "eu-gdpr:A6-1-c")]
    LegalObligation,
    /// A legitimate interest, open to objection.
    #[serde(rename = "eu-gdpr:A6-1-f")]
    LegitimateInterest,
}

impl LegalBasis {
    /// The DPV identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Consent => "eu-gdpr:A6-1-a",
            Self::Contract => "eu-gdpr:A6-1-b",
            Self::LegalObligation => "eu-gdpr:A6-1-c",
            Self::LegitimateInterest => "eu-gdpr:A6-1-f",
        }
    }

    /// Reads [`LegalBasis::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [
            Self::Consent,
            Self::Contract,
            Self::LegalObligation,
            Self::LegitimateInterest,
        ]
        .into_iter()
        .find(|basis| basis.id() == id)
    }
}

/// A kind of data that a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DataCategory {
    /// What the person wrote or attached.
    Content,
    /// A recording of a voice.
    Voice,
    /// Which model and settings were asked for.
    Parameters,
    /// A credential for the source.
    Credential,
    /// Consents and policy versions.
    Consent,
    /// A request about data rights.
    RightsRequest,
    /// Diagnostics.
    Diagnostics,
    /// Who the person is: name, address, age group.
    Identity,
    /// What was ordered and what it costs; never a card.
    Payment,
    /// Nothing about the person.
    None,
}

impl DataCategory {
    /// The name in SQL and exports; the same as in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Voice => "voice",
            Self::Parameters => "parameters",
            Self::Credential => "credential",
            Self::Consent => "consent",
            Self::RightsRequest => "rights_request",
            Self::Diagnostics => "diagnostics",
            Self::Identity => "identity",
            Self::Payment => "payment",
            Self::None => "none",
        }
    }

    /// Reads [`DataCategory::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [
            Self::Content,
            Self::Voice,
            Self::Parameters,
            Self::Credential,
            Self::Consent,
            Self::RightsRequest,
            Self::Diagnostics,
            Self::Identity,
            Self::Payment,
            Self::None,
        ]
        .into_iter()
        .find(|category| category.id() == id)
    }
}

/// How a purpose starts out on a fresh profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentDefault {
    /// It happens when the person uses the function; there is nothing to agree to.
    OnUse,
    /// It is asked each time.
    Ask,
    /// It is on, visible, and can be objected to.
    OnObjectable,
    /// It is off until the person agrees.
    Off,
}

struct Entry {
    purpose: Purpose,
    id: &'static str,
    dpv: &'static str,
    basis: LegalBasis,
    default: ConsentDefault,
    categories: &'static [DataCategory],
}

use ConsentDefault::{Ask, Off, OnObjectable, OnUse};
use DataCategory::{
    Consent, Content, Credential, Diagnostics, Identity, Parameters, Payment, RightsRequest, Voice,
};
use LegalBasis as B;

const TABLE: &[Entry] = &[
    Entry {
        purpose: Purpose::Chat,
        id: "svc.chat",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Models,
        id: "svc.models",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Credential],
    },
    Entry {
        purpose: Purpose::Title,
        id: "svc.title",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::RemoteMedia,
        id: "svc.remote_media",
        dpv: "RequestedServiceProvision",
        basis: B::Consent,
        default: Ask,
        categories: &[DataCategory::None],
    },
    Entry {
        purpose: Purpose::PolicyCheck,
        id: "policy.check",
        dpv: "LegalCompliance",
        basis: B::LegalObligation,
        default: OnUse,
        categories: &[DataCategory::None],
    },
    Entry {
        purpose: Purpose::ConsentSync,
        id: "consent.sync",
        dpv: "RecordManagement",
        basis: B::LegalObligation,
        default: OnUse,
        categories: &[Consent],
    },
    Entry {
        purpose: Purpose::RightsRequest,
        id: "rights.request",
        dpv: "RightsFulfilment",
        basis: B::LegalObligation,
        default: OnUse,
        categories: &[RightsRequest],
    },
    Entry {
        purpose: Purpose::UpdateCheck,
        id: "app.update_check",
        dpv: "EnforceSecurity",
        basis: B::LegitimateInterest,
        default: OnObjectable,
        categories: &[DataCategory::None],
    },
    Entry {
        purpose: Purpose::CrashReport,
        id: "diag.crash",
        dpv: "ServiceMonitoring",
        basis: B::Consent,
        default: Off,
        categories: &[Diagnostics],
    },
    Entry {
        purpose: Purpose::UsageAnalytics,
        id: "analytics.usage",
        dpv: "ServiceUsageAnalytics",
        basis: B::Consent,
        default: Off,
        categories: &[Diagnostics],
    },
    Entry {
        purpose: Purpose::ProductImprovement,
        id: "improve.product",
        dpv: "ImproveExistingProductsAndServices",
        basis: B::Consent,
        default: Off,
        categories: &[Diagnostics],
    },
    Entry {
        purpose: Purpose::AiTraining,
        id: "ai.training",
        dpv: "ResearchAndDevelopment",
        basis: B::Consent,
        default: Off,
        categories: &[Content],
    },
    Entry {
        purpose: Purpose::DirectMarketing,
        id: "marketing.direct",
        dpv: "DirectMarketing",
        basis: B::Consent,
        default: Off,
        categories: &[DataCategory::None],
    },
    Entry {
        purpose: Purpose::Image,
        id: "svc.image",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Music,
        id: "svc.music",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Video,
        id: "svc.video",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Speech,
        id: "svc.speech",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Transcription,
        id: "svc.transcription",
        dpv: "RequestedServiceProvision",
        basis: B::Consent,
        default: Ask,
        categories: &[Voice, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Writing,
        id: "svc.writing",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Tool,
        id: "svc.tool",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::Sync,
        id: "svc.sync",
        dpv: "RequestedServiceProvision",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Parameters, Credential],
    },
    Entry {
        purpose: Purpose::SignIn,
        id: "acct.auth",
        dpv: "IdentityAuthentication",
        basis: B::Contract,
        default: OnUse,
        categories: &[Identity, Credential],
    },
    Entry {
        purpose: Purpose::AgeCheck,
        id: "acct.age",
        dpv: "AgeVerification",
        basis: B::LegalObligation,
        default: OnUse,
        categories: &[Identity],
    },
    Entry {
        purpose: Purpose::AccountNotices,
        id: "acct.notifications",
        dpv: "CommunicationManagement",
        basis: B::Contract,
        default: OnUse,
        categories: &[Identity, Credential],
    },
    Entry {
        purpose: Purpose::Checkout,
        id: "pay.checkout",
        dpv: "PaymentManagement",
        basis: B::Contract,
        default: OnUse,
        categories: &[Identity, Payment, Credential],
    },
    Entry {
        purpose: Purpose::Invoice,
        id: "pay.invoice",
        dpv: "LegalCompliance",
        basis: B::LegalObligation,
        default: OnUse,
        categories: &[Identity, Payment, Credential],
    },
    Entry {
        purpose: Purpose::SupportTicket,
        id: "support.ticket",
        dpv: "CommunicationForCustomerCare",
        basis: B::Contract,
        default: OnUse,
        categories: &[Content, Diagnostics, Identity],
    },
    Entry {
        purpose: Purpose::AbusePrevention,
        id: "sec.abuse",
        dpv: "MisusePreventionAndDetection",
        basis: B::LegitimateInterest,
        default: OnObjectable,
        categories: &[Identity],
    },
];

impl Purpose {
    /// Every purpose, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.purpose)
    }

    /// The purposes a person may agree to and withdraw from; all off at first.
    pub fn optional() -> impl Iterator<Item = Self> {
        Self::all().filter(|purpose| purpose.default_state() == ConsentDefault::Off)
    }

    /// The purposes that rest on consent: the optional ones, and those that are asked for where they
    /// are first needed.
    pub fn on_consent() -> impl Iterator<Item = Self> {
        Self::all().filter(|purpose| purpose.basis() == LegalBasis::Consent)
    }

    fn entry(self) -> &'static Entry {
        TABLE
            .iter()
            .find(|entry| entry.purpose == self)
            .unwrap_or(&TABLE[0])
    }

    /// `svc.chat`, `ai.training`, …
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The purpose in the W3C Data Privacy Vocabulary 2.3.
    #[must_use]
    pub fn dpv(self) -> &'static str {
        self.entry().dpv
    }

    /// Its legal basis.
    #[must_use]
    pub fn basis(self) -> LegalBasis {
        self.entry().basis
    }

    /// How it starts out.
    #[must_use]
    pub fn default_state(self) -> ConsentDefault {
        self.entry().default
    }

    /// The most it may carry.
    #[must_use]
    pub fn categories(self) -> &'static [DataCategory] {
        self.entry().categories
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Purpose {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        TABLE
            .iter()
            .find(|entry| entry.id == text)
            .map(|entry| entry.purpose)
            .ok_or_else(|| {
                format!(
                    "“{text}” is no purpose; the optional ones are {}",
                    Self::optional()
                        .map(Self::id)
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            })
    }
}

impl Serialize for Purpose {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_its_own_entry_and_reads_back() {
        for purpose in Purpose::all() {
            assert_eq!(
                purpose.id().parse(),
                Ok(purpose),
                "the id of {purpose:?} reads back"
            );
        }
        let ids: std::collections::BTreeSet<_> = Purpose::all().map(Purpose::id).collect();
        assert_eq!(ids.len(), TABLE.len(), "no id is used twice");
    }

    #[test]
    fn what_is_optional_rests_on_consent_and_is_off() {
        assert_eq!(Purpose::optional().count(), 5);
        for purpose in Purpose::optional() {
            assert_eq!(
                purpose.basis(),
                LegalBasis::Consent,
                "{purpose} rests on consent"
            );
        }
    }
}
