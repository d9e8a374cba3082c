use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Ledger {
    /// At most this many
    #[arg(long, default_value_t = 500)]
    pub limit: u32,
    /// Only this host
    #[arg(long)]
    pub host: Option<String>,
    /// Only this purpose
    #[arg(long)]
    pub purpose: Option<String>,
    /// Only this basis: consent, contract, legal_obligation, legitimate_interest
    #[arg(long)]
    pub basis: Option<String>,
    /// Only this outcome: sent, blocked, failed, cancelled, pending
    #[arg(long)]
    pub outcome: Option<String>,
    /// Only what served this conversation
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
    /// Only from this UTC day on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Only before this UTC day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<String>,
}

#[derive(Debug, Args)]
pub struct LedgerClear {
    /// Only what is older than this UTC day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct LedgerKeep {
    /// How many months, or `forever`; without it, what is set
    pub months: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum RedactNames {
    /// Replace a name from now on
    Add {
        /// The name
        name: String,
    },
    /// Do not replace it any more
    Remove {
        /// The name
        name: String,
    },
    /// The names that are replaced
    List,
}
