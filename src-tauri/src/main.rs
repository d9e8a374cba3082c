// No console window beside the app on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]
//! The desktop app.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A process of its own that reads a file, and can do nothing else.
    if let Some(ended) = fluxchat_lib::read_apart_if_asked() {
        return ended;
    }
    // First, before any thread exists and before anything reads the environment.
    fluxchat_lib::hygiene::clean_environment();
    fluxchat_lib::hygiene::share_heaps();
    fluxchat_lib::run(std::env::args_os().skip(1))
}
