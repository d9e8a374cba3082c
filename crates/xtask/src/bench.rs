//! `cargo xtask bench`: what a million rows cost, against floors of the same run.
//!
//! The program that measures prints one JSON document a line; this draws the table and decides.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{self, Failure, Outcome, cargo, target};

const PROGRAM: &str = "fluxchat-bench";
const PROFILE: &str = "measure";
/// What the rows of the real window drive: the app and the window it is compared with, in the form
/// that is shipped and in the one that WebDriver can drive.
const WINDOWS: [(&str, [(&str, &str); 2]); 2] = [
    (
        "fluxchat/custom-protocol,fluxchat/automation,fluxchat-floor/custom-protocol,fluxchat-floor/automation",
        [
            ("fluxchat", "FLUXCHAT_APP_AUTOMATION"),
            ("fluxchat-floor", "FLUXCHAT_FLOOR_AUTOMATION"),
        ],
    ),
    (
        "fluxchat/custom-protocol,fluxchat-floor/custom-protocol",
        [
            ("fluxchat", "FLUXCHAT_APP_PRODUCT"),
            ("fluxchat-floor", "FLUXCHAT_FLOOR"),
        ],
    ),
];

/// Measures the named groups of rows, or all of them.
pub fn bench(arguments: &[String]) -> Outcome {
    shell::run(cargo().args(["build", "--profile", PROFILE, "--package", PROGRAM]))?;
    let mut command = Command::new(built(PROGRAM));
    command
        .current_dir(shell::root())
        .arg("--folder")
        .arg(target().join("bench"))
        .args(arguments);
    if cfg!(target_os = "linux") && needs_windows(arguments) {
        build_windows(&mut command)?;
    }
    let rows = measure(&mut command)?;
    if rows.is_empty() {
        return Ok(());
    }
    let table = table(&rows);
    println!("\n{table}");
    fs::write(target().join("bench").join("table.md"), &table)?;
    let missed: Vec<String> = rows
        .iter()
        .filter(|row| row["holds"] == false)
        .map(|row| format!("{}: {}", text(row, "group"), text(row, "row")))
        .collect();
    match missed.is_empty() {
        true => Ok(()),
        false => Err(Failure(format!(
            "over the budget:\n  {}",
            missed.join("\n  ")
        ))),
    }
}

/// Whether rows of the real window are among what is asked for.
fn needs_windows(arguments: &[String]) -> bool {
    let asks = |word: &str| arguments.iter().any(|it| it == word);
    let mut values = arguments.iter().map(String::as_str);
    let mut groups = Vec::new();
    while let Some(word) = values.next() {
        match word {
            "--list" | "--prepare" => {}
            option if option.starts_with('-') => drop(values.next()),
            group => groups.push(group),
        }
    }
    let all = groups.is_empty() && !asks("--list") && !asks("--prepare");
    all || groups.iter().any(|group| group.starts_with("window"))
}

/// Builds the windows, and tells the program where they are.
fn build_windows(program: &mut Command) -> Outcome {
    crate::ui::install("ui")?;
    crate::ui::build()?;
    for (features, windows) in WINDOWS {
        let packages = windows.iter().flat_map(|(name, _)| ["--package", *name]);
        shell::run(
            cargo()
                .args(["build", "--profile", PROFILE, "--bins"])
                .args(packages)
                .args(["--features", features]),
        )?;
        for (name, variable) in windows {
            // A copy: cargo has one place for both forms.
            let copy = built(&variable.to_lowercase());
            fs::copy(built(name), &copy)?;
            program.env(variable, copy);
        }
    }
    Ok(())
}

fn built(name: &str) -> PathBuf {
    target().join(PROFILE).join(shell::program(name))
}

/// Passes on what is no row, such as names.
fn measure(command: &mut Command) -> Outcome<Vec<Value>> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut rows = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            match serde_json::from_str::<Value>(&line) {
                Ok(row) if row.is_object() => {
                    println!("{}", columns(&row).join("  "));
                    rows.push(row);
                }
                _ => println!("{line}"),
            }
        }
    }
    match child.wait()?.success() {
        true => Ok(rows),
        false => Err(Failure("measuring ended early".to_owned())),
    }
}

fn table(rows: &[Value]) -> String {
    let mut table = String::from(
        "| | what | median | p95 | CPU | floor | CPU of the floor | ratio | budget | |\n\
         |---|---|---:|---:|---:|---|---:|---:|---|---|\n",
    );
    for row in rows {
        table.push_str("| ");
        table.push_str(&columns(row).join(" | "));
        table.push_str(" |\n");
    }
    table
}

fn columns(row: &Value) -> [String; 10] {
    let (ours, floor) = (&row["ours"], &row["floor"]);
    let number = |value: &Value, key: &str| value[key].as_f64().map(amount).unwrap_or_default();
    let unit = text(row, "unit");
    let with_unit = |number: String| match number.is_empty() {
        true => number,
        false => format!("{number} {unit}"),
    };
    let note = text(row, "note");
    let what = match note {
        "" => text(row, "row").to_owned(),
        note => format!("{} ({note})", text(row, "row")),
    };
    let verdict = match (row["holds"] == true, text(row, "budget")) {
        (_, "") => "",
        (true, _) => "✓",
        (false, _) => "**over**",
    };
    let is_time = unit == "ms";
    [
        text(row, "group").to_owned(),
        what,
        with_unit(number(ours, "median")),
        with_unit(number(ours, "p95")),
        if is_time {
            with_unit(number(ours, "cpu"))
        } else {
            String::new()
        },
        text(row, "floor_is").to_owned(),
        with_unit(number(floor, "cpu")),
        row["ratio"]
            .as_f64()
            .map(|ratio| format!("{ratio:.2}"))
            .unwrap_or_default(),
        text(row, "budget").to_owned(),
        verdict.to_owned(),
    ]
}

fn amount(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_a_line_of_the_table() {
        let row = serde_json::json!({
            "group": "search", "row": "rare word", "unit": "ms", "note": "",
            "ours": {"median": 0.5, "p95": 1.25, "cpu": 0.4, "cpu_p95": 1.0, "n": 100},
            "floor": {"median": 0.2, "p95": 0.3, "cpu": 0.2, "cpu_p95": 0.2, "n": 100},
            "floor_is": "raw FTS5", "ratio": 2.0, "budget": "p95 5 ms CPU", "holds": true,
        });
        assert!(table(&[row]).ends_with(
            "| search | rare word | 0.500 ms | 1.25 ms | 0.400 ms | raw FTS5 | 0.200 ms | 2.00 | p95 5 ms CPU | ✓ |\n"
        ));
    }

    #[test]
    fn windows_are_built_only_for_their_rows() {
        let asked = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            needs_windows(&words)
        };
        assert!(asked(&[]) && asked(&["--messages", "9"]) && asked(&["ledger", "window-open"]));
        assert!(!asked(&["ledger"]) && !asked(&["--list"]) && !asked(&["--prepare"]));
        assert!(!asked(&["--messages", "100", "search"]));
    }

    #[test]
    fn a_budget_that_is_missed_stands_out() {
        let row = serde_json::json!({
            "group": "write", "row": "append", "unit": "ms", "note": "",
            "ours": {"cpu": 9.0}, "floor": {"cpu": 1.0}, "floor_is": "raw SQL",
            "ratio": 9.0, "budget": "2 × floor", "holds": false,
        });
        assert!(table(&[row]).contains("**over**"));
    }
}
