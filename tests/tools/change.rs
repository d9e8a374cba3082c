//! `tool change`: what is named is changed, and the rest stays, with what was decided about it.

use fluxchat_testkit::tool_host::{Manner, ToolHost};
use serde_json::{Value, json};

use super::{definition, shell_server};
use crate::support::{Profile, Ran, runtime, with_file_on_3};

/// Runs a command that finds this on its descriptor 3.
fn with(profile: &Profile, secret: &str, args: &[&str]) -> Ran {
    let file = profile.world().join("secret");
    std::fs::write(&file, secret).unwrap();
    let mut command = with_file_on_3(&profile.command(&[&["--json"], args].concat()), &file);
    let ran = profile.start(&mut command).wait_with_output().unwrap();
    std::fs::remove_file(&file).unwrap();
    ran.into()
}

/// How it stands, and what was decided about its first tool.
fn listed(profile: &Profile) -> (Value, Value) {
    let server = profile.json(&["tool", "list"])["servers"][0].clone();
    let policy = server["tools"][0]["policy"].clone();
    (server, policy)
}

#[test]
fn a_key_is_changed_and_what_was_decided_stays() {
    let runtime = runtime();
    let host = runtime.block_on(ToolHost::start(Manner::Wants("Bearer old-1")));
    let profile = Profile::with_cheap_passphrase().set_up();
    let add = ["tool", "add", "Afar", "--url", &host.url(), "--key-fd", "3"];
    with(&profile, "old-1", &add).ok();
    profile.json(&["tool", "test", "afar"]);
    profile.json(&["tool", "policy", "Afar/echo", "always"]);

    host.behave(Manner::Wants("Bearer new-2"));
    let refused = profile.run(&["--json", "tool", "test", "afar"]);
    refused.failed(5, "tool_key_refused");
    let change = [
        "tool",
        "change",
        "afar",
        "--key-fd",
        "3",
        "--timeout",
        "300",
    ];
    let changed = with(&profile, "new-2", &change).ok();
    let document = changed.json();
    assert_eq!(
        (
            &document["host"],
            &document["timeout"],
            &document["forgotten"]
        ),
        (&json!(host.host()), &json!(300), &json!(false))
    );
    assert!(!changed.stdout.contains("new-2") && !changed.stderr.contains("new-2"));
    profile.json(&["tool", "test", "afar"]);
    let (server, policy) = listed(&profile);
    assert_eq!((&server["timeout"], policy), (&json!(300), json!("always")));

    // Only what is named: the key is still there, and goes when that is said.
    let renamed = profile.json(&["tool", "change", "afar", "--name", "Near"]);
    assert_eq!(
        (&renamed["name"], &renamed["timeout"]),
        (&json!("Near"), &json!(300))
    );
    profile.json(&["tool", "test", "near"]);
    profile.json(&["tool", "change", "near", "--no-key"]);
    let nobody = profile.run(&["--json", "tool", "test", "near"]);
    nobody.failed(5, "tool_key_wanted");

    // Another address is another server.
    let moved = format!("{}/elsewhere", host.url());
    let document = profile.json(&["tool", "change", "near", "--url", &moved]);
    assert_eq!(document["forgotten"], true);
    assert_eq!(listed(&profile).0["tools"], json!([]));
}

#[test]
fn headers_are_changed_one_by_one_and_go_to_no_other_place() {
    let runtime = runtime();
    let host = runtime.block_on(ToolHost::start(Manner::Well));
    let profile = Profile::with_cheap_passphrase().set_up();
    let add = [
        "tool",
        "add",
        "Afar",
        "--url",
        &host.url(),
        "--headers-fd",
        "3",
    ];
    with(&profile, "x-team=blue\nx-floor=one\n", &add).ok();
    let change = ["tool", "change", "afar", "--headers-fd", "3"];
    with(&profile, "X-Team=red\n", &change).ok();
    profile.json(&["tool", "change", "afar", "--no-header", "X-Floor"]);
    profile.json(&["tool", "test", "afar"]);
    let sent = host.seen().pop().unwrap();
    assert_eq!(
        (sent.header("x-team"), sent.header("x-floor")),
        (Some("red"), None)
    );
    let headers = || listed(&profile).0["transport"]["headers"].clone();
    assert_eq!(headers(), json!(["x-team"]));
    let change = |url: &str| profile.json(&["tool", "change", "afar", "--url", url]);
    change(&format!("{}/more", host.url()));
    assert_eq!(headers(), json!(["x-team"]), "the same place");
    let elsewhere = runtime.block_on(ToolHost::start(Manner::Well));
    change(&elsewhere.url());
    assert_eq!(headers(), Value::Null);
    profile.json(&["tool", "test", "afar"]);
    let seen = elsewhere.seen();
    assert!(
        seen.iter().all(|it| it.header("x-team").is_none()),
        "{seen:?}"
    );
}

