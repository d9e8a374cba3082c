//! The sentences behind the codes. The window translates by code and falls back to these.

mod files;
mod spend;
mod talk;
mod tools;
mod voice;

pub(super) struct Words {
    pub message: &'static str,
    kept: &'static str,
    pub next: &'static str,
}

impl Words {
    /// What was kept where nothing was asked.
    pub(super) fn kept(&self) -> &'static str {
        if self.is_about_answer() {
            NOTHING_LOST
        } else {
            self.kept
        }
    }

    /// The same in a temporary conversation.
    pub(super) fn kept_of_temporary(&self) -> &'static str {
        if self.is_about_answer() || self.kept == NOTHING_LOST {
            TEMPORARY
        } else {
            self.kept
        }
    }

    /// What was kept of a question and its answer.
    pub(super) fn kept_of_answer(&self, arrived: bool) -> &'static str {
        match (self.is_about_answer() || self.kept == NOTHING_LOST, arrived) {
            (true, true) => BOTH,
            (true, false) => QUESTION,
            (false, _) => self.kept,
        }
    }

    fn is_about_answer(&self) -> bool {
        self.kept == QUESTION || self.kept == ARRIVED
    }
}

const NOTHING_LOST: &str = "Nothing was lost.";
const ARRIVED: &str = "What had arrived was kept.";
const QUESTION: &str = "Your question was kept.";
const BOTH: &str = "Your question and what had arrived were kept.";
const TEMPORARY: &str = "It is there until this conversation ends.";
const ADDRESS: &str =
    "Enter the address the server's maker names, such as https://api.example.com/v1.";
const NOTHING_CHANGED: &str = "Nothing was changed.";

/// `(code, message, kept, next)`
type Entry = (&'static str, &'static str, &'static str, &'static str);

