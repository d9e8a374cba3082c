//! Voice: a recording leaves only after a consent that names who gets it, is in the ledger as it is
//! on the wire, and is nowhere on the disk.

mod aimock;
mod cli;
mod rules;
pub mod window;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_core::{
    Audience, Error, Event, Level, Playback, Recorded, Recording, Sound, SoundError, VoiceEvent,
};
use fluxchat_model::{VoiceChoice, VoiceSettings};
use fluxchat_testkit::recorder::{Answer, Recorder};

use crate::offline::{Core, Events};

/// A WAV file of these bytes, as a microphone would give it.
fn wav(samples: &[u8]) -> Vec<u8> {
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80>\0\0\0}\0\0\x02\0\x10\0data".to_vec();
    file.extend_from_slice(&u32::try_from(samples.len()).unwrap().to_le_bytes());
    file.extend_from_slice(samples);
    file
}

/// Ears that hear what they are given, and a mouth that keeps what it is given.
#[derive(Default)]
struct Desk {
    hears: Vec<u8>,
    missing: Option<SoundError>,
    played: Arc<Mutex<Vec<Bytes>>>,
    /// How many sounds have not ended; a test lets them end.
    left: Arc<AtomicUsize>,
    held: Arc<AtomicBool>,
}

struct Tape(Vec<u8>);

impl Recording for Tape {
    fn finish(self: Box<Self>) -> Result<Recorded, SoundError> {
        Ok(Recorded {
            wav: wav(&self.0),
            ms: 3_000,
        })
    }
}

struct Shelf {
    played: Arc<Mutex<Vec<Bytes>>>,
    left: Arc<AtomicUsize>,
    held: Arc<AtomicBool>,
}

impl Playback for Shelf {
    fn add(&self, sound: Bytes) -> Result<(), SoundError> {
        if !sound.starts_with(b"ID3") && !sound.starts_with(b"RIFF") {
            return Err(SoundError::Unreadable);
        }
        self.played.lock().unwrap().push(sound);
        self.left.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    fn hold(&self, on: bool) {
        self.held.store(on, Ordering::SeqCst);
    }
    fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

impl Sound for Desk {
    fn record(
        &self,
        _: Duration,
        mut told: Box<dyn FnMut(Level) + Send>,
    ) -> Result<Box<dyn Recording>, SoundError> {
        if let Some(error) = self.missing {
            return Err(error);
        }
        told(Level {
            percent: 40,
            ms: 100,
            is_full: false,
        });
        Ok(Box::new(Tape(self.hears.clone())))
    }
    fn play(&self) -> Result<Box<dyn Playback>, SoundError> {
        Ok(Box::new(Shelf {
            played: Arc::clone(&self.played),
            left: Arc::clone(&self.left),
            held: Arc::clone(&self.held),
        }))
    }
}

fn heard(text: &str) -> Answer {
    let body = serde_json::json!({"text": text, "usage": {"type": "duration", "seconds": 3}});
    Answer::Plain(200, "application/json", body.to_string())
}

struct World {
    core: Core,
    server: Recorder,
}

impl World {
    async fn start(answer: Answer) -> Self {
        let server = Recorder::start(answer).await;
        let core = Core::start(|_| {}).await.set_up(Audience::Adult).await;
        core.add_source("ears", &server).await;
        Self { core, server }
    }

    /// Somebody spoke, chose the server and agreed.
    async fn agreed(answer: Answer) -> Self {
        Self::agreed_with(answer, b"abcd").await.0
    }

    /// The same of somebody who says this, at a desk.
    async fn agreed_with(answer: Answer, samples: &[u8]) -> (Self, Arc<Desk>) {
        let world = Self::start(answer).await;
        let desk = world.hears(samples);
        world.choose().await.unwrap();
        world.agree().await.unwrap();
        (world, desk)
    }

    /// Chooses the server for both.
    async fn choose(&self) -> Result<(), Error> {
        let source_id = self.core.app.source_named("ears").await.unwrap().id;
        let choice = |model: &str| {
            Some(VoiceChoice {
                source_id,
                model: model.to_owned(),
            })
        };
        let settings = VoiceSettings {
            dictation: choice("whisper-1"),
            reading: choice("tts-1"),
            language: Some("de".to_owned()),
            ..VoiceSettings::default()
        };
        self.core.app.set_voice(settings).await.map(drop)
    }

    async fn agree(&self) -> Result<(), Error> {
        let host = self.server.host().to_owned();
        self.core.app.agree_to_dictation(&host).await.map(drop)
    }

    fn hears(&self, samples: &[u8]) -> Arc<Desk> {
        let desk = Arc::new(Desk {
            hears: samples.to_vec(),
            ..Desk::default()
        });
        self.core.app.use_sound(desk.clone());
        desk
    }

    async fn dictate(&self) -> Result<String, Error> {
        self.core.app.begin_dictation(None).await?;
        let heard = self.core.app.finish_dictation().await;
        // What did not become words waits; the next recording begins when it is thrown away.
        self.core.app.cancel_dictation().await?;
        Ok(heard?.text)
    }

    /// The requests that carried sound or words to be spoken.
    fn arrived(&self) -> Vec<fluxchat_testkit::recorder::Recorded> {
        let seen = self.server.seen().into_iter();
        seen.filter(|it| it.path.contains("/audio/")).collect()
    }
}

/// The state in which reading aloud comes to this.
async fn reading(
    events: &mut Events,
    wanted: fluxchat_model::ReadingState,
) -> fluxchat_core::ReadingAt {
    loop {
        if let Event::Voice(VoiceEvent::Reading(at)) = events.recv().await.expect("it goes on")
            && at.state == wanted
        {
            return at;
        }
    }
}
