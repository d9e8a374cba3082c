//! `cargo xtask dist`: an installer with the window and the command line.

use std::fs;
use std::path::PathBuf;

use crate::report::Report;
use crate::setup::{self, Need};
use crate::shell::{self, Failure, Outcome, cargo, command, program, root, target};
use crate::ui;

/// What a window that tests can drive has in it, and no shipped one may.
const MARK: &[u8] = b"FLUXCHAT_AUTOMATION_DATA";

/// Builds the installer of this system.
pub fn dist(arguments: &[String]) -> Outcome {
    if arguments
        .iter()
        .any(|argument| argument.contains("automation"))
    {
        return Err("a window that can be driven is never shipped: no feature `automation`".into());
    }
    if let Some(argument) = arguments.first() {
        return Err(Failure(format!(
            "`{argument}` is not understood; dist takes no arguments"
        )));
    }
    let mut report = Report::new(6);
    report.step("What this machine needs", || setup::system(Need::Run))?;
    report.step("The packages of the page", || ui::install("ui"))?;
    report.step("The page", ui::build)?;
    report.step("The command line", || {
        let features = "fluxchat-core/vendored-openssl";
        shell::run(cargo().args([
            "build",
            "--release",
            "-p",
            "fluxchat-cli",
            "--features",
            features,
        ]))
    })?;
    report.step("The window and the installer", bundle)?;
    let path = report.step("A look into it", || {
        let window = fs::read(target().join("release").join(program("fluxchat")))?;
        if window.windows(MARK.len()).any(|part| part == MARK) {
            return Err("the window was built with the feature `automation`".into());
        }
        newest_deb()
    })?;
    report.close();
    let bytes = fs::metadata(&path)?.len();
    println!("\n{} ({:.1} MB)", path.display(), bytes as f64 / 1e6);
    Ok(())
}

fn bundle() -> Outcome {
    let cli = target().join("release").join(program("fluxchat-cli"));
    let files = serde_json::json!({
        "/usr/bin/fluxchat-cli": cli,
        "/usr/share/doc/fluxchat/LICENSE-APACHE": root().join("LICENSE-APACHE"),
        "/usr/share/doc/fluxchat/LICENSE-MIT": root().join("LICENSE-MIT"),
        "/usr/share/doc/fluxchat/NOTICE-prices": root().join("crates/providers/data/NOTICE"),
    });
    let extra = serde_json::json!({ "bundle": { "linux": { "deb": { "files": files } } } });
    let tool = root().join("ui/node_modules/@tauri-apps/cli/tauri.js");
    shell::run(
        command("node")
            .arg(tool)
            .args([
                "build",
                "--bundles",
                "deb",
                "--features",
                "vendored-openssl",
                "--config",
            ])
            .arg(extra.to_string()),
    )
}

fn newest_deb() -> Outcome<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(target().join("release/bundle/deb"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            found.push((fs::metadata(&path)?.modified()?, path));
        }
    }
    found.sort();
    found
        .pop()
        .map(|(_, path)| path)
        .ok_or_else(|| "no .deb was written".into())
}
