//! Reads a transcript: a document, or events where the source tells it piece by piece.

use fluxchat_egress::Credential;
use serde_json::Value;

use super::Transcription;
use crate::ProviderError;
use crate::json::{text, word};
use crate::normalise::RemoteError;
use crate::openai::usage;
use crate::sse::{SseDecoder, SseEvent};
use crate::wire::{instead, unexpected};

type Done = Result<Transcription, ProviderError>;

pub(super) struct Heard {
    events: Option<SseDecoder>,
    document: Vec<u8>,
    so_far: String,
    credential: Option<Credential>,
}

impl Heard {
    pub(super) fn new(content_type: Option<&str>, credential: Option<Credential>) -> Self {
        let is_events = content_type.is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("text/event-stream")
        });
        Self {
            events: is_events.then(SseDecoder::new),
            document: Vec::new(),
            so_far: String::new(),
            credential,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], told: &mut impl FnMut(&str)) -> Option<Done> {
        let Some(events) = &mut self.events else {
            self.document.extend_from_slice(bytes);
            return None;
        };
        if events.push(bytes).is_err() {
            return Some(Err(ProviderError::TooLarge));
        }
        self.take(told)
    }

    pub(super) fn finish(&mut self, told: &mut impl FnMut(&str)) -> Done {
        if let Some(events) = &mut self.events {
            if events.finish().is_err() {
                return Err(ProviderError::TooLarge);
            }
            // Half a transcript is none: what is missing could not be seen.
            return self
                .take(told)
                .unwrap_or(Err(ProviderError::Interrupted { how: "" }));
        }
        let said = String::from_utf8_lossy(&self.document);
        let json: Value = serde_json::from_str(said.trim_start_matches('\u{FEFF}'))
            .map_err(|_| unexpected(&said, self.credential.as_ref()))?;
        if let Some(error) = RemoteError::from_frame(&json) {
            return Err(error.classify(200, None, self.credential.as_ref()));
        }
        let words = word(&json, "text").ok_or_else(|| instead("It sent no transcript."))?;
        Ok(whole(words, &json))
    }

    fn take(&mut self, told: &mut impl FnMut(&str)) -> Option<Done> {
        while let Some(event) = self.events.as_mut()?.next_event() {
            if let Some(done) = self.event(&event, told) {
                return Some(done);
            }
        }
        None
    }

    fn event(&mut self, event: &SseEvent, told: &mut impl FnMut(&str)) -> Option<Done> {
        let json: Value = serde_json::from_str(&event.data).ok()?;
        if let Some(error) = RemoteError::from_frame(&json) {
            return Some(Err(error.classify(200, None, self.credential.as_ref())));
        }
        match text(&json, "type") {
            "transcript.text.delta" => {
                let piece = plain(text(&json, "delta"));
                self.so_far.push_str(&piece);
                told(&piece);
                None
            }
            "transcript.text.done" => {
                let words = word(&json, "text").unwrap_or(&self.so_far);
                Some(Ok(whole(words, &json)))
            }
            _ => None,
        }
    }
}

fn whole(words: &str, json: &Value) -> Transcription {
    let told = json.get("usage");
    let seconds = told
        .and_then(|usage| {
            usage
                .get("seconds")
                .or_else(|| usage.get("prompt_audio_seconds"))
        })
        .or_else(|| json.get("duration"))
        .and_then(Value::as_f64);
    Transcription {
        text: plain(words).trim().to_owned(),
        usage: told.and_then(usage),
        seconds: seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0),
    }
}

/// Words alone: nothing that moves a cursor or turns a line around.
pub(super) fn plain(words: &str) -> String {
    words
        .chars()
        .filter(|c| {
            let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            !turns && (!c.is_control() || matches!(c, '\n' | '\t'))
        })
        .collect()
}
