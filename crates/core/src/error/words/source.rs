//! Sources, their addresses, and what is kept under a name.

use super::{Entry, NOTHING_CHANGED, QUESTION};

const ADDRESS: &str =
    "Enter the address the server's maker names, such as https://api.example.com/v1.";

pub(super) const TABLE: &[Entry] = &[
    (
        "not_found",
        "It is not there, or not there any more.",
        NOTHING_CHANGED,
        "Look at the list again.",
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
        "extra_protected",
        "One of the other fields is one that Fluxchat says itself, or leaves out on purpose.",
        NOTHING_CHANGED,
        "Take it out of the other fields.",
    ),
    (
        "extra_not_object",
        "The other fields are not a JSON object.",
        NOTHING_CHANGED,
        "Write them in curly brackets, or leave them empty.",
    ),
    (
        "extra_too_long",
        "The other fields are longer than 16,000 characters.",
        NOTHING_CHANGED,
        "Leave some of them out.",
    ),
    (
        "sandbox_fixed",
        "The sandbox is part of the app and stays as it is.",
        NOTHING_CHANGED,
        "Choose another source.",
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
];
