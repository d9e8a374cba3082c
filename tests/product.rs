//! The product as it is shipped, without WebDriver: silent before consent, deaf to the variables
//! that open debuggers, and leaving nothing of what it showed on the disk.

mod engine;
mod scripted;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use fluxchat_testkit::session::{DesktopSession, Keyring};

use crate::support::{cli_path, in_namespace, long, product_path};

struct Shipped {
    session: DesktopSession,
    profile: PathBuf,
}

impl Shipped {
    fn new() -> Self {
        let session = DesktopSession::start(Keyring::Unlocked, true);
        let profile = session.home().join("profile");
        Self { session, profile }
    }

    fn cli(&self, args: &[&str]) -> std::process::Output {
        self.session
            .command(cli_path())
            .arg("--profile")
            .arg(&self.profile)
            .args(args)
            .output()
            .expect("the CLI starts")
    }

    /// Starts the product, under `wrapper` where one is given, and waits for its window.
    fn start(&self, wrapper: &[&str], env: &[(&str, &str)]) -> Child {
        let mut command = match wrapper {
            [] => self.session.command(product_path()),
            [program, rest @ ..] => {
                let mut command = self.session.command(program);
                command.args(rest).arg(product_path());
                command
            }
        };
        let child = command
            .arg("--profile")
            .arg(&self.profile)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{wrapper:?}: {error}; install it with: apt-get install strace")
            });
        self.wait_for_window();
        child
    }

    fn wait_for_window(&self) {
        let status = self
            .session
            .command("timeout")
            .args([
                "60",
                "xdotool",
                "search",
                "--sync",
                "--onlyvisible",
                "--name",
                "^Fluxchat$",
            ])
            .stdout(Stdio::null())
            .status()
            .unwrap_or_else(|error| {
                panic!("xdotool: {error}; install it with: apt-get install xdotool")
            });
        assert!(status.success(), "the window of the product opened");
    }

    /// Waits until the picture on the screen stands still and is not empty, and keeps it.
    fn settled_picture(&self, name: &str) -> PathBuf {
        let path = self.session.home().join(name);
        if self.session.settled_screenshot(&path, 240) {
            return path;
        }
        panic!("the window never came to rest");
    }

    /// Quits politely and waits for the end.
    fn quit(&self, mut child: Child) {
        let pattern = format!("fluxchat-product --profile {}", self.profile.display());
        let status = Command::new("pkill")
            .args(["-TERM", "-f", &pattern])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "the product was still running"
        );
        assert!(
            child.wait().expect("the product ends").success(),
            "a polite end is a clean end"
        );
    }
}

fn idle() -> Duration {
    Duration::from_secs(if long() { 600 } else { 10 })
}

/// Lines of an strace log that touch the network (law 1: AF_INET and AF_INET6).
fn network_calls(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the log of strace");
    assert!(text.contains("AF_UNIX"), "strace saw the process at all");
    // Netlink tells the routes of the machine and names families in them; that is no network.
    let opens = |line: &&str| line.contains("socket(AF_INET") || line.contains("sa_family=AF_INET");
    text.lines().filter(opens).map(str::to_owned).collect()
}

#[test]
fn nothing_leaves_before_consent() {
    in_namespace("product::nothing_leaves_before_consent_inside");
}

#[test]
#[ignore = "runs inside the namespace that nothing_leaves_before_consent makes"]
fn nothing_leaves_before_consent_inside() {
    let shipped = Shipped::new();
    let log = shipped.session.home().join("strace.log");
    let strace = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=network",
        "-o",
        log.to_str().expect("a path in UTF-8"),
    ];
    let child = shipped.start(&strace, &[]);
    shipped.settled_picture("welcome.png");
    std::thread::sleep(idle());
    shipped.quit(child);
    assert_eq!(
        network_calls(&log),
        Vec::<String>::new(),
        "not one network socket before consent"
    );

    // Control: the same eyes see a process that does open one.
    let control = shipped.session.home().join("control.log");
    let script = "import socket; socket.socket(socket.AF_UNIX).close(); socket.socket(socket.AF_INET).close()";
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=network", "-o"])
        .arg(&control)
        .args(["python3", "-c", script])
        .status()
        .unwrap_or_else(|error| {
            panic!("strace: {error}; install it with: apt-get install strace python3")
        });
    assert!(status.success());
    assert!(!network_calls(&control).is_empty(), "the proof can fail");
}

#[test]
fn no_variable_makes_it_listen() {
    in_namespace("product::no_variable_makes_it_listen_inside");
}

