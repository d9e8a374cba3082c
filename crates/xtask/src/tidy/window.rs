//! The list of commands, in the places that must agree about it.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::Findings;
use crate::shell::{Outcome, root};

/// Checks registry, permissions and capability against each other.
pub fn check(findings: &mut Findings) -> Outcome {
    let read = |path: &str| fs::read_to_string(root().join(path));
    let registry = read("crates/ipc/src/registry.rs")?;
    let commands: Vec<&str> = registry.lines().filter_map(command).collect();
    let unique: BTreeSet<&str> = commands.iter().copied().collect();
    if commands.is_empty() || unique.len() != commands.len() {
        findings.problem("crates/ipc/src/registry.rs names a command twice, or none");
    }
    let permissions = read("src-tauri/permissions/app.toml")?;
    let capability: Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")?)?;
    let granted: Vec<&str> = capability["permissions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for command in &unique {
        let identifier = format!("allow-{}", command.replace('_', "-"));
        if permissions.matches(&format!("\"{command}\"")).count() != 1 {
            findings.problem(format!(
                "{command} must be in exactly one permission; run `cargo xtask codegen`"
            ));
        }
        if granted.iter().filter(|name| **name == identifier).count() != 1 {
            findings.problem(format!(
                "src-tauri/capabilities/main.json must grant {identifier} once"
            ));
        }
    }
    if granted.len() > unique.len() {
        findings.problem("src-tauri/capabilities/main.json grants more than there are commands");
    }
    Ok(())
}

/// The name in `group name(Request) -> Answer;`.
fn command(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with("//") || !line.ends_with(';') || !line.contains(") -> ") {
        return None;
    }
    line.split_once('(')?
        .0
        .split_once(' ')
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn commands_are_read_from_the_registry() {
        assert_eq!(
            command("  chat draft_get(DraftGetReq) -> Draft;"),
            Some("draft_get")
        );
        assert_eq!(
            command("/// Each line reads `group name(Request) -> Answer;`"),
            None
        );
        assert_eq!(command("macro_rules! for_each_command {"), None);
    }
}
