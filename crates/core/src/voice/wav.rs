//! WAV files: made, and several joined to one.

use bytes::Bytes;
use fluxchat_model::SoundFormat;

use super::SoundError;
use crate::Error;

/// Sounds of one format as one file. MP3 is a row of frames; a WAV file has a head.
///
/// # Errors
/// When what is called WAV is none, or is not the same kind of WAV throughout.
pub fn joined_sound(format: SoundFormat, sounds: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    if format != SoundFormat::Wav {
        return Ok(sounds.concat());
    }
    let mut kind: Option<&[u8]> = None;
    let mut samples = Vec::new();
    for sound in sounds {
        let (fmt, data) = parts(sound).ok_or(SoundError::Unreadable)?;
        if *kind.get_or_insert(fmt) != fmt {
            return Err(SoundError::Unreadable.into());
        }
        samples.extend_from_slice(data);
    }
    Ok(wav_file(kind.ok_or(SoundError::Unreadable)?, &samples))
}

/// A WAV file of samples: one channel, 16 bit, the least byte first.
#[must_use]
pub fn wav_of_samples(rate: u32, samples: &[u8]) -> Vec<u8> {
    let mut fmt = b"\x01\0\x01\0".to_vec();
    fmt.extend_from_slice(&rate.to_le_bytes());
    fmt.extend_from_slice(&rate.saturating_mul(2).to_le_bytes());
    fmt.extend_from_slice(b"\x02\0\x10\0");
    wav_file(&fmt, samples)
}

/// A WAV file of what its head says of the samples (`fmt `), and of the samples as bytes.
fn wav_file(fmt: &[u8], samples: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    // A part begins at an even place: behind an odd one is a byte that does not count.
    let even = |bytes: usize| bytes.saturating_add(bytes % 2);
    let whole = 4 + 8 + even(fmt.len()) + 8 + even(samples.len());
    let mut file = Vec::with_capacity(8 + whole);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&length(whole));
    file.extend_from_slice(b"WAVE");
    for (name, part) in [(b"fmt ", fmt), (b"data", samples)] {
        file.extend_from_slice(name);
        file.extend_from_slice(&length(part.len()));
        file.extend_from_slice(part);
        file.resize(even(file.len()), 0);
    }
    file
}

/// A sound as a player takes it: a WAV file that was sent while it was made does not know how long
/// it is, and says so with nothing or with too much.
pub(super) fn settled(sound: Bytes) -> Bytes {
    if !sound.starts_with(b"RIFF") {
        return sound;
    }
    joined_sound(SoundFormat::Wav, &[sound.to_vec()]).map_or(sound, Bytes::from)
}

/// What a WAV file says of its samples, and the samples. One that was sent as it was made may say
/// that it is longer than it is.
fn parts(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = file
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WAVE")?;
    let mut fmt = None;
    loop {
        let (name, behind) = rest.split_at_checked(4)?;
        let (length, behind) = behind.split_at_checked(4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let body = behind.get(..length).unwrap_or(behind);
        match name {
            b"fmt " => fmt = Some(body),
            b"data" if length == 0 => return Some((fmt?, behind)),
            b"data" => return Some((fmt?, body)),
            _ => {}
        }
        rest = behind.get(length.checked_add(length % 2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(samples: &[u8], claimed: u32) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\x01\0LIST\x03\0\0\0abc\0data".to_vec();
        file.extend_from_slice(&claimed.to_le_bytes());
        file.extend_from_slice(samples);
        file
    }

    #[test]
    fn two_become_one_and_nonsense_is_refused() {
        let (one, two) = (wav(b"ab", 2), wav(b"cdef", u32::MAX));
        let both = joined_sound(SoundFormat::Wav, &[one.clone(), two]).unwrap();
        assert_eq!(parts(&both), Some((&b"\x01\0"[..], &b"abcdef"[..])));
        for bad in [
            &b""[..],
            b"RIFF",
            b"RIFF\0\0\0\0WAVEdata\x01\0\0\0a",
            b"ID3",
        ] {
            let bad = [one.clone(), bad.to_vec()];
            let error = joined_sound(SoundFormat::Wav, &bad).unwrap_err();
            assert_eq!(error.code(), "sound_unreadable");
        }
        let mp3 = joined_sound(SoundFormat::Mp3, &[b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(mp3.unwrap(), b"ab");
    }

    #[test]
    fn what_is_written_is_read_as_it_was_however_long_its_parts_are() {
        for (fmt, samples) in [("ab", "cd"), ("abc", "cd"), ("ab", "cde"), ("abc", "cde")] {
            let (fmt, samples) = (fmt.as_bytes(), samples.as_bytes());
            let file = wav_file(fmt, samples);
            assert_eq!(parts(&file), Some((fmt, samples)));
            let length = u32::try_from(file.len() - 8).unwrap();
            assert_eq!(
                (file[4..8].to_vec(), file.len() % 2),
                (length.to_le_bytes().to_vec(), 0)
            );
        }
    }

    #[test]
    fn a_file_that_does_not_know_its_length_is_told() {
        for claimed in [0, 4, u32::MAX] {
            let sound = settled(wav(b"abcd", claimed).into());
            let rest = u32::try_from(sound.len() - 8).unwrap();
            assert_eq!(sound[4..8], rest.to_le_bytes());
            assert!(sound.ends_with(b"data\x04\0\0\0abcd"), "{claimed}");
        }
        for other in [&b"ID3 and more"[..], b"RIFF of nothing"] {
            assert_eq!(settled(Bytes::from_static(other)), other);
        }
    }
}
