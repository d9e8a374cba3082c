//! What the door asks of whoever keeps the ledger.

use fluxchat_model::{EgressRecord, Outcome};

/// The place of a row in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LedgerSeq(pub i64);

/// Why a request may not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The person closed the door.
    #[error("Fluxchat is offline, because you switched it offline.")]
    Offline,
    /// The purpose rests on consent and there is none in force.
    #[error("You have not agreed to this kind of request.")]
    NoConsent,
    /// A supervised profile does not allow it.
    #[error("The settings of this supervised profile do not allow it.")]
    ControlsRestricted,
    /// The request would carry data its purpose does not cover.
    #[error("The request would carry data that its purpose does not cover.")]
    CategoryNotAllowed,
    /// The purpose is not one the endpoint serves.
    #[error("This address does not serve that purpose.")]
    PurposeNotAllowed,
    /// The person objected to the purpose.
    #[error("You objected to this purpose, so nothing was sent.")]
    Objected,
    /// Unencrypted to a public host, or a private host where only a public one is allowed.
    #[error("This address is not allowed: it is not encrypted, or it is not where it may be.")]
    InsecureOrigin,
    /// The credential belongs to another origin.
    #[error("The stored key belongs to another address and was not sent.")]
    CredentialOrigin,
    /// The row could not be written. Without a row nothing leaves.
    #[error("The ledger could not be written, so nothing was sent.")]
    LedgerUnavailable,
}

impl Refusal {
    /// A stable code for machines and translations.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NoConsent => "no_consent",
            Self::ControlsRestricted => "controls_restricted",
            Self::CategoryNotAllowed => "category_not_allowed",
            Self::PurposeNotAllowed => "purpose_not_allowed",
            Self::Objected => "objected",
            Self::InsecureOrigin => "insecure_origin",
            Self::CredentialOrigin => "credential_origin",
            Self::LedgerUnavailable => "ledger_unavailable",
        }
    }
}

/// What became of a request whose row [`Ledger::begin`] wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Sent, failed or cancelled.
    pub outcome: Outcome,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// Bytes of head and body that left; 0 where no connection came about.
    pub bytes_out: u64,
    /// Bytes of head and body that came back.
    pub bytes_in: u64,
}

/// Keeps the account of what leaves. Implemented over the archive by the core, and by the
/// control arms of the tests.
///
/// The calls are synchronous and short: one transaction each. [`Ledger::begin`] runs on a
/// blocking thread; [`Ledger::finish`] also runs where an answer is dropped, on whatever thread
/// drops it.
pub trait Ledger: Send + Sync + 'static {
    /// In one transaction: reads whether the intent is allowed (consent in force, controls) and
    /// writes its row as `pending`. The door lets no byte out before this returned `Ok`.
    ///
    /// # Errors
    /// The refusal, after writing the row as `blocked`; [`Refusal::LedgerUnavailable`] when no
    /// row could be written.
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal>;

    /// Writes a row with outcome `blocked` for what the door itself refused.
    fn block(&self, intent: &EgressRecord, why: Refusal);

    /// Completes a row. Called exactly once for each `Ok` of [`Ledger::begin`].
    fn finish(&self, seq: LedgerSeq, finish: Finish);
}

impl<L: Ledger + ?Sized> Ledger for std::sync::Arc<L> {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        (**self).begin(intent)
    }
    fn block(&self, intent: &EgressRecord, why: Refusal) {
        (**self).block(intent, why);
    }
    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        (**self).finish(seq, finish);
    }
}
