//! Every flag of `ask`: what it changes on the wire, and what is said where it cannot be used.

use std::collections::BTreeSet;

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::{add_source, shown, text};
use crate::support::{Profile, Ran, runtime};

/// All of them. One that is new is asked about here.
const FLAGS: &[&str] = &[
    "--source",
    "--model",
    "--beside",
    "--conversation",
    "--edit",
    "--again",
    "--continue",
    "--preset",
    "--no-preset",
    "--system",
    "--temperature",
    "--top-p",
    "--max-tokens",
    "--stop",
    "--seed",
    "--reasoning-effort",
    "--top-k",
    "--min-p",
    "--frequency-penalty",
    "--presence-penalty",
    "--repeat-penalty",
    "--response-format",
    "--extra",
    "--web-search",
    "--context",
    "--tool",
    "--allow-tools",
    "--preview",
    "--over-budget",
    "--temporary",
    "--attach",
    "--prompt",
    "--argument",
    "--resource",
];
/// Those of every command.
const GLOBAL: &[&str] = &[
    "--profile",
    "--passphrase-fd",
    "--guardian-fd",
    "--offline",
    "--json",
    "--help",
];
const FIELDS: &[&str] = &[
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
    "usage",
];

fn words(word: &str) -> Answer {
    Answer::Words(vec![word.to_owned()])
}

fn recorded() -> (tokio::runtime::Runtime, Recorder, Profile) {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(words("fine")));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "r", &server);
    (runtime, server, profile)
}

fn body(server: &Recorder) -> Value {
    serde_json::from_str(&server.seen().last().expect("a request").body).unwrap()
}

