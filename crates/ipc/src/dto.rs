//! Requests, answers and events, by feature.

/// Declares a type that crosses to the window: answers are serialised, requests are strict.
macro_rules! dto {
    ($(#[$meta:meta])* request $item:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS), ts(optional_fields))]
        pub struct $item { $($body)* }
    };
    ($(#[$meta:meta])* answer $item:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize)]
        #[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
        pub struct $item { $($body)* }
    };
}

pub mod attachment;
pub mod branches;
pub mod chat;
pub mod code;
pub mod consent;
pub mod deletion;
pub mod diagnostics;
pub mod diagram;
pub mod event;
pub mod export;
pub mod filing;
pub mod instructions;
pub mod ledger;
pub mod lock;
pub mod offers;
pub mod preview;
pub mod privacy;
pub mod proof;
pub mod retention;
pub mod rights;
pub mod search;
pub mod session;
pub mod source;
pub mod spend;
pub mod temporary;
pub mod tools;
pub mod voice;

dto! {
    /// A command that needs nothing.
    request Empty {}
}

dto! {
    /// A command that answers nothing but success.
    answer Done {}
}
