//! Wrong addresses, and servers that do not behave.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use crate::cli::{add_source, interrupt, owner, shown, text};
use crate::support::{Profile, runtime};

#[test]
fn an_address_that_cannot_be_used_is_explained() {
    let profile = Profile::with_cheap_passphrase().set_up();
    for (url, code) in [
        ("", "url_empty"),
        ("   ", "url_empty"),
        ("not an address", "url_invalid"),
        ("http://", "url_invalid"),
        ("ftp://example.com/v1", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"),
        ("javascript:alert(1)", "url_scheme"),
        ("https://me:secret-word@example.com/v1", "url_userinfo"),
        ("https://example.com/v1?key=secret-word", "url_query"),
        ("https://example.com/v1#secret-word", "url_fragment"),
        ("http://example.com/v1", "insecure_origin"),
        ("http://8.8.8.8/v1", "insecure_origin"),
        ("http://169.254.169.254/latest", "url_unusable_host"),
        ("http://0.0.0.0:8080/v1", "url_unusable_host"),
        ("http://127.0.0.1:99999/v1", "url_invalid"),
        ("https://exa mple.com", "url_invalid"),
    ] {
        let ran = profile.run(&["--json", "source", "add", "x", &format!("--url={url}")]);
        let error = ran.failed(2, code);
        assert!(!error.to_string().contains("secret-word"), "{error}");
    }
    assert_eq!(
        profile.json(&["source", "list"]).as_array().map(Vec::len),
        Some(1),
        "none of them was added"
    );
    let ledger = profile.json(&["privacy", "ledger"]);
    assert_eq!(ledger, json!([]), "and nobody was asked");
}

/// What a server may do wrong, and what is said about it.
pub fn misbehaviours(
    elsewhere: &Recorder,
) -> Vec<(&'static str, Answer, &'static str, &'static str)> {
    let page = "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>";
    let error = |kind: &str, code: &str| {
        json!({"error": {"message": "the server's own words", "type": kind, "code": code}})
            .to_string()
    };
    let plain = |status, text: String| Answer::Plain(status, "application/json", text);
    vec![
        (
            "a web page",
            Answer::Plain(200, "text/html", page.into()),
            "remote_unexpected_answer",
            "",
        ),
        (
            "a web page of a proxy",
            Answer::Plain(502, "text/html", page.into()),
            "remote_unavailable",
            "",
        ),
        (
            "half a stream",
            Answer::Cut(vec!["half ".into(), "of it".into()]),
            "remote_interrupted",
            "half of it",
        ),
        (
            "an empty stream",
            Answer::Plain(200, "text/event-stream", String::new()),
            "remote_interrupted",
            "",
        ),
        (
            "broken JSON",
            Answer::Plain(200, "application/json", "{\"choi".into()),
            "remote_unexpected_answer",
            "",
        ),
        (
            "401",
            plain(401, error("authentication_error", "invalid_api_key")),
            "remote_unauthorized",
            "",
        ),
        (
            "402",
            plain(402, error("insufficient_quota", "insufficient_quota")),
            "remote_quota",
            "",
        ),
        (
            "403",
            plain(403, error("permission_error", "forbidden")),
            "remote_forbidden",
            "",
        ),
        (
            "404",
            plain(404, error("not_found_error", "model_not_found")),
            "remote_not_found",
            "",
        ),
        (
            "400",
            plain(400, error("invalid_request_error", "bad")),
            "remote_bad_request",
            "",
        ),
        (
            "too long",
            plain(
                400,
                error("invalid_request_error", "context_length_exceeded"),
            ),
            "remote_context_too_long",
            "",
        ),
        (
            "429",
            plain(429, error("rate_limit_error", "rate_limit_exceeded")),
            "remote_rate_limited",
            "",
        ),
        (
            "500",
            plain(500, error("server_error", "oops")),
            "remote_unavailable",
            "",
        ),
        (
            "a redirect",
            Answer::Redirect(307, format!("{}/chat/completions", elsewhere.base_url())),
            "remote_redirect",
            "",
        ),
    ]
}

#[test]
fn a_server_that_misbehaves_costs_nothing_but_the_answer() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let elsewhere = runtime.block_on(Recorder::start_at(
        "127.0.0.2",
        Answer::Words(vec!["no".into()]),
    ));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    for (what, answer, code, partial) in misbehaviours(&elsewhere) {
        server.answer(answer);
        let question = format!("question about {what}");
        let ran = profile.run(&["--json", "ask", &question, "--source", "rec"]);
        let error = ran.failed(5, code);
        let document = ran.json();
        assert_eq!(document["status"], "failed", "{what}");
        assert_eq!(
            text(&document["text"]),
            partial,
            "{what}: what arrived is kept"
        );
        let kept = if partial.is_empty() {
            "Your question was kept."
        } else {
            "Your question and what had arrived were kept."
        };
        assert_eq!(error["kept"], kept, "{what}");
        assert!(
            !error.to_string().contains('<'),
            "{what}: no markup is repeated: {error}"
        );
        let id = text(&document["conversation_id"]);
        let messages = shown(&profile, id);
        assert_eq!(messages[0].2, question, "{what}");
        assert_eq!(
            (messages[1].1.as_str(), messages[1].2.as_str()),
            ("failed", partial),
            "{what}"
        );

        // Trying again in the same conversation works as soon as the server does.
        server.answer(Answer::Words(vec!["better ".into(), "now".into()]));
        let again = profile.json(&["ask", "try again", "--conversation", id]);
        assert_eq!(again["text"], "better now", "{what}");
    }
    assert!(elsewhere.seen().is_empty(), "the redirect was not followed");
    let verified = profile.json(&["privacy", "verify"]);
    assert_eq!(verified["holds"], true);
    let ledger = profile.json(&["privacy", "ledger"]);
    let said = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["outcome"] != "blocked")
        .count();
    assert_eq!(
        said,
        server.seen().len(),
        "every request, the repeated ones included, has its row"
    );
}

