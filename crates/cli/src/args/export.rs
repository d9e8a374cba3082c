//! `privacy export`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Export {
    /// The file to write, such as fluxchat.zip; one that is there is never replaced
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Seal it with age and the passphrase read from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "passphrase_out_fd")]
    pub encrypt_fd: Option<i32>,
    /// Seal it with age and a new passphrase, which is written to this file descriptor
    #[arg(long, value_name = "N")]
    pub passphrase_out_fd: Option<i32>,
}
