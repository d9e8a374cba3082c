//! Versions of the privacy policy, and how two of them differ.

use serde::{Deserialize, Serialize};

/// `2026-11-01`: the date it takes effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(as = "String"))]
#[serde(transparent)]
pub struct PolicyVersion(pub String);

/// The versions under which a consent to a purpose counts: from the last one that changed the
/// rules of the purpose to the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySpan {
    /// The last version that changed the purpose; the oldest one known if none did.
    pub from: String,
    /// The version in force.
    pub to: String,
}

impl PolicySpan {
    /// One version alone.
    #[must_use]
    pub fn only(version: &str) -> Self {
        Self {
            from: version.to_owned(),
            to: version.to_owned(),
        }
    }

    /// Whether a consent that was given under a version counts.
    #[must_use]
    pub fn covers(&self, version: &str) -> bool {
        (self.from.as_str()..=self.to.as_str()).contains(&version)
    }
}

/// One version of the privacy policy in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its version.
    pub version: PolicyVersion,
    /// BCP 47.
    pub language: String,
    /// SHA-256 of `markdown` in hex; what consent events refer to.
    pub sha256: String,
    /// The purposes whose rules this version changed: they are asked for anew.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The short form, a few sentences.
    pub summary: Vec<String>,
    /// All of it.
    pub markdown: String,
}

/// How two versions of the policy differ, paragraph by paragraph. Plain text, never markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyDiff {
    /// The older version.
    pub from: String,
    /// The newer version; also the date it takes effect.
    pub to: String,
    /// The language both are in.
    pub language: String,
    /// The purposes that are asked for anew.
    pub changed: Vec<String>,
    /// All paragraphs of both, in order.
    pub rows: Vec<TextRow>,
}

/// One paragraph of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TextRow {
    /// What it is in the text.
    pub kind: TextKind,
    /// What became of it.
    pub change: TextChange,
    /// Its words; several parts only where it was changed.
    pub parts: Vec<TextPart>,
}

/// What a paragraph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// A heading.
    Heading,
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// A row of a table, its cells divided by dots.
    Row,
}

/// What became of a paragraph, or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TextChange {
    /// As it was.
    Same,
    /// New.
    Added,
    /// Gone.
    Removed,
    /// Worded differently; its parts say where.
    Changed,
}

/// Some words of a changed paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TextPart {
    /// `same`, `added` or `removed`.
    pub change: TextChange,
    /// The words.
    pub text: String,
}
