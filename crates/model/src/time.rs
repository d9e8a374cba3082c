use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(as = "f64"))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// One second, in the unit of this type.
    pub const SECOND: i64 = 1_000;
    /// One day, in the unit of this type.
    pub const DAY: i64 = 86_400_000;

    /// This moment plus `ms` milliseconds (negative goes back), saturating at the ends.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// The only way code below the edge learns the time. Tests pass a manual one.
pub trait Clock: Send + Sync + 'static {
    /// Wall-clock time in UTC.
    fn now(&self) -> Timestamp;

    /// Milliseconds by a clock that nobody sets and that goes on while the computer sleeps. Only
    /// differences mean something. One that cannot jump may leave it as it is.
    fn steady_ms(&self) -> i64 {
        self.now().0
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
    fn steady_ms(&self) -> i64 {
        (**self).steady_ms()
    }
}
