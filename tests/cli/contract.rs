//! Documents, exit codes, and that one command finds what another one wrote.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::{add_source, check_ids_and_times, text};
use crate::support::{Profile, Ran, cli_path, runtime};

#[test]
fn the_first_run_comes_first_and_once() {
    let profile = Profile::with_passphrase();
    for args in [
        &["history", "list"][..],
        &["ask", "hello"],
        &["source", "list"],
        &["privacy", "receipts"],
        &["privacy", "stored"],
    ] {
        let ran = profile.run(&[&["--json"], args].concat());
        ran.failed(3, "setup_needed");
    }
    let doctor = profile.run(&["--json", "doctor"]);
    doctor.failed(3, "setup_needed");
    assert_eq!(doctor.json()["state"], "first_run");
    assert!(
        !profile.dir.join("archive.db").exists(),
        "nothing was created by looking"
    );
    let consents = profile.json(&["privacy", "consents"]);
    assert!(
        consents
            .as_array()
            .is_some_and(|all| all.iter().all(|row| row["given"] == false))
    );
    let policy = profile.json(&["privacy", "policy"]);
    assert!(
        text(&policy["markdown"]).len() > 500,
        "the policy can be read before it is accepted"
    );

    let incomplete = profile.run(&["--json", "setup", "--adult"]);
    let error = incomplete.failed(2, "usage");
    assert!(
        text(&error["message"]).contains("--accept-policy"),
        "it says what is missing: {error}"
    );
    profile
        .run(&[
            "--json",
            "setup",
            "--adult",
            "--accept-policy",
            "--consent",
            "svc.chat",
        ])
        .failed(2, "purpose_not_optional");
    profile
        .run(&[
            "--json",
            "setup",
            "--adult",
            "--accept-policy",
            "--consent",
            "everything",
        ])
        .failed(2, "usage");
    let done = profile.json(&[
        "setup",
        "--adult",
        "--accept-policy",
        "--consent",
        "diag.crash",
    ]);
    assert_eq!(
        (&done["state"], &done["storage"], &done["consents"]),
        (
            &json!("ready"),
            &json!("passphrase"),
            &json!(["diag.crash"])
        )
    );
    profile
        .run(&["--json", "setup", "--adult", "--accept-policy"])
        .failed(2, "already_set_up");
    let consents = profile.json(&["privacy", "consents"]);
    let given: Vec<&str> = consents
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["given"] == true)
        .map(|row| text(&row["purpose"]))
        .collect();
    assert_eq!(
        given,
        ["diag.crash"],
        "the refused second setup withdrew nothing"
    );
}

#[test]
fn every_command_prints_one_document_and_people_read_words() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec![
        "Hi ".into(),
        "you.".into(),
    ])));
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "first question"]);
    let id = text(&asked["conversation_id"]).to_owned();
    add_source(&profile, "rec", &server);
    let commands: &[&[&str]] = &[
        &["ask", "again", "--conversation", &id],
        &["ask", "elsewhere", "--source", "rec"],
        &["history", "list"],
        &["history", "show", &id],
        &["history", "search", "question"],
        &["source", "list"],
        &["source", "models", "rec"],
        &["source", "models", "sandbox"],
        &["privacy", "stored"],
        &["privacy", "ledger"],
        &["privacy", "consents"],
        &["privacy", "consent", "give", "diag.crash"],
        &["privacy", "consent", "withdraw", "diag.crash"],
        &["privacy", "receipts"],
        &["privacy", "verify"],
        &["privacy", "policy"],
        &["doctor"],
        &["history", "delete", &id],
        &["history", "undo", &id],
        &["history", "delete", "--now", &id],
        &["source", "remove", "rec"],
        &["privacy", "delete-all", "--yes"],
    ];
    for args in commands {
        // What can be done only once is done with --json.
        let once = ["delete", "remove", "delete-all", "undo"]
            .iter()
            .any(|word| args.contains(word));
        if !once {
            let ran = profile.run(args).ok();
            assert!(
                serde_json::from_str::<Value>(&ran.stdout).is_err() || ran.stdout.trim().is_empty(),
                "{args:?} prints words for people: {}",
                ran.stdout
            );
        }
        let ran = profile.run(&[&["--json"], *args].concat()).ok();
        let document = ran.json();
        assert_eq!(
            ran.stdout.trim().lines().count(),
            1,
            "{args:?} prints one document"
        );
        if !args.contains(&"models") {
            check_ids_and_times(&document);
        }
    }
    // The flag may stand anywhere.
    let ran = profile.run(&["history", "list", "--json"]).ok();
    assert_eq!(ran.json(), json!([]), "everything was deleted");
    assert_eq!(
        profile.json(&["source", "list"])[0]["name"],
        "sandbox",
        "the sandbox stays"
    );
}

