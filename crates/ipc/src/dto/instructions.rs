//! How conversations are asked: instructions, presets, saved prompts.

use fluxchat_model::{
    ConversationId, Instructions, Parameters, Preset, PresetId, PromptId, SourceId, Timestamp,
};

dto! {
    /// Says how a conversation is asked from the next question on.
    request InstructionsSetReq {
        /// Which conversation.
        pub id: ConversationId,
        /// How.
        pub instructions: Instructions,
    }
}

dto! {
    /// Asks whether a new conversation can be asked in this way.
    request InstructionsCheckReq {
        /// How.
        pub instructions: Instructions,
    }
}

dto! {
    /// All presets.
    answer PresetList {
        /// By name.
        pub rows: Vec<Preset>,
        /// The one that new conversations begin with.
        pub default_id: Option<PresetId>,
    }
}

dto! {
    /// Says which preset new conversations begin with.
    request PresetDefaultReq {
        /// Which; `None` for none.
        pub id: Option<PresetId>,
    }
}

dto! {
    /// Keeps a preset, or changes the one that is named.
    request PresetSaveReq {
        /// The one to change; `None` for a new one.
        pub id: Option<PresetId>,
        /// What it is called.
        pub name: String,
        /// The system prompt; may be empty.
        pub system: String,
        /// How answers are made.
        pub parameters: Parameters,
        /// Where answers come from.
        pub source_id: Option<SourceId>,
        /// Which model answers.
        pub model: Option<String>,
    }
}

dto! {
    /// Names a preset.
    request PresetReq {
        /// Which.
        pub id: PresetId,
    }
}

dto! {
    /// Words kept to ask with.
    answer PromptRow {
        /// Its id.
        pub id: PromptId,
        /// What is typed after `/`.
        pub name: String,
        /// The words, with `{{fields}}`.
        pub text: String,
        /// The names of its fields, in order.
        pub fields: Vec<String>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

dto! {
    /// All saved prompts.
    answer PromptList {
        /// By name.
        pub rows: Vec<PromptRow>,
    }
}

dto! {
    /// Keeps a prompt, or changes the one that is named.
    request PromptSaveReq {
        /// The one to change; `None` for a new one.
        pub id: Option<PromptId>,
        /// What is typed after `/`.
        pub name: String,
        /// The words.
        pub text: String,
    }
}

dto! {
    /// Names a saved prompt.
    request PromptReq {
        /// Which.
        pub id: PromptId,
    }
}

dto! {
    /// Fills the fields of a saved prompt in.
    request PromptFillReq {
        /// Which.
        pub id: PromptId,
        /// What goes in; fields without a value stay as they are.
        pub values: Vec<FieldValue>,
    }
}

dto! {
    /// What goes into a field.
    request FieldValue {
        /// The name of the field.
        pub name: String,
        /// The words.
        pub value: String,
    }
}
