//! Who waits for what a server was asked for. Each waits for themselves: a Stop ends nothing that
//! somebody else asked for, and is not lost where it is there first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fluxchat_egress::{CancellationToken, EgressError};
use fluxchat_model::{DraftKey, OfferAskingId, ToolServerId};

use crate::Error;

/// So many are remembered that were stopped before they began.
const MOST_STOPPED: usize = 64;

/// Somebody who asks a server for something.
#[derive(Clone, Copy, Debug)]
pub struct OfferAsking {
    /// The server.
    pub server: ToolServerId,
    /// The unsent text that what comes is for.
    pub key: DraftKey,
    /// What it can be stopped by, where somebody may want that.
    pub id: Option<OfferAskingId>,
}

/// Those who wait.
#[derive(Default)]
pub(in super::super) struct Waiting(Mutex<Known>);

#[derive(Default)]
struct Known {
    waits: HashMap<OfferAskingId, CancellationToken>,
    stopped: VecDeque<OfferAskingId>,
}

/// That somebody waits, until it is dropped.
pub(super) struct Waits<'w> {
    waiting: &'w Waiting,
    id: Option<OfferAskingId>,
    token: CancellationToken,
}

impl Waiting {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, asking: &OfferAsking, stop: &CancellationToken) -> Waits<'_> {
        let token = stop.child_token();
        if let Some(id) = asking.id {
            let mut known = self.known();
            if known.stopped.contains(&id) {
                token.cancel();
            }
            known.waits.insert(id, token.clone());
        }
        Waits {
            waiting: self,
            id: asking.id,
            token,
        }
    }

    pub(super) fn stop(&self, id: OfferAskingId) {
        let mut known = self.known();
        match known.waits.get(&id) {
            Some(token) => token.cancel(),
            None => {
                known.stopped.push_back(id);
                if known.stopped.len() > MOST_STOPPED {
                    known.stopped.pop_front();
                }
            }
        }
    }
}

impl Waits<'_> {
    /// Whether nobody waits any more.
    pub(super) fn is_over(&self) -> bool {
        self.token.is_cancelled()
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.waiting.known().waits.remove(&id);
        }
    }
}

/// What somebody waits for. Nothing of it is begun where nobody does.
pub(super) async fn while_wanted<T>(
    waits: &Waits<'_>,
    asked: impl Future<Output = T>,
) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = waits.token.cancelled() => Err(stopped()),
        done = asked => Ok(done),
    }
}

pub(super) fn stopped() -> Error {
    EgressError::Cancelled.into()
}

#[cfg(test)]
mod tests {
    use fluxchat_model::Timestamp;

    use super::*;

    fn id(number: u8) -> OfferAskingId {
        OfferAskingId::new(Timestamp(0), [number; 10])
    }

    fn asking(id: Option<OfferAskingId>) -> OfferAsking {
        OfferAsking {
            server: ToolServerId::new(Timestamp(0), [0; 10]),
            key: DraftKey::NewConversation,
            id,
        }
    }

    #[test]
    fn a_stop_ends_what_it_names_whenever_it_comes() {
        let (waiting, archive) = (Waiting::default(), CancellationToken::new());
        let first = waiting.begin(&asking(Some(id(1))), &archive);
        let second = waiting.begin(&asking(Some(id(2))), &archive);
        let nobody = waiting.begin(&asking(None), &archive);
        waiting.stop(id(1));
        waiting.stop(id(3));
        let third = waiting.begin(&asking(Some(id(3))), &archive);
        let over = [&first, &second, &third, &nobody].map(Waits::is_over);
        assert_eq!(over, [true, false, true, false]);
        archive.cancel();
        assert!(second.is_over() && nobody.is_over());
    }

    #[test]
    fn little_is_remembered() {
        let waiting = Waiting::default();
        drop(waiting.begin(&asking(Some(id(0))), &CancellationToken::new()));
        for number in 0..=255 {
            waiting.stop(id(number));
        }
        let known = waiting.known();
        assert_eq!((known.waits.len(), known.stopped.len()), (0, MOST_STOPPED));
    }
}
