//! What is agreed to: consents, the policy, and who guards a profile.

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Consents {
    /// Print the records of all decisions
    Export {
        /// How they are written down
        #[arg(long, value_enum, default_value = "27560")]
        format: ConsentFormatArg,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ConsentFormatArg {
    /// ISO/IEC TS 27560:2023 as JSON-LD
    #[value(name = "27560")]
    Iso27560,
    /// Kantara Consent Receipt 1.1
    Kantara,
}

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Accept a version
    Accept {
        /// Which
        version: String,
    },
    /// Every version, which is in force and what was accepted
    Status,
    /// Ask the service for new versions now
    Check,
    /// Look for new versions once a day, or not
    Schedule {
        /// Which way
        #[arg(value_enum)]
        state: OnOff,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

#[derive(Debug, Subcommand)]
pub enum Guardian {
    /// How the supervision stands
    Status,
    /// Unlock for ten minutes; needs --guardian-fd
    Unlock {
        /// Only for the next locked action
        #[arg(long)]
        once: bool,
    },
    /// Lock again, before the ten minutes are over
    Lock,
    /// Begin to supervise this profile; --guardian-fd gives the passphrase that will unlock it
    Begin,
    /// End the supervision; needs --guardian-fd
    End,
}

#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Agree to a purpose
    Give {
        /// Which
        purpose: String,
        /// Only of `ai.training`: for this conversation
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
    },
    /// Take an agreement back
    Withdraw {
        /// Which
        purpose: String,
        /// Only of `ai.training`: for this conversation
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
    },
}
