//! The sentences about tools.

use super::NOTHING_CHANGED;

/// As the table they belong to.
pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "program_missing",
        "There is no such program on this computer.",
        NOTHING_CHANGED,
        "Install it, or enter its whole path, as a terminal shows it (command -v NAME; where NAME on Windows).",
    ),
    (
        "program_not_executable",
        "The file is there, and is no program that may be started.",
        NOTHING_CHANGED,
        "Enter the program that reads it and the file as its argument, or let it be executed.",
    ),
    (
        "program_relative",
        "A program is named by its whole path or by its name alone.",
        NOTHING_CHANGED,
        "Enter its whole path.",
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
        "tool_too_much",
        "The server of tools returned more than 32 MB or 500,000 values at once, which is not read. It was ended.",
        NOTHING_CHANGED,
        "Ask it for less at once.",
    ),
    (
        "tool_nothing",
        "The server of tools returned nothing that could be used.",
        NOTHING_CHANGED,
        "Choose something else of it.",
    ),
    (
        "tool_file_too_large",
        "What a server of tools returns at once is taken up to 20 MB.",
        NOTHING_CHANGED,
        "Attach the file itself, where you have it.",
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
        "tool_timeout",
        "A call of a tool may take between 5 seconds and one hour.",
        NOTHING_CHANGED,
        "Enter a number of seconds from 5 to 3600.",
    ),
    (
        "sign_in_not_wanted",
        "The server of tools wants no sign-in.",
        NOTHING_CHANGED,
        "Use it as it is, or enter a key.",
    ),
    (
        "sign_in_unknown",
        "The server of tools does not say where to sign in.",
        NOTHING_CHANGED,
        "Enter a key in the settings.",
    ),
    (
        "sign_in_elsewhere",
        "What the server of tools says about its sign-in leads to a place that is refused.",
        NOTHING_CHANGED,
        "Ask its maker; enter a key in the settings if there is one.",
    ),
    (
        "sign_in_issuer",
        "The place to sign in calls itself by another name than the server of tools does.",
        NOTHING_CHANGED,
        "Do not sign in there. Ask its maker.",
    ),
    (
        "sign_in_unprotected",
        "The place to sign in does not protect it as it must (PKCE with S256).",
        NOTHING_CHANGED,
        "Enter a key in the settings if there is one.",
    ),
    (
        "sign_in_client_wanted",
        "The place to sign in does not take apps it does not know. It wants a client id.",
        NOTHING_CHANGED,
        "Get a client id there and enter it beside Sign in.",
    ),
    (
        "sign_in_denied",
        "The sign-in was denied.",
        NOTHING_CHANGED,
        "Sign in again when you want to use it.",
    ),
    (
        "sign_in_refused",
        "The place to sign in refused.",
        NOTHING_CHANGED,
        "Try again; if it stays like this, ask its maker.",
    ),
    (
        "sign_in_over",
        "The sign-in has ended.",
        NOTHING_CHANGED,
        "Sign in again in the settings.",
    ),
    (
        "tool_key_wanted",
        "The server of tools wants a key.",
        NOTHING_CHANGED,
        "Enter one in the settings, or sign in there.",
    ),
    (
        "tool_key_refused",
        "The server of tools does not take the key.",
        NOTHING_CHANGED,
        "Enter another one in the settings.",
    ),
    (
        "tool_more_wanted",
        "The server of tools wants more than the sign-in allows.",
        NOTHING_CHANGED,
        "Sign in again in the settings to allow it; what it wants is named there before.",
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
