//! The same by the command line, with a server of others.

use std::path::Path;

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::openai;
use crate::cli::{add_source, text};
use crate::support::{Profile, runtime};

/// npm `@modelcontextprotocol/server-everything`, by its whole path.
fn everything() -> String {
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
    profile.json(&[
        "tool",
        "add",
        "Everything",
        "--",
        "node",
        &everything(),
        "stdio",
    ]);
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
    assert_eq!(listed["local"].as_array().map(Vec::len), Some(3));
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

    // Without a terminal there is nobody to ask.
    server.answer(turns());
    let refused = asked(&profile, &["--tool", "everything"]);
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
    let gone = profile.run(&["--json", "tool", "add", "x", "--", "no-such-program"]);
    gone.failed(2, "program_missing");
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
