//! The ledger of the door, over the archive.

use fluxchat_egress::{Finish, Ledger, LedgerSeq, Refusal};
use fluxchat_model::{EgressRecord, LedgerEntry, LedgerFilter, LegalBasis, SessionState};
use fluxchat_store::{Store, StoreError, WriteTx};

use crate::app::Inner;
use crate::{App, Error, Event, consents, guardian, session, training};
use std::sync::{Arc, Weak};

/// Reads consent and writes the row in one transaction.
pub(crate) struct ArchiveLedger {
    app: Weak<Inner>,
    store: Store,
}

impl ArchiveLedger {
    pub(crate) fn new(app: App, store: Store) -> Self {
        // The door lives inside the app: a strong handle here would keep both alive forever.
        Self {
            app: Arc::downgrade(&app.inner),
            store,
        }
    }

    fn told(&self) {
        if let Some(inner) = self.app.upgrade() {
            inner.events.send(&Event::LedgerChanged);
        }
    }
}

/// What the rules say about an intent, read in the transaction that will write its row.
fn allowed(tx: &WriteTx<'_>, intent: &EgressRecord) -> Result<Result<(), Refusal>, StoreError> {
    let now = intent.at;
    if crate::rights::objected(tx, intent.purpose)? {
        return Ok(Err(Refusal::Objected));
    }
    // Without an accepted policy there is no contract, so no basis at all.
    let Some(setup) = session::setup_record(tx)? else {
        return Ok(Err(Refusal::NoConsent));
    };
    if intent.basis == LegalBasis::Consent {
        if !consents::is_given(tx, intent.purpose, now)? {
            return Ok(Err(Refusal::NoConsent));
        }
    } else if setup.supervised
        && intent.purpose.is_off_for_children()
        && !guardian::is_unlocked(tx, now)?
    {
        return Ok(Err(Refusal::ControlsRestricted));
    }
    // The word that training is allowed is a use of that consent, whatever the request is for.
    if intent.training_allowed {
        let covered = match intent.conversation_id {
            Some(id) => training::covers(tx, id, now)?,
            None => false,
        };
        if !covered {
            return Ok(Err(Refusal::NoConsent));
        }
    }
    Ok(Ok(()))
}

impl Ledger for ArchiveLedger {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        let written = self.store.write(|tx| {
            Ok(match allowed(tx, intent)? {
                Ok(()) => Ok(LedgerSeq(tx.ledger_begin(intent)?)),
                Err(refusal) => {
                    tx.ledger_blocked(intent)?;
                    Err(refusal)
                }
            })
        });
        self.told();
        written.unwrap_or_else(|error| {
            tracing::error!(name: "ledger.not_written", code = error.code());
            Err(Refusal::LedgerUnavailable)
        })
    }

    fn block(&self, intent: &EgressRecord, _: Refusal) {
        let written = self.store.write(|tx| tx.ledger_blocked(intent));
        if let Err(error) = written {
            tracing::error!(name: "ledger.not_written", code = error.code());
        }
        self.told();
    }

    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        let written = self.store.write(|tx| {
            tx.ledger_finish(
                seq.0,
                finish.outcome,
                finish.status,
                finish.bytes_out,
                finish.bytes_in,
            )
        });
        if let Err(error) = written {
            tracing::error!(name: "ledger.not_finished", code = error.code());
        }
        self.told();
    }
}

impl App {
    /// A page of the ledger, newest first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn ledger_page(
        &self,
        filter: LedgerFilter,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, Error> {
        self.read(move |tx| tx.ledger_page(&filter, limit)).await
    }

    /// Writes what a filter leaves of the ledger, newest first, as JSON or CSV. Rows are read page by page, so
    /// that its length needs no memory.
    ///
    /// # Errors
    /// When the archive is not open or the writer fails.
    pub async fn ledger_export(
        &self,
        filter: LedgerFilter,
        csv: bool,
        out: impl std::io::Write + Send + 'static,
    ) -> Result<u32, Error> {
        if self.state() != SessionState::Ready {
            return Err(Error::NotOpen(self.state()));
        }
        self.off_thread(move |app| export(app, filter, csv, out))
            .await
    }
}

const PAGE: u32 = 1_000;

fn export(
    app: &App,
    mut filter: LedgerFilter,
    csv: bool,
    mut out: impl std::io::Write,
) -> Result<u32, Error> {
    let open = app.open()?;
    let mut rows = 0_u32;
    out.write_all(if csv {
        b"seq,at,purpose,basis,host,endpoint,method,categories,bytes_out,bytes_in,outcome,status,initiator,request_id,hash\r\n"
    } else {
        b"["
    })?;
    loop {
        let page = open.store.read(|tx| tx.ledger_page(&filter, PAGE))?;
        for entry in &page {
            if csv {
                writeln_csv(&mut out, entry)?;
            } else {
                out.write_all(if rows == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut out, entry).map_err(std::io::Error::from)?;
            }
            rows = rows.saturating_add(1);
        }
        let Some(last) = page.last() else { break };
        filter.before_seq = Some(last.seq);
    }
    if !csv {
        out.write_all(b"\n]\n")?;
    }
    out.flush()?;
    Ok(rows)
}

fn writeln_csv(out: &mut impl std::io::Write, entry: &LedgerEntry) -> std::io::Result<()> {
    let record = &entry.record;
    let categories = record
        .categories
        .iter()
        .map(|it| it.id())
        .collect::<Vec<_>>()
        .join(" ");
    let status = entry.status.map(|it| it.to_string()).unwrap_or_default();
    let fields = [
        entry.seq.to_string(),
        record.at.0.to_string(),
        record.purpose.id().to_owned(),
        record.basis.id().to_owned(),
        record.host.clone(),
        record.endpoint.clone(),
        record.method.clone(),
        categories,
        entry.bytes_out.to_string(),
        entry.bytes_in.to_string(),
        entry.outcome.id().to_owned(),
        status,
        record.initiator.id().to_owned(),
        record.request_id.to_string(),
        entry.hash.clone(),
    ];
    // A host is the only field that others choose; a leading = + - @ would be run by spreadsheets.
    let line: Vec<String> = fields
        .into_iter()
        .map(|field| {
            let field = if field.starts_with(['=', '+', '-', '@']) {
                format!("'{field}")
            } else {
                field
            };
            if field.contains([',', '"', '\r', '\n']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field
            }
        })
        .collect();
    write!(out, "{}\r\n", line.join(","))
}
