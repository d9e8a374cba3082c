//! `ledger_summary`: what stands for rows that were cleared, and the chain through both tables.

use fluxchat_model::{LedgerSummary, Timestamp};
use rusqlite::{Row, params};

use super::egress_record::{columns, link, read};
use crate::chain::{Link, unhex};
use crate::table::{all, change, one, scalar, signed, unsigned};
use crate::{ChainBreak, GENESIS, ReadTx, Store, StoreError, WriteTx};

/// How many cleared rows are removed in one transaction: nobody waits longer for the archive.
const BATCH: u32 = 5_000;

macro_rules! columns_of_summary {
    () => {
        "SELECT seq, at, first_seq, last_seq, requests, bytes_out, bytes_in, first_at, last_at,
                first_hash, last_hash, hash
         FROM ledger_summary"
    };
}

fn summary(row: &Row<'_>) -> Result<LedgerSummary, StoreError> {
    Ok(LedgerSummary {
        seq: row.get(0)?,
        at: Timestamp(row.get(1)?),
        first_seq: row.get(2)?,
        last_seq: row.get(3)?,
        requests: unsigned(row.get(4)?, "ledger summary")?,
        bytes_out: unsigned(row.get(5)?, "ledger summary")?,
        bytes_in: unsigned(row.get(6)?, "ledger summary")?,
        first_at: Timestamp(row.get(7)?),
        last_at: Timestamp(row.get(8)?),
        first_hash: hex::encode(row.get::<_, [u8; 32]>(9)?),
        last_hash: hex::encode(row.get::<_, [u8; 32]>(10)?),
        hash: hex::encode(row.get::<_, [u8; 32]>(11)?),
    })
}

fn link_of(previous: &[u8; 32], summary: &LedgerSummary) -> [u8; 32] {
    let mut link = Link::after(previous).text("ledger_summary/1");
    for number in [
        summary.seq,
        summary.at.0,
        summary.first_seq,
        summary.last_seq,
        signed(summary.requests),
        signed(summary.bytes_out),
        signed(summary.bytes_in),
        summary.first_at.0,
        summary.last_at.0,
    ] {
        link = link.integer(number);
    }
    link.text(&summary.first_hash)
        .text(&summary.last_hash)
        .hash()
}

impl ReadTx<'_> {
    /// What stands for cleared rows, the oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_summaries(&self) -> Result<Vec<LedgerSummary>, StoreError> {
        all(
            self.conn,
            concat!(columns_of_summary!(), " ORDER BY seq"),
            [],
            summary,
        )
    }

    /// The last place of the chain and its hash; 0 before the first.
    pub(super) fn ledger_head(&self) -> Result<(i64, [u8; 32]), StoreError> {
        let mut head = (0, GENESIS);
        for sql in [
            "SELECT seq, hash FROM egress_record ORDER BY seq DESC LIMIT 1",
            "SELECT seq, hash FROM ledger_summary ORDER BY seq DESC LIMIT 1",
        ] {
            let last = one(self.conn, sql, [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
            })?;
            if let Some(last) = last.filter(|(seq, _)| *seq > head.0) {
                head = last;
            }
        }
        Ok(head)
    }

    /// Recomputes the chain, from the last place that was cleared. `None` if it holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_verify(&self) -> Result<Option<ChainBreak>, StoreError> {
        let Ok(summaries) = self.ledger_summaries() else {
            return Ok(Some(ChainBreak { seq: 1 }));
        };
        let (mut previous, mut expected) = (GENESIS, 1);
        if let Some(last) = summaries.iter().max_by_key(|it| it.last_seq) {
            previous = unhex(&last.last_hash, "ledger summary")?;
            expected = last.last_seq + 1;
        }
        let start = expected;
        let mut summaries = summaries
            .into_iter()
            .filter(|summary| summary.seq >= start)
            .peekable();
        let mut statement = self
            .conn
            .prepare_cached(concat!(columns!(), " WHERE seq >= ?1 ORDER BY seq"))?;
        let mut rows = statement.query([expected])?;
        let mut row = rows.next()?;
        loop {
            let broken = Ok(Some(ChainBreak { seq: expected }));
            if let Some(summary) = summaries.next_if(|summary| summary.seq == expected) {
                let hash = link_of(&previous, &summary);
                if hex::encode(hash) != summary.hash {
                    return broken;
                }
                previous = hash;
            } else if let Some(found) = row {
                let Ok((entry, hash)) = read(found) else {
                    return broken;
                };
                if entry.seq != expected || hash != link(&previous, expected, &entry.record) {
                    return broken;
                }
                previous = hash;
                row = rows.next()?;
            } else if summaries.peek().is_some() {
                return broken;
            } else {
                return Ok(None);
            }
            expected += 1;
        }
    }
}

