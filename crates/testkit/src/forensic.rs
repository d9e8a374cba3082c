//! The forensic scan for tests: one that cannot read what it should examine must not pass.

use std::path::Path;

use fluxchat_forensic::Scanner;
pub use fluxchat_forensic::{Hit, Needle, all_needles, needles};

/// Scans a database and the `-wal`, `-shm` and `-journal` files beside it, decrypted with the raw
/// key, and as they are.
///
/// # Panics
/// When a file that is there cannot be read, or there is no database.
#[must_use]
pub fn scan_database(path: &Path, key: &[u8; 32], needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles).unwrap();
    scanner.database(path, key).expect("a database to scan")
}

/// Scans every byte of every file below a folder, and the names of files and folders.
///
/// # Panics
/// When the folder is not there or something in it cannot be read.
#[must_use]
pub fn scan_tree(dir: &Path, needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles).unwrap();
    scanner.tree(dir).expect("a folder to scan")
}

/// Scans bytes that were got elsewhere: a memory dump, the output of a program.
///
/// # Panics
/// Without needles.
#[must_use]
pub fn scan_bytes(name: &str, bytes: &[u8], needles: &[Needle]) -> Vec<Hit> {
    Scanner::new(needles).unwrap().bytes(name, bytes)
}
