//! Commands under `strace`, so that every address they turn to is known.

use std::path::PathBuf;
use std::process::{Child, Command};

use serde_json::Value;

use crate::support::{Profile, Ran, around, with_file_on_3};

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
            .flat_map(|text| text.lines().filter_map(destination).collect::<Vec<_>>())
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

/// `…{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}…`
fn destination(line: &str) -> Option<String> {
    let family = &line[line.find("sa_family=AF_INET")?..];
    let port = family.split("htons(").nth(1)?.split(')').next()?;
    let address = family.split('"').nth(1)?;
    Some(format!("{address}:{port}"))
}

#[test]
fn a_destination_is_read_from_a_trace() {
    let four = r#"7 connect(9, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0"#;
    assert_eq!(destination(four).as_deref(), Some("10.0.0.1:80"));
    let six = r#"7 connect(9, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#;
    assert_eq!(destination(six).as_deref(), Some("::1:443"));
    assert_eq!(
        destination(r#"7 connect(9, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0"#),
        None
    );
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