#[test]
#[ignore = "runs inside the namespace that no_variable_makes_it_listen makes"]
fn no_variable_makes_it_listen_inside() {
    let shipped = Shipped::new();
    let env = [
        ("WEBKIT_INSPECTOR_SERVER", "127.0.0.1:9222"),
        ("WEBKIT_INSPECTOR_HTTP_SERVER", "127.0.0.1:9223"),
        ("TAURI_AUTOMATION", "true"),
        ("TAURI_WEBVIEW_AUTOMATION", "true"),
    ];
    let child = shipped.start(&[], &env);
    shipped.settled_picture("deaf.png");
    let sockets: String = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect();
    // State 0A is LISTEN (Linux, include/net/tcp_states.h).
    let listening: Vec<&str> = sockets
        .lines()
        .filter(|line| line.split_whitespace().nth(3) == Some("0A"))
        .collect();
    assert_eq!(
        listening,
        Vec::<&str>::new(),
        "nobody listens in this network"
    );
    shipped.quit(child);
}

#[test]
fn a_second_start_finds_the_first() {
    let shipped = Shipped::new();
    let first = shipped.start(&[], &[]);
    shipped.settled_picture("first.png");
    let second = shipped
        .session
        .command(product_path())
        .arg("--profile")
        .arg(&shipped.profile)
        .status()
        .expect("the second starts");
    assert!(second.success(), "the second hands over and ends well");
    let owned = shipped.cli(&["--json", "setup", "--adult", "--accept-policy"]);
    assert_eq!(owned.status.code(), Some(7), "the profile is the window's");
    shipped.quit(first);
}

/// The second forensic arm: what the incognito window showed is nowhere on the disk.
#[test]
fn what_the_window_showed_is_nowhere_on_the_disk() {
    let shipped = Shipped::new();
    let word = canary();
    assert!(
        shipped
            .cli(&["setup", "--adult", "--accept-policy"])
            .status
            .success()
    );
    let empty = shipped.start(&[], &[]);
    let before = shipped.settled_picture("empty.png");
    shipped.quit(empty);
    for question in ["first", "second", "third"] {
        let asked = shipped.cli(&["ask", &format!("{word} {question}: what do you keep?")]);
        assert!(
            asked.status.success(),
            "{}",
            String::from_utf8_lossy(&asked.stderr)
        );
    }
    let child = shipped.start(&[], &[]);
    let shown = shipped.settled_picture("shown.png");
    assert!(
        differing_pixels(&before, &shown) > 1_000,
        "the window shows the conversations"
    );
    shipped.quit(child);

    let hits = scan_tree(shipped.session.home(), &all_needles(&[word]));
    assert!(hits.is_empty(), "no trace of what was shown: {hits:?}");
    assert_eq!(
        unknown_files(shipped.session.home()),
        Vec::<String>::new(),
        "no file without a known purpose"
    );
}

fn differing_pixels(one: &Path, other: &Path) -> u64 {
    let output = Command::new("compare")
        .args(["-metric", "AE"])
        .args([one, other])
        .arg("null:")
        .output()
        .unwrap_or_else(|error| {
            panic!("compare: {error}; install it with: apt-get install imagemagick")
        });
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_whitespace()
        .next()
        .and_then(|number| number.parse::<f64>().ok())
        .map_or(0, |number| number as u64)
}

/// Files below the home that are neither the profile's own nor the session's.
fn unknown_files(home: &Path) -> Vec<String> {
    const KNOWN: &[&str] = &[
        "profile/archive.db",
        "profile/keyinfo.json",
        "profile/keyslots.json",
        "profile/keyitems.json",
        "profile/lock",
        "profile/window.json",
        "profile/window.lock",
        // What WebKit writes even when incognito: random numbers and a table of hosts seen over
        // HTTPS, of which there are none.
        "profile/webview/WebKitCache/Version 17/salt",
        "profile/webview/hsts-storage.sqlite",
        "profile/webview/mediakeys/v1/salt",
        "profile/webview/storage/salt",
        "profile/logs/fluxchat.log",
        "run/",
        ".local/share/keyrings/",
        ".cache/fontconfig/",
        ".cache/mesa_shader_cache",
        // Written by libraries below the web view, without content (HSTS, salts, codec lists).
        ".cache/gstreamer-1.0/",
        ".config/dconf/",
        ".cache/dconf/",
        "empty.png",
        "shown.png",
    ];
    let mut unknown = Vec::new();
    let mut folders = vec![home.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path
                .strip_prefix(home)
                .expect("below home")
                .display()
                .to_string();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if !KNOWN.iter().any(|known| name.starts_with(known)) {
                unknown.push(name);
            }
        }
    }
    unknown.sort();
    unknown
}
