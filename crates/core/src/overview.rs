//! The numbers of the privacy screen.

use fluxchat_egress::IN_PROCESS;
use fluxchat_model::{StorageMode, StoredKind, StoredTotal, Timestamp};
use fluxchat_store::HostTotal;

use crate::{App, Error};

const WEEK: i64 = 7 * Timestamp::DAY;

/// The numbers that matter.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Per kind.
    pub kinds: Vec<StoredTotal>,
    /// All kinds together, in bytes.
    pub kept_bytes: u64,
    /// What left in the last seven days, per host and purpose. What stayed in-process is not in it.
    pub left: Vec<HostTotal>,
    /// How many optional consents are on, and of how many.
    pub consents: (u32, u32),
    /// Requests to services that are not settled.
    pub waiting: u32,
}

impl Overview {
    /// How many of a kind are kept.
    #[must_use]
    pub fn count(&self, kind: StoredKind) -> u32 {
        self.kinds
            .iter()
            .find(|total| total.kind == kind)
            .map_or(0, |total| total.count)
    }
}

impl App {
    /// What is kept, what left, what is agreed to and what waits.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn overview(&self) -> Result<Overview, Error> {
        let now = self.now();
        let since = now.plus_ms(-WEEK);
        let (left, consents, waiting) = self
            .read(move |tx| {
                let states = tx.consent_states(&crate::policies::in_force(tx, now)?.0)?;
                let on = states.iter().filter(|state| state.given).count();
                let waiting = tx
                    .privacy_requests()?
                    .iter()
                    .filter(|request| !request.state.is_settled())
                    .count();
                Ok((tx.ledger_totals(since)?, (on, states.len()), waiting))
            })
            .await?;
        let kinds = self.totals().await?;
        let kept_bytes = sum(&kinds);
        Ok(Overview {
            kinds,
            kept_bytes,
            left: left
                .into_iter()
                .filter(|total| total.host != IN_PROCESS)
                .collect(),
            consents: (small(consents.0), small(consents.1)),
            waiting: small(waiting),
        })
    }

    /// What is kept per kind, all files together, and where the key is.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn stored(&self) -> Result<(Vec<StoredTotal>, u64, StorageMode), Error> {
        let kinds = self.totals().await?;
        let bytes = sum(&kinds);
        Ok((kinds, bytes, self.open()?.storage))
    }

    /// Everything the archive has on the disk, by kind; the kinds together are the whole.
    async fn totals(&self) -> Result<Vec<StoredTotal>, Error> {
        self.off_thread(|app| Ok(app.open()?.store.totals_on_disk()?))
            .await
    }
}

fn sum(kinds: &[StoredTotal]) -> u64 {
    kinds.iter().map(|total| total.bytes).sum()
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
