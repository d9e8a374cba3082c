//! Use cases and background tasks.
//!
//! [`App`] is the handle that shell, contract and command line share. It is the only place where
//! the archive, the vault, the door and the service meet; it knows no window. Each module holds
//! the use cases of one feature as methods of [`App`].

mod app;
mod assets;
mod attachments;
mod branches;
mod chat;
pub mod clock;
mod code;
mod consent_records;
mod consent_sync;
mod consents;
pub mod crash;
mod default_preset;
mod deletion;
mod diagnostics;
mod diagrams;
mod drafts;
mod erasure;
mod error;
mod events;
mod export;
mod filing;
mod find;
mod fuzz;
mod guardian;
mod help;
mod history;
mod instructions;
mod ledger;
mod ledger_keep;
mod listed;
mod lock;
pub mod logging;
mod offline;
mod only_here;
mod outbox;
mod overview;
mod place;
mod policies;
pub mod profile;
mod prove;
mod recipients;
mod redact;
pub mod redaction;
mod reserve;
mod restriction;
mod retention;
mod rights;
mod rotation;
#[cfg(test)]
mod sample;
mod sandbox;
mod search;
mod session;
mod settings;
mod sources;
mod spend;
mod temporary;
mod tokens;
mod tools;
mod training;
mod upkeep;
mod verify;
mod voice;
mod words;

pub use app::{Access, App, LedgerLayer, Options, Status};
pub use assets::AssetBytes;
pub use attachments::{DroppedFile, FileSent, MOST_FILES, ShownFile, read_file};
pub use chat::{
    Answerer, Ask, Asking, Estimate, Followed, MOST_BESIDE, Preview, PreviewMessage, Sent,
    SentBeside, StreamState, cited, pretty,
};
pub use code::{CodeBeside, CodePlace};
pub use consent_records::ConsentFormat;
pub use consents::Standing;
pub use deletion::{Erasing, UNDO_MS};
pub use diagnostics::Diagnostics;
pub use erasure::{Confirmation, Previewed, Stays};
pub use error::{Error, codes, session_problem};
pub use events::{Event, Events, StreamItem};
pub use export::{ExportDone, ExportProgress, ExportRequest, fresh_passphrase};
pub use filing::{Filed, MOST_COUNTED};
pub use find::{FoundServer, as_source, dialect_at};
pub use fluxchat_egress::{Activity, BlockedAttempt, InFlight, Refusal};
pub use fluxchat_extract::{
    HIDDEN as READ_APART, LARGEST_FILE, worker_if_asked as read_apart_if_asked,
};
pub use fluxchat_providers::{OptOut, Service, opt_outs, services};
pub use fluxchat_store::{
    AttachmentChunk, ConversationCursor, ConversationPatch, ConversationShelf, Erasure, FindHit,
    FindPage, MapLevel, MapPage, MapRun, PathAnchor, SearchHit,
};
pub use fluxchat_vault::LockStatus;
pub use fluxchat_vault::{Keychain, OsKeychain};
pub use fuzz::{fuzz, fuzz_sound};
pub use guardian::{Guardian, UNLOCK_MS as GUARDIAN_UNLOCK_MS};
pub use history::{MessagePage, ShownMessage};
pub use instructions::NewPreset;
pub use ledger_keep::LedgerState;
pub use listed::Listed;
pub use lock::{Hears, IDLE_MINUTES, LockSettings, Occasion};
pub use only_here::answers_here;
pub use overview::{Age, AgeTotal, Overview};
pub use place::{Place, host_of, place_of};
pub use policies::PolicyStanding;
pub use prove::WindowFacts;
pub use recipients::{Recipient, RecipientPurpose, practices_of, stated_of};
pub use retention::{
    ExemptConversation, NewRule, OldFileShown, Pause, RetentionPreview, RetentionState, Swept,
};
pub use rights::{Objection, ServiceKey, Wish};
pub use rotation::KeyState;
pub use search::{Found, SearchToken, TokenKind};
pub use session::{Audience, Setup};
pub use sources::{Added, NewSource};
pub use spend::{BudgetState, Spending, dollars};
pub use tokens::about as about_tokens;
pub use tools::{
    Brought, LOCAL_TOOLS, LeftOutFile, LocalTool, NewToolServer, OfferAsking, OfferField,
    OfferValues, Offers, PromptInfo, ResourceInfo, SignInInfo, SignInPage, SignInStage, SignedOut,
    ToolAbout, ToolInfo, ToolServerInfo, ToolsInfo, shown_json, tool_address,
};
pub use verify::{Chain, Doctor, Verification};
pub use voice::{
    LONGEST_RECORDING, Level, Playback, ReadingAt, Recorded, Recording, Sound, SoundError, Taken,
    Transcript, VoiceEvent, VoicePartner, VoiceState, joined_sound, wav_of_samples,
};
