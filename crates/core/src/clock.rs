//! The edge where time and randomness enter.

use fluxchat_model::{Clock, Timestamp};

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 reads as 1970: order comes from sequence numbers, never from time.
        Timestamp(since.map_or(0, |elapsed| {
            i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
        }))
    }
}

/// Ten random bytes for an id.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random10() -> Result<[u8; 10], getrandom::Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// The beginning of a UTC day, written as `2026-11-26`.
#[must_use]
pub fn day(text: &str) -> Option<Timestamp> {
    let format = time::format_description::well_known::Iso8601::DATE;
    let date = time::Date::parse(text, &format).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Some(Timestamp(seconds.checked_mul(Timestamp::SECOND)?))
}
