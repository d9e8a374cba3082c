//! The sentences about tools.

use super::NOTHING_CHANGED;

/// As the table they belong to.
pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "program_missing",
        "There is no such program on this computer.",
        NOTHING_CHANGED,
        "Install it, or enter its whole path.",
    ),
    (
        "tool_not_started",
        "The program could not be started.",
        NOTHING_CHANGED,
        "Look at its path and its arguments in the settings.",
    ),
    (
        "tool_no_answer",
        "The server of tools does not answer.",
        NOTHING_CHANGED,
        "Test it in the settings; what a program wrote is shown there.",
    ),
    (
        "tool_ended",
        "The server of tools ended.",
        NOTHING_CHANGED,
        "Test it in the settings; what it wrote is shown there.",
    ),
    (
        "tool_not_understood",
        "The server of tools does not speak the Model Context Protocol.",
        NOTHING_CHANGED,
        "Look at its documentation for how it is started, or for its address.",
    ),
    (
        "tool_refused",
        "The server of tools refused.",
        NOTHING_CHANGED,
        "Test it in the settings; what a program wrote is shown there.",
    ),
    (
        "tool_key_wanted",
        "The server of tools wants a key.",
        NOTHING_CHANGED,
        "Enter one in the settings. Signing in by a web page is not possible here.",
    ),
    (
        "tool_key_refused",
        "The server of tools does not take the key.",
        NOTHING_CHANGED,
        "Enter another one in the settings.",
    ),
    (
        "tool_status",
        "The server of tools answered with an error.",
        NOTHING_CHANGED,
        "Look at its address in the settings, or try again later.",
    ),
    (
        "key_header",
        "A key cannot be sent in a header of this name.",
        NOTHING_CHANGED,
        "Leave the field empty, or enter the name the server documents.",
    ),
];
