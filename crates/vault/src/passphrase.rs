//! The archive key under a passphrase (Argon2id, RFC 9106).

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fluxchat_model::{ArchiveKey, Secret};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize, Zeroizing};

use crate::VaultError;
use crate::seal::{self, SealKey};

/// What one guess at a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfCost {
    /// Memory in KiB.
    pub m: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl Default for KdfCost {
    /// 64 MiB and three passes: the second recommended option of RFC 9106 with one lane.
    fn default() -> Self {
        Self {
            m: 64 * 1024,
            t: 3,
            p: 1,
        }
    }
}

impl KdfCost {
    /// As cheap as Argon2id goes. For tests only.
    #[cfg(feature = "test-util")]
    #[must_use]
    pub fn cheapest() -> Self {
        Self { m: 8, t: 1, p: 1 }
    }

    /// What a damaged or foreign file may make us spend.
    fn is_affordable(self) -> bool {
        self.m <= 1024 * 1024 && self.t <= 64 && self.p <= 16
    }
}

/// What opens a slot. A slot moved to the place of another kind does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Passphrase,
    Recovery,
    Verifier,
}

/// A wrapped key as it stands in `keyslots.json`. Binary fields are base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassphraseSlot {
    pub kdf: String,
    pub m: u32,
    pub t: u32,
    pub p: u32,
    pub salt: String,
    pub nonce: String,
    pub wrapped_key: String,
}

const KDF: &str = "argon2id";

impl PassphraseSlot {
    /// Wraps a key.
    pub fn wrap(
        key: &ArchiveKey,
        passphrase: &Secret<String>,
        cost: KdfCost,
        used: Use,
    ) -> Result<Self, VaultError> {
        if passphrase.expose().is_empty() {
            return Err(VaultError::EmptyPassphrase);
        }
        let mut salt = [0u8; 16];
        getrandom::fill(&mut salt)?;
        let wrapping_key = stretch(passphrase, &salt, cost)?;
        let sealed = seal::seal(&wrapping_key, &context(used, cost, &salt), key.expose())?;
        let (nonce, wrapped) = sealed.split_at(seal::NONCE_BYTES);
        Ok(Self {
            kdf: KDF.to_owned(),
            m: cost.m,
            t: cost.t,
            p: cost.p,
            salt: STANDARD.encode(salt),
            nonce: STANDARD.encode(nonce),
            wrapped_key: STANDARD.encode(wrapped),
        })
    }

    /// The key, if the passphrase is the right one.
    pub fn unwrap(&self, passphrase: &Secret<String>, used: Use) -> Result<ArchiveKey, VaultError> {
        let damaged = || VaultError::Damaged("keyslots.json");
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| damaged());
        let cost = KdfCost {
            m: self.m,
            t: self.t,
            p: self.p,
        };
        if self.kdf != KDF || !cost.is_affordable() {
            return Err(damaged());
        }
        let salt = decode(&self.salt)?;
        let mut sealed = decode(&self.nonce)?;
        sealed.extend(decode(&self.wrapped_key)?);
        if salt.len() < 8 || sealed.len() != seal::NONCE_BYTES + 32 + 16 {
            return Err(damaged());
        }
        let wrapping_key = stretch(passphrase, &salt, cost)?;
        let plain = seal::open(&wrapping_key, &context(used, cost, &salt), &sealed)
            .ok_or(VaultError::WrongPassphrase)?;
        let mut key: [u8; 32] = plain
            .expose()
            .as_slice()
            .try_into()
            .map_err(|_| damaged())?;
        let secret = Secret::new(key);
        key.zeroize();
        Ok(secret)
    }
}

/// Binds the wrapped key to how it was wrapped.
fn context(used: Use, cost: KdfCost, salt: &[u8]) -> Vec<u8> {
    let mut context = match used {
        Use::Passphrase => b"fluxchat key slot v1".to_vec(),
        Use::Recovery => b"fluxchat recovery slot v1".to_vec(),
        Use::Verifier => b"fluxchat guardian verifier v1".to_vec(),
    };
    for number in [cost.m, cost.t, cost.p] {
        context.extend_from_slice(&number.to_be_bytes());
    }
    context.extend_from_slice(salt);
    context
}

fn stretch(passphrase: &Secret<String>, salt: &[u8], cost: KdfCost) -> Result<SealKey, VaultError> {
    let params = Params::new(cost.m, cost.t, cost.p, Some(32))
        .map_err(|_| VaultError::Damaged("keyslots.json"))?;
    // The same passphrase typed on another system may be composed differently.
    let composed: Zeroizing<String> = Zeroizing::new(passphrase.expose().nfc().collect());
    let mut out = [0u8; 32];
    let stretched = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        composed.as_bytes(),
        salt,
        &mut out,
    );
    let key = Secret::new(out);
    out.zeroize();
    stretched.map_err(|_| VaultError::KeyDerivation)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn only_the_passphrase_opens_the_slot_however_it_is_composed() {
        let cost = KdfCost { m: 8, t: 1, p: 1 };
        let key = Secret::new([7u8; 32]);
        let slot = PassphraseSlot::wrap(&key, &secret("caf\u{e9} au lait"), cost, Use::Passphrase)
            .unwrap();
        let again = slot
            .unwrap(&secret("cafe\u{301} au lait"), Use::Passphrase)
            .unwrap();
        assert_eq!(again.expose(), key.expose());
        assert!(matches!(
            slot.unwrap(&secret("cafe au lait"), Use::Passphrase),
            Err(VaultError::WrongPassphrase)
        ));
        assert!(matches!(
            PassphraseSlot::wrap(&key, &secret(""), cost, Use::Passphrase),
            Err(VaultError::EmptyPassphrase)
        ));
    }

    #[test]
    fn a_slot_opens_only_for_its_use() {
        let cost = KdfCost { m: 8, t: 1, p: 1 };
        let key = Secret::new([7u8; 32]);
        let slot = PassphraseSlot::wrap(&key, &secret("x"), cost, Use::Recovery).unwrap();
        assert!(slot.unwrap(&secret("x"), Use::Passphrase).is_err());
        assert!(slot.unwrap(&secret("x"), Use::Recovery).is_ok());
    }

    #[test]
    fn a_changed_slot_is_refused() {
        let cost = KdfCost { m: 8, t: 1, p: 1 };
        let slot =
            PassphraseSlot::wrap(&Secret::new([7u8; 32]), &secret("x"), cost, Use::Passphrase)
                .unwrap();
        let tampered = [
            PassphraseSlot {
                t: 2,
                ..slot.clone()
            },
            PassphraseSlot {
                m: u32::MAX,
                ..slot.clone()
            },
            PassphraseSlot {
                kdf: "none".into(),
                ..slot.clone()
            },
            PassphraseSlot {
                salt: STANDARD.encode([1u8; 16]),
                ..slot.clone()
            },
            PassphraseSlot {
                nonce: "?".into(),
                ..slot.clone()
            },
            PassphraseSlot {
                wrapped_key: String::new(),
                ..slot
            },
        ];
        for slot in tampered {
            assert!(
                slot.unwrap(&secret("x"), Use::Passphrase).is_err(),
                "{slot:?}"
            );
        }
    }
}
