//! The forensic scan: does anything remain of what was deleted?
//!
//! It reads what a thief with the key would read: every page of the database and every frame of
//! its write-ahead log, free and stale ones included, decrypted without looking at their HMAC;
//! and every byte of every file in a folder. `sqlcipher_export` and SQL show live rows only and
//! would prove nothing.
//!
//! Depends on nothing of the product, so that the tests of `fluxchat-store` can include this file.

use std::fs;
use std::path::{Path, PathBuf};

use aes::Aes256;
use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};

/// SQLCipher 4: 4,016 bytes of ciphertext, 16 of IV, 64 of HMAC-SHA512.
const PAGE: usize = 4_096;
const CIPHERTEXT: usize = 4_016;
const SALT: usize = 16;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Something that must not be found, in one of the forms it may have taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needle {
    /// Which form: `whole`, `last 6`, `utf-16le`, …
    pub form: &'static str,
    /// The canary it comes from.
    pub canary: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A place where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub file: PathBuf,
    /// Where in it: `page 7`, `frame 3 (page 7)`, `byte 1234`.
    pub place: String,
    /// What was found.
    pub needle: Needle,
}

/// Every form of a canary that a copy, an index or an encoding may have left.
///
/// The search index stores terms without the beginning they share with the term before, hence the
/// endings; it stores Han as pairs of characters, hence the pairs.
#[must_use]
pub fn needles(canary: &str) -> Vec<Needle> {
    let chars: Vec<char> = canary.chars().collect();
    let last =
        |count: usize| -> String { chars[chars.len().saturating_sub(count)..].iter().collect() };
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![
        ("whole", canary.into()),
        ("last 12", last(12).into()),
        ("last 6", last(6).into()),
        ("upper case", canary.to_uppercase().into()),
        ("percent-encoded", percent_encoded(canary).into()),
        ("json-escaped", json_escaped(canary).into()),
        (
            "utf-16le",
            canary.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        (
            "utf-16be",
            canary.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ),
    ];
    for shift in 0..3 {
        forms.push(("base64", base64_inner(&STANDARD_NO_PAD, canary, shift)));
        forms.push(("base64url", base64_inner(&URL_SAFE_NO_PAD, canary, shift)));
    }
    if chars.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) {
        for pair in chars.windows(2) {
            forms.push(("pair", pair.iter().collect::<String>().into()));
        }
    }
    let mut needles: Vec<Needle> = forms
        .into_iter()
        .filter(|(_, bytes)| bytes.len() >= 6)
        .map(|(form, bytes)| Needle {
            form,
            canary: canary.to_owned(),
            bytes,
        })
        .collect();
    needles.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    needles.dedup_by(|a, b| a.bytes == b.bytes);
    needles
}

/// The needles of several canaries.
#[must_use]
pub fn all_needles<S: AsRef<str>>(canaries: &[S]) -> Vec<Needle> {
    canaries
        .iter()
        .flat_map(|canary| needles(canary.as_ref()))
        .collect()
}

/// Scans a database and the `-wal`, `-shm` and `-journal` files beside it, decrypted with the raw
/// key, and as they are.
///
/// # Panics
/// When a file that is there cannot be read, or there is no database: a scan of nothing must not
/// pass.
#[must_use]
pub fn scan_database(path: &Path, key: &[u8; 32], needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles);
    let mut hits = Vec::new();
    let database = fs::read(path).expect("there is a database to scan");
    for (index, page) in database.chunks_exact(PAGE).enumerate() {
        let place = format!("page {}", index + 1);
        let plain = decrypt(page, key, index == 0);
        scanner.scan(path, &plain, |_| place.clone(), &mut hits);
    }
    let wal = beside(path, "-wal");
    if let Ok(log) = fs::read(&wal) {
        let frames = log.get(WAL_HEADER..).unwrap_or_default();
        for (index, frame) in frames.chunks_exact(FRAME_HEADER + PAGE).enumerate() {
            let number = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
            let place = format!("frame {} (page {number})", index + 1);
            let plain = decrypt(&frame[FRAME_HEADER..], key, number == 1);
            scanner.scan(&wal, &plain, |_| place.clone(), &mut hits);
        }
    }
    for file in [
        path.to_owned(),
        wal,
        beside(path, "-shm"),
        beside(path, "-journal"),
    ] {
        if file.exists() {
            scanner.scan_file(&file, &mut hits);
        }
    }
    hits
}

