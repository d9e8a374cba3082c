//! The open sequence. Every connection of the archive goes through [`open`].

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use zeroize::Zeroizing;

use fluxchat_model::ArchiveKey;

use crate::{Mode, OpenOptions, StoreError, search};

/// 64 MiB of page cache in all connections together: one writer and two readers. SQLite fills it
/// as pages are read. With its own default of 2 MiB, queries cost 3 to 6 times as much, because
/// every miss is decrypted and authenticated again.
pub(crate) const WRITER_CACHE_KIB: i32 = 24 * 1024;
pub(crate) const READER_CACHE_KIB: i32 = 20 * 1024;
pub(crate) const READERS: usize = 2;

const INCREMENTAL: i64 = 2;
pub(crate) const PLAIN_MAGIC: &[u8; 16] = b"SQLite format 3\0";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Writer,
    Reader,
}

/// Opens and keys a connection. The order of the pragmas matters: the key comes before the first
/// page is read, `auto_vacuum` before the first table is created.
pub(crate) fn open(options: &OpenOptions, kind: Kind) -> Result<Connection, StoreError> {
    let conn = connect(options, kind)?;
    // Before the key: SQLCipher prints page numbers to stderr when a key does not fit.
    conn.pragma_update(None, "cipher_log_level", "NONE")?;
    if options.mode != Mode::Memory {
        key(&conn, &options.key)?;
    }
    let cipher: Option<String> = conn
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .map(Some)
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(None),
            other => Err(other),
        })?;
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(StoreError::NotEncrypted);
    }
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    })?;

    let secure_delete = if options.deletes_for_good() {
        "ON"
    } else {
        "OFF"
    };
    if options.mode == Mode::ReadWrite {
        // Setting it writes to the file each time, even where it is set already.
        let vacuum: i64 = conn.query_row("PRAGMA auto_vacuum", [], |row| row.get(0))?;
        if vacuum != INCREMENTAL {
            conn.pragma_update(None, "auto_vacuum", INCREMENTAL)?;
        }
        conn.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        })?;
    }
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.query_row(
        // sql: the value is one of two constants above.
        &format!("PRAGMA secure_delete = {secure_delete}"),
        [],
        |row| row.get::<_, i64>(0),
    )?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    conn.pragma_update(None, "cell_size_check", "ON")?;
    // SQLCipher has no memory mapping, so this may answer nothing at all.
    let _ = conn.query_row("PRAGMA mmap_size = 0", [], |_| Ok(()));
    conn.busy_timeout(std::time::Duration::from_millis(5_000))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;

    let cache = match kind {
        Kind::Writer => WRITER_CACHE_KIB,
        Kind::Reader => READER_CACHE_KIB,
    };
    conn.pragma_update(None, "cache_size", -cache)?;
    conn.set_prepared_statement_cache_capacity(96);
    search::register(&conn)?;
    if kind == Kind::Reader || options.mode == Mode::ReadOnly {
        conn.pragma_update(None, "query_only", "ON")?;
    }
    Ok(conn)
}

fn connect(options: &OpenOptions, kind: Kind) -> Result<Connection, StoreError> {
    let common = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let flags = match (options.mode, kind) {
        (Mode::Memory, _) => return Ok(Connection::open_in_memory()?),
        (Mode::ReadOnly, _) => common | OpenFlags::SQLITE_OPEN_READ_ONLY,
        (Mode::ReadWrite, Kind::Writer) if options.create => {
            create_private(&options.path)?;
            common | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        }
        (Mode::ReadWrite, _) => common | OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    Ok(Connection::open_with_flags(&options.path, flags)?)
}

/// Creates an empty file that only its owner can read; SQLite gives `-wal` and `-shm` the same mode.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        open.mode(0o600);
    }
    match open.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(match StoreError::from(error) {
            StoreError::Io(_) => StoreError::CannotOpen,
            other => other,
        }),
    }
}

/// Gives the connection its raw key. The text form never leaves zeroized memory of ours.
pub(crate) fn key(conn: &Connection, key: &ArchiveKey) -> Result<(), StoreError> {
    let literal = key_literal(key);
    conn.key(None::<&str>, literal.as_bytes(), false)?;
    Ok(())
}

