use clap::Subcommand;

use super::OnOff;

/// Secrets come over file descriptors, such as `3< file` in a shell. The passphrase there is comes
/// with `--passphrase-fd`.
#[derive(Debug, Subcommand)]
pub enum Lock {
    /// How the archive is opened
    Status,
    /// When the window locks by itself; without an option, only show it
    When {
        /// After so many minutes without a key or a click: 1, 5, 15 or 60, and 0 for never
        #[arg(long, value_name = "MINUTES")]
        idle: Option<u32>,
        /// Before the computer sleeps
        #[arg(long)]
        sleep: Option<OnOff>,
        /// When the screen is locked
        #[arg(long)]
        screen: Option<OnOff>,
    },
    /// Put the archive under a passphrase and take its key out of the keychain
    Set {
        /// Read the new passphrase from this file descriptor
        #[arg(long, value_name = "N")]
        new_fd: i32,
        /// Keep nothing in the keychain: keys of sources move under the passphrase as well
        #[arg(long)]
        without_keychain: bool,
    },
    /// Change the passphrase
    Change {
        /// Read the new passphrase from this file descriptor
        #[arg(long, value_name = "N")]
        new_fd: i32,
    },
    /// Put the key back into the keychain
    Remove,
    /// Print a new recovery code, this once; one there was is worthless then
    Recovery,
    /// Open with the recovery code, and print the one that takes its place
    Recover {
        /// Read the code from this file descriptor
        #[arg(long, value_name = "N")]
        code_fd: i32,
        /// Read the passphrase to set from this file descriptor
        #[arg(long, value_name = "N")]
        new_fd: Option<i32>,
    },
}
