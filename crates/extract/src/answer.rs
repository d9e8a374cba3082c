use serde::{Deserialize, Serialize};

/// A page; for slides a slide, for tables a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its number, from 1; 0 for files without pages.
    pub number: u32,
    /// Its words.
    pub text: String,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// In order. Those without words are left out.
    pub pages: Vec<Page>,
    /// How many pages the file has; 0 for files without.
    pub page_count: u32,
    /// Whether something is missing: pages that could not be read, or what was too long.
    pub is_partial: bool,
}

/// A picture as it may be shown to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its media type.
    pub media_type: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether the file had more than the picture: place, camera, time.
    pub had_details: bool,
    /// Whether it was made smaller.
    pub was_scaled: bool,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// What the reading process finds it may do; for tests and `doctor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// A socket of the internet could be opened.
    pub network: bool,
    /// A socket of this computer could be opened.
    pub local_sockets: bool,
    /// A file could be opened.
    pub files: bool,
    /// A file could be made.
    pub writes: bool,
    /// Another process could be reached: by a signal, a handle or its limits.
    pub others: bool,
    /// A program could be started.
    pub programs: bool,
}
