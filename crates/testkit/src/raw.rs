//! The archive as an attacker with its key would open it: past every rule of the store.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;

/// Opens an archive with nothing but its key: no pragmas, no protection of the schema.
///
/// # Panics
/// When the file is no archive of this key.
#[must_use]
pub fn open(path: &Path, key: &[u8; 32]) -> Connection {
    let hex = key.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let conn = Connection::open(path).expect("the file opens");
    conn.execute_batch(&format!(
        "PRAGMA key = \"x'{hex}'\"; SELECT count(*) FROM sqlite_schema;"
    ))
    .expect("the key fits");
    conn
}

/// Runs statements.
///
/// # Panics
/// When one of them fails.
pub fn run(path: &Path, key: &[u8; 32], sql: &str) {
    open(path, key)
        .execute_batch(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}
