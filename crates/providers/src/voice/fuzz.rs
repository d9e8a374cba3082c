//! The readers of this module over foreign bytes, for the entry for fuzzing.

use bytes::Bytes;
use fluxchat_egress::Credential;

use super::heard::Heard;
use super::{Spoken, Transcription, google, sound};
use crate::ProviderError;

/// What is told while a transcript arrives in these pieces, and what it is at the end.
pub(crate) fn transcript<'a>(
    content_type: Option<&str>,
    pieces: impl Iterator<Item = &'a [u8]>,
    credential: Option<Credential>,
) -> (String, Result<Transcription, ProviderError>) {
    let mut told = String::new();
    let mut hear = |piece: &str| told.push_str(piece);
    let mut heard = Heard::new(content_type, credential);
    for piece in pieces {
        if let Some(done) = heard.push(piece, &mut hear) {
            return (told, done);
        }
    }
    let done = heard.finish(&mut hear);
    (told, done)
}

/// The same of a service that answers with a document of its own.
pub(crate) fn google_transcript(
    bytes: &[u8],
    credential: Option<&Credential>,
) -> Result<Transcription, ProviderError> {
    google::heard(bytes, credential)
}

/// What is heard of these bytes, in each way that sound is sent.
pub(crate) fn speech(
    bytes: &[u8],
    credential: Option<&Credential>,
) -> [Result<Spoken, ProviderError>; 3] {
    let usual = |is_text| {
        let bytes = sound(Bytes::copy_from_slice(bytes), is_text, credential)?;
        Ok(Spoken {
            bytes,
            samples_at: None,
        })
    };
    [usual(false), usual(true), google::spoken(bytes, credential)]
}
