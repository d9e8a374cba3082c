//! What tests stand on: a session of one's own, a manual clock, canaries, a recording server,
//! the forensic scan and the control arms. Never part of the product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod canary;
mod clock;
pub mod forensic;
pub mod guard;
pub mod keyboard;
pub mod large;
mod loopback;
pub mod raw;
pub mod recorder;
pub mod session;
pub mod tool_host;
pub mod webdriver;
mod yes;

pub use canary::{canary, cyrillic_canary, han_canary};
pub use clock::ManualClock;
pub use fluxchat_egress::ForgetfulLedger;
pub use yes::YesLedger;
