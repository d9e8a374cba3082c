//! One function per command of the registry, by group. Each parses what came from the window,
//! calls the core once and turns the answer into what crosses.

pub mod attachment;
pub mod branches;
pub mod chat;
pub mod code;
pub mod consent;
pub mod deletion;
pub mod desktop;
pub mod diagnostics;
pub mod diagram;
pub mod egress;
pub mod export;
pub mod filing;
pub mod instructions;
pub mod ledger;
pub mod lock;
pub(crate) mod message;
pub mod offers;
pub mod preview;
pub mod privacy;
pub mod retention;
pub mod rights;
pub mod search;
pub mod session;
pub mod source;
pub mod spend;
pub mod temporary;
pub mod tools;
pub mod voice;

/// At most this many rows in a page that the window asks for.
const LONGEST_PAGE: u32 = 200;

fn page(limit: u32) -> u32 {
    limit.clamp(1, LONGEST_PAGE)
}
