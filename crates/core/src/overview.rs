//! The numbers of the privacy screen.

use fluxchat_egress::IN_PROCESS;
use fluxchat_model::{OutboxKind, Purpose, StorageMode, StoredKind, StoredTotal, Timestamp};
use fluxchat_store::{HostTotal, StoredMonth};
use serde::{Deserialize, Serialize};

use crate::{App, Error};

const WEEK: i64 = 7 * Timestamp::DAY;

/// How long ago something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// In this calendar month.
    ThisMonth,
    /// In the three months before.
    ThreeMonths,
    /// Within twelve months.
    Year,
    /// Earlier.
    Older,
}

/// What is kept of one age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AgeTotal {
    /// How old.
    pub age: Age,
    /// Messages.
    pub messages: u64,
    /// Bytes of messages.
    pub message_bytes: u64,
    /// Files.
    pub files: u64,
    /// Bytes of files.
    pub file_bytes: u64,
}

fn by_age(months: &[StoredMonth]) -> Vec<AgeTotal> {
    [Age::ThisMonth, Age::ThreeMonths, Age::Year, Age::Older]
        .into_iter()
        .map(|age| {
            let mut total = AgeTotal {
                age,
                messages: 0,
                message_bytes: 0,
                files: 0,
                file_bytes: 0,
            };
            for month in months
                .iter()
                .filter(|month| age_of(month.months_ago) == age)
            {
                let (count, bytes) = if month.kind == "asset" {
                    (&mut total.files, &mut total.file_bytes)
                } else {
                    (&mut total.messages, &mut total.message_bytes)
                };
                *count += month.count;
                *bytes += month.bytes;
            }
            total
        })
        .collect()
}

fn age_of(months_ago: u32) -> Age {
    match months_ago {
        0 => Age::ThisMonth,
        1..=3 => Age::ThreeMonths,
        4..=11 => Age::Year,
        _ => Age::Older,
    }
}

/// The numbers that matter.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Per kind.
    pub kinds: Vec<StoredTotal>,
    /// All kinds together, in bytes.
    pub kept_bytes: u64,
    /// How old it is; ages without anything are there with zeros.
    pub ages: Vec<AgeTotal>,
    /// What left in the last seven days, per host and purpose. What stayed in-process is not in it.
    pub left: Vec<HostTotal>,
    /// How many optional consents are on, and of how many.
    pub consents: (u32, u32),
    /// Requests to services that are not settled, and what still has to reach a service.
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
        let (months, left, consents, waiting) = self
            .read(move |tx| {
                let states = Purpose::optional()
                    .map(|purpose| crate::consents::is_given(tx, purpose, now))
                    .collect::<Result<Vec<_>, _>>()?;
                let on = states.iter().filter(|given| **given).count();
                let waiting = tx
                    .privacy_requests()?
                    .iter()
                    .filter(|request| !request.state.is_settled())
                    .count();
                // A request that was not sent yet waits once, not twice.
                let unsent = tx
                    .outbox()?
                    .iter()
                    .filter(|entry| entry.kind != OutboxKind::PrivacyRequest)
                    .count();
                Ok((
                    tx.stored_months(now)?,
                    tx.ledger_totals(since)?,
                    (on, states.len()),
                    waiting + unsent,
                ))
            })
            .await?;
        let kinds = self.totals().await?;
        let kept_bytes = sum(&kinds);
        Ok(Overview {
            kinds,
            kept_bytes,
            ages: by_age(&months),
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
        Ok((kinds, bytes, self.open()?.storage()))
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
