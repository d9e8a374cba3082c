//! `consent_event`: what was agreed to, refused and taken back. Append-only; the schema refuses
//! every other change.

use fluxchat_model::{
    ConsentEvent, ConsentEventId, ConsentScope, ConsentState, ConsentStatus, ConversationId,
    PolicySpan, Purpose, Timestamp,
};
use rusqlite::{Row, params};

use crate::chain::{Link, unhex};
use crate::table::{all, change, one, refused};
use crate::{ChainBreak, GENESIS, ReadTx, StoreError, WriteTx};

/// An event before it has its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConsentEvent {
    /// The 27560 `record_id`.
    pub id: ConsentEventId,
    /// What it is about.
    pub purpose: Purpose,
    /// What it says.
    pub status: ConsentStatus,
    /// When.
    pub at: Timestamp,
    /// The policy it was given under.
    pub policy_version: String,
    /// SHA-256 of that policy's text in hex.
    pub notice_sha256: String,
    /// The language the notice was shown in (BCP 47).
    pub language: String,
    /// Where it was given: `first_run`, `privacy`, `cli`.
    pub ui_surface: String,
    /// The version of the app.
    pub app_version: String,
    /// The conversation it is limited to, if it is limited to one.
    pub scope: Option<ConsentScope>,
}

macro_rules! columns {
    () => {
        "SELECT seq, id, purpose, status, at, policy_version, notice_sha256, language, ui_surface, app_version,
                prev_hash, hash, scope, conversation_id FROM consent_event"
    };
}

pub(crate) const LAST_OF_PURPOSE: &str = concat!(
    columns!(),
    " WHERE purpose = ?1 AND scope IS NULL ORDER BY seq DESC LIMIT 1"
);
pub(crate) const LAST_OF_CONVERSATION: &str = concat!(
    columns!(),
    " WHERE conversation_id = ?1 AND purpose = ?2 ORDER BY seq DESC LIMIT 1"
);
pub(crate) const PAGE: &str = concat!(columns!(), " WHERE seq > ?1 ORDER BY seq LIMIT ?2");
pub(crate) const TRAINED_ON: &str = "SELECT id FROM conversation WHERE training_allowed = 1";

fn read(row: &Row<'_>) -> Result<ConsentEvent, StoreError> {
    let broken = || StoreError::Unreadable("consent event");
    Ok(ConsentEvent {
        seq: row.get(0)?,
        id: ConsentEventId(row.get(1)?),
        purpose: row.get::<_, String>(2)?.parse().map_err(|_| broken())?,
        status: ConsentStatus::from_id(&row.get::<_, String>(3)?).ok_or_else(broken)?,
        at: Timestamp(row.get(4)?),
        policy_version: row.get(5)?,
        notice_sha256: row.get(6)?,
        language: row.get(7)?,
        ui_surface: row.get(8)?,
        app_version: row.get(9)?,
        scope: match row.get(12)? {
            Some(id) => Some(ConsentScope {
                id,
                conversation_id: row.get::<_, Option<_>>(13)?.map(ConversationId),
            }),
            None => None,
        },
        prev_hash: hex::encode(row.get::<_, [u8; 32]>(10)?),
        hash: hex::encode(row.get::<_, [u8; 32]>(11)?),
    })
}

fn link(previous: &[u8; 32], event: &ConsentEvent) -> [u8; 32] {
    let limited = event.scope.is_some();
    let link = Link::after(previous)
        .text(if limited {
            "consent_event/2"
        } else {
            "consent_event/1"
        })
        .integer(event.seq)
        .bytes(event.id.0.as_bytes())
        .text(event.purpose.id())
        .text(event.status.id())
        .integer(event.at.0)
        .text(&event.policy_version)
        .text(&event.notice_sha256)
        .text(&event.language)
        .text(&event.ui_surface)
        .text(&event.app_version);
    match &event.scope {
        Some(scope) => link.bytes(scope.id.as_bytes()),
        None => link,
    }
    .hash()
}