#[test]
fn a_server_that_answers_in_one_piece_is_understood() {
    let runtime = runtime();
    let whole = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "recorder-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "all at once"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    });
    let answer = Answer::Plain(200, "application/json", whole.to_string());
    let server = runtime.block_on(Recorder::start(answer));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let asked = profile.json(&["ask", "hello", "--source", "rec"]);
    assert_eq!(
        (&asked["text"], &asked["usage"]["output_tokens"]),
        (&json!("all at once"), &json!(4))
    );
}

#[test]
fn a_server_that_repeats_the_key_does_not_get_it_shown() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    // Three processes would ask for descriptors here; a file is one as well.
    let key = format!("sk-{}", fluxchat_testkit::canary());
    let file = profile.world().join("key");
    std::fs::write(&file, &key).unwrap();
    let url = server.base_url();
    let command = profile.command(&[
        "--json", "source", "add", "rec", "--url", &url, "--key-fd", "3",
    ]);
    let script = format!("exec 3<'{}'; exec \"$0\" \"$@\"", file.display());
    let mut command = crate::support::wrapped(&command, &["env"], &script);
    let added = profile.start(&mut command).wait_with_output().unwrap();
    assert!(
        added.status.success(),
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    std::fs::remove_file(&file).unwrap();

    let body = json!({"error": {"message": format!("Incorrect API key provided: {key}"), "code": "invalid_api_key"}});
    server.answer(Answer::Plain(401, "application/json", body.to_string()));
    let ran = profile.run(&["--json", "ask", "hello", "--source", "rec"]);
    ran.failed(5, "remote_unauthorized");
    assert!(
        !ran.stdout.contains(&key) && !ran.stderr.contains(&key),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_server_that_is_gone_or_silent_loses_nothing() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Hang(vec!["slow".into()])));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let mut asking = owner(&profile, "rec", "slow");
    interrupt(&asking);
    assert_eq!(
        asking.wait().unwrap().code(),
        Some(1),
        "a silent server can be left at any time"
    );

    // A server that dies while it answers.
    let mut asking = owner(&profile, "rec", "slow");
    drop(runtime);
    assert_eq!(asking.wait().unwrap().code(), Some(5));
    let ran = profile.run(&["--json", "ask", "anybody there?", "--source", "rec"]);
    ran.failed(5, "remote_unreachable");
    let ledger = profile.json(&["privacy", "ledger"]);
    let outcomes: Vec<&Value> = ledger
        .as_array()
        .unwrap()
        .iter()
        .take(3)
        .map(|row| &row["outcome"])
        .collect();
    assert_eq!(
        outcomes,
        [&json!("failed"), &json!("failed"), &json!("cancelled")]
    );
    assert_eq!(
        ledger[0]["bytes_out"], 0,
        "nothing left towards a server that is not there"
    );
    assert_eq!(
        profile.json(&["history", "list"]).as_array().map(Vec::len),
        Some(3)
    );
}
