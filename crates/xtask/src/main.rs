//! `cargo xtask`: everything a developer does here, in one place and on every system.
//!
//! It depends on almost nothing, so that it compiles in seconds on a fresh machine.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it speaks to a terminal"
)]

mod bench;
mod codegen;
mod display;
mod dist;
mod prices;
mod products;
mod report;
mod run;
mod runner;
mod setup;
mod shell;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask run [-- ARGUMENTS]        build and start the app; without a display: a tour of it
cargo xtask test [FILTER] [--long]    everything that proves something; FILTER runs those tests only
cargo xtask test --list               the names of all tests
cargo xtask bench [GROUP…]            what a million rows cost; --list, --messages N, --ledger N
cargo xtask tidy                      the rules of the house: arrows, sizes, permissions
cargo xtask codegen [--check]         write (or compare) what is generated from crates/ipc
cargo xtask prices [VERSION]          make the table of published prices again
cargo xtask dist                      an installer (.deb)
cargo xtask setup                     install what is missing on this machine";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let result = match command {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "tidy" => tidy::tidy(),
        "codegen" => codegen::codegen(rest),
        "prices" => prices::prices(rest),
        "dist" => dist::dist(rest),
        "setup" => setup::setup(setup::Need::Test),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n✗ {failure}");
            ExitCode::FAILURE
        }
    }
}
