//! The same by the command line, with a server of others.

use std::path::Path;

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::openai;
use crate::cli::{add_source, text};
use crate::support::{Profile, Ran, runtime};

/// npm `@modelcontextprotocol/server-everything`, by its whole path: a script that begins with
/// `#!/usr/bin/env node`, as what `npx` starts does.
pub(super) fn everything() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place =
        root.join("tests/peers/node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    assert!(
        place.exists(),
        "the server is not installed; install it with: npm ci --prefix tests/peers"
    );
    place.display().to_string()
}

fn asked(profile: &Profile, more: &[&str]) -> Value {
    let ask = ["ask", "please", "--source", "one", "--model", "m-1"];
    profile.json(&[&ask, more].concat())
}

#[test]
fn tools_of_a_server_of_others_run_when_allowed_and_not_otherwise() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);
    profile.json(&["tool", "add", "Everything", "--", &everything(), "stdio"]);
    let offers = profile.json(&["tool", "test", "everything"]);
    let names: Vec<&str> = offers
        .as_array()
        .unwrap()
        .iter()
        .map(|it| text(&it["name"]))
        .collect();
    assert!(
        names.contains(&"echo") && names.contains(&"get-sum"),
        "{names:?}"
    );
    let listed = profile.json(&["tool", "list"]);
    assert_eq!(listed["local"].as_array().map(Vec::len), Some(4));
    assert_eq!(text(&listed["servers"][0]["name"]), "Everything");

    let turns = || {
        Answer::Turns(vec![
            openai("", &[("Everything__get-sum", r#"{"a":20,"b":22}"#)]),
            openai("done", &[]),
        ])
    };
    server.answer(turns());
    let allowed = asked(&profile, &["--tool", "everything", "--allow-tools"]);
    let call = &allowed["tool_calls"][0];
    assert_eq!(
        (&call["tool"], &call["server"], &call["state"]),
        (&json!("get-sum"), &json!("Everything"), &json!("done"))
    );
    assert!(text(&call["result"]).contains("42"), "{call}");
    assert_eq!(allowed["text"], "done");

    // Without a terminal there is nobody to ask. What would be asked about is said all the same.
    server.answer(turns());
    let ask = [
        "--json", "ask", "please", "--source", "one", "--model", "m-1",
    ];
    let refused = profile
        .run(&[&ask[..], &["--tool", "everything"]].concat())
        .ok();
    for said in [
        "The server says of this tool: Returns the sum of two numbers",
        "whose own traffic is in no ledger: ",
        &format!("{} stdio", everything()),
    ] {
        assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
    }
    let refused = refused.json();
    assert_eq!(refused["tool_calls"][0]["state"], "refused");
    assert_eq!(refused["status"], "complete");
    // Decided once, for this one.
    profile.json(&["tool", "policy", "Everything/get-sum", "always"]);
    server.answer(turns());
    let always = asked(&profile, &["--tool", "everything"]);
    assert_eq!(always["tool_calls"][0]["state"], "done");
    // Nothing of the program is in the ledger, and every request to the source is.
    let ledger = profile.json(&["privacy", "ledger"]).to_string();
    assert!(!ledger.contains("svc.tool"), "{ledger}");

    let missing = profile.run(&["--json", "ask", "x", "--source", "one", "--tool", "nothing"]);
    missing.failed(2, "not_found");
    let mut missing = profile.command(&["--json", "tool", "add", "x", "--", "no-such-program"]);
    missing.env("PATH", "/usr/bin:/bin");
    let gone: Ran = profile
        .start(&mut missing)
        .wait_with_output()
        .unwrap()
        .into();
    let error = gone.failed(2, "program_missing");
    let looked = "Looked in: /usr/bin, /bin.";
    assert!(text(&error["message"]).ends_with(looked), "{error}");
    profile.json(&["tool", "remove", "everything"]);
    let left = profile.json(&["tool", "list"]);
    assert_eq!(left["servers"], json!([]));
}

#[test]
fn an_answer_in_the_sandbox_has_no_tools() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "What leaves this computer?", "--tool", "calculator"]);
    assert_eq!(
        (&asked["status"], &asked["tool_calls"]),
        (&json!("complete"), &json!([]))
    );
}

/// A server of others that listens on a free port; ended with the test.
struct Listening {
    child: std::process::Child,
    url: String,
}

