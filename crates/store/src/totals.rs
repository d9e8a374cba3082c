//! How much is stored, without looking at what is stored.
//!
//! Counts and sizes of everything that grows with use are kept by triggers in `stored_total`; the
//! rest is a handful of rows. Sizes are those of the content with a fixed allowance per row. The
//! search index tells the number of its pages in its structure record. What remains of the file
//! (tree pages, indexes, free pages, the write-ahead log) is `Overhead`, so that all kinds together
//! are what the disk holds.

use fluxchat_model::{StoredKind, StoredTotal};

use crate::table::{scalar, unsigned};
use crate::{ReadTx, Store, StoreError};

const ROW: u64 = 100;
/// The page size of SQLCipher 4, which we never change.
const PAGE: u64 = 4_096;

struct Counted {
    count: u64,
    bytes: u64,
}

impl ReadTx<'_> {
    /// What is stored, by kind. `Conversations` are the titles alone; their messages count as
    /// `Messages`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn stored_totals(&self) -> Result<Vec<StoredTotal>, StoreError> {
        let few = |sql: &str| -> Result<Counted, StoreError> {
            let mut statement = self.conn.prepare_cached(sql)?;
            let (count, bytes): (i64, i64) =
                statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let count = unsigned(count, "total")?;
            Ok(Counted {
                count,
                bytes: unsigned(bytes, "total")? + count * ROW,
            })
        };
        let records = [
            few("SELECT count(*), 512 * count(*) FROM consent_event")?,
            few("SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM receipt")?,
            few(
                "SELECT count(*), coalesce(sum(octet_length(coalesce(reason, ''))), 0) FROM privacy_request",
            )?,
            few("SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM outbox")?,
            few("SELECT count(*), 0 FROM tombstone")?,
            few("SELECT count(*), 0 FROM spend_day")?,
        ];
        let settings = [
            few("SELECT count(*), coalesce(sum(octet_length(value)), 0) FROM setting")?,
            few("SELECT count(*), coalesce(sum(octet_length(practices)), 0) FROM source")?,
            few("SELECT count(*), coalesce(sum(octet_length(models)), 0) FROM model_list")?,
            few("SELECT count(*), coalesce(sum(octet_length(query)), 0) FROM recent_search")?,
        ];
        let sum = |parts: &[Counted]| Counted {
            count: parts.iter().map(|it| it.count).sum(),
            bytes: parts.iter().map(|it| it.bytes).sum(),
        };
        let kinds = [
            (StoredKind::Conversations, self.kept("conversation")?),
            (StoredKind::Messages, self.kept("message")?),
            (
                StoredKind::Drafts,
                few("SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM draft")?,
            ),
            (StoredKind::SearchIndex, self.index_size()?),
            (StoredKind::Ledger, self.kept("ledger")?),
            (StoredKind::Records, sum(&records)),
            (StoredKind::Settings, sum(&settings)),
            (StoredKind::Sandbox, self.kept("sandbox")?),
        ];
        let in_file: u64 = kinds.iter().map(|(_, total)| total.bytes).sum();
        let overhead = Counted {
            count: 0,
            bytes: self.file_bytes()?.saturating_sub(in_file),
        };
        let assets = (StoredKind::Assets, self.kept("asset")?);
        Ok(kinds
            .into_iter()
            .chain([assets, (StoredKind::Overhead, overhead)])
            .map(|(kind, total)| StoredTotal {
                kind,
                count: u32::try_from(total.count).unwrap_or(u32::MAX),
                bytes: total.bytes,
            })
            .collect())
    }

    fn kept(&self, kind: &str) -> Result<Counted, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT count, bytes FROM stored_total WHERE kind = ?1")?;
        let (count, bytes): (i64, i64) =
            statement.query_row([kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Counted {
            count: unsigned(count, "total")?,
            bytes: unsigned(bytes, "total")?,
        })
    }

    fn file_bytes(&self) -> Result<u64, StoreError> {
        let pages: i64 = self
            .conn
            .query_row("PRAGMA page_count", [], |row| row.get(0))?;
        Ok(unsigned(pages, "page count")? * PAGE)
    }

    fn index_size(&self) -> Result<Counted, StoreError> {
        const STRUCTURE_ID: i64 = 10;
        const LEAF_BYTES: u64 = 4_050;
        let record: Option<Vec<u8>> = scalar(
            self.conn,
            "SELECT block FROM search_data WHERE id = ?1",
            [STRUCTURE_ID],
        )?;
        let documents = self.kept("message")?.count + self.kept("conversation")?.count;
        let leaves = record.as_deref().and_then(leaf_pages).unwrap_or(0);
        Ok(Counted {
            count: documents,
            bytes: leaves * LEAF_BYTES + documents * 12,
        })
    }
}

impl Store {
    /// [`ReadTx::stored_totals`] with what the disk holds beside the database: its log, which is
    /// `Overhead` as well, and the ballast. Costs a handful of reads, however much is kept.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn totals_on_disk(&self) -> Result<Vec<StoredTotal>, StoreError> {
        let mut kinds = self.read(|tx| tx.stored_totals())?;
        let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let Some(path) = self.path() else {
            return Ok(kinds);
        };
        // What the pages hold is told by kind; how much the file and its log take is for the disk to
        // say: new pages may be in the log alone.
        let on_disk = size(path) + self.wal_path().map_or(0, |log| size(&log));
        let told: u64 = kinds
            .iter()
            .filter(|total| total.kind != StoredKind::Assets)
            .map(|total| total.bytes)
            .sum();
        for total in &mut kinds {
            if total.kind == StoredKind::Overhead {
                total.bytes = (total.bytes + on_disk).saturating_sub(told);
            }
        }
        kinds.push(StoredTotal {
            kind: StoredKind::Reserve,
            count: 0,
            bytes: size(&crate::ballast::path(path)),
        });
        Ok(kinds)
    }
}

/// The leaf pages of all segments, from the structure record of an FTS5 index (`fts5_index.c`,
/// "Structure record"): a cookie, then varints.
fn leaf_pages(record: &[u8]) -> Option<u64> {
    const VERSION_2: [u8; 4] = [0xff, 0x00, 0x00, 0x01];
    let mut rest = record.get(4..)?;
    let version_2 = rest.starts_with(&VERSION_2);
    if version_2 {
        rest = &rest[VERSION_2.len()..];
    }
    let mut next = || varint(&mut rest);
    let levels = next()?;
    let _segments = next()?;
    let _writes = next()?;
    let mut pages = 0_u64;
    for _ in 0..levels {
        let _merging = next()?;
        for _ in 0..next()? {
            let _id = next()?;
            let first = next()?;
            let last = next()?;
            pages = pages.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
            if version_2 {
                for _ in 0..5 {
                    next()?;
                }
            }
        }
    }
    Some(pages)
}

/// SQLite's variable-length integer: big-endian groups of seven bits, a ninth byte whole.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for place in 0..9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if place == 8 {
            return Some((value << 8) | u64::from(byte));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
