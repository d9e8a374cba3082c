//! A server of others hears and speaks, and knows nothing of this project.

use serde_json::Value;

use crate::aimock::Aimock;
use crate::cli::text;
use crate::support::Profile;

#[test]
fn a_server_of_others_hears_and_speaks() {
    let server = Aimock::start();
    let profile = Profile::with_cheap_passphrase().set_up();
    let added = profile.json(&["source", "add", "mock", "--url", &server.base_url()]);
    assert_eq!(added["error"], Value::Null, "{added}");
    let recording = profile.world().join("note.mp3");
    std::fs::write(&recording, b"ID3 sound").unwrap();
    let recording = recording.to_str().unwrap();
    let state = profile.json(&[
        "voice",
        "set",
        "--dictation",
        "mock:gpt-4o-transcribe",
        "--reading",
        "mock:gpt-4o-mini-tts",
    ]);
    profile.json(&["voice", "agree", text(&state["dictation"]["host"])]);
    let heard = profile.json(&["voice", "transcribe", recording]);
    assert_eq!(text(&heard["text"]), "Where is the lighthouse?");

    let said = profile.world().join("said.mp3");
    let path = said.to_str().unwrap();
    let spoken = profile.json(&["voice", "speak", "By the *sea*.", "--out", path]);
    assert_eq!(spoken["media_type"], "audio/mpeg");
    assert_eq!(std::fs::read(&said).unwrap(), b"ID3 by the sea");
    // Control arm: other words are not what it has a sound for.
    let other = profile.world().join("other.mp3");
    let refused = [
        "--json",
        "voice",
        "speak",
        "Inland.",
        "--out",
        other.to_str().unwrap(),
    ];
    refused_by(&profile, &refused);
    assert!(!other.exists());
}

fn refused_by(profile: &Profile, args: &[&str]) {
    let error = profile.run(args).json();
    let code = error["error"]["code"].as_str().unwrap_or_default();
    assert!(code.starts_with("remote_"), "{error}");
}
