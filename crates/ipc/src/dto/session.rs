//! Opening the profile, first run, settings.

use fluxchat_model::{SessionState, StorageMode};
use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::dto::attachment::AttachmentList;
use crate::dto::chat::{ConversationPage, Draft};
use crate::dto::consent::PolicyStatus;
use crate::dto::event::EgressStatus;
use crate::dto::filing::Filing;
use crate::dto::instructions::PresetList;
use crate::dto::retention::Restriction;
use crate::dto::source::SourceList;
use crate::dto::temporary::TemporaryList;

dto! {
    /// What the window needs before it can draw anything.
    answer SessionInfo {
        /// What stands between the person and the archive.
        pub state: SessionState,
        /// Where the archive lives, once open.
        pub storage: Option<StorageMode>,
        /// False until the first run was completed.
        pub setup_done: bool,
        /// True where a guardian set the app up.
        pub supervised: bool,
        /// Whether the door is closed.
        pub offline: bool,
        /// True if the archive can be opened with a passphrase.
        pub has_passphrase: bool,
        /// Why `state` is not `ready`, in words.
        pub problem: Option<ApiError>,
        /// The person's settings; defaults until the archive is open.
        pub settings: Settings,
        /// The version of the app.
        pub app_version: String,
        /// `linux`, `macos` or `windows`.
        pub platform: String,
        /// True in builds that can be driven by tests.
        pub automation: bool,
    }
}

dto! {
    /// Asks for what the first screen shows.
    request FirstScreenReq {
        /// At most this many conversations.
        pub limit: u32,
    }
}

dto! {
    /// What the first screen shows, in one answer: each call of the page has its own price.
    answer FirstScreen {
        /// The first page of the history list.
        pub conversations: ConversationPage,
        /// Conversations that are in memory alone.
        pub temporary: TemporaryList,
        /// Folders and tags.
        pub filing: Filing,
        /// What is frozen.
        pub restriction: Restriction,
        /// Where answers come from.
        pub sources: SourceList,
        /// The door out.
        pub egress: EgressStatus,
        /// Whether a policy waits to be read.
        pub policy: PolicyStatus,
        /// The assistants.
        pub presets: PresetList,
        /// What was typed for a new conversation.
        pub draft: Draft,
        /// The files beside it, as the default source would get them; absent where none would,
        /// for want of a source or because nothing is processed.
        pub files: Option<AttachmentList>,
    }
}

dto! {
    /// Opens a locked archive with its passphrase.
    request SessionUnlockReq {
        /// As typed.
        pub passphrase: String,
    }
}

dto! {
    /// Creates an archive on a computer without a keychain.
    request SessionCreateReq {
        /// `passphrase` or `memory`.
        pub storage: StorageMode,
        /// Needed for `passphrase`; at least 8 characters.
        pub passphrase: Option<String>,
    }
}

dto! {
    /// Sets an archive that cannot be opened aside (kept 30 days) and starts anew.
    request SessionStartFreshReq {
        /// Must be true; the window asks twice.
        pub confirmed: bool,
    }
}

/// Who is going to use the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// An adult, for themselves.
    Adult,
    /// A guardian, for somebody under their care: optional purposes stay locked.
    Guardian,
}

dto! {
    /// Completes the first run.
    request SetupReq {
        /// Who will use it.
        pub audience: Audience,
        /// What unlocks a supervised profile later; needed for a guardian, at least 8 characters.
        pub guardian_passphrase: Option<String>,
        /// The policy that was shown.
        pub policy_version: String,
        /// The language it was shown in.
        pub language: String,
        /// The optional purposes that were switched on; everything else is recorded as refused.
        pub consents: Vec<String>,
    }
}

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast, light or dark as the system.
    HighContrast,
}

/// Which key sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SendKey {
    /// Enter sends, Shift+Enter breaks the line.
    #[default]
    Enter,
    /// Ctrl/Cmd+Enter sends, Enter breaks the line.
    ModEnter,
}

/// What a person can set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// Which colours.
    pub theme: Theme,
    /// BCP 47; `None` follows the system.
    pub language: Option<String>,
    /// Which key sends.
    pub send_key: SendKey,
    /// Width of the list in CSS pixels.
    pub list_width: u32,
    /// Whether the list is hidden.
    pub list_collapsed: bool,
    /// Text size in percent of the usual.
    pub text_percent: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            language: None,
            send_key: SendKey::default(),
            list_width: 272,
            list_collapsed: false,
            text_percent: 100,
        }
    }
}

dto! {
    /// Replaces the settings.
    request SettingsSetReq {
        /// All of them.
        pub settings: Settings,
    }
}
