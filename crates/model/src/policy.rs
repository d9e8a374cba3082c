use serde::{Deserialize, Serialize};

/// `2026-11-01`: the date it takes effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(as = "String"))]
#[serde(transparent)]
pub struct PolicyVersion(pub String);

/// One version of the privacy policy in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its version.
    pub version: PolicyVersion,
    /// BCP 47.
    pub language: String,
    /// SHA-256 of `markdown` in hex; what consent events refer to.
    pub sha256: String,
    /// The short form, a few sentences.
    pub summary: Vec<String>,
    /// All of it.
    pub markdown: String,
}
