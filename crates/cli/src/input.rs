//! Secrets come over file descriptors: never as arguments, which every process can read.

use std::io::{Read as _, Write as _};

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

/// Writes a secret to an open file descriptor, with a line end.
pub fn secret_to(fd: i32, secret: &Secret<String>) -> Result<(), Failure> {
    let unwritable = || {
        Failure::usage(&format!(
            "Nothing could be written to file descriptor {fd}."
        ))
    };
    let mut file = open_for_writing(fd).map_err(|_| unwritable())?;
    file.write_all(secret.expose().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .map_err(|_| unwritable())
}

#[cfg(unix)]
fn open_for_writing(fd: i32) -> std::io::Result<std::fs::File> {
    // `create` is left out: it is there, or it is none.
    std::fs::OpenOptions::new()
        .append(true)
        .open(format!("/dev/fd/{fd}"))
}

#[cfg(not(unix))]
fn open_for_writing(_: i32) -> std::io::Result<std::fs::File> {
    Err(std::io::ErrorKind::Unsupported.into())
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
