//! Secrets come over file descriptors: never as arguments, which every process can read.

use std::io::Read as _;

use fluxchat_model::Secret;

use crate::output::Failure;

const LONGEST: u64 = 8 << 10;

/// Reads a secret from an open file descriptor, without its final line end.
pub fn secret_from(fd: i32) -> Result<Secret<String>, Failure> {
    let unreadable =
        || Failure::usage(&format!("Nothing could be read from file descriptor {fd}."));
    let mut text = zeroize::Zeroizing::new(String::new());
    if fd == 0 {
        std::io::stdin()
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(|_| unreadable())?;
    } else {
        open(fd)
            .map_err(|_| unreadable())?
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(|_| unreadable())?;
    }
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(unreadable());
    }
    Ok(Secret::new(secret.to_owned()))
}

/// Opening the descriptor's own entry needs no unsafe takeover of a raw number.
#[cfg(unix)]
fn open(fd: i32) -> std::io::Result<std::fs::File> {
    std::fs::File::open(format!("/dev/fd/{fd}"))
}

#[cfg(not(unix))]
fn open(_: i32) -> std::io::Result<std::fs::File> {
    Err(std::io::ErrorKind::Unsupported.into())
}
