//! Recordings to words and words to speech: as published, and against servers that do as they like.

use std::sync::Arc;

use bytes::Bytes;
use fluxchat_egress::{Credential, Ctx, HeaderKind};
use fluxchat_model::{DataCategory, Dialect, Origin, Purpose, Secret, SoundFormat, Source};
use fluxchat_providers::{
    ProviderError, SpeechRequest, Transcription, TranscriptionRequest, speak, speaks_voice,
    transcribe,
};
use http_body_util::Full;
use serde_json::{Map, Value, json};

use crate::published::complaints;
use crate::source::source;
use crate::support::{MemoryLedger, Server, door, door_with, json as answer};

fn schema(name: &str) -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/specs/openai-audio.schema.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut all: Value = serde_json::from_str(&text).unwrap();
    all["$ref"] = json!(format!("#/$defs/{name}"));
    jsonschema::validator_for(&all).unwrap()
}

fn recording() -> TranscriptionRequest {
    TranscriptionRequest {
        model: "gpt-4o-transcribe".to_owned(),
        language: Some("en".to_owned()),
        format: SoundFormat::Wav,
        bytes: Bytes::from_static(b"RIFF\0\0\r\n--fluxchat-form-0\r\n"),
    }
}

fn words() -> SpeechRequest {
    SpeechRequest {
        model: "tts-1".to_owned(),
        voice: "alloy".to_owned(),
        text: "Hello.".to_owned(),
        speed: Some(1.25),
        format: SoundFormat::Mp3,
    }
}

fn hears() -> Ctx {
    Ctx::new(
        Purpose::Transcription,
        &[DataCategory::Voice, DataCategory::Parameters],
    )
}

fn says() -> Ctx {
    Ctx::new(
        Purpose::Speech,
        &[DataCategory::Content, DataCategory::Parameters],
    )
}

/// What a form says, its files as `file`.
fn fields(kind: &str, body: &str) -> Value {
    let line = kind.split_once("boundary=").unwrap().1;
    let mut all = Map::new();
    for part in body.split(&format!("--{line}\r\n")).skip(1) {
        let (head, value) = part.split_once("\r\n\r\n").unwrap();
        let name = head
            .split("name=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let value = value.split(&format!("\r\n--{line}--")).next().unwrap();
        let value = value.strip_suffix("\r\n").unwrap_or(value);
        let value = if name == "stream" {
            json!(value == "true")
        } else {
            json!(value)
        };
        all.insert(name.to_owned(), value);
    }
    Value::Object(all)
}

/// What is sent to a host, whatever it answers.
async fn sent(request: TranscriptionRequest) -> (String, Value) {
    let seen = Arc::new(std::sync::Mutex::new(None));
    let kept = Arc::clone(&seen);
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, move |request: http::Request<Full<Bytes>>| {
        let kept = Arc::clone(&kept);
        async move {
            let (head, body) = request.into_parts();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .unwrap()
                .to_bytes();
            *kept.lock().unwrap() = Some((head, body));
            http::Response::new(Full::new(Bytes::from_static(b"{\"text\":\"hi\"}")))
        }
    });
    let mut source = source(None);
    source.dialect = Dialect::Openai;
    transcribe(&door, &source, None, hears(), request, |_| {})
        .await
        .unwrap();
    let (head, body) = seen.lock().unwrap().take().unwrap();
    let kind = head.headers["content-type"].to_str().unwrap().to_owned();
    (
        head.uri.to_string(),
        fields(&kind, &String::from_utf8_lossy(&body)),
    )
}

#[tokio::test]
async fn what_is_asked_is_as_published() {
    let schema = schema("CreateTranscriptionRequest");
    let (path, body) = sent(recording()).await;
    assert_eq!(path, "/v1/audio/transcriptions");
    assert_eq!(complaints(&schema, &body), [""; 0]);
    assert_eq!(body["model"], "gpt-4o-transcribe");
    assert!(
        body["file"].as_str().unwrap().contains("--fluxchat-form-0"),
        "{body}"
    );
    let mut broken = body.clone();
    broken["languge"] = json!("en");
    assert!(!complaints(&schema, &broken).is_empty(), "the control arm");
}

