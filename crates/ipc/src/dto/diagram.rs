//! Diagrams in answers.

use fluxchat_model::{DiagramRefusal, DiagramTheme, Scene};

dto! {
    /// Asks for the picture of a diagram.
    request DiagramDrawReq {
        /// As it was written.
        pub text: String,
        /// For which paper.
        pub theme: DiagramTheme,
    }
}

dto! {
    /// A picture, or why there is none: one of both is there.
    answer DiagramDrawn {
        /// The picture.
        pub scene: Option<Scene>,
        /// Why it is shown as its source.
        pub refusal: Option<DiagramRefusal>,
    }
}

dto! {
    /// Names a diagram whose picture is to be saved.
    request DiagramSaveReq {
        /// As it was written.
        pub text: String,
    }
}

dto! {
    /// Whether a picture was saved.
    answer DiagramSaved {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
    }
}
