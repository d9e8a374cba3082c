//! Migrations: numbered files, each run once, all that are missing in one transaction.

use rusqlite::{Connection, TransactionBehavior};

use crate::{Mode, OpenOptions, StoreError, WriteTx, copy};

/// Never change one that was released; add the next.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_archive.sql"),
    include_str!("../migrations/0002_care.sql"),
    include_str!("../migrations/0003_retention.sql"),
    include_str!("../migrations/0004_deletion.sql"),
    include_str!("../migrations/0005_rights.sql"),
    include_str!("../migrations/0006_consent.sql"),
    include_str!("../migrations/0007_ledger.sql"),
    include_str!("../migrations/0008_diagnostics.sql"),
    include_str!("../migrations/0009_scale.sql"),
    include_str!("../migrations/0010_retain.sql"),
    include_str!("../migrations/0011_talk.sql"),
    include_str!("../migrations/0012_dialects.sql"),
    include_str!("../migrations/0013_tools.sql"),
    include_str!("../migrations/0014_attachments.sql"),
    include_str!("../migrations/0015_spend.sql"),
    include_str!("../migrations/0016_abilities.sql"),
    include_str!("../migrations/0017_details.sql"),
    include_str!("../migrations/0018_models.sql"),
    include_str!("../migrations/0019_asked.sql"),
    include_str!("../migrations/0020_tool_timeout.sql"),
];

/// The schema this version reads and writes (`PRAGMA user_version`).
pub const LATEST_SCHEMA: u32 = MIGRATIONS.len() as u32;

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// The schema before; 0 for a new archive.
    pub from: u32,
    /// The schema now.
    pub to: u32,
    /// Whether a verified copy of the archive as it was has been set aside.
    pub copied: bool,
}

pub(crate) fn run(
    conn: &mut Connection,
    options: &OpenOptions,
) -> Result<Option<MigrationReport>, StoreError> {
    apply(conn, options, MIGRATIONS)
}

