//! Law 1 at the crate that carries it: what the door lets out, against a recording server on
//! loopback and ledgers that refuse, forget and block.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "it/body.rs"]
mod body;
#[path = "it/door.rs"]
mod door;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/offline.rs"]
mod offline;
#[path = "it/proxy.rs"]
mod proxy;
#[path = "it/support.rs"]
mod support;
#[path = "it/tls.rs"]
mod tls;
