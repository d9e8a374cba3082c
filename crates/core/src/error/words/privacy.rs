//! Consents, rights, guardians, deletion and what is frozen.

use super::{Entry, NOTHING_CHANGED, NOTHING_LOST};

pub(super) const TABLE: &[Entry] = &[
    (
        "objected",
        "You objected to this purpose, so nothing was sent.",
        NOTHING_LOST,
        "Take the objection back under “Your rights” if you want it after all.",
    ),
    (
        "invalid_objection",
        "This purpose does not rest on a legitimate interest.",
        NOTHING_CHANGED,
        "Choose one of the purposes that can be objected to.",
    ),
    (
        "invalid_correction",
        "A correction has to say what is right.",
        NOTHING_CHANGED,
        "Give a name or an e-mail address.",
    ),
    (
        "invalid_note",
        "A note has at most 2000 characters.",
        NOTHING_CHANGED,
        "Write it shorter.",
    ),
    (
        "not_pending",
        "The request was answered already, so it cannot be taken back.",
        NOTHING_CHANGED,
        "Look at its answer under “Your rights”.",
    ),
    (
        "no_consent",
        "You have not agreed to this kind of request.",
        "Nothing left this computer.",
        "Agree to it in Privacy, if you want it.",
    ),
    (
        "controls_restricted",
        "A guardian keeps this off.",
        "Nothing left this computer.",
        "Ask your guardian.",
    ),
    (
        "supervised",
        "A guardian keeps this locked.",
        NOTHING_CHANGED,
        "Ask your guardian to unlock it with the guardian's passphrase.",
    ),
    (
        "key_not_offered",
        "The service does not sign with this key.",
        NOTHING_CHANGED,
        "Look at both keys again, and compare the new one with what the operator of the service names.",
    ),
    (
        "already_supervised",
        "A guardian supervises this profile already.",
        NOTHING_CHANGED,
        "Unlock it with the guardian's passphrase, or end the supervision first.",
    ),
    (
        "guardian_passphrase_wrong",
        "That is not the guardian's passphrase.",
        "Everything stays locked.",
        "Try again; after several wrong tries the app makes you wait.",
    ),
    (
        "guardian_wait",
        "The guardian's passphrase was wrong too often.",
        "Everything stays locked.",
        "Wait, then try again.",
    ),
    (
        "training_not_agreed",
        "Training of AI models is not agreed to.",
        NOTHING_CHANGED,
        "Agree to it in Privacy, Consents first, if you want it.",
    ),
    (
        "policy_unusable",
        "The service sent a policy that cannot be used.",
        "The policy in force stays as it is.",
        "Try again later.",
    ),
    (
        "only_here",
        "This conversation is kept to this computer, and the source is not on it.",
        "Nothing left this computer.",
        "Choose a source on this computer, or let the conversation go elsewhere in its menu.",
    ),
    (
        "temporary",
        "This conversation is temporary: nothing of it is kept, so this cannot be done with it.",
        NOTHING_CHANGED,
        "Keep the conversation first, in its menu.",
    ),
    (
        "too_many_temporary",
        "There are sixteen temporary conversations already.",
        NOTHING_CHANGED,
        "End one of them.",
    ),
    (
        "nothing_to_keep",
        "Nothing was said in this conversation yet.",
        NOTHING_CHANGED,
        "Ask something first.",
    ),
    (
        "too_late",
        "It was deleted for good and cannot be brought back.",
        "Everything else is as it was.",
        "Look at its receipt in Privacy.",
    ),
    (
        "not_confirmed",
        "The word was not typed, so nothing was deleted.",
        NOTHING_CHANGED,
        "Type the word, then confirm.",
    ),
    (
        "preview_changed",
        "Something was added or removed since you looked, so nothing was deleted.",
        NOTHING_CHANGED,
        "Look at the preview again, then confirm.",
    ),
    (
        "use_undo",
        "One message or conversation is deleted where it is shown.",
        NOTHING_CHANGED,
        "Delete it there, or run `fluxchat-cli history delete`.",
    ),
    (
        "restricted",
        "This conversation is frozen: it can be read and exported, and is not sent.",
        NOTHING_CHANGED,
        "Unfreeze it to go on.",
    ),
    (
        "everything_restricted",
        "Everything is frozen: it can be read and exported, and nothing is sent.",
        NOTHING_CHANGED,
        "Unfreeze it under Privacy to go on.",
    ),
    (
        "invalid_retention",
        "A rule deletes after 1 to 36500 days; only conversations are archived.",
        NOTHING_CHANGED,
        "Change the number of days.",
    ),
    (
        "purpose_not_optional",
        "This purpose does not rest on consent.",
        NOTHING_CHANGED,
        "Look at the optional purposes in Privacy, or with `fluxchat-cli privacy consents`.",
    ),
    (
        "policy_unknown",
        "This is not the privacy policy in force.",
        NOTHING_CHANGED,
        "Read and accept the policy in force.",
    ),
    (
        "report_refused",
        "The service did not take the report.",
        "The report waits here.",
        "Try again later, or let it go.",
    ),
];
