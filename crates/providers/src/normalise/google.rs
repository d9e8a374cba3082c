//! What Google adds to an error: `error.details`, a list of messages that say their type.

use serde_json::Value;

/// How long it asks to wait (`RetryInfo.retryDelay`, such as `12.7s`).
pub(super) fn retry_after_ms(error: &Value) -> Option<u64> {
    let delay = details(error).find_map(|detail| detail.get("retryDelay")?.as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.trim().parse().ok()?;
    let wait = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    u64::try_from(wait.as_millis()).ok()
}

/// Words for machines: the reasons it gives, and `insufficient_quota` for a limit per day, which
/// no waiting helps.
pub(super) fn words(error: &Value) -> Vec<&str> {
    let reasons = details(error).filter_map(|detail| detail.get("reason")?.as_str());
    let per_day = details(error)
        .filter_map(|detail| detail.get("violations")?.as_array())
        .flatten()
        .filter_map(|violation| violation.get("quotaId")?.as_str())
        .any(|quota| quota.contains("PerDay"));
    reasons
        .chain(per_day.then_some("insufficient_quota"))
        .collect()
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::normalise::RemoteError;

    fn meant(status: u16, details: &str) -> (&'static str, Option<u64>) {
        let body = format!(
            r#"[{{"error":{{"code":{status},"message":"m","status":"S","details":{details}}}}}]"#
        );
        let error = RemoteError::from_body(body.as_bytes()).classify(status, None, None);
        (error.code(), error.retry_after_ms())
    }

    #[test]
    fn it_says_how_long_and_whether_waiting_helps() {
        let retry = r#"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12.7s"}"#;
        let minute = r#"{"violations":[{"quotaId":"GenerateRequestsPerMinutePerProject"}]}"#;
        let day = r#"{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject-FreeTier"}]}"#;
        let key =
            r#"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}"#;
        for (status, details, want) in [
            (
                429,
                format!("[{minute},{retry}]"),
                ("remote_rate_limited", Some(12_700)),
            ),
            (
                503,
                format!("[{retry}]"),
                ("remote_unavailable", Some(12_700)),
            ),
            (429, "[]".to_owned(), ("remote_rate_limited", None)),
            (429, format!("[{day},{retry}]"), ("remote_quota", None)),
            (400, format!("[{key}]"), ("remote_unauthorized", None)),
            (
                400,
                r#"[null,{"retryDelay":3},{"retryDelay":"-1s"},{"retryDelay":"x"}]"#.to_owned(),
                ("remote_bad_request", None),
            ),
            (
                429,
                r#"{"retryDelay":"1s"}"#.to_owned(),
                ("remote_rate_limited", None),
            ),
        ] {
            assert_eq!(meant(status, &details), want, "{details}");
        }
    }

    #[test]
    fn what_the_header_says_counts_first() {
        let body = br#"{"error":{"code":429,"message":"m","details":[{"retryDelay":"9s"}]}}"#;
        let error = RemoteError::from_body(body).classify(429, Some(70), None);
        assert_eq!(error.retry_after_ms(), Some(70));
    }
}
