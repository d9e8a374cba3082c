//! What is said of questions, branches and answers beside each other.

use super::NOTHING_CHANGED;

pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "not_a_question",
        "Only your own messages can be edited.",
        NOTHING_CHANGED,
        "Choose one of your own messages.",
    ),
    (
        "not_interrupted",
        "Only an unfinished answer can be continued.",
        NOTHING_CHANGED,
        "Ask again instead.",
    ),
    (
        "empty_message",
        "There is nothing to send yet.",
        NOTHING_CHANGED,
        "Write something first.",
    ),
    (
        "message_too_long",
        "The message is too long.",
        NOTHING_CHANGED,
        "Send it in parts.",
    ),
    (
        "too_many_answers",
        "At most four models answer side by side.",
        "Nothing was sent.",
        "Choose fewer models.",
    ),
    (
        "not_an_answer",
        "Only answers can be chosen for this.",
        NOTHING_CHANGED,
        "Choose an answer.",
    ),
    (
        "still_arriving",
        "An answer that is still arriving can be neither compared nor changed.",
        NOTHING_CHANGED,
        "Wait until it has arrived, or stop it.",
    ),
];
