//! Recordings to words, words to speech.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use fluxchat_core::{App, VoicePartner, VoiceState, joined_sound};
use fluxchat_model::{InvalidId, MessageId, SoundFormat, VoiceChoice};
use serde_json::{Value, json};

use super::Done;
use crate::args::{FormatArg, Voice, VoiceSet};
use crate::output::{Failure, Out, in_words, plain};

/// The largest recording that services take, and one byte more, to see that it is too large.
const MOST: u64 = (25 << 20) + 1;

pub async fn run(app: &App, command: Voice, out: &Out) -> Done {
    match command {
        Voice::Show => show(&app.voice().await?, out),
        Voice::Set(set) => {
            let settings = changed(app, *set).await?;
            show(&app.set_voice(settings).await?, out);
        }
        Voice::Agree { host } => {
            let state = app.agree_to_dictation(&host).await?;
            app.flush_outbox().await?;
            show(&state, out);
        }
        Voice::Transcribe {
            file,
            source,
            model,
            language,
        } => {
            let instead = choice(app, source, model).await?;
            let (bytes, format) = recording(&file)?;
            let heard = app.transcribe(bytes, format, instead, language).await?;
            let answer = json!({
                "text": heard.text,
                "source": heard.source,
                "model": heard.model,
                "seconds": heard.seconds,
            });
            out.answer(&answer, |_| format!("{}\n", plain(&heard.text)));
        }
        Voice::Speak {
            text,
            message,
            out: path,
            source,
            model,
            voice,
        } => {
            let mut settings = app.voice().await?.settings;
            if let Some(choice) = choice(app, source, model).await? {
                settings.reading = Some(choice);
            }
            if let Some(voice) = voice {
                settings.voice = voice;
            }
            let (text, conversation) = match message {
                Some(id) => {
                    let id: MessageId = id
                        .parse()
                        .map_err(|error: InvalidId| Failure::usage(&error.to_string()))?;
                    let message = app.message_by_id(id).await?;
                    (message.text(), Some(message.conversation_id))
                }
                None => (text.unwrap_or_default(), None),
            };
            // Before anything is sent and paid for: the file is a new one.
            let mut file = new_file(&path)?;
            let spoken = match app.speak(&text, conversation, settings).await {
                Ok((format, sounds)) => joined_sound(format, &sounds).map(|it| (format, it)),
                Err(error) => Err(error),
            };
            let written = spoken.map_err(Failure::from).and_then(|(format, sound)| {
                let written = file.write_all(&sound).and_then(|()| file.sync_all());
                written.map_err(|error| Failure::from(fluxchat_core::Error::Io(error)))?;
                Ok((format, sound.len()))
            });
            if written.is_err() {
                drop(file);
                let _ = std::fs::remove_file(&path);
            }
            let (format, bytes) = written?;
            let answer = json!({
                "file": path.display().to_string(),
                "bytes": bytes,
                "media_type": format.media_type(),
            });
            out.answer(&answer, |_| {
                format!("{bytes} bytes of {} written.\n", format.media_type())
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn choice(
    app: &App,
    source: Option<String>,
    model: Option<String>,
) -> Result<Option<VoiceChoice>, Failure> {
    let (Some(source), Some(model)) = (source, model) else {
        return Ok(None);
    };
    let source_id = app.source_named(&source).await?.id;
    Ok(Some(VoiceChoice { source_id, model }))
}

async fn chosen(app: &App, typed: &str) -> Result<Option<VoiceChoice>, Failure> {
    if typed == "none" {
        return Ok(None);
    }
    // The name of a model may have a colon, the name of a source may too: the first that exists.
    for (at, _) in typed.match_indices(':') {
        let (source, model) = (&typed[..at], &typed[at + 1..]);
        if let Ok(source) = app.source_named(source).await {
            let choice = VoiceChoice {
                source_id: source.id,
                model: model.to_owned(),
            };
            return Ok(Some(choice));
        }
    }
    Err(Failure::usage(&format!(
        "“{typed}” is not SOURCE:MODEL with a source there is."
    )))
}

async fn changed(app: &App, set: VoiceSet) -> Result<fluxchat_model::VoiceSettings, Failure> {
    let mut settings = app.voice().await?.settings;
    if let Some(typed) = &set.dictation {
        settings.dictation = chosen(app, typed).await?;
    }
    if let Some(typed) = &set.reading {
        settings.reading = chosen(app, typed).await?;
    }
    if let Some(language) = set.language {
        settings.language = Some(language).filter(|it| it != "any");
    }
    if let Some(voice) = set.voice {
        settings.voice = voice;
    }
    settings.speed = set.speed.unwrap_or(settings.speed);
    settings.format = match set.format {
        Some(FormatArg::Mp3) => SoundFormat::Mp3,
        Some(FormatArg::Wav) => SoundFormat::Wav,
        None => settings.format,
    };
    let micros = |nanos: u64| nanos / 1_000;
    settings.minute_price = set.minute_price.map(micros).or(settings.minute_price);
    settings.characters_price = set
        .characters_price
        .map(micros)
        .or(settings.characters_price);
    Ok(settings)
}

fn recording(path: &Path) -> Result<(Vec<u8>, SoundFormat), Failure> {
    let shown = name_of(path);
    let ending = path.extension().map(|it| it.to_string_lossy().into_owned());
    let format = ending.as_deref().and_then(SoundFormat::of_ending);
    let format = format.ok_or_else(|| {
        Failure::usage(&format!(
            "{shown} ends neither with wav, mp3, flac, ogg, m4a nor webm."
        ))
    })?;
    let unreadable = |error: std::io::Error| {
        Failure::usage(&format!("{shown} cannot be read: {}", in_words(&error)))
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .map_err(unreadable)?
        .take(MOST)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok((bytes, format))
}

fn new_file(path: &Path) -> Result<std::fs::File, Failure> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| {
            Failure::usage(&format!(
                "{} cannot be made: {}",
                name_of(path),
                in_words(&error)
            ))
        })
}

/// The name alone: where it lies is for nobody to read.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    plain(&name.to_string_lossy())
}

fn partner(partner: &VoicePartner) -> Value {
    json!({
        "source": partner.source,
        "host": partner.host,
        "here": partner.here,
        "practices": partner.practices,
        "stated_by": partner.stated_by,
    })
}

fn show(state: &VoiceState, out: &Out) {
    let answer = json!({
        "dictation": state.dictation.as_ref().map(partner),
        "agreed": state.agreed,
        "reading": state.reading.as_ref().map(partner),
        "settings": state.settings,
        "partners": state.partners.iter().map(partner).collect::<Vec<_>>(),
    });
    out.answer(&answer, |_| {
        let who = |who: &Option<VoicePartner>, choice: &Option<VoiceChoice>| match (who, choice) {
            (Some(who), Some(choice)) => {
                let model = plain(&choice.model);
                format!("{}, {model}, at {}", plain(&who.source), plain(&who.host))
            }
            _ => "nobody".to_owned(),
        };
        let settings = &state.settings;
        let agreed = match (&state.dictation, state.agreed) {
            (None, _) => String::new(),
            (Some(_), true) => "  recordings may go there\n".to_owned(),
            (Some(partner), false) => format!(
                "  not agreed to yet: fluxchat-cli voice agree {}\n",
                plain(&partner.host)
            ),
        };
        format!(
            "listens  {}\n{agreed}speaks   {}\n  voice {}, {} %\n",
            who(&state.dictation, &settings.dictation),
            who(&state.reading, &settings.reading),
            plain(&settings.voice),
            settings.speed,
        )
    });
}
