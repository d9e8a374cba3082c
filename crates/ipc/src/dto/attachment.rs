//! Files that go with a question.

use fluxchat_model::{AssetId, AttachmentKind, AttachmentWay, ConversationId, SourceId};

dto! {
    /// The files beside an unsent text, and how a source would be given them.
    request AttachmentListReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// Which source would answer.
        pub source_id: Option<SourceId>,
        /// Which model would.
        pub model: Option<String>,
    }
}

dto! {
    /// Files beside an unsent text.
    answer AttachmentList {
        /// In the order in which they were attached.
        pub files: Vec<AttachmentPlan>,
    }
}

dto! {
    /// A file that was attached.
    answer AttachmentFile {
        /// Where `fluxblob:` serves it.
        pub asset_id: AssetId,
        /// Its name.
        pub name: String,
        /// Its media type.
        pub media_type: String,
        /// Its size.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub bytes: u64,
        /// How it was read.
        pub kind: AttachmentKind,
        /// How many pages, slides or sheets it has; 0 for files without.
        pub page_count: u32,
        /// How long its text is, in bytes.
        pub text_bytes: u32,
        /// Whether some of its text is missing.
        pub is_partial: bool,
        /// Whether place, camera and the like were taken out.
        pub had_details: bool,
        /// Whether the picture was made smaller.
        pub was_scaled: bool,
        /// Of a picture, in pixels.
        pub width: u32,
        /// Of a picture, in pixels.
        pub height: u32,
        /// The server of tools it came from, as it was called then.
        pub from: Option<String>,
    }
}

dto! {
    /// A file and how a source would be given it.
    answer AttachmentPlan {
        /// The file.
        pub file: AttachmentFile,
        /// How much of it; `None`: nothing, the source cannot take it or there is no room for it.
        pub way: Option<AttachmentWay>,
        /// The pages, where it is not all.
        pub pages: Vec<u32>,
        /// Whether it leaves as it is although private details are to be replaced.
        pub unredacted: bool,
        /// Whether it goes with the question, and not with an earlier one.
        pub is_new: bool,
        /// Whether the source could take it, but one request cannot carry it beside the others.
        pub no_room: bool,
    }
}

dto! {
    /// Begins to hand a file over, in pieces.
    request AttachmentBeginReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// Its name.
        pub name: String,
        /// Its size in bytes.
        pub size: u32,
    }
}

dto! {
    /// A file that is being handed over.
    answer AttachmentUpload {
        /// Its number.
        pub upload: u32,
    }
}

dto! {
    /// Names a file that is being handed over.
    request AttachmentUploadReq {
        /// Its number.
        pub upload: u32,
    }
}

dto! {
    /// A piece of a file.
    request AttachmentPutReq {
        /// Which.
        pub upload: u32,
        /// At most 512 kB, as Base64.
        pub data: String,
    }
}

dto! {
    /// A file that was dropped on the window.
    answer DroppedFile {
        /// What it is asked for by.
        pub number: u32,
        /// Its name.
        pub name: String,
        /// Its size.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub size: u64,
    }
}

dto! {
    /// Attaches a file that was dropped on the window.
    request AttachmentTakeReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// Which.
        pub number: u32,
    }
}

dto! {
    /// Takes a file away from an unsent text.
    request AttachmentRemoveReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// Which.
        pub asset_id: AssetId,
    }
}

dto! {
    /// Names a file.
    request AttachmentReq {
        /// Which.
        pub asset_id: AssetId,
    }
}

dto! {
    /// The text of a file, some of it at a time.
    request AttachmentTextReq {
        /// Which.
        pub asset_id: AssetId,
        /// `next` of the stretch before.
        #[cfg_attr(feature = "codegen", ts(type = "number | null"))]
        pub from: Option<i64>,
        /// Where to begin instead: a page.
        pub page: Option<u32>,
    }
}

dto! {
    /// A stretch of the text of a file.
    answer AttachmentText {
        /// The file.
        pub file: AttachmentFile,
        /// In order.
        pub pages: Vec<AttachmentPage>,
        /// Where it goes on; `None` at the end.
        #[cfg_attr(feature = "codegen", ts(type = "number | null"))]
        pub next: Option<i64>,
    }
}

dto! {
    /// The text of a page, or of a part of one.
    answer AttachmentPage {
        /// Its number; 0 for files without pages.
        pub number: u32,
        /// The words.
        pub text: String,
    }
}

dto! {
    /// What an answer's source was given of files.
    answer AttachmentsTold {
        /// A line each.
        pub files: Vec<AttachmentTold>,
    }
}

dto! {
    /// What a source was given of a file.
    answer AttachmentTold {
        /// Which.
        pub asset_id: AssetId,
        /// Its name; `None` if it is gone.
        pub name: Option<String>,
        /// How much.
        pub way: AttachmentWay,
        /// The pages, where it was not all.
        pub pages: Vec<u32>,
        /// How many pages it has.
        pub page_count: u32,
    }
}

dto! {
    /// Whether a copy was saved.
    answer AttachmentSaved {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
    }
}

dto! {
    /// Whether a picture of the screen was taken.
    answer ScreenshotTaken {
        /// False if the person changed their mind.
        pub taken: bool,
    }
}