fn apply(
    conn: &mut Connection,
    options: &OpenOptions,
    migrations: &[&str],
) -> Result<Option<MigrationReport>, StoreError> {
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let found = schema_version(conn)?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    if found == known {
        return Ok(None);
    }
    let needed = StoreError::MigrationNeeded { found, known };
    if options.mode == Mode::ReadOnly {
        return Err(needed);
    }
    let copied = found > 0 && options.mode != Mode::Memory;
    if copied {
        let target = options.migration_copy.as_ref().ok_or(needed)?;
        copy::make(conn, target, found)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in migrations.iter().skip(found as usize) {
        tx.execute_batch(sql)?;
    }
    if found == 0 {
        WriteTx::new(&tx).search_is_current()?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    tracing::info!(name: "archive.migrated", from = found, to = known, copied);
    Ok(Some(MigrationReport {
        from: found,
        to: known,
        copied,
    }))
}

pub(crate) fn schema_version(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::{self, Kind};
    use crate::{Integrity, MigrationCopy, Store, check_file};
    use fluxchat_model::ArchiveKey;

    fn key(byte: u8) -> ArchiveKey {
        ArchiveKey::new([byte; 32])
    }

    fn schema(conn: &Connection) -> String {
        let mut statement = conn
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
            .unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        rows.map(|sql| sql.unwrap() + ";\n").collect()
    }

    #[test]
    fn all_migrations_give_the_schema_that_is_checked_in() {
        let options = OpenOptions::memory();
        let mut conn = connection::open(&options, Kind::Writer).unwrap();
        run(&mut conn, &options).unwrap();
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/schema.sql");
        let is = schema(&conn);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(golden, &is).unwrap();
        }
        let should = std::fs::read_to_string(golden).unwrap_or_default();
        assert!(
            is == should,
            "the schema changed: add a migration, then run the test with UPDATE_GOLDEN=1"
        );
    }

    #[test]
    fn every_table_is_strict_and_no_index_holds_what_a_person_wrote() {
        let options = OpenOptions::memory();
        let mut conn = connection::open(&options, Kind::Writer).unwrap();
        run(&mut conn, &options).unwrap();
        let mut statement = conn
            .prepare("SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'")
            .unwrap();
        let tables: Vec<(String, String, bool)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (name, kind, strict) in tables {
            if kind == "table" && !name.starts_with("sqlite_") {
                assert!(strict, "{name} is strict");
            }
        }
        let mut statement = conn
            .prepare(
                "SELECT m.name, i.name FROM sqlite_schema m, pragma_index_xinfo(m.name) i
                 WHERE m.type = 'index' AND i.key",
            )
            .unwrap();
        let indexed: Vec<(String, Option<String>)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(indexed.len() > 20, "the indexes are seen");
        let written = [
            "title", "text", "parts", "body", "name", "query", "error", "reason", "note", "receipt",
        ];
        for (index, column) in indexed {
            let column = column.unwrap_or_default();
            assert!(
                !written.contains(&column.as_str()),
                "{index} holds {column}"
            );
        }
    }

    /// The migrations there are, and more.
    fn and(more: &[&'static str]) -> Vec<&'static str> {
        [MIGRATIONS, more].concat()
    }

    /// An archive of this version, opened by the next.
    #[test]
    fn an_old_archive_is_copied_verified_and_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let mut options = OpenOptions::create(dir.path().join("a.db"), key(1));
        let store = Store::open(options.clone()).unwrap();
        store.write(|tx| tx.setting_set("theme", &"dark")).unwrap();
        store.close();
        let (now, later) = (LATEST_SCHEMA, LATEST_SCHEMA + 1);
        let next = and(&["CREATE TABLE later (id INTEGER NOT NULL) STRICT;"]);

        let mut conn = connection::open(&options, Kind::Writer).unwrap();
        let refused = apply(&mut conn, &options, &next).unwrap_err();
        let needed = StoreError::MigrationNeeded {
            found: now,
            known: later,
        };
        assert_eq!(refused, needed, "without a place for the copy");
        assert_eq!(schema_version(&conn).unwrap(), now);

        let copy = MigrationCopy {
            path: dir.path().join("copy.db"),
            key: key(2),
        };
        options.migration_copy = Some(copy.clone());
        let report = apply(&mut conn, &options, &next).unwrap().unwrap();
        assert_eq!((report.from, report.to, report.copied), (now, later, true));
        assert_eq!(schema_version(&conn).unwrap(), later);
        drop(conn);

        let wrong = Store::open(OpenOptions::existing(&copy.path, key(1)));
        assert_eq!(
            wrong.unwrap_err(),
            StoreError::NotADatabase,
            "it has its own key"
        );
        assert_eq!(check_file(&copy.path, &copy.key), Ok(Integrity::Whole));
        let old = Store::open(OpenOptions::existing(&copy.path, copy.key)).unwrap();
        let theme: Option<String> = old.read(|tx| tx.setting("theme")).unwrap();
        assert_eq!(
            theme.as_deref(),
            Some("dark"),
            "the copy is the archive as it was"
        );
    }

    /// Making `erasure` anew must not cascade into `erasure_file`.
    #[test]
    fn a_deletion_that_is_under_way_survives_the_migration_of_its_tables() {
        let options = OpenOptions::memory();
        let mut conn = connection::open(&options, Kind::Writer).unwrap();
        apply(&mut conn, &options, &MIGRATIONS[..2]).unwrap();
        let id = "x'00000000000000000000000000000001'";
        conn.execute_batch(&format!(
            "INSERT INTO erasure VALUES ({id}, 'conversation', NULL, 'erasing', 1, 2, '{{\"message\":3}}', 1);
             INSERT INTO erasure_file VALUES ({id}, x'01'), ({id}, x'02');
             INSERT INTO tombstone VALUES ({id}, 'conversation', 1);"
        ))
        .unwrap();
        run(&mut conn, &options).unwrap();
        let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(
            count("SELECT count(*) FROM erasure_file f JOIN erasure e ON e.id = f.erasure_id"),
            2
        );
        assert_eq!(count("SELECT count(*) FROM tombstone"), 1);
        assert_eq!(
            count("SELECT count(*) FROM pragma_foreign_key_check"),
            0,
            "no reference dangles"
        );
        conn.execute("DELETE FROM erasure", []).unwrap();
        assert_eq!(
            count("SELECT count(*) FROM erasure_file"),
            0,
            "the reference follows the new name"
        );
    }

    #[test]
    fn a_failing_migration_leaves_the_archive_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let mut options = OpenOptions::create(dir.path().join("a.db"), key(1));
        Store::open(options.clone()).unwrap().close();
        options.migration_copy = Some(MigrationCopy {
            path: dir.path().join("copy.db"),
            key: key(2),
        });
        let mut conn = connection::open(&options, Kind::Writer).unwrap();
        let before = schema(&conn);
        let bad = and(&[
            "CREATE TABLE later (id INTEGER NOT NULL) STRICT;",
            "CREATE TABLE later (id INTEGER NOT NULL) STRICT;",
        ]);
        assert!(apply(&mut conn, &options, &bad).is_err());
        assert_eq!(schema(&conn), before);
        assert_eq!(schema_version(&conn).unwrap(), LATEST_SCHEMA);
    }
}
