//! The head of the write-ahead log. SQLite ignores a log whose head is damaged as if it were
//! empty, and the next write begins a new one over it: what was committed there would be gone
//! without a word. So it is looked at before SQLite does.

use std::io::Read as _;
use std::path::Path;

use crate::StoreError;

const HEAD: usize = 32;
/// The head of the first frame stands right behind; a log without it holds no commit.
const WITH_FIRST_FRAME: usize = HEAD + 24;
/// `WAL_MAGIC` of wal.c; the lowest bit says whether the sums are of big-endian words.
const MAGIC: u32 = 0x377f_0682;
const BIG_ENDIAN: u32 = 1;
/// A writer beside may be replacing the head just now.
const LOOKS: u32 = 5;

/// Fails if the log beside a database has content under a damaged head.
///
/// # Errors
/// `corrupt`; when the log cannot be read.
pub(crate) fn check(database: &Path) -> Result<(), StoreError> {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    for _ in 0..LOOKS {
        let mut head = Vec::with_capacity(WITH_FIRST_FRAME);
        match std::fs::File::open(&name) {
            Ok(file) => file.take(WITH_FIRST_FRAME as u64).read_to_end(&mut head)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if is_sound(&head) {
            return Ok(());
        }
        std::thread::yield_now();
    }
    tracing::warn!(name: "archive.log_damaged", "");
    Err(StoreError::Corrupt)
}

/// Nothing, zeros (a file that was made longer and never written), or a head with its own sum.
fn is_sound(start: &[u8]) -> bool {
    if start.len() < WITH_FIRST_FRAME || start.iter().all(|byte| *byte == 0) {
        return true;
    }
    let word = |at: usize, big: bool| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&start[at..at + 4]);
        if big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    };
    let magic = word(0, true);
    if magic & !BIG_ENDIAN != MAGIC {
        return false;
    }
    let big = magic & BIG_ENDIAN != 0;
    let mut sum = [0_u32; 2];
    for at in (0..24).step_by(8) {
        sum[0] = sum[0].wrapping_add(word(at, big)).wrapping_add(sum[1]);
        sum[1] = sum[1].wrapping_add(word(at + 4, big)).wrapping_add(sum[0]);
    }
    sum == [word(24, true), word(28, true)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head that SQLite itself writes.
    fn written() -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a)")
            .unwrap();
        let log = std::fs::read(dir.path().join("a.db-wal")).unwrap();
        log[..WITH_FIRST_FRAME].to_vec()
    }

    #[test]
    fn every_flipped_bit_of_a_head_is_seen() {
        let head = written();
        assert!(is_sound(&head));
        for bit in 0..HEAD * 8 {
            let mut damaged = head.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_sound(&damaged), "bit {bit}");
        }
    }

    #[test]
    fn a_log_that_holds_nothing_is_no_damage() {
        assert!(is_sound(&[]));
        assert!(is_sound(&written()[..20]), "a head that was never finished");
        assert!(is_sound(&[0; WITH_FIRST_FRAME]));
    }
}
