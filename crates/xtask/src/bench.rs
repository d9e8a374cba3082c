//! `cargo xtask bench`: what a million rows cost, against floors of the same run.
//!
//! The programs that measure print one JSON document a line; this draws the table and decides.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{self, Failure, Outcome, cargo, target};

/// Programs that measure: rows that need a real window get their own line here.
const PROGRAMS: [&str; 1] = ["fluxchat-bench"];
const PROFILE: &str = "measure";

/// Measures the named groups of rows, or all of them.
pub fn bench(arguments: &[String]) -> Outcome {
    let mut rows = Vec::new();
    for program in PROGRAMS {
        shell::run(cargo().args(["build", "--profile", PROFILE, "--package", program]))?;
        let binary = target().join(PROFILE).join(shell::program(program));
        let mut command = Command::new(binary);
        command
            .current_dir(shell::root())
            .arg("--folder")
            .arg(target().join("bench"))
            .args(arguments);
        rows.extend(measure(&mut command)?);
    }
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
    fn a_budget_that_is_missed_stands_out() {
        let row = serde_json::json!({
            "group": "write", "row": "append", "unit": "ms", "note": "",
            "ours": {"cpu": 9.0}, "floor": {"cpu": 1.0}, "floor_is": "raw SQL",
            "ratio": 9.0, "budget": "2 × floor", "holds": false,
        });
        assert!(table(&[row]).contains("**over**"));
    }
}