const TABLE: &[Entry] = &[
    (
        "setup_needed",
        "Fluxchat has not been set up on this profile yet.",
        "Nothing was sent or stored.",
        "Complete the first run, or run `fluxchat-cli setup --adult --accept-policy`.",
    ),
    (
        "locked",
        "The archive is locked.",
        NOTHING_LOST,
        "Unlock the keychain or give the passphrase, then try again.",
    ),
    (
        "no_provider",
        "This computer offers no keychain to keep the archive's key in.",
        NOTHING_LOST,
        "Choose a passphrase, use a session in memory, or start a keychain and try again.",
    ),
    (
        "backend_changed",
        "The archive's key is in another kind of keychain than the one that answers now.",
        NOTHING_LOST,
        "Start the keychain that was used before and try again.",
    ),
    (
        "key_lost",
        "The archive is here, but its key is no longer in the keychain.",
        "The archive was not touched.",
        "Restore the keychain and try again, or start anew; the old archive is set aside for 30 days.",
    ),
    (
        "wrong_key",
        "The key in the keychain belongs to another archive.",
        "The archive was not touched.",
        "Restore the keychain that belongs to it, or start anew; the old archive is set aside for 30 days.",
    ),
    (
        "corrupt",
        "The archive is damaged.",
        "The file was not changed.",
        "Restore it from a backup, or start anew; the damaged archive is set aside for 30 days.",
    ),
    (
        "not_a_database",
        "The file is not an archive of Fluxchat, or it belongs to another key.",
        "The file was not changed.",
        "Restore the archive from a backup, or start anew; the file is set aside for 30 days.",
    ),
    (
        "too_new",
        "A newer version of Fluxchat wrote this archive.",
        "The archive was not touched.",
        "Install the newest version and open it with that.",
    ),
    (
        "in_use",
        "Fluxchat is already running with this profile.",
        NOTHING_LOST,
        "Use the window that is open, or close it first.",
    ),
    (
        "unwritable",
        "The folder of the profile cannot be written.",
        NOTHING_LOST,
        "Check that the folder is yours, that its path is not very long and that the disk has room, then try again.",
    ),
    (
        "disk_full",
        "The disk is full.",
        "Everything that was saved before is safe.",
        "Free some space and try again. Deleting still works: space is kept back for it.",
    ),
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
        "remote_no_result",
        "The service did not give what was asked for.",
        NOTHING_LOST,
        "Try again later, or write to whoever runs the service.",
    ),
    (
        "busy",
        "The archive is busy.",
        NOTHING_LOST,
        "Try again in a moment.",
    ),
    (
        "search_corrupt",
        "The search index is damaged.",
        "Your conversations are not affected.",
        "Restart Fluxchat; the index is built again.",
    ),
    (
        "not_found",
        "It is not there, or not there any more.",
        NOTHING_CHANGED,
        "Look at the list again.",
    ),
    (
        "offline",
        "Fluxchat is offline, because you switched it offline.",
        QUESTION,
        "Switch Offline off to send it.",
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
        "insecure_origin",
        "The address is not encrypted and not on your own network.",
        "Nothing left this computer.",
        "Use an address that begins with https.",
    ),
    (
        "credential_origin",
        "The key belongs to another address and was not sent.",
        "Nothing left this computer.",
        "Enter the key again for this address.",
    ),
    (
        "ledger_unavailable",
        "The ledger could not be written, so nothing was sent.",
        "Nothing left this computer.",
        "Free some disk space and try again.",
    ),
    (
        "remote_unreachable",
        "The server cannot be reached.",
        QUESTION,
        "Check the address and that the server is running, then try again.",
    ),
    (
        "remote_name_unknown",
        "The name of the server is unknown.",
        QUESTION,
        "Check the address and your network, then try again.",
    ),
    (
        "remote_untrusted",
        "Nobody this computer trusts vouches for the server's certificate.",
        QUESTION,
        "Check the address; the authority of a server of your own has to be known to this computer first.",
    ),
    (
        "remote_certificate_dates",
        "The server's certificate is not valid today.",
        QUESTION,
        "Check the date of this computer; if it is right, the server needs a new certificate.",
    ),
    (
        "remote_certificate_name",
        "The server's certificate belongs to another name.",
        QUESTION,
        "Check the address; do not continue on a network you do not trust.",
    ),
    (
        "remote_not_encrypted",
        "The server does not encrypt in a way that is safe.",
        QUESTION,
        "Check the address and its port; a server in your own network may need http:// instead.",
    ),
    (
        "remote_timeout",
        "The server did not answer in time.",
        ARRIVED,
        "Try again.",
    ),
    (
        "remote_redirect",
        "The server pointed to another address; it was not followed.",
        QUESTION,
        "Correct the address of the source.",
    ),
    (
        "remote_interrupted",
        "The connection broke before the answer was complete.",
        ARRIVED,
        "Continue, or ask again.",
    ),
    (
        "remote_too_large",
        "The answer was larger than allowed.",
        ARRIVED,
        "Ask for something shorter.",
    ),
    (
        "remote_unexpected_answer",
        "The server did not answer as an AI server would.",
        QUESTION,
        "Check the address; it often ends in /v1.",
    ),
    (
        "remote_unauthorized",
        "The server did not accept the key.",
        QUESTION,
        "Enter the key again in Settings, Sources.",
    ),
    (
        "remote_forbidden",
        "The server does not allow this with your key.",
        QUESTION,
        "Check what your key may do, or choose another model.",
    ),
    (
        "remote_not_found",
        "The server does not know this address or model.",
        QUESTION,
        "Choose another model, or correct the address.",
    ),
    (
        "remote_rate_limited",
        "The server asks to wait.",
        QUESTION,
        "Try again in a moment.",
    ),
    (
        "remote_quota",
        "The account at the server has no credit left.",
        QUESTION,
        "Top it up, or choose another source.",
    ),
    (
        "remote_context_too_long",
        "The conversation is longer than the model can read.",
        QUESTION,
        "Begin a new conversation, or choose a model that reads more.",
    ),
    (
        "remote_bad_request",
        "The server refused the request.",
        QUESTION,
        "Choose another model, or try again.",
    ),
    (
        "remote_content_refused",
        "The server refused to answer this.",
        ARRIVED,
        "Ask differently.",
    ),
    (
        "remote_unavailable",
        "The server has a problem of its own.",
        QUESTION,
        "Try again in a moment.",
    ),
    (
        "no_source",
        "The conversation has no source to answer it.",
        QUESTION,
        "Choose a model below the text field.",
    ),
    (
        "no_model",
        "No model is chosen.",
        QUESTION,
        "Choose a model below the text field.",
    ),
    (
        "crashed",
        "Fluxchat ended while this answer was arriving.",
        ARRIVED,
        "Continue, or ask again.",
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
        "too_many_attempts",
        "There were too many attempts, so none is checked for a while.",
        NOTHING_LOST,
        "Wait, then try again. A recovery code opens the archive as well.",
    ),
    (
        "wrong_code",
        "That is not the recovery code of this archive.",
        NOTHING_LOST,
        "Compare it with what you wrote down. A code that was used is worthless.",
    ),
    (
        "no_recovery",
        "No recovery code was made for this archive.",
        NOTHING_LOST,
        "Open it with the passphrase or the keychain.",
    ),
    (
        "no_lock",
        "Fluxchat can be locked once it has a passphrase.",
        NOTHING_CHANGED,
        "Set a passphrase in Privacy, App lock.",
    ),
    (
        "in_memory",
        "A session in memory has nothing on disk that a passphrase could open.",
        NOTHING_CHANGED,
        "Start Fluxchat with an archive on disk.",
    ),
    (
        "passphrase_exists",
        "There is a passphrase already.",
        NOTHING_CHANGED,
        "Change it, or remove it first.",
    ),
    (
        "invalid_idle",
        "Idleness can be 1, 5, 15 or 60 minutes, or never.",
        NOTHING_CHANGED,
        "Choose one of these.",
    ),
    (
        "wrong_passphrase",
        "That is not the passphrase of this archive.",
        NOTHING_LOST,
        "Try again.",
    ),
    (
        "migration_needed",
        "The archive is from an older version.",
        "The archive was not touched.",
        "Open it once with the window.",
    ),
    (
        "copy_failed",
        "The safety copy before the update of the archive could not be made.",
        "The archive was not touched.",
        "Free some disk space and start again.",
    ),
    (
        "already_set_up",
        "This profile has been set up before.",
        NOTHING_CHANGED,
        "Give or withdraw consents in Privacy, or with `fluxchat-cli privacy consent`.",
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
        "no_room_for_key",
        "There is too little room on the disk to encrypt the archive anew.",
        NOTHING_CHANGED,
        "Make room for as much as the archive takes, then try again.",
    ),
    (
        "no_key_to_change",
        "An archive in memory has no key on the disk.",
        NOTHING_CHANGED,
        "There is nothing to do: it is gone when the app quits.",
    ),
    (
        "use_undo",
        "One message or conversation is deleted where it is shown.",
        NOTHING_CHANGED,
        "Delete it there, or run `fluxchat-cli history delete`.",
    ),
    (
        "source_name",
        "A source needs a name of 1 to 80 characters.",
        NOTHING_CHANGED,
        "Choose another name.",
    ),
    (
        "source_name_taken",
        "There is already a source with this name.",
        NOTHING_CHANGED,
        "Choose another name, or remove the other source first.",
    ),
    (
        "name_taken",
        "There is one of this name already, or there are too many.",
        NOTHING_CHANGED,
        "Choose another name.",
    ),
    (
        "invalid_name",
        "A name has between 1 and 100 characters.",
        NOTHING_CHANGED,
        "Choose another name.",
    ),
    (
        "invalid_parameter",
        "One of the settings for answers is outside of what it can be.",
        NOTHING_CHANGED,
        "Change it, or leave it empty.",
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
        "sandbox_fixed",
        "The sandbox is part of the app and stays as it is.",
        NOTHING_CHANGED,
        "Choose another source.",
    ),
    (
        "purpose_not_optional",
        "This purpose does not rest on consent.",
        NOTHING_CHANGED,
        "Look at the optional purposes in Privacy, or with `fluxchat-cli privacy consents`.",
    ),
    (
        "passphrase_short",
        "A passphrase needs at least 8 characters.",
        "Nothing was created.",
        "Choose a longer passphrase.",
    ),
    (
        "policy_unknown",
        "This is not the privacy policy in force.",
        NOTHING_CHANGED,
        "Read and accept the policy in force.",
    ),
    (
        "url_empty",
        "There is no address.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "url_invalid",
        "This is not an address.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "url_scheme",
        "This is not an address of a server.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "url_userinfo",
        "There is a name or password in the address.",
        NOTHING_CHANGED,
        "Enter the address without it, and the key in its own field.",
    ),
    (
        "url_query",
        "There are settings in the address.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "url_fragment",
        "There is a # in the address.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "url_unusable_host",
        "This is not an address to connect to.",
        NOTHING_CHANGED,
        ADDRESS,
    ),
    (
        "credential_unusable",
        "The key holds characters that cannot be sent.",
        QUESTION,
        "Enter the key again, without spaces.",
    ),
    (
        "no_service",
        "The sandbox is not available.",
        QUESTION,
        "Restart Fluxchat.",
    ),
    (
        "cancelled",
        "It was stopped.",
        ARRIVED,
        "Try again when you like.",
    ),
    (
        "sidecar_damaged",
        "A file beside the archive that says where its key is, is damaged.",
        "The archive was not touched.",
        "Restore the folder of the profile from a backup.",
    ),
    (
        "export_running",
        "An export is running.",
        "The one that is running goes on.",
        "Wait for its end, or cancel it.",
    ),
    (
        "export_cancelled",
        "The export was cancelled.",
        "Nothing of it was left behind.",
        "Start it again whenever you like.",
    ),
    (
        "export_exists",
        "There is something of that name already.",
        "It was not touched.",
        "Choose another name.",
    ),
    (
        "export_link",
        "There is a link of that name, and it is not followed.",
        "What it leads to was not touched.",
        "Choose another name.",
    ),
    (
        "export_place",
        "An export cannot be written there.",
        NOTHING_CHANGED,
        "Choose a folder outside of the profile.",
    ),
    (
        "export_unwritable",
        "The folder you chose cannot be written to.",
        "Nothing was left behind there.",
        "Choose another folder.",
    ),
    (
        "export_full",
        "There is not enough room for the export.",
        "Nothing of it was left behind.",
        "Free some space or choose another disk.",
    ),
    (
        "export_disturbed",
        "Deletions went on for as long as the export was tried.",
        "What was deleted is in no file.",
        "Try again when they are done.",
    ),
    (
        "report_refused",
        "The service did not take the report.",
        "The report waits here.",
        "Try again later, or let it go.",
    ),
    (
        "io",
        "A file could not be read or written.",
        NOTHING_LOST,
        "Check the disk and try again.",
    ),
];

