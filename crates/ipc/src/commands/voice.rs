//! Dictation and reading aloud. The sound itself never crosses.

use fluxchat_core::{App, LONGEST_RECORDING};

use crate::ApiError;
use crate::dto::chat::MessageReq;
use crate::dto::voice::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// How voice stands.
///
/// # Errors
/// When the archive is not open.
pub async fn voice_get(app: &App, _: Empty) -> Answer<VoiceState> {
    Ok(state(app.voice().await?))
}

/// Chooses who listens and who speaks.
///
/// # Errors
/// `invalid_voice`, `voice_unsupported`; when a guardian keeps it locked.
pub async fn voice_set(app: &App, req: VoiceSetReq) -> Answer<VoiceState> {
    Ok(state(app.set_voice(req.settings).await?))
}

/// Agrees that recordings go to who was chosen for them.
///
/// # Errors
/// `voice_not_chosen`; when a guardian keeps it locked.
pub async fn voice_agree(app: &App, req: VoiceAgreeReq) -> Answer<VoiceState> {
    Ok(state(app.agree_to_dictation(&req.host).await?))
}

/// Opens the microphone.
///
/// # Errors
/// `voice_not_chosen`, `voice_not_agreed`, `sound_missing` and the like; when nothing may leave.
pub async fn dictation_begin(app: &App, req: DictationBeginReq) -> Answer<Done> {
    app.begin_dictation(req.conversation_id).await?;
    Ok(Done {})
}

/// Closes the microphone and shows what would be sent.
///
/// # Errors
/// `not_dictating`, `recording_empty`.
pub async fn dictation_stop(app: &App, _: Empty) -> Answer<Recorded> {
    let taken = app.stop_dictation().await?;
    Ok(Recorded {
        ms: u32::try_from(taken.ms).unwrap_or(u32::MAX),
        bytes: u32::try_from(taken.bytes).unwrap_or(u32::MAX),
    })
}

/// Plays the recording that waits, or falls silent.
///
/// # Errors
/// `not_dictating`, `sound_missing` and the like.
pub async fn dictation_play(app: &App, req: DictationPlayReq) -> Answer<Done> {
    app.play_dictation(req.on).await?;
    Ok(Done {})
}

/// Closes the microphone, if it is open, and has the recording written down. One that did not
/// become words waits in memory; [`dictation_stop`] shows it.
///
/// # Errors
/// `recording_empty`; when the source could not be asked.
pub async fn dictation_finish(app: &App, _: Empty) -> Answer<Dictated> {
    Ok(Dictated {
        text: app.finish_dictation().await?.text,
    })
}

/// Throws the recording away, or stops waiting for its words.
///
/// # Errors
/// When the archive is not open.
pub async fn dictation_cancel(app: &App, _: Empty) -> Answer<Done> {
    app.cancel_dictation().await?;
    Ok(Done {})
}

/// Reads a message aloud.
///
/// # Errors
/// `voice_not_chosen`, `nothing_to_read`; when the message may not leave.
pub async fn reading_begin(app: &App, req: MessageReq) -> Answer<Done> {
    app.read_aloud(req.message_id).await?;
    Ok(Done {})
}

/// Holds what is read aloud, or lets it go on.
///
/// # Errors
/// When the archive is not open.
pub async fn reading_hold(app: &App, req: ReadingHoldReq) -> Answer<Done> {
    app.hold_reading(req.on)?;
    Ok(Done {})
}

/// Stops what is read aloud.
///
/// # Errors
/// When the archive is not open.
pub async fn reading_stop(app: &App, _: Empty) -> Answer<Done> {
    app.stop_reading()?;
    Ok(Done {})
}

fn state(found: fluxchat_core::VoiceState) -> VoiceState {
    VoiceState {
        settings: found.settings,
        dictation: found.dictation.map(partner),
        reading: found.reading.map(partner),
        agreed: found.agreed,
        partners: found.partners.into_iter().map(partner).collect(),
        longest_ms: u32::try_from(LONGEST_RECORDING.as_millis()).unwrap_or(u32::MAX),
    }
}

fn partner(found: fluxchat_core::VoicePartner) -> VoicePartner {
    VoicePartner {
        source_id: found.source_id,
        source: found.source,
        host: found.host,
        here: found.here,
        practices: found.practices,
        stated_by: found.stated_by,
        hears: found.names.hears.to_owned(),
        speaks: found.names.speaks.to_owned(),
        voice: found.names.voice.to_owned(),
    }
}
