//! One thing after another for each server, in the order in which it was asked for; other servers
//! wait for nothing of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fluxchat_model::ToolServerId;
use tokio::sync::OwnedMutexGuard;

/// Whose turn it is, by server.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<ToolServerId, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for the turn, which ends when what is returned is dropped.
    pub(super) async fn take(&self, id: ToolServerId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(id).or_default())
        };
        turn.lock_owned().await
    }
}
