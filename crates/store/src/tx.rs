use std::ops::Deref;

use rusqlite::Connection;

/// A read transaction: one unchanging view of the archive.
///
/// Its methods stand in the files of `table/`, grouped by table, and in `search` and `totals`.
/// Rows that wait for their deletion are invisible to all of them.
pub struct ReadTx<'c> {
    pub(crate) conn: &'c Connection,
}

/// A write transaction, the only one at its time. Also reads, its own changes included.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
}

impl<'c> ReadTx<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }
}

impl<'c> WriteTx<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self {
            read: ReadTx::new(conn),
        }
    }
}

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;
    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}
