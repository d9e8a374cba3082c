//! Commands under `strace`, so that every address they turn to is known.

use std::path::PathBuf;
use std::process::{Child, Command};

use serde_json::Value;

use crate::support::{Profile, Ran, around, with_file_on_3};
use crate::trace;

/// A person at the command line, every command of theirs watched.
pub struct Desk {
    pub profile: Profile,
    trace: PathBuf,
    key_file: PathBuf,
}

impl Desk {
    pub fn new(profile: Profile, key: &str) -> Self {
        let strace = Command::new("strace").arg("-V").output();
        assert!(
            strace.is_ok(),
            "strace is missing; install it with: apt-get install strace"
        );
        let trace = profile.world().join("trace");
        std::fs::create_dir(&trace).unwrap();
        // As a person would hand it over: `3< file`.
        let key_file = profile.world().join("key");
        std::fs::write(&key_file, key).unwrap();
        Self {
            profile,
            trace,
            key_file,
        }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let cli = self.profile.command(&[&["--json"], args].concat());
        let count = std::fs::read_dir(&self.trace).unwrap().count();
        let mut command = Command::new("strace");
        command.args(["-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o"]);
        command.arg(self.trace.join(count.to_string()));
        around(command, &with_file_on_3(&cli, &self.key_file))
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let child = self.profile.start(&mut self.command(args));
        child
            .wait_with_output()
            .expect("strace ends with the CLI")
            .into()
    }

    pub fn json(&self, args: &[&str]) -> Value {
        self.run(args).ok().json()
    }

    /// Asks and expects this end.
    pub fn ask(&self, text: &str, source: &str, status: &str) -> Value {
        let answer = self.run(&["ask", text, "--source", source]).json();
        assert_eq!(answer["status"], status, "{answer}");
        answer
    }

    /// Every address of the network that any command turned to, as `address:port`.
    pub fn destinations(&self) -> Vec<String> {
        let mut all: Vec<String> = std::fs::read_dir(&self.trace)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .flat_map(|text| {
                text.lines()
                    .filter_map(trace::destination)
                    .collect::<Vec<_>>()
            })
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

/// Ctrl-C for the command below `strace`.
pub fn interrupt(child: &Child) {
    let strace = child.id();
    let children =
        std::fs::read_to_string(format!("/proc/{strace}/task/{strace}/children")).unwrap();
    let child = children
        .split_whitespace()
        .next()
        .expect("strace has a child");
    let status = Command::new("kill")
        .args(["-INT", child])
        .status()
        .expect("kill");
    assert!(status.success());
}
