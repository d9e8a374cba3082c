//! One file per promise a person could read. `cargo xtask test` builds what they drive and runs
//! them; `--long` runs the loops at full length.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    reason = "tests fail loudly and say where"
)]

mod support;

mod accessibility;
mod aimock;
mod aimock_dialects;
mod attachments;
mod attacks;
mod bad_input;
mod before_you_send;
mod children;
mod cli;
mod code;
mod consent;
mod crash;
mod credential;
mod deletion;
mod desktop;
mod diagnostics;
mod diagrams;
mod egress;
mod export;
mod filing;
mod find;
mod followed;
mod keychain;
mod lists;
mod lock;
mod logs;
mod long_conversation;
mod markdown;
mod offline;
mod one_call;
mod only_here;
mod parsers;
mod policy;
mod product;
mod prove;
mod restriction;
mod retention;
mod rights;
mod rotation;
mod screenshots;
mod session_screens;
mod shell_config;
mod side_by_side;
mod spend;
mod surroundings;
mod talk;
mod temporary;
mod tools;
mod tour;
mod trace;
mod training;
mod voice;
