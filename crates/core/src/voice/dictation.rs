//! Dictation: one recording at a time, in memory alone.

use std::time::Duration;

use fluxchat_egress::{CancellationToken, Refusal};
use fluxchat_model::{ConversationId, SoundFormat, Source};
use tokio::sync::Mutex;

use super::{Clip, Recording, Transcript, VoiceEvent};
use crate::{App, Error, Event};

/// The longest recording. At 16 kHz it is within what services take.
pub const LONGEST_RECORDING: Duration = Duration::from_secs(600);

/// The recording that is being made, and the transcript that is awaited.
#[derive(Default)]
pub(crate) struct Dictating {
    running: Mutex<Option<Running>>,
    awaited: std::sync::Mutex<Option<CancellationToken>>,
}

struct Running {
    recording: Box<dyn Recording>,
    conversation: Option<ConversationId>,
    listener: (Source, String),
}

impl Dictating {
    /// Lets go of everything.
    pub(crate) async fn stop(&self) {
        *self.running.lock().await = None;
        self.stop_waiting();
    }

    /// What stops the request that is about to be made.
    pub(super) fn waiting(&self, stop: &CancellationToken) -> CancellationToken {
        let cancel = stop.child_token();
        *self.awaited() = Some(cancel.clone());
        cancel
    }

    /// Stops the request whose answer is awaited.
    pub(crate) fn stop_waiting(&self) {
        if let Some(cancel) = self.awaited().take() {
            cancel.cancel();
        }
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, Option<CancellationToken>> {
        self.awaited
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl App {
    /// Opens the microphone. Nothing leaves before [`App::finish_dictation`]; what stands in the way
    /// of that is told now, before somebody speaks in vain.
    ///
    /// # Errors
    /// `voice_not_chosen`, `voice_not_agreed`, `dictating`, `sound_missing` and the like, `offline`;
    /// when the conversation is frozen or kept to this computer.
    pub async fn begin_dictation(&self, conversation: Option<ConversationId>) -> Result<(), Error> {
        let open = self.open()?;
        let mut running = open.dictating.running.lock().await;
        if running.is_some() {
            return Err(Error::invalid("dictating", "It records already."));
        }
        let listener = self.listener_for(conversation, None).await?;
        if open.door.is_offline() && !listener.0.is_in_process() {
            return Err(fluxchat_egress::EgressError::Blocked(Refusal::Offline).into());
        }
        let sound = self.sound()?;
        let app = self.clone();
        let told = Box::new(move |level| app.tell(Event::Voice(VoiceEvent::Level(level))));
        let recording =
            tokio::task::spawn_blocking(move || sound.record(LONGEST_RECORDING, told)).await??;
        *running = Some(Running {
            recording,
            conversation,
            listener,
        });
        Ok(())
    }

    /// Closes the microphone and has the recording written down.
    ///
    /// # Errors
    /// `not_dictating`, `recording_empty`; when the source could not be asked. The recording is gone
    /// in every case.
    pub async fn finish_dictation(&self) -> Result<Transcript, Error> {
        let open = self.open()?;
        let running = open.dictating.running.lock().await.take();
        let running =
            running.ok_or_else(|| Error::invalid("not_dictating", "Nothing is recorded."))?;
        let cancel = open.dictating.waiting(&open.stop);
        let recording = running.recording;
        let recorded = tokio::task::spawn_blocking(move || recording.finish()).await??;
        let clip = Clip {
            bytes: recorded.wav,
            format: SoundFormat::Wav,
            ms: Some(recorded.ms),
        };
        if cancel.is_cancelled() {
            return Err(fluxchat_egress::EgressError::Cancelled.into());
        }
        let (conversation, listener) = (running.conversation, running.listener);
        // As the rules are now, not as they were when the microphone was opened.
        self.may_still(conversation, &listener).await?;
        let transcript = self
            .write_down(clip, listener, None, conversation, cancel)
            .await;
        open.dictating.awaited().take();
        transcript
    }

    async fn may_still(
        &self,
        conversation: Option<ConversationId>,
        (source, model): &(Source, String),
    ) -> Result<(), Error> {
        let choice = fluxchat_model::VoiceChoice {
            source_id: source.id,
            model: model.clone(),
        };
        self.listener_for(conversation, Some(choice)).await?;
        Ok(())
    }

    /// Throws the recording away, or stops waiting for its words.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn cancel_dictation(&self) -> Result<(), Error> {
        self.open()?.dictating.stop().await;
        Ok(())
    }
}
