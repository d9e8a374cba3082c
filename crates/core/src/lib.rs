//! Use cases and background tasks.
//!
//! [`App`] is the handle that shell, contract and command line share. It is the only place where
//! the archive, the vault, the door and the service meet; it knows no window. Each module holds
//! the use cases of one feature as methods of [`App`].

mod app;
mod assets;
mod chat;
pub mod clock;
mod consents;
pub mod crash;
mod deletion;
mod diagnostics;
mod drafts;
mod error;
mod events;
mod export;
mod filing;
mod help;
mod history;
mod ledger;
pub mod logging;
mod offline;
mod only_here;
mod outbox;
mod overview;
mod place;
pub mod profile;
mod prove;
mod reserve;
mod restriction;
mod retention;
mod sandbox;
mod search;
mod session;
mod settings;
mod sources;
mod upkeep;
mod verify;

pub use app::{Access, App, LedgerLayer, Options, Status};
pub use assets::AssetBytes;
pub use chat::{Ask, Sent, StreamState};
pub use consents::Standing;
pub use deletion::{Erasing, UNDO_MS};
pub use diagnostics::Diagnostics;
pub use error::{Error, session_problem};
pub use events::{Event, Events, StreamItem};
pub use export::{ExportDone, ExportProgress, ExportRequest, fresh_passphrase};
pub use filing::{Filed, MOST_COUNTED};
pub use fluxchat_egress::{Activity, BlockedAttempt, InFlight};
pub use fluxchat_store::{
    ConversationCursor, ConversationPatch, ConversationShelf, PathAnchor, SearchHit,
};
pub use fluxchat_vault::{Keychain, OsKeychain};
pub use history::{MessagePage, ShownMessage};
pub use only_here::answers_here;
pub use overview::Overview;
pub use place::{Place, host_of, place_of};
pub use prove::WindowFacts;
pub use retention::{ExemptConversation, NewRule, Pause, RetentionPreview, RetentionState, Swept};
pub use search::{Found, SearchToken, TokenKind};
pub use session::{Audience, Setup};
pub use sources::{Added, NewSource};
pub use verify::{Chain, Doctor, Verification};
