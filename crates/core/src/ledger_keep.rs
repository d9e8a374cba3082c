//! How long the ledger is kept, and clearing it. What is cleared leaves one link of the chain.

use fluxchat_model::{LedgerFilter, LedgerSummary, StoredKind, Timestamp};
use fluxchat_store::{Store, StoreError};

use crate::{App, Error, Event};

const KEEP_MONTHS: &str = "ledger_keep_months";
/// A month, as this setting counts it: never shorter than one of the calendar.
const MONTH: i64 = 31 * Timestamp::DAY;
const LONGEST_KEEP: u32 = 1_200;

/// How the ledger stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerState {
    /// How many rows there are.
    pub rows: u32,
    /// After how many months rows are cleared; `None` keeps them.
    pub keep_months: Option<u32>,
    /// What stands for rows that were cleared.
    pub cleared: Vec<LedgerSummary>,
}

/// Clears what is older than the person keeps it, and finishes what was interrupted.
pub(crate) fn sweep(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let (months, newest) = store.read(|tx| {
        let newest = tx.ledger_page(&LedgerFilter::default(), 1)?;
        Ok((
            tx.setting::<Option<u32>>(KEEP_MONTHS)?.flatten(),
            newest.first().map(|entry| entry.record.at),
        ))
    })?;
    if let (Some(months), Some(newest)) = (months, newest) {
        // A clock that jumped ahead must not clear early: time is what the ledger itself has seen.
        let until = now.min(newest).plus_ms(-i64::from(months) * MONTH);
        let due = store.read(|tx| {
            let old = LedgerFilter {
                until: Some(until),
                ..LedgerFilter::default()
            };
            Ok(!tx.ledger_page(&old, 1)?.is_empty())
        })?;
        if due {
            store.write(|tx| tx.ledger_clear(Some(until), now))?;
        }
    }
    store.ledger_sweep()?;
    Ok(())
}

impl App {
    /// How the ledger stands.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn ledger_state(&self) -> Result<LedgerState, Error> {
        self.read(|tx| {
            Ok(LedgerState {
                rows: tx
                    .stored_totals()?
                    .iter()
                    .find(|total| total.kind == StoredKind::Ledger)
                    .map_or(0, |total| total.count),
                keep_months: tx.setting::<Option<u32>>(KEEP_MONTHS)?.flatten(),
                cleared: tx.ledger_summaries()?,
            })
        })
        .await
    }

    /// Sets after how many months rows are cleared; `None` keeps them.
    ///
    /// # Errors
    /// `ledger_keep` for no month or more than a hundred years.
    pub async fn set_ledger_keep(&self, months: Option<u32>) -> Result<LedgerState, Error> {
        if months.is_some_and(|months| months == 0 || months > LONGEST_KEEP) {
            return Err(Error::invalid(
                "ledger_keep",
                "The ledger can be kept for 1 to 1200 months, or without an end.",
            ));
        }
        let now = self.now();
        self.write(move |tx| tx.setting_set(KEEP_MONTHS, &months))
            .await?;
        self.off_thread(move |app| Ok(sweep(&app.open()?.store, now)?))
            .await?;
        self.tell(Event::LedgerChanged);
        self.ledger_state().await
    }

    /// Clears the ledger, all of it or up to a time, and leaves one link that says so. Requests
    /// that are under way and what follows them stay. `None` if there was nothing to clear.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn ledger_clear(
        &self,
        until: Option<Timestamp>,
    ) -> Result<Option<LedgerSummary>, Error> {
        let now = self.now();
        let summary = self
            .off_thread(move |app| {
                let open = app.open()?;
                let summary = open.store.write(|tx| tx.ledger_clear(until, now))?;
                open.store.ledger_sweep()?;
                Ok(summary)
            })
            .await?;
        self.tell(Event::LedgerChanged);
        Ok(summary)
    }
}