/// Writes every page anew under another key.
pub(crate) fn rekey(conn: &Connection, key: &ArchiveKey) -> Result<(), StoreError> {
    let literal = key_literal(key);
    conn.key(None::<&str>, literal.as_bytes(), true)?;
    Ok(())
}

/// `x'<64 hex digits>'`: a raw key, which SQLCipher uses as it is, without key derivation.
fn key_literal(key: &ArchiveKey) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut literal = Zeroizing::new(String::with_capacity(67));
    literal.push_str("x'");
    for byte in key.expose() {
        for nibble in [byte >> 4, byte & 0x0f] {
            literal.push(char::from(DIGITS[usize::from(nibble)]));
        }
    }
    literal.push('\'');
    literal
}

/// Proves that a file which has just been written is not a plain database.
pub(crate) fn assert_encrypted(path: &Path) -> Result<(), StoreError> {
    use std::io::Read;
    let mut head = [0_u8; 16];
    match std::fs::File::open(path)?.read_exact(&mut head) {
        Ok(()) if &head == PLAIN_MAGIC => Err(StoreError::NotEncrypted),
        Ok(()) => Ok(()),
        // Everything may still be in the write-ahead log.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use fluxchat_forensic::{Scanner, all_needles};
    use rusqlite::params;

    use super::*;

    const ROWS: usize = 60;
    const KEPT: usize = 10;

    /// The same numbers in each run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % end
        }

        fn word(&mut self) -> String {
            (0..24)
                .map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap()))
                .collect()
        }

        fn shuffled(&mut self) -> Vec<usize> {
            let mut order: Vec<usize> = (0..ROWS).collect();
            for at in (1..ROWS).rev() {
                order.swap(at, self.below(at + 1));
            }
            order
        }
    }

    /// Writes rows of many lengths, lets some grow, deletes most in any order, and says how much
    /// a scan still finds of the deleted ones.
    fn left_behind(round: u64, for_good: bool) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.db");
        let key = ArchiveKey::new([7; 32]);
        let options = if for_good {
            OpenOptions::create(&path, key)
        } else {
            OpenOptions::control_arm(&path, key)
        };
        let conn = open(&options, Kind::Writer).unwrap();
        conn.pragma_update(None, "synchronous", "OFF").unwrap();
        conn.execute_batch("CREATE TABLE row (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)")
            .unwrap();
        let mut numbers = Numbers(round);
        let words: Vec<String> = (0..ROWS).map(|_| numbers.word()).collect();
        for (seq, word) in words.iter().enumerate() {
            let text = format!("{}{word}", "x".repeat(numbers.below(900)));
            conn.execute("INSERT INTO row VALUES (?1, ?2)", params![seq as i64, text])
                .unwrap();
        }
        if round.is_multiple_of(2) {
            for seq in numbers.shuffled() {
                let more = "y".repeat(numbers.below(800));
                conn.execute(
                    "UPDATE row SET text = text || ?2 WHERE seq = ?1",
                    params![seq as i64, more],
                )
                .unwrap();
            }
        }
        let order = numbers.shuffled();
        let (_, doomed) = order.split_at(KEPT);
        for seq in doomed {
            conn.execute("DELETE FROM row WHERE seq = ?1", [*seq as i64])
                .unwrap();
        }
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        drop(conn);
        let words: Vec<&str> = doomed.iter().map(|seq| words[*seq].as_str()).collect();
        let needles = all_needles(&words);
        let hits = Scanner::new(&needles).unwrap().database(&path, &[7; 32]);
        hits.unwrap().len()
    }

    /// Where rows move between pages, SQLite by itself leaves copies of them behind
    /// (`vendor/libsqlite3-sys/README.md`): of the first sixty rounds these four find some without
    /// the change.
    #[test]
    fn a_row_that_moved_leaves_no_copy_behind() {
        let found: Vec<(u64, usize)> = [0, 36, 42, 53]
            .into_iter()
            .map(|round| (round, left_behind(round, true)))
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(found, []);
    }

    #[test]
    fn the_scan_of_moved_rows_can_fail() {
        assert!(left_behind(0, false) > 0);
    }
}
