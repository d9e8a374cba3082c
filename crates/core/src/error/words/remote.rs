//! What leaves, and what servers answer.

use super::{ARRIVED, Entry, NOTHING_LOST, QUESTION};

pub(super) const TABLE: &[Entry] = &[
    (
        "remote_no_result",
        "The service did not give what was asked for.",
        NOTHING_LOST,
        "Try again later, or write to whoever runs the service.",
    ),
    (
        "offline",
        "Fluxchat is offline, because you switched it offline.",
        QUESTION,
        "Switch Offline off to send it.",
    ),
    (
        "insecure_origin",
        "The address is not encrypted and not on your own network.",
        "Nothing left this computer.",
        "Use an address that begins with https.",
    ),
    (
        "credential_origin",
        "The key belongs to another address and was not sent.",
        "Nothing left this computer.",
        "Enter the key again for this address.",
    ),
    (
        "ledger_unavailable",
        "The ledger could not be written, so nothing was sent.",
        "Nothing left this computer.",
        "Free some disk space and try again.",
    ),
    (
        "remote_unreachable",
        "The server cannot be reached.",
        QUESTION,
        "Check the address and that the server is running, then try again.",
    ),
    (
        "remote_name_unknown",
        "The name of the server is unknown.",
        QUESTION,
        "Check the address and your network, then try again.",
    ),
    (
        "remote_untrusted",
        "Nobody this computer trusts vouches for the server's certificate.",
        QUESTION,
        "Check the address; the authority of a server of your own has to be known to this computer first.",
    ),
    (
        "remote_certificate_dates",
        "The server's certificate is not valid today.",
        QUESTION,
        "Check the date of this computer; if it is right, the server needs a new certificate.",
    ),
    (
        "remote_certificate_name",
        "The server's certificate belongs to another name.",
        QUESTION,
        "Check the address; do not continue on a network you do not trust.",
    ),
    (
        "remote_not_encrypted",
        "The server does not encrypt in a way that is safe.",
        QUESTION,
        "Check the address and its port; a server in your own network may need http:// instead.",
    ),
    (
        "remote_timeout",
        "The server did not answer in time.",
        ARRIVED,
        "Try again.",
    ),
    (
        "remote_redirect",
        "The server pointed to another address; it was not followed.",
        QUESTION,
        "Correct the address of the source.",
    ),
    (
        "remote_interrupted",
        "The connection broke before the answer was complete.",
        ARRIVED,
        "Continue, or ask again.",
    ),
    (
        "remote_too_large",
        "The answer was larger than allowed.",
        ARRIVED,
        "Ask for something shorter.",
    ),
    (
        "remote_unexpected_answer",
        "The server did not answer as an AI server would.",
        QUESTION,
        "Check the address; it often ends in /v1.",
    ),
    (
        "remote_unauthorized",
        "The server did not accept the key.",
        QUESTION,
        "Enter the key again in Settings, Sources.",
    ),
    (
        "remote_forbidden",
        "The server does not allow this with your key.",
        QUESTION,
        "Check what your key may do, or choose another model.",
    ),
    (
        "remote_not_found",
        "The server does not know this address or model.",
        QUESTION,
        "Choose another model, or correct the address.",
    ),
    (
        "remote_rate_limited",
        "The server asks to wait.",
        QUESTION,
        "Try again in a moment.",
    ),
    (
        "remote_quota",
        "The account at the server has no credit left.",
        QUESTION,
        "Top it up, or choose another source.",
    ),
    (
        "remote_context_too_long",
        "The conversation is longer than the model can read.",
        QUESTION,
        "Begin a new conversation, or choose a model that reads more.",
    ),
    (
        "remote_bad_request",
        "The server refused the request.",
        QUESTION,
        "Choose another model, or try again.",
    ),
    (
        "remote_content_refused",
        "The server refused to answer this.",
        ARRIVED,
        "Ask differently.",
    ),
    (
        "remote_unavailable",
        "The server has a problem of its own.",
        QUESTION,
        "Try again in a moment.",
    ),
    (
        "crashed",
        "Fluxchat ended while this answer was arriving.",
        ARRIVED,
        "Continue, or ask again.",
    ),
    (
        "no_service",
        "The sandbox is not available.",
        QUESTION,
        "Restart Fluxchat.",
    ),
    (
        "cancelled",
        "It was stopped.",
        ARRIVED,
        "Try again when you like.",
    ),
];
