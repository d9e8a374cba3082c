//! What is said of branches and of answers beside each other.

use super::NOTHING_CHANGED;

pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "too_many_answers",
        "At most four models answer side by side.",
        "Nothing was sent.",
        "Choose fewer models.",
    ),
    (
        "not_an_answer",
        "Only answers stand side by side.",
        NOTHING_CHANGED,
        "Choose an answer.",
    ),
    (
        "still_arriving",
        "An answer that is still arriving cannot be compared.",
        NOTHING_CHANGED,
        "Wait until it has arrived, or stop it.",
    ),
];
