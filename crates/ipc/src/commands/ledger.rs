//! Who receives what, and how long the ledger is kept.

use fluxchat_core::{App, LedgerState, OptOut, Recipient};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::ledger::{
    ClearedRow, LedgerClearReq, LedgerKeepReq, LedgerStanding, OptOutRow, RecipientList,
    RecipientPurposeRow, RecipientRow,
};

type Answer<T> = Result<T, ApiError>;

/// How the ledger stands.
///
/// # Errors
/// When the archive is not open.
pub async fn ledger_state(app: &App, _: Empty) -> Answer<LedgerStanding> {
    Ok(standing(app.ledger_state().await?))
}

/// Everybody who received something.
///
/// # Errors
/// When the archive is not open.
pub async fn ledger_recipients(app: &App, _: Empty) -> Answer<RecipientList> {
    Ok(RecipientList {
        rows: app.recipients().await?.into_iter().map(recipient).collect(),
    })
}

/// Sets how long the ledger is kept.
///
/// # Errors
/// When that is no time, or the archive cannot be written.
pub async fn ledger_keep(app: &App, req: LedgerKeepReq) -> Answer<LedgerStanding> {
    Ok(standing(app.set_ledger_keep(req.months).await?))
}

/// Clears the ledger; one link of the chain stays.
///
/// # Errors
/// When the archive cannot be written.
pub async fn ledger_clear(app: &App, req: LedgerClearReq) -> Answer<LedgerStanding> {
    app.ledger_clear(req.until).await?;
    ledger_state(app, Empty {}).await
}

fn standing(state: LedgerState) -> LedgerStanding {
    LedgerStanding {
        rows: state.rows,
        keep_months: state.keep_months,
        cleared: state
            .cleared
            .into_iter()
            .map(|summary| ClearedRow {
                seq: u32::try_from(summary.seq).unwrap_or(u32::MAX),
                at: summary.at,
                requests: small(summary.requests),
                bytes_out: summary.bytes_out,
                first_at: summary.first_at,
                last_at: summary.last_at,
                hash: summary.hash,
            })
            .collect(),
    }
}

fn recipient(found: Recipient) -> RecipientRow {
    RecipientRow {
        host: found.host,
        in_process: found.in_process,
        sources: found.sources,
        purposes: found
            .purposes
            .into_iter()
            .map(|it| RecipientPurposeRow {
                purpose: it.purpose.id().to_owned(),
                basis: it.basis,
                categories: it.categories,
                requests: small(it.requests),
                bytes_out: it.bytes_out,
            })
            .collect(),
        requests: small(found.requests),
        blocked: small(found.blocked),
        bytes_out: found.bytes_out,
        bytes_in: found.bytes_in,
        first_at: found.first_at,
        last_at: found.last_at,
        practices: found.practices,
        practices_from: found.practices_from,
        stated: found.stated,
        opt_outs: found.opt_outs.into_iter().map(opt_out).collect(),
    }
}

pub(super) fn opt_out(it: OptOut) -> OptOutRow {
    OptOutRow {
        field: it.field,
        value: it.value.to_string(),
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
