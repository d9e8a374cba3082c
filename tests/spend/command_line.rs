//! The same by the command line: estimates, sums, budgets and what is said when one stops.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::json;

use crate::cli::add_source;
use crate::support::{Profile, runtime};

#[test]
fn a_budget_stops_ask_and_says_so() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    let ask = ["ask", "hello", "--source", "r"];

    let described = profile.json(&[
        "source",
        "describe",
        "r",
        "recorder-1",
        "--context",
        "8000",
        "--input",
        "1000",
        "--output",
        "1000",
    ]);
    assert_eq!(described[0]["own_context"], 8_000);
    let preview = profile.json(&[&ask[..], &["--preview", "--max-tokens", "3"]].concat());
    let estimate = &preview["estimate"];
    assert_eq!(
        (&estimate["messages"], &estimate["context_tokens"]),
        (&json!(1), &json!(8_000))
    );
    let most = estimate["nanodollars_most"].as_u64().unwrap();
    assert_eq!(most, estimate["nanodollars"].as_u64().unwrap() + 3_000_000);

    assert_eq!(profile.json(&["budget", "list"]), json!([]));
    let set = profile.json(&["budget", "set", "0.004", "--per", "day", "--source", "r"]);
    assert_eq!(
        (&set[0]["nanodollars"], &set[0]["near"]),
        (&json!(4_000_000), &json!(false))
    );
    let before = server.seen().len();
    let stopped = profile.run(&[&["--json"], &ask[..]].concat());
    stopped.failed(4, "budget_reached");
    assert_eq!(server.seen().len(), before, "nothing left");
    let kept = stopped.json()["conversation_id"].clone();
    assert!(kept.is_string(), "the question is kept");
    let ledger = profile.json(&["privacy", "ledger"]);
    assert!(!ledger.to_string().contains("svc.chat"), "{ledger}");

    let sent = profile.json(&[&ask[..], &["--over-budget"]].concat());
    assert_eq!(
        (&sent["text"], &sent["usage"]["spent"]["nanos"]),
        (&json!("fine"), &json!(8_000_000))
    );
    assert_eq!(server.seen().len(), before + 1);

    let spent = profile.json(&["spend", "--by", "source"]);
    assert_eq!(spent["rows"][0]["source"], "r");
    assert_eq!(
        (&spent["nanodollars"], &spent["rows"][0]["answers"]),
        (&json!(8_000_000), &json!(1))
    );
    let by_model = profile.json(&["spend", "--by", "model", "--days", "1"]);
    assert_eq!(by_model["rows"][0]["model"], "recorder-1");

    profile.json(&["budget", "remove", "--per", "day", "--source", "r"]);
    assert_eq!(profile.json(&ask)["text"], "fine", "the control arm");
    profile.json(&["spend", "--forget"]);
    assert_eq!(profile.json(&["spend"])["rows"], json!([]));
    for wrong in [
        &["budget", "set", "much", "--per", "day"][..],
        &["budget", "set", "1", "--per", "year"],
        &["ask", "hi", "--context", "0"],
    ] {
        assert_eq!(profile.run(wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn earlier_messages_are_left_out_by_rule_alone() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    let first = profile.json(&["ask", "one", "--source", "r"]);
    let id = first["conversation_id"].as_str().unwrap();
    let said = || {
        let body: serde_json::Value =
            serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
        body["messages"].as_array().unwrap().len()
    };
    profile.json(&["ask", "two", "--conversation", id]);
    assert_eq!(said(), 3);
    profile.json(&["ask", "three", "--conversation", id, "--context", "1"]);
    assert_eq!(said(), 1);
    // The rule stays with the conversation until another one is given.
    let shown = profile.json(&["ask", "four", "--conversation", id, "--preview"]);
    assert_eq!(
        shown["estimate"]["rule"],
        json!({ "rule": "last", "messages": 1 })
    );
    assert_eq!(
        (
            &shown["estimate"]["left_out"],
            &shown["estimate"]["messages"]
        ),
        (&json!(6), &json!(1))
    );
    profile.json(&["ask", "four", "--conversation", id, "--context", "all"]);
    assert_eq!(said(), 7);
}
