//! Sizes and habits of the sources, read from every file that git knows or would take.

use std::fs;
use std::path::Path;

use super::Findings;
use crate::shell::{self, Outcome, command, root};

/// Lines of a file: from the first number on it should be split, from the second it must be.
const RUST: (usize, usize) = (400, 800);
const SVELTE: (usize, usize) = (350, 500);

/// Words no file carries into the main branch.
const UNFINISHED: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
];

/// Checks every text file.
pub fn check(findings: &mut Findings) -> Outcome {
    let list = shell::capture(command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]))?;
    let private = private_paths();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // Deleted, but not yet in git; a picture; a lock file.
        let Ok(text) = fs::read_to_string(root().join(path)) else {
            continue;
        };
        // Recorded, generated, or somebody else's.
        if path.starts_with("tests/fixtures/")
            || path.starts_with("vendor/")
            || path.ends_with(".lock")
        {
            continue;
        }
        file(path, &text, &private, findings);
    }
    Ok(())
}

fn file(path: &str, text: &str, private: &[String], findings: &mut Findings) {
    let generated = path.contains("/generated/") || text.starts_with("// Generated");
    let lines = text.lines().count();
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "rs" if !generated => {
            size(path, lines, RUST, findings);
            rust(path, text, findings);
        }
        "svelte" => {
            size(path, lines, SVELTE, findings);
            page(path, text, findings);
        }
        "ts" | "js" if !generated => page(path, text, findings),
        _ => {}
    }
    for word in UNFINISHED {
        if text.contains(word) && !path.ends_with("tidy/sources.rs") && path != "Cargo.toml" {
            findings.problem(format!(
                "{path} says {word}: finish it or write it down in an issue"
            ));
        }
    }
    for place in private {
        if text.contains(place.as_str()) {
            findings.problem(format!("{path} names a folder of this machine ({place})"));
        }
    }
}

fn size(path: &str, lines: usize, (soft, hard): (usize, usize), findings: &mut Findings) {
    if lines > hard {
        findings.problem(format!("{path} has {lines} lines; {hard} is the limit"));
    } else if lines > soft {
        findings.warning(format!(
            "{path} has {lines} lines; from {soft} on it reads better in two"
        ));
    }
}

fn rust(path: &str, text: &str, findings: &mut Findings) {
    if Path::new(path)
        .file_name()
        .is_some_and(|name| name == "mod.rs")
    {
        findings.problem(format!(
            "{path}: write `foo.rs` beside `foo/`, not `foo/mod.rs`"
        ));
    }
    if path.starts_with("crates/store/src/") && !path.contains("tests") {
        let end = text
            .find("#[cfg(test)]")
            .into_iter()
            .chain(text.find("#[test]"))
            .min();
        let code = &text[..end.unwrap_or(text.len())];
        let mut said_why = false;
        for (number, line) in code.lines().enumerate() {
            if formats_sql(line) && !said_why {
                let (number, line) = (number + 1, line.trim());
                findings.problem(format!(
                    "{path}:{number} formats SQL ({line}); bind values, or say `// sql: …` above why it is safe"
                ));
            }
            said_why = line.trim().starts_with("// sql:");
        }
    }
}

fn formats_sql(line: &str) -> bool {
    let builds = ["format!(", "write!(", "push_str(&"]
        .iter()
        .any(|call| line.contains(call));
    let sql = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ", "DROP ", "ATTACH ",
    ];
    let suspect = builds && sql.iter().any(|word| line.contains(word)) && !line.contains("// sql:");
    // A constant in braces is as good as one in the text.
    suspect
        && line
            .split('{')
            .skip(1)
            .any(|rest| rest.starts_with(|c: char| !c.is_ascii_uppercase()))
}

/// The page: one place that knows Tauri, a kit that knows no feature, and no HTML from strings.
fn page(path: &str, text: &str, findings: &mut Findings) {
    let Some(inside) = path.strip_prefix("ui/src/") else {
        return;
    };
    if text.contains("@tauri-apps/") && !inside.starts_with("platform/") {
        findings.problem(format!(
            "{path} imports @tauri-apps; only ui/src/platform may"
        ));
    }
    let imports = |what: &str| {
        text.lines()
            .any(|line| (line.contains("import") || line.contains(" from ")) && line.contains(what))
    };
    if inside.starts_with("kit/") && imports("/features/") {
        findings.problem(format!("{path}: the kit knows no feature"));
    }
    let test = path.contains(".test.");
    for raw in [
        "{@html",
        ".innerHTML",
        ".outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function(",
    ] {
        if text.contains(raw) && !test {
            findings.problem(format!(
                "{path} uses {raw}: what is shown is nodes, never strings"
            ));
        }
    }
    for store in [
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
    ] {
        if text.contains(store) && !test {
            findings.problem(format!("{path} uses {store}: the web view keeps nothing"));
        }
    }
}

/// Folders that exist on one machine only.
fn private_paths() -> Vec<String> {
    let mut paths = vec![format!("{}/", root().display())];
    // The home of root is the same everywhere, and tests speak of it.
    if let Some(home) = std::env::home_dir().filter(|home| home.components().count() > 2) {
        paths.push(format!("{}/", home.display()));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::{Findings, file, formats_sql};

    fn problems(path: &str, text: &str) -> usize {
        let mut findings = Findings::default();
        file(path, text, &["/home/ada/".to_owned()], &mut findings);
        findings.problems.len()
    }

    #[test]
    fn what_breaks_a_rule_is_found() {
        assert_eq!(
            problems("crates/x/src/a.rs", &"\n".repeat(801)),
            1,
            "too long"
        );
        assert_eq!(
            problems("crates/x/src/a.rs", &"\n".repeat(800)),
            0,
            "long, but allowed"
        );
        assert_eq!(problems("crates/x/src/a/mod.rs", ""), 1, "a mod.rs");
        assert_eq!(
            problems("docs/a.md", "see /home/ada/notes"),
            1,
            "somebody's home"
        );
        assert_eq!(problems("ui/src/App.svelte", "{@html text}"), 1, "raw HTML");
        assert_eq!(
            problems("ui/src/kit/A.svelte", "import x from '../features/chat/x'"),
            1,
            "upward"
        );
        assert_eq!(
            problems("ui/src/state/a.ts", "import '@tauri-apps/api'"),
            1,
            "Tauri elsewhere"
        );
        assert_eq!(
            problems("ui/src/platform/a.ts", "import '@tauri-apps/api'"),
            0,
            "its place"
        );
        assert_eq!(
            problems("ui/src/state/a.ts", "localStorage.x"),
            1,
            "a store in the web view"
        );
    }

    #[test]
    fn formatted_sql_is_found() {
        assert!(
            formats_sql(r#"tx.execute(&format!("DELETE FROM t WHERE id = {id}"), [])"#),
            "a value"
        );
        assert!(
            !formats_sql(r#"tx.execute("DELETE FROM t WHERE id = ?1", [id])"#),
            "bound"
        );
        assert!(
            !formats_sql(r#"format!("{SUBTREE} SELECT id FROM below")"#),
            "a constant"
        );
        assert!(
            !formats_sql(r#"format!("DROP TABLE {name}") // sql: from the schema"#),
            "said why"
        );
    }
}
