//! What is generated from the contract in `crates/ipc`.

use crate::shell::{self, Outcome, cargo, root};

/// Writes the files, or compares them with `--check`.
pub fn codegen(arguments: &[String]) -> Outcome {
    let mut generate = cargo();
    generate
        .args([
            "run",
            "--quiet",
            "--package",
            "fluxchat-ipc",
            "--features",
            "codegen",
        ])
        .args(["--bin", "fluxchat-codegen", "--"])
        .arg(root())
        .args(arguments);
    shell::run(&mut generate)
}
