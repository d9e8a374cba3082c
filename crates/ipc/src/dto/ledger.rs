//! Who receives what, and how long the ledger is kept.

use fluxchat_model::{DataCategory, DataPractices, LegalBasis, StatedPractices, Timestamp};

dto! {
    /// How the ledger stands.
    answer LedgerStanding {
        /// How many rows there are.
        pub rows: u32,
        /// After how many months rows are cleared; `None` keeps them.
        pub keep_months: Option<u32>,
        /// What stands for rows that were cleared.
        pub cleared: Vec<ClearedRow>,
    }
}

dto! {
    /// The one link that stands for cleared rows.
    answer ClearedRow {
        /// Its place in the chain.
        pub seq: u32,
        /// When it was cleared.
        pub at: Timestamp,
        /// How many requests it stands for.
        pub requests: u32,
        /// How many bytes had left.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_out: u64,
        /// When the earliest was made.
        pub first_at: Timestamp,
        /// When the latest was made.
        pub last_at: Timestamp,
        /// Its hash.
        pub hash: String,
    }
}

dto! {
    /// Sets how long the ledger is kept.
    request LedgerKeepReq {
        /// In months; `None` keeps it without an end.
        pub months: Option<u32>,
    }
}

dto! {
    /// Clears the ledger.
    request LedgerClearReq {
        /// Up to this time; `None` clears all of it.
        pub until: Option<Timestamp>,
    }
}

dto! {
    /// Everybody who received something.
    answer RecipientList {
        /// Who received most first; what stays in this app last.
        pub rows: Vec<RecipientRow>,
    }
}

dto! {
    /// Somebody who received something, or was refused it.
    answer RecipientRow {
        /// Host and port, or `in-process`.
        pub host: String,
        /// True for what stays in this app.
        pub in_process: bool,
        /// The sources at this host.
        pub sources: Vec<String>,
        /// What for.
        pub purposes: Vec<RecipientPurposeRow>,
        /// How many requests left.
        pub requests: u32,
        /// How many were refused before anything left.
        pub blocked: u32,
        /// Bytes that left.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_out: u64,
        /// Bytes that came.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_in: u64,
        /// When the first request left.
        pub first_at: Option<Timestamp>,
        /// When the last request left.
        pub last_at: Option<Timestamp>,
        /// What the provider says it does with data.
        pub practices: DataPractices,
        /// Where it says so, and when that was read.
        pub practices_from: Option<String>,
        /// The same as sentences that every language has.
        pub stated: Option<StatedPractices>,
        /// What is asked of it with every request.
        pub opt_outs: Vec<OptOutRow>,
    }
}

dto! {
    /// What a recipient received for one purpose.
    answer RecipientPurposeRow {
        /// Why.
        pub purpose: String,
        /// On what basis.
        pub basis: LegalBasis,
        /// What kinds of data.
        pub categories: Vec<DataCategory>,
        /// How many requests.
        pub requests: u32,
        /// Bytes that left.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes_out: u64,
    }
}

dto! {
    /// A field that asks a source to spare the person.
    answer OptOutRow {
        /// The field of the body.
        pub field: String,
        /// Its value as JSON.
        pub value: String,
    }
}
