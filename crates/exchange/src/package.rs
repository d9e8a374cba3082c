use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fluxchat_model::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What the manifest calls this format.
pub const FORMAT: &str = "fluxchat-export";
/// Raised when a reader of the version before would misread something.
pub const FORMAT_VERSION: u32 = 1;

/// From this size on an entry is announced as one that may pass 4 GiB.
const LARGE: u64 = 1 << 30;
const MANIFEST: &str = "manifest.json";

/// Why a package could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The place it is written to.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The container: a name that is there already, or too many bytes for it.
    #[error("the container refused an entry")]
    Container,
    /// A row has no JSON form.
    #[error("a row has no JSON form")]
    Json,
}

impl From<zip::result::ZipError> for PackError {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => Self::Io(error),
            _ => Self::Container,
        }
    }
}

impl From<serde_json::Error> for PackError {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            Self::Io(error.into())
        } else {
            Self::Json
        }
    }
}

/// What stands in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Words or JSON: compressed.
    Text,
    /// A file of its own format, with its size: stored as it is.
    Media(u64),
}

/// An entry as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its path in the package.
    pub path: String,
    /// SHA-256 in hex, unpacked.
    pub sha256: String,
    /// Bytes, unpacked.
    pub bytes: u64,
    /// How many rows, where it has rows.
    pub records: Option<u64>,
    /// The path of the JSON Schema of its rows, or of it.
    pub schema: Option<String>,
}

/// Something that could not be taken along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry it is about.
    pub path: String,
    /// A stable word: `asset_damaged`, `asset_io`, …
    pub code: String,
}

/// The last entry: what all the others are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The version of the app that wrote it.
    pub app_version: String,
    /// When (RFC 3339, UTC). Everything in it is as it was at one moment right before.
    pub created_at: String,
    /// Rows per file of rows.
    pub counts: BTreeMap<String, u64>,
    /// What could not be taken along; empty when all is well.
    pub problems: Vec<Problem>,
    /// Every other entry, in order.
    pub entries: Vec<Listed>,
}

/// A package that is being written.
pub struct Package<W: Write> {
    zip: Option<ZipWriter<StreamWriter<Sink<W>>>>,
    abandoned: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    entries: Vec<Listed>,
    problems: Vec<Problem>,
    at: Timestamp,
}

/// An entry that is being written.
pub struct Entry<'p, W: Write> {
    package: &'p mut Package<W>,
    path: String,
    schema: Option<String>,
    hash: Sha256,
    bytes: u64,
    records: Option<u64>,
}

/// Counts what arrives, and swallows it once the package is given up: the container would write
/// its end even then.
struct Sink<W> {
    out: W,
    abandoned: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes).inspect_err(|error| {
            // After a failure nothing more is tried, or said, by the container.
            if error.kind() != io::ErrorKind::Interrupted {
                self.abandoned.store(true, Ordering::Relaxed);
            }
        })?;
        self.written.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.out.flush()
    }
}

impl<W: Write> Package<W> {
    /// An empty package; `at` is the time its entries bear.
    pub fn new(out: W, at: Timestamp) -> Self {
        let (abandoned, written) = (Arc::default(), Arc::default());
        let sink = Sink {
            out,
            abandoned: Arc::clone(&abandoned),
            written: Arc::clone(&written),
        };
        Self {
            zip: Some(ZipWriter::new_stream(sink)),
            abandoned,
            written,
            entries: Vec::new(),
            problems: Vec::new(),
            at,
        }
    }

    /// Bytes that were written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Begins an entry. `expected` is about how large it will be.
    ///
    /// # Errors
    /// When the name is taken or nothing can be written.
    pub fn entry(
        &mut self,
        path: &str,
        kind: EntryKind,
        expected: u64,
    ) -> Result<Entry<'_, W>, PackError> {
        let (method, expected) = match kind {
            EntryKind::Text => (CompressionMethod::Deflated, expected),
            EntryKind::Media(bytes) => (CompressionMethod::Stored, bytes.max(expected)),
        };
        let options = SimpleFileOptions::DEFAULT
            .compression_method(method)
            .last_modified_time(clock_face(self.at))
            .unix_permissions(0o600)
            .large_file(expected >= LARGE);
        self.zip()?.start_file(path, options)?;
        Ok(Entry {
            package: self,
            path: path.to_owned(),
            schema: None,
            hash: Sha256::new(),
            bytes: 0,
            records: None,
        })
    }

    /// Writes a whole small entry.
    ///
    /// # Errors
    /// As for [`Package::entry`].
    pub fn text(&mut self, path: &str, text: &str) -> Result<(), PackError> {
        let mut entry = self.entry(path, EntryKind::Text, text.len() as u64)?;
        entry.write_all(text.as_bytes())?;
        entry.finish();
        Ok(())
    }

    /// Writes one JSON document.
    ///
    /// # Errors
    /// As for [`Package::entry`].
    pub fn document<T: Serialize>(&mut self, path: &str, value: &T) -> Result<(), PackError> {
        let mut entry = self.entry(path, EntryKind::Text, 0)?.with_schema(path);
        serde_json::to_writer_pretty(&mut entry, value)?;
        entry.write_all(b"\n")?;
        entry.finish();
        Ok(())
    }

    /// Notes something that could not be taken along.
    pub fn problem(&mut self, path: &str, code: &str) {
        self.problems.push(Problem {
            path: path.to_owned(),
            code: code.to_owned(),
        });
    }

    /// Writes the manifest and the end.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn finish(mut self, app_version: &str) -> Result<(W, Manifest), PackError> {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            app_version: app_version.to_owned(),
            created_at: rfc3339(self.at),
            counts: self
                .entries
                .iter()
                .filter_map(|entry| {
                    let name = entry.path.strip_suffix(".jsonl")?;
                    Some((name.to_owned(), entry.records?))
                })
                .collect(),
            problems: std::mem::take(&mut self.problems),
            entries: std::mem::take(&mut self.entries),
        };
        let mut entry = self.entry(MANIFEST, EntryKind::Text, 0)?;
        serde_json::to_writer_pretty(&mut entry, &manifest)?;
        entry.write_all(b"\n")?;
        entry.finish();
        let zip = self.zip.take().ok_or(PackError::Container)?;
        let sink = zip.finish()?.into_inner();
        Ok((sink.out, manifest))
    }

    fn zip(&mut self) -> Result<&mut ZipWriter<StreamWriter<Sink<W>>>, PackError> {
        self.zip.as_mut().ok_or(PackError::Container)
    }
}

