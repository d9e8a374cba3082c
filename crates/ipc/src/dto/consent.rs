//! Purposes, policies and supervision.

use fluxchat_model::{DataCategory, KeptFor, LegalBasis, Recipient, Timestamp};
use serde::{Deserialize, Serialize};

/// How a purpose starts out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PurposeDefault {
    /// It happens when the person uses the function.
    OnUse,
    /// It is asked each time.
    Ask,
    /// It is on, and can be objected to.
    OnObjectable,
    /// It is off until the person agrees.
    Off,
}

dto! {
    /// What data may leave for.
    answer PurposeRow {
        /// `svc.chat`, …
        pub purpose: String,
        /// Its terms in the W3C Data Privacy Vocabulary.
        pub terms: Vec<String>,
        /// Why it is allowed.
        pub basis: LegalBasis,
        /// How it starts out.
        pub default: PurposeDefault,
        /// The most it may carry.
        pub categories: Vec<DataCategory>,
        /// Who gets it.
        pub recipients: Vec<Recipient>,
        /// How long they keep it.
        pub kept_for: KeptFor,
        /// The key of the sentence that describes it.
        pub text_key: String,
        /// Whether some part of this version asks for it.
        pub in_use: bool,
        /// Whether a guardian keeps it locked in a supervised profile.
        pub off_for_children: bool,
    }
}

dto! {
    /// Every purpose, in the order of the table.
    answer PurposeList {
        /// The purposes.
        pub rows: Vec<PurposeRow>,
    }
}

/// How consents are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConsentFormat {
    /// ISO/IEC TS 27560:2023 as JSON-LD.
    Iso27560,
    /// Kantara Consent Receipt 1.1.
    Kantara,
}

dto! {
    /// Writes the consent records to a file that the person chooses in a dialog of the system.
    request ConsentExportReq {
        /// How.
        pub format: ConsentFormat,
    }
}

dto! {
    /// How the policy stands.
    answer PolicyStatus {
        /// The version in force.
        pub in_force: String,
        /// When it was accepted here; `None` if it was not.
        pub accepted_at: Option<Timestamp>,
        /// The version that was accepted last.
        pub accepted: Option<String>,
        /// The next version, whose day has not come.
        pub upcoming: Option<String>,
        /// When that was accepted, ahead of its day.
        pub upcoming_accepted_at: Option<Timestamp>,
        /// Every version that can be read here, newest first.
        pub versions: Vec<String>,
        /// Whether the app looks for new versions once a day.
        pub scheduled: bool,
        /// When it looked last.
        pub checked_at: Option<Timestamp>,
    }
}

dto! {
    /// Compares two versions of the policy.
    request PolicyDiffReq {
        /// The older one.
        pub from: String,
        /// The newer one; `None` for the one in force.
        pub to: Option<String>,
        /// BCP 47.
        pub language: String,
    }
}

dto! {
    /// Accepts a version of the policy.
    request PolicyAcceptReq {
        /// Which.
        pub version: String,
    }
}

dto! {
    /// Switches the daily look for new versions.
    request PolicyScheduleReq {
        /// Which way.
        pub on: bool,
    }
}

dto! {
    /// How the supervision stands.
    answer GuardianInfo {
        /// Whether a guardian supervises this profile.
        pub supervised: bool,
        /// Until when it is unlocked.
        pub unlocked_until: Option<Timestamp>,
        /// Whether only the next action is.
        pub once: bool,
        /// How long the next try of the passphrase has to wait, in milliseconds.
        pub wait_ms: u32,
    }
}

dto! {
    /// Unlocks with the guardian's passphrase.
    request GuardianUnlockReq {
        /// As typed.
        pub passphrase: String,
        /// Only for the next action.
        pub once: bool,
    }
}

dto! {
    /// Begins to supervise a profile that nobody supervises.
    request GuardianBeginReq {
        /// The guardian's, at least 8 characters.
        pub passphrase: String,
    }
}

dto! {
    /// Ends the supervision with the guardian's passphrase.
    request GuardianEndReq {
        /// As typed.
        pub passphrase: String,
    }
}
