//! Deleting with proof, and how long somebody who writes meanwhile has to wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluxchat_model::{ConversationId, ErasureId, ErasureScope, TombstoneId};
use fluxchat_store::{ErasureRequest, FinishedBy, Store, StoreError};
use fluxchat_testkit::large::{NOW, Numbers};

use super::preview::tenth;
use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, Samples, time};
use crate::world::Worlds;

const USUAL: usize = 5;
/// Nobody who writes may have to wait longer.
const LONGEST_WAIT_MS: f64 = 1_000.0;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let world = worlds.changed()?;
    let marks = world.marks.clone();
    let range = tenth(world);
    let mut usual = marks.usual.iter().copied();

    let mut floor = Samples::default();
    for id in usual.by_ref().take(USUAL) {
        raw(world, id, &mut floor)?;
    }
    let (mut ours, mut waits) = (Samples::default(), Samples::default());
    for id in usual.by_ref().take(USUAL) {
        let store = world.store()?;
        let wait = erase(&store, ErasureScope::Conversation(id), &mut ours)?;
        waits.add(wait, wait);
        store.close();
    }
    let name = "a conversation of about 49 messages, with proof";
    Row::new(
        "delete",
        name,
        "raw SQL, then the log emptied",
        Budget::Ratio(1.5),
    )
    .print(&ours, Some(&floor));
    wait_row("longest wait of a writer meanwhile: 49 messages", &waits);

    if let [first, second, ..] = marks.long[..] {
        let (mut ours, mut floor) = (Samples::default(), Samples::default());
        raw(world, first, &mut floor)?;
        let store = world.store()?;
        let wait = erase(&store, ErasureScope::Conversation(second), &mut ours)?;
        store.close();
        let name = "a conversation of 5,000 messages, with proof";
        Row::new(
            "delete",
            name,
            "raw SQL, then the log emptied",
            Budget::Ratio(1.5),
        )
        .print(&ours, Some(&floor));
        wait_row(
            "longest wait of a writer meanwhile: 5,000 messages",
            &Samples::of(wait),
        );
    }
    for (name, wait_name, scope) in [
        (
            "a folder with a twentieth of all conversations",
            "longest wait of a writer meanwhile: folder",
            ErasureScope::Folder(marks.folder),
        ),
        (
            "a tenth of all time, with proof",
            "longest wait of a writer meanwhile: a tenth",
            ErasureScope::Range(range),
        ),
        (
            "everything, with proof",
            "longest wait of a writer meanwhile: everything",
            ErasureScope::Everything,
        ),
    ] {
        let store = world.store()?;
        let mut ours = Samples::default();
        let wait = erase(&store, scope, &mut ours)?;
        store.close();
        Row::new("delete", name, "", Budget::None).print(&ours, None);
        wait_row(wait_name, &Samples::of(wait));
    }
    Ok(())
}

fn wait_row(name: &str, waits: &Samples) {
    Row::new("delete", name, "", Budget::WallMs(LONGEST_WAIT_MS)).print(waits, None);
}

/// The same rows deleted in raw SQL with the same pragmas, in one transaction.
fn raw(world: &crate::world::World, id: ConversationId, samples: &mut Samples) -> Outcome {
    let conn = floor::writer(world)?;
    time(Of::Process, samples, || {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        conn.execute("DELETE FROM message WHERE conversation_id = ?1", [id.0])?;
        conn.execute("DELETE FROM conversation WHERE id = ?1", [id.0])?;
        conn.execute(
            "UPDATE egress_record SET conversation_id = NULL WHERE conversation_id = ?1",
            [id.0],
        )?;
        conn.execute_batch("COMMIT")?;
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let mut statement = conn.prepare("PRAGMA incremental_vacuum")?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    })
}

/// From asking to receipt. Returns how long a writer had to wait at most, in milliseconds.
fn erase(store: &Store, scope: ErasureScope, samples: &mut Samples) -> Outcome<f64> {
    let mut numbers = Numbers::new(u64::try_from(NOW.0)? ^ numbers_of(scope));
    let mut random = || std::array::from_fn(|_| u8::try_from(numbers.below(256)).unwrap_or(0));
    let id = ErasureId::new(NOW, random());
    let tombstone = TombstoneId::new(NOW, random());
    let request = ErasureRequest {
        id,
        scope,
        requested_at: NOW,
        purge_after: NOW,
    };
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| longest_wait(store, &stop));
        let erased = time(Of::Process, samples, || {
            // As the app does: what is large is looked at first.
            if scope.is_small() {
                store.write(|tx| tx.erasure_request(&request))?;
            } else if !store.erasure_begin(&request, |_| true)? {
                return Err("the deletion did not begin".into());
            }
            while !store
                .erasure_step(id, |words| [words.to_owned(), words.to_owned()])?
                .done
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            store.erasure_purge(id, tombstone, NOW)?;
            store.erasure_scrub(id)?;
            Ok(store.erasure_finish(
                id,
                &FinishedBy {
                    files_removed: 0,
                    key_epoch: 1,
                    app_version: "0.0.0".to_owned(),
                    at: NOW,
                },
            )?)
        });
        stop.store(true, Ordering::Relaxed);
        let wait = writer.join().map_err(|_| "the writer fell")??;
        let receipt = erased?;
        if !receipt.search_verified || receipt.wal_bytes > 0 {
            return Err("the deletion was not proven".into());
        }
        Ok(wait)
    })
}

fn numbers_of(scope: ErasureScope) -> u64 {
    match scope {
        ErasureScope::Conversation(id) => id.0.as_u64_pair().1,
        _ => scope
            .word()
            .bytes()
            .fold(7, |sum, byte| sum * 31 + u64::from(byte)),
    }
}

/// Changes a setting every few milliseconds.
fn longest_wait(store: &Store, stop: &AtomicBool) -> Result<f64, StoreError> {
    let mut longest = 0.0_f64;
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        turn += 1;
        store.write(|tx| tx.setting_set("bench", &turn))?;
        longest = longest.max(begun.elapsed().as_secs_f64() * 1_000.0);
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(longest)
}
