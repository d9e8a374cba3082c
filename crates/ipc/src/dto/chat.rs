//! Conversations and messages.

use fluxchat_markup::Block;
use fluxchat_model::{
    AnswerNotice, AssetId, ConversationId, ErasureId, FolderId, Instructions, MessageId,
    MessageStatus, Role, SourceId, Timestamp, Usage, VisibleError,
};
use serde::Deserialize;

dto! {
    /// A line of the history list.
    answer ConversationRow {
        /// Its id.
        pub id: ConversationId,
        /// Empty until named.
        pub title: String,
        /// Kept on top.
        pub pinned: bool,
        /// Hidden from the list.
        pub archived: bool,
        /// Where the next answer comes from.
        pub source_id: Option<SourceId>,
        /// The model the next answer is asked of.
        pub model: Option<String>,
        /// The folder it lies in.
        pub folder_id: Option<FolderId>,
        /// Frozen: readable and exportable, never sent, never suggested.
        pub restricted: bool,
        /// May be answered by sources on this computer alone.
        pub local_only: bool,
        /// Whether the consent to training, where given, covers it.
        pub training_allowed: bool,
        /// Lives in memory alone and is in no list.
        pub temporary: bool,
        /// When it began.
        pub created_at: Timestamp,
        /// When it last gained a message.
        pub updated_at: Timestamp,
        /// Whether an answer is arriving in it now.
        pub streaming: bool,
    }
}

dto! {
    /// A page of the history list, newest first.
    request ConversationListReq {
        /// `next` of the page before.
        pub cursor: Option<String>,
        /// At most this many, up to 200.
        pub limit: u32,
        /// The archived ones instead.
        pub archived: bool,
    }
}

dto! {
    /// A page of the history list.
    answer ConversationPage {
        /// All pinned ones; only on the first page, never repeated in `rows`.
        pub pinned: Vec<ConversationRow>,
        /// The others, newest first.
        pub rows: Vec<ConversationRow>,
        /// Where the next page begins; `None` at the end.
        pub next: Option<String>,
    }
}

dto! {
    /// Names a conversation.
    request ConversationReq {
        /// Which.
        pub id: ConversationId,
    }
}

dto! {
    /// Changes what is given and leaves the rest.
    request ConversationUpdateReq {
        /// Which.
        pub id: ConversationId,
        /// Its new title.
        pub title: Option<String>,
        /// Whether it is kept on top.
        pub pinned: Option<bool>,
        /// Whether it is hidden from the list.
        pub archived: Option<bool>,
        /// Where its next answer comes from.
        pub source_id: Option<SourceId>,
        /// The model its next answer is asked of.
        pub model: Option<String>,
        /// Whether it is frozen.
        pub restricted: Option<bool>,
        /// Whether only sources on this computer may answer.
        pub local_only: Option<bool>,
        /// Whether the consent to training, where given, covers it.
        pub training_allowed: Option<bool>,
    }
}

/// Which messages of the shown branch.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(tag = "at", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageAnchor {
    /// The newest.
    Tail,
    /// Those around this one; the branch is switched if it lies on another.
    Around {
        /// The message.
        message_id: MessageId,
    },
    /// Those before this one.
    Before {
        /// The message.
        message_id: MessageId,
    },
    /// Those after this one.
    After {
        /// The message.
        message_id: MessageId,
    },
}

dto! {
    /// A page of the shown branch.
    request MessagePageReq {
        /// Which conversation.
        pub conversation_id: ConversationId,
        /// Where.
        pub anchor: PageAnchor,
        /// At most this many, up to 100.
        pub limit: u32,
    }
}

dto! {
    /// A page of the shown branch, oldest first.
    answer MessagePage {
        /// The messages.
        pub rows: Vec<MessageRow>,
        /// Whether there are older ones.
        pub has_before: bool,
        /// Whether there are newer ones.
        pub has_after: bool,
        /// The answer that is arriving on the shown branch, on this page or not.
        pub arriving: Option<MessageId>,
    }
}

dto! {
    /// A message as it is shown.
    answer MessageRow {
        /// Its id.
        pub id: MessageId,
        /// Where it belongs.
        pub conversation_id: ConversationId,
        /// What it answers.
        pub parent_id: Option<MessageId>,
        /// Who speaks.
        pub role: Role,
        /// How far it came.
        pub status: MessageStatus,
        /// Which model answered.
        pub model: Option<String>,
        /// Which source answered, as it was called then.
        pub source_name: Option<String>,
        /// When it was begun.
        pub created_at: Timestamp,
        /// When its last piece arrived.
        pub finished_at: Option<Timestamp>,
        /// The Markdown as it came, for copying and editing.
        pub text: String,
        /// What is drawn.
        pub blocks: Vec<Block>,
        /// What the model thought on the way.
        pub reasoning: Vec<Block>,
        /// Where statements come from.
        pub citations: Vec<CitationRow>,
        /// Tools that were asked for.
        pub calls: Vec<super::tools::ToolCallRow>,
        /// What to know about the answer.
        pub notices: Vec<AnswerNotice>,
        /// Files that belong to it.
        pub attachments: Vec<AttachmentRow>,
        /// What it cost.
        pub usage: Option<Usage>,
        /// Why it failed.
        pub error: Option<VisibleError>,
        /// This message and its siblings, oldest first: the branches at this point.
        pub branch_ids: Vec<MessageId>,
        /// The last stream item that is already in `blocks` and `reasoning`; later ones apply.
        pub stream_seq: u32,
    }
}

