//! The self-audit.

dto! {
    /// Whether a report was saved.
    answer ProofSaved {
        /// False if the person changed their mind.
        pub saved: bool,
    }
}
