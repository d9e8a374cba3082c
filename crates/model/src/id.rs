//! Ids are UUIDv7: they sort by creation time and carry nothing else.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::Timestamp;

/// The text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id; ids look like 0190b5a4-3c1e-7c3a-9d1e-2f6a1b7c8d9e")]
pub struct InvalidId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "ts", ts(as = "String"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A version 7 id from a time and ten random bytes (RFC 9562, section 5.7).
            #[must_use]
            pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
                let ms = u64::try_from(at.0).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId(text.to_owned()))
            }
        }
    )+};
}

ids! {
    /// A server of tools.
    ToolServerId,
    /// Somebody who waits for what a server of tools was asked for. Whoever waits makes it: the
    /// window a random one (version 4).
    OfferAskingId,
    /// A conversation.
    ConversationId,
    /// One node of a conversation's message tree.
    MessageId,
    /// A folder of conversations.
    FolderId,
    /// A tag on conversations.
    TagId,
    /// A source of answers.
    SourceId,
    /// One encrypted file.
    AssetId,
    /// A rule of retention.
    RetentionRuleId,
    /// One link of the consent chain.
    ConsentEventId,
    /// One request on the wire and its ledger row; travels as `X-Request-Id`.
    RequestId,
    /// One deletion, from asking to receipt.
    ErasureId,
    /// One request to the service about data rights.
    PrivacyRequestId,
    /// One thing that still has to reach the service.
    OutboxId,
    /// Instructions kept under a name.
    PresetId,
    /// Words kept to ask with.
    PromptId,
    /// One diagnostic report; never on the wire.
    DiagnosticReportId,
    /// A deletion remembered without content.
    TombstoneId,
}
