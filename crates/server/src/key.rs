//! The key that answers about data rights are signed with, in a file only its owner can read.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use fluxchat_service::SigningKey;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("there is no data folder for the key; name a file with --key FILE")]
    NoFolder,
    #[error("the key in {0} cannot be used: {1}")]
    Io(PathBuf, std::io::Error),
    #[error(
        "{0} is not a key of this service. Put the right file back; a new key, made where there \
         is none, has to be trusted anew in every app."
    )]
    NotAKey(PathBuf),
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// The key in a file, made where there is none.
pub(crate) fn open(file: Option<&Path>) -> Result<SigningKey, KeyError> {
    let file = match file {
        Some(file) => file.to_owned(),
        None => directories::ProjectDirs::from("org", "Fluxchat", "fluxchat-service")
            .ok_or(KeyError::NoFolder)?
            .data_local_dir()
            .join("signing-key"),
    };
    let failed = |error| KeyError::Io(file.clone(), error);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => make(&file)?,
        Err(error) => return Err(failed(error)),
    };
    let mut seed = [0; 32];
    hex::decode_to_slice(text.trim(), &mut seed)
        .ok()
        .and_then(|()| SigningKey::from_seed(&seed))
        .ok_or_else(|| KeyError::NotAKey(file.clone()))
}

fn make(file: &Path) -> Result<String, KeyError> {
    let failed = |error| KeyError::Io(file.to_owned(), error);
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| KeyError::NoRandom)?;
    let text = format!("{}\n", hex::encode(seed));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(failed)?;
    out.write_all(text.as_bytes())
        .and_then(|()| out.sync_all())
        .map_err(failed)?;
    Ok(text)
}
