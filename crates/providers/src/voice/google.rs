//! Sound as Gemini has it: a recording is a part of a question, speech is a part of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use fluxchat_egress::{Call, Credential};
use fluxchat_model::{SoundFormat, Source};
use serde_json::{Value, json};

use super::{SpeechRequest, Spoken, Transcription, TranscriptionRequest, heard};
use crate::ProviderError;
use crate::gemini::usage;
use crate::json::{each, text, word};
use crate::normalise::RemoteError;
use crate::wire::{Body, Optional, base64, instead, unexpected};

const OPTIONAL: &[Optional] = &[("generationConfig.temperature", &[])];
/// The rate of samples that come without one.
const USUAL_RATE: u32 = 24_000;

pub(super) fn call(model: &str) -> Call {
    Call::GenerateWhole {
        model: model.strip_prefix("models/").unwrap_or(model).to_owned(),
    }
}

pub(super) fn transcription(source: &Source, request: &TranscriptionRequest) -> Body {
    let mut asked = "Write down what is said in this recording, word for word and in the language \
                     it is said in. Answer with these words alone; if nobody speaks, with nothing."
        .to_owned();
    if let Some(language) = &request.language {
        asked.push_str(&format!(" The language is “{language}” (ISO 639-1)."));
    }
    let media_type = match request.format {
        SoundFormat::Mp3 => "audio/mp3",
        other => other.media_type(),
    };
    let recording = json!({"inlineData": {"mimeType": media_type, "data": base64(&request.bytes)}});
    let mut body = Body::new(OPTIONAL);
    body.set(
        "contents",
        json!([{"role": "user", "parts": [{"text": asked}, recording]}]),
    );
    body.set("generationConfig", json!({"temperature": 0}));
    body.protect(source, false);
    body
}

pub(super) fn speech(source: &Source, request: &SpeechRequest) -> Body {
    let voice = json!({"prebuiltVoiceConfig": {"voiceName": request.voice}});
    let mut body = Body::new(OPTIONAL);
    body.set(
        "contents",
        json!([{"role": "user", "parts": [{"text": request.text}]}]),
    );
    body.set(
        "generationConfig",
        json!({"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": voice}}),
    );
    body.protect(source, false);
    body
}

/// The words of an answer. One that says nothing says that nobody spoke.
pub(super) fn heard(
    said: &[u8],
    credential: Option<&Credential>,
) -> Result<Transcription, ProviderError> {
    let json = answer(said, credential)?;
    let candidate = candidate(&json, credential)?;
    let words: String = each(candidate.pointer("/content/parts"))
        .filter(|part| part.get("thought").and_then(Value::as_bool) != Some(true))
        .map(|part| text(part, "text"))
        .collect();
    // Half a transcript is none: what is missing could not be seen.
    if word(candidate, "finishReason") == Some("MAX_TOKENS") {
        return Err(ProviderError::Interrupted { how: "" });
    }
    Ok(Transcription {
        text: heard::plain(&words).trim().to_owned(),
        usage: json.get("usageMetadata").and_then(usage),
        seconds: None,
    })
}

/// The sound of an answer: samples of 16 bit, least byte first, or a file of newer models.
pub(super) fn spoken(
    said: &[u8],
    credential: Option<&Credential>,
) -> Result<Spoken, ProviderError> {
    let json = answer(said, credential)?;
    let mut kind = "";
    let mut bytes = Vec::new();
    for part in each(candidate(&json, credential)?.pointer("/content/parts")) {
        let Some(blob) = part.get("inlineData") else {
            continue;
        };
        kind = word(blob, "mimeType").unwrap_or(kind);
        let sound = STANDARD.decode(text(blob, "data"));
        bytes.extend(sound.map_err(|_| instead("It sent sound that cannot be read."))?);
    }
    if bytes.is_empty() {
        return Err(instead("It sent no sound."));
    }
    let is_samples = ["audio/l16", "audio/pcm"]
        .iter()
        .any(|name| kind.to_ascii_lowercase().starts_with(name));
    Ok(Spoken {
        bytes: Bytes::from(bytes),
        samples_at: is_samples.then(|| rate(kind)),
    })
}

fn answer(said: &[u8], credential: Option<&Credential>) -> Result<Value, ProviderError> {
    let json: Value = serde_json::from_slice(said)
        .map_err(|_| unexpected(&String::from_utf8_lossy(said), credential))?;
    match RemoteError::from_frame(&json) {
        Some(error) => Err(error.classify(200, None, credential)),
        None => Ok(json),
    }
}

/// What was answered, or why nothing was.
fn candidate<'a>(
    json: &'a Value,
    credential: Option<&Credential>,
) -> Result<&'a Value, ProviderError> {
    let refused = |reason: &str| {
        let error = RemoteError {
            message: reason.to_owned(),
            kind: "content_policy".to_owned(),
            ..RemoteError::default()
        };
        error.classify(200, None, credential)
    };
    if let Some(reason) = json
        .pointer("/promptFeedback/blockReason")
        .and_then(Value::as_str)
    {
        return Err(refused(reason));
    }
    let candidate = each(json.get("candidates")).next();
    let candidate = candidate.ok_or_else(|| instead("It sent a document that is no answer."))?;
    match word(candidate, "finishReason") {
        Some(reason @ ("SAFETY" | "RECITATION" | "PROHIBITED_CONTENT" | "BLOCKLIST" | "SPII")) => {
            Err(refused(reason))
        }
        _ => Ok(candidate),
    }
}

fn rate(kind: &str) -> u32 {
    let told = kind
        .split(';')
        .filter_map(|it| it.trim().strip_prefix("rate="))
        .find_map(|it| it.parse().ok());
    told.filter(|rate| (8_000..=192_000).contains(rate))
        .unwrap_or(USUAL_RATE)
}
