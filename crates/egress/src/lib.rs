//! The one door out.
//!
//! Nothing else in the app opens a network connection. A request leaves through [`Door::send`],
//! which cannot be called without a purpose ([`Ctx`]) and an entry of the catalogue
//! ([`Endpoint`]); there is no way to hand it a URL. Before the first byte leaves, a row about
//! the attempt is in the [`Ledger`], written in the same transaction that read the consent. Each
//! retry is a row of its own, and its request id travels as `X-Request-Id`, so what a server saw
//! and what the ledger says can be joined one to one.
//!
//! ```text
//! Door::send ─ retries ─▶ Gate (policy, offline switch, ledger) ─▶ Leaves ─┬▶ reqwest
//!                                                                        └▶ in-process service
//! ```

mod board;
mod body;
mod busy;
mod call;
mod credential;
mod ctx;
mod door;
mod error;
mod forgetful;
mod fuzz;
mod gate;
mod leaf;
mod ledger;
mod loopback;
mod origin;
mod preview;
mod resolve;
mod retry;
mod tools;

pub use board::{Activity, BlockedAttempt, InFlight};
pub use body::{Response, ResponseBody};
pub use call::{Call, Endpoint, Target};
pub use credential::{Credential, HeaderKind};
pub use ctx::{Ctx, Payload, Reply};
pub use door::Door;
pub use error::{Distrust, EgressError};
pub use forgetful::ForgetfulLedger;
pub use fuzz::fuzz;
pub use leaf::InProcess;
pub use ledger::{Finish, Ledger, LedgerSeq, Refusal};
pub use loopback::{Loopback, Returned};
pub use origin::{BaseUrl, BaseUrlError, HostClass, Warning, host_class, parse_base_url};
pub use preview::{Preview, PreviewHeader};
pub use tokio_util::sync::CancellationToken;
pub use tools::{Exchange, ExchangeHeaders, ToolUrl, key_header, parse_tool_url};

/// The host of a ledger row whose request never left the process.
pub const IN_PROCESS: &str = "in-process";

/// The header that tells the Fluxchat service whether it may train on a request: `true` or
/// `false`. Sent to that service and the sandbox only.
pub const TRAINING_HEADER: &str = "x-fluxchat-training-allowed";
