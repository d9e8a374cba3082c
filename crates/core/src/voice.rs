//! Voice: what is said becomes words, and words are read aloud, by sources a person chose for it.
//!
//! A recording is a kind of data of its own. It leaves only after a consent that names who gets it,
//! given where the person first presses the microphone; another recipient asks anew. It lives in
//! memory and is written nowhere; so does what is read aloud.

mod dictation;
mod reading;
mod sound;
mod wav;
pub(crate) mod words;

use fluxchat_egress::{CancellationToken, Ctx};
use fluxchat_model::{
    ConsentStatus, Conversation, ConversationId, DataCategory, DataPractices, MessageId,
    MessageStatus, Purpose, SoundFormat, Source, SourceId, Usage, VoiceChoice, VoiceSettings,
};
use fluxchat_providers::{SpeechRequest, TranscriptionRequest, speaks_voice};
use uuid::Uuid;

use crate::spend::{Asked, Ended};
use crate::{App, Error, Estimate, Event, clock, consents, only_here, restriction, session};

pub(crate) use dictation::Dictating;
pub use dictation::LONGEST_RECORDING;
pub(crate) use reading::Reading;
pub use reading::ReadingAt;
pub use sound::{Level, Playback, Recorded, Recording, Sound, SoundError};
pub use wav::{joined_sound, wav_file};

const SETTINGS: &str = "voice";
/// Who may get recordings: a source, and the host it had when that was agreed to.
const AGREED: &str = "voice_agreed";
/// The longest name of a model or a voice.
const LONGEST_NAME: usize = 200;
/// The largest recording that services take, in bytes.
const LARGEST_RECORDING: usize = 25 << 20;
/// A thousand dollars; nothing costs as much.
const HIGHEST_PRICE: u64 = 1_000_000_000;

/// What happens while somebody speaks or listens.
#[derive(Clone, Debug)]
pub enum VoiceEvent {
    /// How loud it is and how long it is, while it records.
    Level(Level),
    /// Words of a transcript that is arriving.
    Heard(String),
    /// Reading aloud went on.
    Reading(ReadingAt),
}

/// Somebody who can be chosen, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoicePartner {
    /// The source.
    pub source_id: SourceId,
    /// Its name.
    pub source: String,
    /// Host and port.
    pub host: String,
    /// Whether what is sent there stays on this computer.
    pub here: bool,
    /// What it is said to do with data.
    pub practices: DataPractices,
    /// Who says so, if it is not the person.
    pub stated_by: Option<String>,
}

/// How voice stands.
#[derive(Clone, Debug)]
pub struct VoiceState {
    /// What was chosen.
    pub settings: VoiceSettings,
    /// Who turns recordings into words, if that is chosen and can be used.
    pub dictation: Option<VoicePartner>,
    /// Who speaks.
    pub reading: Option<VoicePartner>,
    /// Whether recordings may go to who was chosen.
    pub agreed: bool,
    /// Everybody who can be chosen.
    pub partners: Vec<VoicePartner>,
}

/// A recording and what is known of it.
pub(crate) struct Clip {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: SoundFormat,
    /// How long it is, where that is known.
    pub(crate) ms: Option<u64>,
}

/// What was said, and by whom it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The words.
    pub text: String,
    /// The source.
    pub source: String,
    /// The model.
    pub model: String,
    /// How many seconds were counted, where told.
    pub seconds: Option<f64>,
}

fn partner(source: &Source) -> VoicePartner {
    let (practices, stated_by) = crate::practices_of(source);
    VoicePartner {
        source_id: source.id,
        source: source.name.clone(),
        host: host(source),
        here: only_here::answers_here(source),
        practices,
        stated_by,
    }
}

fn host(source: &Source) -> String {
    let origin = source.origin.as_ref();
    origin.map_or_else(String::new, fluxchat_model::Origin::authority)
}

