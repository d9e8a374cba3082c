//! Whether what is claimed holds: the chains, and the state of key, archive and sources.

use fluxchat_model::{SessionState, StorageMode, StoredKind, VisibleError};
use fluxchat_store::{ChainBreak, Integrity, ReadTx, StoreError};
use serde::Serialize;

use crate::{App, Error, session_problem};

/// Whether a chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// How many links.
    pub rows: u32,
    /// The first link that does not follow from the one before.
    pub broken_at: Option<i64>,
}

/// Every chain there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// What left, with what stands for rows that were cleared.
    pub ledger: Chain,
    /// What was agreed to.
    pub consents: Chain,
    /// What was deleted.
    pub receipts: Chain,
    /// What was objected to.
    pub objections: Chain,
}

impl Verification {
    /// True if all of them hold.
    #[must_use]
    pub fn holds(&self) -> bool {
        [self.ledger, self.consents, self.receipts, self.objections]
            .iter()
            .all(|chain| chain.broken_at.is_none())
    }
}

/// The state of everything that has to be in order.
#[derive(Clone, Debug)]
pub struct Doctor {
    /// What stands between the person and the archive.
    pub state: SessionState,
    /// Where the archive lives.
    pub storage: Option<StorageMode>,
    /// What a full check of the archive found; `None` if it is not open.
    pub integrity: Option<&'static str>,
    /// The sources, by name and host.
    pub sources: Vec<(String, Option<String>)>,
    /// What is wrong, in words.
    pub problem: Option<VisibleError>,
}

impl App {
    /// Recomputes every chain.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn verify(&self) -> Result<Verification, Error> {
        self.read(verify).await
    }

    /// Looks at everything that has to be in order. Reads every page of the archive.
    pub async fn doctor(&self) -> Doctor {
        let status = self.status();
        let mut doctor = Doctor {
            state: status.state,
            storage: status.storage,
            integrity: None,
            sources: Vec::new(),
            problem: (status.state != SessionState::Ready).then(|| session_problem(status.state)),
        };
        let checked = self
            .off_thread(|app| Ok(app.open()?.store.check_full()?))
            .await;
        match checked {
            Ok(found) => {
                doctor.integrity = Some(integrity_word(found));
                if found != Integrity::Whole {
                    let error = match found {
                        Integrity::DamagedSearch => StoreError::SearchCorrupt,
                        _ => StoreError::Corrupt,
                    };
                    doctor.problem = Some(Error::from(error).visible());
                }
            }
            Err(Error::Store(error)) => {
                doctor.integrity = Some("damaged_pages");
                doctor.problem = Some(Error::from(error).visible());
            }
            Err(_) => {}
        }
        if let Ok((sources, _)) = self.sources().await {
            doctor.sources = sources
                .into_iter()
                .map(|source| (source.name, source.origin.map(|origin| origin.authority())))
                .collect();
        }
        doctor
    }
}

/// Recomputes every chain in one view of the archive.
pub(crate) fn verify(tx: &ReadTx<'_>) -> Result<Verification, StoreError> {
    let chain = |rows: usize, found: Option<ChainBreak>| Chain {
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        broken_at: found.map(|it| it.seq),
    };
    let ledger = tx
        .stored_totals()?
        .iter()
        .find(|total| total.kind == StoredKind::Ledger)
        .map_or(0, |total| total.count as usize);
    Ok(Verification {
        ledger: chain(ledger, tx.ledger_verify()?),
        consents: chain(tx.consent_events()?.len(), tx.consent_verify()?),
        receipts: chain(tx.receipts()?.len(), tx.receipts_verify()?),
        objections: chain(tx.objection_events()?.len(), tx.objection_verify()?),
    })
}

fn integrity_word(found: Integrity) -> &'static str {
    match found {
        Integrity::Whole => "ok",
        Integrity::DamagedPages => "damaged_pages",
        Integrity::DamagedRows => "damaged_rows",
        Integrity::DamagedSearch => "damaged_search",
    }
}