#[test]
fn values_of_an_environment_are_changed_one_by_one() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let seen = profile.world().join("seen");
    let shell = shell_server(&format!("echo '[{}]'", definition("t", "d")), "echo x");
    let script = format!("env > {}; {}", seen.display(), shell.arguments[1]);
    let add = [
        "tool", "add", "Shell", "--env-fd", "3", "--", "sh", "-c", &script,
    ];
    with(&profile, "TOKEN=old-1\nOTHER=stays\n", &add).ok();
    let environment = || {
        profile.json(&["tool", "test", "shell"]);
        std::fs::read_to_string(&seen).unwrap()
    };
    assert!(environment().contains("TOKEN=old-1\n"));
    profile.json(&["tool", "policy", "Shell/t", "always"]);
    let change = ["tool", "change", "shell", "--env-fd", "3"];
    with(&profile, "TOKEN=new-2\n", &change).ok();
    let now = environment();
    assert!(
        now.contains("TOKEN=new-2\n") && now.contains("OTHER=stays\n"),
        "{now}"
    );
    assert_eq!(listed(&profile).1, "always");

    profile.json(&["tool", "change", "shell", "--no-env", "OTHER"]);
    let now = environment();
    assert!(
        now.contains("TOKEN=new-2\n") && !now.contains("OTHER"),
        "{now}"
    );
    assert_eq!(listed(&profile).1, "always", "it is the same program");

    let other = profile.json(&["tool", "change", "shell", "--", "sh", "-c", &script, "more"]);
    assert_eq!(other["host"], Value::Null);
    let (server, _) = listed(&profile);
    assert_eq!(server["transport"]["arguments"][2], "more");
    assert!(
        environment().contains("TOKEN=new-2\n"),
        "it keeps its values"
    );
}

#[test]
fn wrong_changes_end_with_two_and_change_nothing() {
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["tool", "add", "Shell", "--", "sh", "-c", "exit"]);
    profile.json(&["tool", "add", "Afar", "--url", "http://127.0.0.1:9/mcp"]);
    let before = profile.json(&["tool", "list"]);
    let wrong: &[(&[&str], &str)] = &[
        (&["shell"], "usage"),
        (&["nowhere", "--timeout", "60"], "not_found"),
        (&["shell", "--timeout", "4"], "tool_timeout"),
        (&["shell", "--timeout", "3601"], "tool_timeout"),
        (&["shell", "--timeout", "long"], "usage"),
        (&["shell", "--name", "Afar"], "name_taken"),
        (&["shell", "--name", ""], "invalid_name"),
        (&["shell", "--no-key"], "usage"),
        (&["shell", "--key-header", "x-key"], "usage"),
        (&["shell", "--no-env", "TOKEN"], "usage"),
        (
            &["shell", "--", "no-such-program-at-all"],
            "program_missing",
        ),
        (&["shell", "--", "bin/sh"], "program_relative"),
        (
            &["shell", "--url", "http://tools.example/mcp"],
            "insecure_origin",
        ),
        (&["afar", "--no-env", "TOKEN"], "usage"),
        (&["afar", "--no-header", "x-key"], "usage"),
        (
            &["afar", "--url", "http://127.0.0.1:9/x", "--", "sh"],
            "usage",
        ),
        (&["afar", "--key-fd", "17"], "usage"),
    ];
    for (args, code) in wrong {
        let mut command = profile.command(&[&["--json", "tool", "change"], *args].concat());
        command.env("PATH", "/usr/bin:/bin");
        let ran: Ran = profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into();
        ran.failed(2, code);
    }
    assert_eq!(profile.json(&["tool", "list"]), before);
}