fn not_chosen(what: &str) -> Error {
    Error::invalid(
        "voice_not_chosen",
        format!("No source is chosen for {what}."),
    )
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "invalid_voice",
            "A model and a voice have a name of 1 to 200 characters.",
        ));
    }
    Ok(name.to_owned())
}

fn checked(mut settings: VoiceSettings) -> Result<VoiceSettings, Error> {
    for choice in [&mut settings.dictation, &mut settings.reading]
        .into_iter()
        .flatten()
    {
        choice.model = checked_name(&choice.model)?;
    }
    settings.voice = checked_name(&settings.voice)?;
    settings.language = settings
        .language
        .map(|language| language.trim().to_ascii_lowercase())
        .filter(|language| !language.is_empty());
    let is_language = |it: &String| {
        (2..=3).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    if !settings.language.iter().all(is_language) {
        return Err(Error::invalid(
            "invalid_voice",
            "A language is two letters, such as en or de.",
        ));
    }
    let prices = [settings.minute_price, settings.characters_price];
    let is_playable = matches!(settings.format, SoundFormat::Mp3 | SoundFormat::Wav);
    if !(25..=400).contains(&settings.speed)
        || !is_playable
        || prices.iter().flatten().any(|price| *price > HIGHEST_PRICE)
    {
        return Err(Error::invalid(
            "invalid_voice",
            "Speed is 25 to 400 percent, sound is MP3 or WAV, and nothing costs that much.",
        ));
    }
    Ok(settings)
}

impl App {
    /// Gives the app ears and a mouth: the microphone and the loudspeaker of this computer. Only
    /// the first counts.
    pub fn use_sound(&self, sound: std::sync::Arc<dyn Sound>) {
        let _ = self.inner.sound.set(sound);
    }

    pub(crate) fn sound(&self) -> Result<std::sync::Arc<dyn Sound>, Error> {
        let sound = self.inner.sound.get().cloned();
        sound.ok_or_else(|| SoundError::Missing.into())
    }

    pub(crate) async fn voice_settings(&self) -> Result<VoiceSettings, Error> {
        Ok(self
            .read(|tx| tx.setting(SETTINGS))
            .await?
            .unwrap_or_default())
    }

    /// How voice stands.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn voice(&self) -> Result<VoiceState, Error> {
        let settings = self.voice_settings().await?;
        let (sources, _) = self.sources().await?;
        let partners: Vec<VoicePartner> = sources
            .iter()
            .filter(|source| speaks_voice(source))
            .map(partner)
            .collect();
        let of = |choice: &Option<VoiceChoice>| {
            let id = choice.as_ref()?.source_id;
            partners.iter().find(|it| it.source_id == id).cloned()
        };
        let dictation = of(&settings.dictation);
        let agreed = match &dictation {
            Some(partner) => self.voice_agreed(partner.source_id, &partner.host).await?,
            None => false,
        };
        Ok(VoiceState {
            reading: of(&settings.reading),
            dictation,
            agreed,
            settings,
            partners,
        })
    }

    /// Chooses. Another recipient of recordings has to be agreed to anew.
    ///
    /// # Errors
    /// `invalid_voice`, `voice_unsupported`; in a supervised profile, unless its guardian unlocked
    /// it.
    pub async fn set_voice(&self, settings: VoiceSettings) -> Result<VoiceState, Error> {
        self.guarded().await?;
        let settings = checked(settings)?;
        for choice in [&settings.dictation, &settings.reading]
            .into_iter()
            .flatten()
        {
            speaking(&self.source(choice.source_id).await?)?;
        }
        self.write(move |tx| tx.setting_set(SETTINGS, &settings))
            .await?;
        self.tell(Event::SettingsChanged);
        self.voice().await
    }

    /// Agrees that recordings go to who was chosen for them: a link of the consent chain. `host` is
    /// who the person was told.
    ///
    /// # Errors
    /// `voice_not_chosen` if that is another one by now; in a supervised profile, unless its
    /// guardian unlocked it.
    pub async fn agree_to_dictation(&self, host: &str) -> Result<VoiceState, Error> {
        self.guarded().await?;
        let chosen = self.voice().await?.dictation;
        let partner = chosen
            .filter(|partner| partner.host == host)
            .ok_or_else(|| not_chosen("dictation"))?;
        self.off_thread(move |app| {
            let open = app.open()?;
            let setup = session::set_up(&open.store)?;
            let policy = app.policy(None, &setup.language)?;
            let given = app.consent_event(
                Purpose::Transcription,
                ConsentStatus::Given,
                &policy,
                "microphone",
            )?;
            let fresh = Uuid::from_bytes(clock::random16()?);
            let now = app.now();
            open.store.write(|tx| {
                consents::decide(tx, &given, fresh, now)?;
                tx.setting_set(AGREED, &(partner.source_id, partner.host))
            })?;
            open.outbox.notify_one();
            Ok(())
        })
        .await?;
        self.tell_decided(Vec::new());
        self.voice().await
    }

    async fn voice_agreed(&self, source: SourceId, host: &str) -> Result<bool, Error> {
        let (host, now) = (host.to_owned(), self.now());
        self.read(move |tx| {
            let with: Option<(SourceId, String)> = tx.setting(AGREED)?;
            Ok(
                with == Some((source, host))
                    && consents::is_given(tx, Purpose::Transcription, now)?,
            )
        })
        .await
    }

    /// Who turns recordings of a conversation into words, and as what.
    pub(crate) async fn listener_for(
        &self,
        conversation: Option<ConversationId>,
        instead: Option<VoiceChoice>,
    ) -> Result<(Source, String), Error> {
        let choice = match instead {
            Some(choice) => Some(choice),
            None => self.voice_settings().await?.dictation,
        };
        let choice = choice.ok_or_else(|| not_chosen("dictation"))?;
        let source = self.voice_source(&choice, conversation).await?;
        if !self.voice_agreed(source.id, &host(&source)).await? {
            return Err(Error::invalid(
                "voice_not_agreed",
                format!("Nobody agreed yet that recordings go to {}.", host(&source)),
            ));
        }
        Ok((source, choice.model))
    }

    /// The source of a choice, where what is said in a conversation may go to it.
    async fn voice_source(
        &self,
        choice: &VoiceChoice,
        conversation: Option<ConversationId>,
    ) -> Result<Source, Error> {
        let source = self.source(choice.source_id).await?;
        speaking(&source)?;
        let conversation = match conversation {
            Some(id) => {
                let home = self.open()?.home(id);
                Some(self.conversation_at(&home, id).await?)
            }
            None => None,
        };
        self.may_go(conversation.as_ref(), &source, &choice.model)
            .await?;
        Ok(source)
    }

    async fn may_go(
        &self,
        conversation: Option<&Conversation>,
        source: &Source,
        model: &str,
    ) -> Result<(), Error> {
        let asked = conversation.cloned();
        self.read(move |tx| restriction::check(tx, asked.as_ref()))
            .await??;
        if let Some(conversation) = conversation {
            only_here::check(conversation, source)?;
            only_here::check_model(conversation, source, model)?;
        }
        Ok(())
    }

    /// Turns a recording into words.
    ///
    /// # Errors
    /// `voice_not_chosen`, `voice_not_agreed`, `recording_empty`, `recording_too_large`; when the
    /// source could not be asked.
    pub async fn transcribe(
        &self,
        bytes: Vec<u8>,
        format: SoundFormat,
        instead: Option<VoiceChoice>,
        language: Option<String>,
    ) -> Result<Transcript, Error> {
        let (source, model) = self.listener_for(None, instead).await?;
        let clip = Clip {
            bytes,
            format,
            ms: None,
        };
        let open = self.open()?;
        let cancel = open.dictating.waiting(&open.stop);
        self.write_down(clip, (source, model), language, None, cancel)
            .await
    }

    /// The one way a recording takes: what it may cost is held back, it goes through the door, and
    /// what it cost is counted.
    pub(crate) async fn write_down(
        &self,
        clip: Clip,
        (source, model): (Source, String),
        language: Option<String>,
        conversation: Option<ConversationId>,
        cancel: CancellationToken,
    ) -> Result<Transcript, Error> {
        if clip.bytes.is_empty() || clip.ms == Some(0) {
            return Err(Error::invalid("recording_empty", "Nothing was recorded."));
        }
        if clip.bytes.len() > LARGEST_RECORDING {
            return Err(Error::invalid(
                "recording_too_large",
                "A recording may have 25 MB.",
            ));
        }
        let settings = self.voice_settings().await?;
        let language = match language {
            Some(language) => Some(language),
            None => settings.language,
        };
        let price = settings.minute_price;
        let cost_of = |ms: u64| Some(price?.saturating_mul(ms).div_ceil(60_000));
        let open = self.open()?;
        let id = self.fresh(MessageId::new)?;
        let most = clip.ms.and_then(cost_of);
        self.reserve(&open, id, &source, &may_cost(most)).await?;
        let now = self.now();
        let state = self
            .read(move |tx| consents::state(tx, Purpose::Transcription, now))
            .await;
        let request = TranscriptionRequest {
            model: model.clone(),
            language,
            format: clip.format,
            bytes: clip.bytes.into(),
        };
        let app = self.clone();
        let told = move |words: &str| {
            app.tell(Event::Voice(VoiceEvent::Heard(words.to_owned())));
        };
        let heard = async {
            let ctx = Ctx {
                consent: state?.event.map(|event| event.id),
                ..self.voice_ctx(
                    Purpose::Transcription,
                    DataCategory::Voice,
                    conversation,
                    cancel,
                )
            };
            let credential = self.credential(&source).await?;
            let door = &open.door;
            fluxchat_providers::transcribe(door, &source, credential, ctx, request, told)
                .await
                .map_err(Error::from)
        }
        .await;
        let mut usage = heard.as_ref().ok().and_then(|it| it.usage);
        let told_ms = heard.as_ref().ok().and_then(|it| it.seconds);
        let ms = clip
            .ms
            .or(told_ms.map(|seconds| (seconds * 1_000.0) as u64));
        charge(&mut usage, ms.and_then(cost_of), heard.is_ok());
        self.settle_voice(id, &source, model.clone(), usage, heard.is_ok())
            .await?;
        let heard = heard?;
        Ok(Transcript {
            text: heard.text,
            source: source.name,
            model,
            seconds: heard.seconds,
        })
    }

    /// Has a text spoken, for a file. The sound is given back and kept nowhere.
    ///
    /// # Errors
    /// `voice_not_chosen`, `nothing_to_read`; when the source could not be asked.
    pub async fn speak(
        &self,
        text: &str,
        conversation: Option<ConversationId>,
        instead: VoiceSettings,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let instead = checked(instead)?;
        let choice = instead
            .reading
            .clone()
            .ok_or_else(|| not_chosen("reading aloud"))?;
        let source = self.voice_source(&choice, conversation).await?;
        let texts = self.spoken_pieces(text).await?;
        let open = self.open()?;
        let cancel = open.dictating.waiting(&open.stop);
        let mut sounds = Vec::new();
        for piece in texts {
            let at = (&source, &choice, conversation);
            let sound = self.utter(piece, at, &instead, cancel.clone()).await?;
            sounds.push(sound.to_vec());
        }
        Ok(sounds)
    }

    /// A text as it is read aloud, in pieces.
    async fn spoken_pieces(&self, markdown: &str) -> Result<Vec<String>, Error> {
        let setup = self.read(session::setup_record).await?;
        let language = setup.map_or_else(String::new, |setup| setup.language);
        let pieces = words::pieces(&words::spoken(markdown, &language));
        if pieces.is_empty() {
            return Err(Error::invalid(
                "nothing_to_read",
                "There are no words to read aloud.",
            ));
        }
        Ok(pieces)
    }

    /// The one way a piece of text takes to become speech.
    pub(crate) async fn utter(
        &self,
        text: String,
        (source, choice, conversation): (&Source, &VoiceChoice, Option<ConversationId>),
        settings: &VoiceSettings,
        cancel: CancellationToken,
    ) -> Result<bytes::Bytes, Error> {
        let open = self.open()?;
        let id = self.fresh(MessageId::new)?;
        let characters = text.chars().count() as u64;
        let price = settings.characters_price;
        let cost = price.map(|price| price.saturating_mul(characters).div_ceil(1_000_000));
        self.reserve(&open, id, source, &may_cost(cost)).await?;
        let spoken = async {
            let request = SpeechRequest {
                model: choice.model.clone(),
                voice: settings.voice.clone(),
                text: self.as_it_leaves(source, text).await?,
                speed: (settings.speed != 100).then(|| f32::from(settings.speed) / 100.0),
                format: settings.format,
            };
            let ctx = self.voice_ctx(Purpose::Speech, DataCategory::Content, conversation, cancel);
            let credential = self.credential(source).await?;
            fluxchat_providers::speak(&open.door, source, credential, ctx, &request)
                .await
                .map_err(Error::from)
        }
        .await;
        let mut usage = None;
        charge(&mut usage, cost, spoken.is_ok());
        self.settle_voice(id, source, choice.model.clone(), usage, spoken.is_ok())
            .await?;
        spoken
    }

    /// The text with placeholders, where the source is asked with them.
    async fn as_it_leaves(&self, source: &Source, text: String) -> Result<String, Error> {
        let id = source.id;
        let names = self
            .read(move |tx| {
                let redact = tx.source(id)?.is_some_and(|source| source.redact);
                redact.then(|| tx.redact_names()).transpose()
            })
            .await?;
        Ok(match names {
            Some(names) => crate::redaction::Redactor::new(&names, [text.as_str()]).redact(&text),
            None => text,
        })
    }

    fn voice_ctx(
        &self,
        purpose: Purpose,
        carries: DataCategory,
        conversation: Option<ConversationId>,
        cancel: CancellationToken,
    ) -> Ctx {
        Ctx {
            policy_version: Some(self.policy_in_force().0),
            // The ledger is on the disk, and a temporary conversation is not.
            conversation_id: conversation.filter(|id| !self.is_temporary(*id)),
            cancel,
            ..Ctx::new(purpose, &[carries, DataCategory::Parameters])
        }
    }

    async fn settle_voice(
        &self,
        id: MessageId,
        source: &Source,
        model: String,
        usage: Option<Usage>,
        is_done: bool,
    ) -> Result<(), Error> {
        let open = self.open()?;
        let ended = Ended {
            answer: id,
            source,
            asked: Some(Asked { model, tokens: 0 }),
            usage,
            before: None,
            status: if is_done {
                MessageStatus::Complete
            } else {
                MessageStatus::Failed
            },
            is_kept: true,
        };
        self.settle_cost(&open, ended).await;
        Ok(())
    }
}

/// Only some dialects can be spoken to.
fn speaking(source: &Source) -> Result<(), Error> {
    if speaks_voice(source) {
        return Ok(());
    }
    Err(Error::invalid(
        "voice_unsupported",
        format!("“{}” takes no recordings and does not speak.", source.name),
    ))
}

fn may_cost(micros: Option<u64>) -> Estimate {
    Estimate::costing(micros.map(|micros| micros.saturating_mul(1_000)))
}

/// What was entered as the price stands where the source did not say what it charged.
fn charge(usage: &mut Option<Usage>, micros: Option<u64>, is_done: bool) {
    if let (Some(micros), true) = (micros, is_done) {
        let usage = usage.get_or_insert_default();
        usage.cost = usage.cost.or(Some(micros));
    }
}
