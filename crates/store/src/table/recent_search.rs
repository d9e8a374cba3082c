//! `recent_search`: what was searched for lately. Any deletion clears it, since a search may quote
//! what is deleted.

use fluxchat_model::Timestamp;
use rusqlite::params;

use crate::table::{all, change};
use crate::{ReadTx, StoreError, WriteTx};

/// How many are kept.
const KEPT: i64 = 50;

/// One search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentSearch {
    /// As it was typed.
    pub query: String,
    /// When it was last used.
    pub at: Timestamp,
}

impl ReadTx<'_> {
    /// The latest searches, newest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn recent_searches(&self, limit: u32) -> Result<Vec<RecentSearch>, StoreError> {
        all(
            self.conn,
            "SELECT query, at FROM recent_search ORDER BY seq DESC LIMIT ?1",
            [limit],
            |row| {
                Ok(RecentSearch {
                    query: row.get(0)?,
                    at: Timestamp(row.get(1)?),
                })
            },
        )
    }
}

impl WriteTx<'_> {
    /// Remembers a search; the same one is kept once.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn recent_search_add(&self, query: &str, at: Timestamp) -> Result<(), StoreError> {
        change(
            self.conn,
            "DELETE FROM recent_search WHERE query = ?1",
            [query],
        )?;
        change(
            self.conn,
            "INSERT INTO recent_search (query, at) VALUES (?1, ?2)",
            params![query, at.0],
        )?;
        change(
            self.conn,
            "DELETE FROM recent_search WHERE seq <= (SELECT max(seq) FROM recent_search) - ?1",
            [KEPT],
        )?;
        Ok(())
    }

    /// Forgets all searches. Returns how many there were. Follow it with [`crate::Store::scrub`].
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn recent_searches_clear(&self) -> Result<u32, StoreError> {
        let removed = change(self.conn, "DELETE FROM recent_search", [])?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
