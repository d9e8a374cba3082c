//! The same by the command line.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use crate::cli::add_source;
use crate::support::{Profile, runtime};

fn body(server: &Recorder) -> Value {
    serde_json::from_str(&server.seen().last().expect("a request").body).unwrap()
}

fn id(document: &Value, key: &str) -> String {
    document[key].as_str().unwrap_or_default().to_owned()
}

#[test]
fn presets_prompts_and_branches_by_the_command_line() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);

    let add = [
        "preset",
        "add",
        "Reviewer",
        "--system",
        "Be strict.",
        "--temperature",
        "0.5",
    ];
    profile.json(&add);
    let copy = [
        "preset", "add", "Second", "--like", "reviewer", "--seed", "3",
    ];
    let copied = profile.json(&copy);
    assert_eq!(copied["system"], "Be strict.");
    assert_eq!(
        (
            &copied["parameters"]["temperature"],
            &copied["parameters"]["seed"]
        ),
        (&json!(0.5), &json!(3))
    );
    let listed = profile.json(&["preset", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    let asked = profile.json(&["ask", "one", "--source", "one", "--preset", "REVIEWER"]);
    assert_eq!(body(&server)["messages"][0]["content"], "Be strict.");
    assert_eq!(body(&server)["temperature"], 0.5);
    let conversation = id(&asked, "conversation_id");

    // Another system prompt keeps the settings; the preset is as it was.
    let say = [
        "ask",
        "two",
        "--conversation",
        &conversation,
        "--system",
        "Be kind.",
    ];
    profile.json(&say);
    assert_eq!(body(&server)["messages"][0]["content"], "Be kind.");
    assert_eq!(body(&server)["temperature"], 0.5);
    let shown = profile.json(&["preset", "show", "reviewer"]);
    assert_eq!(shown["system"], "Be strict.");
    let add = ["preset", "add", "Third", "--temperature", "0.2"];
    profile.json(&add);
    let third = profile.json(&["preset", "show", "third"]);
    assert_eq!(third["parameters"]["temperature"], 0.2, "as it was typed");
    profile.json(&[
        "preset",
        "edit",
        "reviewer",
        "--system",
        "Be brief.",
        "--defaults",
    ]);
    let shown = profile.json(&["preset", "show", "reviewer"]);
    assert_eq!(
        (&shown["system"], &shown["parameters"]["temperature"]),
        (&json!("Be brief."), &Value::Null)
    );
    profile.json(&["preset", "delete", "reviewer"]);
    profile
        .run(&["preset", "show", "reviewer", "--json"])
        .failed(2, "not_found");
    let wrong = ["preset", "add", "x", "--temperature", "9", "--json"];
    profile.run(&wrong).failed(2, "invalid_parameter");

    profile.json(&["prompt", "add", "to german", "In {{language}}: {{text}}"]);
    let filled = profile.json(&[
        "prompt",
        "fill",
        "/to-german",
        "language=German",
        "text=a = b",
    ]);
    assert_eq!(filled["text"], "In German: a = b");
    profile.json(&["prompt", "edit", "to-german", "--text", "Only {{text}}"]);
    assert_eq!(
        profile.json(&["prompt", "show", "to-german"])["fields"],
        json!(["text"])
    );
    profile.json(&["prompt", "delete", "to-german"]);
    assert_eq!(profile.json(&["prompt", "list"]), json!([]));

    let answer = id(&asked, "message_id");
    let fork = profile.json(&["history", "fork", &answer]);
    assert_eq!(fork["origin"]["conversation_id"], json!(conversation));
    let copy = profile.json(&["history", "show", &id(&fork, "id")]);
    assert_eq!(copy["messages"].as_array().map(Vec::len), Some(2));
    let map = profile.json(&["history", "map", &conversation]);
    assert_eq!(
        (map.as_array().map(Vec::len), &map[0]["messages"]),
        (Some(1), &json!(4))
    );
    let found = profile.json(&["history", "find", &conversation, "two"]);
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let stats = profile.json(&["history", "stats", &conversation]);
    assert_eq!(
        (&stats["questions"], &stats["answers"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn a_preset_brings_the_tools_that_were_chosen_for_it() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let tools = |preset: &Value| preset["parameters"]["tools"].clone();
    let add = [
        "preset",
        "add",
        "Sums",
        "--tool",
        "calculator",
        "--tool",
        "current_time",
    ];
    let added = profile.json(&add);
    assert_eq!(tools(&added), json!(["calculator", "current_time"]));
    let edited = profile.json(&["preset", "edit", "sums", "--system", "Count."]);
    assert_eq!(tools(&edited), tools(&added), "what is not given stays");
    let edited = profile.json(&["preset", "edit", "sums", "--tool", "calculator"]);
    assert_eq!(tools(&edited), json!(["calculator"]));
    let asked = profile.json(&["ask", "two and two?", "--preset", "sums"]);
    let kept = profile.json(&["history", "show", &id(&asked, "conversation_id")]);
    assert_eq!(
        kept["instructions"]["parameters"]["tools"],
        json!(["calculator"])
    );
    let edited = profile.json(&["preset", "edit", "sums", "--no-tools"]);
    assert_eq!(tools(&edited), json!([]));
    profile
        .run(&["preset", "edit", "sums", "--tool", "hammer", "--json"])
        .failed(2, "not_found");
}

#[test]
fn new_conversations_begin_with_the_preset_that_was_chosen_for_that() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["fine".to_owned()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "one", &server);
    let add = [
        "preset",
        "add",
        "Strict",
        "--system",
        "Be strict.",
        "--source",
        "one",
        "--model",
        "m-9",
    ];
    profile.json(&add);
    profile.json(&["preset", "add", "Kind", "--system", "Be kind."]);
    let said = || {
        let body = body(&server);
        let first = &body["messages"][0];
        match first["role"].as_str() {
            Some("system") => first["content"].as_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    };

    let begins = |args: &[&str]| profile.json(&[&["preset", "default"], args].concat());
    assert_eq!(begins(&[]), json!({ "begin_with": null }), "none by itself");
    profile.json(&["ask", "hi", "--source", "one"]);
    assert_eq!(said(), "");

    assert_eq!(begins(&["strict"]), json!({ "begin_with": "Strict" }));
    let asked = profile.json(&["ask", "hi"]);
    assert_eq!(
        (said().as_str(), &body(&server)["model"]),
        ("Be strict.", &json!("m-9"))
    );
    profile.json(&["ask", "hi", "--temporary"]);
    assert_eq!(said(), "Be strict.");
    let preview = profile.json(&["ask", "hi", "--preview"]);
    assert!(preview["body"].to_string().contains("Be strict."));

    // Who says otherwise begins otherwise, and what was begun is left as it is.
    profile.json(&["ask", "hi", "--no-preset", "--source", "one"]);
    assert_eq!(said(), "");
    profile.json(&["ask", "hi", "--preset", "kind", "--source", "one"]);
    assert_eq!(said(), "Be kind.");
    profile.json(&["ask", "hi", "--system", "Be brief."]);
    assert_eq!(said(), "Be brief.");
    begins(&["kind"]);
    let conversation = id(&asked, "conversation_id");
    profile.json(&["ask", "more", "--conversation", &conversation]);
    assert_eq!(said(), "Be strict.");

    // One that is deleted begins nothing.
    profile.json(&["preset", "delete", "kind"]);
    assert_eq!(begins(&[]), json!({ "begin_with": null }));
    begins(&["strict"]);
    assert_eq!(begins(&["--none"]), json!({ "begin_with": null }));
    profile
        .run(&["preset", "default", "nowhere", "--json"])
        .failed(2, "not_found");
}
