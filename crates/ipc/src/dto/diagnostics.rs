//! Reports that are off until somebody agrees, and the support bundle.

use fluxchat_model::{DiagnosticReport, DiagnosticReportId};

dto! {
    /// Everything about diagnostics that a person can see.
    answer DiagnosticsInfo {
        /// Whether crash reports are agreed to.
        pub crash_given: bool,
        /// Whether usage reports are agreed to.
        pub usage_given: bool,
        /// True where a guardian keeps both off.
        pub locked: bool,
        /// What a usage report would say now, byte for byte.
        pub usage_now: String,
        /// The host that would receive it; `None` for the service inside the app.
        pub receiver: Option<String>,
        /// All reports, newest first.
        pub reports: Vec<DiagnosticReport>,
    }
}

dto! {
    /// Names a report.
    request DiagnosticReportReq {
        /// Which.
        pub id: DiagnosticReportId,
    }
}

dto! {
    /// The support bundle as it would be saved.
    answer SupportBundle {
        /// All of it.
        pub text: String,
    }
}

dto! {
    /// Saves the support bundle, as the person changed it, where they say.
    request SupportBundleSaveReq {
        /// All of it.
        pub text: String,
    }
}

dto! {
    /// What became of it.
    answer SupportBundleSaved {
        /// False if the person changed their mind in the dialog.
        pub saved: bool,
        /// The name of the file, without its folder.
        pub name: String,
    }
}
