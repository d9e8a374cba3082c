//! Dictation and reading aloud.

use fluxchat_model::{ConversationId, DataPractices, SourceId, VoiceSettings};

dto! {
    /// Somebody who can be chosen to listen or to speak.
    answer VoicePartner {
        /// The source.
        pub source_id: SourceId,
        /// Its name.
        pub source: String,
        /// Host and port.
        pub host: String,
        /// Whether what is sent there stays on this computer.
        pub here: bool,
        /// What it is said to do with data.
        pub practices: DataPractices,
        /// Who says so, if it is not the person.
        pub stated_by: Option<String>,
        /// The model it usually listens with.
        pub hears: String,
        /// The model it usually speaks with; empty where none does.
        pub speaks: String,
        /// The voice it usually speaks with.
        pub voice: String,
    }
}

dto! {
    /// How voice stands.
    answer VoiceState {
        /// What was chosen.
        pub settings: VoiceSettings,
        /// Who turns recordings into words.
        pub dictation: Option<VoicePartner>,
        /// Who speaks.
        pub reading: Option<VoicePartner>,
        /// Whether recordings may go to who was chosen for them.
        pub agreed: bool,
        /// Everybody who can be chosen.
        pub partners: Vec<VoicePartner>,
        /// The longest recording, in milliseconds.
        pub longest_ms: u32,
    }
}

dto! {
    /// Chooses who listens and who speaks.
    request VoiceSetReq {
        /// All of it.
        pub settings: VoiceSettings,
    }
}

dto! {
    /// Agrees that recordings go to who was chosen for them.
    request VoiceAgreeReq {
        /// Who the person was told.
        pub host: String,
    }
}

dto! {
    /// Opens the microphone.
    request DictationBeginReq {
        /// Where the words will stand; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
    }
}

dto! {
    /// A recording that waits to be sent.
    answer Recorded {
        /// How long it is, in milliseconds.
        pub ms: u32,
        /// How many bytes would leave.
        pub bytes: u32,
    }
}

dto! {
    /// Plays the recording that waits, or falls silent.
    request DictationPlayReq {
        /// Whether it is played.
        pub on: bool,
    }
}

dto! {
    /// What was said.
    answer Dictated {
        /// The words.
        pub text: String,
    }
}

dto! {
    /// Holds what is read aloud, or lets it go on.
    request ReadingHoldReq {
        /// Whether it is held.
        pub on: bool,
    }
}
