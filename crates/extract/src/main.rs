//! The reader by itself, for tests: in what ships, the window and the command line start themselves
//! as one.

fn main() -> std::process::ExitCode {
    fluxchat_extract::worker_if_asked().unwrap_or(std::process::ExitCode::from(2))
}
