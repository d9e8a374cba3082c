//! What only a desktop has.

pub mod browser;
pub mod facts;
pub mod geometry;
pub mod save_dialog;
pub mod signals;
pub mod single_instance;
pub mod window;
