//! What becomes of data that leaves for a purpose: who gets it, how long it is kept, and whether
//! this version asks for it at all.

use serde::{Deserialize, Serialize};

use crate::{ConsentDefault, Purpose};

/// Somebody who gets data for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The source the person chose.
    ChosenSource,
    /// The Fluxchat service that is connected; the sandbox is one, inside the app.
    Service,
    /// The server the app's versions come from.
    UpdateServer,
    /// The company that handles payments.
    PaymentProcessor,
    /// The server a picture lies on.
    MediaServer,
    /// The tool the person connected.
    ToolServer,
    /// The tax authority.
    TaxAuthority,
}

/// How long a recipient keeps what it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum KeptFor {
    /// As the recipient declares; this app can only pass its words on.
    AsDeclared,
    /// Not longer than the answer takes.
    Answering,
    /// Until the consent is withdrawn.
    UntilWithdrawn,
    /// Until the person deletes it.
    UntilDeleted,
    /// As long as the account or the profile exists.
    AccountLife,
    /// One year after the request was closed.
    OneYear,
    /// As long as tax law demands.
    TaxLaw,
    /// Thirty days.
    ThirtyDays,
}

impl Recipient {
    /// The word in JSON and exports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ChosenSource => "chosen_source",
            Self::Service => "service",
            Self::UpdateServer => "update_server",
            Self::PaymentProcessor => "payment_processor",
            Self::MediaServer => "media_server",
            Self::ToolServer => "tool_server",
            Self::TaxAuthority => "tax_authority",
        }
    }

    /// In plain words, for records that leave the app.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ChosenSource => "the source the person chose",
            Self::Service => "the Fluxchat service that is connected",
            Self::UpdateServer => "the server the app's versions come from",
            Self::PaymentProcessor => "the company that handles payments",
            Self::MediaServer => "the server a picture lies on",
            Self::ToolServer => "the tool the person connected",
            Self::TaxAuthority => "the tax authority",
        }
    }
}

impl KeptFor {
    /// The word in JSON and exports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::AsDeclared => "as_declared",
            Self::Answering => "answering",
            Self::UntilWithdrawn => "until_withdrawn",
            Self::UntilDeleted => "until_deleted",
            Self::AccountLife => "account_life",
            Self::OneYear => "one_year",
            Self::TaxLaw => "tax_law",
            Self::ThirtyDays => "thirty_days",
        }
    }

    /// In plain words, for records that leave the app.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AsDeclared => "as the recipient declares",
            Self::Answering => "not longer than the answer takes",
            Self::UntilWithdrawn => "until the consent is withdrawn",
            Self::UntilDeleted => "until the person deletes it",
            Self::AccountLife => "as long as the account or the profile exists",
            Self::OneYear => "one year after the request was closed",
            Self::TaxLaw => "as long as tax law demands",
            Self::ThirtyDays => "thirty days",
        }
    }
}

impl Purpose {
    /// The terms of the W3C DPV that name it; most have one.
    #[must_use]
    pub fn terms(self) -> Vec<String> {
        let mut terms = vec![format!("dpv:{}", self.dpv())];
        match self {
            Self::AiTraining => terms.push("ai:ModelTraining".to_owned()),
            Self::UpdateCheck => terms.push("dpv:MisusePreventionAndDetection".to_owned()),
            Self::AbusePrevention => terms.push("dpv:EnforceSecurity".to_owned()),
            _ => {}
        }
        terms
    }

