//! What a self-audit asks of the archive.

use std::io::Read as _;

use fluxchat_forensic::{Hit, Needle, Scanner};
use rusqlite::{Connection, params_from_iter, types::Null};

use crate::connection::{self, Kind};
use crate::table::{conversation, ledger_page, message, message_path};
use crate::{Mode, Store, StoreError, search};

/// How the archive is kept, as the library itself answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveFacts {
    /// The file does not begin like a plain database, and the library has its cipher.
    pub encrypted: bool,
    /// Freed cells and pages are overwritten, in tables and in the search index.
    pub overwrites: bool,
    /// The library was built without what keeps samples of deleted text or loads foreign code.
    pub built_for_deletion: bool,
    /// Every transaction is on the disk before it counts as done.
    pub durable: bool,
}

impl Store {
    /// Searches every decrypted page and every frame of the write-ahead log, free and stale ones
    /// included. `None` in memory, where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find_in_pages(&self, needles: &[Needle]) -> Result<Option<Vec<Hit>>, StoreError> {
        let Some(path) = self.path() else {
            return Ok(None);
        };
        let scanner = Scanner::new(needles)?;
        Ok(Some(scanner.pages(path, self.options().key.expose())?))
    }

    /// How the archive is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn facts(&self) -> Result<ArchiveFacts, StoreError> {
        let facts = |conn: &Connection| -> Result<ArchiveFacts, StoreError> {
            let number = |pragma: &str| conn.query_row(pragma, [], |row| row.get::<_, i64>(0));
            let word = |pragma: &str| conn.query_row(pragma, [], |row| row.get::<_, String>(0));
            let mut statement = conn.prepare("PRAGMA compile_options")?;
            let options = statement
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<String>, _>>()?;
            let has = |option: &str| options.iter().any(|it| it == option);
            let in_memory = self.mode() == Mode::Memory;
            Ok(ArchiveFacts {
                encrypted: in_memory
                    || (self.begins_with_noise()? && !word("PRAGMA cipher_version")?.is_empty()),
                overwrites: number("PRAGMA secure_delete")? == 1 && search::is_secure(conn)?,
                built_for_deletion: has("SECURE_DELETE")
                    && has("OMIT_LOAD_EXTENSION")
                    && !has("ENABLE_STAT4")
                    && (has("TEMP_STORE=2") || has("TEMP_STORE=3")),
                durable: in_memory
                    || (word("PRAGMA journal_mode")? == "wal"
                        && number("PRAGMA synchronous")? == 2),
            })
        };
        match self.mode() {
            Mode::ReadOnly => facts(&connection::open(&self.options(), Kind::Reader)?),
            _ => self.with_writer(|conn| facts(conn)),
        }
    }

    fn begins_with_noise(&self) -> Result<bool, StoreError> {
        let mut head = [0_u8; 16];
        if let Some(path) = self.path() {
            // Everything may still be in the write-ahead log.
            let _ = std::fs::File::open(path)?.read(&mut head)?;
        }
        Ok(&head != connection::PLAIN_MAGIC)
    }

    /// How many of the questions that screens ask are answered by reading a whole table or by
    /// sorting, and how many were looked at. The first number is 0 as long as work costs what is
    /// on the screen.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn plans_that_grow(&self) -> Result<(u32, u32), StoreError> {
        self.read(|tx| {
            let mut growing = 0;
            let questions = screen_questions();
            for sql in &questions {
                growing += u32::from(grows(&plan(tx.conn, sql)?));
            }
            Ok((growing, u32::try_from(questions.len()).unwrap_or(u32::MAX)))
        })
    }
}

/// What is asked at start, on opening a conversation, per keystroke of a search and per page of
/// the ledger.
fn screen_questions() -> Vec<String> {
    [
        conversation::PAGE,
        conversation::BY_ID,
        message::BY_ID,
        message::STREAMING,
        message_path::PLACE,
        message_path::CHILDREN,
        message_path::CHILD_RANK,
        message_path::ROOTS,
        message_path::ROOT_RANK,
        search::HITS,
        search::MESSAGE_HIT,
        search::TITLE_HIT,
        ledger_page::ALONG_ALL,
        ledger_page::ALONG_FACET,
        ledger_page::ALONG_CONVERSATION,
    ]
    .map(str::to_owned)
    .into_iter()
    .collect()
}

/// How SQLite would answer, one step a line.
pub(crate) fn plan(conn: &Connection, sql: &str) -> Result<String, StoreError> {
    // sql: one of the constants above; a statement to explain cannot be bound.
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let nulls = vec![Null; statement.parameter_count()];
    let steps = statement
        .query_map(params_from_iter(nulls), |row| row.get::<_, String>(3))?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(steps.join("\n"))
}

/// Whether a plan reads a whole table or sorts.
pub(crate) fn grows(plan: &str) -> bool {
    plan.contains("TEMP B-TREE")
        || plan
            .lines()
            .any(|line| line.starts_with("SCAN") && !line.contains("VIRTUAL TABLE"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OpenOptions;
    use fluxchat_model::ArchiveKey;

    #[test]
    fn the_facts_tell_an_archive_from_its_control_arm() {
        let dir = tempfile::tempdir().unwrap();
        let key = || ArchiveKey::new([1; 32]);
        let real = Store::open(OpenOptions::create(dir.path().join("a.db"), key())).unwrap();
        let facts = real.facts().unwrap();
        assert!(facts.encrypted && facts.overwrites && facts.built_for_deletion && facts.durable);
        let arm = Store::open(OpenOptions::control_arm(dir.path().join("b.db"), key())).unwrap();
        let facts = arm.facts().unwrap();
        assert!(facts.encrypted && !facts.overwrites);
        let again = Store::open(OpenOptions::control_arm(dir.path().join("a.db"), key()));
        assert_eq!(
            again.unwrap_err(),
            StoreError::CannotOpen,
            "never an archive of somebody"
        );
    }

    #[test]
    fn no_question_of_a_screen_grows_with_the_archive() {
        let store = Store::open(OpenOptions::memory()).unwrap();
        let (growing, all) = store.plans_that_grow().unwrap();
        assert_eq!(growing, 0);
        assert!(all >= 10);
        let sorted = "SELECT id FROM message ORDER BY text";
        store
            .read(|tx| {
                assert!(grows(&plan(tx.conn, sorted)?), "the look can fail");
                Ok(())
            })
            .unwrap();
    }
}
