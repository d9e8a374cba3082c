//! From words to speech.

use fluxchat_egress::CancellationToken;
use fluxchat_model::{
    ConversationId, DataCategory, MessageId, Purpose, SoundFormat, Source, VoiceChoice,
    VoiceSettings,
};
use fluxchat_providers::{SpeechRequest, speaks_as};

use super::{charge, choosing, may_cost, not_chosen, wav, words};
use crate::{App, Error, session};

impl App {
    /// Has a text spoken, for a file, and says how it is stored. The sound is given back and kept
    /// nowhere.
    ///
    /// # Errors
    /// `voice_not_chosen`, `nothing_to_read`; when the source could not be asked.
    pub async fn speak(
        &self,
        text: &str,
        conversation: Option<ConversationId>,
        instead: VoiceSettings,
    ) -> Result<(SoundFormat, Vec<Vec<u8>>), Error> {
        let instead = choosing::checked(instead)?;
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
        Ok((speaks_as(&source, instead.format), sounds))
    }

    /// A text as it is read aloud, in pieces.
    pub(super) async fn spoken_pieces(&self, markdown: &str) -> Result<Vec<String>, Error> {
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
        let spoken = spoken?;
        Ok(match spoken.samples_at {
            Some(rate) => wav::wav_of_samples(rate, &spoken.bytes).into(),
            None => spoken.bytes,
        })
    }

    /// The text with placeholders, where the source is asked with them.
    async fn as_it_leaves(&self, source: &Source, text: String) -> Result<String, Error> {
        let names = self.names_hidden_from(source.id).await?;
        Ok(match names {
            Some(names) => crate::redaction::Redactor::new(&names, [text.as_str()]).redact(&text),
            None => text,
        })
    }
}
