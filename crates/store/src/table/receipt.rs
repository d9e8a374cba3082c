//! `receipt`: the proofs of deletions, chained. Kept when everything else is deleted.

use fluxchat_model::{ErasureId, Receipt};
use rusqlite::params;

use crate::chain::{Link, unhex};
use crate::table::{all, change, from_json, one, refused, to_json};
use crate::{ChainBreak, GENESIS, ReadTx, StoreError, WriteTx};

fn link(previous: &[u8; 32], receipt: &Receipt) -> [u8; 32] {
    let version = match receipt.crypto_erased_at {
        None => "receipt/1",
        Some(_) => "receipt/2",
    };
    let mut link = Link::after(previous)
        .text(version)
        .bytes(receipt.erasure_id.0.as_bytes())
        .text(&receipt.scope);
    for (table, rows) in &receipt.rows_by_table {
        link = link.text(table).integer(i64::from(*rows));
    }
    link = link
        .text("rows end")
        .integer(i64::from(receipt.files))
        .integer(i64::from(receipt.wal_bytes));
    for number in receipt.checkpoint {
        link = link.integer(i64::from(number));
    }
    if let Some(at) = receipt.crypto_erased_at {
        link = link.integer(at.0);
    }
    link.integer(i64::from(receipt.secure_delete))
        .integer(i64::from(receipt.fts_secure_delete))
        .integer(i64::from(receipt.search_verified))
        .integer(i64::from(receipt.key_epoch))
        .text(&receipt.app_version)
        .integer(receipt.requested_at.0)
        .integer(receipt.at.0)
        .hash()
}

impl ReadTx<'_> {
    /// All receipts, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn receipts(&self) -> Result<Vec<Receipt>, StoreError> {
        all(
            self.conn,
            "SELECT body FROM receipt ORDER BY seq DESC",
            [],
            |row| from_json(&row.get::<_, String>(0)?, "receipt"),
        )
    }

    /// The receipt of a deletion, if it is done.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn receipt(&self, id: ErasureId) -> Result<Option<Receipt>, StoreError> {
        one(
            self.conn,
            "SELECT body FROM receipt WHERE erasure_id = ?1",
            [id.0],
            |row| from_json(&row.get::<_, String>(0)?, "receipt"),
        )
    }

    /// Recomputes the chain. `None` if it holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn receipts_verify(&self) -> Result<Option<ChainBreak>, StoreError> {
        let rows = all(
            self.conn,
            "SELECT seq, body FROM receipt ORDER BY seq",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )?;
        let mut previous = GENESIS;
        for ((seq, body), expected) in rows.into_iter().zip(1..) {
            let broken = Some(ChainBreak { seq: expected });
            let Ok(receipt) = from_json::<Receipt>(&body, "receipt") else {
                return Ok(broken);
            };
            let holds = seq == expected
                && receipt.prev_hash == hex::encode(previous)
                && receipt.hash == hex::encode(link(&previous, &receipt));
            if !holds {
                return Ok(broken);
            }
            previous = unhex(&receipt.hash, "receipt")?;
        }
        Ok(None)
    }
}

impl WriteTx<'_> {
    /// Gives a receipt its place in the chain and stores it. Its hashes are filled in.
    pub(crate) fn receipt_append(&self, mut receipt: Receipt) -> Result<Receipt, StoreError> {
        let last = one(
            self.conn,
            "SELECT seq, body FROM receipt ORDER BY seq DESC LIMIT 1",
            [],
            |row| {
                let body: String = row.get(1)?;
                Ok((
                    row.get::<_, i64>(0)?,
                    from_json::<Receipt>(&body, "receipt")?,
                ))
            },
        )?;
        let (seq, previous) = match last {
            Some((seq, receipt)) => (seq + 1, unhex(&receipt.hash, "receipt")?),
            None => (1, GENESIS),
        };
        receipt.prev_hash = hex::encode(previous);
        receipt.hash = hex::encode(link(&previous, &receipt));
        change(
            self.conn,
            "INSERT INTO receipt (seq, erasure_id, body) VALUES (?1, ?2, ?3)",
            params![seq, receipt.erasure_id.0, to_json(&receipt, "receipt")?],
        )
        .map_err(refused("receipt"))?;
        Ok(receipt)
    }
}
