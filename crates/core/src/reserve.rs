//! The space that is kept back so that deletions work on a full disk. The store makes it; where
//! opening or deleting finds the disk full, it is given up, and made again when there is room.

use std::path::{Path, PathBuf};

use fluxchat_store::StoreError;

use crate::error::is_io;
use crate::profile;

/// The file the store sets aside beside the archive.
pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join(format!("{}.ballast", profile::ARCHIVE_FILE))
}

/// What opening needs on a full disk: shared memory and the first pages of the log.
const A_LITTLE: u64 = 256 << 10;

/// Gives it up. Returns whether there was any.
pub(crate) fn release(folder: &Path) -> bool {
    std::fs::remove_file(file(folder)).is_ok()
}

/// Gives a little of it up. Returns whether there was as much.
fn release_a_little(folder: &Path) -> bool {
    let path = file(folder);
    let held = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    held >= A_LITTLE
        && std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| file.set_len(held - A_LITTLE))
            .is_ok()
}

/// Opens, and opens once more with a little of the reserve if the disk is full.
pub(crate) fn opening<T>(
    folder: &Path,
    mut work: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match work() {
        Err(error) if is_full(&error) && release_a_little(folder) => work(),
        other => other,
    }
}

/// Deletes, and deletes once more without the reserve if the disk is full. A transaction that
/// failed left nothing behind, so it can be repeated.
pub(crate) fn deleting<T>(
    folder: &Path,
    mut work: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match work() {
        Err(error) if is_full(&error) && release(folder) => {
            tracing::warn!(name: "reserve.released", code = error.code());
            work()
        }
        other => other,
    }
}

/// SQLite calls a disk that is too full for its shared memory an I/O error.
fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Full) || matches!(error, StoreError::Sqlite(code) if is_io(*code))
}
