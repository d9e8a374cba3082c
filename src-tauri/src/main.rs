// No console window beside the app on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]
//! The desktop app.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First, before any thread exists and before anything reads the environment.
    fluxchat_lib::hygiene::clean_environment();
    fluxchat_lib::run(std::env::args_os().skip(1))
}
