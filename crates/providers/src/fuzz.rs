//! The entry for fuzzing: every reader of this crate over foreign bytes.

use fluxchat_egress::{Credential, HeaderKind};
use fluxchat_model::{CitedSpan, Model, Origin, Secret};

use crate::ndjson::LineDecoder;
use crate::normalise::RemoteError;
use crate::voice::fuzz as voice;
use crate::wire::{self, Protocol, Reading, Step};
use crate::{ChatEvent, ProviderError, sse};

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
/// What answers an error may come under.
const STATUSES: &[u16] = &[200, 400, 401, 403, 404, 413, 422, 429, 498, 500, 503, 529];

/// Reads `data` whole and in pieces and checks what must always hold. The first byte chooses the
/// pieces, what the server says it sends, and whether it repeats the key and where.
///
/// # Panics
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let Some((seed, bytes)) = data.split_first() else {
        return;
    };
    assert!(sse::fuzz_sse(data), "the events depend on the cuts");
    let mut bytes = bytes.to_vec();
    if seed % 2 == 1 {
        let at = usize::from(*seed) * bytes.len() / 256;
        bytes.splice(at..at, KEY.bytes());
    }
    let bytes = bytes.as_slice();
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
    fuzz_error(bytes);
    fuzz_voice(content_type, bytes, step);
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
    cites_what_was_said(&whole);
    for step in &whole {
        if let Step::Error(error) = step {
            keeps_the_key(error);
        }
    }
    match wire::read_models(protocol.wire(), bytes, credential().as_ref()) {
        Ok(page) => assert!(
            page.models.iter().all(|model| !model.id.is_empty()),
            "a model without a name"
        ),
        Err(error) => keeps_the_key(&error),
    }
    if let Ok(json) = serde_json::from_slice(bytes) {
        let mut model = Model::default();
        protocol.wire().model_told(&mut model, &json);
        assert!(model.id.is_empty(), "what is told of a model renames it");
    }
}

/// The words that are cited are words of the answer, whole characters and not too many.
fn cites_what_was_said(steps: &[Step]) {
    let said: String = steps
        .iter()
        .filter_map(|step| match step {
            Step::Event(ChatEvent::Text(text)) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let spans: Vec<CitedSpan> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Event(ChatEvent::Citation { span, .. }) => *span,
            _ => None,
        })
        .collect();
    for span in &spans {
        let words = said.get(span.start as usize..span.end as usize);
        assert!(words.is_some_and(|words| !words.is_empty()), "{span:?}");
    }
    assert!(spans.len() < 3_000, "no end of citations");
}

/// The body of an answer with an error status.
fn fuzz_error(bytes: &[u8]) {
    let said = RemoteError::from_body(bytes);
    for status in STATUSES {
        let error = said.classify(*status, None, credential().as_ref());
        keeps_the_key(&error);
        let sentence = error.to_string();
        assert!(
            !sentence.contains(char::is_control),
            "more than a line: {sentence:?}"
        );
        assert!(sentence.chars().count() < 500, "no end: {sentence}");
    }
}

/// What was heard, and what is to be heard.
fn fuzz_voice(content_type: Option<&str>, bytes: &[u8], step: usize) {
    let whole = voice::transcript(content_type, std::iter::once(bytes), credential());
    assert_eq!(
        whole,
        voice::transcript(content_type, bytes.chunks(step), credential()),
        "the transcript depends on the cuts"
    );
    let heard = [
        whole.1,
        voice::google_transcript(bytes, credential().as_ref()),
    ];
    for heard in checked(heard) {
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!heard.text.contains(is_odd), "{:?}", heard.text);
        assert!(heard.seconds.is_none_or(|it| it >= 0.0), "time runs back");
    }
    for spoken in checked(voice::speech(bytes, credential().as_ref())) {
        assert!(!spoken.bytes.is_empty(), "no sound is none");
        assert!(spoken.samples_at != Some(0), "a second without samples");
    }
}

/// Those that went well; the others do not show the key.
fn checked<T>(all: impl IntoIterator<Item = Result<T, ProviderError>>) -> impl Iterator<Item = T> {
    all.into_iter()
        .filter_map(|it| it.inspect_err(keeps_the_key).ok())
}

fn keeps_the_key(error: &ProviderError) {
    assert!(!error.to_string().contains(KEY), "the key is shown");
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
