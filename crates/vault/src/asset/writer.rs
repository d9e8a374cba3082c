use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroize;

use super::{
    AssetError, AssetKey, CHUNK_BYTES, ChunkCipher, HASH_CONTEXT, HEADER_BYTES, MAGIC,
    PREFIX_BYTES, TAG_BYTES,
};
use crate::file::{create_private, remove_if_there, sync_dir};

/// What was written, for the row of the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenAsset {
    /// Bytes of content.
    pub size: u64,
    /// BLAKE3 of the content, keyed with a key derived from the asset's: it recognises the
    /// content for who has the key and tells nobody else anything.
    pub content_hash: [u8; 32],
}

/// Writes one asset. Until [`finish`](Self::finish) there is only an encrypted `.part` file, which
/// is removed when the writer is dropped.
pub struct AssetWriter {
    target: PathBuf,
    part: PathBuf,
    /// `None` once finished.
    file: Option<File>,
    cipher: ChunkCipher,
    hasher: blake3::Hasher,
    /// Content that is not written yet. A full chunk waits here until more follows, because the
    /// last chunk is sealed differently.
    pending: Vec<u8>,
    index: u32,
    size: u64,
}

impl AssetWriter {
    /// Begins a file that must not exist yet. A `.part` file of a crashed run is replaced.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn create(path: &Path, key: &AssetKey) -> Result<Self, AssetError> {
        if path.symlink_metadata().is_ok() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        remove_if_there(&part)?;
        let mut prefix = [0u8; PREFIX_BYTES];
        getrandom::fill(&mut prefix).map_err(|_| AssetError::NoRandomness)?;
        let mut header = [0u8; HEADER_BYTES];
        header[..MAGIC.len()].copy_from_slice(&MAGIC);
        header[MAGIC.len()..].copy_from_slice(&prefix);
        let mut hash_key = blake3::derive_key(HASH_CONTEXT, key.expose());
        let mut writer = Self {
            target: path.to_owned(),
            file: Some(create_private(&part)?),
            part,
            cipher: ChunkCipher::new(key, prefix),
            hasher: blake3::Hasher::new_keyed(&hash_key),
            pending: Vec::with_capacity(CHUNK_BYTES + TAG_BYTES),
            index: 0,
            size: 0,
        };
        hash_key.zeroize();
        writer.file()?.write_all(&header)?;
        Ok(writer)
    }

    /// Seals the end, makes the file durable and gives it its name.
    ///
    /// # Errors
    /// When it could not be written; nothing is left of it then.
    pub fn finish(mut self) -> Result<WrittenAsset, AssetError> {
        self.flush_chunk(true)?;
        self.file()?.sync_all()?;
        self.file = None;
        if let Err(error) = std::fs::rename(&self.part, &self.target) {
            let _ = std::fs::remove_file(&self.part);
            return Err(error.into());
        }
        if let Some(dir) = self.target.parent() {
            sync_dir(dir)?;
        }
        Ok(WrittenAsset {
            size: self.size,
            content_hash: *self.hasher.finalize().as_bytes(),
        })
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file
            .as_mut()
            .ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn flush_chunk(&mut self, last: bool) -> Result<(), AssetError> {
        let mut chunk = std::mem::take(&mut self.pending);
        let written = self
            .cipher
            .seal(self.index, last, &mut chunk)
            .and_then(|()| Ok(self.file()?.write_all(&chunk)?));
        chunk.zeroize();
        self.pending = chunk;
        self.pending.clear();
        if let Err(error) = written {
            // A gap in the file could never be closed again.
            self.abort();
            return Err(error);
        }
        if !last {
            self.index = self.index.checked_add(1).ok_or(AssetError::TooLarge)?;
        }
        Ok(())
    }

    fn abort(&mut self) {
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.part);
        }
        self.pending.zeroize();
    }
}

impl Write for AssetWriter {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        if content.is_empty() {
            return Ok(0);
        }
        self.file()?;
        if self.pending.len() == CHUNK_BYTES {
            self.flush_chunk(false).map_err(|error| match error {
                AssetError::Io(error) => error,
                other => io::Error::other(other),
            })?;
        }
        let taken = content.len().min(CHUNK_BYTES - self.pending.len());
        self.pending.extend_from_slice(&content[..taken]);
        self.hasher.update(&content[..taken]);
        self.size += taken as u64;
        Ok(taken)
    }

    /// Nothing to do: a chunk can only be written when it is known whether it is the last.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for AssetWriter {
    fn drop(&mut self) {
        self.abort();
    }
}
