//! When to try again, after the rules of the OpenAI and Anthropic SDKs (`reference/wire.md`, 1).

use std::time::{Duration, UNIX_EPOCH};

use fluxchat_model::Timestamp;
use http::{HeaderMap, header};

use crate::EgressError;

/// Tries after the first.
pub(crate) const MAX_RETRIES: u32 = 2;
/// A server that wants more patience than this gets none: the person is told instead.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);
const FIRST_WAIT_MS: u64 = 500;
const LONGEST_OWN_WAIT_MS: u64 = 8_000;

/// What the decision rests on.
pub(crate) struct Attempted<'a> {
    /// Tries so far, from 1.
    pub(crate) tries: u32,
    /// On this computer or in this network: there a failure is not passing.
    pub(crate) local: bool,
    pub(crate) result: Result<(u16, &'a HeaderMap), &'a EgressError>,
    pub(crate) now: Timestamp,
    /// For the jitter.
    pub(crate) random: u8,
}

/// How long to wait before the next try; `None` if there is none.
pub(crate) fn wait(attempted: &Attempted<'_>) -> Option<Duration> {
    if attempted.tries > MAX_RETRIES {
        return None;
    }
    match attempted.result {
        Err(EgressError::Connect { .. }) if !attempted.local => Some(own_wait(attempted)),
        Err(_) => None,
        Ok((status, headers)) => {
            let asked = asked_wait(headers, attempted.now);
            let retry = match text(headers, "x-should-retry") {
                Some("true") => true,
                Some("false") => false,
                _ => match status {
                    408 | 409 | 429 => true,
                    // llama-server says 500 to what will never work; a server that is loading says how long.
                    500.. if attempted.local => asked.is_some(),
                    500.. => true,
                    _ => false,
                },
            };
            if !retry {
                return None;
            }
            match asked {
                Some(asked) => Some(asked).filter(|asked| *asked <= LONGEST_WAIT),
                None => Some(own_wait(attempted)),
            }
        }
    }
}

/// What the server asks for, whether or not it is too long.
pub(crate) fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    if let Some(ms) = text(headers, "retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(ms / 1000.0).ok();
    }
    let after = text(headers, header::RETRY_AFTER.as_str())?;
    if let Ok(seconds) = after.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = ms_of_date(after)?;
    let from = text(headers, header::DATE.as_str())
        .and_then(ms_of_date)
        .unwrap_or(now.0);
    Some(Duration::from_millis(
        u64::try_from(at.saturating_sub(from)).unwrap_or(0),
    ))
}

fn ms_of_date(text: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(text).ok()?;
    let since = date.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

/// 0.5 s, 1 s, … at most 8 s, less up to a quarter.
fn own_wait(attempted: &Attempted<'_>) -> Duration {
    let exponent = attempted.tries.saturating_sub(1).min(10);
    let full = FIRST_WAIT_MS
        .saturating_mul(1 << exponent)
        .min(LONGEST_OWN_WAIT_MS);
    let less = full / 4 * u64::from(attempted.random) / 255;
    Duration::from_millis(full.saturating_sub(less))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn after(tries: u32, local: bool, status: u16, pairs: &[(&str, &str)]) -> Option<u128> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        wait(&Attempted {
            tries,
            local,
            result: Ok((status, &headers)),
            now: Timestamp(784_111_777_000), // Sun, 06 Nov 1994 08:49:37 GMT
            random: 0,
        })
        .map(|wait| wait.as_millis())
    }

    #[test]
    fn the_server_s_wish_counts_up_to_a_limit() {
        assert_eq!(after(1, false, 429, &[("retry-after", "2")]), Some(2000));
        assert_eq!(after(1, false, 429, &[("retry-after", "0.5")]), Some(500));
        assert_eq!(
            after(
                1,
                false,
                429,
                &[("retry-after", "9"), ("retry-after-ms", "70")]
            ),
            Some(70)
        );
        assert_eq!(
            after(
                1,
                false,
                503,
                &[("retry-after", "Sun, 06 Nov 1994 08:49:41 GMT")]
            ),
            Some(4000)
        );
        assert_eq!(
            after(
                1,
                false,
                503,
                &[
                    ("date", "Sun, 06 Nov 1994 08:49:40 GMT"),
                    ("retry-after", "Sun, 06 Nov 1994 08:49:41 GMT")
                ]
            ),
            Some(1000)
        );
        assert_eq!(after(1, false, 429, &[("retry-after", "31")]), None);
        assert_eq!(after(1, false, 429, &[("retry-after", "-1")]), Some(500));
        assert_eq!(after(1, false, 429, &[("retry-after", "NaN")]), Some(500));
    }

    #[test]
    fn own_waits_grow_and_end() {
        assert_eq!(after(1, false, 500, &[]), Some(500));
        assert_eq!(after(2, false, 500, &[]), Some(1000));
        assert_eq!(after(3, false, 500, &[]), None);
        assert_eq!(after(1, false, 400, &[]), None);
        assert_eq!(after(1, false, 200, &[]), None);
        for status in [408, 409, 429, 500, 502, 503, 529] {
            assert!(after(1, false, status, &[]).is_some(), "{status}");
        }
    }

    #[test]
    fn the_server_may_force_or_forbid() {
        assert_eq!(after(1, false, 500, &[("x-should-retry", "false")]), None);
        assert_eq!(
            after(1, false, 400, &[("x-should-retry", "true")]),
            Some(500)
        );
    }

    #[test]
    fn at_home_a_500_is_final() {
        assert_eq!(after(1, true, 500, &[]), None);
        assert_eq!(after(1, true, 503, &[]), None);
        assert_eq!(after(1, true, 503, &[("retry-after", "1")]), Some(1000));
        assert_eq!(after(1, true, 429, &[]), Some(500));
    }

    #[test]
    fn only_a_missing_connection_is_tried_again() {
        let decide = |error: &EgressError, local| {
            wait(&Attempted {
                tries: 1,
                local,
                result: Err(error),
                now: Timestamp(0),
                random: 255,
            })
        };
        let host = String::new;
        assert_eq!(
            decide(&EgressError::Connect { host: host() }, false),
            Some(Duration::from_millis(375))
        );
        assert_eq!(decide(&EgressError::Connect { host: host() }, true), None);
        for error in [
            EgressError::Timeout { host: host() },
            EgressError::Interrupted,
            EgressError::Redirect { host: None },
            EgressError::Tls {
                host: host(),
                why: crate::Distrust::Issuer,
            },
            EgressError::Cancelled,
        ] {
            assert_eq!(decide(&error, false), None, "{error:?}");
        }
    }
}
