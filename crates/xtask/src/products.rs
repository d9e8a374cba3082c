//! The programs that tests and tours drive, built first and handed over by environment.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Outcome, cargo, program, root, target};

/// Which form of the window.
#[derive(Clone, Copy)]
pub enum Form {
    /// As it is shipped, but with debug code.
    Product,
    /// Can be driven by WebDriver.
    Automation,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Product => "fluxchat-product",
            Self::Automation => "fluxchat-automation",
        }
    }

    fn features(self) -> &'static str {
        match self {
            Self::Product => "fluxchat/custom-protocol",
            Self::Automation => "fluxchat/custom-protocol,fluxchat/automation",
        }
    }
}

/// Where a built form stands. It is a copy: cargo has one place for both.
pub fn app(form: Form) -> PathBuf {
    built(form.name())
}

/// Builds a form of the window. The packages are always the same, so that nothing below the
/// shell is compiled twice.
pub fn build_app(form: Form) -> Outcome {
    let packages = [
        "-p",
        "fluxchat",
        "-p",
        "fluxchat-cli",
        "-p",
        "fluxchat-server",
    ];
    shell::run(
        cargo()
            .args(["build", "--bins"])
            .args(packages)
            .args(["--features", form.features()]),
    )?;
    fs::copy(built("fluxchat"), app(form))?;
    Ok(())
}

/// Builds everything the tests drive.
pub fn build_all() -> Outcome {
    build_app(Form::Automation)?;
    // Last, so that what stands in the usual place is the product.
    build_app(Form::Product)
}

/// Tells a test where the programs are.
pub fn hand_over(test: &mut Command) {
    test.env("FLUXCHAT_APP", app(Form::Automation))
        .env("FLUXCHAT_APP_AUTOMATION", app(Form::Automation))
        .env("FLUXCHAT_APP_PRODUCT", app(Form::Product))
        .env("FLUXCHAT_CLI", built("fluxchat-cli"))
        .env("FLUXCHAT_SERVICE", built("fluxchat-service"))
        .env("FLUXCHAT_ROOT", root())
        .env(
            "AIMOCK",
            root().join("tests/peers/node_modules/@copilotkit/aimock/dist/cli.js"),
        );
}

fn built(name: &str) -> PathBuf {
    target().join("debug").join(program(name))
}
