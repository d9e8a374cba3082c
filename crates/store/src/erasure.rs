//! Deletion, from asking to proof.
//!
//! 1. [`WriteTx::erasure_request`] hides at once; [`WriteTx::erasure_undo`] brings back.
//! 2. [`Store::erasure_purge`] removes the rows in one transaction, and with them the keys of files.
//! 3. The caller unlinks the files that were named.
//! 4. [`Store::erasure_scrub`] empties the write-ahead log and gives free pages back.
//! 5. [`Store::erasure_finish`] proves it and writes the receipt.
//!
//! Every step may be repeated, and a crash between two of them is found at the next start by
//! [`ReadTx::erasures_due`] and [`ReadTx::erasures_unfinished`].

mod purge;
mod scrub;

pub(crate) use scrub::checkpoint;
pub use scrub::{FinishedBy, ScrubReport};

use std::collections::BTreeMap;

use fluxchat_model::{AssetId, ConversationId, ErasureId, ErasureScope, MessageId, Timestamp};
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::table::{all, change, must_exist, one, refused, scalar};
use crate::{ReadTx, StoreError, WriteTx};

/// What is to be deleted, and when for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureRequest {
    /// A new id.
    pub id: ErasureId,
    /// What.
    pub scope: ErasureScope,
    /// Now.
    pub requested_at: Timestamp,
    /// Until when it can be undone.
    pub purge_after: Timestamp,
}

/// How far a deletion came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureState {
    /// Hidden everywhere, still there.
    Hidden,
    /// The rows are gone; files, log or receipt are not done.
    Erasing,
}

/// A deletion that has no receipt yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// What it deletes; `None` once the rows are gone, except for everything.
    pub scope: Option<ErasureScope>,
    /// How far it came.
    pub state: ErasureState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it may be purged.
    pub purge_after: Timestamp,
}

/// What a purge removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Encrypted files to unlink. Their keys are gone, so they can no longer be read.
    pub files: Vec<AssetId>,
    /// Rows removed per table.
    pub rows_by_table: BTreeMap<String, u32>,
}

const COLUMNS: &str = "SELECT id, scope, scope_id, state, requested_at, purge_after FROM erasure";

/// A message and everything below it, whatever is hidden.
const SUBTREE: &str = "WITH RECURSIVE below (id) AS (
       SELECT ?1
       UNION ALL
       SELECT m.id FROM below JOIN message m ON m.parent_id = below.id
     )";

fn read(row: &Row<'_>) -> Result<Erasure, StoreError> {
    let scope_id: Option<Uuid> = row.get(2)?;
    let scope = match (row.get::<_, String>(1)?.as_str(), scope_id) {
        ("everything", _) => Some(ErasureScope::Everything),
        ("message", Some(id)) => Some(ErasureScope::Message(MessageId(id))),
        ("conversation", Some(id)) => Some(ErasureScope::Conversation(ConversationId(id))),
        _ => None,
    };
    let state = match row.get::<_, String>(3)?.as_str() {
        "hidden" => ErasureState::Hidden,
        _ => ErasureState::Erasing,
    };
    Ok(Erasure {
        id: ErasureId(row.get(0)?),
        scope,
        state,
        requested_at: Timestamp(row.get(4)?),
        purge_after: Timestamp(row.get(5)?),
    })
}

/// The word for a scope in SQL, receipts and tombstones, and the id it names.
fn scope_columns(scope: ErasureScope) -> (&'static str, Option<Uuid>) {
    match scope {
        ErasureScope::Message(id) => ("message", Some(id.0)),
        ErasureScope::Conversation(id) => ("conversation", Some(id.0)),
        ErasureScope::Everything => ("everything", None),
    }
}

impl ReadTx<'_> {
    /// A deletion that has no receipt yet.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasure(&self, id: ErasureId) -> Result<Option<Erasure>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }

    /// The conversation a message belongs to, even while the message is hidden.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_of_message(
        &self,
        id: MessageId,
    ) -> Result<Option<ConversationId>, StoreError> {
        let found: Option<uuid::Uuid> = scalar(
            self.conn,
            "SELECT conversation_id FROM message WHERE id = ?1",
            [id.0],
        )?;
        Ok(found.map(ConversationId))
    }

    /// All deletions that have no receipt yet, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} ORDER BY requested_at, id"),
            [],
            read,
        )
    }

    /// Hidden deletions whose time to undo is over.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures_due(&self, now: Timestamp) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} WHERE state = 'hidden' AND purge_after <= ?1 ORDER BY purge_after"),
            [now.0],
            read,
        )
    }

    /// Deletions whose rows are gone and that were not finished.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn erasures_unfinished(&self) -> Result<Vec<Erasure>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} WHERE state = 'erasing' ORDER BY purge_after"),
            [],
            read,
        )
    }
}

