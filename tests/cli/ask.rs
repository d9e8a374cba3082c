//! Asking: where, with what, in which conversation, and stopping.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::{add_source, interrupt, shown, text};
use crate::support::{Profile, Ran, runtime};

#[test]
fn source_model_and_conversation_can_be_chosen() {
    let runtime = runtime();
    let words = |word: &str| Answer::Words(vec![word.to_owned()]);
    let one = runtime.block_on(Recorder::start(words("one")));
    let two = runtime.block_on(Recorder::start(words("two")));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &one);
    add_source(&profile, "two", &two);

    let first = profile.json(&["ask", "hello", "--source", "one"]);
    assert_eq!(first["text"], "one");
    let id = text(&first["conversation_id"]);
    let body = |server: &Recorder| -> Value {
        serde_json::from_str(&server.seen().last().expect("a request").body).unwrap()
    };
    assert_eq!(
        body(&one)["model"],
        "recorder-1",
        "the source's first model"
    );

    // The conversation goes on where it was, with all that was said.
    let second = profile.json(&["ask", "and then?", "--conversation", id]);
    assert_eq!(
        (&second["text"], text(&second["conversation_id"])),
        (&json!("one"), id)
    );
    let said: Vec<String> = body(&one)["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["role"] != "system")
        .map(|message| text(&message["content"]).to_owned())
        .collect();
    assert_eq!(said, ["hello", "one", "and then?"]);

    let third = profile.json(&[
        "ask",
        "you?",
        "--conversation",
        id,
        "--source",
        "two",
        "--model",
        "other-9",
    ]);
    assert_eq!(third["text"], "two");
    assert_eq!(body(&two)["model"], "other-9");
    // Both choices stay with the conversation.
    profile.json(&["ask", "still you?", "--conversation", id]);
    assert_eq!(body(&two)["model"], "other-9");

    let roles: Vec<String> = shown(&profile, id).into_iter().map(|it| it.0).collect();
    assert_eq!(roles.len(), 8, "four questions, four answers: {roles:?}");
    profile
        .run(&[
            "--json",
            "ask",
            "hello",
            "--conversation",
            "0196f1c2-0000-7000-8000-000000000000",
        ])
        .failed(2, "not_found");
    profile
        .run(&["--json", "ask", "   "])
        .failed(2, "empty_message");
    let sandbox = profile.json(&["ask", "What leaves this computer?", "--source", "sandbox"]);
    assert_eq!(sandbox["status"], "complete");
}

#[test]
fn ctrl_c_keeps_and_prints_what_arrived() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Hang(vec![
        "so ".into(),
        "far".into(),
    ])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let mut asking = super::owner(&profile, "rec", "so far");
    interrupt(&asking);
    assert_eq!(asking.wait().unwrap().code(), Some(1));
    let list = profile.json(&["history", "list"]);
    let messages = shown(&profile, text(&list[0]["id"]));
    assert_eq!(messages[0].2, "wait for it");
    assert_eq!(
        (messages[1].1.as_str(), messages[1].2.as_str()),
        ("interrupted", "so far")
    );

    // With --json the one document says the same. The archive tells when the question is in it.
    let seen = server.seen().len();
    let asking = profile.spawn(&["--json", "ask", "again", "--source", "rec"]);
    let begun = || {
        let found = profile.json(&["history", "search", "again"]);
        found.as_array().is_some_and(|hits| !hits.is_empty()) && server.seen().len() > seen
    };
    // Each look is a process of its own, so this waits long without waiting for a clock.
    assert!((0..500).any(|_| begun()), "the answer began");
    interrupt(&asking);
    let ran: Ran = asking.wait_with_output().unwrap().into();
    assert_eq!(ran.code, 1);
    assert_eq!(ran.json()["status"], "interrupted", "{}", ran.stdout);
    let ledger = profile.json(&["privacy", "ledger"]);
    assert_eq!(ledger[0]["outcome"], "cancelled");
}

/// A source that could not be asked for its models when it was added: the question is safe before
/// the source is asked again.
#[test]
fn a_question_is_kept_before_anybody_is_asked() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["here now".into()])));
    let url = server.base_url();
    let profile = Profile::with_cheap_passphrase().set_up();
    let added = profile.json(&["--offline", "source", "add", "late", "--url", &url]);
    assert_eq!(added["error"]["code"], "offline", "{added}");
    assert_eq!(
        added["error"]["kept"], "Nothing was lost.",
        "nothing was asked yet"
    );

    let refused = profile.run(&[
        "--json",
        "--offline",
        "ask",
        "are you there?",
        "--source",
        "late",
    ]);
    let error = refused.failed(4, "offline");
    assert_eq!(error["kept"], "Your question was kept.");
    let document = refused.json();
    assert_eq!(document["status"], "failed");
    let id = text(&document["conversation_id"]).to_owned();
    assert_eq!(shown(&profile, &id)[0].2, "are you there?");

    let answered = profile.json(&["ask", "and now?", "--conversation", &id]);
    assert_eq!(
        answered["text"], "here now",
        "the server was asked for its models first"
    );
    let models: Vec<String> = server.seen().into_iter().map(|it| it.path).collect();
    assert_eq!(models, ["/v1/models", "/v1/chat/completions"]);
    profile.json(&["ask", "once more", "--conversation", &id]);
    assert_eq!(server.seen().len(), 3, "and only once");
}
