//! Sources of answers.

use fluxchat_model::{DataPractices, Dialect, Model, SourceId, StatedPractices, Timestamp};

use crate::ApiError;
use crate::dto::ledger::OptOutRow;

dto! {
    /// A place that answers.
    answer SourceRow {
        /// Its id.
        pub id: SourceId,
        /// Its name.
        pub name: String,
        /// How it speaks.
        pub dialect: Dialect,
        /// Host and port; `None` for what is mounted in-process.
        pub host: Option<String>,
        /// The address as it was typed, tidied; for people.
        pub address: Option<String>,
        /// True for the embedded sandbox: nothing sent to it leaves the computer.
        pub in_process: bool,
        /// True if the host is this computer.
        pub on_this_computer: bool,
        /// True if the connection is not encrypted.
        pub plain_http: bool,
        /// Whether a credential is stored.
        pub has_credential: bool,
        /// The model new conversations start with.
        pub default_model: Option<String>,
        /// What it declares about data.
        pub practices: DataPractices,
        /// Where the provider says so, and when that was read.
        pub practices_from: Option<String>,
        /// The same as sentences that every language has.
        pub stated: Option<StatedPractices>,
        /// What is asked of it with every request.
        pub opt_outs: Vec<OptOutRow>,
        /// Whether private details are replaced before anything leaves.
        pub redact: bool,
    }
}

dto! {
    /// All of them.
    answer SourceList {
        /// The sandbox first, then by name.
        pub rows: Vec<SourceRow>,
        /// Where a new conversation starts.
        pub default_source_id: Option<SourceId>,
    }
}

dto! {
    /// Adds a server or a key.
    request SourceAddReq {
        /// Unique.
        pub name: String,
        /// The base URL.
        pub url: String,
        /// How it speaks.
        pub dialect: Dialect,
        /// Goes to the keychain and never comes back.
        pub key: Option<String>,
    }
}

dto! {
    /// Added. Its models were asked for at once.
    answer SourceAdded {
        /// The new source.
        pub source: SourceRow,
        /// What it offers; empty if it could not be asked.
        pub models: Vec<Model>,
        /// Why it could not be asked. The source is kept.
        pub problem: Option<ApiError>,
    }
}

dto! {
    /// Changes what is given and leaves the rest.
    request SourceUpdateReq {
        /// Which.
        pub id: SourceId,
        /// Its new name.
        pub name: Option<String>,
        /// A new credential; empty removes it.
        pub key: Option<String>,
        /// The model new conversations start with.
        pub default_model: Option<String>,
        /// Whether private details are replaced before anything leaves.
        pub redact: Option<bool>,
        /// True makes new conversations start here.
        pub make_default: Option<bool>,
    }
}

dto! {
    /// Names a source.
    request SourceReq {
        /// Which.
        pub id: SourceId,
    }
}

dto! {
    /// What a source offers, asked live; what it last said where it cannot be asked.
    answer ModelList {
        /// As the source orders them.
        pub models: Vec<Model>,
        /// When the source said so.
        pub listed_at: Timestamp,
        /// Why this is what it said then, and not what it says now.
        pub problem: Option<ApiError>,
    }
}

dto! {
    /// A service, or a server to run oneself, that is known by name.
    answer ServiceRow {
        /// Stable.
        pub id: String,
        /// As it calls itself.
        pub name: String,
        /// Where it answers.
        pub url: String,
        /// How it speaks.
        pub dialect: Dialect,
        /// Whether it wants a key.
        pub needs_key: bool,
        /// Whether it runs on the person's own computer.
        pub local: bool,
        /// Whether a part of the address is the person's own and has to be filled in.
        pub fill_in: bool,
        /// What its provider says about data.
        pub practices: DataPractices,
        /// Where the provider says so, and when that was read.
        pub practices_from: Option<String>,
        /// The same as sentences that every language has.
        pub stated: Option<StatedPractices>,
        /// What would be asked of it with every request.
        pub opt_outs: Vec<OptOutRow>,
    }
}

dto! {
    /// All that are known.
    answer ServiceList {
        /// Services before servers.
        pub rows: Vec<ServiceRow>,
    }
}

dto! {
    /// A server that answers on this computer.
    answer FoundServer {
        /// What usually listens there.
        pub service: String,
        /// Its name.
        pub name: String,
        /// Where it answers.
        pub url: String,
        /// How it speaks.
        pub dialect: Dialect,
        /// How many models it offers.
        pub models: u32,
        /// Whether it wants a key before it tells.
        pub needs_key: bool,
        /// The source it already is.
        pub source_id: Option<SourceId>,
    }
}

dto! {
    /// What was found.
    answer FoundServers {
        /// In the order of the services.
        pub rows: Vec<FoundServer>,
    }
}
