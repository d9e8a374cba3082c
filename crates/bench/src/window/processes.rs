//! What a program and everything it started used, from `/proc`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::Outcome;

/// Of what `/proc` counts processor time in: hundredths of a second.
const MS_PER_TICK: f64 = 10.0;
const LOOK: Duration = Duration::from_millis(100);
/// So long nothing may happen before something is at rest.
const QUIET: Duration = Duration::from_millis(1_500);
/// What still belongs to what happened last, such as giving memory back.
const CALM: Duration = Duration::from_millis(500);
/// What a process at rest may use in that time.
const NOTHING_MS: f64 = 20.0;
const PATIENCE: Duration = Duration::from_secs(120);
const WEB_VIEW: &str = "WebKitWebProces";

/// A program and its descendants.
pub struct Processes {
    root: u32,
}

struct Stat {
    name: String,
    state: String,
    parent: u32,
    own_ms: f64,
    children_ms: f64,
}

impl Processes {
    pub fn of(root: u32) -> Self {
        Self { root }
    }

    /// The one process that runs this program.
    pub fn running(program: &Path) -> Outcome<Self> {
        let wanted = fs::canonicalize(program)?;
        let found = all_pids()
            .into_iter()
            .find(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|it| it == wanted));
        found.map(Self::of).ok_or_else(|| "it does not run".into())
    }

    fn members(&self) -> Vec<(u32, Stat)> {
        let all: Vec<(u32, Stat)> = all_pids()
            .into_iter()
            .filter_map(|pid| Some((pid, stat(pid)?)))
            .collect();
        let mut inside = vec![self.root];
        let mut at = 0;
        while let Some(parent) = inside.get(at).copied() {
            at += 1;
            inside.extend(
                all.iter()
                    .filter(|(_, it)| it.parent == parent)
                    .map(|(pid, _)| *pid),
            );
        }
        all.into_iter()
            .filter(|(pid, _)| inside.contains(pid))
            .collect()
    }

    /// Processor time of all of them together, those that ended included, in milliseconds.
    pub fn cpu_ms(&self) -> f64 {
        self.members()
            .iter()
            .map(|(pid, it)| own_ms(*pid).unwrap_or(it.own_ms) + it.children_ms)
            .sum()
    }

    /// Memory of all of them, shared pages divided among those who share them, in MiB.
    pub fn memory_mib(&self) -> f64 {
        let kib: f64 = self
            .members()
            .iter()
            .filter_map(|(pid, _)| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok())
            .filter_map(|text| {
                let line = text.lines().find(|line| line.starts_with("Pss:"))?;
                line.split_whitespace().nth(1)?.parse::<f64>().ok()
            })
            .sum();
        kib / 1024.0
    }

    /// Processor time of the main thread of the page, in milliseconds.
    pub fn page_ms(&self) -> Outcome<f64> {
        let members = self.members();
        let (pid, _) = members
            .iter()
            .find(|(_, it)| it.name == WEB_VIEW)
            .ok_or("it has no web view")?;
        let told = fs::read_to_string(format!("/proc/{pid}/task/{pid}/schedstat"))?;
        let nanoseconds: f64 = told
            .split_whitespace()
            .next()
            .ok_or("schedstat is empty")?
            .parse()?;
        Ok(nanoseconds / 1e6)
    }

    /// Waits until nothing happens any more. Returns what was used until then, and how long that
    /// took, in milliseconds. A caret goes on blinking while it is waited: what it uses is told to
    /// the end of [`CALM`] and no longer.
    pub fn rest(&self) -> Outcome<(f64, f64)> {
        let began = Instant::now();
        let mut used = self.cpu_ms();
        let mut since = Instant::now();
        let mut calm = None;
        loop {
            std::thread::sleep(LOOK);
            let now = self.cpu_ms();
            if now - used > NOTHING_MS {
                used = now;
                since = Instant::now();
                calm = None;
            }
            if since.elapsed() > CALM {
                calm.get_or_insert(now);
            }
            if now > NOTHING_MS && since.elapsed() > QUIET {
                let passed = began.elapsed().saturating_sub(QUIET);
                return Ok((calm.unwrap_or(now), passed.as_secs_f64() * 1_000.0));
            }
            if began.elapsed() > PATIENCE {
                return Err("it never comes to rest".into());
            }
        }
    }

    /// Ends it as a person would, and waits until it is gone.
    pub fn stop(&self) -> Outcome {
        let began = Instant::now();
        Command::new("kill")
            .args(["-TERM", &self.root.to_string()])
            .status()?;
        // What ended stays in the list until whoever started it asks.
        while stat(self.root).is_some_and(|it| it.state != "Z") {
            if began.elapsed() > PATIENCE {
                return Err("it does not end".into());
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

fn all_pids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// Processor time of a process, to the nanosecond: a start is a sum over many that are short.
fn own_ms(pid: u32) -> Option<f64> {
    let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(pid.try_into().ok()?)).ok()?;
    Some(Duration::from(clock.now().ok()?).as_secs_f64() * 1_000.0)
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may hold spaces and parentheses itself.
    let (before, after) = text.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Stat {
        name,
        state: (*fields.first()?).to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        own_ms: (ticks(11)? + ticks(12)?) * MS_PER_TICK,
        children_ms: (ticks(13)? + ticks(14)?) * MS_PER_TICK,
    })
}
