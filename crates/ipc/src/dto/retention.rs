//! Retention and restriction.

use fluxchat_model::{
    AssetId, ConversationId, FolderId, Receipt, RetentionExemption, RetentionKind, RetentionRuleId,
    SourceId, TagId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a rule is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(tag = "level", rename_all = "snake_case", deny_unknown_fields)]
pub enum RetentionTargetDto {
    /// One conversation.
    Conversation {
        /// Which.
        id: ConversationId,
    },
    /// What has a tag.
    Tag {
        /// Which.
        id: TagId,
    },
    /// What lies in a folder.
    Folder {
        /// Which.
        id: FolderId,
    },
    /// What a source answers.
    Source {
        /// Which.
        id: SourceId,
    },
    /// All of a kind.
    Kind {
        /// Which.
        kind: RetentionKind,
    },
}

dto! {
    /// A rule. Without any number of days it says: keep.
    request RetentionRuleReq {
        /// What it is about.
        pub target: RetentionTargetDto,
        /// Delete this many days after the last activity; files, this many days after they came.
        pub idle_days: Option<u32>,
        /// Delete this many days after archiving.
        pub archived_days: Option<u32>,
    }
}

dto! {
    /// Names a rule.
    request RetentionRemoveReq {
        /// Which.
        pub id: RetentionRuleId,
    }
}

dto! {
    /// A rule.
    answer RetentionRuleRow {
        /// Its id.
        pub id: RetentionRuleId,
        /// What it is about.
        pub target: RetentionTargetDto,
        /// The name of that, if it has one.
        pub name: Option<String>,
        /// Delete this many days after the last activity.
        pub idle_days: Option<u32>,
        /// Delete this many days after archiving.
        pub archived_days: Option<u32>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// Why nothing is deleted by rule at the moment.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum RetentionPause {
    /// The clock jumped ahead.
    Clock {
        /// The last time that was trusted.
        trusted_at: Timestamp,
        /// What the clock says.
        clock_at: Timestamp,
        /// Hours the app has to run without another jump until it is believed.
        hours_left: u32,
    },
    /// Everything is frozen.
    Frozen,
}

dto! {
    /// One pass over what was due.
    answer RetentionRunRow {
        /// Counts up.
        pub seq: u32,
        /// When.
        pub at: Timestamp,
        /// Conversations it deleted.
        pub conversations: u32,
        /// Drafts it deleted.
        pub drafts: u32,
        /// Searches it forgot.
        pub searches: u32,
        /// Files it deleted.
        pub media: u32,
        /// The proofs, at most 50.
        pub receipts: Vec<Receipt>,
    }
}

dto! {
    /// The rules and what came of them.
    answer Retention {
        /// The rules.
        pub rules: Vec<RetentionRuleRow>,
        /// Why nothing is deleted at the moment.
        pub paused: Option<RetentionPause>,
        /// The last passes, newest first.
        pub runs: Vec<RetentionRunRow>,
    }
}

dto! {
    /// A conversation that a rule is about.
    answer RetentionItem {
        /// Which.
        pub id: ConversationId,
        /// Its title.
        pub title: String,
        /// Why it stays; `None` if it goes.
        pub why: Option<RetentionExemption>,
    }
}

dto! {
    /// A file that a rule would delete.
    answer RetentionFile {
        /// Which.
        pub id: AssetId,
        /// Its name.
        pub name: String,
        /// Its size in bytes.
        #[cfg_attr(feature = "codegen", ts(as = "f64"))]
        pub bytes: u64,
        /// Since when it is here.
        pub since: Timestamp,
    }
}

dto! {
    /// What a rule would delete today.
    answer RetentionPreviewRes {
        /// Conversations.
        pub conversations: u32,
        /// Messages in them.
        pub messages: u32,
        /// Bytes of words and files.
        #[cfg_attr(feature = "codegen", ts(as = "f64"))]
        pub bytes: u64,
        /// Whether messages and bytes are more than what was added up.
        pub at_least: bool,
        /// Drafts.
        pub drafts: u32,
        /// Searches.
        pub searches: u32,
        /// Files; the messages they are in stay.
        pub files: u32,
        /// The first 50 files, oldest first.
        pub first_files: Vec<RetentionFile>,
        /// The first 50 conversations, oldest first.
        pub first: Vec<RetentionItem>,
        /// The first 50 that stay although they are old enough; of a rule about files, those that
        /// keep old files.
        pub exempt: Vec<RetentionItem>,
        /// How many of them there are.
        pub exempt_total: u32,
        /// Whether everything is frozen, so that nothing goes.
        pub frozen: bool,
    }
}

dto! {
    /// What is frozen.
    answer Restriction {
        /// Whether everything is.
        pub everything: bool,
        /// The conversations that are frozen by themselves, newest first, at most 200.
        pub conversations: Vec<RetentionItem>,
    }
}

dto! {
    /// Freezes everything, or no longer.
    request RestrictEverythingReq {
        /// Whether it is frozen.
        pub on: bool,
    }
}
