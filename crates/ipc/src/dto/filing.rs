//! Folders and tags.

use fluxchat_model::{ConversationId, FolderId, TagId, Timestamp};

dto! {
    /// A folder.
    answer FolderRow {
        /// Its id.
        pub id: FolderId,
        /// Its name.
        pub name: String,
        /// How many conversations lie in it; counted up to 1000.
        pub conversations: u32,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

dto! {
    /// A tag.
    answer TagRow {
        /// Its id.
        pub id: TagId,
        /// Its name.
        pub name: String,
        /// How many conversations have it; counted up to 1000.
        pub conversations: u32,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

dto! {
    /// All folders and tags, each by name.
    answer Filing {
        /// The folders.
        pub folders: Vec<FolderRow>,
        /// The tags.
        pub tags: Vec<TagRow>,
    }
}

dto! {
    /// Makes a folder or a tag.
    request FilingAddReq {
        /// What it is called.
        pub name: String,
    }
}

dto! {
    /// Names a folder.
    request FolderReq {
        /// Which.
        pub id: FolderId,
    }
}

dto! {
    /// Renames a folder.
    request FolderRenameReq {
        /// Which.
        pub id: FolderId,
        /// What it is called from now on.
        pub name: String,
    }
}

dto! {
    /// Names a tag.
    request TagReq {
        /// Which.
        pub id: TagId,
    }
}

dto! {
    /// Renames a tag.
    request TagRenameReq {
        /// Which.
        pub id: TagId,
        /// What it is called from now on.
        pub name: String,
    }
}

dto! {
    /// Puts a conversation into a folder, or out of any.
    request ConversationMoveReq {
        /// Which conversation.
        pub id: ConversationId,
        /// The folder; `None` for none.
        pub folder_id: Option<FolderId>,
    }
}

dto! {
    /// Gives a conversation a tag, or takes it away.
    request ConversationTagReq {
        /// Which conversation.
        pub id: ConversationId,
        /// Which tag.
        pub tag_id: TagId,
        /// Whether it has it.
        pub on: bool,
    }
}

dto! {
    /// The tags of a conversation.
    answer ConversationTags {
        /// Which.
        pub tag_ids: Vec<TagId>,
    }
}

dto! {
    /// A page of what lies in a folder or under a tag, archived or not: one of the two.
    request ConversationFiledReq {
        /// The folder.
        pub folder_id: Option<FolderId>,
        /// The tag.
        pub tag_id: Option<TagId>,
        /// `next` of the page before.
        pub cursor: Option<String>,
        /// At most this many, up to 200.
        pub limit: u32,
    }
}
