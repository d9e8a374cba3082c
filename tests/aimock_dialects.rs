//! The same third-party server asked in the other ways it speaks.

use serde_json::json;

use crate::aimock::Aimock;
use crate::cli::{shown, text};
use crate::support::Profile;

/// What every way has to bring through the command line. `cut` is what arrives of an answer that
/// breaks off after four frames.
fn spoken(dialect: &str, base: &str, cut: &str) {
    let server = Aimock::start();
    let url = server.base_url().replace("/v1", base);
    let profile = Profile::with_cheap_passphrase().set_up();
    profile.json(&["source", "add", "mock", "--url", &url, "--dialect", dialect]);
    let listed = profile.json(&["source", "list"]);
    let row = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "mock")
        .unwrap();
    assert_eq!(row["dialect"], dialect, "it is kept how to ask");

    let ask = |words: &str| profile.json(&["ask", words, "--source", "mock", "--model", "m-1"]);
    let asked = ask("tell me about lighthouses");
    assert_eq!(
        (&asked["text"], &asked["status"], &asked["error"]),
        (
            &json!(
                "A lighthouse is a tower with a lamp. It warns ships of rocks and shallow water."
            ),
            &json!("complete"),
            &json!(null)
        )
    );
    let thought = ask("think first");
    assert_eq!(thought["text"], "Forty-two.");
    // aimock tells no thoughts by Interactions.
    if dialect != "interactions" {
        assert_eq!(thought["reasoning"], "The question has been asked before.");
    }

    let again = profile.json(&[
        "ask",
        "think first",
        "--conversation",
        text(&asked["conversation_id"]),
        "--source",
        "mock",
        "--model",
        "m-1",
    ]);
    assert_eq!(again["text"], "Forty-two.", "the conversation goes on");

    let fail =
        |words: &str| profile.run(&["--json", "ask", words, "--source", "mock", "--model", "m-1"]);
    fail("too many requests").failed(5, "remote_rate_limited");
    let broken = fail("break off");
    broken.failed(5, "remote_interrupted");
    let kept = shown(&profile, text(&broken.json()["conversation_id"]));
    assert_eq!(
        (kept[0].2.as_str(), kept[1].2.as_str()),
        ("break off", cut),
        "what came is kept"
    );
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}

#[test]
fn openai_responses() {
    // The first frames of this way carry no words.
    spoken("responses", "/v1", "");
}

#[test]
fn gemini_generate_content() {
    spoken("gemini", "/v1beta", "This answer is long enou");
}

#[test]
fn gemini_interactions() {
    spoken("interactions", "/v1beta", "This answer is long enou");
}
