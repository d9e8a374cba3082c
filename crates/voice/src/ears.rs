//! The microphone: a thread of its own owns the device, counts and tells, and ends with whoever
//! asked for it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Device, FromSample, Sample, SampleFormat, SizedSample, SupportedStreamConfig};
use fluxchat_core::{Level, Recorded, Recording, SoundError};

use crate::{means, wav};

/// How often it is told how it goes on.
const TELL: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Heard {
    /// One channel, at the rate of the device.
    samples: Vec<i16>,
    /// The most that is kept.
    most: usize,
    /// The loudest since it was last told.
    loudest: u16,
    failed: Option<SoundError>,
}

impl Heard {
    fn take<T: Sample>(&mut self, data: &[T], channels: usize)
    where
        i16: FromSample<T>,
    {
        for frame in data.chunks_exact(channels.max(1)) {
            let sum: i32 = frame
                .iter()
                .map(|sample| i32::from(sample.to_sample::<i16>()))
                .sum();
            let mean = sum / i32::try_from(frame.len()).unwrap_or(1).max(1);
            let sample = i16::try_from(mean).unwrap_or(i16::MAX);
            self.loudest = self.loudest.max(sample.unsigned_abs());
            if self.samples.len() < self.most {
                self.samples.push(sample);
            }
        }
    }
}

/// A recording that is being made.
pub(crate) struct Ears {
    heard: Arc<Mutex<Heard>>,
    rate: u32,
    /// Dropped to close the microphone.
    open: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ears {
    pub(crate) fn open(
        longest: Duration,
        told: Box<dyn FnMut(Level) + Send>,
    ) -> Result<Self, SoundError> {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (open, until) = channel();
        let (ready, begun) = channel();
        let shared = Arc::clone(&heard);
        let thread = std::thread::Builder::new()
            .name("microphone".to_owned())
            .spawn(move || listen(&shared, longest, told, &until, &ready))
            .map_err(|_| SoundError::Failed)?;
        let rate = begun.recv().unwrap_or(Err(SoundError::Failed))?;
        Ok(Self {
            heard,
            rate,
            open: Some(open),
            thread: Some(thread),
        })
    }

    fn close(&mut self) {
        self.open = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Recording for Ears {
    fn finish(mut self: Box<Self>) -> Result<Recorded, SoundError> {
        self.close();
        let heard = std::mem::take(&mut *lock(&self.heard));
        if heard.samples.is_empty()
            && let Some(error) = heard.failed
        {
            return Err(error);
        }
        let ms = ms_of(heard.samples.len(), self.rate);
        let samples = wav::at_16_khz(heard.samples, self.rate).ok_or(SoundError::Failed)?;
        Ok(Recorded {
            wav: wav::file(&samples),
            ms,
        })
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ms_of(samples: usize, rate: u32) -> u64 {
    samples as u64 * 1_000 / u64::from(rate.max(1))
}

fn listen(
    heard: &Arc<Mutex<Heard>>,
    longest: Duration,
    mut told: Box<dyn FnMut(Level) + Send>,
    until: &Receiver<()>,
    ready: &Sender<Result<u32, SoundError>>,
) {
    let (stream, rate) = match begin(heard, longest) {
        Ok(begun) => begun,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(rate));
    while until.recv_timeout(TELL) == Err(RecvTimeoutError::Timeout) {
        let level = {
            let mut heard = lock(heard);
            let loudest = std::mem::take(&mut heard.loudest);
            Level {
                percent: percent(loudest),
                ms: ms_of(heard.samples.len(), rate),
                is_full: heard.samples.len() >= heard.most,
            }
        };
        told(level);
    }
    drop(stream);
}

/// As people hear: 60 dB below the loudest is silence.
fn percent(loudest: u16) -> u8 {
    if loudest == 0 {
        return 0;
    }
    let decibels = 20.0 * (f32::from(loudest) / f32::from(i16::MAX)).log10();
    ((decibels + 60.0) / 60.0 * 100.0).clamp(0.0, 100.0) as u8
}

fn begin(heard: &Arc<Mutex<Heard>>, longest: Duration) -> Result<(cpal::Stream, u32), SoundError> {
    let device = cpal::default_host()
        .default_input_device()
        .ok_or(SoundError::Missing)?;
    let config = suited(&device)?;
    let rate = config.sample_rate();
    let seconds = usize::try_from(longest.as_secs()).unwrap_or(usize::MAX);
    lock(heard).most = seconds.saturating_mul(rate as usize);
    let stream = match config.sample_format() {
        SampleFormat::I16 => build::<i16>(&device, &config, heard),
        SampleFormat::U16 => build::<u16>(&device, &config, heard),
        SampleFormat::I32 => build::<i32>(&device, &config, heard),
        SampleFormat::F32 => build::<f32>(&device, &config, heard),
        SampleFormat::F64 => build::<f64>(&device, &config, heard),
        SampleFormat::U8 => build::<u8>(&device, &config, heard),
        SampleFormat::I8 => build::<i8>(&device, &config, heard),
        _ => return Err(SoundError::Failed),
    };
    let stream = stream.map_err(|error| means(&error))?;
    stream.play().map_err(|error| means(&error))?;
    Ok((stream, rate))
}

/// 16 kHz on one channel where the device has that, else what it has by itself.
fn suited(device: &Device) -> Result<SupportedStreamConfig, SoundError> {
    let all = device
        .supported_input_configs()
        .map_err(|error| means(&error))?;
    let is_known = |format| {
        matches!(
            format,
            SampleFormat::I16 | SampleFormat::F32 | SampleFormat::I32
        )
    };
    let best = all
        .filter(|range| is_known(range.sample_format()) && range.channels() <= 2)
        .filter_map(|range| range.try_with_sample_rate(wav::RATE))
        .min_by_key(|config| {
            (
                config.channels(),
                config.sample_format() != SampleFormat::I16,
            )
        });
    match best {
        Some(config) => Ok(config),
        None => device.default_input_config().map_err(|error| means(&error)),
    }
}

fn build<T>(
    device: &Device,
    config: &SupportedStreamConfig,
    heard: &Arc<Mutex<Heard>>,
) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    i16: FromSample<T>,
{
    let channels = usize::from(config.channels());
    let (samples, broken) = (Arc::clone(heard), Arc::clone(heard));
    device.build_input_stream(
        config.config(),
        move |data: &[T], _: &_| lock(&samples).take(data, channels),
        move |error| {
            tracing::warn!(name: "voice.microphone", kind = ?error.kind());
            lock(&broken).failed = Some(means(&error));
        },
        None,
    )
}
