//! Exports and deletions at the same time: the deletion wins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fluxchat_core::App;
use fluxchat_model::{Clock, ConversationId, Timestamp};
use fluxchat_testkit::canary;
use tokio::task::JoinHandle;

use super::{NOON, World, hits};

/// A clock that does something once when an export asks it for the time: its view of the archive
/// has just begun.
#[derive(Default)]
struct Trap {
    armed: AtomicBool,
    trap: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Clock for Trap {
    fn now(&self) -> Timestamp {
        // The one who asks first is the export: everything else waits for it.
        if self.armed.swap(false, Ordering::SeqCst)
            && let Some(trap) = self.trap.lock().unwrap().take()
        {
            trap();
        }
        Timestamp(NOON)
    }
}

type Purge = Arc<Mutex<Option<JoinHandle<()>>>>;

/// Hides a conversation in the middle of an export, and carries it out if asked to.
fn delete_in_the_middle(clock: &Trap, app: &App, id: ConversationId, for_good: bool) -> Purge {
    let purge = Purge::default();
    let (app, kept, handle) = (
        app.clone(),
        Arc::clone(&purge),
        tokio::runtime::Handle::current(),
    );
    *clock.trap.lock().unwrap() = Some(Box::new(move || {
        let erasing = handle.block_on(app.delete_conversation(id)).unwrap();
        if for_good {
            let purging = handle.spawn(async move {
                let receipt = app.purge_now(erasing.id).await.unwrap();
                assert_eq!(receipt.wal_bytes, 0, "the export did not hold the log back");
            });
            *kept.lock().unwrap() = Some(purging);
        }
    }));
    clock.armed.store(true, Ordering::SeqCst);
    purge
}

async fn deleted_while_exporting(for_good: bool) {
    let clock = Arc::new(Trap::default());
    let world = World::with_clock(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let (goes, stays) = (canary(), canary());
    let id = world.ask(&goes).await;
    world.ask(&stays).await;
    let (_, before) = world.export("before.zip").await;
    assert!(
        hits(&before, std::slice::from_ref(&goes)) > 0,
        "control: it is in one from before"
    );

    let purge = delete_in_the_middle(&clock, &world.app, id, for_good);
    let (done, entries) = world.export("after.zip").await;
    let purge = purge.lock().unwrap().take();
    if let Some(purge) = purge {
        purge.await.unwrap();
    }
    assert!(done.restarts >= 1, "it began again");
    assert_eq!(hits(&entries, &[goes]), 0, "nothing of it is in the file");
    assert!(hits(&entries, &[stays]) > 0, "all else is");
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_while_an_export_runs_is_not_in_it() {
    deleted_while_exporting(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_for_good_while_an_export_runs_is_not_in_it() {
    deleted_while_exporting(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_before_is_in_no_export() {
    let world = World::new().await;
    let (goes, waits, stays) = (canary(), canary(), canary());
    let gone = world.ask(&goes).await;
    let hidden = world.ask(&waits).await;
    world.ask(&stays).await;
    for (id, word) in [(gone, &goes), (hidden, &waits)] {
        let (name, kind) = (format!("{word}.txt"), "text/plain".to_owned());
        world
            .app
            .add_asset(Some(id), name, kind, word.clone().into_bytes())
            .await
            .unwrap();
        let draft = fluxchat_model::DraftKey::Conversation(id);
        world.app.set_draft(draft, word.clone()).await.unwrap();
    }
    let (_, before) = world.export("before.zip").await;
    for word in [&goes, &waits, &stays] {
        assert!(hits(&before, std::slice::from_ref(word)) > 0, "control");
    }
    let erasing = world.app.delete_conversation(gone).await.unwrap();
    world.app.purge_now(erasing.id).await.unwrap();
    world.app.delete_conversation(hidden).await.unwrap();
    let (_, after) = world.export("after.zip").await;
    assert_eq!(
        hits(&after, &[goes, waits]),
        0,
        "neither what is gone nor what waits"
    );
    assert!(hits(&after, &[stays]) > 0);
    assert_eq!(
        super::lines(&after, "receipts.jsonl").len(),
        1,
        "the proof is"
    );
    world.app.shutdown().await;
}
