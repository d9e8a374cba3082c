//! Small secrets under a key: XChaCha20-Poly1305 with a random nonce in front.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use fluxchat_model::Secret;
use zeroize::Zeroize;

use crate::VaultError;

pub(crate) const NONCE_BYTES: usize = 24;

/// A 256-bit key with one use.
pub(crate) type SealKey = Secret<[u8; 32]>;

/// A key that can be had from the archive key, but not the other way round.
pub(crate) fn derive(context: &str, key: &[u8; 32]) -> SealKey {
    Secret::new(blake3::derive_key(context, key))
}

/// Random key.
pub(crate) fn random_key() -> Result<SealKey, VaultError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    let key = Secret::new(bytes);
    bytes.zeroize();
    Ok(key)
}

/// Nonce and ciphertext. `context` must be the same for opening.
pub(crate) fn seal(key: &SealKey, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0u8; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let payload = Payload {
        msg: plain,
        aad: context,
    };
    let sealed = XChaCha20Poly1305::new(key.expose().into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| VaultError::Encryption)?;
    let mut out = nonce.to_vec();
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// What was sealed; `None` when key, context or bytes are not the same.
pub(crate) fn open(key: &SealKey, context: &[u8], sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_BYTES)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: body,
        aad: context,
    };
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(&XNonce::from(nonce), payload)
        .ok()
        .map(Secret::new)
}
