//! `policy_text` and `policy_acceptance`: versions a service announced, and what was accepted.

use fluxchat_model::{Policy, PolicyVersion, Timestamp};
use rusqlite::params;

use crate::table::{all, change, from_json, one, to_json};
use crate::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// The versions that came from a service, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn policy_versions(&self) -> Result<Vec<PolicyVersion>, StoreError> {
        all(
            self.conn,
            "SELECT DISTINCT version FROM policy_text ORDER BY version",
            [],
            |row| Ok(PolicyVersion(row.get(0)?)),
        )
    }

    /// A text that came from a service.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn policy_text(&self, version: &str, language: &str) -> Result<Option<Policy>, StoreError> {
        one(
            self.conn,
            "SELECT document FROM policy_text WHERE version = ?1 AND language = ?2",
            [version, language],
            |row| from_json(&row.get::<_, String>(0)?, "policy"),
        )
    }

    /// When a version was accepted, first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn policy_accepted_at(&self, version: &str) -> Result<Option<Timestamp>, StoreError> {
        one(
            self.conn,
            "SELECT at FROM policy_acceptance WHERE version = ?1 ORDER BY seq LIMIT 1",
            [version],
            |row| Ok(Timestamp(row.get(0)?)),
        )
    }
}

impl WriteTx<'_> {
    /// Keeps a text that came from a service. A version never changes: the first text stays.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn policy_text_keep(&self, policy: &Policy, at: Timestamp) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO policy_text (version, language, fetched_at, document) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (version, language) DO NOTHING",
            params![
                policy.version.0,
                policy.language,
                at.0,
                to_json(policy, "policy")?
            ],
        )?;
        Ok(())
    }

    /// Writes down that a version was accepted.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn policy_accept(
        &self,
        policy: &Policy,
        at: Timestamp,
        ui_surface: &str,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO policy_acceptance (version, language, sha256, at, ui_surface)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                policy.version.0,
                policy.language,
                policy.sha256,
                at.0,
                ui_surface
            ],
        )?;
        Ok(())
    }
}
