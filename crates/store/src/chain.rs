//! Hash chains: every row's hash covers the hash before it, so that a row which was changed,
//! removed or slipped in later shows.

use sha2::{Digest, Sha256};

use crate::StoreError;

/// What stands before the first row of a chain.
pub const GENESIS: [u8; 32] = [0; 32];

/// Where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainBreak {
    /// The first row that is not what its chain says.
    pub seq: i64,
}

/// Hashes fields one after the other, each with its length, so that no two lists of fields look
/// alike. An absent field differs from an empty one.
///
/// A chain is checked row by row over its whole length, so nothing is allocated per field.
pub(crate) struct Link(Vec<u8>);

impl Link {
    pub(crate) fn after(previous: &[u8; 32]) -> Self {
        /// More than the fields of nearly every row need.
        const ROOM: usize = 512;
        let mut fields = Vec::with_capacity(ROOM);
        fields.extend_from_slice(previous);
        Self(fields)
    }

    pub(crate) fn bytes(mut self, value: &[u8]) -> Self {
        let mut digits = itoa::Buffer::new();
        self.0
            .extend_from_slice(digits.format(value.len()).as_bytes());
        self.0.push(b':');
        self.0.extend_from_slice(value);
        self
    }

    pub(crate) fn text(self, value: &str) -> Self {
        self.bytes(value.as_bytes())
    }

    pub(crate) fn optional(mut self, value: Option<&[u8]>) -> Self {
        let Some(value) = value else {
            self.0.extend_from_slice(b"-:");
            return self;
        };
        self.bytes(value)
    }

    pub(crate) fn integer(self, value: i64) -> Self {
        self.text(itoa::Buffer::new().format(value))
    }

    pub(crate) fn hash(self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

pub(crate) fn unhex(text: &str, what: &'static str) -> Result<[u8; 32], StoreError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| StoreError::Unreadable(what))?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_fields_cannot_trade_places() {
        let one = Link::after(&GENESIS).text("ab").text("c").hash();
        let two = Link::after(&GENESIS).text("a").text("bc").hash();
        assert_ne!(one, two, "lengths are part of the hash");
        let absent = Link::after(&GENESIS).optional(None).hash();
        let empty = Link::after(&GENESIS).optional(Some(b"")).hash();
        assert_ne!(absent, empty, "absent is not empty");
    }

    #[test]
    fn a_link_is_the_hash_of_what_came_before_and_of_every_field_with_its_length() {
        let mut plain = GENESIS.to_vec();
        plain.extend_from_slice(b"2:ab3:-12-:0:");
        let expected: [u8; 32] = Sha256::digest(plain).into();
        let link = Link::after(&GENESIS).text("ab").integer(-12);
        assert_eq!(link.optional(None).text("").hash(), expected);
    }
}
