//! `cargo xtask run`: the app, or a tour of it where nobody could see it.

use std::fs;

use crate::display::{self, Screen};
use crate::products::{self, Form};
use crate::report::Report;
use crate::setup::{self, Need};
use crate::shell::{self, Outcome, cargo, command, target};
use crate::ui;

/// Builds and starts the app.
pub fn run(arguments: &[String]) -> Outcome {
    let arguments = arguments
        .strip_prefix(&["--".to_owned()])
        .unwrap_or(arguments);
    if display::is_there() {
        window(arguments)
    } else {
        tour()
    }
}

fn window(arguments: &[String]) -> Outcome {
    let mut report = Report::new(4);
    report.step("What this machine needs", || setup::system(Need::Run))?;
    report.step("The packages of the page", || ui::install("ui"))?;
    report.step("The page", ui::build)?;
    report.step("The app (the first time takes some minutes)", || {
        products::build_app(Form::Product)
    })?;
    println!("\nFluxchat is open. Close its window to come back here.");
    shell::run(command(products::app(Form::Product)).args(arguments))
}

fn tour() -> Outcome {
    println!("There is no display here, so a tour of the real window runs on a virtual one.");
    let mut report = Report::new(6);
    report.step("What this machine needs", || setup::system(Need::Tour))?;
    report.step("The packages of the page", || ui::install("ui"))?;
    report.step("The page", ui::build)?;
    report.step("The app (the first time takes some minutes)", || {
        products::build_app(Form::Automation)
    })?;
    let mut tour = cargo();
    tour.args(["test", "-p", "fluxchat", "--test", "it"])
        .args(["--features", "fluxchat/custom-protocol,fluxchat/automation"]);
    report.step("The guide", || {
        shell::run(cargo().args(tour.get_args()).arg("--no-run"))
    })?;
    let folder = target().join("tour");
    report.step("The tour", || {
        // What is there afterwards was taken now.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let screen = Screen::start()?;
        products::hand_over(&mut tour);
        tour.args([
            "--quiet",
            "--",
            "tour::tour",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("FLUXCHAT_TOUR", "1")
        .env("FLUXCHAT_TOUR_DIR", &folder)
        .env("DISPLAY", &screen.name)
        .env_remove("WAYLAND_DISPLAY");
        shell::run(&mut tour)?;
        match fs::read_dir(&folder)?.next() {
            Some(_) => Ok(()),
            None => Err("the tour took no picture, so it did not happen".into()),
        }
    })?;
    println!("\nThe screenshots are in {}.", folder.display());
    report.close();
    Ok(())
}
