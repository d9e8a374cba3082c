//! Consent records for whoever asks: ISO/IEC TS 27560 as JSON-LD, and Kantara receipts.

use fluxchat_model::{ConsentEvent, Purpose};
use fluxchat_service::{ConsentRecord, KantaraReceipt};
use fluxchat_store::{ReadTx, StoreError};
use serde_json::{Value, json};

use crate::{App, Error, consent_sync};

/// How consents are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentFormat {
    /// ISO/IEC TS 27560:2023 as JSON-LD: every event of the chain.
    Iso27560,
    /// Kantara Consent Receipt 1.1: one receipt per purpose, as it stands.
    Kantara,
}

const PAGE: u32 = 1_000;
/// The id under which a profile stands that never told a service anything.
const UNTOLD: &str = "this-profile";

impl App {
    /// The records of all decisions, oldest first, as JSON-LD.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn consent_records(&self) -> Result<Vec<ConsentRecord>, Error> {
        self.read(records).await
    }

    /// A receipt for each purpose on consent that was decided about, as it stands.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn consent_receipts(&self) -> Result<Vec<KantaraReceipt>, Error> {
        let (events, principal) = self.read(chain).await?;
        let controller = consent_sync::controller().party_name;
        Ok(Purpose::on_consent()
            .filter_map(|purpose| {
                let last = events
                    .iter()
                    .rfind(|event| event.purpose == purpose && event.scope.is_none())?;
                Some(KantaraReceipt::from_event(last, &principal, &controller))
            })
            .collect())
    }

    /// One document with all of it, and how many records it holds.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn consent_export(&self, format: ConsentFormat) -> Result<(Value, usize), Error> {
        Ok(match format {
            ConsentFormat::Iso27560 => {
                let records = self.consent_records().await?;
                let count = records.len();
                (document(&records), count)
            }
            ConsentFormat::Kantara => {
                let receipts = self.consent_receipts().await?;
                let count = receipts.len();
                (json!(receipts), count)
            }
        })
    }
}

/// The records as one JSON-LD document.
pub(crate) fn document(records: &[ConsentRecord]) -> Value {
    json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "ai": "https://w3id.org/dpv/ai#",
            "dpv-27560": "https://w3id.org/dpv/guides/consent-27560#",
            "@vocab": "https://w3id.org/dpv/guides/consent-27560#",
        },
        "profile": "dpv-27560:record-eu-gdpr",
        "@graph": records,
    })
}

/// The records of all decisions, oldest first.
pub(crate) fn records(tx: &ReadTx<'_>) -> Result<Vec<ConsentRecord>, StoreError> {
    let (events, principal) = chain(tx)?;
    let controller = consent_sync::controller();
    let record = |event| ConsentRecord::from_event(event, &principal, &controller);
    Ok(events.iter().map(record).collect())
}

fn chain(tx: &ReadTx<'_>) -> Result<(Vec<ConsentEvent>, String), StoreError> {
    let principal =
        consent_sync::principal(tx)?.map_or_else(|| UNTOLD.to_owned(), |id| id.to_string());
    let mut events: Vec<ConsentEvent> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.seq);
        let page = tx.consent_events_after(after, PAGE)?;
        if page.is_empty() {
            return Ok((events, principal));
        }
        events.extend(page);
    }
}
