//! The syscall proof: somebody uses the product as it is shipped, with the keyboard, for minutes;
//! `strace` sees every address it and the processes of its web view turn to. Only the server that
//! was asked is among them, and it got exactly what the ledger says.

use std::path::Path;
use std::time::{Duration, Instant};

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::Value;

use super::Shipped;
use crate::support::{in_namespace, long};
use crate::trace::destination;

fn at_the_desk() -> Duration {
    Duration::from_secs(if long() { 3_600 } else { 180 })
}

impl Shipped {
    fn xdotool(&self, args: &[&str]) {
        let status = self
            .session
            .command("xdotool")
            .args(args)
            .status()
            .unwrap_or_else(|error| {
                panic!("xdotool: {error}; install it with: apt-get install xdotool")
            });
        assert!(status.success(), "xdotool {args:?}");
    }

    fn focus(&self) {
        self.xdotool(&[
            "search",
            "--onlyvisible",
            "--name",
            "^Fluxchat$",
            "windowfocus",
        ]);
    }

    /// Presses keys one after the other, and lets the window come to rest after each.
    fn press(&self, keys: &[&str]) {
        for key in keys {
            self.xdotool(&["key", "--clearmodifiers", key]);
            self.at_rest();
        }
    }

    fn write(&self, text: &str) {
        self.xdotool(&["type", "--delay", "15", text]);
        self.at_rest();
    }

    fn at_rest(&self) {
        // A caret that blinks never comes to rest; the pictures are only there to wait for.
        let _ = self
            .session
            .settled_screenshot(&self.session.home().join("shown.png"), 8);
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.cli(&[&["--json"], args].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("one document")
    }
}

/// Every address in a trace, once.
fn destinations(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the log of strace");
    let mut all: Vec<String> = text.lines().filter_map(destination).collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn minutes_of_use_reach_nobody_else() {
    in_namespace("product::scripted::minutes_of_use_reach_nobody_else_inside");
}

#[test]
#[ignore = "runs inside the namespace that minutes_of_use_reach_nobody_else makes"]
fn minutes_of_use_reach_nobody_else_inside() {
    let runtime = crate::desktop::runtime();
    let words = vec!["Good ".to_owned(), "day.".to_owned()];
    let server = runtime.block_on(Recorder::start(Answer::Words(words)));
    let shipped = Shipped::new();
    shipped.json(&["setup", "--adult", "--accept-policy"]);
    shipped.json(&["source", "add", "Recorder", "--url", &server.base_url()]);
    let before = server.seen().len();

    let log = shipped.session.home().join("strace.log");
    let calls = "trace=connect,sendto,sendmsg,sendmmsg";
    let path = log.to_str().expect("a path in UTF-8");
    let child = shipped.start(&["strace", "-f", "-qq", "-e", calls, "-o", path], &[]);
    shipped.settled_picture("shown.png");
    shipped.focus();
    let began = Instant::now();
    let mut asked = 0;
    while asked == 0 || began.elapsed() < at_the_desk() {
        // A question, a search for it, and every page on the way.
        shipped.press(&["ctrl+n"]);
        asked += 1;
        shipped.write(&format!("What is number {asked}, please?"));
        shipped.press(&["Return"]);
        runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(60), server.arrived(before + asked))
                .await
                .expect("the question arrived");
        });
        shipped.press(&["ctrl+shift+f"]);
        shipped.write("please");
        shipped.press(&["Return", "ctrl+k", "Escape"]);
        for page in [
            "privacy", "ledger", "consents", "settings", "export", "chat",
        ] {
            shipped.press(&["ctrl+k"]);
            shipped.write(page);
            shipped.press(&["Return", "Escape"]);
        }
    }
    shipped.quit(child);

    assert_eq!(
        destinations(&log),
        [server.host()],
        "one address, the one that was asked"
    );
    let rows = shipped.json(&["privacy", "ledger", "--limit", "500"]);
    let mut said: Vec<String> = rows
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["host"] == server.host() && row["outcome"] != "blocked")
        .map(|row| row["request_id"].as_str().unwrap_or_default().to_owned())
        .collect();
    said.sort();
    assert_eq!(said, server.request_ids(), "wire and ledger are the same");
    assert!(said.len() >= asked, "every question was seen to leave");
}
