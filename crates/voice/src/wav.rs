//! A recording as services want it: WAV, one channel, 16 bit, 16 kHz.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

/// What speech models are made for.
pub(crate) const RATE: u32 = 16_000;
const BLOCK: usize = 1_024;

/// The same sound at 16 kHz. `None` for a rate that no device has.
pub(crate) fn at_16_khz(samples: Vec<i16>, rate: u32) -> Option<Vec<i16>> {
    if rate == RATE || samples.is_empty() {
        return Some(samples);
    }
    let full = f32::from(i16::MAX);
    let input: Vec<f32> = samples.iter().map(|it| f32::from(*it) / full).collect();
    let mut resampler =
        Fft::<f32>::new(rate as usize, RATE as usize, BLOCK, 1, FixedSync::Input).ok()?;
    let adapter = InterleavedSlice::new(&input, 1, input.len()).ok()?;
    let output = resampler.process_all(&adapter, input.len(), None).ok()?;
    let output = output.take_data();
    let sample = |it: &f32| (it * full).clamp(f32::from(i16::MIN), full) as i16;
    Some(output.iter().map(sample).collect())
}

/// A file of samples at 16 kHz.
pub(crate) fn file(samples: &[i16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|it| it.to_le_bytes()).collect();
    fluxchat_core::wav_of_samples(RATE, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, rate: u32) -> Vec<i16> {
        let at = |n: u32| (n as f32 * hertz * std::f32::consts::TAU / rate as f32).sin();
        (0..rate).map(|n| (at(n) * 16_000.0) as i16).collect()
    }

    fn loudness(samples: &[i16]) -> f64 {
        let sum: f64 = samples.iter().map(|it| f64::from(*it).powi(2)).sum();
        (sum / samples.len() as f64).sqrt()
    }

    #[test]
    fn a_voice_stays_and_what_would_become_noise_goes() {
        for rate in [44_100, 48_000, 96_000] {
            let voice = at_16_khz(tone(440.0, rate), rate).unwrap();
            assert!((15_900..=16_100).contains(&voice.len()), "{}", voice.len());
            assert!(loudness(&voice) > 10_000.0, "{rate}");
            let whistle = at_16_khz(tone(12_000.0, rate), rate).unwrap();
            assert!(loudness(&whistle) < 300.0, "{rate}: {}", loudness(&whistle));
        }
        assert_eq!(at_16_khz(vec![1, 2], 16_000), Some(vec![1, 2]));
    }

    #[test]
    fn a_file_says_how_long_it_is() {
        let file = file(&[1, -1]);
        assert_eq!(file.len(), 48);
        assert_eq!(&file[40..44], &4_u32.to_le_bytes());
        assert_eq!(&file[44..], &[1, 0, 0xff, 0xff]);
    }
}
