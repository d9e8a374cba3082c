//! The archive as an attacker with its key would open it: past every rule of the store.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Opens an archive with nothing but its key: no pragmas, no protection of the schema.
///
/// # Panics
/// When the file is no archive of this key.
#[must_use]
pub fn open(path: &Path, key: &[u8; 32]) -> Connection {
    let hex = hex(key);
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => hex(bytes),
    }
}

/// Every row of every table as text, table by table: what somebody with the key can compare. The
/// search index is read by the tables it is made of.
///
/// # Panics
/// When the file is no archive of this key.
#[must_use]
pub fn rows(path: &Path, key: &[u8; 32]) -> BTreeMap<String, Vec<String>> {
    let conn = open(path, key);
    let names = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'virtual'";
    let mut statement = conn.prepare(names).expect("the schema is read");
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("the schema is read")
        .map(|name| name.expect("a name"))
        .collect();
    let table = |name: &str| {
        let mut statement = conn
            .prepare(&format!("SELECT * FROM \"{name}\""))
            .expect("the table is read");
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("the table is read");
        let mut texts = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            let values: Vec<String> = (0..columns)
                .map(|at| text(row.get_ref(at).expect("a value")))
                .collect();
            texts.push(values.join("|"));
        }
        texts.sort();
        texts
    };
    names
        .into_iter()
        .map(|name| {
            let rows = table(&name);
            (name, rows)
        })
        .collect()
}
