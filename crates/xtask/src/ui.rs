//! The page: its packages and its build, each only when something changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::shell::{self, Outcome, npm, root, workshop};

const SOURCES: &[&str] = &[
    "src",
    "build",
    "public",
    "isolation",
    "index.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Installs the packages of a folder as its lock file says.
pub fn install(folder: &str) -> Outcome {
    let lock = fingerprint(&[root().join(folder).join("package-lock.json")])?;
    let stamp = Stamp::new(&format!("npm-{}", folder.replace('/', "-")), lock);
    if stamp.holds() && root().join(folder).join("node_modules").is_dir() {
        println!("  the packages of {folder} are there");
        return Ok(());
    }
    shell::run(npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    stamp.set()
}

/// Builds the page into `ui/dist`.
pub fn build() -> Outcome {
    let sources: Vec<_> = SOURCES
        .iter()
        .map(|name| root().join("ui").join(name))
        .collect();
    let stamp = Stamp::new("ui-build", fingerprint(&sources)?);
    if stamp.holds() && root().join("ui/dist/index.html").is_file() {
        println!("  the page is built");
        return Ok(());
    }
    shell::run(npm("ui").args(["run", "build"]))?;
    stamp.set()
}

/// Remembers for which input something was made.
struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    fn new(name: &str, value: u64) -> Self {
        Self {
            file: workshop().join(format!("{name}.stamp")),
            value: format!("{value:016x}"),
        }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text == self.value)
    }

    fn set(&self) -> Outcome {
        fs::create_dir_all(workshop())?;
        Ok(fs::write(&self.file, &self.value)?)
    }
}

fn fingerprint(paths: &[PathBuf]) -> Outcome<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        hash(path, &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Outcome {
    if path.is_dir() {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            entries.push(entry?.path());
        }
        entries.sort();
        return entries.iter().try_for_each(|entry| hash(entry, hasher));
    }
    if let Ok(bytes) = fs::read(path) {
        path.hash(hasher);
        bytes.hash(hasher);
    }
    Ok(())
}
