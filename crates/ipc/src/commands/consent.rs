//! Purposes, policies and supervision.

use fluxchat_core::{App, Guardian, PolicyStanding};
use fluxchat_model::{ConsentDefault, PolicyDiff, Purpose, Secret, TrainingEcho};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::consent::{
    GuardianBeginReq, GuardianEndReq, GuardianInfo, GuardianUnlockReq, PolicyAcceptReq,
    PolicyDiffReq, PolicyScheduleReq, PolicyStatus, PurposeDefault, PurposeList, PurposeRow,
};

type Answer<T> = Result<T, ApiError>;

/// Every purpose.
///
/// # Errors
/// Never.
pub async fn purpose_list(_: &App, _: Empty) -> Answer<PurposeList> {
    Ok(PurposeList {
        rows: Purpose::all().map(purpose_row).collect(),
    })
}

/// What Fluxchat services confirmed about training.
///
/// # Errors
/// When the archive is not open.
pub async fn training_echo_get(app: &App, _: Empty) -> Answer<TrainingEcho> {
    Ok(app.training_echo().await?)
}

/// How the policy stands.
///
/// # Errors
/// When the archive is not open.
pub async fn policy_status(app: &App, _: Empty) -> Answer<PolicyStatus> {
    Ok(status(app.policy_standing().await?))
}

/// How two versions differ.
///
/// # Errors
/// When one of them is not known.
pub async fn policy_diff(app: &App, req: PolicyDiffReq) -> Answer<PolicyDiff> {
    Ok(app.policy_diff(&req.from, req.to.as_deref(), &req.language)?)
}

/// Accepts a version.
///
/// # Errors
/// When it is not known or was superseded; `supervised`.
pub async fn policy_accept(app: &App, req: PolicyAcceptReq) -> Answer<PolicyStatus> {
    Ok(status(app.policy_accept(&req.version).await?))
}

/// Switches the daily look for new versions.
///
/// # Errors
/// When the archive is not open.
pub async fn policy_schedule(app: &App, req: PolicyScheduleReq) -> Answer<PolicyStatus> {
    Ok(status(app.policy_schedule(req.on).await?))
}

/// Looks for new versions now.
///
/// # Errors
/// When the service could not be asked.
pub async fn policy_check(app: &App, _: Empty) -> Answer<PolicyStatus> {
    Ok(status(app.check_policy().await?))
}

/// How the supervision stands.
///
/// # Errors
/// When the archive is not open.
pub async fn guardian_get(app: &App, _: Empty) -> Answer<GuardianInfo> {
    Ok(info(app.guardian().await?))
}

/// Unlocks.
///
/// # Errors
/// `guardian_passphrase_wrong`, `guardian_wait`.
pub async fn guardian_unlock(app: &App, req: GuardianUnlockReq) -> Answer<GuardianInfo> {
    let passphrase = Secret::new(req.passphrase);
    Ok(info(app.guardian_unlock(passphrase, req.once).await?))
}

/// Locks again.
///
/// # Errors
/// When the archive is not open.
pub async fn guardian_lock(app: &App, _: Empty) -> Answer<GuardianInfo> {
    app.guardian_lock().await?;
    guardian_get(app, Empty {}).await
}

/// Begins to supervise, and takes back what was agreed to.
///
/// # Errors
/// `passphrase_short`, `already_supervised`.
pub async fn guardian_begin(app: &App, req: GuardianBeginReq) -> Answer<GuardianInfo> {
    Ok(info(app.guardian_begin(Secret::new(req.passphrase)).await?))
}

/// Ends the supervision.
///
/// # Errors
/// `guardian_passphrase_wrong`, `guardian_wait`.
pub async fn guardian_end(app: &App, req: GuardianEndReq) -> Answer<GuardianInfo> {
    app.guardian_end(Secret::new(req.passphrase)).await?;
    guardian_get(app, Empty {}).await
}

fn purpose_row(purpose: Purpose) -> PurposeRow {
    PurposeRow {
        purpose: purpose.id().to_owned(),
        terms: purpose.terms(),
        basis: purpose.basis(),
        default: match purpose.default_state() {
            ConsentDefault::OnUse => PurposeDefault::OnUse,
            ConsentDefault::Ask => PurposeDefault::Ask,
            ConsentDefault::OnObjectable => PurposeDefault::OnObjectable,
            ConsentDefault::Off => PurposeDefault::Off,
        },
        categories: purpose.categories().to_vec(),
        recipients: purpose.recipients().to_vec(),
        kept_for: purpose.kept_for(),
        text_key: purpose.text_key(),
        in_use: purpose.is_in_use(),
        off_for_children: purpose.is_off_for_children(),
    }
}

fn status(standing: PolicyStanding) -> PolicyStatus {
    PolicyStatus {
        in_force: standing.in_force.0,
        accepted_at: standing.accepted_at,
        accepted: standing.accepted.map(|it| it.0),
        upcoming: standing.upcoming.map(|it| it.0),
        upcoming_accepted_at: standing.upcoming_accepted_at,
        versions: standing.versions.into_iter().map(|it| it.0).collect(),
        scheduled: standing.scheduled,
        checked_at: standing.checked_at,
    }
}

fn info(guardian: Guardian) -> GuardianInfo {
    GuardianInfo {
        supervised: guardian.supervised,
        unlocked_until: guardian.unlocked_until,
        once: guardian.once,
        wait_ms: u32::try_from(guardian.wait_ms).unwrap_or(u32::MAX),
    }
}
