//! Measures the archive at a million rows. Every row is measured against a floor in the same run:
//! raw SQL on the same schema, or the same question in an archive a hundred times smaller.
//!
//! Prints one JSON document a line on standard output; `cargo xtask bench` draws the table and
//! decides. The rows of the real window are Linux alone.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it speaks to xtask and to a terminal"
)]

mod arguments;
mod floor;
mod line;
mod measure;
mod rows;
#[cfg(target_os = "linux")]
mod window;
mod world;

use std::process::ExitCode;

use arguments::Arguments;
use world::Worlds;

/// What every step answers.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let [_, option, profile] = &std::env::args_os().collect::<Vec<_>>()[..]
        && option == "--plant"
    {
        return match window::plant(profile.as_ref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("✗ {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome {
    if arguments.list {
        for (name, _) in rows::GROUPS {
            println!("{name}");
        }
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut worlds = Worlds::prepare(&runtime, arguments)?;
    for (name, measure) in rows::GROUPS {
        if arguments.wants(name) {
            eprintln!("  {name}");
            measure(&mut worlds)?;
        }
    }
    Ok(())
}
