use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Voice {
    /// Who listens, who speaks, and who can be chosen
    Show,
    /// Choose who listens and who speaks
    Set(Box<VoiceSet>),
    /// Agree that recordings go to who listens; HOST is what `voice show` names
    Agree {
        /// Host and port
        host: String,
    },
    /// Turn a recording into words
    Transcribe {
        /// WAV, MP3, FLAC, Ogg, M4A or WebM, at most 25 MB
        file: PathBuf,
        /// Who listens, for this time [default: who was chosen]
        #[arg(long, value_name = "NAME", requires = "model")]
        source: Option<String>,
        /// With which model
        #[arg(long, value_name = "MODEL", requires = "source")]
        model: Option<String>,
        /// What is spoken, such as en or de
        #[arg(long, value_name = "LANGUAGE")]
        language: Option<String>,
    },
    /// Have words spoken into a file
    Speak {
        /// What is spoken; Markdown is read as words
        #[arg(required_unless_present = "message", conflicts_with = "message")]
        text: Option<String>,
        /// Speak this message
        #[arg(long, value_name = "ID")]
        message: Option<String>,
        /// Where the sound goes; a new file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Who speaks, for this time [default: who was chosen]
        #[arg(long, value_name = "NAME", requires = "model")]
        source: Option<String>,
        /// With which model
        #[arg(long, value_name = "MODEL", requires = "source")]
        model: Option<String>,
        /// With which voice
        #[arg(long, value_name = "VOICE")]
        voice: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct VoiceSet {
    /// Who listens; `none` for nobody
    #[arg(long, value_name = "SOURCE:MODEL")]
    pub dictation: Option<String>,
    /// What is spoken, such as en or de; `any` lets the source find out
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// What a minute of recording costs, in US dollars
    #[arg(long, value_name = "DOLLARS", value_parser = super::spend::nanos)]
    pub minute_price: Option<u64>,
    /// Who speaks; `none` for nobody
    #[arg(long, value_name = "SOURCE:MODEL")]
    pub reading: Option<String>,
    /// With which voice
    #[arg(long, value_name = "VOICE")]
    pub voice: Option<String>,
    /// How fast, in percent of the usual
    #[arg(long, value_name = "PERCENT")]
    pub speed: Option<u16>,
    /// How the sound is asked for
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
    /// What a million characters cost, in US dollars
    #[arg(long, value_name = "DOLLARS", value_parser = super::spend::nanos)]
    pub characters_price: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Mp3,
    Wav,
}
