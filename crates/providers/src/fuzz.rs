//! The entry for fuzzing: every reader of this crate over foreign bytes.

use fluxchat_egress::{Credential, HeaderKind};
use fluxchat_model::{Origin, Secret};

use crate::ndjson::LineDecoder;
use crate::wire::{self, Protocol, Reading, Step};
use crate::{ChatEvent, sse};

/// Every protocol that has a reader.
const SPOKEN: &[Protocol] = &[
    Protocol::ChatCompletions,
    Protocol::Responses,
    Protocol::GenerateContent,
    Protocol::Interactions,
    Protocol::Messages,
    Protocol::OllamaChat,
];
const KEY: &str = "sk-fuzz-0123456789";

/// Reads `data` whole and in pieces and checks what must always hold. The first byte chooses the
/// pieces and what the server says it sends.
///
/// # Panics
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let Some((seed, bytes)) = data.split_first() else {
        return;
    };
    assert!(sse::fuzz_sse(data), "the events depend on the cuts");
    let step = usize::from(*seed) % 13 + 1;
    let content_type = [
        None,
        Some("text/event-stream"),
        Some("application/json"),
        Some(" TEXT/HTML; charset=utf-8"),
    ][usize::from(*seed) % 4];
    for protocol in SPOKEN {
        fuzz_protocol(*protocol, content_type, bytes, step);
    }
    assert!(
        lines(std::iter::once(bytes)) == lines(bytes.chunks(step)),
        "the lines depend on the cuts"
    );
}

fn fuzz_protocol(protocol: Protocol, content_type: Option<&str>, bytes: &[u8], step: usize) {
    let whole = steps(protocol, content_type, std::iter::once(bytes));
    let ends = whole.iter().filter(|step| {
        matches!(
            step,
            Step::Error(_) | Step::Event(ChatEvent::Finished { .. })
        )
    });
    assert_eq!(ends.count(), 1, "an answer ends once");
    assert!(
        whole == steps(protocol, content_type, bytes.chunks(step)),
        "the answer depends on the cuts"
    );
    for step in &whole {
        if let Step::Error(error) = step {
            assert!(!error.to_string().contains(KEY), "the key is shown");
        }
    }
    if let Ok(page) = wire::read_models(protocol.wire(), bytes) {
        assert!(
            page.models.iter().all(|model| !model.id.is_empty()),
            "a model without a name"
        );
    }
}

fn credential() -> Option<Credential> {
    let origin = Origin::new("https", "api.example.com", 443).ok()?;
    let key = Secret::new(KEY.to_owned());
    Some(Credential::new(origin, HeaderKind::Bearer, key))
}

fn steps<'a>(
    protocol: Protocol,
    content_type: Option<&str>,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Vec<Step> {
    let mut reading = Reading::of(protocol, content_type, credential());
    for piece in pieces {
        reading.push(piece);
    }
    reading.finish();
    assert!(reading.is_over(), "every answer has an end");
    std::iter::from_fn(|| reading.next_step()).collect()
}

fn lines<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (bool, Vec<String>) {
    let mut decoder = LineDecoder::new();
    let mut fits = true;
    for piece in pieces {
        fits = fits && decoder.push(piece).is_ok();
    }
    decoder.finish();
    (fits, std::iter::from_fn(|| decoder.next_line()).collect())
}