impl<W: Write> Drop for Package<W> {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

impl<W: Write> Entry<'_, W> {
    /// Names the schema of its rows by the path of the entry they describe.
    #[must_use]
    pub fn with_schema(mut self, of: &str) -> Self {
        let name = of.split_once('.').map_or(of, |(name, _)| name);
        self.schema = Some(format!("schema/{name}.schema.json"));
        self
    }

    /// Writes a row as one line of JSON.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn row<T: Serialize>(&mut self, row: &T) -> Result<(), PackError> {
        serde_json::to_writer(&mut *self, row)?;
        self.write_all(b"\n")?;
        self.records = Some(self.records.unwrap_or(0) + 1);
        Ok(())
    }

    /// Bytes the package has so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.package.written()
    }

    /// Notes something about this entry that could not be taken along.
    pub fn problem(&mut self, code: &str) {
        let path = self.path.clone();
        self.package.problem(&path, code);
    }

    /// Ends the entry. `rows` in a file without any are none, not unknown.
    pub fn finish(self) {
        let records = self
            .path
            .ends_with(".jsonl")
            .then(|| self.records.unwrap_or(0));
        self.package.entries.push(Listed {
            sha256: hex::encode(self.hash.finalize()),
            bytes: self.bytes,
            records,
            schema: self.schema,
            path: self.path,
        });
    }
}

impl<W: Write> Write for Entry<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let zip = self
            .package
            .zip
            .as_mut()
            .ok_or(io::ErrorKind::NotConnected)?;
        let written = zip.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn utc(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub(crate) fn rfc3339(at: Timestamp) -> String {
    utc(at).format(&Rfc3339).unwrap_or_default()
}

/// The containers' clock knows 1980 to 2107.
fn clock_face(at: Timestamp) -> DateTime {
    let at = utc(at);
    DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(0),
        at.month().into(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
    )
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read as _};

    fn sample() -> (Vec<u8>, Manifest) {
        let mut package = Package::new(Vec::new(), Timestamp(1_795_000_000_000));
        package.text("README.md", "hello\n").unwrap();
        let mut entry = package
            .entry("rows.jsonl", EntryKind::Text, 0)
            .unwrap()
            .with_schema("rows.jsonl");
        for number in 0..3 {
            entry.row(&serde_json::json!({ "number": number })).unwrap();
        }
        entry.finish();
        // Announced as huge: the sizes behind it are then written in eight bytes.
        let mut entry = package
            .entry("media/a.png", EntryKind::Media(5 << 30), 0)
            .unwrap();
        entry.write_all(&[7; 100_000]).unwrap();
        entry.finish();
        package.finish("1.2.3").unwrap()
    }

    #[test]
    fn the_manifest_says_what_is_there() {
        let (bytes, manifest) = sample();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 4);
        for listed in &manifest.entries {
            let mut content = Vec::new();
            zip.by_name(&listed.path)
                .unwrap()
                .read_to_end(&mut content)
                .unwrap();
            assert_eq!(listed.bytes, content.len() as u64, "{}", listed.path);
            assert_eq!(
                listed.sha256,
                hex::encode(Sha256::digest(&content)),
                "{}",
                listed.path
            );
        }
        assert_eq!(manifest.counts["rows"], 3);
        assert_eq!(manifest.created_at, "2026-11-18T11:06:40Z");
        let mut text = String::new();
        zip.by_name("manifest.json")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), manifest);
    }

    #[test]
    fn a_full_disk_is_an_error_and_says_nothing_elsewhere() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self
                    .0
                    .checked_sub(bytes.len())
                    .ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut package = Package::new(Full(50_000), Timestamp(0));
        let mut entry = package
            .entry("media/a.bin", EntryKind::Media(100_000), 0)
            .unwrap();
        let error = entry.write_all(&[1; 100_000]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
