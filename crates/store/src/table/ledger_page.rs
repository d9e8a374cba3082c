//! Pages of the ledger. Whatever the filter, a page costs what is on it: rows are read along one
//! index per facet and merged by their place.

use std::collections::{BinaryHeap, VecDeque};

use fluxchat_model::{LedgerEntry, LedgerFilter, Timestamp};
use rusqlite::params;

use super::egress_record::{columns, read};
use super::ledger_total::DAY_MS;
use crate::table::{all, scalar};
use crate::{ReadTx, StoreError};

pub(crate) const ALONG_ALL: &str = concat!(
    columns!(),
    " WHERE seq >= ?1 AND seq < ?2 AND at >= ?3 AND at < ?4 ORDER BY seq DESC LIMIT ?5"
);
pub(crate) const ALONG_FACET: &str = concat!(
    columns!(),
    " INDEXED BY egress_record_facet
      WHERE seq >= ?1 AND seq < ?2 AND at >= ?3 AND at < ?4 AND facet = ?6 ORDER BY seq DESC LIMIT ?5"
);
pub(crate) const ALONG_CONVERSATION: &str = concat!(
    columns!(),
    " INDEXED BY egress_record_conversation
      WHERE seq >= ?1 AND seq < ?2 AND at >= ?3 AND at < ?4 AND conversation_id = ?6 ORDER BY seq DESC LIMIT ?5"
);
pub(crate) const SPAN: &str =
    "SELECT min(first_seq), max(last_seq) FROM ledger_span WHERE day >= ?1 AND day <= ?2";

/// The first rows of a facet are read one, then four, then more at a time: of most facets a page
/// needs none.
const BATCHES: [u32; 4] = [1, 4, 16, 64];

/// Between which places and times to read.
#[derive(Clone, Copy)]
struct Bounds {
    first: i64,
    before: i64,
    from: i64,
    until: i64,
}

/// The rows of one facet, newest first, as far as they were read.
struct Lane {
    facet: i64,
    read: VecDeque<LedgerEntry>,
    before: i64,
    rounds: usize,
}

