use std::sync::atomic::{AtomicI64, Ordering};

use fluxchat_model::EgressRecord;

use crate::{Finish, Ledger, LedgerSeq, Refusal};

/// A ledger that forgets: it lets everything out and writes no row. The control arm of the proof
/// that wire and ledger say the same, in the tests and in the self-audit: with it, that proof must
/// fail. No door that leads out of this process is ever given one by the app.
pub struct ForgetfulLedger<L> {
    forgotten: L,
    next: AtomicI64,
}

impl<L> ForgetfulLedger<L> {
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

impl<L: Send + Sync + 'static> Ledger for ForgetfulLedger<L> {
    fn begin(&self, _: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        Ok(LedgerSeq(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    fn block(&self, _: &EgressRecord, _: Refusal) {}

    fn finish(&self, _: LedgerSeq, _: Finish) {}
}
