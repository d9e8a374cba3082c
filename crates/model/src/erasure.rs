//! What a deletion would remove, and the words of its scopes.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// From one moment up to, and without, another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TimeRange {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

impl TimeRange {
    /// Whether a moment is in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Pictures.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Text, PDF, office files.
    Document,
    /// Anything else.
    Other,
}

impl MediaKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Image,
        Self::Audio,
        Self::Video,
        Self::Document,
        Self::Other,
    ];

    /// The kind of a media type.
    #[must_use]
    pub fn of(media_type: &str) -> Self {
        let lower = media_type.to_ascii_lowercase();
        let Some((family, rest)) = lower.split_once('/') else {
            return Self::Other;
        };
        match family {
            "image" => Self::Image,
            "audio" => Self::Audio,
            "video" => Self::Video,
            "text" => Self::Document,
            "application" if is_document(rest) => Self::Document,
            _ => Self::Other,
        }
    }

    /// Its word in JSON and in the archive.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Other => "other",
        }
    }

    /// Reads [`MediaKind::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

fn is_document(subtype: &str) -> bool {
    let subtype = subtype.split(';').next().unwrap_or_default().trim();
    matches!(
        subtype,
        "pdf" | "rtf" | "msword" | "json" | "xml" | "epub+zip" | "x-tex" | "yaml"
    ) || [
        "vnd.openxmlformats-officedocument",
        "vnd.oasis.opendocument",
        "vnd.ms-",
    ]
    .iter()
    .any(|family| subtype.starts_with(family))
}

/// What a deletion would remove, counted before it does. Holds no content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ErasurePreview {
    /// Conversations that go as a whole.
    pub conversations: u32,
    /// Conversations that stay without some of their messages or files.
    pub partly: u32,
    /// Messages.
    pub messages: u32,
    /// Unsent texts.
    pub drafts: u32,
    /// Files.
    pub files: u32,
    /// Searches; any deletion forgets all of them, since a search may quote what goes.
    pub searches: u32,
    /// Folders and tags.
    pub labels: u32,
    /// Bytes of all this, as they are counted under *kept on this computer*.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    pub bytes: u64,
    /// When the oldest of it was made.
    pub oldest: Option<Timestamp>,
    /// When the newest of it was made.
    pub newest: Option<Timestamp>,
    /// How many of the conversations are pinned.
    pub pinned: u32,
    /// How many of the conversations are frozen.
    pub frozen: u32,
    /// Copies that were begun from the conversations; they are conversations of their own.
    pub forks: u32,
    /// How many of the conversations the service knows by an alias.
    pub known_to_service: u32,
    /// Rows of the ledger that name one of the conversations; they stay, without that name.
    pub ledger_rows: u32,
}

impl ErasurePreview {
    /// Whether there is anything to delete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversations == 0
            && self.messages == 0
            && self.drafts == 0
            && self.files == 0
            && self.searches == 0
            && self.labels == 0
    }
}

/// How far a deletion that takes a while has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErasureStage {
    /// Hidden everywhere; can still be undone.
    Hidden,
    /// Rows are being removed, some at a time.
    Purging,
    /// The search index is being written anew without them.
    Cleaning,
    /// The rows are gone. Files, log or proof are not done, for instance because another program
    /// is reading the archive.
    Erasing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_media_type_has_one_kind() {
        for (media_type, kind) in [
            ("image/png", MediaKind::Image),
            ("IMAGE/JPEG", MediaKind::Image),
            ("audio/ogg; codecs=opus", MediaKind::Audio),
            ("video/mp4", MediaKind::Video),
            ("text/plain; charset=utf-8", MediaKind::Document),
            ("application/pdf", MediaKind::Document),
            (
                "application/vnd.oasis.opendocument.text",
                MediaKind::Document,
            ),
            ("application/zip", MediaKind::Other),
            ("", MediaKind::Other),
        ] {
            assert_eq!(MediaKind::of(media_type), kind, "{media_type}");
        }
        for kind in MediaKind::ALL {
            assert_eq!(MediaKind::from_word(kind.word()), Some(kind));
        }
    }
}
