//! `outbox`: what still has to reach the service.

use fluxchat_model::{OutboxEntry, OutboxId, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, from_word, must_exist, one, refused, scalar, to_word};
use crate::{ReadTx, StoreError, WriteTx};

const COLUMNS: &str =
    "SELECT id, kind, source_name, body, attempts, next_try_at, state, created_at FROM outbox";

fn read(row: &Row<'_>) -> Result<OutboxEntry, StoreError> {
    Ok(OutboxEntry {
        id: OutboxId(row.get(0)?),
        kind: from_word(&row.get::<_, String>(1)?, "outbox kind")?,
        source_name: row.get(2)?,
        body: row.get(3)?,
        attempts: row.get(4)?,
        next_try_at: Timestamp(row.get(5)?),
        state: from_word(&row.get::<_, String>(6)?, "outbox state")?,
        created_at: Timestamp(row.get(7)?),
    })
}

impl ReadTx<'_> {
    /// What may be tried now, in the order it was queued.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn outbox_due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
        let mut due = all(
            self.conn,
            &format!(
                "{COLUMNS} WHERE state = 'queued' AND next_try_at <= ?1 ORDER BY next_try_at LIMIT ?2"
            ),
            params![now.0, limit],
            read,
        )?;
        due.sort_by_key(|entry| (entry.created_at, entry.id));
        Ok(due)
    }

    /// When the next try is due, if anything waits.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn outbox_next_try(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(scalar::<Option<i64>, _>(
            self.conn,
            "SELECT min(next_try_at) FROM outbox WHERE state = 'queued'",
            [],
        )?
        .flatten()
        .map(Timestamp))
    }

    /// Everything that waits, wedged entries included.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn outbox(&self) -> Result<Vec<OutboxEntry>, StoreError> {
        all(self.conn, &format!("{COLUMNS} ORDER BY seq"), [], read)
    }

    /// One entry.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn outbox_entry(&self, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }
}

impl WriteTx<'_> {
    /// Queues something.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn outbox_insert(&self, entry: &OutboxEntry) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO outbox (id, kind, source_name, attempts, next_try_at, state, created_at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                entry.id.0,
                to_word(&entry.kind, "outbox kind")?,
                entry.source_name,
                entry.attempts,
                entry.next_try_at.0,
                to_word(&entry.state, "outbox state")?,
                entry.created_at.0,
                entry.body,
            ],
        )
        .map_err(refused("outbox entry"))?;
        Ok(())
    }

    /// Stores attempts, next try and state after a try.
    ///
    /// # Errors
    /// `not_found`.
    pub fn outbox_update(&self, entry: &OutboxEntry) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE outbox SET attempts = ?2, next_try_at = ?3, state = ?4 WHERE id = ?1",
            params![
                entry.id.0,
                entry.attempts,
                entry.next_try_at.0,
                to_word(&entry.state, "outbox state")?,
            ],
        )?;
        must_exist(changed, "outbox entry")
    }

    /// Takes something out, because it arrived or is not wanted any more. Returns whether it was
    /// there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn outbox_remove(&self, id: OutboxId) -> Result<bool, StoreError> {
        Ok(change(self.conn, "DELETE FROM outbox WHERE id = ?1", [id.0])? > 0)
    }
}