impl WriteTx<'_> {
    /// Writes the summary of everything up to a time (exclusive), or of all. The rows it stands
    /// for are no longer shown; [`Store::ledger_sweep`] removes them. `None` if there are none.
    ///
    /// Only a run of rows from the oldest on is cleared: a row made later with a clock that went
    /// back stays until those before it go.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn ledger_clear(
        &self,
        until: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Option<LedgerSummary>, StoreError> {
        let cleared = self.ledger_cleared()?;
        // What is still under way gets its outcome first.
        let end: Option<i64> = scalar(
            self.conn,
            "SELECT min(seq) FROM (
               SELECT seq FROM (SELECT seq FROM egress_record WHERE seq > ?1 AND at >= ?2 ORDER BY seq LIMIT 1)
               UNION ALL SELECT min(e.seq) FROM ledger_facet f JOIN egress_record e ON e.facet = f.id
                 WHERE f.outcome = 'pending' AND f.requests > 0 AND e.seq > ?1)",
            params![cleared, until.map_or(i64::MAX, |it| it.0)],
        )?
        .flatten();
        let totals = one(
            self.conn,
            "SELECT count(*), coalesce(sum(bytes_out), 0), coalesce(sum(bytes_in), 0), min(at), max(at), max(seq)
             FROM egress_record WHERE seq > ?1 AND seq < ?2",
            params![cleared, end.unwrap_or(i64::MAX)],
            |row| {
                let last: Option<i64> = row.get(5)?;
                last
                    .map(|last| -> Result<_, StoreError> {
                        Ok((
                            [0, 1, 2].map(|at| row.get::<_, i64>(at)),
                            [row.get::<_, i64>(3)?, row.get::<_, i64>(4)?],
                            last,
                        ))
                    })
                    .transpose()
            },
        )?;
        let Some((sums, [first_at, last_at], last_seq)) = totals.flatten() else {
            return Ok(None);
        };
        let mut summed = [0_u64; 3];
        for (sum, value) in summed.iter_mut().zip(sums) {
            *sum = unsigned(value?, "ledger row")?;
        }
        let hash_at = |sql: &str, seq: i64| -> Result<String, StoreError> {
            let hash: Option<[u8; 32]> = scalar(self.conn, sql, [seq])?;
            Ok(hex::encode(hash.ok_or(StoreError::NotFound("ledger row"))?))
        };
        let (head, previous) = self.ledger_head()?;
        let earlier = self
            .ledger_summaries()?
            .into_iter()
            .max_by_key(|it| it.last_seq);
        let mut summary = LedgerSummary {
            seq: head + 1,
            at,
            first_seq: 1,
            last_seq,
            requests: summed[0],
            bytes_out: summed[1],
            bytes_in: summed[2],
            first_at: Timestamp(first_at),
            last_at: Timestamp(last_at),
            first_hash: hash_at(
                "SELECT hash FROM egress_record WHERE seq > ?1 ORDER BY seq LIMIT 1",
                cleared,
            )?,
            last_hash: hash_at("SELECT hash FROM egress_record WHERE seq = ?1", last_seq)?,
            hash: String::new(),
        };
        if let Some(earlier) = earlier {
            summary.requests += earlier.requests;
            summary.bytes_out += earlier.bytes_out;
            summary.bytes_in += earlier.bytes_in;
            summary.first_at = summary.first_at.min(earlier.first_at);
            summary.last_at = summary.last_at.max(earlier.last_at);
            summary.first_hash = earlier.first_hash;
        }
        let hash = link_of(&previous, &summary);
        summary.hash = hex::encode(hash);
        change(
            self.conn,
            "INSERT INTO ledger_summary (seq, at, first_seq, last_seq, requests, bytes_out, bytes_in,
               first_at, last_at, first_hash, last_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                summary.seq,
                summary.at.0,
                summary.first_seq,
                summary.last_seq,
                signed(summary.requests),
                signed(summary.bytes_out),
                signed(summary.bytes_in),
                summary.first_at.0,
                summary.last_at.0,
                unhex(&summary.first_hash, "ledger summary")?,
                unhex(&summary.last_hash, "ledger summary")?,
                hash,
            ],
        )?;
        // An earlier summary among what is cleared is in this one's numbers.
        change(
            self.conn,
            "DELETE FROM ledger_summary WHERE seq <= ?1",
            [last_seq],
        )?;
        Ok(Some(summary))
    }
}

impl Store {
    /// Removes the rows that summaries stand for, a few at a time. Repeating it goes on where it
    /// was interrupted. Returns how many went.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn ledger_sweep(&self) -> Result<u32, StoreError> {
        let mut gone = 0_u32;
        loop {
            let removed = self.write(|tx| {
                let cleared = tx.ledger_cleared()?;
                let removed = change(
                    tx.conn,
                    "DELETE FROM egress_record WHERE seq IN (
                       SELECT seq FROM egress_record WHERE seq <= ?1 ORDER BY seq LIMIT ?2)",
                    params![cleared, BATCH],
                )?;
                if removed < BATCH as usize {
                    change(
                        tx.conn,
                        "DELETE FROM ledger_span WHERE last_seq <= ?1",
                        [cleared],
                    )?;
                    change(tx.conn, "DELETE FROM ledger_day WHERE requests = 0", [])?;
                }
                Ok(u32::try_from(removed).unwrap_or(u32::MAX))
            })?;
            gone = gone.saturating_add(removed);
            if removed < BATCH {
                return Ok(gone);
            }
        }
    }
}
