//! Dictation: one recording at a time, in memory alone.

use std::time::Duration;

use bytes::Bytes;
use fluxchat_egress::{CancellationToken, Refusal};
use fluxchat_model::{ConversationId, SoundFormat, Source};
use tokio::sync::Mutex;

use super::{Clip, Playback, Recorded, Recording, Transcript, VoiceEvent};
use crate::{App, Error, Event};

/// The longest recording. At 16 kHz it is within what services take.
pub const LONGEST_RECORDING: Duration = Duration::from_secs(600);

/// A recording that is complete and waits to be sent, or to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How long it is.
    pub ms: u64,
    /// How many bytes would leave.
    pub bytes: u64,
}

/// The recording that is being made, and the transcript that is awaited.
#[derive(Default)]
pub(crate) struct Dictating {
    running: Mutex<Option<Running>>,
    awaited: std::sync::Mutex<Option<CancellationToken>>,
}

struct Running {
    stage: Stage,
    conversation: Option<ConversationId>,
    listener: (Source, String),
}

enum Stage {
    /// The microphone is open.
    Records(Box<dyn Recording>),
    /// It is closed; what it heard can be listened to.
    Waits {
        heard: Heard,
        playback: Option<Box<dyn Playback>>,
    },
}

/// A recording, shared by who plays it and who sends it.
#[derive(Clone)]
struct Heard {
    wav: Bytes,
    ms: u64,
}

impl From<Recorded> for Heard {
    fn from(recorded: Recorded) -> Self {
        Self {
            wav: recorded.wav.into(),
            ms: recorded.ms,
        }
    }
}

impl Stage {
    async fn ended(self) -> Result<Heard, Error> {
        match self {
            Self::Records(recording) => {
                let recorded = tokio::task::spawn_blocking(move || recording.finish()).await??;
                Ok(recorded.into())
            }
            Self::Waits { heard, .. } => Ok(heard),
        }
    }

    fn waits(heard: Heard) -> Self {
        Self::Waits {
            heard,
            playback: None,
        }
    }
}

impl Dictating {
    /// Lets go of everything.
    pub(crate) async fn stop(&self) {
        // In this order: what fails because of it is not kept.
        self.stop_waiting();
        *self.running.lock().await = None;
    }

    /// Keeps a recording that did not become words, unless nobody waits for them any more.
    async fn keep(&self, running: Running, cancel: &CancellationToken) {
        let mut now = self.running.lock().await;
        if now.is_none() && !cancel.is_cancelled() {
            *now = Some(running);
        }
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
            stage: Stage::Records(recording),
            conversation,
            listener,
        });
        Ok(())
    }

    /// Closes the microphone and keeps the recording in memory, to be looked at before it leaves.
    /// One that waits already stays as it is.
    ///
    /// # Errors
    /// `not_dictating`, `recording_empty`; when the microphone stopped working. The recording is gone
    /// then.
    pub async fn stop_dictation(&self) -> Result<Taken, Error> {
        let open = self.open()?;
        let mut running = open.dictating.running.lock().await;
        let Running {
            stage,
            conversation,
            listener,
        } = running.take().ok_or_else(not_dictating)?;
        let heard = stage.ended().await?;
        if heard.ms == 0 {
            return Err(Error::invalid("recording_empty", "Nothing was recorded."));
        }
        let taken = Taken {
            ms: heard.ms,
            bytes: heard.wav.len() as u64,
        };
        *running = Some(Running {
            stage: Stage::waits(heard),
            conversation,
            listener,
        });
        Ok(taken)
    }

    /// Plays the recording that waits, from its beginning, or falls silent. Nothing leaves.
    ///
    /// # Errors
    /// `not_dictating`; when there is no loudspeaker.
    pub async fn play_dictation(&self, on: bool) -> Result<(), Error> {
        let open = self.open()?;
        let sound = self.sound()?;
        let mut running = open.dictating.running.lock().await;
        let stage = running.as_mut().map(|running| &mut running.stage);
        let Some(Stage::Waits { heard, playback }) = stage else {
            return Err(not_dictating());
        };
        *playback = None;
        if on {
            // What is read aloud would be heard over it.
            open.reading.stop();
            let wav = heard.wav.clone();
            let playing = tokio::task::spawn_blocking(move || {
                let playing = sound.play()?;
                playing.add(wav).map(|()| playing)
            });
            *playback = Some(playing.await??);
        }
        Ok(())
    }

    /// Closes the microphone, if it is open, and has the recording written down. One that did not
    /// become words, because its source could not be asked or refused, waits in memory to be sent
    /// again or thrown away, like one that was not sent yet.
    ///
    /// # Errors
    /// `not_dictating`, `recording_empty`; when the source could not be asked.
    pub async fn finish_dictation(&self) -> Result<Transcript, Error> {
        let open = self.open()?;
        let running = open.dictating.running.lock().await.take();
        let Running {
            stage,
            conversation,
            listener,
        } = running.ok_or_else(not_dictating)?;
        let cancel = open.dictating.waiting(&open.stop);
        let heard = stage.ended().await?;
        if cancel.is_cancelled() {
            return Err(fluxchat_egress::EgressError::Cancelled.into());
        }
        let sent = self
            .send_dictation(heard.clone(), conversation, &listener, cancel.clone())
            .await;
        if sent.as_ref().is_err_and(may_be_sent_again) {
            let running = Running {
                stage: Stage::waits(heard),
                conversation,
                listener,
            };
            open.dictating.keep(running, &cancel).await;
        }
        open.dictating.awaited().take();
        sent
    }

    async fn send_dictation(
        &self,
        heard: Heard,
        conversation: Option<ConversationId>,
        listener: &(Source, String),
        cancel: CancellationToken,
    ) -> Result<Transcript, Error> {
        // As the rules are now, not as they were when the microphone was opened.
        self.may_still(conversation, listener).await?;
        let clip = Clip {
            bytes: heard.wav,
            format: SoundFormat::Wav,
            ms: Some(heard.ms),
        };
        self.write_down(clip, listener.clone(), None, conversation, cancel)
            .await
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

/// Whether a recording may become words after all. Who took the consent back, or stopped waiting,
/// wants it gone; an empty one, or one that is too large, never will.
fn may_be_sent_again(error: &Error) -> bool {
    !matches!(
        error.code(),
        "cancelled" | "voice_not_agreed" | "recording_empty" | "recording_too_large"
    )
}

fn not_dictating() -> Error {
    Error::invalid("not_dictating", "Nothing is recorded.")
}
