//! A third-party server: npm `@copilotkit/aimock`, which knows nothing of this project.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::cli::{shown, text};
use crate::support::Profile;

/// The server on a free port of 127.0.0.1. Dropping it stops it.
pub struct Aimock {
    child: Child,
    host: String,
}

impl Aimock {
    /// Starts with the fixtures of this repository and waits until it listens.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// The same, on this port; 0 is any.
    pub fn start_on(port: u16) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cli = std::env::var_os("AIMOCK").map_or_else(
            || root.join("tests/peers/node_modules/@copilotkit/aimock/dist/cli.js"),
            PathBuf::from,
        );
        assert!(
            cli.exists(),
            "aimock is not installed; install it with: npm ci --prefix tests/peers"
        );
        let mut child = Command::new("node")
            .arg(cli)
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
                "-c",
                "8",
                "-l",
                "5",
                "-f",
            ])
            .arg(root.join("tests/fixtures/aimock"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("node: {error}; install it with: apt-get install nodejs")
            });
        let stdout = child.stdout.take().expect("piped");
        let mut lines = BufReader::new(stdout).lines();
        let host = loop {
            let line = lines
                .next()
                .expect("aimock says where it listens")
                .expect("text");
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split(['/', ' ']).next().unwrap_or_default().to_owned();
            }
        };
        // It goes on talking; nobody has to listen, but the pipe must not fill.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, host }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.host)
    }
}

impl Drop for Aimock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_of_others_is_understood() {
    let server = Aimock::start();
    let profile = Profile::with_cheap_passphrase().set_up();
    let added = profile.json(&["source", "add", "mock", "--url", &server.base_url()]);
    assert_eq!(added["error"], serde_json::Value::Null, "{added}");
    let models = profile.json(&["source", "models", "mock"]);
    assert!(
        models.as_array().is_some_and(|all| all.len() > 1),
        "its models are listed: {models}"
    );

    let asked = profile.json(&[
        "ask",
        "tell me about lighthouses",
        "--source",
        "mock",
        "--model",
        "gpt-4o",
    ]);
    assert_eq!(
        asked["text"],
        "A lighthouse is a tower with a lamp. It warns ships of rocks and shallow water."
    );
    assert_eq!(
        (&asked["status"], &asked["error"]),
        (&json!("complete"), &json!(null))
    );
    assert!(
        asked["usage"]["output_tokens"]
            .as_u64()
            .is_some_and(|tokens| tokens > 0),
        "usage: {asked}"
    );

    let thought = profile.json(&[
        "ask",
        "think first",
        "--source",
        "mock",
        "--model",
        "gpt-4o",
    ]);
    assert_eq!(
        (&thought["text"], &thought["reasoning"]),
        (
            &json!("Forty-two."),
            &json!("The question has been asked before.")
        )
    );

    let limited = profile.run(&["--json", "ask", "too many requests", "--source", "mock"]);
    limited.failed(5, "remote_rate_limited");

    let cut = profile.run(&["--json", "ask", "break off", "--source", "mock"]);
    let error = cut.failed(5, "remote_interrupted");
    assert_eq!(
        error["kept"],
        "Your question and what had arrived were kept."
    );
    let document = cut.json();
    let partial = text(&document["text"]);
    assert!(
        !partial.is_empty()
            && "This answer is long enough to be cut somewhere in its middle.".starts_with(partial)
    );
    let kept = shown(&profile, text(&document["conversation_id"]));
    assert_eq!(
        (kept[0].2.as_str(), kept[1].2.as_str()),
        ("break off", partial)
    );

    goes_on(&profile, &server, text(&document["conversation_id"]));
}

/// After all of it the conversation goes on, and the ledger names this server alone.
fn goes_on(profile: &Profile, server: &Aimock, conversation: &str) {
    let again = profile.json(&[
        "ask",
        "tell me about lighthouses",
        "--conversation",
        conversation,
        "--source",
        "mock",
    ]);
    assert_eq!(again["status"], "complete", "the conversation goes on");
    let ledger = profile.json(&["privacy", "ledger"]);
    assert!(
        ledger
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["host"] == server.host.as_str())
    );
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}

/// The same server in the words of others: whole answers, thoughts, a refusal for a while and an
/// answer that breaks off mean the same in each.
fn speaks(dialect: &str, model: &str) {
    let server = Aimock::start();
    let profile = Profile::with_cheap_passphrase().set_up();
    let added = profile.json(&[
        "source",
        "add",
        "mock",
        "--url",
        &server.url(),
        "--dialect",
        dialect,
    ]);
    assert_eq!(
        (&added["error"], &added["dialect"]),
        (&json!(null), &json!(dialect)),
        "{added}"
    );
    let models = profile.json(&["source", "models", "mock"]);
    assert!(
        models.as_array().is_some_and(|all| !all.is_empty()),
        "its models are listed: {models}"
    );
    let ask =
        |text: &str| profile.run(&["--json", "ask", text, "--source", "mock", "--model", model]);

    let asked = ask("tell me about lighthouses").ok().json();
    assert_eq!(
        asked["text"],
        "A lighthouse is a tower with a lamp. It warns ships of rocks and shallow water."
    );
    assert_eq!(
        (&asked["status"], &asked["error"]),
        (&json!("complete"), &json!(null))
    );

    let thought = ask("think first").ok().json();
    assert_eq!(
        (&thought["text"], &thought["reasoning"]),
        (
            &json!("Forty-two."),
            &json!("The question has been asked before.")
        )
    );

    ask("too many requests").failed(5, "remote_rate_limited");

    let cut = ask("break off");
    cut.failed(5, "remote_interrupted");
    let document = cut.json();
    let partial = text(&document["text"]);
    assert!(
        !partial.is_empty()
            && "This answer is long enough to be cut somewhere in its middle.".starts_with(partial),
        "{partial}"
    );
    goes_on(&profile, &server, text(&document["conversation_id"]));
}

#[test]
fn a_server_of_others_is_understood_in_the_words_of_anthropic() {
    speaks("anthropic", "claude-sonnet-5-5");
}

#[test]
fn a_server_of_others_is_understood_in_the_words_of_ollama() {
    speaks("ollama", "llama3.2");
}
