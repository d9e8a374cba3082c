//! The promises of the crate, through its public interface.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod cited;
mod cost;
mod reading;
mod stream;
mod support;
mod xss;
