//! The door.

use fluxchat_core::{Activity, App};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::event::{ActiveRequest, BlockedRequest, EgressStatus, OfflineSetReq};

type Answer<T> = Result<T, ApiError>;

/// The state of the door.
///
/// # Errors
/// When the archive is not open.
pub async fn egress_status(app: &App, _: Empty) -> Answer<EgressStatus> {
    Ok(status(app.activity()?))
}

/// Closes or opens the door.
///
/// # Errors
/// When the choice cannot be stored.
pub async fn egress_set_offline(app: &App, req: OfflineSetReq) -> Answer<EgressStatus> {
    Ok(status(app.set_offline(req.offline).await?))
}

/// What is under way, as it crosses.
#[must_use]
pub fn status(activity: Activity) -> EgressStatus {
    EgressStatus {
        offline: activity.offline,
        active: activity
            .in_flight
            .into_iter()
            .map(|flight| ActiveRequest {
                request_id: flight.request_id,
                host: flight.host,
                purpose: flight.purpose.id().to_owned(),
                in_process: flight.in_process,
            })
            .collect(),
        blocked: activity.last_blocked.map(|blocked| BlockedRequest {
            host: blocked.host,
            purpose: blocked.purpose.id().to_owned(),
            code: blocked.refusal.code().to_owned(),
        }),
    }
}
