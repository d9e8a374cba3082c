//! The same third-party server asked in the other ways it speaks.

use serde_json::{Value, json};

use crate::aimock::Aimock;
use crate::attachments::{pdf, picture};
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

/// A picture and a document go along in the words of a dialect, and a budget stops them before
/// anything leaves.
fn takes_files(dialect: &str, base: &str, ways: [&str; 2]) {
    let server = Aimock::start();
    let profile = Profile::with_cheap_passphrase().set_up();
    let url = server.url() + base;
    profile.json(&["source", "add", "mock", "--url", &url, "--dialect", dialect]);
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let photo = file("photo.png", &picture("somewhere"));
    let paper = file(
        "paper.pdf",
        &pdf(2, |page| vec![format!("Page {page} is short.")]),
    );
    let ask = |words: &str, more: &[&str]| {
        let asked = ["--json", "ask", words, "--source", "mock", "--model", "m-1"];
        let files = ["--attach", &photo, "--attach", &paper];
        profile.run(&[&asked[..], &files, more].concat())
    };
    let asked = ask("tell me about lighthouses", &[]).ok().json();
    assert_eq!(
        asked["text"],
        "A lighthouse is a tower with a lamp. It warns ships of rocks and shallow water.",
        "{dialect}: what was sent was understood"
    );
    let sent: Vec<_> = (0..2).map(|at| text(&asked["files"][at]["sent"])).collect();
    assert_eq!(sent, ways, "{dialect}");
    // The conversation goes on with them in it.
    let again = profile.json(&[
        "ask",
        "think first",
        "--conversation",
        text(&asked["conversation_id"]),
    ]);
    assert_eq!(again["text"], "Forty-two.");
    assert_eq!(again["files"].as_array().unwrap().len(), 2);

    let questions = || {
        let ledger = profile.json(&["privacy", "ledger"]);
        let rows = ledger.as_array().unwrap().iter();
        rows.filter(|row| row["purpose"] == "svc.chat").count()
    };
    let before = questions();
    // The words alone would cost less than the budget; the files do not.
    profile.json(&[
        "source", "describe", "mock", "m-1", "--input", "1000", "--output", "1000",
    ]);
    profile.json(&["budget", "set", "0.05", "--per", "day"]);
    let short = ["--max-tokens", "20"];
    let stopped = ask("tell me about lighthouses", &short).json();
    assert_eq!(
        stopped["error"]["code"], "budget_reached",
        "{dialect}: {stopped}"
    );
    assert_eq!(questions(), before, "{dialect}: nothing left");
    let bare = [
        "ask",
        "tell me about lighthouses",
        "--source",
        "mock",
        "--model",
        "m-1",
    ];
    let bare: Value = profile.json(&[&bare[..], &short].concat());
    assert_eq!(
        bare["error"],
        json!(null),
        "{dialect}: the control arm: {bare}"
    );
}

#[test]
fn files_in_the_words_of_openai() {
    takes_files("openai", "/v1", ["file", "text"]);
}

#[test]
fn files_in_the_words_of_openai_responses() {
    takes_files("responses", "/v1", ["file", "text"]);
}

#[test]
fn files_in_the_words_of_anthropic() {
    takes_files("anthropic", "", ["file", "file"]);
}

#[test]
fn files_in_the_words_of_gemini() {
    takes_files("gemini", "/v1beta", ["file", "file"]);
}

#[test]
fn files_in_the_words_of_gemini_interactions() {
    takes_files("interactions", "/v1beta", ["file", "file"]);
}

#[test]
fn files_in_the_words_of_ollama() {
    takes_files("ollama", "", ["file", "text"]);
}
