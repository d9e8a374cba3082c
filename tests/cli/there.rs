//! What is there already, once more: other words, another answer, the rest of one, another branch.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::{add_source, shown, text};
use crate::support::{Profile, runtime};

fn words(word: &str) -> Answer {
    Answer::Words(vec![word.to_owned()])
}

/// An answer that reaches the longest length.
fn cut(word: &str) -> Answer {
    let frame = json!({
        "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": "length"}],
    });
    let body = format!("data: {frame}\n\ndata: [DONE]\n\n");
    Answer::Plain(200, "text/event-stream", body)
}

/// What was said in the last request.
fn said(server: &Recorder) -> Vec<String> {
    let body: Value = serde_json::from_str(&server.seen().last().expect("a request").body).unwrap();
    let messages = body["messages"].as_array().unwrap();
    let spoken = messages.iter().filter(|it| it["role"] != "system");
    spoken.map(|it| text(&it["content"]).to_owned()).collect()
}

/// The texts of the branch that is shown.
fn branch(profile: &Profile, conversation: &str) -> Vec<String> {
    shown(profile, conversation)
        .into_iter()
        .map(|(_, _, text)| text)
        .collect()
}

#[test]
fn a_question_is_asked_differently_on_a_branch_of_its_own() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(words("one")));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    let first = profile.json(&["ask", "a lamp?", "--source", "r"]);
    let id = text(&first["conversation_id"]);
    server.answer(words("two"));
    profile.json(&["ask", "and a bulb?", "--conversation", id]);

    // What would leave is shown, and nothing of it is kept.
    let preview = profile.json(&["ask", "a torch?", "--edit", id, "--preview"]);
    let shown_words: Vec<&str> = preview["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| text(&it["text"]))
        .collect();
    assert!(shown_words.contains(&"a torch?"), "{preview}");
    assert!(!shown_words.contains(&"and a bulb?"), "{preview}");
    assert_eq!(branch(&profile, id).len(), 4);

    // The conversation stands for its last question.
    server.answer(words("three"));
    let edited = profile.json(&["ask", "a torch?", "--edit", id]);
    assert_eq!(edited["text"], "three");
    assert_eq!(edited["conversation_id"], first["conversation_id"]);
    assert_eq!(said(&server), ["a lamp?", "one", "a torch?"]);
    assert_eq!(
        branch(&profile, id),
        ["a lamp?", "one", "a torch?", "three"]
    );

    // Any question can be named.
    let question = shown(&profile, id).remove(0);
    let map = profile.json(&["history", "map", id]);
    let run = map.as_array().unwrap().iter().find(|it| it["depth"] == 0);
    let question_id = text(&run.expect("a first run")["first_id"]).to_owned();
    assert_eq!(question.2, "a lamp?");
    profile.json(&["ask", "a candle?", "--edit", &question_id]);
    assert_eq!(said(&server), ["a candle?"]);

    // What was shown before is there, and comes back.
    let chosen = profile.json(&["history", "choose", text(&edited["message_id"])]);
    assert_eq!(chosen["conversation_id"], first["conversation_id"]);
    assert_eq!(
        branch(&profile, id),
        ["a lamp?", "one", "a torch?", "three"]
    );
    // It goes on from there.
    profile.json(&["ask", "so?", "--conversation", id]);
    assert_eq!(said(&server).len(), 5);

    // An answer is no question.
    let refused = profile.run(&["--json", "ask", "hi", "--edit", text(&edited["message_id"])]);
    refused.failed(2, "not_a_question");
}

#[test]
fn another_answer_stands_beside_the_one_there_is() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(words("one")));
    let other = runtime.block_on(Recorder::start(words("other")));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    add_source(&profile, "o", &other);
    let first = profile.json(&["ask", "a lamp?", "--source", "r", "--model", "m-2"]);
    let id = text(&first["conversation_id"]);

    server.answer(words("two"));
    let again = profile.json(&["ask", "--again", id]);
    assert_eq!(again["text"], "two");
    assert_ne!(again["message_id"], first["message_id"]);
    assert_eq!(said(&server), ["a lamp?"], "nothing of the first answer");
    let sent: Value = serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
    assert_eq!(sent["model"], "m-2", "who gave the first one");
    assert_eq!(branch(&profile, id), ["a lamp?", "two"]);

    // Somebody else, once.
    let args = [
        "ask",
        "--again",
        text(&first["message_id"]),
        "--source",
        "o",
    ];
    assert_eq!(profile.json(&args)["text"], "other");
    let preview = profile.json(&[&args[..], &["--preview"]].concat());
    assert_eq!(preview["source"], "o");
    profile.json(&["history", "choose", text(&first["message_id"])]);
    assert_eq!(branch(&profile, id), ["a lamp?", "one"]);
}

#[test]
fn an_answer_that_was_cut_off_goes_on_where_it_ended() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(cut("half ")));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    let ran = profile.run(&["--json", "ask", "a lamp?", "--source", "r"]);
    ran.failed(4, "length_reached");
    let half = ran.json();
    let id = text(&half["conversation_id"]);

    server.answer(words("and whole"));
    let whole = profile.run(&["ask", "--continue", id]).ok();
    assert_eq!(whole.stdout.trim_end(), "half and whole");
    assert_eq!(said(&server)[..2], ["a lamp?", "half "]);
    assert_eq!(branch(&profile, id), ["a lamp?", "half and whole"]);

    // One that is whole does not go on.
    let again = profile.run(&["--json", "ask", "--continue", text(&half["message_id"])]);
    again.failed(2, "not_interrupted");
    assert_eq!(branch(&profile, id), ["a lamp?", "half and whole"]);
    for wrong in [
        &["--continue", id, "--source", "r"][..],
        &["--continue", id, "--preview"],
        &["--continue", id, "--context", "fit"],
        &["and?", "--continue", id],
        &["--continue"],
    ] {
        let ran = profile.run(&[&["--json", "ask"], wrong].concat());
        ran.failed(2, "usage");
    }
}
