//! Reading aloud: the next piece is fetched while one sounds, and never more than that, so that what
//! nobody hears is not paid for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxchat_egress::CancellationToken;
use fluxchat_model::{
    ConversationId, MessageId, ReadingState, Source, VisibleError, VoiceChoice, VoiceSettings,
};
use tokio::sync::watch;

use super::{Playback, VoiceEvent, not_chosen};
use crate::app::Open;
use crate::{App, Error, Event};

/// How often the loudspeaker is asked how far it is, while it sounds.
const LOOK: Duration = Duration::from_millis(200);

/// How far reading aloud is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingAt {
    /// What is read.
    pub message_id: MessageId,
    /// How it stands.
    pub state: ReadingState,
    /// The piece that sounds, from 1.
    pub piece: u32,
    /// How many there are.
    pub pieces: u32,
    /// Why it could not go on.
    pub error: Option<VisibleError>,
}

/// What is read aloud; one text at a time.
#[derive(Default)]
pub(crate) struct Reading(Mutex<Option<Running>>);

struct Running {
    cancel: CancellationToken,
    held: watch::Sender<bool>,
    /// The same as of its job.
    mark: Arc<()>,
}

impl Reading {
    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Falls silent.
    pub(crate) fn stop(&self) {
        if let Some(running) = self.running().take() {
            running.cancel.cancel();
        }
    }
}

struct Job {
    app: App,
    open: Arc<Open>,
    message: MessageId,
    conversation: ConversationId,
    source: Source,
    choice: VoiceChoice,
    settings: VoiceSettings,
    pieces: Vec<String>,
    cancel: CancellationToken,
    held: watch::Receiver<bool>,
    mark: Arc<()>,
}

impl App {
    /// Reads a message aloud. How it goes on comes as events; another text that is read stops.
    ///
    /// # Errors
    /// `voice_not_chosen`, `nothing_to_read`; when the message does not exist, is frozen, or may not
    /// leave this computer.
    pub async fn read_aloud(&self, message: MessageId) -> Result<(), Error> {
        let open = self.open()?;
        open.reading.stop();
        let message = self.message_by_id(message).await?;
        let settings = self.voice_settings().await?;
        let choice = settings.reading.clone();
        let choice = choice.ok_or_else(|| not_chosen("reading aloud"))?;
        let conversation = message.conversation_id;
        let source = self.voice_source(&choice, Some(conversation)).await?;
        let pieces = self.spoken_pieces(&message.text()).await?;
        self.sound()?;
        let cancel = open.stop.child_token();
        let (hold, held) = watch::channel(false);
        let mark = Arc::new(());
        *open.reading.running() = Some(Running {
            cancel: cancel.clone(),
            held: hold,
            mark: Arc::clone(&mark),
        });
        let job = Job {
            app: self.clone(),
            open: Arc::clone(&open),
            message: message.id,
            conversation,
            source,
            choice,
            settings,
            pieces,
            cancel,
            held,
            mark,
        };
        open.tasks.spawn(job.run());
        Ok(())
    }

    /// Holds what is read aloud, or lets it go on.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn hold_reading(&self, on: bool) -> Result<(), Error> {
        if let Some(running) = self.open()?.reading.running().as_ref() {
            running.held.send_replace(on);
        }
        Ok(())
    }

    /// Stops what is read aloud.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn stop_reading(&self) -> Result<(), Error> {
        self.open()?.reading.stop();
        Ok(())
    }
}

impl Job {
    async fn run(mut self) {
        self.tell(ReadingState::Fetching, 1, None);
        let ended = self.read().await;
        match ended {
            Err(error) if error.code() != "cancelled" => {
                self.tell(ReadingState::Failed, 1, Some(error.visible()));
            }
            _ => self.tell(ReadingState::Ended, self.count(), None),
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.pieces.len()).unwrap_or(u32::MAX)
    }

    fn tell(&self, state: ReadingState, piece: u32, error: Option<VisibleError>) {
        let at = ReadingAt {
            message_id: self.message,
            state,
            piece: piece.clamp(1, self.count().max(1)),
            pieces: self.count(),
            error,
        };
        self.app.tell(Event::Voice(VoiceEvent::Reading(at)));
    }

    async fn read(&mut self) -> Result<(), Error> {
        let mut playback: Option<Box<dyn Playback>> = None;
        let (pieces, mut added) = (self.pieces.clone(), 0_u32);
        for piece in pieces {
            let at = (&self.source, &self.choice, Some(self.conversation));
            let saying = self
                .app
                .utter(piece, at, &self.settings, self.cancel.clone());
            let sound = saying.await?;
            // Opened when there is something to hear, so that it is not held while one waits.
            let open = match playback.take() {
                Some(open) => open,
                None => {
                    let sound = self.app.sound()?;
                    tokio::task::spawn_blocking(move || sound.play()).await??
                }
            };
            let open = tokio::task::spawn_blocking(move || {
                open.add(super::wav::settled(sound)).map(|()| open)
            })
            .await??;
            open.hold(*self.held.borrow());
            added += 1;
            self.listen(open.as_ref(), added, 1).await?;
            playback = Some(open);
        }
        match playback {
            Some(open) => self.listen(open.as_ref(), added, 0).await,
            None => Ok(()),
        }
    }

    /// Waits until no more than `most` sounds are left.
    async fn listen(
        &mut self,
        playback: &dyn Playback,
        added: u32,
        most: usize,
    ) -> Result<(), Error> {
        let mut told = None;
        loop {
            let held = *self.held.borrow_and_update();
            playback.hold(held);
            let left = playback.left();
            let piece = added.saturating_sub(u32::try_from(left).unwrap_or(0)) + 1;
            let state = if held {
                ReadingState::Paused
            } else {
                ReadingState::Playing
            };
            if told != Some((state, piece)) && left > 0 {
                self.tell(state, piece, None);
                told = Some((state, piece));
            }
            if left <= most {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => {
                    return Err(fluxchat_egress::EgressError::Cancelled.into());
                }
                _ = self.held.changed(), if !self.cancel.is_cancelled() => {}
                () = tokio::time::sleep(LOOK), if !held => {}
            }
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // One that another took the place of leaves that one alone.
        let mut running = self.open.reading.running();
        if running
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(&it.mark, &self.mark))
        {
            *running = None;
        }
    }
}
