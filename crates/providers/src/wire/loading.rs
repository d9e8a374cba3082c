//! A server at home that still loads its model: it is asked again until it can answer.

use std::time::Duration;

use fluxchat_egress::{Ctx, EgressError, Target};
use fluxchat_model::Source;
use http::StatusCode;

use crate::ProviderError;
use crate::normalise::RemoteError;

/// How long to wait before each further try: a minute for all of them.
pub(super) const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// Whether this is what llama-server says meanwhile. What else fails at home fails again.
pub(super) fn is_loading(source: &Source, status: StatusCode, said: &RemoteError) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE
        && said.message.eq_ignore_ascii_case("loading model")
        && Target::of(source).is_local()
}

/// Waits for so long, unless it is stopped.
pub(super) async fn wait(pause: Duration, ctx: &Ctx) -> Result<(), ProviderError> {
    match tokio::time::timeout(pause, ctx.cancel.cancelled()).await {
        Ok(()) => Err(EgressError::Cancelled.into()),
        Err(_) => Ok(()),
    }
}
