//! `egress_record`: the ledger. The intent is written before the first byte leaves and never
//! changes; what became of it is added once.

use fluxchat_model::{
    ConsentEventId, ConversationId, DataCategory, EgressRecord, Initiator, LedgerEntry, LegalBasis,
    Outcome, RequestId, Timestamp,
};
use rusqlite::{Row, params};

use crate::chain::Link;
use crate::table::{change, must_exist, refused, signed, unsigned};
use crate::{StoreError, WriteTx};

macro_rules! columns {
    () => {
        "SELECT seq, request_id, at, purpose, basis, consent_event_id, policy_version, endpoint, method, host,
                categories, initiator, training_allowed, hash, conversation_id, outcome, status, bytes_out, bytes_in
         FROM egress_record"
    };
}
pub(super) use columns;

/// Along the facets of open requests: at every start, whatever the length of the ledger.
pub(crate) const RECOVER: &str = "UPDATE egress_record SET outcome = 'failed'
     WHERE facet IN (SELECT id FROM ledger_facet WHERE outcome = 'pending') AND outcome = 'pending'";

pub(super) fn read(row: &Row<'_>) -> Result<(LedgerEntry, [u8; 32]), StoreError> {
    let broken = || StoreError::Unreadable("ledger row");
    let hash: [u8; 32] = row.get(13)?;
    let text = |column| -> Result<&str, StoreError> {
        row.get_ref(column)?
            .as_str()
            .map_err(|_| StoreError::Unreadable("ledger row"))
    };
    let entry = LedgerEntry {
        seq: row.get(0)?,
        record: EgressRecord {
            request_id: RequestId(row.get(1)?),
            at: Timestamp(row.get(2)?),
            purpose: text(3)?.parse().map_err(|_| broken())?,
            basis: LegalBasis::from_id(text(4)?).ok_or_else(broken)?,
            consent_event_id: row.get::<_, Option<_>>(5)?.map(ConsentEventId),
            policy_version: row.get(6)?,
            endpoint: row.get(7)?,
            method: row.get(8)?,
            host: row.get(9)?,
            categories: categories_of(text(10)?)?,
            initiator: Initiator::from_id(text(11)?).ok_or_else(broken)?,
            training_allowed: row.get(12)?,
            conversation_id: row.get::<_, Option<_>>(14)?.map(ConversationId),
        },
        outcome: Outcome::from_id(text(15)?).ok_or_else(broken)?,
        status: row.get(16)?,
        bytes_out: unsigned(row.get(17)?, "ledger row")?,
        bytes_in: unsigned(row.get(18)?, "ledger row")?,
        hash: hex::encode(hash),
    };
    Ok((entry, hash))
}

/// Reads what [`categories`] wrote.
pub(super) fn categories_of(text: &str) -> Result<Vec<DataCategory>, StoreError> {
    text.split_ascii_whitespace()
        .map(|id| DataCategory::from_id(id).ok_or(StoreError::Unreadable("ledger row")))
        .collect()
}

fn categories(record: &EgressRecord) -> String {
    let ids: Vec<_> = record.categories.iter().map(|it| it.id()).collect();
    ids.join(" ")
}

/// Everything of the intent but the conversation, which a deletion clears.
pub(super) fn link(previous: &[u8; 32], seq: i64, record: &EgressRecord) -> [u8; 32] {
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
        let changed = change(self.conn, RECOVER, [])?;
        Ok(u32::try_from(changed).unwrap_or(u32::MAX))
    }

    fn ledger_insert(&self, record: &EgressRecord, outcome: Outcome) -> Result<i64, StoreError> {
        let (last, previous) = self.ledger_head()?;
        let seq = last + 1;
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
