//! What works beside the process that owns the profile, and what has to wait.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::Value;

use super::{add_source, interrupt, owner, text};
use crate::support::{Profile, runtime};

#[test]
fn reading_works_beside_the_owner_and_the_rest_waits() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let asked = profile.json(&["ask", "remember the lighthouse", "--source", "rec"]);
    let id = text(&asked["conversation_id"]);

    server.answer(Answer::Hang(vec!["thinking".into()]));
    let mut streaming = owner(&profile, "rec", "thinking");

    let found = profile.json(&["history", "search", "lighthouse"]);
    assert_eq!(found[0]["conversation_id"], asked["conversation_id"]);
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(super::shown(&profile, id).len(), 2);
    profile.json(&["privacy", "stored"]);
    let ledger = profile.json(&["privacy", "ledger"]);
    assert_eq!(
        ledger[0]["outcome"], "pending",
        "what is under way shows: {}",
        ledger[0]
    );
    let doctor = profile.json(&["doctor"]);
    assert_eq!(doctor["integrity"], "ok");

    for args in [
        &["ask", "me too"][..],
        &["setup", "--adult", "--accept-policy"],
        &["source", "list"],
        &["source", "models", "rec"],
        &["source", "remove", "rec"],
        &["source", "add", "x", "--url", "http://127.0.0.1:1"],
        &["history", "delete", id],
        &["history", "delete", "--now", id],
        &["history", "undo", id],
        &["privacy", "consents"],
        &["privacy", "consent", "give", "diag.crash"],
        &["privacy", "consent", "withdraw", "diag.crash"],
        &["privacy", "delete-all", "--yes"],
        &["privacy", "receipts"],
        &["privacy", "verify"],
    ] {
        profile
            .run(&[&["--json"], args].concat())
            .failed(7, "in_use");
        assert_eq!(profile.run(args).code, 7, "{args:?}");
    }
    assert!(
        streaming.try_wait().unwrap().is_none(),
        "the owner was not disturbed"
    );
    interrupt(&streaming);
    streaming.wait().unwrap();
    let kept = profile.json(&["history", "list"]);
    assert_eq!(
        kept.as_array().map(Vec::len),
        Some(2),
        "nothing of what was refused happened"
    );
    assert_eq!(
        profile.json(&["ask", "free again", "--source", "sandbox"])["error"],
        Value::Null
    );
}