/// Scans every byte of every file below a folder, and the names of files and folders.
///
/// # Panics
/// When the folder is not there or something in it cannot be read.
#[must_use]
pub fn scan_tree(dir: &Path, needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles);
    let mut hits = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            if let Some(name) = path.file_name() {
                let place = |_| "its name".to_owned();
                scanner.scan(&path, name.as_encoded_bytes(), place, &mut hits);
            }
            let kind = fs::symlink_metadata(&path).expect("the file is there");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                scanner.scan_file(&path, &mut hits);
            }
        }
    }
    hits
}

/// Scans bytes that were got elsewhere: a memory dump, the output of a program.
#[must_use]
pub fn scan_bytes(name: &str, bytes: &[u8], needles: &[Needle]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let place = |at| format!("byte {at}");
    Scanner::new(needles).scan(Path::new(name), bytes, place, &mut hits);
    hits
}

struct Scanner<'n> {
    needles: &'n [Needle],
    automaton: AhoCorasick,
}

impl<'n> Scanner<'n> {
    fn new(needles: &'n [Needle]) -> Self {
        assert!(!needles.is_empty(), "a scan for nothing must not pass");
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles.iter().map(|needle| &needle.bytes))
            .expect("needles are few and short");
        Self { needles, automaton }
    }

    fn scan_file(&self, path: &Path, hits: &mut Vec<Hit>) {
        let bytes = fs::read(path).expect("the file can be read");
        self.scan(path, &bytes, |at| format!("byte {at}"), hits);
    }

    fn scan(
        &self,
        file: &Path,
        bytes: &[u8],
        place: impl Fn(usize) -> String,
        hits: &mut Vec<Hit>,
    ) {
        for found in self.automaton.find_overlapping_iter(bytes) {
            hits.push(Hit {
                file: file.to_owned(),
                place: place(found.start()),
                needle: self.needles[found.pattern().as_usize()].clone(),
            });
        }
    }
}

/// With a raw key, the key of the pages is that key itself.
fn decrypt(page: &[u8], key: &[u8; 32], first: bool) -> Vec<u8> {
    let start = if first { SALT } else { 0 };
    let mut plain = page[start..CIPHERTEXT].to_vec();
    let iv: [u8; 16] = page[CIPHERTEXT..CIPHERTEXT + 16]
        .try_into()
        .expect("sixteen bytes");
    Decryptor::<Aes256>::new(&(*key).into(), &iv.into())
        .decrypt_padded::<NoPadding>(&mut plain)
        .expect("whole blocks");
    plain
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn json_escaped(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

/// The characters of the encoding that do not depend on what stands before and after.
fn base64_inner(engine: &impl Engine, text: &str, shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(text.as_bytes());
    let encoded = engine.encode(&bytes);
    let skip = if shift == 0 { 0 } else { shift + 1 };
    let keep = encoded.len() - usize::from(!bytes.len().is_multiple_of(3));
    encoded.as_bytes()[skip..keep].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alignment_of_base64_is_found() {
        let canary = "qwertyuiopasdfghjklzxcvb";
        for before in ["", "a", "ab", "abc"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}{canary}tail"));
            assert!(
                scan_bytes("memory", encoded.as_bytes(), &needles(canary))
                    .iter()
                    .any(|hit| hit.needle.form.starts_with("base64")),
                "found behind “{before}”"
            );
        }
    }

    #[test]
    fn wide_and_escaped_forms_are_found() {
        let canary = "qwertyuiopasdfghjklzxcvb";
        let wide: Vec<u8> = canary.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!scan_bytes("memory", &wide, &needles(canary)).is_empty());
        let escaped = json_escaped(canary);
        assert!(!scan_bytes("memory", escaped.as_bytes(), &needles(canary)).is_empty());
        assert!(scan_bytes("memory", b"nothing of it", &needles(canary)).is_empty());
    }
}
