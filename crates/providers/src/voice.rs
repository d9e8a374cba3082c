//! Speech to words and words to speech, as OpenAI publishes it and almost every server repeats it:
//! `POST /audio/transcriptions` with a form, `POST /audio/speech` with JSON. Not every dialect has
//! it; see [`speaks_voice`]. Gemini has sound in its own way (`google`). Neither call has a field by
//! which a person could ask not to be recorded or trained on; what protects them is whom they
//! choose.

mod form;
pub(crate) mod fuzz;
mod google;
mod heard;
#[cfg(test)]
mod published;
mod ways;

use crate::json::word;
use crate::normalise::RemoteError;
use crate::wire::{self, Body, Optional, endpoint, number, read_error, unexpected};
use crate::{ProviderError, hosts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use fluxchat_egress::{Call, Credential, Ctx, Door, Payload, Reply, Response};
use fluxchat_model::{Dialect, SoundFormat, Source, Usage};
use form::Form;
use heard::Heard;
pub use ways::{VoiceNames, speaks_as, voice_names};

/// The longest transcript that is read, in bytes.
const TRANSCRIPT_LIMIT: usize = 1 << 20;
/// The most sound of one request, in bytes.
const SOUND_LIMIT: usize = 48 << 20;

/// A recording that is to become words.
#[derive(Clone, Debug)]
pub struct TranscriptionRequest {
    /// The model, in the words of the source.
    pub model: String,
    /// What is spoken (ISO 639-1), where the person said so.
    pub language: Option<String>,
    /// How the recording is stored.
    pub format: SoundFormat,
    /// The recording.
    pub bytes: Bytes,
}

/// What was said in a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcription {
    /// The words.
    pub text: String,
    /// What it took in tokens, where told.
    pub usage: Option<Usage>,
    /// How many seconds of sound were counted, where told.
    pub seconds: Option<f64>,
}

/// Words that are to be spoken.
#[derive(Clone, Debug)]
pub struct SpeechRequest {
    /// The model, in the words of the source.
    pub model: String,
    /// The voice, in the words of the source.
    pub voice: String,
    /// What is spoken.
    pub text: String,
    /// How fast, where 1 is as usual.
    pub speed: Option<f32>,
    /// How the sound is wanted.
    pub format: SoundFormat,
}

/// Speech.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// A file, or samples.
    pub bytes: Bytes,
    /// Where it is samples alone, one channel of 16 bit with the least byte first: how many of them
    /// are a second.
    pub samples_at: Option<u32>,
}

/// The most characters of one [`SpeechRequest`].
pub const LONGEST_SPEECH: usize = 4096;

const SPEECH_OPTIONAL: &[Optional] = &[("speed", &[])];

/// Whether a source can be asked for words or speech: whether its dialect has the calls.
#[must_use]
pub fn speaks_voice(source: &Source) -> bool {
    matches!(
        source.dialect,
        Dialect::Openai | Dialect::Responses | Dialect::Gemini
    )
}

/// Turns a recording into words. `told` hears them as they arrive, where the source tells them so.
/// Cancel by `ctx.cancel` or by dropping the future.
///
/// # Errors
/// When the source could not be reached, refused, or gave no transcript.
pub async fn transcribe(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: TranscriptionRequest,
    mut told: impl FnMut(&str) + Send,
) -> Result<Transcription, ProviderError> {
    if source.dialect == Dialect::Gemini {
        ctx.reply = Reply::Document;
        let asked = (
            google::call(&request.model),
            google::transcription(source, &request),
        );
        let mut response = ask(door, source, credential.as_ref(), &ctx, asked).await?;
        let said = whole(&mut response, TRANSCRIPT_LIMIT).await?;
        return google::heard(&said, credential.as_ref());
    }
    let streams = hosts::streams_transcripts(source, &request.model);
    ctx.reply = if streams {
        Reply::Stream
    } else {
        Reply::Document
    };
    let payload = transcription_form(&request, streams);
    let endpoint = endpoint(Call::Transcriptions, source, credential.as_ref());
    let mut response = door.send(ctx, endpoint, payload).await?;
    if !response.status.is_success() {
        return Err(read_error(&mut response, credential.as_ref()).await.1);
    }
    let mut heard = Heard::new(response.header("content-type"), credential);
    let mut read = 0_usize;
    loop {
        let next = response.body.chunk().await?;
        let done = match next {
            Some(bytes) => {
                read = read.saturating_add(bytes.len());
                if read > TRANSCRIPT_LIMIT {
                    response.body.fail();
                    return Err(ProviderError::TooLarge);
                }
                heard.push(&bytes, &mut told)
            }
            None => Some(heard.finish(&mut told)),
        };
        match done {
            Some(Ok(transcription)) => {
                response.body.settle();
                return Ok(transcription);
            }
            Some(Err(error)) => {
                response.body.fail();
                return Err(error);
            }
            None => {}
        }
    }
}

