//! The page format of SQLCipher 4 and the frames of SQLite's write-ahead log.

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};

/// Bytes of a page: 4,016 of ciphertext, 16 of IV, 64 of HMAC-SHA512.
pub(crate) const PAGE: usize = 4_096;
const CIPHERTEXT: usize = 4_016;
const IV: usize = 16;
const SALT: usize = 16;
/// Bytes before the first frame of the log.
pub(crate) const WAL_HEADER: usize = 32;
/// Bytes before the page of each frame; the first four are the number of the page.
pub(crate) const FRAME_HEADER: usize = 24;

/// Decrypts a page in place and returns its plain part. With a raw key, the key of the pages is
/// that key itself. The first page begins with the salt, which is not encrypted.
pub(crate) fn decrypt<'p>(page: &'p mut [u8], key: &[u8; 32], first: bool) -> &'p [u8] {
    let start = if first { SALT } else { 0 };
    let mut iv = [0; IV];
    iv.copy_from_slice(&page[CIPHERTEXT..CIPHERTEXT + IV]);
    // Whole blocks without padding cannot fail.
    let _ = Decryptor::<Aes256>::new(&(*key).into(), &iv.into())
        .decrypt_padded::<NoPadding>(&mut page[start..CIPHERTEXT]);
    &page[start..CIPHERTEXT]
}
