//! Raw SQL on the same schema with the same pragmas.

use fluxchat_store::floor;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params};

use crate::Outcome;
use crate::world::World;

pub fn reader(world: &World) -> Outcome<Connection> {
    Ok(floor::reader(&world.options())?)
}

pub fn writer(world: &World) -> Outcome<Connection> {
    Ok(floor::writer(&world.options())?)
}

/// Reads every column of every row, copies its bytes, and counts rows.
pub fn read_all(conn: &Connection, sql: &str, params: impl Params) -> Outcome<usize> {
    let mut statement = conn.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(params)?;
    let mut count = 0;
    let mut copied = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                    copied.clear();
                    copied.extend_from_slice(bytes);
                    std::hint::black_box(&copied);
                }
                ValueRef::Integer(number) => {
                    std::hint::black_box(number);
                }
                _ => {}
            }
        }
        count += 1;
    }
    Ok(count)
}
