//! The folder of a profile: where it is, who owns it now, and who else asked for it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::Error;
use fluxchat_model::SessionState;

/// The file name of the archive inside a profile.
pub const ARCHIVE_FILE: &str = "archive.db";
/// The folder of the encrypted files inside a profile.
pub const ASSET_FOLDER: &str = "assets";
/// The folder of the logs inside a profile.
pub const LOG_FOLDER: &str = "logs";

const LOCK_FILE: &str = "lock";

/// The folder of the operating system for this app's data, where no profile was named.
#[must_use]
pub fn default_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("org", "fluxchat", "fluxchat")
        .map(|dirs| dirs.data_dir().join("profile"))
}

/// A profile that this process owns until it is dropped.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

/// Creates the folder for its owner only, and locks it.
///
/// # Errors
/// [`SessionState::InUse`] when another process owns it; [`SessionState::Unwritable`] when it
/// cannot be written or everybody may write to it.
pub fn acquire(folder: &Path) -> Result<ProfileLock, SessionState> {
    create_private(folder).map_err(|_| SessionState::Unwritable)?;
    if is_open_to_all(folder) {
        return Err(SessionState::Unwritable);
    }
    let file = lock_file(folder).map_err(|_| SessionState::Unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(ProfileLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(SessionState::InUse),
        Err(TryLockError::Error(_)) => Err(SessionState::Unwritable),
    }
}

/// Creates a folder that only its owner can enter; one that exists is left as it is.
pub(crate) fn create_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn lock_file(folder: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(LOCK_FILE))
}

#[cfg(unix)]
fn is_open_to_all(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(folder).is_ok_and(|meta| meta.mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}

/// Removes an encrypted file and makes its absence durable.
pub(crate) fn remove_durably(path: &Path) -> Result<bool, Error> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_owns_a_profile_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("profile");
        let first = acquire(&folder).unwrap();
        assert_eq!(
            acquire(&folder).unwrap_err(),
            SessionState::InUse,
            "the second has to wait"
        );
        drop(first);
        assert!(acquire(&folder).is_ok(), "the lock goes with its owner");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_everybody_may_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(acquire(dir.path()).unwrap_err(), SessionState::Unwritable);
    }
}
