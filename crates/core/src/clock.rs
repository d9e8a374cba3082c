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

    #[cfg(unix)]
    fn steady_ms(&self) -> i64 {
        use rustix::time::{ClockId, clock_gettime};
        // Elsewhere than on Linux the usual one counts sleep, too.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        const STEADY: ClockId = ClockId::Boottime;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        const STEADY: ClockId = ClockId::Monotonic;
        let read = clock_gettime(STEADY);
        read.tv_sec
            .saturating_mul(Timestamp::SECOND)
            .saturating_add(read.tv_nsec / 1_000_000)
    }

    #[cfg(not(unix))]
    fn steady_ms(&self) -> i64 {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        let ran = START.get_or_init(Instant::now).elapsed().as_millis();
        i64::try_from(ran).unwrap_or(i64::MAX)
    }
}

/// Sixteen random bytes for an id that carries no time.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random16() -> Result<[u8; 16], getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// The beginning of a day in UTC, from `2026-03-01`.
#[must_use]
pub fn start_of_day(day: &str) -> Option<Timestamp> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = time::Date::parse(day, format).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Some(Timestamp(seconds.checked_mul(Timestamp::SECOND)?))
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

/// The UTC day of a moment, written as `2026-11-26`.
#[must_use]
pub fn date(at: Timestamp) -> String {
    let date = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(Timestamp::SECOND));
    date.map(|it| it.date().to_string()).unwrap_or_default()
}

/// The beginning of a UTC day, written as `2026-11-26`.
#[must_use]
pub fn day(text: &str) -> Option<Timestamp> {
    let format = time::format_description::well_known::Iso8601::DATE;
    let date = time::Date::parse(text, &format).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Some(Timestamp(seconds.checked_mul(Timestamp::SECOND)?))
}
