//! Dictation and reading aloud.

use super::{NOTHING_CHANGED, NOTHING_LOST};

/// Of a recording that did not become words.
const GONE: &str = "The recording was thrown away; it was never on the disk.";

pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "voice_not_chosen",
        "No source is chosen for this.",
        NOTHING_LOST,
        "Choose one in the settings, under Voice.",
    ),
    (
        "voice_not_agreed",
        "Nobody agreed yet that recordings go to this source.",
        "Nothing was recorded, and nothing left this computer.",
        "Press the microphone and agree, or run `fluxchat-cli voice agree`.",
    ),
    (
        "voice_unsupported",
        "This source takes no recordings and does not speak.",
        NOTHING_CHANGED,
        "Choose a source that speaks as OpenAI does.",
    ),
    (
        "invalid_voice",
        "This cannot be chosen for voice.",
        NOTHING_CHANGED,
        "Change what was entered.",
    ),
    (
        "consent_where_used",
        "This is agreed to where it is first used.",
        NOTHING_CHANGED,
        "Press the microphone, or run `fluxchat-cli voice agree`.",
    ),
    (
        "dictating",
        "It records already.",
        NOTHING_LOST,
        "End the recording first.",
    ),
    (
        "not_dictating",
        "Nothing is recorded.",
        NOTHING_LOST,
        "Press the microphone.",
    ),
    (
        "recording_empty",
        "Nothing was recorded.",
        NOTHING_LOST,
        "Speak after the level moves, or look whether the microphone is muted.",
    ),
    (
        "recording_too_large",
        "The recording is larger than services take.",
        GONE,
        "Use a shorter one, or a compressed file of at most 25 MB.",
    ),
    (
        "nothing_to_read",
        "There are no words to read aloud.",
        NOTHING_LOST,
        "Choose a message with words.",
    ),
    (
        "sound_missing",
        "No microphone or loudspeaker was found.",
        NOTHING_LOST,
        "Connect one, or look at the sound settings of the system.",
    ),
    (
        "sound_busy",
        "Another program uses the microphone or loudspeaker.",
        NOTHING_LOST,
        "End the other program and try again.",
    ),
    (
        "sound_denied",
        "The system does not let Fluxchat use the microphone or loudspeaker.",
        NOTHING_LOST,
        "Allow it in the privacy settings of the system.",
    ),
    (
        "sound_failed",
        "The microphone or loudspeaker stopped working.",
        NOTHING_LOST,
        "Connect it again and try once more.",
    ),
    (
        "sound_unreadable",
        "What the source sent is no sound that can be played.",
        NOTHING_LOST,
        "Choose another format or model in the settings, under Voice.",
    ),
];
