//! From a recording to its words.

use fluxchat_egress::{CancellationToken, Ctx};
use fluxchat_model::{
    ConversationId, DataCategory, MessageId, Purpose, SoundFormat, Source, VoiceChoice,
};
use fluxchat_providers::TranscriptionRequest;

use super::{VoiceEvent, charge, may_cost};
use crate::{App, Error, Event, consents};

/// The largest recording that services take, in bytes.
const LARGEST_RECORDING: usize = 25 << 20;

/// A recording and what is known of it.
pub(crate) struct Clip {
    pub(crate) bytes: bytes::Bytes,
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

impl App {
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
            bytes: bytes.into(),
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
            bytes: clip.bytes,
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
}
