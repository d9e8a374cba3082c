//! Files that go with a question.

use serde::{Deserialize, Serialize};

use crate::AssetId;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// PNG, JPEG, GIF, WebP.
    Picture,
    /// PDF.
    Pdf,
    /// A text document: docx, odt.
    Document,
    /// Tables: xlsx, xls, ods.
    Sheet,
    /// Slides: pptx, odp.
    Slides,
    /// A page of the web.
    Html,
    /// Words: text, code, CSV.
    Text,
    /// Sound.
    Audio,
}

/// What was found in a file when it was attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentFacts {
    /// How it was read.
    pub kind: AttachmentKind,
    /// How many pages, slides or sheets it has; 0 for files without.
    pub page_count: u32,
    /// How long its text is, in bytes; 0 where there is none.
    pub text_bytes: u32,
    /// Whether some of its text could not be read or was too long.
    pub is_partial: bool,
    /// Why its text could not be read: a code.
    pub problem: Option<String>,
    /// Of a picture, in pixels.
    pub width: u32,
    /// Of a picture, in pixels.
    pub height: u32,
    /// Whether place, camera and the like were taken out of the picture.
    pub had_details: bool,
    /// Whether the picture was made smaller.
    pub was_scaled: bool,
    /// The server of tools it came from, as the person called it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

impl AttachmentFacts {
    /// Nothing but the kind.
    #[must_use]
    pub fn new(kind: AttachmentKind) -> Self {
        Self {
            kind,
            page_count: 0,
            text_bytes: 0,
            is_partial: false,
            problem: None,
            width: 0,
            height: 0,
            had_details: false,
            was_scaled: false,
            from: None,
        }
    }
}

/// A file that was attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The encrypted file.
    pub asset_id: AssetId,
    /// Its name as the person knew it.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// What was found in it.
    pub facts: AttachmentFacts,
}

/// How much of a file a source is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentWay {
    /// The file itself.
    File,
    /// All of its text.
    Text,
    /// The parts of its text that fit the question best.
    Pages,
}

/// What a source was given of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentTold {
    /// Which.
    pub asset_id: AssetId,
    /// How much.
    pub way: AttachmentWay,
    /// The pages, where it was not all and there are pages.
    pub pages: Vec<u32>,
}
