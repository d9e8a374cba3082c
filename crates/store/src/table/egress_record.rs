//! `egress_record`: the ledger. The intent is written before the first byte leaves and never
//! changes; what became of it is added once.

use fluxchat_model::{
    ConsentEventId, ConversationId, DataCategory, EgressRecord, Initiator, LedgerEntry,
    LedgerFilter, LegalBasis, Outcome, Purpose, RequestId, Timestamp,
};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use crate::chain::Link;
use crate::table::{all, change, must_exist, refused, signed, unsigned};
use crate::{ChainBreak, GENESIS, ReadTx, StoreError, WriteTx};

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

macro_rules! columns {
    () => {
        "SELECT seq, request_id, at, purpose, basis, consent_event_id, policy_version, endpoint, method, host,
                categories, initiator, training_allowed, hash, conversation_id, outcome, status, bytes_out, bytes_in
         FROM egress_record"
    };
}

/// Hosts are few, so they are listed by jumping through their index from one to the next.
pub(crate) const HOSTS: &str = "WITH RECURSIVE host (name) AS (
       SELECT min(host) FROM egress_record
       UNION ALL
       SELECT (SELECT min(host) FROM egress_record WHERE host > host.name) FROM host WHERE host.name IS NOT NULL
     ) SELECT name FROM host WHERE name IS NOT NULL";

fn read(row: &Row<'_>) -> Result<(LedgerEntry, [u8; 32]), StoreError> {
    let broken = || StoreError::Unreadable("ledger row");
    let hash: [u8; 32] = row.get(13)?;
    let categories: String = row.get(10)?;
    let entry = LedgerEntry {
        seq: row.get(0)?,
        record: EgressRecord {
            request_id: RequestId(row.get(1)?),
            at: Timestamp(row.get(2)?),
            purpose: row.get::<_, String>(3)?.parse().map_err(|_| broken())?,
            basis: LegalBasis::from_id(&row.get::<_, String>(4)?).ok_or_else(broken)?,
            consent_event_id: row.get::<_, Option<_>>(5)?.map(ConsentEventId),
            policy_version: row.get(6)?,
            endpoint: row.get(7)?,
            method: row.get(8)?,
            host: row.get(9)?,
            categories: categories
                .split_ascii_whitespace()
                .map(|id| DataCategory::from_id(id).ok_or_else(broken))
                .collect::<Result<_, _>>()?,
            initiator: Initiator::from_id(&row.get::<_, String>(11)?).ok_or_else(broken)?,
            training_allowed: row.get(12)?,
            conversation_id: row.get::<_, Option<_>>(14)?.map(ConversationId),
        },
        outcome: Outcome::from_id(&row.get::<_, String>(15)?).ok_or_else(broken)?,
        status: row.get(16)?,
        bytes_out: unsigned(row.get(17)?, "ledger row")?,
        bytes_in: unsigned(row.get(18)?, "ledger row")?,
        hash: hex::encode(hash),
    };
    Ok((entry, hash))
}

fn categories(record: &EgressRecord) -> String {
    let ids: Vec<_> = record.categories.iter().map(|it| it.id()).collect();
    ids.join(" ")
}

/// Everything of the intent but the conversation, which a deletion clears.
fn link(previous: &[u8; 32], seq: i64, record: &EgressRecord) -> [u8; 32] {
    Link::after(previous)
        .text("egress_record/1")
        .integer(seq)
        .bytes(record.request_id.0.as_bytes())
        .integer(record.at.0)
        .text(record.purpose.id())
        .text(record.basis.id())
        .optional(
            record
                .consent_event_id
                .as_ref()
                .map(|id| id.0.as_bytes().as_slice()),
        )
        .optional(record.policy_version.as_deref().map(str::as_bytes))
        .text(&record.endpoint)
        .text(&record.method)
        .text(&record.host)
        .text(&categories(record))
        .text(record.initiator.id())
        .integer(i64::from(record.training_allowed))
        .hash()
}