#[test]
fn the_documents_have_the_documented_fields() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec![
        "Hi ".into(),
        "you.".into(),
    ])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let asked = profile.json(&["ask", "What is a lighthouse?", "--source", "rec"]);
    assert_eq!(
        fields(&asked),
        [
            "citations",
            "conversation_id",
            "error",
            "files",
            "message_id",
            "notices",
            "reasoning",
            "status",
            "text",
            "tool_calls",
            "usage"
        ]
    );
    assert_eq!(
        (&asked["status"], &asked["text"], &asked["error"]),
        (&json!("complete"), &json!("Hi you."), &Value::Null)
    );
    assert_eq!(
        asked["usage"]["output_tokens"], 2,
        "usage came along: {asked}"
    );
    let hits = profile.json(&["history", "search", "lighthouse"]);
    assert_eq!(
        fields(&hits[0]),
        ["at", "conversation_id", "message_id", "snippet", "title"]
    );
    let ledger = profile.json(&["privacy", "ledger"]);
    assert_eq!(
        fields(&ledger[0]),
        [
            "at",
            "basis",
            "bytes_in",
            "bytes_out",
            "host",
            "outcome",
            "purpose",
            "request_id",
            "seq"
        ]
    );
    assert_eq!(
        (
            &ledger[0]["host"],
            &ledger[0]["purpose"],
            &ledger[0]["outcome"],
            &ledger[0]["basis"]
        ),
        (
            &json!(server.host()),
            &json!("svc.chat"),
            &json!("sent"),
            &json!("eu-gdpr:A6-1-b")
        )
    );
    let seen = server.seen();
    let wire = seen.last().and_then(|it| it.header("x-request-id"));
    assert_eq!(
        wire,
        ledger[0]["request_id"].as_str(),
        "wire and ledger are joined by the request id"
    );

    let doctor = profile.json(&["doctor"]);
    assert_eq!(
        (
            &doctor["state"],
            &doctor["storage"],
            &doctor["integrity"],
            &doctor["error"]
        ),
        (
            &json!("ready"),
            &json!("passphrase"),
            &json!("ok"),
            &Value::Null
        )
    );
    assert_eq!(
        doctor["sources"],
        json!([{"name": "sandbox", "host": null}, {"name": "rec", "host": server.host()}])
    );
    let refused = profile.run(&["--json", "ask", "hello", "--source", "nowhere"]);
    refused.failed(2, "not_found");
    assert_eq!(
        fields(&refused.json()),
        fields(&asked),
        "an error stands beside the fields of ask"
    );
    let usage = profile.run(&["--json", "ask"]);
    usage.failed(2, "usage");
    assert_eq!(fields(&usage.json()), fields(&asked));
}

fn fields(document: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = document
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn what_one_command_writes_the_next_one_finds() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "How do I delete a conversation?"]);
    assert_eq!(asked["status"], "complete");
    let id = text(&asked["conversation_id"]);
    let listed = profile.json(&["history", "list"]);
    assert_eq!(
        (listed.as_array().map(Vec::len), &listed[0]["id"]),
        (Some(1), &asked["conversation_id"])
    );
    let messages = super::shown(&profile, id);
    assert_eq!(
        messages[0],
        (
            "user".into(),
            "complete".into(),
            "How do I delete a conversation?".into()
        )
    );
    assert_eq!(
        messages[1],
        (
            "assistant".into(),
            "complete".into(),
            text(&asked["text"]).into()
        )
    );

    // Hidden, found by nobody, and brought back.
    let deleted = profile.json(&["history", "delete", id, id]);
    assert_eq!(
        deleted.as_array().map(Vec::len),
        Some(1),
        "named twice, deleted once"
    );
    assert_eq!(deleted[0]["receipt"], Value::Null, "it can still be undone");
    assert_eq!(profile.json(&["history", "list"]), json!([]));
    assert_eq!(
        profile.json(&["history", "search", "conversation"]),
        json!([])
    );
    profile
        .run(&["--json", "history", "show", id])
        .failed(2, "not_found");
    profile.json(&["history", "undo", id]);
    assert_eq!(
        super::shown(&profile, id).len(),
        2,
        "undo brought all of it back"
    );
    profile
        .run(&["--json", "history", "undo", id])
        .failed(2, "usage");

    // By the name of the deletion, too.
    let deleted = profile.json(&["history", "delete", id]);
    profile.json(&["history", "undo", text(&deleted[0]["erasure_id"])]);

    let gone = profile.json(&["history", "delete", "--now", id]);
    let receipt = &gone[0]["receipt"];
    assert_eq!(
        text(&receipt["hash"]).len(),
        64,
        "the receipt is there at once: {gone}"
    );
    assert_eq!(
        profile.json(&["privacy", "receipts"])[0]["hash"],
        receipt["hash"]
    );
    profile
        .run(&["--json", "history", "undo", id])
        .failed(2, "too_late");
    profile
        .run(&["--json", "history", "delete", id])
        .failed(2, "not_found");

    let verified = profile.json(&["privacy", "verify"]);
    assert_eq!(
        (&verified["holds"], &verified["receipts"]["rows"]),
        (&json!(true), &json!(1)),
        "the chains hold: {verified}"
    );
}

