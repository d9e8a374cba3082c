//! Sources and their keys.

use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{needles, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::text;
use crate::support::{Profile, Ran, runtime, wrapped};

/// Runs a command with a key on descriptor 3.
fn with_key(profile: &Profile, key: &str, args: &[&str]) -> Ran {
    use std::io::Write as _;
    let command = profile.command(args);
    let script =
        "printf '%s\\n' \"$KEY\" | { exec 3<&0 0<&4 4<&-; unset KEY; exec \"$0\" \"$@\"; }";
    let mut shell = wrapped(&command, &["env"], &format!("exec 4<&0; {script}"));
    let mut child = shell.env("KEY", key).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(crate::support::PASSPHRASE.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_key_reaches_its_own_server_and_nothing_else() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    let key = format!("sk-{}", canary());
    let url = server.base_url();
    let added = with_key(
        &profile,
        &key,
        &[
            "--json", "source", "add", "mine", "--url", &url, "--key-fd", "3",
        ],
    )
    .ok();
    let document = added.json();
    assert_eq!(
        (
            &document["has_credential"],
            &document["host"],
            &document["default_model"]
        ),
        (&json!(true), &json!(server.host()), &json!("recorder-1")),
        "{document}"
    );
    let asked = profile
        .run(&["--json", "ask", "hello", "--source", "mine"])
        .ok();
    for request in server.seen() {
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {key}").as_str())
        );
    }
    for output in [&added.stdout, &added.stderr, &asked.stdout, &asked.stderr] {
        assert!(!output.contains(&key), "no output holds the key");
    }
    let listed = profile.run(&["--json", "source", "list"]).ok();
    assert!(!listed.stdout.contains(&key));
    // Sealed, not written down.
    let hits = scan_tree(profile.world(), &needles(&key));
    assert!(hits.is_empty(), "no file holds the key: {hits:?}");

    profile.json(&["source", "remove", "mine"]);
    profile
        .run(&["--json", "source", "models", "mine"])
        .failed(2, "not_found");
    // The same name again is another source, without the key.
    profile.json(&["source", "add", "mine", "--url", &url]);
    assert_eq!(
        server
            .seen()
            .last()
            .and_then(|it| it.header("authorization").map(str::to_owned)),
        None
    );
    let kept = text(&asked.json()["conversation_id"]).to_owned();
    assert_eq!(
        super::shown(&profile, &kept).len(),
        2,
        "conversations stay when their source goes"
    );
}

#[test]
fn a_key_that_cannot_be_read_adds_nothing() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let args = [
        "--json",
        "source",
        "add",
        "mine",
        "--url",
        "http://127.0.0.1:9/v1",
        "--key-fd",
    ];
    profile
        .run(&[&args[..], &["17"]].concat())
        .failed(2, "usage");
    assert_eq!(
        profile.json(&["source", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn sources_are_listed_asked_and_removed() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    super::add_source(&profile, "rec", &server);
    let sources = profile.json(&["source", "list"]);
    let names: Vec<&str> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["name"]))
        .collect();
    assert_eq!(names, ["sandbox", "rec"]);
    let models = profile.json(&["source", "models", "rec"]);
    assert_eq!(models[0]["id"], "recorder-1", "{models}");
    let guide = profile.json(&["source", "models", "sandbox"]);
    assert!(
        guide.as_array().is_some_and(|all| !all.is_empty()),
        "{guide}"
    );

    let url = server.base_url();
    profile
        .run(&["--json", "source", "add", "rec", "--url", &url])
        .failed(2, "source_name_taken");
    profile
        .run(&["--json", "source", "add", " ", "--url", &url])
        .failed(2, "source_name");
    profile
        .run(&[
            "--json",
            "source",
            "add",
            "x",
            "--url",
            &url,
            "--dialect",
            "morse",
        ])
        .failed(2, "usage");
    profile
        .run(&["--json", "source", "remove", "sandbox"])
        .failed(2, "sandbox_fixed");
    profile
        .run(&["--json", "source", "remove", "nowhere"])
        .failed(2, "not_found");
    let removed = profile.json(&["source", "remove", "rec"]);
    assert_eq!(removed["removed"], Value::Bool(true));
    assert_eq!(
        profile.json(&["source", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn services_are_known_by_name_and_say_what_they_do_with_data() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let all = profile.json(&["source", "services"]);
    let row = |id: &str| {
        all.as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == id)
            .unwrap_or_else(|| panic!("{id} is known"))
            .clone()
    };
    for row in all.as_array().unwrap() {
        let told = &row["practices"]["training"];
        assert_eq!(
            told.is_string(),
            row["local"] == false,
            "{}: {told}",
            row["id"]
        );
    }
    assert_eq!(row("openai")["opt_outs"][0]["field"], "store");
    assert_eq!(row("openrouter")["opt_outs"][0]["value"]["zdr"], true);
    let rows = profile.json(&["privacy", "ledger"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(0), "nobody was asked");

    profile
        .run(&["--json", "source", "add", "x", "--service", "nobody"])
        .failed(2, "usage");
    // A part of its address is the person's own.
    profile
        .run(&["--json", "source", "add", "x", "--service", "azure"])
        .failed(2, "usage");
    let offline = |args: &[&str]| profile.json(&[&["--offline"], args].concat());
    let added = offline(&["source", "add", "claude", "--service", "anthropic"]);
    assert_eq!(
        (&added["dialect"], &added["host"]),
        (&json!("anthropic"), &json!("api.anthropic.com")),
        "{added}"
    );
    // An address of a known service speaks as the service does.
    let url = "https://api.anthropic.com";
    let added = offline(&["source", "add", "again", "--url", url]);
    assert_eq!(added["dialect"], "anthropic");
    let url = "https://mine.openai.azure.com";
    let added = offline(&["source", "add", "mine", "--service", "azure", "--url", url]);
    assert_eq!(added["opt_outs"][0]["field"], "store", "{added}");
}

/// Control arm: before anybody asked, nothing was asked of this computer.
#[test]
fn servers_on_this_computer_are_looked_for_when_asked_and_each_question_is_in_the_ledger() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let rows = || {
        profile
            .json(&["privacy", "ledger"])
            .as_array()
            .unwrap()
            .clone()
    };
    profile.json(&["source", "list"]);
    assert!(rows().is_empty(), "nobody looks unasked");
    profile
        .run(&["--json", "--offline", "source", "find"])
        .failed(4, "offline");
    let before = rows().len();
    let found = profile.json(&["source", "find"]);
    assert!(found.is_array(), "{found}");
    let services = profile.json(&["source", "services"]);
    let local: Vec<String> = services
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["local"] == true)
        .map(|row| {
            text(&row["url"])["http://".len()..]
                .split('/')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    let rows = rows();
    assert_eq!(rows.len() - before, local.len());
    for row in &rows {
        assert!(
            local.iter().any(|host| row["host"] == host.as_str()),
            "{row}"
        );
        assert_eq!(row["purpose"], "svc.models");
    }
}
