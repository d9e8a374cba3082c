//! `privacy request`.

use clap::{Args, Subcommand};

/// Which right, and at whose.
#[derive(Debug, Subcommand)]
pub enum RightsRequest {
    /// What the service keeps of you (Art. 15)
    Access(AtSource),
    /// A copy to take along (Art. 20)
    Portability(AtSource),
    /// Correct what the service knows of you (Art. 16)
    Rectification {
        /// Your name; empty takes it away
        #[arg(long)]
        name: Option<String>,
        /// Your e-mail address; empty takes it away
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        at: AtSource,
    },
    /// Delete everything the service keeps of you (Art. 17)
    Erasure(AtSource),
    /// Keep it and use it for nothing (Art. 18)
    Restriction {
        /// Lift the restriction
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        at: AtSource,
    },
    /// Stop using it for a purpose (Art. 21)
    Objection {
        /// Which purpose
        purpose: String,
        /// Take the objection back
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        at: AtSource,
    },
    /// Show the key a service signs its answers with, and the one it is known by
    Key {
        /// Trust it anew by this key, which it has to name itself
        #[arg(long, value_name = "KEY")]
        trust: Option<String>,
        #[command(flatten)]
        at: AtSource,
    },
    /// Take a request back
    Cancel {
        /// The request
        id: String,
    },
}

/// Who is asked.
#[derive(Debug, Args)]
pub struct AtSource {
    /// Which source is asked
    #[arg(long, value_name = "NAME", default_value = "sandbox")]
    pub source: String,
}
