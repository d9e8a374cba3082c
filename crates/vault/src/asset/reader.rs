use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use zeroize::Zeroize;

use super::{
    AssetError, AssetKey, CHUNK_BYTES, ChunkCipher, HEADER_BYTES, MAGIC, PREFIX_BYTES, TAG_BYTES,
};

const SEALED_CHUNK_BYTES: u64 = (CHUNK_BYTES + TAG_BYTES) as u64;

/// Reads ranges of one asset, decrypting only the chunks they touch.
pub struct AssetReader {
    file: File,
    cipher: ChunkCipher,
    len: u64,
    last: u32,
    /// The chunk read most recently: players ask for many small ranges in a row.
    chunk: Vec<u8>,
    chunk_index: Option<u32>,
}

impl AssetReader {
    /// Opens a file and proves that it is complete: its last chunk must be the one sealed as the
    /// last.
    ///
    /// # Errors
    /// [`AssetError::Damaged`] when it is not what was written with this key.
    pub fn open(path: &Path, key: &AssetKey) -> Result<Self, AssetError> {
        let mut file = File::open(path)?;
        let mut header = [0u8; HEADER_BYTES];
        file.read_exact(&mut header).map_err(damaged_if_short)?;
        let (magic, prefix) = header.split_at(MAGIC.len());
        let prefix: [u8; PREFIX_BYTES] = prefix.try_into().map_err(|_| AssetError::Damaged)?;
        if magic != MAGIC {
            return Err(AssetError::Damaged);
        }
        let body = file.metadata()?.len() - HEADER_BYTES as u64;
        let last = body
            .checked_sub(1)
            .and_then(|end| u32::try_from(end / SEALED_CHUNK_BYTES).ok())
            .ok_or(AssetError::Damaged)?;
        let chunks = u64::from(last) + 1;
        let len = body
            .checked_sub(chunks * TAG_BYTES as u64)
            .ok_or(AssetError::Damaged)?;
        let mut reader = Self {
            file,
            cipher: ChunkCipher::new(key, prefix),
            len,
            last,
            chunk: Vec::new(),
            chunk_index: None,
        };
        reader.load(last)?;
        // Only an empty asset ends in an empty chunk.
        if reader.chunk.is_empty() && last > 0 {
            return Err(AssetError::Damaged);
        }
        Ok(reader)
    }

    /// Bytes of content.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True when there is no content.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Up to `len` bytes from `offset`; fewer where the content ends.
    ///
    /// # Errors
    /// [`AssetError::Damaged`] when a touched chunk is not what was written.
    pub fn read_range(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, AssetError> {
        let end = self.len.min(offset.saturating_add(len as u64));
        let mut content = Vec::new();
        let mut at = offset;
        while at < end {
            let index = u32::try_from(at / CHUNK_BYTES as u64).map_err(|_| AssetError::Damaged)?;
            self.load(index)?;
            let chunk_start = u64::from(index) * CHUNK_BYTES as u64;
            let from = usize::try_from(at - chunk_start).map_err(|_| AssetError::Damaged)?;
            let to = usize::try_from(end - chunk_start)
                .unwrap_or(usize::MAX)
                .min(self.chunk.len());
            let piece = self.chunk.get(from..to).ok_or(AssetError::Damaged)?;
            if piece.is_empty() {
                return Err(AssetError::Damaged);
            }
            content.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        Ok(content)
    }

    fn load(&mut self, index: u32) -> Result<(), AssetError> {
        if self.chunk_index == Some(index) {
            return Ok(());
        }
        self.chunk_index = None;
        self.chunk.zeroize();
        self.file.seek(SeekFrom::Start(
            HEADER_BYTES as u64 + u64::from(index) * SEALED_CHUNK_BYTES,
        ))?;
        Read::by_ref(&mut self.file)
            .take(SEALED_CHUNK_BYTES)
            .read_to_end(&mut self.chunk)?;
        self.cipher
            .open(index, index == self.last, &mut self.chunk)
            .inspect_err(|_| self.chunk.clear())?;
        self.chunk_index = Some(index);
        Ok(())
    }
}

fn damaged_if_short(error: std::io::Error) -> AssetError {
    if error.kind() == ErrorKind::UnexpectedEof {
        AssetError::Damaged
    } else {
        AssetError::Io(error)
    }
}

impl Drop for AssetReader {
    fn drop(&mut self) {
        self.chunk.zeroize();
    }
}
