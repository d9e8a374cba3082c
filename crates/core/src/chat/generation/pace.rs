//! How often what arrives is shown.

use std::time::Duration;

use tokio::time::Instant;

/// What arrives is joined over this time: two frames, so that every other one has time to be drawn.
const JOIN: Duration = Duration::from_millis(33);
/// From so many bytes in that time on nobody reads along: a server or a proxy gathered the answer
/// and passes it on at once.
const BURST_BYTES: usize = 2 * 1024;
/// What comes so is joined for longer, in all: each piece of it would draw the whole view anew. Most
/// such answers end within this time, and are drawn once, with their end.
const JOIN_BURST: Duration = Duration::from_millis(200);

/// When to show what has arrived.
#[derive(Default)]
pub(super) struct Pace {
    /// When the first of what waits arrived, and when it is due.
    waits: Option<(Instant, Instant)>,
}

impl Pace {
    /// Something arrived.
    pub(super) fn arrived(&mut self, now: Instant) {
        self.waits.get_or_insert((now, now + JOIN));
    }

    /// When to ask whether it is to be shown.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.waits.map(|(_, due)| due)
    }

    /// Whether what waits, so many bytes, is to be shown at this moment.
    pub(super) fn is_due(&mut self, now: Instant, waiting: usize) -> bool {
        let Some((first, due)) = self.waits else {
            return false;
        };
        if now < due {
            return false;
        }
        let last = first + JOIN_BURST;
        if waiting >= BURST_BYTES && now < last {
            self.waits = Some((first, last));
            return false;
        }
        self.waits = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn what_somebody_reads_is_shown_every_other_frame() {
        let (began, mut pace) = (Instant::now(), Pace::default());
        assert_eq!(pace.due_at(), None);
        assert!(!pace.is_due(began, 10), "nothing arrived");
        pace.arrived(began);
        pace.arrived(began + 20 * MS);
        assert_eq!(pace.due_at(), Some(began + JOIN), "the first one counts");
        assert!(!pace.is_due(began + 32 * MS, 10));
        assert!(pace.is_due(began + JOIN, BURST_BYTES - 1));
        assert_eq!(pace.due_at(), None, "and it waits for the next");
    }

    #[test]
    fn a_burst_is_shown_in_one_piece_and_not_held_for_longer() {
        let (began, mut pace) = (Instant::now(), Pace::default());
        pace.arrived(began);
        assert!(!pace.is_due(began + JOIN, BURST_BYTES));
        assert_eq!(pace.due_at(), Some(began + JOIN_BURST));
        pace.arrived(began + 90 * MS);
        assert_eq!(pace.due_at(), Some(began + JOIN_BURST));
        assert!(pace.is_due(began + JOIN_BURST, 100 * BURST_BYTES));
    }
}
