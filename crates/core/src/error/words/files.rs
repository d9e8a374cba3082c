//! Attached files.

use super::NOTHING_CHANGED;

/// As the table of all others.
pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "file_empty",
        "There is nothing in the file.",
        NOTHING_CHANGED,
        "Choose another file.",
    ),
    (
        "file_too_large",
        "The file is larger than 50 MB.",
        NOTHING_CHANGED,
        "Choose a smaller file, or a part of it.",
    ),
    (
        "too_many_files",
        "There are too many files beside this question.",
        NOTHING_CHANGED,
        "Take one away, or ask in several steps.",
    ),
    (
        "file_kind",
        "This is not a kind of file that can be attached.",
        NOTHING_CHANGED,
        "Save it as PDF, text or a picture and attach that.",
    ),
    (
        "file_unreadable",
        "The file could not be read.",
        NOTHING_CHANGED,
        "Open it in its own program and save it anew, or choose another file.",
    ),
    (
        "file_protected",
        "The file is protected by a password.",
        NOTHING_CHANGED,
        "Save it without its password in its own program and attach that.",
    ),
    (
        "file_too_much",
        "Reading the file would take more time or memory than is allowed.",
        NOTHING_CHANGED,
        "Choose a smaller file, or a part of it.",
    ),
    (
        "file_changed",
        "The file changed while it was read.",
        NOTHING_CHANGED,
        "Attach it again.",
    ),
    (
        "screenshot_unavailable",
        "This desktop gives apps no pictures of the screen.",
        NOTHING_CHANGED,
        "Take one with the system's own tool (on Windows: Windows key, Shift and S) and paste it here.",
    ),
    (
        "screenshot_failed",
        "The system gave no picture of the screen.",
        NOTHING_CHANGED,
        "Look whether its privacy settings allow Fluxchat to see the screen, or paste a picture instead.",
    ),
    (
        "screenshot_open",
        "A picture of the screen is being chosen already.",
        NOTHING_CHANGED,
        "Choose it or press Escape there first.",
    ),
    (
        "diagram_refused",
        "This diagram cannot be drawn.",
        NOTHING_CHANGED,
        "Save its source instead.",
    ),
    (
        "diagram_stopped",
        "Drawing this diagram took too long or broke off.",
        NOTHING_CHANGED,
        "Try again, or save its source instead.",
    ),
    (
        "no_reader",
        "The process that reads files could not be started safely.",
        NOTHING_CHANGED,
        "Start Fluxchat again; without that process no file is read.",
    ),
    (
        "attachment_refused",
        "This source cannot take the file.",
        "Nothing was sent; the question and its files are where they were.",
        "Choose another source or model, or take the file away.",
    ),
    (
        "files_too_large",
        "The files are together larger than one request can be.",
        "Nothing was sent; the question and its files are where they were.",
        "Take some away: one request carries about 15 MB of files.",
    ),
];
