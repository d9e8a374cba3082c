//! What servers of tools offer besides tools: prompts and resources.

use fluxchat_model::{ConversationId, OfferAskingId, ToolServerId, VisibleError};

use super::attachment::AttachmentFile;
use super::instructions::FieldValue;

dto! {
    /// Asks a server what it offers.
    request ToolOffersReq {
        /// Which.
        pub server_id: ToolServerId,
        /// From where; `None` for a conversation that is not begun yet.
        pub conversation_id: Option<ConversationId>,
        /// What it can be stopped by.
        pub asking_id: Option<OfferAskingId>,
    }
}

dto! {
    /// What a prompt, or the address of a resource, is filled in with.
    answer ToolOfferField {
        /// What it is given by.
        pub name: String,
        /// What it is called, with everything in it to be seen.
        pub label: String,
        /// What its server says of it: words of somebody else.
        pub description: String,
        /// Whether it has to be given.
        pub required: bool,
    }
}

dto! {
    /// A prompt of a server.
    answer ToolPromptRow {
        /// What it is asked for by.
        pub name: String,
        /// What it is called, with everything in it to be seen.
        pub label: String,
        /// What its server says of it: words of somebody else.
        pub description: String,
        /// What it is filled in with.
        pub fields: Vec<ToolOfferField>,
    }
}

dto! {
    /// The prompts of a server.
    answer ToolPrompts {
        /// In its order.
        pub rows: Vec<ToolPromptRow>,
        /// Whether there are more, which nobody listened to.
        pub has_more: bool,
    }
}

dto! {
    /// Fills in a prompt of a server.
    request ToolPromptFillReq {
        /// The server.
        pub server_id: ToolServerId,
        /// Where its words are for; `None` for a conversation that is not begun yet.
        pub conversation_id: Option<ConversationId>,
        /// What it can be stopped by.
        pub asking_id: Option<OfferAskingId>,
        /// The prompt.
        pub name: String,
        /// What goes in.
        pub values: Vec<FieldValue>,
    }
}

dto! {
    /// A resource of a server.
    answer ToolResourceRow {
        /// What it is asked for by.
        pub uri: String,
        /// What its file would be called, as its server wrote it: not to be shown.
        pub name: String,
        /// What it is called, with everything in it to be seen.
        pub label: String,
        /// Its address, with everything in it to be seen.
        pub address: String,
        /// What its server says of it: words of somebody else.
        pub description: String,
        /// What its server says it is; empty where it says nothing.
        pub media_type: String,
        /// How large its server says it is.
        #[cfg_attr(feature = "codegen", ts(type = "number | null"))]
        pub size: Option<u64>,
        /// What its address is completed with.
        pub fields: Vec<ToolOfferField>,
    }
}

dto! {
    /// The resources of a server.
    answer ToolResources {
        /// In its order.
        pub rows: Vec<ToolResourceRow>,
        /// Whether there are more, which nobody listened to.
        pub has_more: bool,
    }
}

dto! {
    /// Reads a resource of a server and puts it beside an unsent text.
    request ToolResourceAttachReq {
        /// The server.
        pub server_id: ToolServerId,
        /// Where it is for; `None` for a conversation that is not begun yet.
        pub conversation_id: Option<ConversationId>,
        /// What it can be stopped by.
        pub asking_id: Option<OfferAskingId>,
        /// The resource.
        pub uri: String,
        /// What the file is called.
        pub name: String,
        /// What its address is completed with.
        pub values: Vec<FieldValue>,
    }
}

dto! {
    /// Stops what a server was asked for.
    request ToolAskCancelReq {
        /// What it was asked for by.
        pub asking_id: OfferAskingId,
    }
}

dto! {
    /// Something that could not be taken.
    answer ToolLeftOut {
        /// What it is called, or what it was said to be.
        pub name: String,
        /// Why.
        pub problem: VisibleError,
    }
}

dto! {
    /// What came from a server.
    answer ToolBrought {
        /// Words for the unsent text.
        pub text: String,
        /// Files, which are beside it now.
        pub files: Vec<AttachmentFile>,
        /// What could not be taken.
        pub left_out: Vec<ToolLeftOut>,
    }
}
