//! The readers: a few `query_only` connections, opened when first needed.
//!
//! A deletion must empty the write-ahead log, and a single open reader prevents that without an
//! error. So the pool can be paused: new reads wait, running ones get a moment to end and are then
//! interrupted.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, InterruptHandle};

use crate::connection::{self, Kind, READERS};
use crate::{OpenOptions, StoreError};

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    open: usize,
    running: Vec<(u64, InterruptHandle)>,
    next: u64,
    paused: bool,
    closed: bool,
}

#[derive(Default)]
pub(crate) struct Readers {
    state: Mutex<State>,
    changed: Condvar,
}

/// A reader on loan; goes back when dropped.
pub(crate) struct Loan<'a> {
    pool: &'a Readers,
    ticket: u64,
    conn: Option<Connection>,
}

/// While this lives, no reader of this process is inside a transaction.
pub(crate) struct Pause<'a>(&'a Readers);

impl Readers {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn take(
        &self,
        options: impl FnOnce() -> Arc<OpenOptions>,
    ) -> Result<Loan<'_>, StoreError> {
        let mut state = self.state();
        loop {
            if state.closed {
                return Err(StoreError::Closed);
            }
            if !state.paused && (!state.idle.is_empty() || state.open < READERS) {
                break;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let ticket = state.next;
        state.next += 1;
        let conn = if let Some(conn) = state.idle.pop() {
            conn
        } else {
            state.open += 1;
            drop(state);
            let opened = connection::open(&options(), Kind::Reader);
            state = self.state();
            match opened {
                Ok(conn) => conn,
                Err(error) => {
                    state.open -= 1;
                    self.changed.notify_all();
                    return Err(error);
                }
            }
        };
        // A pause may have begun while the connection was being opened; it counts this reader.
        state.running.push((ticket, conn.get_interrupt_handle()));
        Ok(Loan {
            pool: self,
            ticket,
            conn: Some(conn),
        })
    }

    /// Holds new reads back and waits until none runs: politely for `grace`, then by interrupting.
    /// `None` if a read does not end within `limit`.
    pub(crate) fn pause(&self, grace: Duration, limit: Duration) -> Option<Pause<'_>> {
        let started = Instant::now();
        let mut state = self.state();
        while state.paused {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.paused = true;
        let pause = Pause(self);
        while state.running.len() + state.idle.len() < state.open || !state.running.is_empty() {
            let waited = started.elapsed();
            if waited >= limit {
                drop(state);
                drop(pause);
                return None;
            }
            if waited >= grace {
                for (_, handle) in &state.running {
                    handle.interrupt();
                }
            }
            let step = if waited < grace {
                grace - waited
            } else {
                Duration::from_millis(20)
            };
            state = self
                .changed
                .wait_timeout(state, step)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        drop(state);
        Some(pause)
    }

    /// Whether somebody waits for the running reads to end.
    pub(crate) fn are_awaited(&self) -> bool {
        let state = self.state();
        state.paused || state.closed
    }

    /// Gives unused page cache back to the system.
    pub(crate) fn shrink(&self) {
        for conn in &self.state().idle {
            let _ = conn.execute_batch("PRAGMA shrink_memory");
        }
    }

    /// Drops every connection; later reads fail with `closed`.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        for (_, handle) in &state.running {
            handle.interrupt();
        }
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        drop(state);
        drop(idle);
        self.changed.notify_all();
    }
}

impl Loan<'_> {
    pub(crate) fn conn(&mut self) -> Result<&mut Connection, StoreError> {
        self.conn.as_mut().ok_or(StoreError::Closed)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.running.retain(|(ticket, _)| *ticket != self.ticket);
        if let Some(conn) = self.conn.take() {
            if state.closed {
                state.open -= 1;
            } else {
                state.idle.push(conn);
            }
        }
        drop(state);
        self.pool.changed.notify_all();
    }
}

impl Pause<'_> {
    /// Drops every connection: none runs, and those that are idle have the old key.
    pub(crate) fn drop_all(&self) {
        let mut state = self.0.state();
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        drop(state);
        drop(idle);
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.0.state().paused = false;
        self.0.changed.notify_all();
    }
}