fn transcription_form(request: &TranscriptionRequest, streams: bool) -> Payload {
    let mut form = Form::new(&request.bytes);
    form.field("model", &request.model);
    if let Some(language) = &request.language {
        form.field("language", language);
    }
    if streams {
        form.field("stream", "true");
    }
    // Never the name the file has on this computer.
    let name = format!("recording.{}", request.format.id());
    form.file("file", &name, request.format.media_type(), &request.bytes);
    form.finish()
}

/// Has words spoken. The sound is whole when this returns; long texts are asked for in pieces.
/// Cancel by `ctx.cancel` or by dropping the future.
///
/// # Errors
/// When the source could not be reached, refused, or answered with something else than sound.
pub async fn speak(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    mut ctx: Ctx,
    request: &SpeechRequest,
) -> Result<Spoken, ProviderError> {
    ctx.reply = Reply::Sound;
    let is_google = source.dialect == Dialect::Gemini;
    let asked = if is_google {
        (
            google::call(&request.model),
            google::speech(source, request),
        )
    } else {
        (Call::Speech, speech(source, request))
    };
    let mut response = ask(door, source, credential.as_ref(), &ctx, asked).await?;
    let is_text = response.header("content-type").is_some_and(|kind| {
        let kind = kind.trim().to_ascii_lowercase();
        kind.starts_with("text/") || kind.starts_with("application/json")
    });
    let said = whole(&mut response, SOUND_LIMIT).await?;
    if is_google {
        return google::spoken(&said, credential.as_ref());
    }
    let bytes = sound(said, is_text, credential.as_ref())?;
    Ok(Spoken {
        bytes,
        samples_at: None,
    })
}

fn speech(source: &Source, request: &SpeechRequest) -> Body {
    let ways = ways::ways(source);
    let mut body = Body::new(SPEECH_OPTIONAL);
    body.set("model", request.model.as_str());
    body.set("input", request.text.as_str());
    body.set(ways.voice, request.voice.as_str());
    body.set("response_format", speaks_as(source, request.format).id());
    body.set_some(
        "speed",
        request.speed.filter(|_| ways.speed).and_then(number),
    );
    body
}

/// Asks, and once more without the one setting that is refused.
async fn ask(
    door: &Door,
    source: &Source,
    credential: Option<&Credential>,
    ctx: &Ctx,
    (call, mut body): (Call, Body),
) -> Result<Response, ProviderError> {
    let mut has_dropped = false;
    loop {
        let endpoint = endpoint(call.clone(), source, credential);
        let payload = Payload::Json(Bytes::from(body.to_bytes()?));
        let mut response = door.send(ctx.clone(), endpoint, payload).await?;
        if response.status.is_success() {
            return Ok(response);
        }
        let (said, error) = read_error(&mut response, credential).await;
        let is_bad = wire::says_what_is_wrong(response.status) && !has_dropped;
        if !is_bad || body.drop_unsupported(&said).is_none() {
            return Err(error);
        }
        has_dropped = true;
    }
}

async fn whole(response: &mut Response, limit: usize) -> Result<Bytes, ProviderError> {
    let mut all = BytesMut::new();
    while let Some(chunk) = response.body.chunk().await? {
        if all.len().saturating_add(chunk.len()) > limit {
            response.body.fail();
            return Err(ProviderError::TooLarge);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

/// Sound as bytes, or within a document as Mistral gives it.
fn sound(
    all: Bytes,
    is_text: bool,
    credential: Option<&Credential>,
) -> Result<Bytes, ProviderError> {
    if !is_text && !all.is_empty() && !matches!(all.first(), Some(b'{' | b'<')) {
        return Ok(all);
    }
    let text = String::from_utf8_lossy(&all);
    let said: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let within = said.as_ref().and_then(|said| word(said, "audio_data"));
    let decoded = within.and_then(|data| STANDARD.decode(data).ok());
    if let Some(sound) = decoded.filter(|sound| !sound.is_empty()) {
        return Ok(Bytes::from(sound));
    }
    Err(match said.as_ref().and_then(RemoteError::from_document) {
        Some(error) => error.classify(200, None, credential),
        None => unexpected(&text, credential),
    })
}
