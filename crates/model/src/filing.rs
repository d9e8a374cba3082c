//! Where conversations are filed: folders and tags.

use serde::{Deserialize, Serialize};

use crate::{FolderId, TagId, Timestamp};

/// A folder. A conversation lies in one at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// What a person called it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A tag. A conversation may have many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// What a person called it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}
