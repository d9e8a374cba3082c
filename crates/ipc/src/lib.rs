//! The contract with the window.
//!
//! Requests and answers are plain typed data ([`dto`]), every command stands once in
//! [`for_each_command`], and every failure is an [`ApiError`]. The shell expands the list
//! into Tauri commands, `codegen` turns it into the TypeScript client and the permission
//! file, and the isolation frame checks calls against it. Types of the core stop here.

#[cfg(feature = "codegen")]
pub mod codegen;
pub mod commands;
pub mod dto;
mod error;
mod events;
mod registry;

pub use error::ApiError;
pub use events::forward;
