//! What is said of questions, branches and answers beside each other.

use super::{ARRIVED, NOTHING_CHANGED, QUESTION};

pub(super) const TABLE: &[(&str, &str, &str, &str)] = &[
    (
        "remote_data_policy",
        "The server has nobody for this model who keeps to what is asked for your data.",
        QUESTION,
        "Choose another model, or loosen the privacy settings of your account there. That nobody \
         trains on this or keeps it is asked by this app, always.",
    ),
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
        "length_reached",
        "The answer became as long as an answer may, and ends in the middle.",
        ARRIVED,
        "Let it go on, or allow longer answers under Instructions.",
    ),
    (
        "length_of_budget",
        "The answer ends in the middle: a budget had no room for a longer one.",
        ARRIVED,
        "Let it go on if there is room again, or raise the budget under Spending.",
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
