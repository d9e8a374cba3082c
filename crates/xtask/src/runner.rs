//! Runs every test in a process of its own.
//!
//! So a test can end its process, change its environment or hang without touching another one,
//! and the time of each is known, which the stable test harness does not tell.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::display::Screen;
use crate::products;
use crate::report::short;
use crate::shell::{self, Failure, Outcome, cargo, root, workshop};

const SLOWEST: usize = 10;
/// A test that takes longer has hung. Short form, and with `--long`.
const PATIENCE: [Duration; 2] = [Duration::from_secs(10 * 60), Duration::from_secs(90 * 60)];
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Tests slower than this are named when they end.
const NOTABLE: Duration = Duration::from_secs(5);

/// What to run.
#[derive(Default)]
pub struct Run {
    /// Only tests whose full name contains this.
    pub filter: Option<String>,
    /// Loops in their full length.
    pub long: bool,
    /// Only say what there is.
    pub list: bool,
}

impl Run {
    /// Whether nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.filter.is_none() && !self.list
    }
}

/// A test binary.
pub struct Binary {
    package: String,
    folder: PathBuf,
    target: String,
    path: PathBuf,
}

impl Binary {
    fn name(&self, test: &str) -> String {
        format!(
            "{}/{}::{test}",
            self.package.trim_start_matches("fluxchat-"),
            self.target
        )
    }

    /// Names of what is to be run. A test marked `ignore` is the inside of another one, which
    /// starts it where it belongs: in a namespace, or in a process of its own.
    fn tests(&self) -> Outcome<Vec<String>> {
        let inside = self.ask(&["--ignored"])?;
        let all = self.ask(&[])?;
        Ok(all
            .into_iter()
            .filter(|name| !inside.contains(name))
            .collect())
    }

    fn ask(&self, which: &[&str]) -> Outcome<Vec<String>> {
        let mut list = Command::new(&self.path);
        list.args(["--list", "--format", "terse"])
            .args(which)
            .current_dir(&self.folder);
        let names = shell::capture(&mut list)?;
        Ok(names
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .map(str::to_owned)
            .collect())
    }
}

struct Done {
    name: String,
    took: Duration,
    failure: Option<String>,
}

