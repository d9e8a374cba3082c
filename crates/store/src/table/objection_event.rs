//! `objection_event`: objections to purposes that rest on a legitimate interest. Append-only; the
//! schema refuses every other change.

use fluxchat_model::{ObjectionEvent, Purpose, Timestamp};
use rusqlite::{Row, params};

use crate::chain::{Link, unhex};
use crate::table::{all, change, one};
use crate::{ChainBreak, GENESIS, ReadTx, StoreError, WriteTx};

macro_rules! columns {
    () => {
        "SELECT seq, purpose, objected, at, policy_version, ui_surface, prev_hash, hash FROM objection_event"
    };
}

pub(crate) const LAST_OF_PURPOSE: &str =
    concat!(columns!(), " WHERE purpose = ?1 ORDER BY seq DESC LIMIT 1");

fn read(row: &Row<'_>) -> Result<ObjectionEvent, StoreError> {
    Ok(ObjectionEvent {
        seq: row.get(0)?,
        purpose: row
            .get::<_, String>(1)?
            .parse()
            .map_err(|_| StoreError::Unreadable("objection"))?,
        objected: row.get(2)?,
        at: Timestamp(row.get(3)?),
        policy_version: row.get(4)?,
        ui_surface: row.get(5)?,
        prev_hash: hex::encode(row.get::<_, [u8; 32]>(6)?),
        hash: hex::encode(row.get::<_, [u8; 32]>(7)?),
    })
}

fn link(previous: &[u8; 32], event: &ObjectionEvent) -> [u8; 32] {
    Link::after(previous)
        .text("objection_event/1")
        .integer(event.seq)
        .text(event.purpose.id())
        .integer(i64::from(event.objected))
        .integer(event.at.0)
        .text(&event.policy_version)
        .text(&event.ui_surface)
        .hash()
}

impl ReadTx<'_> {
    /// The last word on a purpose.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn objection(&self, purpose: Purpose) -> Result<Option<ObjectionEvent>, StoreError> {
        one(self.conn, LAST_OF_PURPOSE, [purpose.id()], read)
    }

    /// The whole chain, oldest first. For exports.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn objection_events(&self) -> Result<Vec<ObjectionEvent>, StoreError> {
        all(self.conn, concat!(columns!(), " ORDER BY seq"), [], read)
    }

    /// Recomputes the chain. `None` if it holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn objection_verify(&self) -> Result<Option<ChainBreak>, StoreError> {
        let mut previous = GENESIS;
        for (event, seq) in self.objection_events()?.iter().zip(1..) {
            let holds = event.seq == seq
                && event.prev_hash == hex::encode(previous)
                && event.hash == hex::encode(link(&previous, event));
            if !holds {
                return Ok(Some(ChainBreak { seq }));
            }
            previous = unhex(&event.hash, "objection")?;
        }
        Ok(None)
    }
}

impl WriteTx<'_> {
    /// Appends an objection or its withdrawal. The same word twice is one event.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn objection_append(
        &self,
        purpose: Purpose,
        objected: bool,
        at: Timestamp,
        policy_version: &str,
        ui_surface: &str,
    ) -> Result<bool, StoreError> {
        if self.objection(purpose)?.is_some_and(|it| it.objected) == objected {
            return Ok(false);
        }
        let last = one(
            self.conn,
            concat!(columns!(), " ORDER BY seq DESC LIMIT 1"),
            [],
            read,
        )?;
        let (seq, previous) = match &last {
            Some(event) => (event.seq + 1, unhex(&event.hash, "objection")?),
            None => (1, GENESIS),
        };
        let event = ObjectionEvent {
            seq,
            purpose,
            objected,
            at,
            policy_version: policy_version.to_owned(),
            ui_surface: ui_surface.to_owned(),
            prev_hash: hex::encode(previous),
            hash: String::new(),
        };
        change(
            self.conn,
            "INSERT INTO objection_event (seq, purpose, objected, at, policy_version, ui_surface, prev_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                seq,
                purpose.id(),
                objected,
                at.0,
                event.policy_version,
                event.ui_surface,
                previous,
                link(&previous, &event),
            ],
        )?;
        Ok(true)
    }
}
