//! The sentences behind the codes. The window translates by code and falls back to these.

pub(super) struct Words {
    pub message: &'static str,
    pub kept: &'static str,
    pub next: &'static str,
}

const NOTHING_LOST: &str = "Nothing was lost.";
const ARRIVED: &str = "What had arrived was kept.";
const QUESTION: &str = "Your question was kept.";

/// `(code, message, kept, next)`
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("setup_needed", "Fluxchat has not been set up on this profile yet.", "", "Complete the first run, or run `fluxchat-cli setup --adult --accept-policy`."),
    ("locked", "The archive is locked.", NOTHING_LOST, "Unlock the keychain or give the passphrase, then try again."),
    ("no_provider", "This computer offers no keychain to keep the archive's key in.", NOTHING_LOST, "Choose a passphrase, use a session in memory, or start a keychain and try again."),
    ("backend_changed", "The archive's key is in another kind of keychain than the one that answers now.", NOTHING_LOST, "Start the keychain that was used before and try again."),
    ("key_lost", "The archive is here, but its key is no longer in the keychain.", "The archive was not touched.", "Restore the keychain and try again, or start anew; the old archive is set aside for 30 days."),
    ("wrong_key", "The key in the keychain belongs to another archive.", "The archive was not touched.", "Restore the keychain that belongs to it, or start anew; the old archive is set aside for 30 days."),
    ("corrupt", "The archive is damaged.", "The file was not changed.", "Restore it from a backup, or start anew; the damaged archive is set aside for 30 days."),
    ("not_a_database", "The file is not an archive of Fluxchat, or it belongs to another key.", "The file was not changed.", "Restore the archive from a backup, or start anew; the file is set aside for 30 days."),
    ("too_new", "A newer version of Fluxchat wrote this archive.", "The archive was not touched.", "Install the newest version and open it with that."),
    ("in_use", "Fluxchat is already running with this profile.", NOTHING_LOST, "Use the window that is open, or close it first."),
    ("unwritable", "The folder of the profile cannot be written.", NOTHING_LOST, "Check the folder's owner and permissions, then try again."),
    ("disk_full", "The disk is full.", "Everything that was saved before is safe.", "Free some space and try again. Deleting still works: space is kept back for it."),
    ("busy", "The archive is busy.", NOTHING_LOST, "Try again in a moment."),
    ("search_corrupt", "The search index is damaged.", "Your conversations are not affected.", "Restart Fluxchat; the index is built again."),
    ("not_found", "It is not there any more.", "", "Reload the view."),
    ("offline", "Fluxchat is offline, because you switched it offline.", QUESTION, "Switch Offline off to send it."),
    ("no_consent", "You have not agreed to this kind of request.", "Nothing left this computer.", "Agree to it in Privacy, if you want it."),
    ("controls_restricted", "A guardian keeps this off.", "Nothing left this computer.", "Ask your guardian."),
    ("insecure_origin", "The address is not encrypted and not on your own network.", "Nothing left this computer.", "Use an address that begins with https."),
    ("credential_origin", "The key belongs to another address and was not sent.", "Nothing left this computer.", "Enter the key again for this address."),
    ("ledger_unavailable", "The ledger could not be written, so nothing was sent.", "Nothing left this computer.", "Free some disk space and try again."),
    ("remote_unreachable", "The server cannot be reached.", QUESTION, "Check the address and that the server is running, then try again."),
    ("remote_name_unknown", "The name of the server is unknown.", QUESTION, "Check the address and your network, then try again."),
    ("remote_untrusted", "The server's certificate was not accepted.", QUESTION, "Check the address; do not continue on a network you do not trust."),
    ("remote_timeout", "The server did not answer in time.", ARRIVED, "Try again."),
    ("remote_redirect", "The server pointed to another address; it was not followed.", QUESTION, "Correct the address of the source."),
    ("remote_interrupted", "The connection broke before the answer was complete.", ARRIVED, "Continue, or ask again."),
    ("remote_too_large", "The answer was larger than allowed.", ARRIVED, "Ask for something shorter."),
    ("remote_unexpected_answer", "The server did not answer as an AI server would.", QUESTION, "Check the address; it often ends in /v1."),
    ("remote_unauthorized", "The server did not accept the key.", QUESTION, "Enter the key again in Settings, Sources."),
    ("remote_forbidden", "The server does not allow this with your key.", QUESTION, "Check what your key may do, or choose another model."),
    ("remote_not_found", "The server does not know this address or model.", QUESTION, "Choose another model, or correct the address."),
    ("remote_rate_limited", "The server asks to wait.", QUESTION, "Try again in a moment."),
    ("remote_quota", "The account at the server has no credit left.", QUESTION, "Top it up, or choose another source."),
    ("remote_context_too_long", "The conversation is longer than the model can read.", QUESTION, "Begin a new conversation, or choose a model that reads more."),
    ("remote_bad_request", "The server refused the request.", QUESTION, "Choose another model, or try again."),
    ("remote_content_refused", "The server refused to answer this.", ARRIVED, "Ask differently."),
    ("remote_unavailable", "The server has a problem of its own.", QUESTION, "Try again in a moment."),
    ("dialect_not_supported_yet", "This kind of source is not supported yet.", QUESTION, "Choose a server that speaks the OpenAI way."),
    ("no_source", "The conversation has no source to answer it.", QUESTION, "Choose a model below the text field."),
    ("no_model", "No model is chosen.", QUESTION, "Choose a model below the text field."),
    ("crashed", "Fluxchat ended while this answer was arriving.", ARRIVED, "Continue, or ask again."),
    ("wrong_passphrase", "That is not the passphrase of this archive.", NOTHING_LOST, "Try again."),
    ("migration_needed", "The archive is from an older version.", "The archive was not touched.", "Open it once with the window."),
    ("copy_failed", "The safety copy before the update of the archive could not be made.", "The archive was not touched.", "Free some disk space and start again."),
    ("io", "A file could not be read or written.", NOTHING_LOST, "Check the disk and try again."),
];

pub(super) fn of(code: &str) -> Words {
    TABLE.iter().find(|entry| entry.0 == code).map_or(
        Words {
            message: "Something unexpected happened.",
            kept: NOTHING_LOST,
            next: "Try again; if it happens again, restart Fluxchat.",
        },
        |&(_, message, kept, next)| Words { message, kept, next },
    )
}
