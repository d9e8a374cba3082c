use std::sync::atomic::{AtomicI64, Ordering};

use fluxchat_model::{Clock, Timestamp};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl ManualClock {
    /// Starts at this time.
    #[must_use]
    pub fn at(ms: i64) -> Self {
        Self {
            wall: AtomicI64::new(ms),
            steady: AtomicI64::new(0),
        }
    }

    /// Moves by `ms` milliseconds; negative goes back.
    pub fn advance(&self, ms: i64) {
        self.steady.fetch_add(ms.max(0), Ordering::SeqCst);
        self.jump(ms);
    }

    /// Sets it by `ms` milliseconds without that time passing.
    pub fn jump(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.wall.load(Ordering::SeqCst))
    }
    fn steady_ms(&self) -> i64 {
        self.steady.load(Ordering::SeqCst)
    }
}
