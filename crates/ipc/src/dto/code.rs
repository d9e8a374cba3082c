//! Single blocks of code in messages.

use fluxchat_model::{MessageId, TextPart};

dto! {
    /// Names a block of code.
    request CodeReq {
        /// Of this message.
        pub message_id: MessageId,
        /// Of what was thought on the way, not of its words.
        pub in_reasoning: bool,
        /// The how many-th in reading order, from 0.
        pub index: u32,
    }
}

dto! {
    /// Whether a block of code was saved.
    answer CodeSaved {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
    }
}

dto! {
    /// A block of code beside that of another branch.
    answer CodeBesideRow {
        /// The message there.
        pub message_id: MessageId,
        /// Who said it.
        pub model: Option<String>,
        /// By its name.
        pub source_name: Option<String>,
        /// What stands there instead, line by line; `None` where no block is like it.
        pub parts: Option<Vec<TextPart>>,
    }
}

dto! {
    /// A block of code beside those of other branches.
    answer CodeBeside {
        /// Newest first.
        pub rows: Vec<CodeBesideRow>,
    }
}
