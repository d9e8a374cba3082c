//! The archive: one SQLCipher file with everything the person wrote and received.
//!
//! [`Store`] is the handle. Reads run on a small pool of `query_only` connections, writes one at a
//! time on the writer; both get a transaction whose methods are grouped by table under `table/`.
//! Nothing here reads a clock or a random source: times and ids come in as arguments.
//!
//! What must never happen here: a plain file, a key in a log or an error, a column with user text
//! in an ordinary index, a deletion that leaves a remnant.

mod audit;
mod ballast;
mod chain;
mod connection;
mod copy;
mod erasure;
mod error;
#[cfg(feature = "floor")]
pub mod floor;
mod integrity;
mod log_head;
mod memory;
mod migrate;
mod options;
#[cfg(test)]
mod plans;
mod pool;
mod rekey;
mod search;
mod store;
mod table;
mod tokenizer;
mod totals;
mod tx;

pub use audit::ArchiveFacts;
pub use chain::{ChainBreak, GENESIS};
pub use copy::{CopyRecord, remove_copy};
pub use erasure::{Erasure, ErasureRequest, FinishedBy, Purged, ScrubReport, Step};
pub use error::StoreError;
pub use integrity::{Integrity, check_file};
pub use migrate::{LATEST_SCHEMA, MigrationReport};
pub use options::{MigrationCopy, Mode, OpenOptions};
pub use rekey::RotationRecord;
pub use search::within::{FindHit, FindPage};
pub use search::{SearchFilter, SearchHit, SearchPage, SearchQuery, SearchScope};
pub use store::Store;
pub use table::asset::Asset;
pub use table::attachment::AttachmentChunk;
pub use table::consent_event::NewConsentEvent;
pub use table::conversation::{ConversationCursor, ConversationPatch, ConversationShelf};
pub use table::export::{ConversationPlace, DraftRow, ErasureMark, MessagePlace, NamedRow};
pub use table::folder::FolderTotal;
pub use table::ledger_total::{HostTotal, StoredMonth};
pub use table::message::FinishMessage;
pub use table::message_map::{MapLevel, MapPage, MapRun};
pub use table::message_path::{PathAnchor, PathItem, PathPage};
pub use table::message_size::{Below, Size, SizeStep};
pub use table::recent_search::RecentSearch;
pub use table::retention::{RetentionRun, SCOPE as RETENTION_SCOPE, Weight};
pub use table::retention_media::OldFile;
pub use table::sandbox_record::{SandboxPage, SandboxRecord};
pub use table::stream_chunk::ChunkKind;
pub use table::tag::TagTotal;
pub use tokenizer::{VERSION as TOKENIZER_VERSION, index_terms, query_expression};
pub use tx::{ReadTx, WriteTx};
