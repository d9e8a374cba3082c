//! What the archive needs when nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use fluxchat_model::Timestamp;
use fluxchat_store::{Store, StoreError};

use crate::App;
use crate::app::Open;

/// The first moments belong to the person.
const SETTLE: Duration = Duration::from_secs(5);
/// How often page cache is given back.
const REST: Duration = Duration::from_secs(300);

pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let clock = Arc::clone(&app.inner.options.clock);
    let (store, stop, app) = (open.store.clone(), open.stop.clone(), app.clone());
    open.tasks.spawn(async move {
        let mut wait = SETTLE;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = REST;
            let (store, now) = (store.clone(), clock.now());
            let rested = tokio::task::spawn_blocking(move || rest(&store, now)).await;
            if let Ok(Err(error)) = rested {
                tracing::warn!(name: "archive.upkeep_failed", code = error.code());
            }
            if let Err(error) = app.rotate_key_if_due().await {
                tracing::warn!(name: "key.not_changed", code = error.code());
            }
        }
    });
}

fn rest(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    // Space for deletions on a full disk, given up by them and taken back here.
    store.ensure_ballast()?;
    if store.read(|tx| tx.search_is_outdated())? {
        store.rebuild_search()?;
    }
    crate::ledger_keep::sweep(store, now)?;
    store.idle();
    Ok(())
}