async fn heard(
    script: crate::support::Script,
) -> (Result<Transcription, ProviderError>, Vec<String>) {
    let server = Server::start(vec![script]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let source = source(Some(server.origin()));
    let mut told = Vec::new();
    let result = transcribe(
        &door(&ledger),
        &source,
        None,
        hears(),
        recording(),
        |words| {
            told.push(words.to_owned());
        },
    )
    .await;
    (result, told)
}

#[tokio::test]
async fn answers_of_every_kind() {
    let tokens = r#"{"text":"Hello there.","usage":{"type":"tokens","input_tokens":14,"output_tokens":4,"total_tokens":18}}"#;
    let good: Value = serde_json::from_str(tokens).unwrap();
    assert_eq!(
        complaints(&schema("CreateTranscriptionResponseJson"), &good),
        [""; 0]
    );
    let (result, _) = heard(answer("200 OK", "", tokens)).await;
    let result = result.unwrap();
    assert_eq!(result.text, "Hello there.");
    assert_eq!(
        result
            .usage
            .map(|usage| (usage.input_tokens, usage.output_tokens)),
        Some((14, 4))
    );

    let (result, _) = heard(answer(
        "200 OK",
        "",
        r#"{"text":" a\u001b[2Jb\u202e ","duration":2.5}"#,
    ))
    .await;
    let result = result.unwrap();
    assert_eq!((result.text.as_str(), result.seconds), ("a[2Jb", Some(2.5)));

    for (body, code) in [
        ("{}", "remote_unexpected_answer"),
        ("", "remote_unexpected_answer"),
        ("<html>", "remote_unexpected_answer"),
        (r#"{"text":7}"#, "remote_unexpected_answer"),
        (
            r#"{"error":{"message":"m","code":"invalid_api_key"}}"#,
            "remote_unauthorized",
        ),
    ] {
        let (result, _) = heard(answer("200 OK", "", body)).await;
        assert_eq!(result.unwrap_err().code(), code, "{body}");
    }
}

#[tokio::test]
async fn a_transcript_may_come_in_pieces_and_half_of_one_is_none() {
    let frame = |json: &str| format!("data: {json}\n\n");
    let delta = r#"{"type":"transcript.text.delta","delta":"Hel"}"#;
    let done = r#"{"type":"transcript.text.done","text":"Hello.","usage":{"type":"tokens","input_tokens":1,"output_tokens":2,"total_tokens":3}}"#;
    for (name, json) in [
        ("TranscriptTextDeltaEvent", delta),
        ("TranscriptTextDoneEvent", done),
    ] {
        assert_eq!(
            complaints(&schema(name), &serde_json::from_str(json).unwrap()),
            [""; 0]
        );
    }
    let say =
        |text: String| crate::support::Script::Say(crate::source::sse(text.as_bytes()).to_vec());
    let (result, told) = heard(say(frame(delta) + &frame(done))).await;
    assert_eq!(result.unwrap().text, "Hello.");
    assert_eq!(told, ["Hel"]);
    let (result, _) = heard(say(frame(delta))).await;
    assert_eq!(result.unwrap_err().code(), "remote_interrupted");
}

#[tokio::test]
async fn words_are_spoken_as_published_and_only_sound_is_sound() {
    let schema = schema("CreateSpeechRequest");
    let sound = |kind: &str, body: &str| {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        crate::support::Script::Say(head.into_bytes())
    };
    let server = Server::start(vec![sound("audio/mpeg", "ID3 sound")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let source = source(Some(server.origin()));
    let spoken = speak(&door(&ledger), &source, None, says(), &words())
        .await
        .unwrap();
    assert_eq!(&spoken.bytes[..], b"ID3 sound");
    assert_eq!(spoken.samples_at, None, "a file");
    let body: Value = serde_json::from_slice(&server.seen()[0].body).unwrap();
    assert_eq!(complaints(&schema, &body), [""; 0]);
    assert_eq!(
        body,
        json!({"model": "tts-1", "input": "Hello.", "voice": "alloy", "response_format": "mp3", "speed": 1.25})
    );
    for (kind, body) in [
        ("application/json", "{}"),
        ("audio/mpeg", ""),
        ("audio/mpeg", "<html>"),
        ("text/plain", "no"),
    ] {
        let server = Server::start(vec![sound(kind, body)]).await;
        let source = crate::source::source(Some(server.origin()));
        let error = speak(
            &door(&Arc::new(MemoryLedger::default())),
            &source,
            None,
            says(),
            &words(),
        )
        .await;
        assert_eq!(
            error.unwrap_err().code(),
            "remote_unexpected_answer",
            "{kind} {body}"
        );
    }
    // A server that does not know the speed is asked once more without it.
    let server = Server::start(vec![
        answer(
            "400 Bad Request",
            "",
            r#"{"error":{"message":"Unknown parameter: speed","param":"speed"}}"#,
        ),
        sound("audio/mpeg", "ID3"),
    ])
    .await;
    let source = crate::source::source(Some(server.origin()));
    speak(&door(&ledger), &source, None, says(), &words())
        .await
        .unwrap();
    let again = String::from_utf8(server.seen()[1].body.clone()).unwrap();
    assert!(!again.contains("speed"), "{again}");
}

#[tokio::test]
async fn a_key_goes_along_and_a_purpose_that_is_another_s_does_not_pass() {
    let server = Server::start(vec![answer("200 OK", "", r#"{"text":"hi"}"#)]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let source = source(Some(server.origin()));
    let key = Credential::new(
        server.origin(),
        HeaderKind::Bearer,
        Secret::new("sk-1".to_owned()),
    );
    let door = door(&ledger);
    transcribe(&door, &source, Some(key), hears(), recording(), |_| {})
        .await
        .unwrap();
    assert_eq!(
        server.seen()[0].header("authorization"),
        Some("Bearer sk-1")
    );
    let refused = transcribe(&door, &source, None, says(), recording(), |_| {}).await;
    assert_eq!(refused.unwrap_err().code(), "purpose_not_allowed");
    let too_much = Ctx::new(Purpose::Transcription, &[DataCategory::Content]);
    let refused = transcribe(&door, &source, None, too_much, recording(), |_| {}).await;
    assert_eq!(refused.unwrap_err().code(), "category_not_allowed");
}

#[test]
fn only_some_dialects_have_ears() {
    let of = |dialect| {
        speaks_voice(&Source {
            dialect,
            ..source(Some(Origin::new("https", "x.example", 443).unwrap()))
        })
    };
    assert!(of(Dialect::Openai) && of(Dialect::Responses) && of(Dialect::Gemini));
    for dialect in [
        Dialect::Fluxchat,
        Dialect::Anthropic,
        Dialect::Interactions,
        Dialect::Ollama,
    ] {
        assert!(!of(dialect), "{dialect:?}");
    }
}

fn gemini(server: &Server) -> Source {
    Source {
        dialect: Dialect::Gemini,
        ..source(Some(server.origin()))
    }
}

#[tokio::test]
async fn gemini_hears_a_recording_as_part_of_a_question() {
    let said = r#"{"candidates":[{"content":{"role":"model","parts":[{"thought":true,"text":"Hm."},{"text":" Guten "},{"text":"Tag.\u202e "}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":320,"candidatesTokenCount":4,"thoughtsTokenCount":2,"totalTokenCount":326},"modelVersion":"m"}"#;
    let server = Server::start(vec![answer("200 OK", "", said)]).await;
    let source = gemini(&server);
    let door = door(&Arc::new(MemoryLedger::default()));
    let request = TranscriptionRequest {
        model: "models/gemini-flash-latest".to_owned(),
        language: Some("de".to_owned()),
        ..recording()
    };
    let heard = transcribe(&door, &source, None, hears(), request, |_| {})
        .await
        .unwrap();
    assert_eq!(heard.text, "Guten Tag.");
    let usage = heard.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens), (320, 6));

    let seen = &server.seen()[0];
    let asked = "/models/gemini-flash-latest:generateContent HTTP/1.1";
    assert!(seen.head.contains(asked), "{}", seen.head);
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let parts = &body["contents"][0]["parts"];
    assert_eq!(parts[1]["inlineData"]["mimeType"], "audio/wav");
    assert_eq!(
        parts[1]["inlineData"]["data"],
        "UklGRgAADQotLWZsdXhjaGF0LWZvcm0tMA0K"
    );
    assert!(parts[0]["text"].as_str().unwrap().contains("“de”"));
    // The same description as for chat.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/specs/google-generate-content.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let published = json!({"contents": body["contents"], "config": body["generationConfig"]});
    assert_eq!(complaints(&schema, &published), [""; 0]);
    let broken = json!({"contents": [{"parts": [{"inline_data": {}}]}], "config": {}});
    assert!(!complaints(&schema, &broken).is_empty(), "the control arm");
}

#[tokio::test]
async fn what_gemini_does_not_hear_is_said() {
    for (body, want) in [
        (
            r#"{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]}"#,
            Ok(""),
        ),
        (r#"{"candidates":[{"finishReason":"STOP"}]}"#, Ok("")),
        (
            r#"{"candidates":[{"content":{"parts":[{"text":"Half"}]},"finishReason":"MAX_TOKENS"}]}"#,
            Err("remote_interrupted"),
        ),
        (
            r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#,
            Err("remote_content_refused"),
        ),
        (
            r#"{"candidates":[{"finishReason":"RECITATION"}]}"#,
            Err("remote_content_refused"),
        ),
        ("{}", Err("remote_unexpected_answer")),
        ("<html>", Err("remote_unexpected_answer")),
        (r#"{"candidates":7}"#, Err("remote_unexpected_answer")),
    ] {
        let server = Server::start(vec![answer("200 OK", "", body)]).await;
        let door = door(&Arc::new(MemoryLedger::default()));
        let heard = transcribe(&door, &gemini(&server), None, hears(), recording(), |_| {}).await;
        let heard = heard.map(|it| it.text).map_err(|error| error.code());
        assert_eq!(heard.as_deref().map_err(|code| *code), want, "{body}");
    }
}

#[tokio::test]
async fn gemini_speaks_samples_and_newer_models_files() {
    let blob = |kind: &str, data: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"inlineData":{{"mimeType":"{kind}","data":"{data}"}}}}],"role":"model"}},"finishReason":"STOP"}}]}}"#
        )
    };
    for (kind, data, want) in [
        ("audio/L16;codec=pcm;rate=24000", "AQD//w==", Some(24_000)),
        ("audio/L16;rate=16000", "AQD//w==", Some(16_000)),
        ("audio/L16", "AQD//w==", Some(24_000)),
        ("audio/pcm;rate=1", "AQD//w==", Some(24_000)),
        ("audio/wav", "AQD//w==", None),
    ] {
        let server = Server::start(vec![answer("200 OK", "", &blob(kind, data))]).await;
        let door = door(&Arc::new(MemoryLedger::default()));
        let spoken = speak(&door, &gemini(&server), None, says(), &words())
            .await
            .unwrap();
        assert_eq!(&spoken.bytes[..], [1, 0, 0xff, 0xff]);
        assert_eq!(spoken.samples_at, want, "{kind}");
        let seen = &server.seen()[0];
        assert!(seen.head.contains("/models/tts-1:generateContent HTTP/1.1"));
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(
            body["generationConfig"],
            json!({"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "alloy"}}}})
        );
        assert_eq!(body["contents"][0]["parts"], json!([{"text": "Hello."}]));
    }
    for body in [
        blob("audio/L16;rate=24000", "not base64"),
        blob("audio/L16;rate=24000", ""),
        r#"{"candidates":[{"content":{"parts":[{"text":"no"}]}}]}"#.to_owned(),
        "ID3".to_owned(),
    ] {
        let server = Server::start(vec![answer("200 OK", "", &body)]).await;
        let door = door(&Arc::new(MemoryLedger::default()));
        let error = speak(&door, &gemini(&server), None, says(), &words()).await;
        assert_eq!(error.unwrap_err().code(), "remote_unexpected_answer");
    }
}

#[tokio::test]
async fn a_service_may_give_sound_within_a_document_and_count_seconds_its_own_way() {
    let body = r#"{"audio_data":"SUQz"}"#;
    let server = Server::start(vec![answer("200 OK", "", body)]).await;
    let source = source(Some(server.origin()));
    let door = door(&Arc::new(MemoryLedger::default()));
    let spoken = speak(&door, &source, None, says(), &words()).await.unwrap();
    assert_eq!(&spoken.bytes[..], b"ID3");
    for empty in [r#"{"audio_data":""}"#, r#"{"audio_data":"!"}"#] {
        let server = Server::start(vec![answer("200 OK", "", empty)]).await;
        let source = crate::source::source(Some(server.origin()));
        let error = speak(&door, &source, None, says(), &words()).await;
        assert_eq!(error.unwrap_err().code(), "remote_unexpected_answer");
    }
    let (heard, _) = heard(answer(
        "200 OK",
        "",
        r#"{"model":"voxtral-mini-2507","text":"Hello.","language":null,"segments":[],"usage":{"prompt_audio_seconds":3,"prompt_tokens":4,"completion_tokens":2,"total_tokens":381}}"#,
    ))
    .await;
    let heard = heard.unwrap();
    assert_eq!((heard.text.as_str(), heard.seconds), ("Hello.", Some(3.0)));
    assert_eq!(heard.usage.map(|it| it.input_tokens), Some(4));
}
