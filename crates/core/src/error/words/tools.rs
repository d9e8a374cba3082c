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
        "The program does not answer.",
        NOTHING_CHANGED,
        "Test it in the settings; what it wrote is shown there.",
    ),
    (
        "tool_ended",
        "The program ended.",
        NOTHING_CHANGED,
        "Test it in the settings; what it wrote is shown there.",
    ),
    (
        "tool_not_understood",
        "The program does not speak the Model Context Protocol.",
        NOTHING_CHANGED,
        "Look at its documentation for how to start it as a server.",
    ),
    (
        "tool_refused",
        "The program refused.",
        NOTHING_CHANGED,
        "Test it in the settings; what it wrote is shown there.",
    ),
];
