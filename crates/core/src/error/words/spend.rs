//! What is too long to be read, or costs more than there is room for.

use super::{Entry, NOTHING_CHANGED, QUESTION};

pub(super) const TABLE: &[Entry] = &[
    (
        "context_full",
        "The conversation is longer than the model can read.",
        QUESTION,
        "Leave earlier messages out, or choose a model that reads more.",
    ),
    (
        "budget_reached",
        "A budget has no room left for this.",
        QUESTION,
        "Wait for the next day or month, raise the budget under Spending, or send this one anyway.",
    ),
    (
        "budget_reached_together",
        "The answers together may cost more than a budget has left.",
        "Nothing was sent.",
        "Ask fewer models at once, or raise the budget under Spending.",
    ),
    (
        "invalid_budget",
        "A budget is at most a million dollars, and warns from 1 to 100 percent.",
        NOTHING_CHANGED,
        "Enter another amount.",
    ),
    (
        "invalid_price",
        "A model reads at least 256 tokens, and costs at most $1,000 for a million of them.",
        NOTHING_CHANGED,
        "Enter other numbers.",
    ),
];
