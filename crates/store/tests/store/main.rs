#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test fails loudly"
)]

//! The archive from outside, on real files.

mod control;
mod copies;
mod erasure;
mod everything;
mod large;
mod ledger;
mod leftovers;
mod models;
mod open;
mod records;
mod search;
mod support;
mod talk;
mod tree;
