//! A store in memory, at its end.

use rusqlite::config::DbConfig;

use crate::table::all;
use crate::{Mode, Store, StoreError};

const TABLES: &str = "SELECT name FROM pragma_table_list
     WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'";

impl Store {
    /// Overwrites everything that a store in memory holds and closes it. Any other store is only
    /// closed.
    pub fn forget(&self) {
        if self.mode() == Mode::Memory
            && let Err(error) = self.overwrite()
        {
            tracing::warn!(name: "memory.not_overwritten", code = error.code());
        }
        self.close();
    }

    /// Drops every table: with `secure_delete`, SQLite writes zeros over each page it frees.
    fn overwrite(&self) -> Result<(), StoreError> {
        self.with_writer(|conn| {
            conn.flush_prepared_statement_cache();
            // No copy of a page may be made for a rollback that nobody will want, and rows that
            // refer to each other go in any order.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
            conn.query_row("PRAGMA journal_mode = OFF", [], |row| {
                row.get::<_, String>(0)
            })?;
            conn.pragma_update(None, "foreign_keys", "OFF")?;
            let tables = all(conn, TABLES, [], |row| Ok(row.get::<_, String>(0)?))?;
            for table in tables {
                // sql: a name from our own schema, quoted.
                conn.execute_batch(&format!("DROP TABLE \"{table}\""))?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{OpenOptions, Store};
    use fluxchat_model::{Conversation, ConversationId, DraftKey, Timestamp};

    #[test]
    fn nothing_but_empty_pages_is_left() {
        let store = Store::open(OpenOptions::memory()).unwrap();
        let id = ConversationId::new(Timestamp(0), [7; 10]);
        let row = Conversation::new(id, "a title".to_owned(), Timestamp(0));
        store
            .write(|tx| {
                tx.conversation_insert(&row)?;
                tx.draft_set(
                    DraftKey::Conversation(id),
                    &"words ".repeat(5_000),
                    Timestamp(0),
                )
            })
            .unwrap();
        store.overwrite().unwrap();
        let (pages, free, tables): (i64, i64, i64) = store
            .with_writer(|conn| {
                let one = |sql| conn.query_row(sql, [], |row| row.get(0));
                Ok((
                    one("PRAGMA page_count")?,
                    one("PRAGMA freelist_count")?,
                    one("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?,
                ))
            })
            .unwrap();
        assert_eq!(tables, 0);
        assert!(pages > 50, "there was something: {pages}");
        assert!(
            pages - free <= 2,
            "all but the first are free and zero: {free} of {pages}"
        );
        store.forget();
        assert_eq!(store.read(|_| Ok(())).unwrap_err().code(), "closed");
    }
}