impl ReadTx<'_> {
    /// Where a purpose stands: given only if its last event says so and was given under one of
    /// the policy versions that count.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn consent_state(
        &self,
        purpose: Purpose,
        under: &PolicySpan,
    ) -> Result<ConsentState, StoreError> {
        let event = one(self.conn, LAST_OF_PURPOSE, [purpose.id()], read)?;
        Ok(ConsentState {
            purpose,
            given: event.as_ref().is_some_and(|event| {
                event.status == ConsentStatus::Given && under.covers(&event.policy_version)
            }),
            event,
        })
    }

    /// The last decision about one conversation.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn consent_of_conversation(
        &self,
        purpose: Purpose,
        id: ConversationId,
    ) -> Result<Option<ConsentEvent>, StoreError> {
        one(
            self.conn,
            LAST_OF_CONVERSATION,
            params![id.0, purpose.id()],
            read,
        )
    }

    /// Events after a place in the chain, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn consent_events_after(
        &self,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<ConsentEvent>, StoreError> {
        all(self.conn, PAGE, params![seq, limit], read)
    }

    /// The whole chain, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn consent_events(&self) -> Result<Vec<ConsentEvent>, StoreError> {
        all(self.conn, concat!(columns!(), " ORDER BY seq"), [], read)
    }

    /// Recomputes the chain. `None` if it holds.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn consent_verify(&self) -> Result<Option<ChainBreak>, StoreError> {
        let mut previous = GENESIS;
        for (event, seq) in self.consent_events()?.iter().zip(1..) {
            let holds = event.seq == seq
                && event.prev_hash == hex::encode(previous)
                && event.hash == hex::encode(link(&previous, event));
            if !holds {
                return Ok(Some(ChainBreak { seq }));
            }
            previous = unhex(&event.hash, "consent event")?;
        }
        Ok(None)
    }
}

impl WriteTx<'_> {
    /// Appends an event.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn consent_append(&self, new: NewConsentEvent) -> Result<ConsentEvent, StoreError> {
        let last = one(
            self.conn,
            concat!(columns!(), " ORDER BY seq DESC LIMIT 1"),
            [],
            read,
        )?;
        let (seq, prev_hash) = match &last {
            Some(event) => (event.seq + 1, unhex(&event.hash, "consent event")?),
            None => (1, GENESIS),
        };
        let mut event = ConsentEvent {
            seq,
            id: new.id,
            purpose: new.purpose,
            status: new.status,
            at: new.at,
            policy_version: new.policy_version,
            notice_sha256: new.notice_sha256,
            language: new.language,
            ui_surface: new.ui_surface,
            app_version: new.app_version,
            scope: new.scope,
            prev_hash: hex::encode(prev_hash),
            hash: String::new(),
        };
        let hash = link(&prev_hash, &event);
        event.hash = hex::encode(hash);
        change(
            self.conn,
            "INSERT INTO consent_event (seq, id, purpose, status, at, policy_version, notice_sha256, language,
               ui_surface, app_version, prev_hash, hash, scope, conversation_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                seq,
                event.id.0,
                event.purpose.id(),
                event.status.id(),
                event.at.0,
                event.policy_version,
                event.notice_sha256,
                event.language,
                event.ui_surface,
                event.app_version,
                prev_hash,
                hash,
                event.scope.map(|scope| scope.id),
                event
                    .scope
                    .and_then(|scope| scope.conversation_id)
                    .map(|id| id.0),
            ],
        )
        .map_err(refused("consent event"))?;
        Ok(event)
    }

    /// Takes the mark of training off every conversation that has it. Returns which.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn training_forget(&self) -> Result<Vec<ConversationId>, StoreError> {
        let marked = all(self.conn, TRAINED_ON, [], |row| {
            Ok(ConversationId(row.get(0)?))
        })?;
        change(
            self.conn,
            "UPDATE conversation SET training_allowed = 0 WHERE training_allowed = 1",
            [],
        )?;
        Ok(marked)
    }
}
