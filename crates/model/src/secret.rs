use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value that must not be printed, logged or serialised: a token, a passphrase.
///
/// It has no `Display` and no `Serialize`, its `Debug` says nothing, and its memory is
/// overwritten when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Hides a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Every call is a place to look at in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The 256-bit key of an archive, as SQLCipher's raw key.
pub type ArchiveKey = Secret<[u8; 32]>;
