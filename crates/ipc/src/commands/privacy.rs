//! What is kept, what left, what was agreed to, what was deleted.

use fluxchat_core::{App, Chain, Standing};
use fluxchat_markup as markup;
use fluxchat_model::{LedgerEntry, LedgerFilter, Purpose, StoredKind};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::privacy::{
    AgeRow, ChainReport, ConsentList, ConsentRow, ConsentSetReq, Flow, LedgerPage, LedgerReq,
    LedgerRow, PolicyReq, PolicyText, PrivacyOverview, ReceiptList, StoredReport, VerifyReport,
};

type Answer<T> = Result<T, ApiError>;

const LONGEST_LEDGER_PAGE: u32 = 500;

/// The four numbers that matter.
///
/// # Errors
/// When the archive is not open.
pub async fn privacy_overview(app: &App, _: Empty) -> Answer<PrivacyOverview> {
    let overview = app.overview().await?;
    let pending = app.pending_deletions().await?;
    Ok(PrivacyOverview {
        kept_bytes: overview.kept_bytes,
        conversations: overview.count(StoredKind::Conversations),
        messages: overview.count(StoredKind::Messages),
        left_bytes: overview.left.iter().map(|total| total.bytes_out).sum(),
        left_requests: overview
            .left
            .iter()
            .map(|total| small(total.requests))
            .sum(),
        flows: overview
            .left
            .into_iter()
            .map(|total| Flow {
                purpose: total.purpose.id().to_owned(),
                host: total.host,
                requests: small(total.requests),
                bytes_out: total.bytes_out,
            })
            .collect(),
        ages: overview
            .ages
            .iter()
            .map(|total| AgeRow {
                age: total.age,
                messages: small(total.messages),
                files: small(total.files),
                bytes: total.message_bytes.saturating_add(total.file_bytes),
            })
            .collect(),
        kinds: overview.kinds,
        consents_on: overview.consents.0,
        consents_total: overview.consents.1,
        waiting: overview.waiting.saturating_add(pending),
    })
}

/// What is kept on this computer.
///
/// # Errors
/// When the archive is not open.
pub async fn privacy_stored(app: &App, _: Empty) -> Answer<StoredReport> {
    let (kinds, total_bytes, storage) = app.stored().await?;
    Ok(StoredReport {
        kinds,
        total_bytes,
        storage,
    })
}

/// A page of the ledger.
///
/// # Errors
/// When the purpose is none or the archive is not open.
pub async fn ledger_page(app: &App, req: LedgerReq) -> Answer<LedgerPage> {
    let filter = LedgerFilter {
        purpose: req.purpose.as_deref().map(purpose).transpose()?,
        basis: req.basis,
        host: req.host.filter(|host| !host.is_empty()),
        outcome: req.outcome,
        conversation_id: req.conversation_id,
        from: req.from,
        until: req.until,
        before_seq: req.before_seq.map(i64::from),
    };
    let limit = req.limit.clamp(1, LONGEST_LEDGER_PAGE);
    let rows: Vec<LedgerRow> = app
        .ledger_page(filter, limit)
        .await?
        .into_iter()
        .map(ledger_row)
        .collect();
    let next = (rows.len() == limit as usize)
        .then(|| rows.last().map(|row| row.seq))
        .flatten();
    Ok(LedgerPage { rows, next })
}

/// All purposes.
///
/// # Errors
/// When the archive is not open.
pub async fn consent_list(app: &App, _: Empty) -> Answer<ConsentList> {
    Ok(ConsentList {
        rows: app.consents().await?.into_iter().map(consent_row).collect(),
    })
}

/// Gives or withdraws.
///
/// # Errors
/// When the purpose is not optional or a guardian keeps it off.
pub async fn consent_set(app: &App, req: ConsentSetReq) -> Answer<ConsentList> {
    app.set_consent(purpose(&req.purpose)?, req.given).await?;
    consent_list(app, Empty {}).await
}

/// A policy.
///
/// # Errors
/// When there is no such version.
pub async fn policy_get(app: &App, req: PolicyReq) -> Answer<PolicyText> {
    let policy = app.policy(req.version.as_deref(), &req.language)?;
    // Before the first run there is no archive, and nothing was accepted.
    let accepted_at = app.policy_accepted(&policy.version.0).await.ok().flatten();
    Ok(PolicyText {
        accepted_at,
        version: policy.version.0,
        language: policy.language,
        sha256: policy.sha256,
        summary: policy.summary,
        blocks: markup::parse(&policy.markdown).blocks,
    })
}

/// Receipts, and what was asked of services.
///
/// # Errors
/// When the archive is not open.
pub async fn receipt_list(app: &App, _: Empty) -> Answer<ReceiptList> {
    Ok(ReceiptList {
        receipts: app.receipts().await?,
        requests: app.privacy_requests().await?,
        pending: app.pending_deletions().await?,
    })
}

/// Recomputes the chains.
///
/// # Errors
/// When the archive is not open.
pub async fn privacy_verify(app: &App, _: Empty) -> Answer<VerifyReport> {
    let found = app.verify().await?;
    Ok(VerifyReport {
        ledger: chain(found.ledger),
        consents: chain(found.consents),
        receipts: chain(found.receipts),
        objections: chain(found.objections),
    })
}

pub(super) fn purpose(id: &str) -> Answer<Purpose> {
    id.parse()
        .map_err(|message: String| ApiError::invalid("invalid_purpose", &message))
}

fn ledger_row(entry: LedgerEntry) -> LedgerRow {
    let record = entry.record;
    LedgerRow {
        seq: i32::try_from(entry.seq).unwrap_or(i32::MAX),
        at: record.at,
        purpose: record.purpose.id().to_owned(),
        basis: record.basis,
        host: record.host,
        endpoint: record.endpoint,
        method: record.method,
        categories: record.categories,
        bytes_out: entry.bytes_out,
        bytes_in: entry.bytes_in,
        outcome: entry.outcome,
        status: entry.status,
        initiator: record.initiator,
        request_id: record.request_id,
        conversation_id: record.conversation_id,
    }
}

fn consent_row(standing: Standing) -> ConsentRow {
    let purpose = standing.state.purpose;
    ConsentRow {
        purpose: purpose.id().to_owned(),
        given: standing.state.given,
        at: standing.state.event.as_ref().map(|event| event.at),
        policy_version: standing.state.event.map(|event| event.policy_version),
        optional: standing.optional,
        locked: standing.locked,
        basis: purpose.basis(),
        categories: purpose.categories().to_vec(),
    }
}

fn chain(chain: Chain) -> ChainReport {
    ChainReport {
        rows: chain.rows,
        broken_at: chain
            .broken_at
            .map(|seq| u32::try_from(seq).unwrap_or(u32::MAX)),
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
