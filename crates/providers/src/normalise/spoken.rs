//! What some servers say in words alone, under a code that means something else or nothing.

/// What the words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    /// The credit is used up.
    Quota,
    /// More than the model reads.
    TooLong,
    /// Against the rules on content.
    Refused,
    /// No such model, or no longer.
    NoModel,
    /// Nobody who offers the model keeps to what is asked for the person's data.
    DataPolicy,
}

/// Parts of a sentence that stand in it together, and what it means.
const SENTENCES: &[(&[&str], Spoken)] = &[
    // Anthropic, DeepSeek, OpenRouter.
    (&["credit balance is too low"], Spoken::Quota),
    (&["insufficient balance"], Spoken::Quota),
    (&["insufficient credits"], Spoken::Quota),
    // Many, Anthropic, Gemini, LM Studio.
    (&["context", "exceed"], Spoken::TooLong),
    (&["context", "too long"], Spoken::TooLong),
    (&["context", "maximum"], Spoken::TooLong),
    (&["context", "longer than"], Spoken::TooLong),
    (&["context length", "greater than"], Spoken::TooLong),
    (&["prompt is too long"], Spoken::TooLong),
    (
        &["input token count", "exceeds the maximum"],
        Spoken::TooLong,
    ),
    // Groq, for a request that is larger than a minute allows: no waiting helps.
    (&["request too large for model"], Spoken::TooLong),
    // DeepSeek, OpenRouter, OpenAI.
    (&["content exists risk"], Spoken::Refused),
    (&["requires moderation", "flagged"], Spoken::Refused),
    (&["rejected", "safety system"], Spoken::Refused),
    // OpenRouter, since it is asked for no training and no retention, or its account says so.
    (&["no endpoints", "data policy"], Spoken::DataPolicy),
    // Groq, DeepSeek, Mistral.
    (&["model", "has been decommissioned"], Spoken::NoModel),
    (&["model not exist"], Spoken::NoModel),
    (&["invalid model"], Spoken::NoModel),
];

/// What a refusal says in words. Of a server that has a problem of its own nothing is guessed,
/// except that it cannot hold what it was sent.
pub(super) fn spoken(status: u16, message: &str) -> Option<Spoken> {
    let message = message.to_ascii_lowercase();
    let (_, spoken) = SENTENCES
        .iter()
        .find(|(parts, _)| parts.iter().all(|part| message.contains(part)))?;
    let fits = match spoken {
        Spoken::TooLong => matches!(status, 0 | 400 | 413 | 422 | 500),
        _ => status < 500,
    };
    fits.then_some(*spoken)
}
