//! What only a desktop has.

pub mod browser;
pub mod facts;
#[cfg(target_os = "linux")]
pub mod files;
pub mod geometry;
pub mod save_dialog;
pub mod signals;
pub mod single_instance;
pub mod window;
