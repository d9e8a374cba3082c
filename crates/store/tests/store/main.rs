#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test fails loudly"
)]

//! The archive from outside, on real files.

// The scan that all forensic tests share. The crate `testkit` stands above this one, so its source
// is included instead.
#[path = "../../../testkit/src/forensic.rs"]
mod forensic;

mod copies;
mod erasure;
mod ledger;
mod leftovers;
mod open;
mod records;
mod search;
mod support;
mod tree;