    /// Who gets data for it.
    #[must_use]
    pub fn recipients(self) -> &'static [Recipient] {
        match self {
            Self::Chat
            | Self::Models
            | Self::Title
            | Self::Image
            | Self::Music
            | Self::Video
            | Self::Speech
            | Self::Transcription
            | Self::Writing => &[Recipient::ChosenSource],
            Self::RemoteMedia => &[Recipient::MediaServer],
            Self::Tool => &[Recipient::ToolServer],
            Self::UpdateCheck => &[Recipient::UpdateServer],
            Self::Checkout => &[Recipient::Service, Recipient::PaymentProcessor],
            Self::Invoice => &[Recipient::Service, Recipient::TaxAuthority],
            Self::PolicyCheck
            | Self::ConsentSync
            | Self::RightsRequest
            | Self::CrashReport
            | Self::UsageAnalytics
            | Self::ProductImprovement
            | Self::AiTraining
            | Self::DirectMarketing
            | Self::Sync
            | Self::SignIn
            | Self::AgeCheck
            | Self::AccountNotices
            | Self::SupportTicket
            | Self::AbusePrevention => &[Recipient::Service],
        }
    }

    /// How long they keep it.
    #[must_use]
    pub fn kept_for(self) -> KeptFor {
        match self {
            Self::Chat
            | Self::Title
            | Self::Image
            | Self::Music
            | Self::Video
            | Self::Speech
            | Self::Transcription
            | Self::Writing
            | Self::Tool
            | Self::RemoteMedia => KeptFor::AsDeclared,
            Self::Models | Self::PolicyCheck | Self::UpdateCheck => KeptFor::Answering,
            Self::CrashReport
            | Self::UsageAnalytics
            | Self::ProductImprovement
            | Self::AiTraining
            | Self::DirectMarketing => KeptFor::UntilWithdrawn,
            Self::Sync => KeptFor::UntilDeleted,
            Self::ConsentSync | Self::SignIn | Self::AgeCheck | Self::AccountNotices => {
                KeptFor::AccountLife
            }
            Self::RightsRequest | Self::SupportTicket => KeptFor::OneYear,
            Self::Checkout | Self::Invoice => KeptFor::TaxLaw,
            Self::AbusePrevention => KeptFor::ThirtyDays,
        }
    }

    /// Whether some part of this version asks for it. The others are decided about ahead.
    #[must_use]
    pub fn is_in_use(self) -> bool {
        matches!(
            self,
            Self::Chat
                | Self::Models
                | Self::PolicyCheck
                | Self::ConsentSync
                | Self::RightsRequest
                | Self::AiTraining
                | Self::Speech
                | Self::Transcription
        )
    }

    /// The key of the one sentence that describes it, in the catalogues of the window.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("purpose.{}.text", self.id())
    }

    /// Whether it stays off in a profile that a guardian supervises: everything optional, what
    /// costs money, tools, and recordings of a voice.
    #[must_use]
    pub fn is_off_for_children(self) -> bool {
        self.default_state() == ConsentDefault::Off
            || matches!(
                self,
                Self::Checkout | Self::Invoice | Self::Tool | Self::Transcription
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LegalBasis;

    #[test]
    fn every_purpose_says_who_gets_what_and_for_how_long() {
        for purpose in Purpose::all() {
            assert!(
                !purpose.recipients().is_empty(),
                "{purpose} has a recipient"
            );
            assert!(
                !purpose.categories().is_empty(),
                "{purpose} carries a kind of data"
            );
            assert!(
                purpose.terms()[0].len() > "dpv:".len(),
                "{purpose} has a term"
            );
            let until_withdrawn = purpose.kept_for() == KeptFor::UntilWithdrawn;
            assert_eq!(
                until_withdrawn,
                purpose.default_state() == ConsentDefault::Off,
                "{purpose}: what rests on consent ends with it"
            );
        }
    }

    #[test]
    fn children_have_nothing_optional_and_pay_for_nothing() {
        let off: Vec<_> = Purpose::all()
            .filter(|it| it.is_off_for_children())
            .collect();
        assert_eq!(off.len(), 5 + 4);
        assert!(!Purpose::Chat.is_off_for_children());
        assert!(
            off.iter()
                .all(|it| it.basis() != LegalBasis::LegitimateInterest)
        );
    }
}
