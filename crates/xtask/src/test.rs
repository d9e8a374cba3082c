//! `cargo xtask test`: everything that proves something, in the order of how soon it fails.

use crate::display::Screen;
use crate::products;
use crate::report::Report;
use crate::runner::{self, Run};
use crate::setup::{self, Need};
use crate::shell::{self, Failure, Outcome, cargo, npm};
use crate::{codegen, tidy, ui};

const FEATURES: [&str; 2] = ["--features", "fluxchat/custom-protocol"];

/// Runs all of it, or the tests whose name contains a filter.
pub fn test(arguments: &[String]) -> Outcome {
    let mut run = Run::default();
    for argument in arguments {
        match argument.as_str() {
            "--long" => run.long = true,
            "--list" => run.list = true,
            option if option.starts_with('-') => {
                return Err(Failure(format!("`{option}` is not an option of test")));
            }
            filter => run.filter = Some(filter.to_owned()),
        }
    }
    let mut report = Report::new(if run.is_whole() { 14 } else { 5 });
    report.step("What this machine needs", || setup::setup(Need::Test))?;
    if run.is_whole() {
        report.check("Format", || {
            shell::run(cargo().args(["fmt", "--all", "--check"]))
        });
        report.check("Tidy", tidy::tidy);
        report.check("Generated files", || {
            codegen::codegen(&["--check".to_owned()])
        });
        report.check("Types of the page", || script("check"));
        report.check("Lint of the page", || script("lint"));
        report.check("Tests of the page", || script("test"));
    }
    report.step("The page", ui::build)?;
    if run.is_whole() {
        report.check("Size of the page", || script("size"));
        report.check("Clippy", || {
            let all = ["clippy", "--workspace", "--all-targets", "--quiet"];
            shell::run(
                cargo()
                    .args(all)
                    .args(FEATURES)
                    .args(["--", "-D", "warnings"]),
            )
        });
    }
    if !run.list {
        report.step("The programs the tests drive", products::build_all)?;
    }
    let binaries = report.step("The tests", runner::build)?;
    if run.list {
        return runner::list(&binaries);
    }
    let screen = if cfg!(target_os = "linux") {
        Some(Screen::start()?)
    } else {
        None
    };
    report.check("Running the tests", || {
        runner::run(&binaries, &run, screen.as_ref())
    });
    if run.is_whole() {
        report.check("Examples in the documentation", || {
            shell::run(
                cargo()
                    .args(["test", "--workspace", "--doc", "--quiet"])
                    .args(FEATURES),
            )
        });
    }
    report.close();
    report.verdict()
}

fn script(name: &str) -> Outcome {
    shell::run(npm("ui").args(["run", "--silent", name]))
}