fn all() -> impl Iterator<Item = &'static Entry> {
    TABLE
        .iter()
        .chain(files::TABLE)
        .chain(spend::TABLE)
        .chain(talk::TABLE)
        .chain(tools::TABLE)
        .chain(voice::TABLE)
}

pub(super) fn of(code: &str) -> Words {
    all().find(|entry| entry.0 == code).map_or(
        Words {
            message: "Something unexpected happened.",
            kept: NOTHING_LOST,
            next: "Try again; if it happens again, restart Fluxchat.",
        },
        |&(_, message, kept, next)| Words {
            message,
            kept,
            next,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_three_sentences_once() {
        let mut codes = std::collections::BTreeSet::new();
        for (code, message, kept, next) in all() {
            assert!(codes.insert(code), "{code} stands there once");
            for sentence in [message, kept, next] {
                assert!(
                    sentence.ends_with(['.', ';']) && sentence.len() > 8,
                    "{code}: {sentence:?} is a sentence"
                );
            }
        }
    }

    #[test]
    fn what_is_said_to_be_kept_is_what_there_was() {
        assert_eq!(
            of("remote_timeout").kept(),
            NOTHING_LOST,
            "nothing was asked"
        );
        assert_eq!(of("remote_timeout").kept_of_answer(false), QUESTION);
        assert_eq!(of("offline").kept_of_answer(true), BOTH);
        assert_eq!(
            of("disk_full").kept_of_answer(true),
            "Everything that was saved before is safe."
        );
    }
}
