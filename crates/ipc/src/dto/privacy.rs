//! What is kept, what left, what was agreed to, what was deleted.

use fluxchat_markup::Block;
use fluxchat_model::{
    ConversationId, DataCategory, Initiator, LegalBasis, Outcome, PrivacyRequest, Receipt,
    RequestId, StorageMode, StoredTotal, Timestamp,
};
use serde::{Deserialize, Serialize};

dto! {
    /// The four numbers that matter.
    answer PrivacyOverview {
        /// Bytes kept on this computer.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub kept_bytes: u64,
        /// How many conversations.
        pub conversations: u32,
        /// How many messages.
        pub messages: u32,
        /// Bytes that left in the last seven days.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub left_bytes: u64,
        /// In how many requests.
        pub left_requests: u32,
        /// To whom, by purpose; what stayed in-process is not counted.
        pub flows: Vec<Flow>,
        /// What is kept, by kind.
        pub kinds: Vec<StoredTotal>,
        /// What is kept, by age.
        pub ages: Vec<AgeRow>,
        /// How many optional consents are on.
        pub consents_on: u32,
        /// Of how many.
        pub consents_total: u32,
        /// Requests and deletions that wait for somebody.
        pub waiting: u32,
    }
}

dto! {
    /// What is kept of one age.
    answer AgeRow {
        /// `this_month`, `three_months`, `year` or `older`.
        #[cfg_attr(feature = "codegen", ts(type = "'this_month' | 'three_months' | 'year' | 'older'"))]
        pub age: fluxchat_core::Age,
        /// Messages.
        pub messages: u32,
        /// Files.
        pub files: u32,
        /// Bytes of both.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes: u64,
    }
}

dto! {
    /// What went to one recipient for one purpose.
    answer Flow {
        /// Why.
        pub purpose: String,
        /// To whom.
        pub host: String,
        /// How many requests.
        pub requests: u32,
        /// How many bytes.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_out: u64,
    }
}

dto! {
    /// What is kept on this computer.
    answer StoredReport {
        /// Per kind.
        pub kinds: Vec<StoredTotal>,
        /// All kinds together.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub total_bytes: u64,
        /// Where the key is.
        pub storage: StorageMode,
    }
}

dto! {
    /// A page of the ledger, newest first.
    request LedgerReq {
        /// Only this purpose.
        pub purpose: Option<String>,
        /// Only this basis.
        pub basis: Option<LegalBasis>,
        /// Only this host.
        pub host: Option<String>,
        /// Only this outcome.
        pub outcome: Option<Outcome>,
        /// Only what served this conversation.
        pub conversation_id: Option<ConversationId>,
        /// Only from this time on.
        pub from: Option<Timestamp>,
        /// Only before this time.
        pub until: Option<Timestamp>,
        /// Only rows before this one.
        pub before_seq: Option<i32>,
        /// At most this many, up to 500.
        pub limit: u32,
    }
}

dto! {
    /// A page of the ledger.
    answer LedgerPage {
        /// Newest first.
        pub rows: Vec<LedgerRow>,
        /// Where the next page begins; `None` at the end.
        pub next: Option<i32>,
    }
}

dto! {
    /// One request.
    answer LedgerRow {
        /// Its place.
        pub seq: i32,
        /// When.
        pub at: Timestamp,
        /// Why.
        pub purpose: String,
        /// On what basis.
        pub basis: LegalBasis,
        /// To whom; `in-process` for what never left.
        pub host: String,
        /// Which call.
        pub endpoint: String,
        /// The HTTP method.
        pub method: String,
        /// What kinds of data.
        pub categories: Vec<DataCategory>,
        /// Bytes that left.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_out: u64,
        /// Bytes that came.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_in: u64,
        /// What became of it.
        pub outcome: Outcome,
        /// The HTTP status.
        pub status: Option<u16>,
        /// Who began it.
        pub initiator: Initiator,
        /// Also on the wire.
        pub request_id: RequestId,
        /// The conversation it served, unless deleted.
        pub conversation_id: Option<ConversationId>,
    }
}

/// How to write the ledger to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// One JSON document.
    Json,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

dto! {
    /// Writes the ledger to a file that the person chooses in a dialog of the system.
    request LedgerExportReq {
        /// How.
        pub format: ExportFormat,
        /// Only this purpose.
        pub purpose: Option<String>,
        /// Only this basis.
        pub basis: Option<LegalBasis>,
        /// Only this host.
        pub host: Option<String>,
        /// Only this outcome.
        pub outcome: Option<Outcome>,
        /// Only from this time on.
        pub from: Option<Timestamp>,
        /// Only before this time.
        pub until: Option<Timestamp>,
    }
}

dto! {
    /// What became of an export.
    answer Exported {
        /// False if the person changed their mind.
        pub saved: bool,
        /// How many rows.
        pub rows: u32,
    }
}

dto! {
    /// A purpose and where it stands.
    answer ConsentRow {
        /// `diag.crash`, …
        pub purpose: String,
        /// Whether it is agreed to.
        pub given: bool,
        /// Since when it stands so; `None` if never asked.
        pub at: Option<Timestamp>,
        /// Under which policy.
        pub policy_version: Option<String>,
        /// Whether it can be given and withdrawn; the others rest on another basis.
        pub optional: bool,
        /// True where a guardian keeps it off.
        pub locked: bool,
        /// The basis.
        pub basis: LegalBasis,
        /// What it may carry.
        pub categories: Vec<DataCategory>,
    }
}

dto! {
    /// All purposes.
    answer ConsentList {
        /// The optional ones first.
        pub rows: Vec<ConsentRow>,
    }
}

dto! {
    /// Gives or withdraws; effective before the next request.
    request ConsentSetReq {
        /// Which.
        pub purpose: String,
        /// Which way.
        pub given: bool,
    }
}

dto! {
    /// Asks for a policy.
    request PolicyReq {
        /// Which version; `None` for the one in force.
        pub version: Option<String>,
        /// BCP 47.
        pub language: String,
    }
}

dto! {
    /// A policy.
    answer PolicyText {
        /// Its version, the date it takes effect.
        pub version: String,
        /// The language it is in.
        pub language: String,
        /// Of the whole text; consent records name it.
        pub sha256: String,
        /// In short.
        pub summary: Vec<String>,
        /// In full.
        pub blocks: Vec<Block>,
        /// When this version was accepted here.
        pub accepted_at: Option<Timestamp>,
    }
}

dto! {
    /// Proven on this computer.
    answer ReceiptList {
        /// Newest first.
        pub receipts: Vec<Receipt>,
        /// What was asked of services.
        pub requests: Vec<PrivacyRequest>,
        /// Deletions that are hidden and not carried out yet.
        pub pending: u32,
    }
}

dto! {
    /// Whether the chains hold.
    answer VerifyReport {
        /// The ledger.
        pub ledger: ChainReport,
        /// The consents.
        pub consents: ChainReport,
        /// The receipts.
        pub receipts: ChainReport,
        /// The objections.
        pub objections: ChainReport,
    }
}

dto! {
    /// Whether a chain holds.
    answer ChainReport {
        /// How many links.
        pub rows: u32,
        /// The first link that does not follow from the one before.
        pub broken_at: Option<u32>,
    }
}
