//! `privacy_request`: what was asked of the service, and where it stands.

use fluxchat_model::{ErasureId, PrivacyRequest, PrivacyRequestId, Timestamp};
use rusqlite::{Row, params};

use crate::table::{all, change, from_word, must_exist, one, refused, to_word};
use crate::{ReadTx, StoreError, WriteTx};

const COLUMNS: &str = "SELECT id, kind, erasure_id, source_name, state, created_at, expected_by, reason, attestation FROM privacy_request";

fn read(row: &Row<'_>) -> Result<PrivacyRequest, StoreError> {
    Ok(PrivacyRequest {
        id: PrivacyRequestId(row.get(0)?),
        kind: from_word(&row.get::<_, String>(1)?, "request kind")?,
        erasure_id: row.get::<_, Option<_>>(2)?.map(ErasureId),
        source_name: row.get(3)?,
        state: from_word(&row.get::<_, String>(4)?, "request state")?,
        created_at: Timestamp(row.get(5)?),
        expected_by: row.get::<_, Option<_>>(6)?.map(Timestamp),
        reason: row.get(7)?,
        attestation: from_word(&row.get::<_, String>(8)?, "attestation")?,
    })
}

impl ReadTx<'_> {
    /// All requests, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn privacy_requests(&self) -> Result<Vec<PrivacyRequest>, StoreError> {
        all(self.conn, &format!("{COLUMNS} ORDER BY seq DESC"), [], read)
    }

    /// One request.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn privacy_request(
        &self,
        id: PrivacyRequestId,
    ) -> Result<Option<PrivacyRequest>, StoreError> {
        one(self.conn, &format!("{COLUMNS} WHERE id = ?1"), [id.0], read)
    }

    /// The requests that belong to a deletion.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn privacy_requests_of(&self, id: ErasureId) -> Result<Vec<PrivacyRequest>, StoreError> {
        all(
            self.conn,
            &format!("{COLUMNS} WHERE erasure_id = ?1 ORDER BY seq"),
            [id.0],
            read,
        )
    }
}

impl WriteTx<'_> {
    /// Records a request.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn privacy_request_insert(&self, request: &PrivacyRequest) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO privacy_request (id, kind, erasure_id, source_name, state, created_at, expected_by, reason, attestation)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                request.id.0,
                to_word(&request.kind, "request kind")?,
                request.erasure_id.map(|id| id.0),
                request.source_name,
                to_word(&request.state, "request state")?,
                request.created_at.0,
                request.expected_by.map(|at| at.0),
                request.reason,
                to_word(&request.attestation, "attestation")?,
            ],
        )
        .map_err(refused("privacy request"))?;
        Ok(())
    }

    /// Stores state, date and reason of a request.
    ///
    /// # Errors
    /// `not_found`.
    pub fn privacy_request_update(&self, request: &PrivacyRequest) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE privacy_request SET state = ?2, expected_by = ?3, reason = ?4, attestation = ?5 WHERE id = ?1",
            params![
                request.id.0,
                to_word(&request.state, "request state")?,
                request.expected_by.map(|at| at.0),
                request.reason,
                to_word(&request.attestation, "attestation")?,
            ],
        )?;
        must_exist(changed, "privacy request")
    }

    /// Removes a request that was never sent, with its deletion undone. Returns whether it was
    /// there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn privacy_request_remove(&self, id: PrivacyRequestId) -> Result<bool, StoreError> {
        Ok(change(
            self.conn,
            "DELETE FROM privacy_request WHERE id = ?1",
            [id.0],
        )? > 0)
    }
}
