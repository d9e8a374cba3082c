//! What is asked of services that hear and speak in their own way, and what they answer, held
//! against the types they publish. No service was asked.

use std::path::Path;

use bytes::Bytes;
use fluxchat_egress::Payload;
use fluxchat_model::{Dialect, SoundFormat, Source};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::heard::Heard;
use super::{SpeechRequest, TranscriptionRequest, google, sound, speech, transcription_form};
use crate::hosts;
use crate::sample::source;

fn schema(name: &str) -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/wire/specs/voice-services.schema.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["$ref"] = json!(format!("#/$defs/{name}"));
    jsonschema::validator_for(&json).unwrap()
}

fn holds(name: &str, json: &Value) {
    let schema = schema(name);
    let complaints: Vec<String> = schema
        .iter_errors(json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(complaints.is_empty(), "{name}: {complaints:#?}\n{json:#}");
    let mut odd = json.clone();
    odd["fluxchat"] = json!(1);
    assert!(!schema.is_valid(&odd), "control arm: {name}");
}

fn words() -> SpeechRequest {
    SpeechRequest {
        model: "m".to_owned(),
        voice: "v".to_owned(),
        text: "Hello.".to_owned(),
        speed: Some(1.25),
        format: SoundFormat::Mp3,
    }
}

fn written(source: &Source) -> Value {
    let body = speech(source, &words()).to_bytes().unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// The form as a document: each field as text.
fn form(source: &Source) -> Value {
    let request = TranscriptionRequest {
        model: "m".to_owned(),
        language: Some("de".to_owned()),
        format: SoundFormat::Wav,
        bytes: Bytes::from_static(b"RIFF"),
    };
    let streams = hosts::streams_transcripts(source, &request.model);
    let Payload::Form { boundary, bytes } = transcription_form(&request, streams) else {
        panic!("a form");
    };
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut fields = Map::new();
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        let (_, name) = head.split_once("name=\"").unwrap();
        let (name, _) = name.split_once('"').unwrap();
        fields.insert(name.to_owned(), json!(value.trim_end()));
    }
    Value::Object(fields)
}

#[test]
fn mistral_is_asked_as_it_publishes() {
    let source = source(Some("api.mistral.ai"), Dialect::Openai);
    let body = written(&source);
    holds("MistralSpeech", &body);
    assert_eq!(body.get("speed"), None, "it knows none");
    let body = form(&source);
    holds("MistralTranscription", &body);
    assert_eq!(body.get("stream"), None);
}

#[test]
fn groq_is_asked_as_it_publishes() {
    let source = source(Some("api.groq.com"), Dialect::Openai);
    let body = written(&source);
    holds("GroqSpeech", &body);
    assert_eq!(body["speed"], json!(1.25));
    holds("GroqTranscription", &form(&source));
}

#[test]
fn gemini_is_asked_as_google_publishes() {
    let source = source(Some("generativelanguage.googleapis.com"), Dialect::Gemini);
    let body = google::speech(&source, &words()).to_bytes().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    holds("GoogleSpeech", &body["generationConfig"]);
    assert_eq!(body["store"], json!(false));
}

#[test]
fn what_they_answer_is_read() {
    let spoken = json!({"audio_data": "SUQz"});
    holds("MistralSpoken", &spoken);
    let bytes = Bytes::from(spoken.to_string());
    assert_eq!(sound(bytes, true, None).unwrap(), "ID3");
    let mistral = json!({"model": "voxtral-mini-latest", "text": "Hello.", "language": null,
        "segments": [], "usage": {"prompt_audio_seconds": 3, "prompt_tokens": 4,
        "completion_tokens": 2, "total_tokens": 381}});
    let groq = json!({"text": " Hello.", "x_groq": {"id": "req_1"}});
    for (name, answer, seconds) in [
        ("MistralTranscript", mistral, Some(3.0)),
        ("GroqTranscript", groq, None),
    ] {
        holds(name, &answer);
        let mut heard = Heard::new(Some("application/json"), None);
        assert!(
            heard
                .push(answer.to_string().as_bytes(), &mut |_| {})
                .is_none()
        );
        let heard = heard.finish(&mut |_| {}).unwrap();
        assert_eq!((heard.text.as_str(), heard.seconds), ("Hello.", seconds));
    }
}
