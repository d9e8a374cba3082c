//! The numbers of the privacy screen.

use fluxchat_egress::IN_PROCESS;
use fluxchat_model::{StorageMode, StoredKind, StoredTotal, Timestamp};
use fluxchat_store::HostTotal;

use crate::{App, Error, profile};

const WEEK: i64 = 7 * Timestamp::DAY;

/// The numbers that matter.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Per kind.
    pub kinds: Vec<StoredTotal>,
    /// All files of the profile together, in bytes; in memory: what the kinds say.
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
        let (kinds, left, consents, waiting) = self
            .read(move |tx| {
                let states = tx.consent_states(&crate::policies::in_force(tx, now)?.0)?;
                let on = states.iter().filter(|state| state.given).count();
                let waiting = tx
                    .privacy_requests()?
                    .iter()
                    .filter(|request| !request.state.is_settled())
                    .count();
                Ok((
                    tx.stored_totals()?,
                    tx.ledger_totals(since)?,
                    (on, states.len()),
                    waiting,
                ))
            })
            .await?;
        let (_, kept_bytes) = self.stored_on_disk(&kinds).await?;
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
        let kinds = self.read(|tx| tx.stored_totals()).await?;
        let (storage, bytes) = self.stored_on_disk(&kinds).await?;
        Ok((kinds, bytes, storage))
    }

    async fn stored_on_disk(&self, kinds: &[StoredTotal]) -> Result<(StorageMode, u64), Error> {
        let storage = self.open()?.storage();
        if storage == StorageMode::Memory {
            return Ok((storage, kinds.iter().map(|total| total.bytes).sum()));
        }
        let folder = self.inner.options.profile.clone();
        let bytes = tokio::task::spawn_blocking(move || profile::size_on_disk(&folder)).await?;
        Ok((storage, bytes))
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
