//! Control arms for the proof that the wire and the ledger say the same.

use std::sync::atomic::{AtomicI64, Ordering};

use fluxchat_egress::{Finish, Ledger, LedgerSeq, Refusal};
use fluxchat_model::EgressRecord;

/// A ledger that forgets: it lets everything out and writes no row. The proof that wire and
/// ledger agree must fail with it.
pub struct ForgetfulLedger<L> {
    forgotten: L,
    next: AtomicI64,
}

impl<L: Ledger> ForgetfulLedger<L> {
    /// Stands where `real` should stand, and never tells it anything.
    pub fn new(real: L) -> Self {
        Self {
            forgotten: real,
            next: AtomicI64::new(1),
        }
    }

    /// The ledger that was left out.
    pub fn real(&self) -> &L {
        &self.forgotten
    }
}

impl<L: Ledger> Ledger for ForgetfulLedger<L> {
    fn begin(&self, _: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        Ok(LedgerSeq(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    fn block(&self, _: &EgressRecord, _: Refusal) {}

    fn finish(&self, _: LedgerSeq, _: Finish) {}
}
