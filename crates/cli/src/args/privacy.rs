//! `privacy`.

use clap::Subcommand;

use super::{
    Consent, Consents, Diagnostics, Export, Guardian, Ledger, LedgerClear, LedgerKeep, Policy,
    RedactNames, Restrict, Retention, RightsRequest, SupportBundle, deletion, lock,
};

#[derive(Debug, Subcommand)]
pub enum Privacy {
    /// What is kept on this computer, by kind
    Stored,
    /// What left, newest first
    Ledger(Ledger),
    /// Why data may leave: every purpose with basis, kinds of data, recipients and retention
    Purposes,
    /// Who received what, and what they say they do with it
    Recipients,
    /// Clear the ledger; one chained row stays
    LedgerClear(LedgerClear),
    /// How long the ledger is kept
    LedgerKeep(LedgerKeep),
    /// Names that are replaced before anything leaves, where a source asks for it
    #[command(subcommand)]
    RedactNames(RedactNames),
    /// Every purpose and where it stands
    Consents {
        #[command(subcommand)]
        command: Option<Consents>,
    },
    /// Give or withdraw a consent
    #[command(subcommand)]
    Consent(Consent),
    /// Delete all content, here and now
    DeleteAll {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Rules for how long things are kept
    #[command(subcommand)]
    Retention(Retention),
    /// Freeze a conversation or everything: readable, never sent
    Restrict(Restrict),
    /// Unfreeze a conversation or everything
    Unrestrict(Restrict),
    /// Delete by scope: looked at first, then at once and for good
    Delete(deletion::Delete),
    /// Encrypt the archive anew and destroy the old key: what was deleted is then unreadable in
    /// every old copy of the file
    RotateKey {
        /// Only say which key is in force and when it is changed
        #[arg(long)]
        status: bool,
    },
    /// The proofs of deletion
    Receipts,
    /// Check the chains of ledger, consents and receipts
    Verify,
    /// The app lock: passphrase and recovery code
    #[command(subcommand)]
    Lock(lock::Lock),
    /// Print the privacy policy in force, or how it differs from an older version
    Policy {
        /// Show what changed since this version instead
        #[arg(long, value_name = "FROM")]
        diff: Option<String>,
        #[command(subcommand)]
        command: Option<Policy>,
    },
    /// Supervised profiles: unlock for ten minutes, lock, or end the supervision
    #[command(subcommand)]
    Guardian(Guardian),
    /// Everything in one documented file to take along
    Export(Export),
    /// What diagnostic reports say, and which were sent
    #[command(subcommand)]
    Diagnostics(Diagnostics),
    /// How things stand, for a support request: read it before you send it
    SupportBundle(SupportBundle),
    /// Look whether the promises hold on this computer, now
    Prove {
        /// Save the report as JSON
        #[arg(long, value_name = "FILE")]
        report: Option<std::path::PathBuf>,
    },
    /// Exercise a right at a service
    Request {
        #[command(subcommand)]
        command: RightsRequest,
    },
    /// What was asked of services, and where it stands
    Requests {
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Ask the services first
        #[arg(long)]
        check: bool,
    },
    /// Print what a service gave for an access or portability request
    Result {
        /// The request
        id: String,
    },
    /// Object to a purpose that rests on a legitimate interest; without one, list them
    Object {
        /// Which
        purpose: Option<String>,
    },
    /// Take an objection back
    Unobject {
        /// Which
        purpose: String,
    },
    /// Write down what is wrong about a person in an answer
    Flag {
        /// The message
        message: String,
        /// What is wrong; empty takes the note away
        #[arg(long)]
        note: String,
    },
    /// What was written down as wrong about people
    Flags,
}
