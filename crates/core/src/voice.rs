//! Voice: what is said becomes words, and words are read aloud, by sources a person chose for it.
//!
//! A recording is a kind of data of its own. It leaves only after a consent that names who gets it,
//! given where the person first presses the microphone; another recipient asks anew. It lives in
//! memory and is written nowhere; so does what is read aloud.

mod choosing;
mod consent;
mod dictation;
mod reading;
mod sound;
mod speech;
mod transcript;
mod wav;
pub(crate) mod words;

use fluxchat_egress::{CancellationToken, Ctx};
use fluxchat_model::{
    Conversation, ConversationId, DataCategory, DataPractices, MessageId, MessageStatus, Purpose,
    Source, SourceId, Usage, VoiceChoice, VoiceSettings,
};
use fluxchat_providers::{VoiceNames, speaks_voice, voice_names};

use crate::spend::{Asked, Ended};
use crate::{App, Error, Estimate, only_here, restriction};

pub(crate) use dictation::Dictating;
pub use dictation::{LONGEST_RECORDING, Taken};
pub(crate) use reading::Reading;
pub use reading::ReadingAt;
pub use sound::{Level, Playback, Recorded, Recording, Sound, SoundError};
pub(crate) use transcript::Clip;
pub use transcript::Transcript;
pub use wav::{joined_sound, wav_of_samples};

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
    /// The names it is usually asked with.
    pub names: VoiceNames,
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

fn partner(source: &Source) -> VoicePartner {
    let (practices, stated_by) = crate::practices_of(source);
    VoicePartner {
        source_id: source.id,
        source: source.name.clone(),
        host: host(source),
        here: only_here::answers_here(source),
        practices,
        stated_by,
        names: voice_names(source),
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
