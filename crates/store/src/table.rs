//! One file per table: how a row is read and written, and nothing else.

pub(crate) mod asset;
pub(crate) mod attachment;
pub(crate) mod consent_event;
pub(crate) mod conversation;
mod diagnostic_report;
mod draft;
pub(crate) mod egress_record;
pub(crate) mod export;
pub(crate) mod folder;
mod guardian;
pub(crate) mod instructions;
pub(crate) mod ledger_page;
mod ledger_summary;
pub(crate) mod ledger_total;
pub(crate) mod message;
mod message_branch;
pub(crate) mod message_map;
pub(crate) mod message_parts;
pub(crate) mod message_path;
pub(crate) mod message_size;
mod meta;
mod model_list;
pub(crate) mod objection_event;
mod outbox;
mod policy;
mod preset;
mod privacy_request;
pub(crate) mod receipt;
pub(crate) mod recent_search;
mod redact_name;
pub(crate) mod request_progress;
pub(crate) mod retention;
pub(crate) mod retention_media;
pub(crate) mod sandbox_record;
mod setting;
mod source;
pub(crate) mod spend;
pub(crate) mod statement_flag;
pub(crate) mod stream_chunk;
pub(crate) mod tag;
mod title_told;
mod tombstone;
mod tools;
mod training_echo;

use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// A value as its JSON text.
pub(crate) fn to_json<T: Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

/// A value from its JSON text.
pub(crate) fn from_json<T: DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable(what))
}

/// The word by which JSON knows a variant without fields; SQL uses the same.
pub(crate) fn to_word<T: Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Unreadable(what)),
    }
}

/// Reads [`to_word`].
pub(crate) fn from_word<T: DeserializeOwned>(
    word: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Unreadable(what))
}

/// A size that SQL keeps as a signed number.
pub(crate) fn unsigned(value: i64, what: &'static str) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Unreadable(what))
}

/// A size as SQL keeps it.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The first row of a cached statement.
pub(crate) fn one<T, P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
    map: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(map).transpose()
}

/// All rows of a cached statement.
pub(crate) fn all<T, P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
    mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(map(row)?);
    }
    Ok(found)
}

/// A cached statement that changes rows; returns how many.
pub(crate) fn change<P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
) -> Result<usize, StoreError> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}

/// The first column of the first row of a cached statement.
pub(crate) fn scalar<T: rusqlite::types::FromSql, P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
) -> Result<Option<T>, StoreError> {
    Ok(conn
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))
        .optional()?)
}

/// Says what was refused, where SQLite only says that something was.
pub(crate) fn refused(what: &'static str) -> impl Fn(StoreError) -> StoreError {
    move |error| match error {
        StoreError::Conflict(_) => StoreError::Conflict(what),
        other => other,
    }
}

/// Turns "no row changed" into an error.
pub(crate) fn must_exist(changed: usize, what: &'static str) -> Result<(), StoreError> {
    if changed == 0 {
        Err(StoreError::NotFound(what))
    } else {
        Ok(())
    }
}
