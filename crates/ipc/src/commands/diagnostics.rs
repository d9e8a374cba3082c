//! Reports that are off until somebody agrees, and the support bundle.

use std::path::Path;

use fluxchat_core::App;

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::diagnostics::{
    DiagnosticReportReq, DiagnosticsInfo, SupportBundle, SupportBundleSaveReq, SupportBundleSaved,
};

type Answer<T> = Result<T, ApiError>;

/// What is agreed to, what would be sent, and what was.
///
/// # Errors
/// When the archive is not open.
pub async fn diagnostics_get(app: &App, _: Empty) -> Answer<DiagnosticsInfo> {
    let found = app.diagnostics().await?;
    Ok(DiagnosticsInfo {
        crash_given: found.crash_given,
        usage_given: found.usage_given,
        locked: found.locked,
        usage_now: found.usage_now,
        receiver: found.receiver,
        reports: found.reports,
    })
}

/// Makes a usage report, to be read before it is sent.
///
/// # Errors
/// When the archive is not open.
pub async fn diagnostics_prepare(app: &App, _: Empty) -> Answer<DiagnosticsInfo> {
    app.diagnostics_prepare().await?;
    diagnostics_get(app, Empty {}).await
}

/// Sends a report as it was shown.
///
/// # Errors
/// `no_consent`, `not_found`, whatever the door says.
pub async fn diagnostics_send(app: &App, req: DiagnosticReportReq) -> Answer<DiagnosticsInfo> {
    app.diagnostics_send(req.id).await?;
    diagnostics_get(app, Empty {}).await
}

/// Lets a report go unsent.
///
/// # Errors
/// `not_found`.
pub async fn diagnostics_discard(app: &App, req: DiagnosticReportReq) -> Answer<DiagnosticsInfo> {
    app.diagnostics_discard(req.id).await?;
    diagnostics_get(app, Empty {}).await
}

/// The support bundle.
///
/// # Errors
/// When the archive cannot be read.
pub async fn support_bundle(app: &App, _: Empty) -> Answer<SupportBundle> {
    Ok(SupportBundle {
        text: app.support_bundle().await?,
    })
}

/// Saves the support bundle as the person changed it.
///
/// # Errors
/// When it is too long or the place cannot be written.
pub async fn support_bundle_save(
    app: &App,
    req: SupportBundleSaveReq,
    path: &Path,
) -> Answer<SupportBundleSaved> {
    let name = app.save_support_bundle(&req.text, path, true).await?;
    Ok(SupportBundleSaved { saved: true, name })
}
