//! The switch that closes the door, and what the lamp shows.

use std::sync::Arc;

use fluxchat_egress::Activity;
use fluxchat_store::{ReadTx, StoreError};

use crate::app::Open;
use crate::{App, Error, Event};

const OFFLINE: &str = "offline";

pub(crate) fn stored(tx: &ReadTx<'_>) -> Result<bool, StoreError> {
    Ok(tx.setting(OFFLINE)?.unwrap_or(false))
}

/// Passes what the door does on to whoever shows it.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, stop) = (app.clone(), open.stop.clone());
    let mut activity = open.door.watch();
    open.tasks.spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = activity.changed() => if changed.is_err() { return },
            }
            let now = activity.borrow_and_update().clone();
            app.tell(Event::Egress(now));
        }
    });
}

impl App {
    /// What is under way.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn activity(&self) -> Result<Activity, Error> {
        Ok(self.open()?.door.watch().borrow().clone())
    }

    /// Closes or opens the door, in-flight requests included, and remembers it.
    ///
    /// # Errors
    /// When the choice cannot be stored; the door is closed even then.
    pub async fn set_offline(&self, offline: bool) -> Result<Activity, Error> {
        let open = self.open()?;
        // Closing takes effect before it is remembered, opening after.
        if offline {
            open.door.set_offline(true);
        }
        self.write(move |tx| tx.setting_set(OFFLINE, &offline))
            .await?;
        if !offline && !self.inner.options.offline {
            open.door.set_offline(false);
            open.outbox.notify_one();
        }
        self.activity()
    }
}
