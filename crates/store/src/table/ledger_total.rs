//! Totals of the ledger and the age of what is kept, as triggers keep them.

use std::collections::BTreeMap;

use fluxchat_model::{LedgerFacet, LegalBasis, Outcome, Purpose, Timestamp};
use rusqlite::params;

use super::egress_record::categories_of;
use crate::table::{all, unsigned};
use crate::{ReadTx, StoreError};

pub(super) const DAY_MS: i64 = Timestamp::DAY;

/// What one host received for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostTotal {
    /// Host and port, or `in-process`.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// How many requests left, whether or not they were answered.
    pub requests: u64,
    /// Bytes of head and body that left.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
}

/// What is kept from one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMonth {
    /// `message` or `asset`.
    pub kind: String,
    /// 202611 for November 2026, in UTC.
    pub month: u32,
    /// How many months before the one asked about; 0 for it and for later ones.
    pub months_ago: u32,
    /// How many.
    pub count: u64,
    /// How many bytes of content.
    pub bytes: u64,
}

pub(crate) const DAYS: &str =
    "SELECT facet, sum(requests), sum(bytes_out), sum(bytes_in) FROM ledger_day
     WHERE day > ?1 GROUP BY facet";
/// What of a day is not over yet, or was over before the time asked for.
pub(crate) const PART_OF_DAY: &str =
    "SELECT facet, count(*), sum(bytes_out), sum(bytes_in) FROM egress_record
     WHERE seq >= ?1 AND seq <= ?2 AND at >= ?3 AND at < ?4 GROUP BY facet";

impl ReadTx<'_> {
    /// Every part of the ledger that has rows, with its totals.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_facets(&self) -> Result<Vec<LedgerFacet>, StoreError> {
        Ok(self
            .facets_with_ids()?
            .into_iter()
            .map(|(_, facet)| facet)
            .filter(|facet| facet.requests > 0)
            .collect())
    }

    pub(super) fn facets_with_ids(&self) -> Result<Vec<(i64, LedgerFacet)>, StoreError> {
        let broken = || StoreError::Unreadable("ledger facet");
        all(
            self.conn,
            "SELECT id, host, purpose, basis, categories, outcome, requests, bytes_out, bytes_in, first_at, last_at
             FROM ledger_facet ORDER BY host, purpose, basis, categories, outcome",
            [],
            |row| {
                let facet = LedgerFacet {
                    host: row.get(1)?,
                    purpose: row.get::<_, String>(2)?.parse().map_err(|_| broken())?,
                    basis: LegalBasis::from_id(&row.get::<_, String>(3)?).ok_or_else(broken)?,
                    categories: categories_of(&row.get::<_, String>(4)?)?,
                    outcome: Outcome::from_id(&row.get::<_, String>(5)?).ok_or_else(broken)?,
                    requests: unsigned(row.get(6)?, "ledger facet")?,
                    bytes_out: unsigned(row.get(7)?, "ledger facet")?,
                    bytes_in: unsigned(row.get(8)?, "ledger facet")?,
                    first_at: Timestamp(row.get(9)?),
                    last_at: Timestamp(row.get(10)?),
                };
                Ok((row.get(0)?, facet))
            },
        )
    }

    /// Every host that was contacted, in order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_hosts(&self) -> Result<Vec<String>, StoreError> {
        let mut hosts: Vec<String> = self
            .ledger_facets()?
            .into_iter()
            .map(|facet| facet.host)
            .collect();
        hosts.dedup();
        Ok(hosts)
    }

    /// What left since a time, per host and purpose. Blocked requests did not leave. Reads the
    /// totals of whole days and the rows of one day at most.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_totals(&self, since: Timestamp) -> Result<Vec<HostTotal>, StoreError> {
        let facets: BTreeMap<i64, LedgerFacet> = self.facets_with_ids()?.into_iter().collect();
        let day = since.0.div_euclid(DAY_MS);
        let sums = |row: &rusqlite::Row<'_>| -> Result<(i64, [i64; 3]), StoreError> {
            Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]))
        };
        let mut parts = all(self.conn, DAYS, [day], sums)?;
        if let Some((first, last)) = self.span(Some(since), Some(since))? {
            let end = (day + 1) * DAY_MS;
            let first = first.max(self.ledger_cleared()? + 1);
            parts.extend(all(
                self.conn,
                PART_OF_DAY,
                params![first, last, since.0, end],
                sums,
            )?);
        }
        let mut totals: BTreeMap<(String, Purpose), [i64; 3]> = BTreeMap::new();
        for (facet, sums) in parts {
            let Some(facet) = facets.get(&facet) else {
                continue;
            };
            if facet.outcome != Outcome::Blocked {
                let total = totals
                    .entry((facet.host.clone(), facet.purpose))
                    .or_default();
                for (sum, more) in total.iter_mut().zip(sums) {
                    *sum += more;
                }
            }
        }
        totals
            .into_iter()
            .filter(|(_, sums)| sums[0] > 0)
            .map(|((host, purpose), [requests, out, back])| {
                Ok(HostTotal {
                    host,
                    purpose,
                    requests: unsigned(requests, "ledger day")?,
                    bytes_out: unsigned(out, "ledger day")?,
                    bytes_in: unsigned(back, "ledger day")?,
                })
            })
            .collect()
    }

    /// What is kept, by kind and month, the oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn stored_months(&self, now: Timestamp) -> Result<Vec<StoredMonth>, StoreError> {
        all(
            self.conn,
            "SELECT kind, month, count, bytes,
               max(0, (strftime('%Y', ?1 / 1000, 'unixepoch') - month / 100) * 12
                 + strftime('%m', ?1 / 1000, 'unixepoch') - month % 100)
             FROM stored_month WHERE count > 0 ORDER BY kind, month",
            [now.0],
            |row| {
                Ok(StoredMonth {
                    kind: row.get(0)?,
                    month: row.get(1)?,
                    count: unsigned(row.get(2)?, "month")?,
                    bytes: unsigned(row.get(3)?, "month")?,
                    months_ago: row.get(4)?,
                })
            },
        )
    }
}
