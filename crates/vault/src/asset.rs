//! Media at rest: one file, one random key, readable in ranges.
//!
//! The content is cut into chunks of 64 KiB, each sealed with XChaCha20-Poly1305 after the STREAM
//! construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of a chunk is the random
//! prefix of the file, the number of the chunk and whether it is the last. So a chunk that was
//! changed, moved, repeated, left out or taken from another file is refused, and so is a file
//! that ends early. Nothing is written in plain text on the way.
//!
//! ```text
//! header   "FLUXAST" version(1 byte) nonce prefix(19 bytes)
//! chunk    up to 65,536 bytes of ciphertext, 16 bytes of tag
//! ```

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use fluxchat_model::Secret;

use crate::{VaultError, seal};

mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub use reader::AssetReader;
pub use writer::{AssetWriter, WrittenAsset};

/// The key of one asset file. It stands in the row of the asset and nowhere else, so deleting the
/// row destroys the file.
pub type AssetKey = Secret<[u8; 32]>;

const MAGIC: [u8; 8] = *b"FLUXAST\x01";
const PREFIX_BYTES: usize = 19;
const HEADER_BYTES: usize = MAGIC.len() + PREFIX_BYTES;
const CHUNK_BYTES: usize = 64 * 1024;
const TAG_BYTES: usize = 16;
const HASH_CONTEXT: &str = "fluxchat 2026-11 asset content hash v1";

/// What can happen to an asset.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// The file could not be read or written.
    #[error("the media file could not be used ({})", .0.kind())]
    Io(#[from] std::io::Error),
    /// The file is not what was written with this key: damaged, cut short, or another file.
    #[error("the media file is damaged")]
    Damaged,
    /// No file may be this long.
    #[error("the media file is too large")]
    TooLarge,
    /// The system gave no random bytes.
    #[error("the system gave no random numbers")]
    NoRandomness,
}

impl AssetError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "asset_io",
            Self::Damaged => "asset_damaged",
            Self::TooLarge => "asset_too_large",
            Self::NoRandomness => "no_randomness",
        }
    }
}

/// A new random key for one file.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_key() -> Result<AssetKey, VaultError> {
    seal::random_key()
}

/// Seals and opens the chunks of one file.
struct ChunkCipher {
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX_BYTES],
}

impl ChunkCipher {
    fn new(key: &AssetKey, prefix: [u8; PREFIX_BYTES]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.expose().into()),
            prefix,
        }
    }

    fn nonce(&self, index: u32, last: bool) -> XNonce {
        let mut nonce = [0u8; 24];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        nonce[PREFIX_BYTES..23].copy_from_slice(&index.to_be_bytes());
        nonce[23] = u8::from(last);
        XNonce::from(nonce)
    }

    fn seal(&self, index: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), AssetError> {
        let tag = self
            .cipher
            .encrypt_inout_detached(
                &self.nonce(index, last),
                &MAGIC,
                chunk.as_mut_slice().into(),
            )
            .map_err(|_| AssetError::TooLarge)?;
        chunk.extend_from_slice(&tag);
        Ok(())
    }

    fn open(&self, index: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), AssetError> {
        let body = chunk
            .len()
            .checked_sub(TAG_BYTES)
            .ok_or(AssetError::Damaged)?;
        let tag: [u8; TAG_BYTES] = chunk[body..].try_into().map_err(|_| AssetError::Damaged)?;
        chunk.truncate(body);
        self.cipher
            .decrypt_inout_detached(
                &self.nonce(index, last),
                &MAGIC,
                chunk.as_mut_slice().into(),
                &Tag::from(tag),
            )
            .map_err(|_| AssetError::Damaged)
    }
}