impl Listening {
    /// Its streamable HTTP form takes its port from the environment.
    #[allow(clippy::disallowed_types, reason = "a test looks for a free port")]
    fn start() -> Self {
        use std::io::BufRead as _;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = std::process::Command::new("node")
            .args([&everything(), "streamableHttp"])
            .env("PORT", port.to_string())
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("node is there");
        let said = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut lines = said.lines().map_while(Result::ok);
        let listens = lines.any(|line| line.contains("listening"));
        assert!(listens, "the server says that it listens");
        std::thread::spawn(move || lines.count());
        Self {
            child,
            url: format!("http://127.0.0.1:{port}/mcp"),
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_of_others_at_an_address_is_asked_through_the_door() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let there = Listening::start();
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);
    let added = profile.json(&["tool", "add", "Everything", "--url", &there.url]);
    let host = there
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/mcp");
    assert_eq!(added["host"], host);
    let offers = profile.json(&["tool", "test", "everything"]);
    let offers = offers.as_array().unwrap();
    assert!(
        offers.iter().any(|it| it["name"] == "get-sum"),
        "{offers:?}"
    );
    server.answer(Answer::Turns(vec![
        openai("", &[("Everything__get-sum", r#"{"a":20,"b":22}"#)]),
        openai("done", &[]),
    ]));
    let allowed = asked(&profile, &["--tool", "everything", "--allow-tools"]);
    let call = &allowed["tool_calls"][0];
    assert_eq!(
        (&call["tool"], &call["host"], &call["state"]),
        (&json!("get-sum"), &json!(host), &json!("done"))
    );
    assert!(text(&call["result"]).contains("42"), "{call}");
    let ledger = profile.json(&["privacy", "ledger"]);
    let rows: Vec<&Value> = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["purpose"] == "svc.tool")
        .collect();
    // It greets, is told so, lists and ends; and with a call once more the list.
    assert!(rows.len() >= 9, "{ledger}");
    assert!(
        rows.iter()
            .all(|row| row["host"] == host && row["outcome"] == "sent")
    );
    profile
        .run(&["--json", "--offline", "tool", "test", "everything"])
        .failed(4, "offline");
    profile
        .run(&[
            "--json",
            "tool",
            "add",
            "x",
            "--url",
            "http://tools.example/mcp",
        ])
        .failed(2, "insecure_origin");
    profile
        .run(&["--json", "tool", "add", "x"])
        .failed(2, "usage");
    drop(there);
    profile
        .run(&["--json", "tool", "test", "everything"])
        .failed(5, "remote_unreachable");
}

#[test]
fn prompts_and_resources_of_a_server_of_others_go_with_a_question() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);
    profile.json(&["tool", "add", "Everything", "--", &everything(), "stdio"]);
    let listed = profile.json(&["tool", "prompts", "everything"]);
    let found = &listed["servers"][0];
    let of = |list: &Value, field: &str| -> Vec<String> {
        let rows = list.as_array().unwrap().iter();
        rows.map(|it| text(&it[field]).to_owned()).collect()
    };
    assert!(
        of(&found["prompts"], "name").contains(&"args-prompt".to_owned()),
        "{found}"
    );
    let listed = profile.json(&["tool", "resources"]);
    let uris = of(&listed["servers"][0]["resources"], "uri");
    let features = "demo://resource/static/document/features.md";
    assert!(uris.contains(&features.to_owned()), "{uris:?}");
    assert!(
        uris.iter().any(|it| it.ends_with("{resourceId}")),
        "{uris:?}"
    );

    let ask = [
        "--json",
        "ask",
        "And the sea?",
        "--source",
        "one",
        "--model",
        "m-1",
    ];
    let resource = format!("Everything/{features}");
    let more = [
        "--prompt",
        "everything/args-prompt",
        "--argument",
        "city=Lisbon",
        "--resource",
        &resource,
    ];
    let asked = profile.run(&[&ask[..], &more].concat()).ok();
    assert!(
        asked
            .stderr
            .contains("Everything is asked: a program on this computer."),
        "{}",
        asked.stderr
    );
    let asked = asked.json();
    assert_eq!(asked["files"][0]["name"], json!("features.md"));
    let body: Value = serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
    let sent = text(&body["messages"][0]["content"]);
    assert!(sent.contains("Everything Server - Features"), "{sent}");
    assert!(
        sent.ends_with("What's weather in Lisbon?\n\nAnd the sea?"),
        "{sent}"
    );

    // What fails leaves nothing beside the next question.
    let wrong = [
        &ask[..],
        &[
            "--resource",
            &resource,
            "--resource",
            "Everything/demo://none",
        ],
    ]
    .concat();
    let before = server.seen().len();
    profile.run(&wrong).failed(5, "tool_refused");
    assert_eq!(server.seen().len(), before);
    let next = profile.json(&["ask", "alone", "--source", "one", "--model", "m-1"]);
    assert_eq!(next["files"], json!([]));
    profile
        .run(&["--json", "tool", "prompts", "nobody"])
        .failed(2, "not_found");
    let ledger = profile.json(&["privacy", "ledger"]).to_string();
    assert!(
        !ledger.contains("svc.tool"),
        "what a program does is in no ledger: {ledger}"
    );
}
