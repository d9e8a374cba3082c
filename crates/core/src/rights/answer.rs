//! What a service says about a request, in the words of OpenDSR 2.0 or of the Data Rights
//! Protocol 1.0, and what follows from it.

use fluxchat_model::{
    Attestation, PrivacyRequestState, RequestEvent, RequestStep, Timestamp, TrackedRequest,
    known_reason,
};
use fluxchat_service::months_after;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::wait_for;
use crate::outbox::step;

/// Where the service says the request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Open,
    InProgress,
    Fulfilled,
    Partial,
    Revoked,
    Denied,
    Expired,
}

/// An answer, and the body it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: Status,
    reason: Option<&'static str>,
    expected_by: Option<Timestamp>,
    updated: Option<Timestamp>,
    has_result: bool,
    pub(crate) body: Value,
}

impl Answer {
    /// Reads an answer; `None` if it says nothing about where the request stands.
    pub(crate) fn read(body: &Value) -> Option<Self> {
        let text = |name: &str| body[name].as_str();
        let status = match (text("status"), text("request_status")) {
            (Some("open"), _) => Status::Open,
            (Some("in_progress"), _) => Status::InProgress,
            (Some("fulfilled"), _) => Status::Fulfilled,
            (Some("partially_fulfilled"), _) => Status::Partial,
            (Some("revoked"), _) => Status::Revoked,
            (Some("denied"), _) => Status::Denied,
            (Some("expired"), _) => Status::Expired,
            (_, Some("pending")) => Status::Open,
            (_, Some("in_progress")) => Status::InProgress,
            (_, Some("completed")) => Status::Fulfilled,
            (_, Some("cancelled")) => Status::Revoked,
            _ => return None,
        };
        let date = |name: &str| text(name).and_then(timestamp);
        Some(Self {
            status,
            reason: text("reason").map(known_reason),
            expected_by: date("expected_by").or_else(|| date("expected_completion_time")),
            updated: date("updated_time"),
            has_result: text("results_url").is_some(),
            body: body.clone(),
        })
    }

    /// Changes a request as the answer says, and tells the steps. Settled requests stay as they
    /// are, and what is older than what was heard before is not heard.
    pub(crate) fn apply(
        &self,
        tracked: &mut TrackedRequest,
        attestation: Attestation,
        now: Timestamp,
    ) -> Vec<RequestEvent> {
        use PrivacyRequestState as S;
        tracked.progress.checked_at = Some(now);
        let stale = match (self.updated, tracked.progress.answered_at) {
            (Some(this), Some(before)) => this < before,
            _ => false,
        };
        let before = tracked.request.state;
        if before.is_settled() || stale {
            return Vec::new();
        }
        let mut steps = Vec::new();
        let asks =
            self.status == Status::InProgress && self.reason == Some("need_user_verification");
        let (state, said) = match self.status {
            // “Received” after more than that was said is an answer that came late.
            Status::Open if before == S::NeedsAction => (before, None),
            Status::Open | Status::InProgress if !asks => match before {
                S::NeedsAction => (S::Acknowledged, Some(RequestStep::Resumed)),
                S::Acknowledged => (S::Acknowledged, None),
                _ => (S::Acknowledged, Some(RequestStep::Acknowledged)),
            },
            Status::Open | Status::InProgress => (
                S::NeedsAction,
                (before != S::NeedsAction).then_some(RequestStep::NeedsAction),
            ),
            Status::Fulfilled if self.reason.is_none() => {
                (S::Fulfilled, Some(RequestStep::Fulfilled))
            }
            Status::Fulfilled | Status::Partial => {
                (S::PartiallyFulfilled, Some(RequestStep::PartiallyFulfilled))
            }
            Status::Denied | Status::Expired => (S::Denied, Some(RequestStep::Denied)),
            // Nobody here took it back: then it was refused, whatever it is called.
            Status::Revoked if tracked.progress.cancelling => {
                (S::Cancelled, Some(RequestStep::Cancelled))
            }
            Status::Revoked => (S::Denied, Some(RequestStep::Denied)),
        };
        let reason = match (state, self.reason) {
            (S::Denied | S::PartiallyFulfilled, None) if self.status == Status::Expired => {
                Some("expired")
            }
            (S::Denied, None) => Some("refused_by_service"),
            (S::PartiallyFulfilled, None) => Some("other"),
            (_, reason) => reason,
        };
        if let Some(said) = said {
            steps.push(RequestEvent {
                reason: reason.map(str::to_owned),
                expected_by: self.expected_by,
                ..step(now, said)
            });
        }
        tracked.request.state = state;
        tracked.request.attestation = attestation;
        tracked.progress.answered_at = self.updated.or(tracked.progress.answered_at);
        if !state.is_settled() {
            steps.extend(self.apply_date(tracked, now));
            tracked.progress.next_poll_at =
                Some(now.plus_ms(wait_for(now, tracked.request.expected_by)));
        } else {
            tracked.progress.next_poll_at = None;
            tracked.progress.cancelling = false;
            tracked.progress.has_result = self.has_result;
            tracked.progress.receipt = Some(self.body.to_string());
        }
        tracked.request.reason = match reason {
            Some(reason) => Some(reason.to_owned()),
            // The reason of a delay stays as long as the delay does.
            None if tracked.progress.extended && !state.is_settled() => {
                tracked.request.reason.take()
            }
            None => None,
        };
        steps
    }

    /// The date that counts, by Art. 12(3): one month, and two more where the service says why
    /// within the first. A date the law does not allow is told and changes nothing.
    fn apply_date(&self, tracked: &mut TrackedRequest, now: Timestamp) -> Option<RequestEvent> {
        let named = self.expected_by?;
        let from = tracked
            .progress
            .submitted_at
            .unwrap_or(tracked.request.created_at);
        let first = months_after(from, 1);
        // A month by the clock of the service may end a little later than one by ours.
        let grace = 3_600 * Timestamp::SECOND;
        let known = tracked.request.expected_by.unwrap_or(first);
        if named <= known || (!tracked.progress.extended && named.0 <= first.0 + grace) {
            if !tracked.progress.extended {
                tracked.request.expected_by = Some(named.min(first));
            }
            return None;
        }
        let told = |kind| {
            Some(RequestEvent {
                reason: self.reason.map(str::to_owned),
                expected_by: Some(named),
                ..step(now, kind)
            })
        };
        let in_time = now <= first;
        let within = named.0 <= months_after(from, 3).0 + grace;
        let says_why = self
            .reason
            .is_some_and(|reason| reason != "need_user_verification");
        if in_time && within && says_why && !tracked.progress.extended {
            tracked.progress.extended = true;
            tracked.request.expected_by = Some(named);
            return told(RequestStep::Extended);
        }
        // Told once, not with every look.
        let already = tracked.progress.receipt.as_deref() == Some(LATE);
        tracked.progress.receipt = Some(LATE.to_owned());
        if already {
            None
        } else {
            told(RequestStep::LateDate)
        }
    }
}

/// Stands where the receipt will be, so that a date that does not count is told once.
const LATE: &str = "\"late\"";

/// A time as the standards write it.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000)
        .ok()
        .map(Timestamp)
}
