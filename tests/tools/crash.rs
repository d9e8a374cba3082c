//! `kill -9` while a tool runs: the answer says so afterwards, and nothing runs a second time by
//! itself.

use std::process::Command;

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::Value;

use super::openai;
use crate::cli::add_source;
use crate::support::{Profile, runtime};

/// A program whose tool writes down that it ran, says so, and ends when it is told to.
const SCRIPT: &str = r#"PATH=/usr/bin:/bin
while read line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"initialize"'*) echo '{"jsonrpc":"2.0","id":'$id',"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}' ;;
    *'"tools/list"'*) echo '{"jsonrpc":"2.0","id":'$id',"result":{"tools":[{"name":"t","description":"d","inputSchema":{"type":"object"}}]}}' ;;
    *'"tools/call"'*) echo ran >> "$1/ran"; echo began > "$1/began"; read go < "$1/go"
      echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"x"}]}}' ;;
  esac
done"#;

#[test]
fn a_call_cut_by_a_crash_is_told_and_does_not_run_again_by_itself() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["x".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for pipe in ["began", "go"] {
        let made = Command::new("mkfifo").arg(at(pipe)).status().unwrap();
        assert!(made.success());
    }
    let place = folder.path().display().to_string();
    profile.json(&[
        "tool", "add", "Slow", "--", "sh", "-c", SCRIPT, "sh", &place,
    ]);
    server.answer(Answer::Turns(vec![
        openai("", &[("Slow__t", "{}")]),
        openai("never said", &[]),
    ]));
    let ask = [
        "--json",
        "ask",
        "do it",
        "--source",
        "one",
        "--model",
        "m-1",
        "--tool",
        "slow",
        "--allow-tools",
    ];
    let mut child = profile.spawn(&ask);
    // Waits until the tool says that it began.
    assert_eq!(std::fs::read_to_string(at("began")).unwrap(), "began\n");
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::write(at("go"), "go\n").unwrap();

    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
    let kept = profile.json(&["history", "list"]);
    let id = kept[0]["id"].as_str().unwrap().to_owned();
    let shown = || -> Value {
        let shown = profile.json(&["history", "show", &id]);
        shown["messages"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone()
    };
    let answer = shown();
    assert_eq!(answer["status"], "interrupted");
    let call = &answer["tool_calls"][0];
    assert_eq!(call["state"], "interrupted");
    let told = "The call was interrupted while it ran. Whether it was carried out is not known.";
    assert_eq!(call["result"], told);

    server.answer(Answer::Turns(vec![openai("and now this", &[])]));
    let next = profile.json(&["ask", "what came of it?", "--conversation", &id]);
    assert_eq!(next["text"], "and now this");
    let sent = server.seen().pop().unwrap().body;
    assert!(sent.contains(told), "the model is told as well: {sent}");
    let ran = std::fs::read_to_string(at("ran")).unwrap();
    assert_eq!(ran.lines().count(), 1, "it ran once");
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}