#[test]
fn delete_all_asks_first_and_leaves_nothing() {
    let profile = Profile::with_cheap_passphrase().set_up();
    for question in ["one", "two"] {
        profile.json(&["ask", question]);
    }
    profile
        .run(&["--json", "privacy", "delete-all"])
        .failed(2, "usage");
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        Some(2)
    );
    let receipt = profile.json(&["privacy", "delete-all", "--yes"]);
    assert_eq!(receipt["scope"], "everything");
    assert_eq!(profile.json(&["history", "list"]), json!([]));
    let stored = profile.json(&["privacy", "stored"]);
    for row in stored["kinds"].as_array().unwrap() {
        if ["conversations", "messages", "drafts", "files"].contains(&text(&row["kind"])) {
            assert_eq!(row["count"], 0, "{row}");
        }
    }
    assert_eq!(profile.json(&["ask", "it goes on"])["status"], "complete");
}

#[test]
fn every_exit_code_is_real() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);

    assert_eq!(profile.run(&["history", "list"]).code, 0);

    let file = profile.world().join("a-file");
    std::fs::write(&file, "in the way").unwrap();
    let ran: Ran = std::process::Command::new(cli_path())
        .arg("--profile")
        .arg(&file)
        .args(["--json", "ask", "hello"])
        .output()
        .unwrap()
        .into();
    ran.failed(1, "unwritable");

    profile
        .run(&["--json", "no-such-command"])
        .failed(2, "usage");
    profile
        .run(&["--json", "history", "show", "not-an-id"])
        .failed(2, "usage");
    profile.run(&["--json"]).failed(2, "usage");
    assert_eq!(profile.run(&["no-such-command"]).code, 2);

    let wrong = with_passphrase(&profile, "not the passphrase", &["--json", "ask", "hello"]);
    wrong.failed(3, "wrong_passphrase");
    let doctor = with_passphrase(&profile, "not the passphrase", &["--json", "doctor"]);
    doctor.failed(3, "locked");

    profile
        .run(&["--json", "--offline", "ask", "hello", "--source", "rec"])
        .failed(4, "offline");

    server_down(&profile, "gone");
    profile
        .run(&["--json", "ask", "hello", "--source", "gone"])
        .failed(5, "remote_unreachable");

    let help = profile.run(&["--help"]);
    assert_eq!(help.code, 0);
    for code in 0..=7 {
        assert!(
            help.stdout.contains(&format!("  {code}  ")),
            "--help explains {code}"
        );
    }

    let archive = profile.dir.join("archive.db");
    let mut bytes = std::fs::read(&archive).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&archive, bytes).unwrap();
    profile
        .run(&["--json", "history", "list"])
        .failed(6, "corrupt");
}

/// A source whose server is not there.
fn server_down(profile: &Profile, name: &str) {
    let added = profile.json(&["source", "add", name, "--url", "http://127.0.0.1:9/v1"]);
    assert_eq!(
        added["error"]["code"], "remote_unreachable",
        "it is added all the same: {added}"
    );
}

/// Runs a command with another passphrase.
fn with_passphrase(profile: &Profile, passphrase: &str, args: &[&str]) -> Ran {
    use std::io::Write as _;
    let mut child = profile.command(args).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(passphrase.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap().into()
}
