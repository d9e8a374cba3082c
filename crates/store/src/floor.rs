//! What measurements are compared with: raw SQL on connections that are opened as the archive
//! opens its own, with the same key, pragmas, tokenizer and schema.

use rusqlite::Connection;

use crate::connection::{self, Kind};
use crate::{OpenOptions, StoreError};

/// A connection like the writer's.
///
/// # Errors
/// When the file cannot be opened with this key.
pub fn writer(options: &OpenOptions) -> Result<Connection, StoreError> {
    connection::open(options, Kind::Writer)
}

/// A connection like a reader's.
///
/// # Errors
/// When the file cannot be opened with this key.
pub fn reader(options: &OpenOptions) -> Result<Connection, StoreError> {
    connection::open(options, Kind::Reader)
}
