//! What a computer hears and says: a trait, so that the core links no sound system and tests bring
//! their own.

use std::time::Duration;

use bytes::Bytes;

use crate::Error;

/// How a recording goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// How loud it is, 0 to 100.
    pub percent: u8,
    /// How long it is.
    pub ms: u64,
    /// Whether it is as long as it may be: nothing is added any more.
    pub is_full: bool,
}

/// A recording, complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// A WAV file: one channel, 16 bit, 16 kHz.
    pub wav: Vec<u8>,
    /// How long it is.
    pub ms: u64,
}

/// Why there is no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// There is no such device, or no sound system.
    #[error("no microphone or loudspeaker was found")]
    Missing,
    /// Another program has it.
    #[error("another program uses the microphone or loudspeaker")]
    Busy,
    /// The system does not allow it.
    #[error("the system does not allow the use of the microphone or loudspeaker")]
    Denied,
    /// It worked and does not any more, or works in a way nobody knows.
    #[error("the microphone or loudspeaker stopped working")]
    Failed,
    /// What was given is no sound that can be played.
    #[error("what came is no sound that can be played")]
    Unreadable,
}

impl From<SoundError> for Error {
    fn from(error: SoundError) -> Self {
        let code = match error {
            SoundError::Missing => "sound_missing",
            SoundError::Busy => "sound_busy",
            SoundError::Denied => "sound_denied",
            SoundError::Failed => "sound_failed",
            SoundError::Unreadable => "sound_unreadable",
        };
        Self::said(code)
    }
}

/// The microphone and the loudspeaker of a computer. Nothing is opened before it is needed.
pub trait Sound: Send + Sync {
    /// Opens the microphone. `told` hears how it goes on, at most ten times a second, on a thread
    /// of its own.
    ///
    /// # Errors
    /// When there is none to use.
    fn record(
        &self,
        longest: Duration,
        told: Box<dyn FnMut(Level) + Send>,
    ) -> Result<Box<dyn Recording>, SoundError>;

    /// Opens the loudspeaker.
    ///
    /// # Errors
    /// When there is none to use.
    fn play(&self) -> Result<Box<dyn Playback>, SoundError>;
}

/// A recording that is being made. Dropped, it is gone, and the microphone is closed.
pub trait Recording: Send {
    /// Closes the microphone.
    ///
    /// # Errors
    /// When it stopped working before anything was heard.
    fn finish(self: Box<Self>) -> Result<Recorded, SoundError>;
}

/// Sounds, one after the other. Dropped, it is silent, and the loudspeaker is closed.
pub trait Playback: Send + Sync {
    /// Adds a sound behind the others: MP3 or WAV, a whole file.
    ///
    /// # Errors
    /// When it is none.
    fn add(&self, sound: Bytes) -> Result<(), SoundError>;

    /// Holds it, or lets it go on.
    fn hold(&self, on: bool);

    /// How many sounds have not ended.
    fn left(&self) -> usize;
}
