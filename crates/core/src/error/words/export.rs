//! Taking everything along.

use super::{Entry, NOTHING_CHANGED};

pub(super) const TABLE: &[Entry] = &[
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
];