/// The statement of a page, for one exact host or any, and its parameters.
pub(crate) fn page_statement(
    filter: &LedgerFilter,
    host: Option<&str>,
    limit: u32,
) -> (String, Vec<Value>) {
    let mut sql = String::from(columns!());
    let mut values = vec![Value::Integer(filter.before_seq.unwrap_or(i64::MAX))];
    sql.push_str(" WHERE seq < ?1");
    let wanted = [
        ("purpose", filter.purpose.map(Purpose::id)),
        ("host", host),
        ("outcome", filter.outcome.map(Outcome::id)),
    ];
    for (column, value) in wanted {
        if let Some(value) = value {
            values.push(Value::Text(value.to_owned()));
            sql.push_str(&format!(" AND {column} = ?{}", values.len()));
        }
    }
    values.push(Value::Integer(i64::from(limit)));
    sql.push_str(&format!(" ORDER BY seq DESC LIMIT ?{}", values.len()));
    (sql, values)
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
        let Some(part) = filter.host.as_deref().filter(|part| !part.is_empty()) else {
            return self.ledger_rows(filter, None, limit);
        };
        let part = part.to_ascii_lowercase();
        let mut found = Vec::new();
        for host in self.ledger_hosts()? {
            if host.to_ascii_lowercase().contains(&part) {
                found.extend(self.ledger_rows(filter, Some(&host), limit)?);
            }
        }
        found.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// Every host that was contacted, in order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_hosts(&self) -> Result<Vec<String>, StoreError> {
        all(self.conn, HOSTS, [], |row| Ok(row.get(0)?))
    }

    /// What left since a time, per host and purpose. Blocked requests did not leave.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_totals(&self, since: Timestamp) -> Result<Vec<HostTotal>, StoreError> {
        all(
            self.conn,
            "SELECT host, purpose, count(*), sum(bytes_out), sum(bytes_in) FROM egress_record
             WHERE at >= ?1 AND outcome <> 'blocked' GROUP BY host, purpose ORDER BY host, purpose",
            [since.0],
            |row| {
                Ok(HostTotal {
                    host: row.get(0)?,
                    purpose: row
                        .get::<_, String>(1)?
                        .parse()
                        .map_err(|_| StoreError::Unreadable("ledger row"))?,
                    requests: unsigned(row.get(2)?, "ledger row")?,
                    bytes_out: unsigned(row.get(3)?, "ledger row")?,
                    bytes_in: unsigned(row.get(4)?, "ledger row")?,
                })
            },
        )
    }

    /// Recomputes the chain. `None` if it holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn ledger_verify(&self) -> Result<Option<ChainBreak>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(concat!(columns!(), " ORDER BY seq"))?;
        let mut rows = statement.query([])?;
        let mut previous = GENESIS;
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let broken = ChainBreak { seq: expected };
            let Ok((entry, hash)) = read(row) else {
                return Ok(Some(broken));
            };
            if seq != expected || hash != link(&previous, seq, &entry.record) {
                return Ok(Some(broken));
            }
            previous = hash;
            expected += 1;
        }
        Ok(None)
    }

    fn ledger_rows(
        &self,
        filter: &LedgerFilter,
        host: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let (sql, values) = page_statement(filter, host, limit);
        all(self.conn, &sql, params_from_iter(values), |row| {
            Ok(read(row)?.0)
        })
    }
}

impl WriteTx<'_> {
    /// Writes the intent of a request and returns its place. In the transaction that reads the
    /// consent, so that a withdrawal cannot come between.
    ///
    /// # Errors
    /// `conflict` if the request id was used before.
    pub fn ledger_begin(&self, record: &EgressRecord) -> Result<i64, StoreError> {
        self.ledger_insert(record, Outcome::Pending)
    }

    /// Writes a request that was refused before anything left.
    ///
    /// # Errors
    /// `conflict` if the request id was used before.
    pub fn ledger_blocked(&self, record: &EgressRecord) -> Result<i64, StoreError> {
        self.ledger_insert(record, Outcome::Blocked)
    }

    /// Adds what became of a request, once.
    ///
    /// # Errors
    /// `not_found` if there is no such row or it has its outcome already.
    pub fn ledger_finish(
        &self,
        seq: i64,
        outcome: Outcome,
        status: Option<u16>,
        bytes_out: u64,
        bytes_in: u64,
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE egress_record SET outcome = ?2, status = ?3, bytes_out = ?4, bytes_in = ?5
             WHERE seq = ?1 AND outcome = 'pending'",
            params![
                seq,
                outcome.id(),
                status,
                signed(bytes_out),
                signed(bytes_in)
            ],
        )?;
        must_exist(changed, "open ledger row")
    }

    /// After a crash: every request whose outcome was never written has failed. Returns how many.
    /// Only for the process that owns the profile, before anything leaves.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn ledger_recover(&self) -> Result<u32, StoreError> {
        let changed = change(
            self.conn,
            "UPDATE egress_record SET outcome = 'failed' WHERE outcome = 'pending'",
            [],
        )?;
        Ok(u32::try_from(changed).unwrap_or(u32::MAX))
    }

    fn ledger_insert(&self, record: &EgressRecord, outcome: Outcome) -> Result<i64, StoreError> {
        let last = all(
            self.conn,
            "SELECT seq, hash FROM egress_record ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)),
        )?;
        let (seq, previous) = last
            .first()
            .map_or((1, GENESIS), |(seq, hash)| (seq + 1, *hash));
        change(
            self.conn,
            "INSERT INTO egress_record (seq, request_id, at, purpose, basis, consent_event_id, policy_version,
               endpoint, method, host, categories, initiator, training_allowed, hash, conversation_id,
               outcome, status, bytes_out, bytes_in)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, NULL, 0, 0)",
            params![
                seq,
                record.request_id.0,
                record.at.0,
                record.purpose.id(),
                record.basis.id(),
                record.consent_event_id.map(|id| id.0),
                record.policy_version,
                record.endpoint,
                record.method,
                record.host,
                categories(record),
                record.initiator.id(),
                record.training_allowed,
                link(&previous, seq, record),
                record.conversation_id.map(|id| id.0),
                outcome.id(),
            ],
        )
        .map_err(refused("request id"))?;
        Ok(seq)
    }
}