fn fields(document: &Value) -> Vec<&str> {
    let fields = document.as_object().expect("an object");
    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn ask(profile: &Profile, args: &[&str]) -> Ran {
    profile.run(&[&["--json", "ask"], args].concat())
}

#[test]
fn help_lists_every_flag_and_no_other() {
    let profile = Profile::with_passphrase();
    let help = profile.run(&["ask", "--help"]).ok().stdout;
    let listed: BTreeSet<&str> = help
        .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect();
    let known: BTreeSet<&str> = FLAGS.iter().chain(GLOBAL).copied().collect();
    assert_eq!(listed, known, "{help}");
    assert!(!profile.dir.exists(), "help makes no profile");
}

/// What cannot be meant is refused before anything is kept or sent.
#[test]
fn wrong_uses_end_with_two_and_a_sentence() {
    let (_runtime, server, profile) = recorded();
    let folder = profile.world().to_str().unwrap().to_owned();
    let before = server.seen().len();
    let nobody = "0196f1c2-0000-7000-8000-000000000000";
    let wrong: &[(&[&str], &str)] = &[
        (&[], "usage"),
        (&["  "], "empty_message"),
        (&["hi", "there"], "usage"),
        (&["hi", "--no-such-flag"], "usage"),
        (&["hi", "--source"], "usage"),
        (&["hi", "--source", "nowhere"], "not_found"),
        (&["hi", "--source", ""], "not_found"),
        (&["hi", "--model", ""], "usage"),
        (&["hi", "--beside", "nowhere"], "not_found"),
        (&["hi", "--beside", "nowhere:m"], "not_found"),
        (&["hi", "--beside", ""], "usage"),
        (&["hi", "--beside", ":"], "usage"),
        (&["hi", "--beside", "r:"], "usage"),
        (&["hi", "--beside", "r", "--preview"], "usage"),
        (&["hi", "--beside", "r", "--over-budget"], "usage"),
        (
            &[
                "hi",
                "--beside=r:1",
                "--beside=r:2",
                "--beside=r:3",
                "--beside=r:4",
            ],
            "too_many_answers",
        ),
        (&["hi", "--over-budget", "--preview"], "usage"),
        (&["hi", "--conversation", "not-an-id"], "usage"),
        (&["hi", "--conversation", nobody], "not_found"),
        (
            &["hi", "--conversation", nobody, "--system", "s"],
            "not_found",
        ),
        (&["hi", "--conversation", nobody, "--preview"], "not_found"),
        (&["hi", "--conversation", nobody, "--temporary"], "usage"),
        (&["hi", "--edit", nobody, "--source", "r"], "usage"),
        (&["hi", "--edit", nobody, "--temporary"], "usage"),
        (&["hi", "--again", nobody], "usage"),
        (&["--again", nobody], "not_found"),
        (&["--again", "not-an-id"], "usage"),
        (&["--again", nobody, "--edit", nobody], "usage"),
        (&["--again", nobody, "--conversation", nobody], "usage"),
        (&["--again", nobody, "--seed", "1"], "usage"),
        (&["--again", nobody, "--system", "s"], "usage"),
        (&["--again", nobody, "--preset", "p"], "usage"),
        (&["--again", nobody, "--tool", "calculator"], "usage"),
        (&["--again", nobody, "--beside", "r"], "usage"),
        (&["--again", nobody, "--attach", "x"], "usage"),
        (&["--again", nobody, "--prompt", "s/p"], "usage"),
        (&["--again", nobody, "--resource", "s/a:b"], "usage"),
        (&["hi", "--edit", nobody, "--prompt", "s/p"], "usage"),
        (&["hi", "--argument", "a=b"], "usage"),
        (&["--prompt", "nowhere"], "usage"),
        (&["--prompt", "nowhere/p"], "not_found"),
        (&["--prompt", "nowhere/p", "--argument", "a"], "usage"),
        (&["hi", "--resource", "nowhere"], "usage"),
        (&["hi", "--resource", "nowhere/a:b"], "not_found"),
        (&["--continue", nobody, "--preview"], "usage"),
        (&["hi", "--preset", "nowhere"], "not_found"),
        (&["hi", "--temperature", "warm"], "usage"),
        (&["hi", "--temperature", "2.1"], "invalid_parameter"),
        (&["hi", "--temperature", "-1"], "invalid_parameter"),
        (&["hi", "--temperature", "nan"], "invalid_parameter"),
        (&["hi", "--top-p", "1.1"], "invalid_parameter"),
        (&["hi", "--max-tokens", "0"], "invalid_parameter"),
        (&["hi", "--max-tokens", "-1"], "usage"),
        (&["hi", "--max-tokens", "1.5"], "usage"),
        (
            &[
                "hi", "--stop=1", "--stop=2", "--stop=3", "--stop=4", "--stop=5",
            ],
            "invalid_parameter",
        ),
        (&["hi", "--seed", "x"], "usage"),
        (&["hi", "--reasoning-effort", "some"], "usage"),
        (&["hi", "--top-k", "0"], "invalid_parameter"),
        (&["hi", "--top-k", "1001"], "invalid_parameter"),
        (&["hi", "--top-k", "1.5"], "usage"),
        (&["hi", "--min-p", "1.1"], "invalid_parameter"),
        (&["hi", "--frequency-penalty", "-2.1"], "invalid_parameter"),
        (&["hi", "--presence-penalty", "2.1"], "invalid_parameter"),
        (&["hi", "--repeat-penalty", "0"], "invalid_parameter"),
        (&["hi", "--response-format", "xml"], "usage"),
        (&["hi", "--extra", "[]"], "extra_not_object"),
        (&["hi", "--extra", "{"], "extra_not_object"),
        (
            &["hi", "--extra", r#"{"stream": false}"#],
            "extra_protected",
        ),
        (&["hi", "--extra", r#"{"Store": true}"#], "extra_protected"),
        (
            &["hi", "--extra", r#"{"options": {"num_predict": 9}}"#],
            "extra_protected",
        ),
        (
            &["hi", "--preview", "--extra", r#"{"model": "m"}"#],
            "extra_protected",
        ),
        (&["hi", "--context", "0"], "usage"),
        (&["hi", "--context", "most"], "usage"),
        (&["hi", "--tool", "hammer"], "not_found"),
        (&["hi", "--allow-tools"], "usage"),
        (&["hi", "--attach"], "usage"),
        (&["hi", "--attach", "no-such-file.png"], "usage"),
        (&["hi", "--attach", &folder], "usage"),
        (
            &["hi", "--preview", "--temperature", "3"],
            "invalid_parameter",
        ),
        (
            &["hi", "--temporary", "--temperature", "3"],
            "invalid_parameter",
        ),
    ];
    for (args, code) in wrong {
        let with_source = args.contains(&"--source");
        let source: &[&str] = if with_source { &[] } else { &["--source", "r"] };
        let args = [args, source].concat();
        let ran = ask(&profile, &args);
        let error = ran.failed(2, code);
        assert_eq!(fields(&ran.json()), FIELDS, "{args:?}");
        let said = error["message"].as_str().unwrap();
        for unkind in ["os error", "panicked", "RUST_BACKTRACE", "Error {", "--  "] {
            assert!(!said.contains(unkind), "{args:?}: {said}");
        }
        // Without --json the same is said to people alone.
        let ran = profile.run(&[&["ask"], &args[..]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            ran.stderr.contains(' ') && ran.stderr.len() > 20,
            "{args:?}: {}",
            ran.stderr
        );
    }
    assert_eq!(server.seen().len(), before, "nothing was sent");
    assert_eq!(
        profile.json(&["history", "list"]),
        json!([]),
        "and nothing kept"
    );
}

/// What was named is named again, so that somebody sees what to change.
#[test]
fn a_refusal_names_what_was_wrong() {
    let (_runtime, _server, profile) = recorded();
    let said = |args: &[&str]| -> String {
        let ran = ask(&profile, &[&["hi", "--source", "r"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}");
        text(&ran.json()["error"]["message"]).to_owned()
    };
    for (args, words) in [
        (&["--preset", "nowhere"][..], "There is no such preset."),
        (&["--beside", "nowhere"], "There is no such source."),
        (
            &["--conversation", "0196f1c2-0000-7000-8000-000000000000"],
            "There is no such conversation.",
        ),
        (
            &["--tool", "hammer"],
            "There is no such tool or server of tools.",
        ),
        (
            &["--temperature", "3"],
            "The temperature is a number from 0 to 2.",
        ),
        (
            &["--top-p", "3"],
            "Nucleus sampling, top p, is a number from 0 to 1.",
        ),
        (
            &["--attach", "no-such-file.png"],
            "“no-such-file.png” cannot be read: no such file or directory.",
        ),
    ] {
        assert_eq!(said(args), words);
    }
    for (args, words) in [
        (&["--over-budget", "--preview"][..], "--preview"),
        (&["--over-budget", "--beside", "r"], "--beside"),
        (&["--allow-tools"], "--tool"),
        (&["--no-preset", "--preset", "x"], "--preset"),
        (&["--context", "0"], "`fit`"),
        (&["--reasoning-effort", "some"], "medium"),
    ] {
        let said = said(args);
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[test]
fn settings_reach_the_wire_and_stay_with_the_conversation() {
    let (_runtime, server, profile) = recorded();
    let asked = profile.json(&[
        "ask",
        "one",
        "--source",
        "r",
        "--model",
        "m-2",
        "--system",
        "Be brief.",
        "--temperature",
        "0.5",
        "--top-p",
        "0.25",
        "--max-tokens",
        "64",
        "--stop",
        "END",
        "--stop",
        "STOP",
        "--seed",
        "-7",
        "--reasoning-effort",
        "low",
        "--top-k",
        "40",
        "--min-p",
        "0.05",
        "--frequency-penalty",
        "-0.5",
        "--presence-penalty",
        "0.5",
        "--repeat-penalty",
        "1.1",
        "--response-format",
        "json_object",
        "--extra",
        r#"{"chat_template_kwargs": {"enable_thinking": false}}"#,
    ]);
    let sent = body(&server);
    assert_eq!(
        sent["messages"][0],
        json!({"role": "system", "content": "Be brief."})
    );
    for (field, value) in [
        ("model", json!("m-2")),
        ("temperature", json!(0.5)),
        ("top_p", json!(0.25)),
        ("stop", json!(["END", "STOP"])),
        ("seed", json!(-7)),
        ("reasoning_effort", json!("low")),
        ("top_k", json!(40)),
        ("min_p", json!(0.05)),
        ("frequency_penalty", json!(-0.5)),
        ("presence_penalty", json!(0.5)),
        ("repeat_penalty", json!(1.1)),
        ("response_format", json!({"type": "json_object"})),
        ("chat_template_kwargs", json!({"enable_thinking": false})),
    ] {
        assert_eq!(sent[field], value, "{field}");
    }
    assert!(sent.to_string().contains("64"));
    let id = text(&asked["conversation_id"]);

    // One is changed, the others stay; an empty system prompt is none.
    profile.json(&[
        "ask",
        "two",
        "--conversation",
        id,
        "--temperature",
        "1",
        "--system",
        "",
    ]);
    let sent = body(&server);
    assert_eq!(sent["temperature"], json!(1.0));
    assert_eq!(
        (&sent["top_p"], &sent["model"]),
        (&json!(0.25), &json!("m-2"))
    );
    assert_eq!(sent["messages"][0]["role"], "user");
    assert!(sent.get("chat_template_kwargs").is_some());
    // An empty text is none.
    profile.json(&["ask", "two", "--conversation", id, "--extra", ""]);
    let sent = body(&server);
    assert_eq!(
        (sent.get("chat_template_kwargs"), &sent["top_k"]),
        (None, &json!(40))
    );

    // A preset takes the place of all of them, and what is typed beside it goes before it.
    profile.json(&[
        "preset",
        "add",
        "Strict",
        "--system",
        "Be strict.",
        "--seed",
        "3",
    ]);
    let with = ["--preset", "strict", "--max-tokens", "9"];
    profile.json(&[&["ask", "three", "--conversation", id], &with[..]].concat());
    let sent = body(&server);
    assert_eq!(sent["messages"][0]["content"], "Be strict.");
    assert_eq!((&sent["seed"], sent.get("temperature")), (&json!(3), None));
}

#[test]
fn a_preview_sends_and_keeps_nothing() {
    let (_runtime, server, profile) = recorded();
    let file = profile.world().join("notes.txt");
    std::fs::write(&file, "The lamp is lit at dusk.").unwrap();
    let file = file.to_str().unwrap();
    let before = server.seen().len();
    let args = [
        "ask",
        "what?",
        "--source",
        "r",
        "--system",
        "Be brief.",
        "--tool",
        "calculator",
        "--attach",
        file,
        "--preview",
    ];
    let preview = profile.json(&args);
    assert_eq!(
        fields(&preview),
        [
            "body",
            "body_bytes",
            "categories",
            "estimate",
            "files",
            "headers",
            "host",
            "messages",
            "method",
            "model",
            "opt_outs",
            "redact",
            "refusal",
            "replaced",
            "sent",
            "source",
            "training_allowed",
            "url"
        ]
    );
    let sent: Value = serde_json::from_str(text(&preview["body"])).unwrap();
    assert_eq!(sent["messages"][0]["content"], "Be brief.");
    assert_eq!(sent["tools"].as_array().map(Vec::len), Some(1));
    assert!(preview["body"].to_string().contains("The lamp is lit"));
    let people = profile.run(&args).ok();
    assert!(people.stdout.starts_with("POST http"), "{}", people.stdout);
    assert!(
        people.stderr.contains("Nothing was sent."),
        "{}",
        people.stderr
    );
    // Offline it says what would stop it, and is no failure.
    let offline = profile
        .run(&[&["--json", "--offline"], &args[..]].concat())
        .ok();
    assert_eq!(offline.json()["refusal"], "offline");

    assert_eq!(server.seen().len(), before);
    assert_eq!(profile.json(&["history", "list"]), json!([]));
    let stored = profile.json(&["privacy", "stored"]);
    let kinds = stored["kinds"].as_array().unwrap();
    for row in kinds.iter().filter(|row| row["kind"] == "files") {
        assert_eq!(row["count"], 0, "{row}");
    }
}

/// What arrived is there, and that it is not all of it is said.
#[test]
fn an_answer_that_is_cut_off_by_its_length_is_told_from_a_whole_one() {
    let (_runtime, server, profile) = recorded();
    let frame = json!({
        "choices": [{"index": 0, "delta": {"content": "half"}, "finish_reason": "length"}],
    });
    let body = format!("data: {frame}\n\ndata: [DONE]\n\n");
    server.answer(Answer::Plain(200, "text/event-stream", body));
    let cut = ask(&profile, &["hi", "--source", "r"]);
    cut.failed(4, "length_reached");
    let cut = cut.json();
    assert_eq!(
        (&cut["text"], &cut["status"]),
        (&json!("half"), &json!("interrupted"))
    );
}

/// It is asked for in the words of a source that can, and said of one that cannot.
#[test]
fn a_search_of_the_web_is_asked_for_where_it_can_be() {
    let (_runtime, server, profile) = recorded();
    let url = server.base_url();
    profile.json(&[
        "source",
        "add",
        "s",
        "--url",
        &url,
        "--dialect",
        "responses",
    ]);
    let shown = |more: &[&str]| {
        let asked = ["ask", "hi", "--source", "s", "--model", "m", "--preview"];
        let preview = profile.json(&[&asked[..], more].concat());
        text(&preview["body"]).contains("\"web_search\"")
    };
    assert!(shown(&["--web-search"]));
    assert!(!shown(&[]), "the control arm");

    let asked = profile.json(&["ask", "hi", "--source", "r", "--web-search"]);
    assert_eq!(
        asked["notices"],
        json!([{"kind": "parameter_dropped", "name": "web_search"}])
    );
    assert!(!body(&server).to_string().contains("web_search"));
    // It stays with the conversation.
    let id = text(&asked["conversation_id"]);
    let again = profile.json(&["ask", "two", "--conversation", id]);
    assert_eq!(again["notices"][0]["name"], "web_search");
}

#[test]
fn several_answers_are_one_document_with_the_same_fields() {
    let (_runtime, server, profile) = recorded();
    let file = profile.world().join("notes.txt");
    std::fs::write(&file, "The lamp is lit at dusk.").unwrap();
    let file = file.to_str().unwrap();
    let asked = profile.json(&[
        "ask", "what?", "--source", "r", "--beside", ":m-2", "--beside", "r:m:3", "--attach", file,
    ]);
    assert_eq!(fields(&asked), ["answers", "conversation_id", "error"]);
    assert_eq!(asked["error"], Value::Null);
    let answers = asked["answers"].as_array().unwrap();
    // They are asked at once, so in any order.
    let seen = server.seen();
    let mut models: Vec<String> = seen[seen.len() - 3..]
        .iter()
        .map(|it| serde_json::from_str::<Value>(&it.body).unwrap()["model"].to_string())
        .collect();
    models.sort_unstable();
    assert_eq!(
        models,
        [r#""m-2""#, r#""m:3""#, r#""recorder-1""#],
        "a model may have a colon"
    );
    for answer in answers {
        assert_eq!(
            fields(answer),
            [
                "citations",
                "error",
                "files",
                "message_id",
                "model",
                "notices",
                "reasoning",
                "source",
                "status",
                "text",
                "tool_calls",
                "usage"
            ]
        );
        assert_eq!(answer["files"][0]["name"], "notes.txt");
    }

    // One that fails is told apart, and is what the command ends with.
    server.answer(Answer::Plain(
        401,
        "application/json",
        r#"{"error":{"message":"no"}}"#.to_owned(),
    ));
    let args = ["ask", "and?", "--source", "sandbox", "--beside", "r"];
    let ran = profile.run(&[&["--json"], &args[..]].concat());
    ran.failed(5, "remote_unauthorized");
    let document = ran.json();
    assert_eq!(document["answers"][0]["status"], "complete", "{document}");
    assert_eq!(document["answers"][1]["error"], document["error"]);
    let ran = profile.run(&args);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("recorder-1 (r):"), "{}", ran.stderr);

    let kept = profile.json(&["history", "list"]).as_array().map(Vec::len);
    let gone = profile.json(&[
        "ask",
        "one",
        "--source",
        "sandbox",
        "--temporary",
        "--beside",
        "sandbox",
    ]);
    assert_eq!(gone["conversation_id"], Value::Null);
    assert_eq!(gone["answers"][1]["message_id"], Value::Null);
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        kept
    );
}

#[test]
fn one_document_whatever_becomes_of_it() {
    let (_runtime, server, profile) = recorded();
    let whole = |ran: Ran| {
        assert_eq!(fields(&ran.json()), FIELDS);
        assert_eq!(ran.stdout.trim().lines().count(), 1);
        ran
    };
    whole(ask(&profile, &["hi", "--source", "r"]).ok());
    whole(ask(&profile, &["hi", "--source", "r", "--temporary"]).ok());
    let offline = ["--json", "--offline", "ask", "hi", "--source", "r"];
    whole(profile.run(&offline)).failed(4, "offline");

    // Over a budget it goes out once, and only where it is said.
    profile.json(&[
        "source",
        "describe",
        "r",
        "recorder-1",
        "--input",
        "1000",
        "--output",
        "1000",
    ]);
    profile.json(&["budget", "set", "0.000001", "--per", "day"]);
    let before = server.seen().len();
    let stopped = whole(ask(&profile, &["hi", "--source", "r"]));
    stopped.failed(4, "budget_reached");
    assert_eq!(server.seen().len(), before);
    let id = text(&stopped.json()["conversation_id"]).to_owned();
    let sent = whole(ask(&profile, &["hi", "--conversation", &id, "--over-budget"]).ok());
    assert_eq!(sent.json()["text"], "fine");
    assert_eq!(shown(&profile, &id).len(), 4);
    let gone = whole(
        ask(
            &profile,
            &["hi", "--source", "r", "--temporary", "--over-budget"],
        )
        .ok(),
    );
    assert_eq!(gone.json()["text"], "fine");
    assert_eq!(server.seen().len(), before + 2);
    // Where no budget stops it, nothing is different.
    profile.json(&["budget", "remove", "--per", "day"]);
    whole(ask(&profile, &["hi", "--source", "r", "--over-budget"]).ok());
}
