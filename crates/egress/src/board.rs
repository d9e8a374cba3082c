//! Who is under way: the registry behind the egress light and the offline switch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use fluxchat_model::{EgressRecord, Outcome, Purpose, RequestId, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{EgressError, Finish, Ledger, LedgerSeq, Refusal};

/// A request under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Its id; the row of the ledger has the same.
    pub request_id: RequestId,
    /// Where it goes: host and port, or `in-process`.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// True if it does not leave the process.
    pub in_process: bool,
    /// When it began.
    pub since: Timestamp,
}

/// The newest request that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedAttempt {
    /// Its id; the row of the ledger has the same.
    pub request_id: RequestId,
    /// Where it wanted to go.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// Why it was refused.
    pub refusal: Refusal,
    /// When.
    pub at: Timestamp,
}

/// What the egress light shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// True while the door is closed.
    pub offline: bool,
    /// What is under way, oldest first.
    pub in_flight: Vec<InFlight>,
    /// The newest refusal, if any.
    pub last_blocked: Option<BlockedAttempt>,
}

impl Activity {
    /// True while something leaves this computer: the light is on.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.in_flight.iter().any(|flight| !flight.in_process)
    }
}

struct Entry {
    shown: InFlight,
    token: CancellationToken,
    stopped_by: Arc<OnceLock<Refusal>>,
}

#[derive(Default)]
struct State {
    offline: bool,
    flights: BTreeMap<RequestId, Entry>,
    last_blocked: Option<BlockedAttempt>,
}

/// The registry. Entering it and closing the door take the same lock, so that no request slips
/// between the check and the registration.
pub(crate) struct Board {
    state: Mutex<State>,
    shown: watch::Sender<Activity>,
}

impl Board {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::default()),
            shown: watch::Sender::new(Activity::default()),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes under the lock, so that what is shown never goes back in time.
    fn publish(&self, state: &State) {
        self.shown.send_replace(Activity {
            offline: state.offline,
            in_flight: state
                .flights
                .values()
                .map(|entry| entry.shown.clone())
                .collect(),
            last_blocked: state.last_blocked.clone(),
        });
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Activity> {
        self.shown.subscribe()
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.lock().offline
    }

    pub(crate) fn set_offline(&self, offline: bool) {
        let mut state = self.lock();
        state.offline = offline;
        if offline {
            stop(&state, Refusal::Offline, |flight| !flight.in_process);
        }
        self.publish(&state);
    }

    pub(crate) fn cancel_purpose(&self, purpose: Purpose) {
        stop(&self.lock(), Refusal::NoConsent, |flight| {
            flight.purpose == purpose
        });
    }

    pub(crate) fn blocked(&self, record: &EgressRecord, refusal: Refusal) {
        let mut state = self.lock();
        state.last_blocked = Some(BlockedAttempt {
            request_id: record.request_id,
            host: record.host.clone(),
            purpose: record.purpose,
            refusal,
            at: record.at,
        });
        self.publish(&state);
    }

    /// Registers a request, unless the door is closed for it.
    pub(crate) fn enter(
        self: &Arc<Self>,
        record: &EgressRecord,
        in_process: bool,
        cancel: &CancellationToken,
        ledger: &Arc<dyn Ledger>,
    ) -> Result<Flight, Refusal> {
        let mut state = self.lock();
        if state.offline && !in_process {
            return Err(Refusal::Offline);
        }
        let token = cancel.child_token();
        let stopped_by = Arc::new(OnceLock::new());
        let entry = Entry {
            shown: InFlight {
                request_id: record.request_id,
                host: record.host.clone(),
                purpose: record.purpose,
                in_process,
                since: record.at,
            },
            token: token.clone(),
            stopped_by: Arc::clone(&stopped_by),
        };
        state.flights.insert(record.request_id, entry);
        self.publish(&state);
        Ok(Flight {
            board: Arc::clone(self),
            ledger: Arc::clone(ledger),
            request_id: record.request_id,
            token,
            stopped_by,
            seq: None,
            status: None,
            bytes_out: 0,
            bytes_in: 0,
        })
    }
}

fn stop(state: &State, why: Refusal, which: impl Fn(&InFlight) -> bool) {
    for entry in state.flights.values().filter(|entry| which(&entry.shown)) {
        // The first reason stands.
        let _ = entry.stopped_by.set(why);
        entry.token.cancel();
    }
}

/// One attempt from registration to its outcome. Whatever happens to the future or the body that
/// owns it, its row is completed exactly once: dropped without a word it was cancelled.
pub(crate) struct Flight {
    board: Arc<Board>,
    ledger: Arc<dyn Ledger>,
    request_id: RequestId,
    token: CancellationToken,
    stopped_by: Arc<OnceLock<Refusal>>,
    seq: Option<LedgerSeq>,
    pub(crate) status: Option<u16>,
    pub(crate) bytes_out: u64,
    pub(crate) bytes_in: u64,
}

impl Flight {
    /// Its row is written.
    pub(crate) fn admitted(&mut self, seq: LedgerSeq) {
        self.seq = Some(seq);
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Why it was stopped.
    pub(crate) fn stopped(&self) -> EgressError {
        self.stopped_by
            .get()
            .map_or(EgressError::Cancelled, |why| EgressError::Closed(*why))
    }

    /// Completes the row.
    pub(crate) fn finish(mut self, outcome: Outcome) {
        self.settle(outcome);
    }

    fn settle(&mut self, outcome: Outcome) {
        if let Some(seq) = self.seq.take() {
            self.ledger.finish(
                seq,
                Finish {
                    outcome,
                    status: self.status,
                    bytes_out: self.bytes_out,
                    bytes_in: self.bytes_in,
                },
            );
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.settle(Outcome::Cancelled);
        let mut state = self.board.lock();
        state.flights.remove(&self.request_id);
        self.board.publish(&state);
    }
}
