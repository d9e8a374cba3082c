//! The microphone and the loudspeaker of a computer.
//!
//! In Rust and not in the web view: the page has no permission to hear or to play anything. What is
//! recorded is in memory, and gone when it is dropped. A device is opened when it is needed and
//! closed right after.

mod ears;
mod mouth;
mod wav;

use std::time::Duration;

use cpal::ErrorKind;
use fluxchat_core::{Level, Playback, Recording, Sound, SoundError};

/// The devices that the system calls its default ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Devices;

impl Sound for Devices {
    fn record(
        &self,
        longest: Duration,
        told: Box<dyn FnMut(Level) + Send>,
    ) -> Result<Box<dyn Recording>, SoundError> {
        Ok(Box::new(ears::Ears::open(longest, told)?))
    }

    fn play(&self) -> Result<Box<dyn Playback>, SoundError> {
        Ok(Box::new(mouth::Mouth::open()?))
    }
}

fn means(error: &cpal::Error) -> SoundError {
    match error.kind() {
        ErrorKind::DeviceBusy => SoundError::Busy,
        ErrorKind::PermissionDenied => SoundError::Denied,
        ErrorKind::DeviceNotAvailable
        | ErrorKind::HostUnavailable
        | ErrorKind::UnsupportedOperation => SoundError::Missing,
        _ => SoundError::Failed,
    }
}
