//! The forensic scan: does anything remain of what was deleted?
//!
//! It reads what a thief with the key would read: every page of the database and every frame of
//! its write-ahead log, free and stale ones included, decrypted without looking at their HMAC;
//! and every byte of every file in a folder. `sqlcipher_export` and SQL show live rows only and
//! would prove nothing.
//!
//! Depends on nothing of the product, so that it cannot share a mistake with what it examines. The
//! tests stand on it, and the self-audit that anybody can run on their own profile.

mod needle;
mod page;
mod scan;

pub use needle::{Needle, all_needles, needles};
pub use scan::{Hit, Scanner};
