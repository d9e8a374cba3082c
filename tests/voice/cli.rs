//! The command line, from a fresh home.

use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::json;

use crate::cli::{add_source, text};
use crate::support::{Profile, runtime};

#[test]
fn a_file_becomes_words_and_words_a_file() {
    let runtime = runtime();
    let answers = Answer::ByPath(vec![
        (
            "/transcriptions",
            Answer::Plain(200, "application/json", r#"{"text":"Hello there."}"#.into()),
        ),
        ("/speech", Answer::Bytes("audio/mpeg", b"ID3 one".to_vec())),
    ]);
    let server = runtime.block_on(Recorder::start(answers));
    let profile = Profile::with_cheap_passphrase().set_up();
    add_source(&profile, "rec", &server);
    let recording = profile.world().join("note.mp3");
    std::fs::write(&recording, b"ID3 sound").unwrap();
    let recording = recording.to_str().unwrap();
    let sound = profile.world().join("said.mp3");
    let said = sound.to_str().unwrap();

    let run = |args: &[&str]| profile.run(&[&["--json"], args].concat());
    run(&["voice", "transcribe", recording]).failed(2, "voice_not_chosen");
    let state = profile.json(&[
        "voice",
        "set",
        "--dictation",
        "rec:whisper-1",
        "--reading",
        "rec:tts-1",
    ]);
    assert_eq!(state["dictation"]["host"], server.host());
    assert_eq!(state["agreed"], false);
    run(&["voice", "transcribe", recording]).failed(4, "voice_not_agreed");
    run(&["privacy", "consent", "give", "svc.transcription"]).failed(2, "consent_where_used");
    let audio = || {
        let seen = server.seen().into_iter();
        seen.filter(|it| it.path.contains("/audio/")).count()
    };
    assert_eq!(audio(), 0);
    let state = profile.json(&["voice", "agree", server.host()]);
    assert_eq!(state["agreed"], true);
    let heard = profile.json(&["voice", "transcribe", recording, "--language", "en"]);
    assert_eq!(text(&heard["text"]), "Hello there.");
    run(&["--offline", "voice", "transcribe", recording]).failed(4, "offline");

    let spoken = profile.json(&["voice", "speak", "Some **words**.", "--out", said]);
    assert_eq!(spoken["media_type"], "audio/mpeg");
    assert_eq!(std::fs::read(&sound).unwrap(), b"ID3 one");
    run(&["voice", "speak", "Again.", "--out", said]).failed(2, "usage");
    assert_eq!(
        audio(),
        2,
        "a file that is there is not written over, and nothing is paid for"
    );
    let body: serde_json::Value =
        serde_json::from_str(&server.seen().last().unwrap().body).unwrap();
    assert_eq!(
        body,
        json!({"model": "tts-1", "input": "Some words.", "voice": "alloy", "response_format": "mp3"})
    );
    let asked = profile.json(&["ask", "What is the ledger?", "--source", "sandbox"]);
    let message = text(&asked["message_id"]);
    let other = profile.world().join("message.mp3");
    profile.json(&[
        "voice",
        "speak",
        "--message",
        message,
        "--out",
        other.to_str().unwrap(),
    ]);
    assert!(std::fs::read(&other).unwrap().starts_with(b"ID3"));
    run(&["privacy", "consent", "withdraw", "svc.transcription"]).ok();
    run(&["voice", "transcribe", recording]).failed(4, "voice_not_agreed");
}
