//! What the body of a refusal says about trying again, which no header does.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::Response;
use crate::retry::LONGEST_WAIT;

/// How much of an error is read to see whether trying again makes sense.
const ERROR_LIMIT: usize = 64 << 10;

/// How long to wait instead of `usual`; `None` if waiting does not help or would be too long.
/// Reading the body completes the row; the caller gets what was read.
pub(crate) async fn reconsider(response: &mut Response, usual: Duration) -> Option<Duration> {
    if !matches!(
        response.status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        return Some(usual);
    }
    let Ok(body) = response.body.collect(ERROR_LIMIT).await else {
        return Some(usual);
    };
    let json = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    response.body.replace_with(body);
    // Google puts its error into a list now and then.
    let error = json.get(0).unwrap_or(&json).get("error");
    let error = error.unwrap_or(&Value::Null);
    if is_spent(error) {
        return None;
    }
    match asked(error).filter(|_| response.retry_after.is_none()) {
        Some(asked) => {
            response.retry_after = Some(asked);
            (asked <= LONGEST_WAIT).then_some(asked)
        }
        None => Some(usual),
    }
}

/// Because the credit is used up (OpenAI: `insufficient_quota`, Anthropic:
/// `enforced_spend_limit_reached`, Google: a quota per day).
fn is_spent(error: &Value) -> bool {
    let says = |path: &str, word: &str| error.pointer(path).and_then(Value::as_str) == Some(word);
    let per_day = details(error)
        .filter_map(|detail| detail.get("violations")?.as_array())
        .flatten()
        .filter_map(|violation| violation.get("quotaId")?.as_str())
        .any(|quota| quota.contains("PerDay"));
    per_day
        || says("/code", "insufficient_quota")
        || says("/type", "insufficient_quota")
        || says("/details/error_code", "enforced_spend_limit_reached")
}

/// Google: `RetryInfo.retryDelay`, such as `12.7s`.
fn asked(error: &Value) -> Option<Duration> {
    let delay = details(error).find_map(|detail| detail.get("retryDelay")?.as_str())?;
    Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
