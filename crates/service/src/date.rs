//! Dates as the standards write them (RFC 3339) and the one month of GDPR Art. 12(3).

use fluxchat_model::Timestamp;
use jiff::{Span, tz::TimeZone};

/// RFC 3339 in UTC, to the second. Times beyond the calendar come out as its end.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let moment = civil(at);
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The day in UTC: `2026-11-01`.
pub(crate) fn date(at: Timestamp) -> String {
    civil(at).strftime("%Y-%m-%d").to_string()
}

/// The same day and hour of the next month, or that month's last day.
pub(crate) fn one_month_after(at: Timestamp) -> Timestamp {
    months_after(at, 1)
}

/// The same day and hour so many months (at most 12) later, or that month's last day.
#[must_use]
pub fn months_after(at: Timestamp, months: u8) -> Timestamp {
    civil(at)
        .to_zoned(TimeZone::UTC)
        .checked_add(Span::new().months(i64::from(months.min(12))))
        .map_or(at, |due| Timestamp(due.timestamp().as_millisecond()))
}

/// Reads an RFC 3339 time.
pub(crate) fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(|moment| Timestamp(moment.as_millisecond()))
}

fn civil(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_the_last_day_where_the_day_is_missing() {
        let january = parse_rfc3339("2027-01-31T10:20:30Z").expect("a time");
        assert_eq!(rfc3339(one_month_after(january)), "2027-02-28T10:20:30Z");
        let november = parse_rfc3339("2026-11-23T00:00:00Z").expect("a time");
        assert_eq!(rfc3339(one_month_after(november)), "2026-12-23T00:00:00Z");
    }

    #[test]
    fn times_beyond_the_calendar_do_not_fail() {
        assert!(rfc3339(Timestamp(i64::MAX)).starts_with("9999-"));
        let _ = one_month_after(Timestamp(i64::MAX));
    }
}
