//! A deletion needs free space: it writes the log before the pages shrink. On a full disk the
//! ballast is given up for it, and made again afterwards.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::{Store, StoreError, connection};

const BYTES: usize = 8 * 1024 * 1024;
/// What is left free on a full disk.
const SLACK: u64 = 64 * 1024;

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
    connection::create_private(&path)?;
    let written = fill(&path, held);
    if written.is_err() {
        // A part that was held before is held on, and what could be added to it but for a little
        // that every command needs: asking must not live on what is kept for deleting.
        let grown = std::fs::metadata(&path).map_or(0, |meta| meta.len());
        let keep = grown.saturating_sub(SLACK).max(held);
        if held == 0 || held > BYTES as u64 || shorten(&path, keep).is_err() {
            let _ = std::fs::remove_file(&path);
        }
    }
    written
}

fn shorten(path: &Path, bytes: u64) -> std::io::Result<()> {
    std::fs::OpenOptions::new()
        .write(true)
        .open(path)?
        .set_len(bytes)
}

/// Random bytes: a file system that compresses would reserve nothing for zeros.
fn fill(path: &Path, held: u64) -> Result<(), StoreError> {
    let mut block = vec![0_u8; 64 * 1024];
    getrandom::fill(&mut block).map_err(|_| StoreError::Io(std::io::ErrorKind::Other))?;
    let whole = held / block.len() as u64;
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.set_len(held.min(BYTES as u64))?;
    file.seek(SeekFrom::Start(whole * block.len() as u64))?;
    for round in usize::try_from(whole).unwrap_or(0)..BYTES / block.len() {
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