impl WriteTx<'_> {
    /// Hides what is to be deleted, everywhere and at once. Whatever streams into it must have
    /// been stopped.
    ///
    /// # Errors
    /// `not_found` if it does not exist or is hidden already; `conflict` if the id is taken.
    pub fn erasure_request(&self, request: &ErasureRequest) -> Result<(), StoreError> {
        let (scope, scope_id) = scope_columns(request.scope);
        change(
            self.conn,
            "INSERT INTO erasure (id, scope, scope_id, state, requested_at, purge_after, rows_by_table, search_verified)
             VALUES (?1, ?2, ?3, 'hidden', ?4, ?5, '{}', 0)",
            params![
                request.id.0,
                scope,
                scope_id,
                request.requested_at.0,
                request.purge_after.0
            ],
        )
        .map_err(refused("erasure"))?;
        match request.scope {
            ErasureScope::Everything => {
                change(
                    self.conn,
                    "UPDATE conversation SET erasure_id = ?1 WHERE erasure_id IS NULL",
                    [request.id.0],
                )?;
                Ok(())
            }
            ErasureScope::Conversation(id) => {
                let hidden = change(
                    self.conn,
                    "UPDATE conversation SET erasure_id = ?2 WHERE id = ?1 AND erasure_id IS NULL",
                    [id.0, request.id.0],
                )?;
                must_exist(hidden, "conversation")
            }
            ErasureScope::Message(id) => {
                let place = self
                    .place(id)?
                    .filter(|place| !place.hidden)
                    .ok_or(StoreError::NotFound("message"))?;
                if self.conversation(place.conversation)?.is_none() {
                    return Err(StoreError::NotFound("conversation"));
                }
                change(
                    self.conn,
                    &format!(
                        "{SUBTREE} UPDATE message SET erasure_id = ?2
                         WHERE id IN (SELECT id FROM below) AND erasure_id IS NULL"
                    ),
                    [id.0, request.id.0],
                )?;
                self.path_leave(id)
            }
        }
    }

    /// Brings back what was hidden, if it is still there. Returns what came back; `None` if it is
    /// too late: the deadline has passed, or the purge has begun.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn erasure_undo(
        &self,
        id: ErasureId,
        now: Timestamp,
    ) -> Result<Option<ErasureScope>, StoreError> {
        let Some(job) = self.erasure(id)? else {
            return Ok(None);
        };
        let Some(scope) = job.scope else {
            return Ok(None);
        };
        if job.state != ErasureState::Hidden || job.purge_after <= now {
            return Ok(None);
        }
        match scope {
            ErasureScope::Everything | ErasureScope::Conversation(_) => {
                change(
                    self.conn,
                    "UPDATE conversation SET erasure_id = NULL WHERE erasure_id = ?1",
                    [id.0],
                )?;
            }
            ErasureScope::Message(message) => self.unhide_message(id, message)?,
        }
        change(self.conn, "DELETE FROM erasure WHERE id = ?1", [id.0])?;
        Ok(Some(scope))
    }

    /// Before a message is purged that began its conversation: a title that was made from it goes
    /// too, replaced by one made from the oldest other beginning, or by none. A title that a person
    /// gave is left. `title_of` makes titles. Returns whether the title changed.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn erasure_retitle(
        &self,
        message: MessageId,
        title_of: impl Fn(&str) -> String,
    ) -> Result<bool, StoreError> {
        let made_from: Option<String> = scalar(
            self.conn,
            "SELECT text FROM message WHERE id = ?1 AND parent_id IS NULL",
            [message.0],
        )?;
        let (Some(made_from), Some(conversation)) =
            (made_from, self.conversation_of_message(message)?)
        else {
            return Ok(false);
        };
        let other: Option<String> = scalar(
            self.conn,
            "SELECT text FROM message
             WHERE conversation_id = ?1 AND parent_id IS NULL AND erasure_id IS NULL AND id <> ?2
             ORDER BY seq LIMIT 1",
            [conversation.0, message.0],
        )?;
        let title = other.map(|text| title_of(&text)).unwrap_or_default();
        let changed = change(
            self.conn,
            "UPDATE conversation SET title = ?3 WHERE id = ?1 AND title = ?2",
            params![conversation.0, title_of(&made_from), title],
        )?;
        Ok(changed > 0)
    }

    fn unhide_message(&self, id: ErasureId, message: MessageId) -> Result<(), StoreError> {
        // Below a message that was deleted later, it goes on waiting with that one.
        let above: Option<Uuid> = scalar::<Option<Uuid>, _>(
            self.conn,
            "SELECT p.erasure_id FROM message m JOIN message p ON p.id = m.parent_id WHERE m.id = ?1",
            [message.0],
        )?
        .flatten();
        change(
            self.conn,
            "UPDATE message SET erasure_id = ?2 WHERE erasure_id = ?1",
            params![id.0, above],
        )?;
        let visible = match self.place(message)? {
            Some(place) => self.conversation(place.conversation)?.is_some(),
            None => false,
        };
        if above.is_none() && visible {
            self.message_show(message)?;
        }
        Ok(())
    }
}
