use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::Needle;
use crate::page::{FRAME_HEADER, PAGE, WAL_HEADER, decrypt};

/// How much of a file is held in memory at a time.
const WINDOW: usize = 1 << 20;

/// A place where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub file: PathBuf,
    /// Where in it: `page 7`, `frame 3 (page 7)`, `byte 1234`, `its name`.
    pub place: String,
    /// What was found.
    pub needle: Needle,
}

/// Searches for many needles at once.
pub struct Scanner<'n> {
    needles: &'n [Needle],
    automaton: AhoCorasick,
    longest: usize,
}

impl<'n> Scanner<'n> {
    /// Prepares a search.
    ///
    /// # Errors
    /// Without needles: a scan for nothing would always pass.
    pub fn new(needles: &'n [Needle]) -> io::Result<Self> {
        let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
        let longest = needles.iter().map(|needle| needle.bytes.len()).max();
        let longest = longest.ok_or_else(|| refused("there is nothing to scan for"))?;
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(needles.iter().map(|needle| &needle.bytes))
            .map_err(|_| refused("the needles are too many or too long"))?;
        Ok(Self {
            needles,
            automaton,
            longest,
        })
    }

    /// Scans a database and the `-wal`, `-shm` and `-journal` files beside it, decrypted with the
    /// raw key, and as they are.
    ///
    /// # Errors
    /// When a file that is there cannot be read, or there is no database: a scan of nothing must
    /// not pass.
    pub fn database(&self, path: &Path, key: &[u8; 32]) -> io::Result<Vec<Hit>> {
        let mut hits = self.pages(path, key)?;
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let file = beside(path, suffix);
            if file.exists() {
                self.file(&file, &mut hits)?;
            }
        }
        Ok(hits)
    }

    /// Scans the decrypted pages of a database and of its write-ahead log, and nothing else.
    ///
    /// # Errors
    /// As [`Scanner::database`].
    pub fn pages(&self, path: &Path, key: &[u8; 32]) -> io::Result<Vec<Hit>> {
        let mut hits = Vec::new();
        let mut page = [0; PAGE];
        let mut database = io::BufReader::with_capacity(WINDOW, File::open(path)?);
        let mut number = 0_u64;
        while read_whole(&mut database, &mut page)? {
            number += 1;
            let plain = decrypt(&mut page, key, number == 1);
            self.search(path, plain, 0, |_| format!("page {number}"), &mut hits);
        }
        let wal = beside(path, "-wal");
        if let Some(log) = open_if_there(&wal)? {
            let mut log = io::BufReader::with_capacity(WINDOW, log);
            let (mut header, mut frame) = ([0; WAL_HEADER], [0; FRAME_HEADER + PAGE]);
            if read_whole(&mut log, &mut header)? {
                let mut index = 0_u64;
                while read_whole(&mut log, &mut frame)? {
                    index += 1;
                    let number = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
                    let plain = decrypt(&mut frame[FRAME_HEADER..], key, number == 1);
                    let place = |_| format!("frame {index} (page {number})");
                    self.search(&wal, plain, 0, place, &mut hits);
                }
            }
        }
        Ok(hits)
    }

    /// Scans every byte of every file below a folder, and the names of files and folders. A file
    /// that ends while the scan runs is passed over.
    ///
    /// # Errors
    /// When the folder is not there or something in it cannot be read.
    pub fn tree(&self, folder: &Path) -> io::Result<Vec<Hit>> {
        let mut hits = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if let Some(name) = path.file_name() {
                    let place = |_| "its name".to_owned();
                    self.search(&path, name.as_encoded_bytes(), 0, place, &mut hits);
                }
                match fs::symlink_metadata(&path) {
                    Ok(meta) if meta.is_dir() => folders.push(path),
                    Ok(meta) if meta.is_file() => self.file(&path, &mut hits)?,
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(hits)
    }

    /// Scans bytes that were got elsewhere: a memory dump, the output of a program.
    #[must_use]
    pub fn bytes(&self, name: &str, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let place = |at| format!("byte {at}");
        self.search(Path::new(name), bytes, 0, place, &mut hits);
        hits
    }

    fn file(&self, path: &Path, hits: &mut Vec<Hit>) -> io::Result<()> {
        let Some(mut file) = open_if_there(path)? else {
            return Ok(());
        };
        // A needle may lie across two windows: the end of one is the beginning of the next.
        let overlap = self.longest - 1;
        let mut window = vec![0; WINDOW + overlap];
        let (mut kept, mut before) = (0, 0_usize);
        loop {
            let read = fill(&mut file, &mut window[kept..])?;
            if read == 0 {
                return Ok(());
            }
            let end = kept + read;
            let base = before;
            let place = |at| format!("byte {}", base + at);
            self.search(path, &window[..end], kept, place, hits);
            let keep = overlap.min(end);
            window.copy_within(end - keep..end, 0);
            before += end - keep;
            kept = keep;
        }
    }

    /// Reports what ends after the first `seen` bytes; the others were searched before.
    fn search(
        &self,
        file: &Path,
        bytes: &[u8],
        seen: usize,
        place: impl Fn(usize) -> String,
        hits: &mut Vec<Hit>,
    ) {
        for found in self.automaton.find_overlapping_iter(bytes) {
            if found.end() > seen {
                hits.push(Hit {
                    file: file.to_owned(),
                    place: place(found.start()),
                    needle: self.needles[found.pattern().as_usize()].clone(),
                });
            }
        }
    }
}

fn open_if_there(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads until the buffer is full or the file ends; how much there was.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn read_whole(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    Ok(fill(file, buffer)? == buffer.len())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needles;

    const CANARY: &str = "qwertyuiopasdfghjklzxcvb";

    fn whole(hits: &[Hit]) -> Vec<String> {
        let whole = hits.iter().filter(|hit| hit.needle.form == "whole");
        whole.map(|hit| hit.place.clone()).collect()
    }

    #[test]
    fn a_scan_for_nothing_is_refused() {
        assert!(Scanner::new(&[]).is_err());
    }

    #[test]
    fn what_lies_across_two_windows_is_found_once() {
        let dir = tempfile::tempdir().unwrap();
        let needles = needles(CANARY);
        let scanner = Scanner::new(&needles).unwrap();
        for at in [0, 17, WINDOW - 5, WINDOW, WINDOW + 30, 2 * WINDOW - 1] {
            let mut bytes = vec![b'.'; 3 * WINDOW];
            bytes[at..at + CANARY.len()].copy_from_slice(CANARY.as_bytes());
            fs::write(dir.path().join("file"), &bytes).unwrap();
            let hits = scanner.tree(dir.path()).unwrap();
            assert_eq!(whole(&hits), [format!("byte {at}")]);
        }
    }

    #[test]
    fn names_are_read_too() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(format!("a {CANARY}"))).unwrap();
        let needles = needles(CANARY);
        let hits = Scanner::new(&needles).unwrap().tree(dir.path()).unwrap();
        assert_eq!(whole(&hits), ["its name"]);
    }

    #[test]
    fn without_a_database_there_is_no_verdict() {
        let needles = needles(CANARY);
        let scanner = Scanner::new(&needles).unwrap();
        assert!(
            scanner
                .database(Path::new("/nowhere/archive.db"), &[0; 32])
                .is_err()
        );
    }
}
