//! A deletion needs free space: it writes the log before the pages shrink. On a full disk the
//! ballast is given up for it, and made again afterwards.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Store, StoreError, connection};

const BYTES: usize = 8 * 1024 * 1024;

pub(crate) fn path(archive: &Path) -> PathBuf {
    let mut name = archive.as_os_str().to_owned();
    name.push(".ballast");
    name.into()
}

/// Makes the ballast if it is not there in full.
pub(crate) fn ensure(archive: &Path) -> Result<(), StoreError> {
    let path = path(archive);
    let held = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    if held == BYTES as u64 {
        return Ok(());
    }
    let _ = std::fs::remove_file(&path);
    connection::create_private(&path)?;
    let written = fill(&path);
    if written.is_err() {
        let _ = std::fs::remove_file(&path);
    }
    written
}

/// Random bytes: a file system that compresses would reserve nothing for zeros.
fn fill(path: &Path) -> Result<(), StoreError> {
    let mut block = vec![0_u8; 64 * 1024];
    getrandom::fill(&mut block).map_err(|_| StoreError::Io(std::io::ErrorKind::Other))?;
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    for round in 0..BYTES / block.len() {
        // Differs per block, against file systems that store equal blocks once.
        let tag = (round as u64).to_le_bytes();
        for chunk in block.chunks_mut(4_096) {
            chunk[..8].copy_from_slice(&tag);
        }
        file.write_all(&block)?;
    }
    file.sync_all()?;
    Ok(())
}

/// Gives the space back. Returns whether there was any.
pub(crate) fn release(archive: &Path) -> bool {
    std::fs::remove_file(path(archive)).is_ok()
}

impl Store {
    /// Makes sure that the 8 MB are set aside which a deletion on a full disk lives on. For idle
    /// moments; does nothing if they are there.
    ///
    /// # Errors
    /// `full` if the disk has no room for them, `read_only`.
    pub fn ensure_ballast(&self) -> Result<(), StoreError> {
        match (self.mode(), self.path()) {
            (crate::Mode::ReadWrite, Some(path)) => ensure(path),
            _ => Ok(()),
        }
    }
}
