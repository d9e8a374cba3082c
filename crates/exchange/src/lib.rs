//! What a person takes along: one ZIP that explains itself.
//!
//! [`Package`] writes it in one pass, hashing as it goes, so that its size needs no memory;
//! [`Envelope`] encrypts it on the way with `age`, if a passphrase is given. The rows are those of
//! [`rows`], described by [`schema`]. Nothing here opens a file, reads a clock or knows the archive.

mod envelope;
mod footnotes;
mod markdown;
mod name;
mod package;
mod readme;
pub mod rows;
pub mod schema;
mod sheet;
mod words;

pub use envelope::Envelope;
pub use markdown::Markdown;
pub use name::{Names, attachment_path, attachment_text_path};
pub use package::{
    Entry, EntryKind, FORMAT, FORMAT_VERSION, Listed, Manifest, PackError, Package, Problem,
};
pub use readme::README;
pub use sheet::Sheet;
