//! What hosts do in their own way with sound, as data. A service that speaks as OpenAI does is a row.

use fluxchat_model::{Dialect, SoundFormat, Source};

use crate::hosts::is_host;

/// The names a source is usually asked with. Suggestions: what it has is for it to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoiceNames {
    /// The model that turns recordings into words.
    pub hears: &'static str,
    /// The model that speaks; empty where none does.
    pub speaks: &'static str,
    /// The voice it speaks with.
    pub voice: &'static str,
}

#[derive(Clone, Copy)]
pub(super) struct Ways {
    host: &'static str,
    names: VoiceNames,
    /// How it calls the voice.
    pub(super) voice: &'static str,
    /// Whether it knows a speed.
    pub(super) speed: bool,
    /// The one format it makes, if it makes no other.
    pub(super) only: Option<SoundFormat>,
}

const USUAL: Ways = Ways {
    host: "",
    names: VoiceNames {
        hears: "whisper-1",
        speaks: "tts-1",
        voice: "alloy",
    },
    voice: "voice",
    speed: true,
    only: None,
};

/// Without a head the samples of a Gemini model are no file; with it they are WAV.
const GOOGLE: Ways = Ways {
    names: VoiceNames {
        hears: "gemini-flash-latest",
        speaks: "gemini-3.8-flash-tts",
        voice: "Kore",
    },
    only: Some(SoundFormat::Wav),
    ..USUAL
};

const HOSTS: &[Ways] = &[
    Ways {
        host: "api.openai.com",
        names: VoiceNames {
            hears: "gpt-transcribe",
            speaks: "gpt-4o-mini-tts",
            voice: "alloy",
        },
        ..USUAL
    },
    Ways {
        host: "api.groq.com",
        names: VoiceNames {
            hears: "whisper-large-v3-turbo",
            speaks: "canopylabs/orpheus-v1-english",
            voice: "autumn",
        },
        only: Some(SoundFormat::Wav),
        ..USUAL
    },
    Ways {
        host: "api.mistral.ai",
        names: VoiceNames {
            hears: "voxtral-mini-latest",
            speaks: "voxtral-mini-tts-3-0",
            voice: "gb_jane_neutral",
        },
        voice: "voice_id",
        speed: false,
        ..USUAL
    },
    Ways {
        host: "api.deepinfra.com",
        names: VoiceNames {
            hears: "openai/whisper-large-v3-turbo",
            speaks: "hexgrad/Kokoro-82M",
            voice: "af_bella",
        },
        ..USUAL
    },
];

pub(super) fn ways(source: &Source) -> Ways {
    if source.dialect == Dialect::Gemini {
        return GOOGLE;
    }
    let host = source.origin.as_ref().map(fluxchat_model::Origin::host);
    let known = host.and_then(|host| HOSTS.iter().find(|it| is_host(host, it.host)));
    known.copied().unwrap_or(USUAL)
}

/// The names a source is usually asked with.
#[must_use]
pub fn voice_names(source: &Source) -> VoiceNames {
    ways(source).names
}

/// How the sound of a source comes if it is asked for like this.
#[must_use]
pub fn speaks_as(source: &Source, asked: SoundFormat) -> SoundFormat {
    ways(source).only.unwrap_or(asked)
}

#[cfg(test)]
mod tests {
    use super::super::{SpeechRequest, speech};
    use super::*;
    use crate::sample::source;

    #[test]
    fn each_service_is_asked_in_its_own_words() {
        let request = SpeechRequest {
            model: "m".to_owned(),
            voice: "v".to_owned(),
            text: "Hello.".to_owned(),
            speed: None,
            format: SoundFormat::Mp3,
        };
        for (host, voice, format) in [
            ("api.openai.com", "voice", "mp3"),
            ("api.groq.com", "voice", "wav"),
            ("api.mistral.ai", "voice_id", "mp3"),
            ("speech.example", "voice", "mp3"),
        ] {
            let source = source(Some(host), Dialect::Openai);
            let body = speech(&source, &request).to_bytes().unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body[voice], "v", "{host}: {body}");
            assert_eq!(body["response_format"], format, "{host}");
            assert!(body.get("speed").is_none());
        }
    }

    #[test]
    fn names_are_those_of_the_source() {
        let speaks = |host, dialect| voice_names(&source(Some(host), dialect)).speaks;
        assert_eq!(
            speaks("api.groq.com", Dialect::Openai),
            "canopylabs/orpheus-v1-english"
        );
        assert_eq!(speaks("notapi.groq.com", Dialect::Openai), "tts-1");
        assert!(speaks("x.example", Dialect::Gemini).starts_with("gemini"));
        let google = source(Some("x.example"), Dialect::Gemini);
        assert_eq!(speaks_as(&google, SoundFormat::Mp3), SoundFormat::Wav);
    }
}