dto! {
    /// Where a statement comes from.
    answer CitationRow {
        /// For people.
        pub title: String,
        /// The host, `help` for a bundled page, or `attachment` for a page of a file.
        pub host: String,
        /// The bundled page and section, for `help`.
        pub help: Option<String>,
        /// The file and its page, for `attachment`.
        pub file: Option<CitedPage>,
        /// The whole address for reading, where a browser may be given it.
        pub address: Option<String>,
    }
}

dto! {
    /// A page of a file.
    answer CitedPage {
        /// Which file.
        pub asset_id: AssetId,
        /// Which page.
        pub page: u32,
    }
}

dto! {
    /// A file that belongs to a message.
    answer AttachmentRow {
        /// Where `fluxblob:` serves it.
        pub asset_id: AssetId,
        /// Its name.
        pub name: String,
        /// Its media type.
        pub media_type: String,
    }
}

dto! {
    /// Asks.
    request MessageSendReq {
        /// Where; `None` begins a conversation.
        pub conversation_id: Option<ConversationId>,
        /// What.
        pub text: String,
        /// For a new conversation: where answers come from; `None` takes the last used.
        pub source_id: Option<SourceId>,
        /// For a new conversation: the model.
        pub model: Option<String>,
        /// For a new conversation: how it is asked.
        pub instructions: Option<Instructions>,
        /// Files beside the unsent text that go with it, in order.
        #[serde(default)]
        #[cfg_attr(feature = "codegen", ts(as = "Option<Vec<AssetId>>", optional))]
        pub attachments: Vec<AssetId>,
    }
}

dto! {
    /// An answer is on its way; its pieces come as events.
    answer MessageSent {
        /// Where.
        pub conversation_id: ConversationId,
        /// What was asked; `None` where only the answer is new.
        pub question_id: Option<MessageId>,
        /// What will be the answer.
        pub answer_id: MessageId,
        /// The conversation as it stands now; `None` where it could not be read.
        pub conversation: Option<ConversationRow>,
        /// The end of its shown branch; `None` where it could not be read.
        pub page: Option<MessagePage>,
    }
}

dto! {
    /// Asks the same differently: a sibling of the question, and an answer to it.
    request MessageEditReq {
        /// The question.
        pub message_id: MessageId,
        /// Its new words.
        pub text: String,
        /// Files of it that do not go again.
        #[serde(default)]
        #[cfg_attr(feature = "codegen", ts(as = "Option<Vec<AssetId>>", optional))]
        pub without: Vec<AssetId>,
    }
}

dto! {
    /// Puts other words in the place of an answer: a sibling of it. Nothing is sent.
    request MessageRewriteReq {
        /// The answer.
        pub message_id: MessageId,
        /// The new words.
        pub text: String,
    }
}

dto! {
    /// Other words stand in the place of an answer.
    answer MessageRewritten {
        /// The sibling that has them.
        pub message_id: MessageId,
    }
}

dto! {
    /// Asks for another answer: a sibling.
    request MessageRegenerateReq {
        /// The answer (or the question without one).
        pub message_id: MessageId,
        /// From another source.
        pub source_id: Option<SourceId>,
        /// From another model.
        pub model: Option<String>,
    }
}

dto! {
    /// Names a message.
    request MessageReq {
        /// Which.
        pub message_id: MessageId,
    }
}

dto! {
    /// Hidden now, deleted for good at `purge_after`.
    answer Erasing {
        /// Names the deletion, for undo.
        pub erasure_id: ErasureId,
        /// Undo is offered until then.
        pub undo_until: Timestamp,
        /// When it will be carried out.
        pub purge_after: Timestamp,
        /// How many messages went with the one it is about, on all branches below it.
        pub below: u32,
    }
}

dto! {
    /// Takes a deletion back before it is carried out.
    request ErasureUndoReq {
        /// Which.
        pub erasure_id: ErasureId,
    }
}

dto! {
    /// What is typed and not sent.
    request DraftSetReq {
        /// Where; `None` for the composer of a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// The words; empty removes the draft.
        pub text: String,
    }
}

dto! {
    /// Asks for a draft.
    request DraftGetReq {
        /// Where; `None` for the composer of a new conversation.
        pub conversation_id: Option<ConversationId>,
    }
}

dto! {
    /// A draft.
    answer Draft {
        /// The words; empty if there are none.
        pub text: String,
    }
}

dto! {
    /// Opens a link of a message in the system browser. The window showed its host and asked.
    request LinkOpenReq {
        /// The message.
        pub message_id: MessageId,
        /// The number of the link in it.
        pub link_id: u32,
        /// Whether it stands in the reasoning.
        pub in_reasoning: bool,
        /// Whether it is what the answer rests on; the number is that of the citation then.
        pub is_citation: bool,
    }
}

dto! {
    /// Asks for a page of the bundled help.
    request HelpReq {
        /// `page` or `page#section`.
        pub target: String,
        /// BCP 47.
        pub language: String,
    }
}

dto! {
    /// A page of the bundled help.
    answer HelpPage {
        /// Its title.
        pub title: String,
        /// What is drawn.
        pub blocks: Vec<Block>,
    }
}
