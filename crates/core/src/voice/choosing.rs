//! What a person chose for voice, and the rules for it.

use fluxchat_model::{SoundFormat, VoiceChoice, VoiceSettings};
use fluxchat_providers::speaks_voice;

use super::{VoicePartner, VoiceState, partner, speaking};
use crate::{App, Error, Event};

const SETTINGS: &str = "voice";
/// The longest name of a model or a voice.
const LONGEST_NAME: usize = 200;
/// A thousand dollars; nothing costs as much.
const HIGHEST_PRICE: u64 = 1_000_000_000;

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

pub(super) fn checked(mut settings: VoiceSettings) -> Result<VoiceSettings, Error> {
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
}