/// Builds every test binary of the workspace.
pub fn build() -> Outcome<Vec<Binary>> {
    let mut build = cargo();
    build
        .args([
            "test",
            "--workspace",
            "--no-run",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(["--features", "fluxchat/custom-protocol"]);
    let mut binaries = Vec::new();
    for line in shell::capture(&mut build)?
        .lines()
        .filter(|line| line.starts_with('{'))
    {
        let message: Value = serde_json::from_str(line)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (Some(path), Some(manifest), Some(target), Some(true)) = (
            text(&message["executable"]),
            text(&message["manifest_path"]),
            text(&message["target"]["name"]),
            message["profile"]["test"].as_bool(),
        ) else {
            continue;
        };
        let folder = PathBuf::from(manifest)
            .parent()
            .map(PathBuf::from)
            .unwrap_or_default();
        let package = match folder.strip_prefix(root().join("crates")) {
            Ok(name) => name.to_string_lossy().into_owned(),
            Err(_) => "app".to_owned(),
        };
        binaries.push(Binary {
            package,
            folder,
            target,
            path: path.into(),
        });
    }
    Ok(binaries)
}

/// Prints every name.
pub fn list(binaries: &[Binary]) -> Outcome {
    for binary in binaries {
        for test in binary.tests()? {
            println!("{}", binary.name(&test));
        }
    }
    Ok(())
}

/// Runs them, as many at a time as there are cores.
pub fn run(binaries: &[Binary], run: &Run, screen: Option<&Screen>) -> Outcome {
    let mut queue = VecDeque::new();
    for binary in binaries {
        for test in binary.tests()? {
            let name = binary.name(&test);
            if run
                .filter
                .as_ref()
                .is_none_or(|filter| name.contains(filter.as_str()))
            {
                queue.push_back((binary, test));
            }
        }
    }
    if queue.is_empty() {
        return Err("no test has a name like that; `cargo xtask test --list` knows them".into());
    }
    // The long ones are those of the whole app: begun first, they do not wait at the end alone.
    queue
        .make_contiguous()
        .sort_by_key(|(binary, _)| binary.package != "app");
    let all = queue.len();
    let workers = thread::available_parallelism().map_or(2, usize::from);
    println!("  {all} tests, {workers} at a time");
    let queue = Mutex::new(queue);
    let done = Mutex::new(Vec::with_capacity(all));
    let logs = workshop().join("tests");
    fs::create_dir_all(&logs)?;
    thread::scope(|scope| {
        for worker in 0..workers {
            let (queue, done) = (&queue, &done);
            let log = logs.join(format!("worker-{worker}.log"));
            scope.spawn(move || {
                while let Some((binary, test)) = pop(queue) {
                    let one = one(binary, &test, run.long, screen, &log);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push(one);
                    tell(&done, all);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary(&mut done)
}

fn pop<T>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

fn one(binary: &Binary, test: &str, long: bool, screen: Option<&Screen>, log: &PathBuf) -> Done {
    let name = binary.name(test);
    let start = Instant::now();
    let failure = match attempt(binary, test, long, screen, log) {
        Ok(None) => None,
        Ok(Some(why)) => {
            let said = fs::read(log).unwrap_or_default();
            Some(format!("{why}\n{}", String::from_utf8_lossy(&said)))
        }
        Err(failure) => Some(failure.to_string()),
    };
    Done {
        name,
        took: start.elapsed(),
        failure,
    }
}

/// Runs one test; `Some` says why it did not pass.
fn attempt(
    binary: &Binary,
    test: &str,
    long: bool,
    screen: Option<&Screen>,
    log: &PathBuf,
) -> Outcome<Option<String>> {
    let out = File::create(log)?;
    let mut command = Command::new(&binary.path);
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .current_dir(&binary.folder)
        .env("CARGO_MANIFEST_DIR", &binary.folder)
        .env("INSTA_WORKSPACE_ROOT", root())
        .env("INSTA_UPDATE", "no")
        .env_remove("FLUXCHAT_TOUR")
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out);
    if let Some(cargo) = std::env::var_os("CARGO") {
        command.env("CARGO", cargo);
    }
    if long {
        command.env("FLUXCHAT_LONG", "1");
    }
    if let Some(screen) = screen {
        command
            .env("DISPLAY", &screen.name)
            .env_remove("WAYLAND_DISPLAY");
    }
    products::hand_over(&mut command);
    let mut child = command
        .spawn()
        .map_err(|error| Failure(format!("cannot be started: {error}")))?;
    let patience = PATIENCE[usize::from(long)];
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!status.success()).then(|| status.to_string()));
        }
        if start.elapsed() > patience {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(Some(format!(
                "still running after {}, stopped",
                short(patience)
            )));
        }
        thread::sleep(LOOK_AGAIN.min(start.elapsed() / 4 + Duration::from_millis(1)));
    }
}

fn tell(done: &[Done], all: usize) {
    let Some(last) = done.last() else { return };
    let count = done.len();
    if last.failure.is_some() {
        println!("  {count:>5}/{all} ✗ {} ({})", last.name, short(last.took));
    } else if last.took >= NOTABLE {
        println!("  {count:>5}/{all} ✓ {} ({})", last.name, short(last.took));
    } else if count.is_multiple_of(100) || count == all {
        println!("  {count:>5}/{all}");
    }
}

fn summary(done: &mut [Done]) -> Outcome {
    for failed in done.iter().filter(|one| one.failure.is_some()) {
        println!(
            "\n──── {}\n{}",
            failed.name,
            failed.failure.as_deref().unwrap_or_default()
        );
    }
    done.sort_by_key(|one| std::cmp::Reverse(one.took));
    println!("\nThe slowest tests");
    for one in done.iter().take(SLOWEST) {
        println!("  {:>12}  {}", short(one.took), one.name);
    }
    let failed: Vec<_> = done.iter().filter(|one| one.failure.is_some()).collect();
    println!(
        "\n{} passed, {} failed",
        done.len() - failed.len(),
        failed.len()
    );
    if failed.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = failed.iter().map(|one| one.name.as_str()).collect();
    Err(Failure(format!("failed: {}", names.join(", "))))
}
