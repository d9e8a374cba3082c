//! What a deletion would remove, counted before it does.

use fluxchat_model::{ErasureScope, TimeRange};
use rusqlite::params;

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, both};
use crate::world::{World, Worlds};

const SUM: &str = "SELECT count(*), sum(octet_length(m.text) + octet_length(m.parts) + 200),
    min(m.created_at), max(m.created_at)";

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let marks = &worlds.big.marks;
    let long = *marks.long.first().ok_or("no long conversation")?;
    let range = tenth(&worlds.big);
    let rows = [
        (
            "a conversation of 5,000",
            ErasureScope::Conversation(long),
            format!("{SUM} FROM message m WHERE m.conversation_id = ?1"),
            7,
        ),
        (
            "a folder with a twentieth",
            ErasureScope::Folder(marks.folder),
            format!(
                "{SUM} FROM conversation c JOIN message m ON m.conversation_id = c.id WHERE c.folder_id = ?2"
            ),
            7,
        ),
        (
            "a source that answered in a tenth",
            ErasureScope::Source(marks.source),
            format!(
                "{SUM} FROM conversation c JOIN message m ON m.conversation_id = c.id WHERE c.source_id = ?3"
            ),
            5,
        ),
        (
            "a tenth of all time",
            ErasureScope::Range(range),
            format!(
                "{SUM} FROM message m WHERE m.created_at >= ?4 AND m.created_at < ?5
                     AND m.seq >= ?4 / 1000 * 32 AND m.seq < (?5 / 1000 + 1) * 32"
            ),
            5,
        ),
    ];
    let store = worlds.big.store()?;
    let raw = floor::reader(&worlds.big)?;
    for (name, scope, sql, turns) in rows {
        // All places are named, so that one list of values fits.
        let sql = format!("{sql} AND ifnull(?1, ?2) = ifnull(?1, ?2) AND ?3 = ?3 AND ?4 <= ?5");
        let (ours, floor) = both(
            Of::Thread,
            turns,
            || Ok(store.read(|tx| tx.erasure_preview(scope))?),
            || {
                let values = params![
                    long.0,
                    marks.folder.0,
                    marks.source.0,
                    range.from.0,
                    range.to.0
                ];
                floor::read_all(&raw, &sql, values)
            },
        )?;
        Row::new(
            "preview",
            name,
            "one pass over the same rows in raw SQL",
            Budget::Ratio(2.5),
        )
        .print(&ours, Some(&floor));
    }
    let small = worlds.small.store()?;
    let everything = ErasureScope::Everything;
    let (ours, floor) = both(
        Of::Thread,
        15,
        || Ok(store.read(|tx| tx.erasure_preview(everything))?),
        || Ok(small.read(|tx| tx.erasure_preview(everything))?),
    )?;
    Row::new(
        "preview",
        "everything",
        "the same in an archive a hundred times smaller",
        Budget::CpuMs(50.0),
    )
    .print(&ours, Some(&floor));
    store.close();
    small.close();
    Ok(())
}

/// The first tenth of the time in which messages were written.
pub fn tenth(world: &World) -> TimeRange {
    let length = (world.marks.until.0 - world.marks.from.0) / 10;
    TimeRange {
        from: world.marks.from,
        to: world.marks.from.plus_ms(length),
    }
}