impl ReadTx<'_> {
    /// A page of the ledger, newest first; the next one starts before the last `seq`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_page(
        &self,
        filter: &LedgerFilter,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let Some(bounds) = self.bounds(filter)? else {
            return Ok(Vec::new());
        };
        let row = |row: &rusqlite::Row<'_>| Ok(read(row)?.0);
        let Bounds {
            first,
            before,
            from,
            until,
        } = bounds;
        if let Some(conversation) = filter.conversation_id {
            let mut found = Vec::new();
            let mut before = before;
            while found.len() < limit as usize {
                let batch = all(
                    self.conn,
                    ALONG_CONVERSATION,
                    params![first, before, from, until, limit, conversation.0],
                    row,
                )?;
                let Some(last) = batch.last() else { break };
                before = last.seq;
                found.extend(batch.into_iter().filter(|entry| fits(filter, entry)));
            }
            found.truncate(limit as usize);
            return Ok(found);
        }
        let Some(facets) = self.facets_of(filter)? else {
            return all(
                self.conn,
                ALONG_ALL,
                params![first, before, from, until, limit],
                row,
            );
        };
        if let [facet] = facets[..] {
            return self.along(facet, bounds, limit);
        }
        self.merged(&facets, bounds, limit)
    }

    fn merged(
        &self,
        facets: &[i64],
        bounds: Bounds,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut lanes = Vec::new();
        let mut heads = BinaryHeap::new();
        for &facet in facets {
            let mut lane = Lane {
                facet,
                read: VecDeque::new(),
                before: bounds.before,
                rounds: 0,
            };
            if let Some(seq) = self.head(&mut lane, bounds)? {
                heads.push((seq, lanes.len()));
                lanes.push(lane);
            }
        }
        let mut found = Vec::new();
        while found.len() < limit as usize
            && let Some((_, at)) = heads.pop()
            && let Some(lane) = lanes.get_mut(at)
        {
            found.extend(lane.read.pop_front());
            if let Some(seq) = self.head(lane, bounds)? {
                heads.push((seq, at));
            }
        }
        Ok(found)
    }

    /// The place of the next row of a lane, which is read if it was not.
    fn head(&self, lane: &mut Lane, bounds: Bounds) -> Result<Option<i64>, StoreError> {
        if lane.read.is_empty() {
            let batch = BATCHES[lane.rounds.min(BATCHES.len() - 1)];
            lane.rounds += 1;
            let bounds = Bounds {
                before: lane.before,
                ..bounds
            };
            lane.read = self.along(lane.facet, bounds, batch)?.into();
        }
        let next = lane.read.front().map(|entry| entry.seq);
        lane.before = next.unwrap_or(lane.before);
        Ok(next)
    }

    fn along(
        &self,
        facet: i64,
        bounds: Bounds,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        all(
            self.conn,
            ALONG_FACET,
            params![
                bounds.first,
                bounds.before,
                bounds.from,
                bounds.until,
                limit,
                facet
            ],
            |row| Ok(read(row)?.0),
        )
    }

    /// The facets a filter leaves; `None` if it leaves all.
    fn facets_of(&self, filter: &LedgerFilter) -> Result<Option<Vec<i64>>, StoreError> {
        if filter.host.is_none()
            && filter.purpose.is_none()
            && filter.basis.is_none()
            && filter.outcome.is_none()
        {
            return Ok(None);
        }
        let facets = self.facets_with_ids()?;
        let fitting = facets.into_iter().filter(|(_, facet)| {
            filter.host.as_ref().is_none_or(|it| *it == facet.host)
                && filter.purpose.is_none_or(|it| it == facet.purpose)
                && filter.basis.is_none_or(|it| it == facet.basis)
                && filter.outcome.is_none_or(|it| it == facet.outcome)
        });
        Ok(Some(fitting.map(|(id, _)| id).collect()))
    }

    /// Where the rows of a filter lie; `None` if nowhere.
    fn bounds(&self, filter: &LedgerFilter) -> Result<Option<Bounds>, StoreError> {
        let mut bounds = Bounds {
            first: self.ledger_cleared()? + 1,
            before: filter.before_seq.unwrap_or(i64::MAX),
            from: filter.from.map_or(i64::MIN, |it| it.0),
            until: filter.until.map_or(i64::MAX, |it| it.0),
        };
        if filter.from.is_some() || filter.until.is_some() {
            let Some((first, last)) = self.span(filter.from, filter.until)? else {
                return Ok(None);
            };
            bounds.first = bounds.first.max(first);
            bounds.before = bounds.before.min(last.saturating_add(1));
        }
        Ok(Some(bounds))
    }

    /// Between which places the rows of a time lie.
    pub(super) fn span(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        let days = [
            from.map_or(i64::MIN, |it| it.0.div_euclid(DAY_MS)),
            until.map_or(i64::MAX, |it| it.0.div_euclid(DAY_MS)),
        ];
        let found = all(self.conn, SPAN, days, |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        Ok(found.first().and_then(|(first, last)| first.zip(*last)))
    }

    /// The last place that was cleared; 0 if none was.
    pub(super) fn ledger_cleared(&self) -> Result<i64, StoreError> {
        let last: Option<Option<i64>> =
            scalar(self.conn, "SELECT max(last_seq) FROM ledger_summary", [])?;
        Ok(last.flatten().unwrap_or(0))
    }
}

fn fits(filter: &LedgerFilter, entry: &LedgerEntry) -> bool {
    let record = &entry.record;
    filter.host.as_ref().is_none_or(|it| *it == record.host)
        && filter.purpose.is_none_or(|it| it == record.purpose)
        && filter.basis.is_none_or(|it| it == record.basis)
        && filter.outcome.is_none_or(|it| it == entry.outcome)
}
