//! Knows whether a passphrase is the right one, and nothing that would help to guess it cheaply.

use fluxchat_model::Secret;
use serde::{Deserialize, Serialize};

use crate::VaultError;
use crate::passphrase::{KdfCost, PassphraseSlot, Use};

/// What is kept of a passphrase that opens nothing: a random key that nobody needs, wrapped by it
/// (Argon2id). The right passphrase unwraps it, every other one fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verifier(PassphraseSlot);

impl Verifier {
    /// For a passphrase. Blocks while it is stretched.
    ///
    /// # Errors
    /// When it is empty, or the system has no randomness or memory for it.
    pub fn new(passphrase: &Secret<String>, cost: KdfCost) -> Result<Self, VaultError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        PassphraseSlot::wrap(&Secret::new(key), passphrase, cost, Use::Verifier).map(Self)
    }

    /// Whether it is the right one. Blocks while it is stretched.
    ///
    /// # Errors
    /// When what is kept is damaged, or there is no memory for it.
    pub fn knows(&self, passphrase: &Secret<String>) -> Result<bool, VaultError> {
        match self.0.unwrap(passphrase, Use::Verifier) {
            Ok(_) => Ok(true),
            Err(VaultError::WrongPassphrase) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_is_known_and_it_is_not_kept() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let cost = KdfCost::cheapest();
        let kept = Verifier::new(&secret("plum cake"), cost).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("plum"), "{text}");
        let read: Verifier = serde_json::from_str(&text).unwrap();
        assert!(read.knows(&secret("plum cake")).unwrap());
        assert!(!read.knows(&secret("plum tart")).unwrap());
        assert!(Verifier::new(&secret(""), cost).is_err());
    }
}
