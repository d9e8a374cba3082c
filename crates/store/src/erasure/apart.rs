//! The search index of what is deleted as a whole. Taking every row out of it costs more than all
//! the rest, and emptying it at once takes as long as it is large. So it gets another name, a new
//! one takes its place, and its pages go some at a time.

use rusqlite::config::DbConfig;
use rusqlite::params;
use uuid::Uuid;

use crate::table::{all, change, scalar};
use crate::{StoreError, WriteTx, search};

/// Rows of the index per step, a page and a little each.
const PAGES: i64 = 400;

impl WriteTx<'_> {
    /// Sets the index apart. Does nothing while another one waits to be removed: then rows are
    /// taken out one by one.
    pub(super) fn index_apart(&self, id: Uuid) -> Result<(), StoreError> {
        if self.has_old_index()? {
            return Ok(());
        }
        let for_good = search::is_secure(self.conn)?;
        let definition: Option<String> = scalar(
            self.conn,
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'search'",
            [],
        )?;
        let definition = definition.ok_or(StoreError::SearchCorrupt)?;
        let triggers = all(
            self.conn,
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%INTO search (%'",
            [],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        for (name, _) in &triggers {
            // sql: the names are those of our own schema; names cannot be bound.
            self.conn.execute_batch(&format!("DROP TRIGGER {name}"))?;
        }
        self.conn
            .execute_batch("ALTER TABLE search RENAME TO search_gone")?;
        self.conn.execute_batch(&definition)?;
        for (_, sql) in &triggers {
            self.conn.execute_batch(sql)?;
        }
        search::configure(self.conn, for_good)?;
        self.search_is_current()?;
        self.in_the_open(|| {
            // Its head now says that it is empty, as that of the new one does; what is left are
            // pages that nothing leads to.
            self.conn.execute_batch(
                "INSERT OR REPLACE INTO search_gone_data (id, block)
                 SELECT id, block FROM search_data;
                 DELETE FROM search_gone_docsize",
            )?;
            Ok(())
        })?;
        change(
            self.conn,
            "UPDATE erasure SET index_apart = 1, in_bulk = 0 WHERE id = ?1",
            params![id],
        )?;
        Ok(())
    }

    pub(super) fn is_apart(&self, id: Uuid) -> Result<bool, StoreError> {
        let apart: Option<bool> = scalar(
            self.conn,
            "SELECT index_apart FROM erasure WHERE id = ?1",
            [id],
        )?;
        Ok(apart == Some(true))
    }

    /// Removes some of an index that was set apart. Returns whether there is none any more.
    pub(super) fn step_old_index(&self) -> Result<bool, StoreError> {
        if !self.has_old_index()? {
            return Ok(true);
        }
        let removed = self.in_the_open(|| {
            let pages = self.conn.execute(
                "DELETE FROM search_gone_data WHERE id IN (
                   SELECT id FROM search_gone_data WHERE id > 10 LIMIT ?1)",
                [PAGES],
            )?;
            let places = self.conn.execute(
                "DELETE FROM search_gone_idx WHERE (segid, term) IN (
                   SELECT segid, term FROM search_gone_idx LIMIT ?1)",
                [PAGES * 8],
            )?;
            Ok(pages + places)
        })?;
        if removed > 0 {
            return Ok(false);
        }
        self.conn.execute_batch("DROP TABLE search_gone")?;
        Ok(true)
    }

    fn has_old_index(&self) -> Result<bool, StoreError> {
        let found: Option<i64> = scalar(
            self.conn,
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'search_gone'",
            [],
        )?;
        Ok(found.is_some())
    }

    /// The tables of an index are closed to statements; this opens them for as long as it takes.
    fn in_the_open<T>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let closed = DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
        self.conn.set_db_config(closed, false)?;
        let done = work();
        self.conn.set_db_config(closed, true)?;
        done
    }
}
