//! The loudspeaker: a thread of its own owns the device as long as there is something to play.

use std::io::Cursor;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use bytes::Bytes;
use fluxchat_core::{Playback, SoundError};
use rodio::{Decoder, DeviceSinkBuilder, DeviceSinkError, Player};

use crate::means;

pub(crate) struct Mouth {
    player: Player,
    /// Dropped to close the loudspeaker.
    open: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Mouth {
    pub(crate) fn open() -> Result<Self, SoundError> {
        let (open, until) = channel::<()>();
        let (ready, begun) = channel();
        let thread = std::thread::Builder::new()
            .name("loudspeaker".to_owned())
            .spawn(move || {
                let mut sink = match DeviceSinkBuilder::open_default_sink() {
                    Ok(sink) => sink,
                    Err(error) => {
                        let _ = ready.send(Err(said(&error)));
                        return;
                    }
                };
                sink.log_on_drop(false);
                let _ = ready.send(Ok(Player::connect_new(sink.mixer())));
                // Nothing is ever sent: it ends when the other side is dropped.
                let _ = until.recv();
            })
            .map_err(|_| SoundError::Failed)?;
        let player = begun.recv().unwrap_or(Err(SoundError::Failed))?;
        Ok(Self {
            player,
            open: Some(open),
            thread: Some(thread),
        })
    }
}

fn said(error: &DeviceSinkError) -> SoundError {
    match error {
        DeviceSinkError::NoDevice => SoundError::Missing,
        DeviceSinkError::PlayError(error)
        | DeviceSinkError::DefaultSinkConfigError(error)
        | DeviceSinkError::BuildError(error)
        | DeviceSinkError::SupportedConfigsError(error) => means(error),
        _ => SoundError::Failed,
    }
}

impl Playback for Mouth {
    fn add(&self, sound: Bytes) -> Result<(), SoundError> {
        let sound = Decoder::try_from(Cursor::new(sound)).map_err(|_| SoundError::Unreadable)?;
        self.player.append(sound);
        Ok(())
    }

    fn hold(&self, on: bool) {
        if on {
            self.player.pause();
        } else {
            self.player.play();
        }
    }

    fn left(&self) -> usize {
        self.player.len()
    }
}

impl Drop for Mouth {
    fn drop(&mut self) {
        self.player.stop();
        self.open = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
