//! The other half of `privacy_request`: how a request goes on, its steps, and the keys that
//! answers are checked with.

use fluxchat_model::{
    PrivacyRequest, PrivacyRequestId, RequestEvent, RequestProgress, RequestStep, Timestamp,
    TrackedRequest,
};
use rusqlite::{Row, params};

use crate::table::{all, change, from_word, must_exist, one, scalar, to_word};
use crate::{ReadTx, StoreError, WriteTx};

/// The ids along their index: they begin with their time.
pub(crate) const PAGE: &str =
    "SELECT id FROM privacy_request WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
pub(crate) const TO_POLL: &str = "SELECT id FROM privacy_request
     WHERE next_poll_at <= ?1 ORDER BY next_poll_at LIMIT ?2";
pub(crate) const STEPS: &str = "SELECT at, kind, reason, expected_by FROM privacy_request_event
     WHERE request_id = ?1 ORDER BY seq";

fn read(row: &Row<'_>) -> Result<RequestProgress, StoreError> {
    let at = |place| Ok::<_, StoreError>(row.get::<_, Option<i64>>(place)?.map(Timestamp));
    Ok(RequestProgress {
        submitted_at: at(0)?,
        extended: row.get(1)?,
        cancelling: row.get(2)?,
        has_result: row.get(3)?,
        answered_at: at(4)?,
        checked_at: at(5)?,
        next_poll_at: at(6)?,
        receipt: row.get(7)?,
    })
}

impl ReadTx<'_> {
    /// A request with all that is known of it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tracked_request(
        &self,
        id: PrivacyRequestId,
    ) -> Result<Option<TrackedRequest>, StoreError> {
        let Some(request) = self.privacy_request(id)? else {
            return Ok(None);
        };
        let progress = one(
            self.conn,
            "SELECT submitted_at, extended, cancelling, has_result, answered_at, checked_at, next_poll_at, receipt
             FROM privacy_request WHERE id = ?1",
            [id.0],
            read,
        )?;
        Ok(Some(TrackedRequest {
            request,
            progress: progress.unwrap_or_default(),
        }))
    }

    /// A page of requests, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tracked_requests(
        &self,
        before: Option<PrivacyRequestId>,
        limit: u32,
    ) -> Result<Vec<TrackedRequest>, StoreError> {
        let before = before.map_or([0xff; 16], |id| id.0.into_bytes());
        let ids = all(self.conn, PAGE, params![before, limit], |row| {
            Ok(PrivacyRequestId(row.get(0)?))
        })?;
        self.tracked(ids)
    }

    /// The requests to ask about now, the one that waits longest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn requests_to_poll(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<TrackedRequest>, StoreError> {
        let ids = all(self.conn, TO_POLL, params![now.0, limit], |row| {
            Ok(PrivacyRequestId(row.get(0)?))
        })?;
        let mut found = self.tracked(ids)?;
        found.sort_by_key(|it| it.request.expected_by.unwrap_or(it.request.created_at));
        Ok(found)
    }

    fn tracked(&self, ids: Vec<PrivacyRequestId>) -> Result<Vec<TrackedRequest>, StoreError> {
        let found: Result<Vec<_>, _> = ids.into_iter().map(|id| self.tracked_request(id)).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// How a request came to where it stands, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn request_steps(&self, id: PrivacyRequestId) -> Result<Vec<RequestEvent>, StoreError> {
        all(self.conn, STEPS, [id.0], |row| {
            Ok(RequestEvent {
                at: Timestamp(row.get(0)?),
                step: from_word(&row.get::<_, String>(1)?, "request step")?,
                reason: row.get(2)?,
                expected_by: row.get::<_, Option<i64>>(3)?.map(Timestamp),
            })
        })
    }

    /// The key that the answers of a source are checked with.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn service_key(&self, source_name: &str) -> Result<Option<[u8; 32]>, StoreError> {
        scalar(
            self.conn,
            "SELECT public_key FROM service_key WHERE source_name = ?1",
            [source_name],
        )
    }

    /// The key of a source, and since when it is known.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn service_key_since(
        &self,
        source_name: &str,
    ) -> Result<Option<([u8; 32], Timestamp)>, StoreError> {
        one(
            self.conn,
            "SELECT public_key, pinned_at FROM service_key WHERE source_name = ?1",
            [source_name],
            |row| Ok((row.get(0)?, Timestamp(row.get(1)?))),
        )
    }

    /// What the sandbox signs with.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn sandbox_seed(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let Some(text) = self.meta(SEED)? else {
            return Ok(None);
        };
        crate::chain::unhex(&text, "sandbox key").map(Some)
    }
}

const SEED: &str = "sandbox_signing_seed";

impl WriteTx<'_> {
    /// Stores where a request stands and how it goes on.
    ///
    /// # Errors
    /// `not_found`.
    pub fn tracked_request_update(&self, tracked: &TrackedRequest) -> Result<(), StoreError> {
        self.privacy_request_update(&tracked.request)?;
        let TrackedRequest { request, progress } = tracked;
        let at = |time: Option<Timestamp>| time.map(|it| it.0);
        let changed = change(
            self.conn,
            "UPDATE privacy_request SET submitted_at = ?2, extended = ?3, cancelling = ?4, has_result = ?5,
               answered_at = ?6, checked_at = ?7, next_poll_at = ?8, receipt = ?9 WHERE id = ?1",
            params![
                request.id.0,
                at(progress.submitted_at),
                progress.extended,
                progress.cancelling,
                progress.has_result,
                at(progress.answered_at),
                at(progress.checked_at),
                at(progress.next_poll_at),
                progress.receipt,
            ],
        )?;
        must_exist(changed, "privacy request")
    }

    /// Adds a step.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn request_step(
        &self,
        id: PrivacyRequestId,
        event: &RequestEvent,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO privacy_request_event (request_id, at, kind, reason, expected_by) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                id.0,
                event.at.0,
                to_word(&event.step, "request step")?,
                event.reason,
                event.expected_by.map(|it| it.0),
            ],
        )?;
        Ok(())
    }

    /// Remembers the key of a source. The first one stays.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn service_key_pin(
        &self,
        source_name: &str,
        key: [u8; 32],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO service_key (source_name, public_key, pinned_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (source_name) DO NOTHING",
            params![source_name, key, at.0],
        )?;
        Ok(())
    }

    /// Puts another key in the place of the one of a source.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn service_key_replace(
        &self,
        source_name: &str,
        key: [u8; 32],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO service_key (source_name, public_key, pinned_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (source_name) DO UPDATE SET
               public_key = excluded.public_key, pinned_at = excluded.pinned_at",
            params![source_name, key, at.0],
        )?;
        Ok(())
    }

    /// Keeps what the sandbox signs with.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn sandbox_seed_set(&self, seed: &[u8; 32]) -> Result<(), StoreError> {
        self.meta_set(SEED, &hex::encode(seed))
    }
}

impl WriteTx<'_> {
    /// Records a request that waits to be sent, with its first step.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn request_made(&self, request: &PrivacyRequest) -> Result<(), StoreError> {
        self.privacy_request_insert(request)?;
        self.request_step(
            request.id,
            &RequestEvent {
                at: request.created_at,
                step: RequestStep::Made,
                reason: None,
                expected_by: None,
            },
        )
    }
}
