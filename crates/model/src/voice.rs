//! Voice: where a recording becomes words, and where words are spoken.

use serde::{Deserialize, Serialize};

use crate::SourceId;

/// How sound is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SoundFormat {
    /// MP3: small, and almost every server makes it.
    #[default]
    Mp3,
    /// WAV: large, without loss, and quick to make.
    Wav,
    /// FLAC, in files a person has.
    Flac,
    /// Ogg, in files a person has.
    Ogg,
    /// MPEG-4 audio, in files a person has.
    M4a,
    /// `WebM`, in files a person has.
    Webm,
}

impl SoundFormat {
    /// The name on the wire, which is also how files of it end.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::M4a => "m4a",
            Self::Webm => "webm",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Ogg => "audio/ogg",
            Self::M4a => "audio/mp4",
            Self::Webm => "audio/webm",
        }
    }

    /// By the end of a file's name.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        Some(match ending.to_ascii_lowercase().as_str() {
            "mp3" | "mpga" | "mpeg" => Self::Mp3,
            "wav" => Self::Wav,
            "flac" => Self::Flac,
            "ogg" | "oga" | "opus" => Self::Ogg,
            "m4a" | "mp4" => Self::M4a,
            "webm" => Self::Webm,
            _ => return None,
        })
    }
}

/// Who does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VoiceChoice {
    /// The source.
    pub source_id: SourceId,
    /// Its model.
    pub model: String,
}

/// What a person chose for dictation and for reading aloud. Nothing is chosen at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VoiceSettings {
    /// Who turns a recording into words.
    pub dictation: Option<VoiceChoice>,
    /// What is spoken (ISO 639-1); `None` lets the source find out.
    pub language: Option<String>,
    /// What a minute costs there, in millionths of a US dollar, as the person entered it.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub minute_price: Option<u64>,
    /// Whether a recording is sent when it ends, without being shown first.
    #[serde(default)]
    pub send_at_once: bool,
    /// Who speaks.
    pub reading: Option<VoiceChoice>,
    /// With which voice, in the words of the source.
    pub voice: String,
    /// How fast, in percent of the usual.
    pub speed: u16,
    /// How the sound is asked for.
    pub format: SoundFormat,
    /// What a million characters cost there, in millionths of a US dollar, as entered.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub characters_price: Option<u64>,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self {
            dictation: None,
            language: None,
            minute_price: None,
            send_at_once: false,
            reading: None,
            voice: "alloy".to_owned(),
            speed: 100,
            format: SoundFormat::default(),
            characters_price: None,
        }
    }
}

/// How reading aloud stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ReadingState {
    /// The first words are being fetched.
    Fetching,
    /// It sounds.
    Playing,
    /// It waits for the person.
    Paused,
    /// It is over.
    Ended,
    /// It could not go on.
    Failed,
}
