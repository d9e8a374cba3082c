//! The real sound system, with files in the place of devices. Each test runs in a process of its
//! own, because the sound system reads its settings once.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use bytes::Bytes;
use fluxchat_core::{Sound as _, SoundError};
use fluxchat_voice::Devices;

const INSIDE: &str = "FLUXCHAT_VOICE_TEST";

/// Runs one test of this file again, inside a world whose devices are `settings`.
fn inside(test: &str, settings: &str) {
    let folder = std::env::temp_dir().join(format!("fluxchat-voice-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("asound.conf");
    std::fs::write(&file, settings.replace("FOLDER", folder.to_str().unwrap())).unwrap();
    for pipe in ["ears", "mouth"] {
        let made = Command::new("mkfifo")
            .arg(folder.join(pipe))
            .status()
            .unwrap();
        assert!(made.success(), "mkfifo is part of coreutils");
    }
    let ran = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(INSIDE, &folder)
        .env("ALSA_CONFIG_PATH", &file)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stdout)
    );
}

/// Pipes instead of devices: whoever reads and writes them sets the pace.
const PIPES: &str = r#"
pcm.ears { type file slave.pcm "null" file "/dev/null" infile "FOLDER/ears" format "raw" }
pcm.mouth { type file slave.pcm "null" file "FOLDER/mouth" format "raw" }
pcm.!default {
  type asym
  capture.pcm { type plug slave { pcm "ears" rate 48000 channels 2 format S16_LE } }
  playback.pcm { type plug slave { pcm "mouth" rate 44100 channels 2 format S16_LE } }
}
ctl.!default { type null }
pcm.null { type null }
"#;

fn tone(rate: u32, seconds: u32, channels: usize) -> Vec<u8> {
    (0..rate * seconds)
        .flat_map(|n| {
            let at = (n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin();
            vec![(at * 12_000.0) as i16; channels]
        })
        .flat_map(i16::to_le_bytes)
        .collect()
}

fn loudness(bytes: &[u8]) -> f64 {
    let samples = bytes.as_chunks::<2>().0;
    let sum: f64 = samples
        .iter()
        .map(|it| f64::from(i16::from_le_bytes(*it)).powi(2))
        .sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

#[test]
fn what_is_heard_is_a_recording_of_one_channel() {
    let Some(folder) = std::env::var_os(INSIDE) else {
        return inside("what_is_heard_is_a_recording_of_one_channel", PIPES);
    };
    let ears = Path::new(&folder).join("ears");
    let speaks = std::thread::spawn(move || {
        // What the device can do is asked by opening and closing it, which breaks the pipe: only a
        // recording takes more than a pipe holds, and without somebody who writes its opening waits.
        let spoken = tone(48_000, 1, 2);
        let speak = || {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(&ears)?;
            pipe.write_all(&spoken)
        };
        while speak().is_err() {}
    });
    let (told, levels) = channel();
    let recording = Devices
        .record(
            Duration::from_secs(3),
            Box::new(move |level| {
                let _ = told.send(level);
            }),
        )
        .unwrap();
    let loud = levels.iter().find(|level| level.percent > 50).unwrap();
    assert!(loud.percent <= 100);
    let full = levels.iter().find(|level| level.is_full).unwrap();
    assert!((2_900..=3_100).contains(&full.ms), "{full:?}");
    let recorded = recording.finish().unwrap();
    speaks.join().unwrap();
    assert!((2_900..=3_100).contains(&recorded.ms), "{}", recorded.ms);
    assert!(recorded.wav.starts_with(b"RIFF"));
    let samples = &recorded.wav[44..];
    assert!(
        (90_000..=100_000).contains(&samples.len()),
        "{}",
        samples.len()
    );
    let voice = loudness(&samples[..24_000]);
    assert!(voice > 4_000.0, "the tone is there: {voice}");
}

#[test]
fn what_is_played_arrives_and_the_device_is_let_go() {
    let Some(folder) = std::env::var_os(INSIDE) else {
        return inside("what_is_played_arrives_and_the_device_is_let_go", PIPES);
    };
    let mouth = Path::new(&folder).join("mouth");
    let hears = std::thread::spawn(move || {
        let mut pipe = std::fs::File::open(mouth).unwrap();
        let (mut all, mut piece) = (Vec::new(), [0; 4_096]);
        while let Ok(read) = pipe.read(&mut piece) {
            if read == 0 {
                break;
            }
            // Silence that follows is let go.
            if all.len() < 4 << 20 {
                all.extend_from_slice(&piece[..read]);
            }
        }
        all
    });
    let playback = Devices.play().unwrap();
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80>\0\0\0}\0\0\x02\0\x10\0data".to_vec();
    let samples = tone(16_000, 1, 1);
    file.extend_from_slice(&u32::try_from(samples.len()).unwrap().to_le_bytes());
    file.extend_from_slice(&samples);
    let length = u32::try_from(file.len() - 8).unwrap().to_le_bytes();
    file[4..8].copy_from_slice(&length);
    assert_eq!(
        playback.add(Bytes::from_static(b"<html>")),
        Err(SoundError::Unreadable)
    );
    playback.add(file.into()).unwrap();
    assert_eq!(playback.left(), 1);
    while playback.left() > 0 {
        std::thread::yield_now();
    }
    drop(playback);
    let all = hears.join().unwrap();
    let loudest = all.chunks(44_100).map(loudness).fold(0.0, f64::max);
    assert!(loudest > 4_000.0, "the tone is there: {loudest}");
}

#[test]
fn a_computer_without_sound_says_so() {
    if std::env::var_os(INSIDE).is_none() {
        return inside("a_computer_without_sound_says_so", "");
    }
    let recording = Devices.record(Duration::from_secs(1), Box::new(|_| {}));
    assert_eq!(recording.err(), Some(SoundError::Missing));
    assert_eq!(Devices.play().err(), Some(SoundError::Missing));
}
